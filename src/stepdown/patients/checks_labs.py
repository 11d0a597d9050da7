"""Whether each laboratory entry can mean what it says: a known unit, a value that unit can have."""

from __future__ import annotations

from collections.abc import Iterator

from stepdown.patients.faults import Fault, doubt, error, note, show_value
from stepdown.patients.lab_limits import read_limit
from stepdown.patients.patient import Lab, Patient
from stepdown.patients.units import LabTest, find_unit, known_units, likely_units, read_lab_tests

#: Tests that a file may hold and that decide nothing here.
_USED_BY_NO_RULE = ("neurofilament",)


def check_labs(patient: Patient) -> Iterator[Fault]:
    """Every fault of the laboratory entries."""
    for position, lab in enumerate(patient.labs or ()):
        yield from _check_lab(lab, f"labs[{position}]")


def _check_lab(lab: Lab, path: str) -> Iterator[Fault]:
    """The faults of one entry."""
    if lab.test is None:
        yield note(f"{path}.test", "without a test this result is not used")
        return
    test = read_lab_tests()[lab.test]
    if test.name in _USED_BY_NO_RULE:
        yield note(f"{path}.test", f"{test.name} is kept and used by no rule: it does not stand for an MRI")
    if lab.value is None:
        yield note(f"{path}.value", "without a value this result is not used")
    elif test.kind == "result":
        yield from _check_result(lab, path)
    elif limit := read_limit(lab.value):
        yield from _check_number(limit.number, lab.unit, test, path)
    elif isinstance(lab.value, str):
        yield error(f"{path}.value", 'write a number for this test, or a limit such as "<0.5"')
    else:
        yield from _check_number(lab.value, lab.unit, test, path)


def _check_result(lab: Lab, path: str) -> Iterator[Fault]:
    """A test that is positive or negative needs a word."""
    if not isinstance(lab.value, str) or read_limit(lab.value):
        yield error(f"{path}.value", "write positive, negative, indeterminate or unknown for this test")


def _check_number(value: float, written: str | None, test: LabTest, path: str) -> Iterator[Fault]:
    """A number needs a unit, and must be one that unit can have."""
    unit = find_unit(test, written)
    allowed = " or ".join(known_units(test))
    if value < 0:
        yield error(f"{path}.value", f"a laboratory value is not below zero ({value:g})")
    elif unit is None and written is None:
        yield doubt(f"{path}.unit", f"without its unit this value is not used; write {allowed}", test.name)
    elif unit is None:
        yield error(f"{path}.unit", f"{show_value(written)} is not known for {test.name}; write {allowed}")
    elif not unit.fits(value):
        others = likely_units(test, value)
        hint = f"; did you mean the unit {' or '.join(others)}?" if others else ""
        yield error(f"{path}.value", f"{test.name} cannot be {value:g} {written}{hint}")
