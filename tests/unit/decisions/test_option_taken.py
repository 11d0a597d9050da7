"""Which option was taken, by the treatments on file; an answer and a file that do not belong together."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from stepdown.decisions.answer_and_file import check_belonging
from stepdown.decisions.option_taken import choose_option, tell_other_drug
from stepdown.ms.errors import UserError
from stepdown.patients.checking import check_value
from stepdown.patients.view import View

AT = date(2025, 6, 1)
OPTIONS = [
    {"id": "continue", "strategy": "continue", "therapy": None, "interval_days": None},
    {"id": "extend-6-weeks", "strategy": "extend", "therapy": None, "interval_days": 42},
    {"id": "switch-teriflunomide", "strategy": "switch", "therapy": "teriflunomide", "interval_days": None},
    {"id": "switch-cladribine", "strategy": "switch", "therapy": "cladribine", "interval_days": None},
    {"id": "stop", "strategy": "stop", "therapy": None, "interval_days": None},
]
ANSWER: dict[str, Any] = {
    "at": "2025-01-01", "person": "invented-1", "status": "answered", "options": OPTIONS,
    "facts": [{"name": "current_therapy", "value": "natalizumab"}],
}  # fmt: skip
LEFT = {"therapy": "natalizumab", "start": "2016-03-01", "interval_days": 28}
STOPPED = LEFT | {"stop": "2025-02-01", "last_dose": "2025-01-01"}
ALEMTUZUMAB = {
    "therapy": "alemtuzumab",
    "start": "2025-03-01",
    "stop": "2025-03-05",
    "last_dose": "2025-03-05",
}
TERIFLUNOMIDE = {"therapy": "teriflunomide", "start": "2025-02-10", "still_taking": True}


def view_of(*treatments: Any, **change: Any) -> View:
    person = {"id": "invented-1", "recorded_on": "2025-06-01", "birth_year": 1980, "diagnosis": "MS",
              "treatments": list(treatments), **change}  # fmt: skip
    checked = check_value(person, AT, date(2026, 1, 1))
    assert checked.patient is not None
    return View(checked.patient, AT, checked.recorded_on)


@pytest.mark.parametrize(
    ("treatments", "option"),
    [
        ([STOPPED], "stop"),
        ([LEFT | {"still_taking": False}], "stop"),
        ([STOPPED, TERIFLUNOMIDE], "switch-teriflunomide"),
        (
            [STOPPED, {"therapy": "cladribine", "start": "2025-03-01", "stop": "2025-03-06"}],
            "switch-cladribine",
        ),
        (
            [STOPPED, LEFT | {"start": "2025-02-12", "interval_days": 42, "still_taking": True}],
            "extend-6-weeks",
        ),
    ],
)
def test_the_option_is_read_from_what_was_taken_since(treatments: list[Any], option: str) -> None:
    assert choose_option(ANSWER, None, view_of(*treatments))["id"] == option


@pytest.mark.parametrize(
    ("treatments", "why"),
    [
        ([STOPPED, ALEMTUZUMAB], "no option of this answer"),
        (
            [STOPPED, {"therapy": "ofatumumab", "start": "2025-03", "still_taking": True}],
            "no option of this answer",
        ),
        ([STOPPED, TERIFLUNOMIDE | {"still_taking": False, "stop": "2025-04-10"}], "given up again"),
        ([STOPPED, LEFT | {"start": "2025-05-30", "still_taking": True}], "no option of this answer"),
        ([STOPPED, TERIFLUNOMIDE, ALEMTUZUMAB], "does not show"),
    ],
)
def test_what_was_no_option_is_never_read_as_a_stop(treatments: list[Any], why: str) -> None:
    with pytest.raises(UserError, match=f"(?s){why}.*--option"):
        choose_option(ANSWER, None, view_of(*treatments))


def test_a_named_option_stands_and_another_drug_is_said() -> None:
    view = view_of(STOPPED, ALEMTUZUMAB)
    option = choose_option(ANSWER, "stop", view)
    assert "assess again" in tell_other_drug(ANSWER, option, view)[0]
    assert tell_other_drug(ANSWER, option, view_of(STOPPED)) == ()


@pytest.mark.parametrize(
    ("answer", "change", "why"),
    [
        ({"status": "refused"}, {}, "refused.*ask the team"),
        ({}, {"antibodies": {"aqp4": "positive"}}, "refused.*NMOSD"),
        ({}, {"id": "invented-2"}, "invented-1.*invented-2"),
    ],
)
def test_what_does_not_belong_together_is_refused(answer: Any, change: Any, why: str) -> None:
    with pytest.raises(UserError, match=why):
        check_belonging(ANSWER | answer, view_of(STOPPED, **change))


def test_without_an_id_and_with_an_older_file_it_is_said_what_nobody_can_check() -> None:
    unnamed, older = check_belonging(ANSWER, view_of(STOPPED, id=None, recorded_on="2024-06-01"))
    assert "nobody can check" in unnamed and "nothing can be judged as overdue" in older
    with pytest.raises(UserError, match="older than the answer"):
        choose_option(ANSWER, None, view_of(LEFT | {"still_taking": True}, recorded_on="2024-06-01"))
