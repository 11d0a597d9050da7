"""The watch of a whole registry: refused where it could only mislead, else worked out a part at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from stepdown.cohorts.engines import FIRST_DAY, Engine, open_engine
from stepdown.cohorts.parts import cut_people, take_part
from stepdown.cohorts.registry.reading import Registry, read_registry
from stepdown.cohorts.watch.people import build_stages, read_stages
from stepdown.ms.errors import UserError

_EPOCH = date(*FIRST_DAY)
#: So many people are taken at a time: a watch keeps less of each of them than a cohort does.
_PEOPLE = 100_000
#: What a registry without a table cannot show.
_WITHOUT: Mapping[str, str] = {
    "relapses": "relapses are not seen",
    "visits": "no examination is seen: neither worsening, nor that anybody was seen",
    "mri": "no scan is seen: what only a scan shows is asked about",
    "labs": "no laboratory result is seen: what only one shows is asked about",
    "events": "deaths are not seen: who died is watched like everybody",
}


@dataclass(frozen=True)
class Watch:
    """Everybody by standing, and one row a person who stepped down, with the rows of their schedule.

    ``counts`` holds how many people have each standing and reason; ``people``, ``items`` and ``open`` (of
    whom it cannot be told) are Arrow tables of single people, not for release; ``earlier`` their recent
    drugs before the one left. ``cut`` is the last day of the registry.
    """

    folder: str
    at: date
    cut: date
    engine: str
    counts: Mapping[tuple[str, str], int]
    people: Any
    items: Any
    open: Any
    earlier: Any
    warnings: tuple[str, ...]


def watch_registry(folder: Path, at: date | None = None, *, engine: str = "duckdb", master: str = "local[2]",
                   threads: int | None = None, report: Callable[[int, int], None] = lambda *_: None) -> Watch:
    """The watch on a day, by default the last one that the registry speaks of.

    ``report`` is told how many of all people are done. UserError for a folder that is no registry, one
    without treatments, people or observation periods, one that names people twice, and a day it says
    nothing of.
    """
    with open_engine(engine, master=master, threads=threads) as opened:
        registry = read_registry(opened.connection, folder)
        people = _refuse_useless(registry)
        first, cut = _find_bounds(registry)
        day = _choose_day(folder, at, first, cut)
        counts, tables = _watch_parts(opened, registry, day, cut, lambda done: report(done, people))
    return Watch(folder.name, day, cut, engine.partition("://")[0], counts, **tables,
                 warnings=list_warnings(registry.absent, day, cut))


def list_warnings(absent: tuple[str, ...], at: date, cut: date) -> tuple[str, ...]:
    """What a watch cannot show without some tables, and after the last day of the registry."""
    found = [f"there is no {name}.parquet: {why}" for name, why in _WITHOUT.items() if name in absent]
    late = f"the registry speaks until {cut}: what fell due later is asked about, not overdue"
    return (*found, late) if at > cut else tuple(found)


def _refuse_useless(registry: Registry) -> int:
    """How many people there are; UserError where a watch would look like nobody stepped down."""
    folder, people = registry.folder, registry.tables["patients"].select("person_id")
    if "treatments" in registry.absent:
        raise UserError(f"{folder}: there is no treatments.parquet; without it nobody would seem to have "
                        "stepped down.")
    treated = registry.tables["treatments"].select("person_id")
    count, named = _ask(people.count()), _ask(people.person_id.nunique())
    strangers = _ask(treated.anti_join(people, "person_id").count())
    if not count:
        raise UserError(f"{folder}: nobody is in patients.parquet.")
    if count != named or strangers:
        raise UserError(f"{folder}: patients.parquet names somebody twice, or not everybody who is treated; "
                        f"stepdown registry check {folder} says which rows.")
    return int(named)


def _ask(scalar: Any) -> Any:
    """One value of the engine."""
    return scalar.to_pyarrow().as_py()


def _find_bounds(registry: Registry) -> tuple[date, date]:
    """The first and the last day that the registry speaks of; the last is not in the future."""
    periods = registry.tables["observation_periods"]
    first, last = _ask(periods.first_day.min()), _ask(periods.last_day.max())
    if first is None or last is None:
        raise UserError(f"{registry.folder}: observation_periods.parquet has no row, so nobody knows of "
                        "which days the registry speaks.")
    return first, min(last, date.today())


def _choose_day(folder: Path, at: date | None, first: date, cut: date) -> date:
    if at is not None and at > date.today():
        raise UserError(f"--at {at}: that day is in the future; what will be on file then is not known.")
    if at is not None and at < first:
        raise UserError(f"--at {at}: {folder} speaks of no day before {first}.")
    return at or cut


def _watch_parts(engine: Engine, registry: Registry, at: date, cut: date,
                 report: Callable[[int], None]) -> tuple[Mapping[tuple[str, str], int], dict[str, Any]]:
    """Every part of the people by the same statements; the counts added up, the tables joined."""
    import pyarrow as pa

    report(0)
    parts = cut_people(engine, registry, _PEOPLE)
    days = [(day - _EPOCH).days for day in (at, cut)]
    stages = build_stages(engine, take_part(engine, registry, parts[0]), *days)
    found = [read_stages(stages)]
    for part in parts[1:]:
        report(part.before)
        take_part(engine, registry, part)
        engine.run_again()
        found.append(read_stages(stages))
    counts: Counter[tuple[str, str]] = Counter()
    for row in (row for each in found for row in each["everybody"].to_pylist()):
        counts[row["standing"], row["reason"] or ""] += row["people"]
    return counts, {name: pa.concat_tables([each[name] for each in found])
                    for name in ("people", "items", "open", "earlier")}


def to_date(day: int | None) -> date | None:
    """A day of the tables as a date."""
    return None if day is None else _EPOCH + timedelta(day)
