"""Whether the tables of a registry can be true: every rule broken, how often, and by which rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from stepdown.cohorts.registry.completeness import Completeness, count_known
from stepdown.cohorts.registry.cross_rules import CrossRule, list_cross_rules
from stepdown.cohorts.registry.reading import connect_duckdb, read_registry
from stepdown.cohorts.registry.rules import Rule, latest, list_row_rules
from stepdown.patients.faults import Grade
from stepdown.patients.tables import TABLES

#: How many rows are named for each rule that is broken.
ROWS_SHOWN = 5


@dataclass(frozen=True)
class Violation:
    """A rule that rows of a table break: how many, and the numbers of the first few in its key column."""

    name: str
    grade: Grade
    table: str
    columns: tuple[str, ...]
    sentence: str
    count: int
    rows: tuple[int, ...]

    @property
    def path(self) -> str:
        """Table and columns, such as ``treatments.start``."""
        return f"{self.table}.{self.columns[0]}" if len(self.columns) == 1 else \
            f"{self.table} ({', '.join(self.columns)})"


@dataclass(frozen=True)
class CheckedRegistry:
    """What a check found: rows a table, tables without a file, rules broken, and what is known."""

    folder: Path
    rows: dict[str, int]
    absent: tuple[str, ...]
    violations: tuple[Violation, ...]
    completeness: tuple[Completeness, ...]

    @property
    def errors(self) -> int:
        """How many rules are broken that must hold before a cohort may be run."""
        return sum(violation.grade is Grade.ERROR for violation in self.violations)


def check_registry(folder: Path, report: Callable[[int], None] = lambda _: None) -> CheckedRegistry:
    """Run every rule on a registry folder; UserError when it cannot be read.

    ``report`` is told how many of ``count_steps()`` are done.
    """
    backend = connect_duckdb()
    registry = read_registry(backend, folder)
    for name, table in registry.tables.items():
        backend.create_view(name, table)
    connection = backend.con
    _create_deaths(connection)
    found: list[Violation | Completeness] = []
    for done, step in enumerate(_list_steps(connection)):
        report(done)
        found.extend(step())
    violations = [one for one in found if isinstance(one, Violation)]
    completeness = tuple(one for one in found if isinstance(one, Completeness))
    violations.sort(key=lambda one: (list(Grade).index(one.grade), list(TABLES).index(one.table)))
    rows = {one.table: one.rows for one in completeness}
    return CheckedRegistry(folder, rows, registry.absent, tuple(violations), completeness)


def count_steps() -> int:
    """How many steps a check has, for a progress bar."""
    return sum(1 for _ in _list_steps(None))


def _create_deaths(connection: Any) -> None:
    """The last day on which a person can have died; NULL dates of death bound nothing."""
    connection.execute(
        f"CREATE TEMP VIEW deaths AS SELECT person_id, min({latest(TABLES['events'], 'date')}) AS last_day "
        "FROM events WHERE event = 'death' AND date IS NOT NULL GROUP BY 1"
    )


def _list_steps(connection: Any) -> Iterator[Callable[[], Iterator[Violation | Completeness]]]:
    """One step a table and kind of rule, each a function that yields what it finds."""
    for name, rules in groupby(list_row_rules(), key=lambda rule: rule.table):
        kept = sorted(rules, key=lambda rule: rule.name)
        yield lambda name=name, kept=kept: _run_row_rules(connection, name, kept)  # type: ignore[misc]
    for rule in list_cross_rules():
        yield lambda rule=rule: _run_cross_rule(connection, rule)  # type: ignore[misc]
    for table in TABLES.values():
        yield lambda table=table: count_known(connection, table)  # type: ignore[misc]


def _run_row_rules(connection: Any, table: str, rules: list[Rule]) -> Iterator[Violation]:
    """All rules about single rows of a table in one pass over it."""
    key = TABLES[table].key
    parts = ", ".join(
        f"count(*) FILTER ({rule.broken}), min({key}, {ROWS_SHOWN}) FILTER ({rule.broken})" for rule in rules
    )
    found = connection.execute(f"SELECT {parts} FROM {table}").fetchone()
    for place, rule in enumerate(rules):
        yield from _find_violation(rule, found[2 * place], found[2 * place + 1])


def _run_cross_rule(connection: Any, rule: CrossRule) -> Iterator[Violation]:
    query = f"SELECT count(*), min(key, {ROWS_SHOWN}) FROM (SELECT DISTINCT key FROM ({rule.query}))"
    yield from _find_violation(rule, *connection.execute(query).fetchone())


def _find_violation(rule: Rule | CrossRule, count: int, rows: list[int] | None) -> Iterator[Violation]:
    if count:
        yield Violation(rule.name, rule.grade, rule.table, rule.columns, rule.sentence, count,
                        tuple(rows or ()))
