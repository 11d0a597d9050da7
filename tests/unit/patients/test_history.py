from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.ms.facts import State
from stepdown.patients.checking import check_value
from stepdown.patients.history import QUESTIONS, History
from stepdown.patients.patient import Patient

RECORDED = date(2026, 11, 2)
DAYS = st.dates(date(2010, 1, 1), RECORDED)
DATES = DAYS.map(lambda day: day.isoformat()) | DAYS.map(lambda day: day.isoformat()[:7]) | st.just("unknown")
ANSWERS = st.sampled_from([True, False, "unknown"])
DRUGS = st.sampled_from(
    ["glatiramer-acetate", "natalizumab", "cladribine", "ocrelizumab", "other:tea", "unknown"]
)


def entries(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.fixed_dictionaries(keys), max_size=3)


PEOPLE = st.fixed_dictionaries(
    {"diagnosis": st.just("MS"), "birth_year": st.integers(1950, 1985), "recorded_on": st.just("2026-11-02")},
    optional={
        "observed_since": DATES,
        "onset_date": DATES,
        "treatments": entries(therapy=DRUGS, start=DATES, still_taking=ANSWERS, last_dose=DATES),
        "relapses": entries(onset=DATES, lasted_24h=ANSWERS, fever_or_infection=ANSWERS),
        "edss": entries(date=DATES, score=st.sampled_from([0, 2.5, 6.0]), during_relapse=ANSWERS),
        "mri": entries(
            date=DATES, region=st.sampled_from(["brain", "cord", "both", "unknown"]), new_t2=ANSWERS
        ),
        "labs": entries(
            date=DATES, test=st.just("lymphocytes"), value=st.floats(0, 4), unit=st.just("10^9/L")
        ),
        "infections": entries(date=DATES, serious=ANSWERS, ongoing=ANSWERS),
        "comorbidities": st.lists(st.sampled_from(["stroke", "asthma", "other:Raynaud"]), max_size=2),
        "new_neurological_signs": ANSWERS,
        "prior_immunosuppressant": ANSWERS,
    },
)


def patient_of(value: dict[str, Any]) -> Patient:
    patient = check_value(value, RECORDED, RECORDED).patient
    assert patient is not None
    return patient


@given(person=PEOPLE, at=st.dates(date(2012, 1, 1), date(2027, 6, 1)))
def test_every_fact_is_known_by_a_value_or_a_bound_or_says_why_not(person: dict[str, Any], at: date) -> None:
    for fact in History(patient_of(person), at).facts():
        if fact.state is State.KNOWN:
            assert fact.value is not None or fact.low is not None
        else:
            assert fact.reason and fact.value is None and fact.low is None
        assert fact.low is None or fact.high is None or fact.low <= fact.high


LATER = {
    "treatments": {"therapy": "fingolimod", "still_taking": True},
    "relapses": {"lasted_24h": True, "fever_or_infection": False},
    "edss": {"score": 8.0},
    "mri": {"region": "both", "new_t2": 9, "gd_enhancing": 9},
    "labs": {"test": "lymphocytes", "value": 0.1, "unit": "10^9/L"},
    "infections": {"serious": True, "ongoing": False},
}
DATE_KEYS = {"treatments": "start", "relapses": "onset"}


@given(person=PEOPLE, key=st.sampled_from(sorted(LATER)), days=st.integers(1, 900))
def test_an_entry_dated_after_the_index_date_changes_nothing(
    person: dict[str, Any], key: str, days: int
) -> None:
    at = RECORDED - timedelta(days=days)
    person = {"observed_since": "2010-01-01", key: [], **person}
    changed = copy.deepcopy(person)
    changed[key].append({**LATER[key], DATE_KEYS.get(key, "date"): (at + timedelta(days=1)).isoformat()})
    assert History(patient_of(changed), at).facts() == History(patient_of(person), at).facts()


@given(person=PEOPLE, days=st.integers(1, 900))
def test_after_the_day_of_the_file_no_absence_is_known(person: dict[str, Any], days: int) -> None:
    history = History(patient_of(person), RECORDED + timedelta(days=days))
    absences = [
        "relapse_last_12_months",
        "serious_infection_last_24_months",
        "new_neurological_signs",
        "serious_infection_ongoing",
        "cancer",
        "brain_mri_last_12_months",
        "prior_immunosuppressant",
    ]
    assert not [name for name in absences if history.by_name[name].is_false]
    assert not history.current_therapy.is_known


def test_a_file_with_the_least_in_it_knows_almost_nothing() -> None:
    history = History(Patient(diagnosis="MS", birth_year=1990), RECORDED)
    known = [fact.name for fact in history.facts() if fact.state is State.KNOWN]
    assert known == ["age", "diagnosis", "course_activity"]
    assert history.course_activity.value == "indeterminate"


def test_each_fact_goes_by_its_own_name() -> None:
    history = History(Patient(diagnosis="MS", birth_year=1966), RECORDED)
    assert [fact.name for fact in history.facts()] == list(QUESTIONS)
    with pytest.raises(AttributeError, match="no fact named shoe_size"):
        _ = history.shoe_size


@pytest.mark.parametrize(
    ("listed", "asked", "expected"),
    [
        (["heart attack"], "myocardial-infarction", True),
        ([], "stroke", False),
        (["other:Raynaud"], "stroke", None),
        ([{"name": "stroke", "active": False}], "stroke", False),
        ([{"since": "2019"}], "stroke", None),
        (None, "stroke", None),
    ],
)
def test_a_comorbidity_is_there_or_absent_or_was_not_asked(
    listed: Any, asked: str, expected: bool | None
) -> None:
    person = {"diagnosis": "MS", "birth_year": 1966, "recorded_on": "2026-11-02", "comorbidities": listed}
    assert History(patient_of(person), RECORDED).has_comorbidity(asked).value is expected


def test_a_condition_of_the_past_is_kept_apart() -> None:
    person = {
        "diagnosis": "MS",
        "birth_year": 1966,
        "recorded_on": "2026-11-02",
        "comorbidities": [{"name": "stroke", "active": False}],
    }
    history = History(patient_of(person), RECORDED)
    assert history.had_comorbidity("stroke").is_true
    assert history.had_comorbidity("asthma").is_false
    assert (
        not History(patient_of({**person, "comorbidities": None}), RECORDED)
        .had_comorbidity("stroke")
        .is_known
    )
