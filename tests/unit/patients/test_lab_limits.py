"""A result given as a limit is used where the limit decides, and nowhere else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from stepdown.ms.facts import State
from stepdown.patients.checking import check_value
from stepdown.patients.history import History
from stepdown.patients.lab_limits import read_limit

AT = date(2026, 11, 1)


def make_person(*labs: tuple[str, Any, str | None], test: str = "lymphocytes") -> dict[str, Any]:
    """An invented person with these results: day, value, unit."""
    rows = [{"date": on, "test": test, "value": value, **({"unit": unit} if unit else {})}
            for on, value, unit in labs]  # fmt: skip
    return {"schema_version": "1", "birth_year": 1970, "diagnosis": "MS", "recorded_on": "2026-11-01",
            "labs": rows}  # fmt: skip


def look(*labs: tuple[str, Any, str | None]) -> History:
    checked = check_value(make_person(*labs), AT)
    assert checked.patient is not None and not checked.errors
    return History(checked.patient, AT)


def list_errors(value: str, unit: str | None, test: str) -> list[str]:
    checked = check_value(make_person(("2026-10-01", value, unit), test=test), AT)
    assert {fault.path for fault in checked.errors} <= {"labs[0].value"}
    return [fault.sentence for fault in checked.errors]


@pytest.mark.parametrize(
    ("value", "unit", "is_below"),
    [
        ("<0.5", "10^9/L", True),
        ("<500", "cells/uL", True),
        ("<=0.5", "10^9/L", None),
        ("<0.6", "10^9/L", None),
        ("<0.4", "10^9/L", True),
        (">0.5", "10^9/L", False),
        (">=0.5", "10^9/L", False),
        (">=0.4", "10^9/L", None),
        (" \u2264 0.4", "10^9/L", True),
    ],
)
def test_whether_lymphocytes_are_below_half(value: str, unit: str, is_below: bool | None) -> None:
    fact = look(("2026-10-01", value, unit)).lymphocytes
    reached = fact.at_least(0.5)
    assert (None if reached is None else not reached) is is_below
    assert fact.state is State.KNOWN and fact.value is None and "given as" in fact.reason


@pytest.mark.parametrize("value", ["0.5<", "<", "<0,5", "< 0.5 g/L", "<<1", "<1e3", "<-1", "about 1"])
def test_anything_else_is_no_limit(value: str) -> None:
    assert read_limit(value) is None
    assert '"<0.5"' in list_errors(value, "g/L", "igg")[0]


def test_a_limit_without_its_unit_is_a_doubt_and_one_that_cannot_be_meant_an_error() -> None:
    assert look(("2026-10-01", "<0.5", None)).lymphocytes.state is State.DOUBT
    assert "did you mean the unit" in list_errors("<0.5", "cells/uL", "lymphocytes")[0]


def test_a_test_that_is_positive_or_negative_takes_no_limit() -> None:
    assert "positive" in list_errors("<0.5", None, "hbsag")[0]


def test_lymphocytes_given_as_limits_have_been_low_since_the_first_of_them() -> None:
    fact = look(("2026-02-01", 1.2, "10^9/L"), ("2026-03-01", "<0.5", "10^9/L"),
                ("2026-10-01", 0.4, "10^9/L")).lymphocytes_low_months  # fmt: skip
    assert fact.low == pytest.approx(7.0, abs=0.1) and fact.high == pytest.approx(9.0, abs=0.1)


def test_a_limit_that_does_not_decide_leaves_open_how_long_lymphocytes_have_been_low() -> None:
    fact = look(("2026-02-01", "<0.9", "10^9/L"), ("2026-10-01", 0.4, "10^9/L")).lymphocytes_low_months
    assert fact.low == 0.0 and fact.high is None


def test_a_limit_and_a_number_of_one_month_of_which_either_may_be_the_latest() -> None:
    fact = look(("2026-10", "<0.5", "10^9/L"), ("2026-10", 0.9, "10^9/L")).lymphocytes
    assert (fact.low, fact.high) == (0.0, 0.9)
    assert look(("2026-10", ">2", "10^9/L"), ("2026-10", 0.9, "10^9/L")).lymphocytes.high is None
