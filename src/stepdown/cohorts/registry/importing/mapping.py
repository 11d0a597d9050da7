"""The mapping file: which column of which file means which declared column, and how values are written."""

from __future__ import annotations

import difflib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from stepdown.ms.errors import UserError
from stepdown.patients.columns import PRECISION_SUFFIX, Table
from stepdown.patients.tables import TABLES
from stepdown.patients.yaml_text import load_text

#: A laboratory value comes with its unit; the unit itself is no column of the table.
UNIT = "unit"


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _to_words(given: Any) -> Any:
    """A list of one for one word."""
    return given if isinstance(given, list | tuple) else [given]


Words = Annotated[tuple[str, ...], BeforeValidator(_to_words)]


class Written(_Closed):
    """How values are written in a file; what is left out is taken from the beginning of the mapping."""

    encoding: str | None = Field(None, description="utf-8 (default), latin-1, windows-1252, ...")
    delimiter: str | None = Field(None, description="found by itself when left out")
    decimal: Literal[".", ","] | None = Field(None, description="needed where 1,234 may mean either")
    dates: Literal["iso", "day-first", "month-first", "excel"] | None = Field(
        None, description="default: iso; excel: days as its numbers, 43830 for 2019-12-31")
    unknown: Words | None = Field(None, description="words that mean unknown, beside an empty cell")
    yes: Words | None = Field(None, description="words that mean true, beside true, yes and 1")
    no: Words | None = Field(None, description="words that mean false, beside false, no and 0")


class ColumnMapping(_Closed):
    """Where a declared column comes from: a column, several to try in turn, or one fixed value."""

    column: Words | None = None
    words: dict[str, str] = Field(default_factory=dict)
    value: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        """A bare name stands for its column."""
        return given if isinstance(given, dict) else {"column": given}

    @model_validator(mode="after")
    def _check(self) -> ColumnMapping:
        if (self.column is None) == (self.value is None):
            raise ValueError("write either column or value")
        return self


class Entry(_Closed):
    """One file that rows of a table come from."""

    file: str | None = None
    columns: dict[str, ColumnMapping]
    where: dict[str, Words] = Field(default_factory=dict)
    written: Written = Written()  # type: ignore[call-arg]


class Derive(_Closed):
    """What is made from the other tables because no file says it."""

    patients: bool = False
    observation_periods: Literal["first-to-last-contact"] | None = None


class Mapping(_Closed):
    """The whole mapping file."""

    version: Literal["1"]
    written: Written = Written()  # type: ignore[call-arg]
    tables: dict[str, list[Entry]]
    derive: Derive = Derive()


def read_template(name: str) -> str:
    """A mapping that ships with the program: ``files`` is one to start from."""
    path = files("stepdown.cohorts.registry.importing").joinpath(f"{name}.yaml")
    return path.read_text(encoding="utf-8")


def read_mapping(path: Path) -> Mapping:
    """The mapping of a YAML file; UserError says what is wrong, where, and how to mend it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise UserError(f"{path}: cannot be read ({problem.strerror}).") from problem
    except UnicodeDecodeError as problem:
        raise UserError(f"{path}: a mapping is written in UTF-8.") from problem
    return parse_mapping(text, str(path))


def parse_mapping(text: str, name: str) -> Mapping:
    """The mapping in the text of a file called ``name``."""
    try:
        given = load_text(text)
    except (yaml.YAMLError, ValueError) as problem:
        raise UserError(f"{name}: not valid YAML{_say_line(problem)}.") from problem
    if not isinstance(given, dict):
        raise UserError(f"{name}: has no keys; stepdown registry template prints a mapping to start from.")
    try:
        mapping = Mapping.model_validate(_prepare(given))
    except ValidationError as problem:
        raise UserError(f"{name}: {_say_first(problem)}") from problem
    _check_tables(mapping, name)
    return mapping


def _prepare(given: dict[str, Any]) -> dict[str, Any]:
    """A table with one file needs no list."""
    tables = given.get("tables")
    if not isinstance(tables, dict):
        return given
    return given | {"tables": {key: [one] if isinstance(one, dict) else one for key, one in tables.items()}}


def _say_line(problem: Exception) -> str:
    mark = getattr(problem, "problem_mark", None)
    return f" (line {mark.line + 1})" if mark else ""


def _say_first(problem: ValidationError) -> str:
    """The first fault of the mapping, with its place."""
    # A key that is not known comes first: it is mostly the one that is missing, misspelt.
    fault = min(problem.errors(), key=lambda one: one["type"] != "extra_forbidden")
    place = ".".join(str(part) for part in fault["loc"])
    known = sorted({name for part in (Mapping, Entry, Written, ColumnMapping, Derive)
                    for name in part.model_fields})
    if fault["type"] == "extra_forbidden":
        return f"{place}: no such key{_guess(str(fault['loc'][-1]), known)}."
    if fault["type"] == "missing":
        return f"{place}: this key is missing."
    return f"{place}: {fault['msg'].removeprefix('Value error, ')}."


def _guess(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, 1, 0.6)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"


def _check_tables(mapping: Mapping, name: str) -> None:
    """Every table and column is a declared one, and what every row needs is mapped."""
    for table_name, entries in mapping.tables.items():
        if table_name not in TABLES:
            raise UserError(f"{name}: tables.{table_name}: no such table{_guess(table_name, list(TABLES))}.")
        for place, entry in enumerate(entries):
            _check_entry(entry, TABLES[table_name], f"{name}: tables.{table_name}.{place}")
    for table_name in ("patients", "observation_periods"):
        if table_name not in mapping.tables and not getattr(mapping.derive, table_name):
            way = "true" if table_name == "patients" else "first-to-last-contact"
            raise UserError(f"{name}: nothing says who the {table_name} are: "
                            f"map a file to {table_name}, or write derive: {{{table_name}: {way}}}.")


def list_targets(table: Table) -> list[str]:
    """The declared columns that a mapping may fill; row numbers and precisions come by themselves."""
    kept = [one.name for one in table
            if not one.name.endswith(PRECISION_SUFFIX) and not (one.key and table.name != "patients")
            and one.name != "source_id"]
    return kept + ([UNIT] if table.name == "labs" else [])


def _check_entry(entry: Entry, table: Table, place: str) -> None:
    targets = list_targets(table)
    for column in entry.columns:
        if column not in targets:
            raise UserError(f"{place}.columns.{column}: no such column{_guess(column, targets)}.")
    needed = [name for name in targets if table.column(name).required] if table.name != "labs" else \
        ["person_id", "date", "test"]
    for column in needed:
        if column not in entry.columns:
            raise UserError(f"{place}.columns: {column} is missing; every row of {table.name} needs it.")
    if entry.columns["person_id"].value is not None:
        raise UserError(f"{place}.columns.person_id: comes from a column, not from a fixed value.")
