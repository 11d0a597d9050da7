"""How a registry table is declared: a column with its type, unit, meaning and constraint; a table of columns.

Where a column means the same as a key of the person file, its words, bounds and meaning are taken from
there, so that one person and a million are described alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_type_hints

from stepdown.patients.forms import Form, Meaning

#: identifier: whole number of 64 bits; integer: of 32 bits; number: float of 64 bits, never NaN.
Type = Literal["identifier", "integer", "number", "text", "boolean", "date"]

#: How much of a date was known. The date itself is then the first day it can be.
PRECISIONS = ("day", "month", "year")
PRECISION_SUFFIX = "_precision"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column; NULL is unknown, and only a ``required`` column may not hold it.

    ``allowed`` lists the values, ``low`` and ``high`` bound a number, both inside. ``references`` names the
    table whose ``person_id`` must hold the value.
    """

    name: str
    type: Type
    meaning: str
    unit: str | None = None
    allowed: tuple[str | float, ...] = ()
    low: float | None = None
    high: float | None = None
    required: bool = False
    key: bool = False
    references: str | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: what a row is, its columns, and what must hold between the columns of a row.

    ``in_order`` lists pairs of dates of which the first may not lie after the second. Two rows that agree
    in all ``same`` columns, with something beside the person in them, say the same thing twice. ``happened``
    names the date that should lie inside an observation period; None where that does not apply.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    in_order: tuple[tuple[str, str], ...] = ()
    same: tuple[str, ...] = ()
    happened: str | None = None

    def __iter__(self) -> Iterator[Column]:
        """The columns in their order."""
        return iter(self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def key(self) -> str:
        """The column that numbers the rows."""
        return next(column.name for column in self.columns if column.key)

    def column(self, name: str) -> Column:
        """The column of this name; KeyError when there is none."""
        return next((column for column in self.columns if column.name == name), None) or _no_column(name)


def _no_column(name: str) -> Column:
    raise KeyError(name)


def key(name: str, meaning: str) -> Column:
    """The column that numbers the rows of a table, without meaning of its own."""
    return Column(name=name, type="identifier", meaning=meaning, required=True, key=True)


def person() -> Column:
    """The column that says whose row it is."""
    meaning = "the person it is about"
    return Column(name="person_id", type="identifier", meaning=meaning, required=True, references="patients")


def dated(name: str, meaning: str, *, required: bool = False) -> tuple[Column, Column]:
    """A date that may be known to the month or the year only, with the column that says so."""
    precision = Column(
        name=name + PRECISION_SUFFIX,
        type="text",
        meaning=f"how much of {name} was known; NULL beside a date means day",
        allowed=PRECISIONS,
    )
    return Column(name=name, type="date", meaning=meaning, required=required), precision


def same_as(entry: type, key_of_file: str, name: str = "", *, kind: Type = "text", unit: str | None = None,
            required: bool = False) -> Column:
    """A column with the words, bounds and meaning of a key of the person file."""
    notes = get_type_hints(entry, include_extras=True)[key_of_file].__metadata__
    schema: dict[str, Any] = next((note.schema for note in notes if isinstance(note, Form)), {})
    return Column(
        name=name or key_of_file,
        type=kind,
        meaning=next(note.text for note in notes if isinstance(note, Meaning)),
        unit=unit,
        allowed=tuple(schema.get("enum", ())),
        low=schema.get("minimum"),
        high=schema.get("maximum"),
        required=required,
    )
