from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.ms.dates import PartialDate
from stepdown.patients.checking import check_value
from stepdown.patients.patient import Patient
from stepdown.patients.reading import json_schema, known_keys, read_value

LEAST = {"diagnosis": "MS", "birth_year": 1966}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
SCHEMA_FILE = Path(__file__).parents[3] / "docs/reference/person.schema.json"


def test_diagnosis_and_one_age_are_enough() -> None:
    reading = read_value(LEAST)
    assert reading.faults == ()
    assert reading.patient == Patient(diagnosis="MS", birth_year=1966)


def test_unknown_and_null_and_a_missing_key_are_the_same() -> None:
    for unknown in ("unknown", None):
        assert read_value({**LEAST, "sex": unknown, "relapses": unknown, "plans": unknown}) == read_value(
            LEAST
        )


def test_an_empty_list_is_not_a_missing_one() -> None:
    patient = read_value({**LEAST, "relapses": []}).patient
    assert patient is not None
    assert (patient.relapses, patient.infections) == ((), None)


def test_an_unknown_diagnosis_is_an_answer_but_a_missing_one_is_not() -> None:
    assert read_value({"diagnosis": "unknown", "age": 50}).faults == ()
    assert [fault.path for fault in read_value({"age": 50}).faults] == ["diagnosis"]


def test_a_comorbidity_may_be_its_bare_name() -> None:
    patient = read_value({**LEAST, "comorbidities": ["stroke", {"name": "asthma", "since": "2019"}]}).patient
    assert patient is not None and patient.comorbidities is not None
    assert [entry.name for entry in patient.comorbidities] == ["stroke", "asthma"]
    assert patient.comorbidities[1].since == PartialDate(2019)


def test_a_faulty_entry_moves_no_other_entry() -> None:
    reading = read_value({**LEAST, "edss": [7, {"score": "bad"}, {"date": "2024-13-01", "score": 3}]})
    assert [fault.path for fault in reading.faults] == ["edss[0]", "edss[1].score", "edss[2].date"]
    assert reading.patient is not None and reading.patient.edss is not None
    assert reading.patient.edss[2].score == 3


@pytest.mark.parametrize("entry", [1.5, {}, [], {"a": 1}, True, "twenty"])
def test_an_entry_that_is_no_word_is_said_once_and_moves_no_other(entry: Any) -> None:
    wishes = {"most_important_first": [entry, "burden"]}
    reading = read_value({**LEAST, "preferences": wishes, "barriers": ["cost", entry]})
    assert reading.patient is not None and reading.patient.preferences is not None
    assert reading.patient.preferences.most_important_first == (None, "burden")
    assert reading.patient.barriers == ("cost", None)
    places = sorted(fault.path for fault in reading.faults)
    assert places == ["barriers[1]", "preferences.most_important_first[0]"]


def test_remarks_are_never_read() -> None:
    assert read_value({**LEAST, "$comment": [1], "$schema": "x", "edss": [{"$comment": 2}]}).faults == ()


@pytest.mark.parametrize("key", known_keys(()))
@given(value=ANY_JSON)
def test_any_value_under_any_key_is_read_or_refused_with_a_sentence(key: str, value: Any) -> None:
    checked = check_value({**LEAST, key: value})
    reading = read_value({**LEAST, key: value})
    assert reading.patient is not None
    assert all(fault.sentence and fault.path for fault in checked.errors)


@given(value=ANY_JSON)
def test_any_json_at_all_is_accepted_or_refused(value: Any) -> None:
    checked = check_value(value)
    assert (checked.patient is None and checked.errors) or checked.patient is not None


@given(bad=st.lists(st.sampled_from(known_keys(("edss",))), unique=True), spare=st.integers(0, 3))
def test_every_leaf_is_either_taken_or_reported(bad: list[str], spare: int) -> None:
    entries: list[dict[str, Any]] = [{"score": 2.0}] * spare + [{key: [] for key in bad}]
    reading = read_value({**LEAST, "edss": entries})
    assert reading.patient is not None and reading.patient.edss is not None
    taken = sum(entry.score is not None for entry in reading.patient.edss)
    assert (taken, len(reading.faults)) == (spare, len(bad))


def test_the_published_schema_is_the_one_the_reader_has() -> None:
    assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == json_schema(), (
        "refresh it: stepdown patient schema > docs/reference/person.schema.json"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"diagnosis": "ms"},
        {"sx": "male"},
        {"edss": [{"scor": 2}]},
        {"age": 50},
        {"relapses": "none"},
        {"mri": [{"new_t2": -1}]},
        {"birth_year": None},
    ],
)
def test_schema_and_reader_refuse_the_same(wrong: dict[str, Any]) -> None:
    value = {**LEAST, **wrong}
    assert read_value(value).faults
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, json_schema())


@pytest.mark.parametrize(
    "right",
    [
        {},
        {"edss": []},
        {"mri": [{"new_t2": True}]},
        {"comorbidities": ["stroke"]},
        {"relapses": "unknown"},
        {"age": "unknown"},
        {"$comment": "mine"},
    ],
)
def test_schema_and_reader_take_the_same(right: dict[str, Any]) -> None:
    value = {**LEAST, **right}
    assert not read_value(value).faults
    jsonschema.validate(value, json_schema())


@pytest.mark.parametrize("key", [None, 1, 2.5, True, date(2026, 1, 1), ("a", 1)])
@pytest.mark.parametrize("where", ["mri", "plans", ""])
def test_a_key_that_is_no_text_is_named_and_never_read_without_end(key: object, where: str) -> None:
    inner = {key: "invented"}
    person = {"schema_version": "1", "diagnosis": "MS", "age": 50}
    person |= {where: [{"date": "2026-01-01", **inner}] if where == "mri" else inner} if where else inner
    faults = read_value(person).faults
    assert any(str(key) in fault.path and "this key is not known" in fault.sentence for fault in faults)
