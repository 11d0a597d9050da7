from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from stepdown.patients.checking import check_value, open_person
from stepdown.patients.faults import FaultyPersonFile

TODAY = date(2026, 11, 20)
CLEAN = {"diagnosis": "MS", "birth_year": 1966, "recorded_on": "2026-11-02"}


def test_the_index_date_is_the_day_of_the_file_unless_another_is_asked_for() -> None:
    assert check_value(CLEAN, None, TODAY).at == date(2026, 11, 2)
    assert check_value(CLEAN, date(2026, 11, 5), TODAY).at == date(2026, 11, 5)
    assert check_value({**CLEAN, "recorded_on": None}, None, TODAY).at == TODAY


def test_a_person_fit_for_an_answer_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "person.json"
    path.write_text(json.dumps(CLEAN), encoding="utf-8")
    checked = open_person(path, None, TODAY)
    assert (checked.errors, checked.recorded_on) == ((), date(2026, 11, 2))


def test_an_error_forbids_it_and_its_text_stays_out_of_the_exception(tmp_path: Path) -> None:
    path = tmp_path / "person.json"
    path.write_text(json.dumps({**CLEAN, "edss": [{"score": 25}], "sx": 1}), encoding="utf-8")
    with pytest.raises(FaultyPersonFile) as refused:
        open_person(path, None, TODAY)
    assert "2 errors" in str(refused.value) and "2.5" not in str(refused.value)
    assert any("did you mean 2.5?" in line for line in refused.value.details)


def lab(day: str, value: float, unit: str = "10^9/L") -> dict[str, object]:
    return {"date": day, "test": "lymphocytes", "value": value, "unit": unit}


@pytest.mark.parametrize(
    ("entries", "lines"),
    [
        ({"edss": [{"date": "2026-03-02", "score": score} for score in (2, 3.5)]}, ["doubt edss[1]"]),
        ({"labs": [lab("2026-03-02", 1.2), lab("2026-03-02", 0.4)]}, ["doubt labs[1]"]),
        ({"labs": [lab("2026-03-02", 1.2), lab("2026-03-02", 1200, "cells/uL")]}, ["note labs[1]"]),
        ({"labs": [lab("2026-03-02", 1.2), lab("2026-03-03", 0.4)]}, []),
        ({"relapses": [{"onset": "2020-05-01"}, {"onset": "2020-05-01"}]}, ["note relapses[1]"]),
        ({"relapses": [{"onset": "2020-05"}, {"onset": "2020-05"}]}, []),
    ],
)
def test_entries_of_one_day_are_compared(entries: dict[str, object], lines: list[str]) -> None:
    faults = check_value({**CLEAN, "observed_since": "2015-01-01", **entries}, None, TODAY).faults
    told = [f"{fault.grade} {fault.path}" for fault in faults if "same" in fault.sentence]
    assert told == lines
