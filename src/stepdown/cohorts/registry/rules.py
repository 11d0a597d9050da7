"""What a row must satisfy by the declaration and by what the disease allows, as SQL conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stepdown.ms.therapies import read_therapies
from stepdown.patients.columns import PRECISION_SUFFIX, Column, Table
from stepdown.patients.faults import Grade
from stepdown.patients.patient import LAB_TESTS
from stepdown.patients.tables import FUNCTIONAL_SYSTEMS, LESIONS, TABLES
from stepdown.patients.units import read_lab_tests

OTHER = "other:"
EARLIEST_YEAR = 1900


@dataclass(frozen=True)
class Rule:
    """A condition that no row may meet: ``broken`` is SQL over the columns of the table.

    ``sentence`` says what is wrong and how to mend it, and holds no value of any row.
    """

    name: str
    grade: Grade
    table: str
    columns: tuple[str, ...]
    sentence: str
    broken: str


def list_row_rules() -> Iterator[Rule]:
    """Every rule about single rows, table by table."""
    for table in TABLES.values():
        for column in table:
            yield from _list_column_rules(table, column)
        yield from _list_order_rules(table)
    yield from _list_treatment_rules()
    yield from _list_lesion_rules()
    yield from _list_lab_rules()
    yield from _list_disease_rules()


def quote(words: Iterable[str | float]) -> str:
    """Words or numbers as a list of SQL."""
    return ", ".join(str(word) if isinstance(word, float | int) else "'" + word.replace("'", "''") + "'"
                     for word in words)


def latest(table: Table, name: str, alias: str = "") -> str:
    """SQL for the last day that a date of a table can be."""
    place = f'{alias}"{name}"'
    if name + PRECISION_SUFFIX not in table.names:
        return place
    precision = f'{alias}"{name}{PRECISION_SUFFIX}"'
    return (f"CASE {precision} WHEN 'month' THEN last_day({place}) "
            f"WHEN 'year' THEN make_date(year({place}), 12, 31) ELSE {place} END")


def _error(name: str, table: str, columns: tuple[str, ...], sentence: str, broken: str) -> Rule:
    return Rule(name, Grade.ERROR, table, columns, sentence, broken)


def _doubt(name: str, table: str, columns: tuple[str, ...], sentence: str, broken: str) -> Rule:
    return Rule(name, Grade.DOUBT, table, columns, sentence, broken)


def _note(name: str, table: str, columns: tuple[str, ...], sentence: str, broken: str) -> Rule:
    return Rule(name, Grade.NOTE, table, columns, sentence, broken)


def _list_column_rules(table: Table, column: Column) -> Iterator[Rule]:
    """What the declaration of a column alone forbids."""
    name, where = f'"{column.name}"', (table.name, (column.name,))
    if column.required:
        yield _error("missing", *where, "must be known in every row", f"{name} IS NULL")
    if column.allowed:
        words = ", ".join(map(str, column.allowed)) if column.type == "text" else "a score of the scale"
        yield _error("not-allowed", *where, f"must be {'one of ' * (column.type == 'text')}{words}",
                     f"{name} NOT IN ({quote(column.allowed)})")
    if column.low is not None and column.high is not None:
        yield _error("out-of-range", *where, f"must lie from {column.low:g} to {column.high:g}",
                     f"{name} < {column.low} OR {name} > {column.high}")
    if column.type == "date":
        yield from _list_date_rules(table, column.name)


def _list_date_rules(table: Table, name: str) -> Iterator[Rule]:
    """What no date may be, whatever it is about."""
    where, day = (table.name, (name,)), f'"{name}"'
    yield _error("impossible-date", *where, f"must lie between {EARLIEST_YEAR} and today",
                 f"year({day}) < {EARLIEST_YEAR} OR {day} > current_date")
    if name + PRECISION_SUFFIX in table.names:
        precision = f'"{name}{PRECISION_SUFFIX}"'
        yield _error("not-first-day", table.name, (name, name + PRECISION_SUFFIX),
                     "a date known to the month or year is written as its first day",
                     f"({precision} = 'month' AND day({day}) <> 1) "
                     f"OR ({precision} = 'year' AND dayofyear({day}) <> 1)")


def _list_order_rules(table: Table) -> Iterator[Rule]:
    """Dates of one row that must follow each other."""
    for first, second in table.in_order:
        yield _error("order", table.name, (first, second), f"{first} must not lie after {second}",
                     f'"{first}" > {latest(table, second)}')


def _list_treatment_rules() -> Iterator[Rule]:
    table, names = "treatments", read_therapies()
    yield _error("unknown-therapy", table, ("therapy",),
                 f'must be a generic name of the catalogue, or "{OTHER}NAME"; '
                 "stepdown registry import finds brand names and codes",
                 f"therapy NOT IN ({quote(sorted(names))}) AND NOT starts_with(therapy, '{OTHER}')")
    yield _error("stopped-and-taken", table, ("stop", "still_taking"), "is stopped and still taken",
                 "stop IS NOT NULL AND still_taking")
    yield _error("reason-and-taken", table, ("reason_stopped", "still_taking"),
                 "has a reason for stopping and is still taken",
                 "reason_stopped IS NOT NULL AND still_taking")
    early = " OR ".join(f"(therapy = '{name}' AND year({latest(TABLES[table], 'start')}) < {year})"
                        for name, therapy in names.items()
                        if (year := therapy.first_trial_year or therapy.first_approval_year))
    yield _doubt("too-early", table, ("therapy", "start"),
                 "began before the first trial of this drug, or its first approval where no trial is on file",
                 early)
    yield _note("start-unknown", table, ("start",), "the start is not known", "start IS NULL")
    yield _note("end-unknown", table, ("stop", "still_taking"),
                "nobody knows whether it is still taken: neither a stop nor still_taking",
                "stop IS NULL AND still_taking IS NULL")


def _list_lesion_rules() -> Iterator[Rule]:
    for name in LESIONS:
        yield _error("lesions-disagree", "mri", (name, f"any_{name}"),
                     "the number of lesions and whether there were any disagree",
                     f'("{name}" > 0) <> "any_{name}"')


def _list_lab_rules() -> Iterator[Rule]:
    for test in (read_lab_tests()[name] for name in LAB_TESTS):
        if test.kind == "result":
            yield _doubt("word-missing", "labs", ("result",), f"{test.name} needs a word in result",
                         f"test = '{test.name}' AND result IS NULL")
            continue
        yield _doubt("number-missing", "labs", ("value",), f"{test.name} needs a number in value",
                     f"test = '{test.name}' AND value IS NULL")
        unit = test.units[0]
        yield _doubt("unlikely-value", "labs", ("value",),
                     f"{test.name} cannot be this in {test.unit}; is it in another unit?",
                     f"test = '{test.name}' AND value <> 0 AND "
                     f"(value < {unit.likely_low} OR value > {unit.likely_high})")


def _list_disease_rules() -> Iterator[Rule]:
    yield _error("not-secondary", "patients", ("secondary_progression_date", "course"),
                 "has a date of secondary progression in another course",
                 "secondary_progression_date IS NOT NULL AND course <> 'SPMS'")
    yield _doubt("other-disease", "patients", ("diagnosis", "aqp4", "mog"),
                 "antibodies that speak for another disease than MS",
                 "diagnosis = 'MS' AND (aqp4 = 'positive' OR mog = 'positive')")
    measured = ("edss", *FUNCTIONAL_SYSTEMS, "t25fw", "nine_hpt_dominant", "nine_hpt_other", "sdmt")
    yield _note("nothing-measured", "visits", measured, "nothing was measured at this visit",
                " AND ".join(f"{name} IS NULL" for name in measured))
