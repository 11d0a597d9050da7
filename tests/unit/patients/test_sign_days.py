"""The days of the entries behind each sign since a step down."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from stepdown.patients.checking import check_value
from stepdown.patients.sign_days import find_sign_days
from stepdown.patients.view import View
from stepdown.patients.watching import watch

AT = date(2026, 6, 1)
RELAPSE = {"onset": "2026-03-01", "lasted_24h": True, "fever_or_infection": False}
LOW = {"date": "2026-04-01", "test": "lymphocytes", "value": 400, "unit": "cells/uL"}


@pytest.mark.parametrize(
    ("entries", "sign", "days"),
    [
        ({"relapses": [RELAPSE, RELAPSE | {"onset": "2020-01-01"}]}, "relapse", ("2026-03-01",)),
        ({"relapses": [{"onset": "2026-04", "lasted_24h": True}]}, "relapse", ("2026-04",)),
        ({"relapses": [RELAPSE | {"onset": "2025-06-01"}]}, "relapse", ("2025-06-01",)),  # that day
        ({"mri": [{"date": "2026-05-01", "region": "brain", "gd_enhancing": 1}]}, "lesions", ("2026-05-01",)),
        ({"labs": [LOW, LOW | {"date": "2026-02-01", "value": 900}]}, "lymphocytes", ("2026-04-01",)),
        ({"labs": [LOW | {"test": "igg", "value": 4.0, "unit": "g/L"}]}, "igg", ("2026-04-01",)),
        ({"labs": [LOW | {"value": "<500"}]}, "lymphocytes", ("2026-04-01",)),
        ({"labs": [LOW | {"value": "<0.5", "unit": "10^9/L"}]}, "lymphocytes", ("2026-04-01",)),
        ({"edss": [{"date": "2025-01-01", "score": 2.0}, {"date": "2025-09-01", "score": 3.5},
                   {"date": "2026-03-01", "score": 3.0}]}, "worsening", ("2025-09-01", "2026-03-01")),
    ],
)  # fmt: skip
def test_each_sign_has_the_days_of_its_entries(entries: Any, sign: str, days: tuple[str, ...]) -> None:
    treatment = {"therapy": "glatiramer-acetate", "start": "2015-01-01", "stop": "2025-06-01"}
    person = {"recorded_on": "2026-06-01", "birth_year": 1980, "diagnosis": "MS", "treatments": [treatment]}
    checked = check_value(person | entries, AT, date(2026, 12, 1))
    assert checked.patient is not None
    view = View(checked.patient, AT, checked.recorded_on)
    found = watch(view)
    assert found.standing.step is not None
    assert find_sign_days(found.signs, view, found.standing.step) == {sign: days}
