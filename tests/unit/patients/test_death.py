"""EDSS 10 on file: who is taken to have died, and when that is in doubt."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from stepdown.patients.checking import check_value
from stepdown.patients.death import find_death, has_died
from stepdown.patients.view import View

DEAD = {"date": "2025-03-02", "score": 10.0}
BEFORE = {"date": "2025-01-02", "score": 8.0}


def view_of(at: str = "2025-06-01", **entries: Any) -> View:
    person = {"recorded_on": "2025-06-01", "birth_year": 1960, "diagnosis": "MS", **entries}
    checked = check_value(person, date.fromisoformat(at), date(2026, 1, 1))
    assert checked.patient is not None
    return View(checked.patient, date.fromisoformat(at), checked.recorded_on)


@pytest.mark.parametrize(
    "edss",
    [[BEFORE, DEAD], [DEAD | {"during_relapse": True}], [{"score": 10}], [{"date": "2025", "score": 10}]],
)
def test_a_score_of_ten_is_death_with_or_without_a_relapse_or_a_day(edss: list[Any]) -> None:
    death = has_died(view_of(edss=edss))
    assert death is not None and death.path == f"edss[{len(edss) - 1}]"


@pytest.mark.parametrize(
    "later",
    [
        {"edss": [DEAD, {"date": "2025-04-01", "score": 4.0}]},
        {"edss": [DEAD, {"date": "2025-03-02", "score": 1.0}]},
        {"edss": [DEAD], "mri": [{"date": "2025-04-01", "region": "brain"}]},
        {"edss": [DEAD], "treatments": [{"therapy": "ocrelizumab", "start": "2025-04-01"}]},
    ],
)
def test_what_happens_to_the_living_puts_it_in_doubt(later: Any) -> None:
    view = view_of(**later)
    death = find_death(view)
    assert death is not None and death.is_doubted and has_died(view) is None


def test_before_its_day_nobody_had_died() -> None:
    assert find_death(view_of("2025-03-01", edss=[DEAD])) is None
    assert find_death(view_of(edss=[BEFORE])) is None


def test_the_check_of_a_file_says_it() -> None:
    def told(**entries: Any) -> list[str]:
        person = {"recorded_on": "2025-06-01", "birth_year": 1960, "diagnosis": "MS", **entries}
        return [str(fault) for fault in check_value(person, None, date(2026, 1, 1)).faults]

    assert "note: edss[0].score: EDSS 10 is death from MS: this person is taken to have died" in told(
        edss=[DEAD]
    )
    assert any(
        line.startswith("doubt: edss[0].score: EDSS 10") for line in told(edss=[DEAD, DEAD | {"score": 1.0}])
    )
