from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from stepdown.ms.dates import PartialDate
from stepdown.patients.date_form import DATE, FULL_DATE


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-05-31", PartialDate(2024, 5, 31)),
        ("2024-05", PartialDate(2024, 5)),
        (" 2024 ", PartialDate(2024)),
        (2024, PartialDate(2024)),
        (date(2024, 5, 31), PartialDate(2024, 5, 31)),
        (datetime(2024, 5, 31, 12), PartialDate(2024, 5, 31)),
        ("unknown", None),
        (None, None),
    ],
)
def test_a_date_is_read_to_the_part_that_was_written(written: Any, expected: PartialDate | None) -> None:
    assert DATE.value_of(written) == expected


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("31/12/2024", "2024-12-31"),
        ("12/31/2024", "2024-12-31"),
        ("1.2.2024", "2024-02-01 or 2024-01-02"),
        ("2024/05", "2024-05"),
        ("2024.05.31", "2024-05-31"),
        ("2024-02-30", "does not exist"),
        (24, "YYYY"),
        (True, "YYYY"),
        ([], "YYYY"),
        ("\u0662\u0660\u0662\u0664", "YYYY"),
        ("31/12/0024", "not complete"),
    ],
)
def test_another_form_is_answered_with_the_iso_form(written: Any, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        DATE.value_of(written)


def test_the_day_of_the_file_must_be_a_full_day() -> None:
    with pytest.raises(ValueError, match="full day"):
        FULL_DATE.value_of("2024-05")
