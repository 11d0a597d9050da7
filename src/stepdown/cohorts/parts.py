"""A registry taken a part of its people at a time, so that memory does not grow with the registry.

Nothing that is asked of one person looks at another: parts can be worked out one after another, by the same
statements. A cluster has memory for everybody, and cuts tables itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

from stepdown.cohorts.engines import Engine
from stepdown.cohorts.registry.reading import Registry

#: How many people are taken at a time.
PEOPLE = 50_000


@dataclass(frozen=True)
class Part:
    """People whose number lies from ``first`` to under ``stop`` (None: no bound); ``before`` come earlier."""

    before: int = 0
    first: int | None = None
    stop: int | None = None


def cut_people(engine: Engine, registry: Registry, size: int = PEOPLE) -> tuple[Part, ...]:
    """The parts of a registry in order of people, by those of whom an observation period is on file."""
    if engine.name != "duckdb":
        return (Part(),)
    people = registry.tables["observation_periods"].select("person_id").distinct()
    number = engine.fetch(people.order_by("person_id"))["person_id"].drop_null()
    edges = [None, *number[size::size].to_pylist(), None]
    return tuple(Part(place * size, *bounds) for place, bounds in enumerate(pairwise(edges)))


def take_part(engine: Engine, registry: Registry, part: Part) -> Registry:
    """The tables of the people of a part, under the same names for every part; unchanged if it has all."""
    if part.first is None and part.stop is None:
        return registry
    bounds = [f"person_id {sign} {edge}" for sign, edge in ((">=", part.first), ("<", part.stop))
              if edge is not None]
    tables = {}
    for name, table in registry.tables.items():
        sql = f"SELECT * FROM ({engine.to_sql(table)}) WHERE {' AND '.join(bounds)}"
        engine.run_sql(f"CREATE OR REPLACE TEMP VIEW part_of_{name} AS {sql}")
        tables[name] = engine.refer(f"part_of_{name}", table.schema())
    return replace(registry, tables=MappingProxyType(tables))
