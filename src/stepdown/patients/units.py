"""A laboratory value in the one unit stepdown uses: converted by the unit that was written, never guessed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Unit:
    """One unit of a test: the ways to write it, its factor, and the range in which it can have been meant."""

    names: tuple[str, ...]
    factor: float
    likely_low: float
    likely_high: float

    def fits(self, value: float) -> bool:
        """Whether a laboratory can have meant this value in this unit."""
        return value == 0 or self.likely_low <= value <= self.likely_high


@dataclass(frozen=True)
class LabTest:
    """One test: ``kind`` is number, index or result; ``unit`` is the one stepdown uses."""

    name: str
    kind: str
    unit: str | None
    units: tuple[Unit, ...]


@dataclass(frozen=True)
class Measured:
    """A value in the unit stepdown uses."""

    value: float
    unit: str


@cache
def read_lab_tests() -> Mapping[str, LabTest]:
    """Every laboratory test by name."""
    text = files("stepdown.patients").joinpath("lab_tests.toml").read_text(encoding="utf-8")
    return {name: _to_test(name, table) for name, table in tomllib.loads(text).items()}


def _to_test(name: str, table: dict[str, Any]) -> LabTest:
    """One test of the data file."""
    rows = table.get("units", [])
    units = tuple(
        Unit(tuple(row["names"]), row["factor"], row["likely_low"], row["likely_high"]) for row in rows
    )
    return LabTest(name, table["kind"], table.get("unit"), units)


#: Signs that are written in more than one way, and spaces, which mean nothing.
_SIGNS = str.maketrans({" ": "", "\u00b5": "u", "\u03bc": "u", "\u00d7": "x", "\u2079": "^9",
                        "\u00b3": "^3", "\u2076": "^6"})  # fmt: skip


def find_unit(test: LabTest, written: str | None) -> Unit | None:
    """The unit that was written; None when it is missing or not one of the test's."""
    if test.kind == "index":
        return test.units[0]
    plain = (written or "").strip().lower().translate(_SIGNS).replace("mcl", "ul")
    return next((unit for unit in test.units if plain in unit.names), None)


def likely_units(test: LabTest, value: float) -> tuple[str, ...]:
    """The units in which such a value can have been meant, each by its usual way to write it."""
    return tuple(_SHOWN.get(unit.names[0], unit.names[0]) for unit in test.units if unit.fits(value))


def known_units(test: LabTest) -> tuple[str, ...]:
    """The units a test can be written in, each by its usual way to write it."""
    return tuple(_SHOWN.get(unit.names[0], unit.names[0]) for unit in test.units)


def convert(test: LabTest, value: float, unit: Unit) -> Measured:
    """The value in the unit stepdown uses."""
    return Measured(round(value * unit.factor, 9), test.unit or "")


_SHOWN = {
    "10^9/l": "10^9/L",
    "cells/ul": "cells/uL",
    "g/l": "g/L",
    "mg/dl": "mg/dL",
    "u/l": "U/L",
    "ukat/l": "ukat/L",
    "pg/ml": "pg/mL",
}
