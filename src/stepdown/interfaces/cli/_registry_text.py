"""A checked registry as text and as JSON, and the account of an import as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from textwrap import wrap

from stepdown.cohorts.registry.checking import CheckedRegistry, Violation
from stepdown.cohorts.registry.importing.account import Imported


def write_checked(checked: CheckedRegistry) -> str:
    """Rows, rules broken, and columns that are not known everywhere, as lines."""
    return "\n".join([*_write_rows(checked), "", *_write_violations(checked), "", *_write_missing(checked)])


def _write_rows(checked: CheckedRegistry) -> Iterator[str]:
    for name, rows in checked.rows.items():
        absent = "   no file: unknown for everybody" if name in checked.absent else ""
        yield f"{name:<20}{rows:>12,}{absent}"


def _write_violations(checked: CheckedRegistry) -> Iterator[str]:
    for one in checked.violations:
        yield f"{one.grade}: {one.path}: {one.sentence}: {_count_rows(one)}"
    count = checked.errors
    yield "no error" if not count else "1 kind of error" if count == 1 else f"{count} kinds of error"


def _count_rows(one: Violation) -> str:
    more = ", ..." if one.count > len(one.rows) else ""
    return f"{one.count:,} {'row' if one.count == 1 else 'rows'} ({', '.join(map(str, one.rows))}{more})"


def _write_missing(checked: CheckedRegistry) -> Iterator[str]:
    """Columns with a gap, and never known ones by name alone."""
    yield "known in some rows only:"
    for one in checked.completeness:
        if one.share is not None and 0 < one.share < 1:
            yield f"  {one.table}.{one.column:<28}{one.known:>12,} of {one.rows:,}"
    yield "known in no row:"
    never = [one for one in checked.completeness if one.rows and not one.known]
    for table, columns in groupby(never, key=lambda one: one.table):
        yield from wrap(f"{table}: " + ", ".join(one.column for one in columns), 100,
                        initial_indent="  ", subsequent_indent="    ")


def write_checked_json(checked: CheckedRegistry) -> str:
    """The same as JSON, with the years."""
    return json.dumps(
        {
            "schema_version": "1",
            "ok": not checked.errors,
            "rows": checked.rows,
            "absent": checked.absent,
            "violations": [
                {"grade": one.grade, "rule": one.name, "table": one.table, "columns": one.columns,
                 "text": one.sentence, "count": one.count, "rows": one.rows}
                for one in checked.violations
            ],
            "completeness": [
                {"table": one.table, "column": one.column, "rows": one.rows, "known": one.known,
                 "by_year": [dict(zip(("year", "rows", "known"), year, strict=True)) for year in one.by_year]}
                for one in checked.completeness
            ],
        },
        indent=2,
    )


def write_imported(imported: Imported) -> str:
    """What became of the rows of each source, and why some were set apart."""
    head = f"{'source':<28}{'table':<21}{'rows':>10}{'taken':>10}{'set apart':>11}{'left aside':>12}"
    return "\n".join([head, *_write_accounts(imported), *_write_therapies(imported), *imported.notes])


def _write_accounts(imported: Imported) -> Iterator[str]:
    for one in imported.accounts:
        yield (f"{one.source:<28}{one.table:<21}{one.rows:>10,}{one.accepted:>10,}{one.quarantined:>11,}"
               f"{one.left_aside:>12,}")
        for reason, count in one.reasons:
            yield f"  {count:,} set apart: {reason}"


def _write_therapies(imported: Imported) -> Iterator[str]:
    """The names that are not in the catalogue; drugs name nobody."""
    if imported.other_therapies:
        named = ", ".join(f"{name} ({count:,})" for name, count in imported.other_therapies)
        yield f"therapies kept by their names: {named}"
