"""What of a registry is known and what is missing: each column, over all rows and year by year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stepdown.patients.columns import PRECISION_SUFFIX, Table


@dataclass(frozen=True)
class Completeness:
    """In how many rows a column has a value; ``by_year`` has (rows, known) for each year of the table's date.

    Rows whose own date is unknown stand in no year.
    """

    table: str
    column: str
    rows: int
    known: int
    by_year: tuple[tuple[int, int, int], ...]

    @property
    def share(self) -> float | None:
        """The share of rows with a value; None where there are no rows."""
        return self.known / self.rows if self.rows else None


def count_known(connection: Any, table: Table) -> Iterator[Completeness]:
    """The completeness of each column that can be unknown, of a table that is a view by its name."""
    names = [one.name for one in table
             if not one.required and not one.name.endswith(PRECISION_SUFFIX)] or [table.key]
    counts = ", ".join(f'count("{name}")' for name in names)
    year = f'year("{table.happened}")' if table.happened else "NULL"
    found = connection.execute(
        f"SELECT {year} AS y, count(*), {counts} FROM {table.name} GROUP BY y ORDER BY y NULLS LAST"
    ).fetchall()
    for place, name in enumerate(names):
        by_year = tuple((row[0], row[1], row[2 + place]) for row in found if row[0] is not None)
        yield Completeness(table.name, name, sum(row[1] for row in found),
                           sum(row[2 + place] for row in found), by_year)
