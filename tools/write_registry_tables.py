"""The data dictionary of a registry, made from the declaration itself: docs/reference/registry-tables.md.

Usage: python tools/write_registry_tables.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from stepdown.cohorts.registry.cross_rules import list_cross_rules
from stepdown.cohorts.registry.rules import list_row_rules
from stepdown.ms.disability import EDSS_SCORES
from stepdown.patients import tables
from stepdown.patients.columns import PRECISION_SUFFIX, Column, Table
from stepdown.patients.patient import LAB_TESTS
from stepdown.patients.units import read_lab_tests

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "registry-tables.md"
OPENING = """# The tables of a registry

Made by `make docs` from `stepdown.patients.tables`; a test fails when the page and the program differ. Words
and bounds are those of the [person file](person.schema.json) wherever the same thing is meant.

"""


def write_current_page() -> str:
    """The page as the declaration of today would have it."""
    return "".join([OPENING, _write_conventions(), *map(_write_table, tables.TABLES.values()),
                    _write_tests(), *_write_rules()])


def _write_conventions() -> str:
    """The rules that stand in the docstring of the declaration."""
    text = (tables.__doc__ or "").partition("\n\n")[2]
    return text.replace("``", "`").strip() + "\n"


def _write_table(table: Table) -> str:
    head = f"\n## {table.name}\n{table.meaning[0].upper()}{table.meaning[1:]}.\n\n"
    rows = [_write_column(column) for column in table if not column.name.endswith(PRECISION_SUFFIX)]
    dated = [f"`{column.name}`" for column in table if column.name + PRECISION_SUFFIX in table.names]
    tail = f"\nWith a column `{PRECISION_SUFFIX}` beside: {', '.join(dated)}.\n" if dated else ""
    columns = "| column | type | unit | meaning | values |\n|---|---|---|---|---|\n"
    return head + columns + "".join(rows) + tail


def _write_column(column: Column) -> str:
    needed = " (needed)" if column.required else ""
    meaning = column.meaning.replace("|", "\\|")
    cells = (f"`{column.name}`{needed}", column.type, column.unit or "", meaning, _write_values(column))
    return f"| {' | '.join(cells)} |\n"


def _write_values(column: Column) -> str:
    if column.allowed == EDSS_SCORES:
        return "0, 1, 1.5 ... 10"
    if column.allowed:
        return ", ".join(f"`{word}`" for word in column.allowed)
    if column.low is not None and column.high is not None:
        return f"{column.low:g} to {column.high:g}"
    return f"a row of `{column.references}`" if column.references else ""


def _write_tests() -> str:
    lines = [f"| `{name}` | {read_lab_tests()[name].unit or 'a word in `result`'} |\n" for name in LAB_TESTS]
    return "\n## Units of the laboratory tests\n| test | unit of `value` |\n|---|---|\n" + "".join(lines)


def _write_rules() -> Iterator[str]:
    """What `stepdown registry check` looks for; rules that the tables above say already are left out."""
    said = {"missing", "not-allowed", "out-of-range", "impossible-date", "not-first-day"}
    yield ("\n## What `stepdown registry check` looks for\n"
           "Beside the values above: dates between 1900 and today, a date known to the month or year written "
           "as its first day, and\n\n"
           "| grade | a row that | tables |\n|---|---|---|\n")
    where: dict[tuple[str, str], dict[str, None]] = {}
    for rule in (*list_row_rules(), *list_cross_rules()):
        if rule.name not in said:
            where.setdefault((rule.grade, rule.sentence), {})[f"`{rule.table}`"] = None
    for (grade, sentence), names in where.items():
        yield f"| {grade} | {sentence} | {', '.join(names)} |\n"


if __name__ == "__main__":
    PAGE.write_text(write_current_page(), encoding="utf-8")
