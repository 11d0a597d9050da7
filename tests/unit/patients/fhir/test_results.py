"""Observations of a record: EDSS, laboratory, smoking; what cannot be meant is left out."""

from __future__ import annotations

from typing import Any

import pytest

from stepdown.patients.fhir import read_bundle
from unit.patients.fhir.invented_records import LOINC, SNOMED, adds_up, coded, observation, reasons, to_bundle


@pytest.mark.parametrize(
    ("value", "score"),
    [
        ({"valueQuantity": {"value": 4}}, 4.0),
        ({"valueInteger": 6}, 6.0),
        ({"valueString": "3.5"}, 3.5),
        ({"valueString": "3,5"}, 3.5),
        ({"valueQuantity": {"value": 0.5}}, None),
        ({"valueQuantity": {"value": 11}}, None),
        ({"valueQuantity": {"value": 4, "comparator": ">"}}, None),
        ({"valueString": "walks 300 m"}, None),
        ({"valueBoolean": True}, None),
        ({}, None),
    ],
)
def test_an_edss_in_any_of_the_ways_records_write_it(value: dict[str, Any], score: float | None) -> None:
    found = read_bundle(to_bundle(observation(coded(SNOMED, "273554001"), **value)))
    assert [row["score"] for row in found.person.get("edss", [])] == ([] if score is None else [score])
    assert adds_up(found) and (score is not None or "edss" in reasons(found))


@pytest.mark.parametrize(
    ("code", "value", "lab"),
    [
        (coded(LOINC, "731-0"), {"value": 0.9, "code": "10*9/L"}, ("lymphocytes", 0.9, "10*9/L")),
        (coded(LOINC, "731-0"), {"value": 900, "code": "{cells}/uL"}, ("lymphocytes", 900, "/uL")),
        (coded(LOINC, "731-0"), {"value": 0.9}, None),
        (coded(LOINC, "731-0"), {"value": 24, "code": "%"}, None),
        (coded(LOINC, "20585-6"), {"value": 0.9, "code": "10*9/L"}, None),
        (coded(LOINC, "2465-3"), {"value": 540, "code": "mg/dL"}, ("igg", 540, "mg/dL")),
        (coded(LOINC, "2465-3"), {"value": 540, "code": "g/L"}, None),
        (coded(LOINC, "8116-6"), {"value": 3, "code": "/uL"}, ("cd19", 3, "/uL")),
        (coded(LOINC, "8117-4"), {"value": 3, "code": "%"}, None),
        (coded(LOINC, "2465-3"), {"value": 5, "comparator": "<", "code": "g/L"}, ("igg", "<5", "g/L")),
        (coded(LOINC, "2465-3"), {"value": 5, "comparator": "<"}, None),
        (coded(LOINC, "2465-3"), {"value": "low", "comparator": "<", "code": "g/L"}, None),
        (coded(LOINC, "2465-3"), {"value": 5, "comparator": "ad", "code": "g/L"}, None),
        (coded(LOINC, "100977-8"), {"value": 0.2, "comparator": "<="}, ("jcv-index", "<=0.2", None)),
        ({"text": "CD19 absolute count"}, {"value": 3, "unit": "cells/uL"}, ("cd19", 3, "cells/uL")),
        ({"text": "CD19/100 lymphocytes"}, {"value": 3, "unit": "%"}, None),
        (coded(LOINC, "100977-8"), {"value": 0.4}, ("jcv-index", 0.4, None)),
    ],
)
def test_a_laboratory_value_needs_a_unit_it_can_have(
    code: dict[str, Any], value: dict[str, Any], lab: tuple[str, float, str | None] | None
) -> None:
    found = read_bundle(to_bundle(observation(code, valueQuantity=value)))
    labs = [(row["test"], row["value"], row.get("unit")) for row in found.person.get("labs", [])]
    assert labs == ([lab] if lab else []) and adds_up(found)


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ({"valueCodeableConcept": coded(SNOMED, "10828004")}, "positive"),
        ({"valueCodeableConcept": {"text": "Not detected"}}, "negative"),
        ({"valueString": "NEGATIVE"}, "negative"),
        ({"valueString": "see comment"}, None),
    ],
)
def test_an_answer_in_words_is_positive_negative_or_left_out(
    value: dict[str, Any], answer: str | None
) -> None:
    found = read_bundle(to_bundle(observation(coded(LOINC, "70173-0"), **value)))
    assert [row["value"] for row in found.person.get("labs", [])] == ([answer] if answer else [])


def test_a_result_without_a_day_or_withdrawn_is_left_out() -> None:
    edss = coded(SNOMED, "273554001")
    wrong = observation(edss, valueInteger=3) | {"status": "entered-in-error"}
    found = read_bundle(to_bundle(observation(edss, None, valueInteger=3), wrong))
    assert (
        "edss" not in found.person
        and reasons(found) == "edss without its day | its status is entered-in-error"
    )


def test_components_of_a_panel_are_read() -> None:
    part = {"code": coded(LOINC, "731-0"), "valueQuantity": {"value": 1.1, "code": "10*3/uL"}}
    found = read_bundle(to_bundle(observation({"text": "Blood count"}, component=[part])))
    assert found.person["labs"][0]["value"] == 1.1


@pytest.mark.parametrize(
    "name", ["EDSS pyramidal functional system", "Change in EDSS", "Self-reported EDSS"]
)
def test_a_part_of_the_edss_is_not_the_edss(name: str) -> None:
    assert "edss" not in read_bundle(to_bundle(observation({"text": name}, valueInteger=3))).person


@pytest.mark.parametrize(
    ("answer", "smokes"),
    [("Ex-light cigarette smoker", False), ("Former heavy smoker", False), ("Current every day smoker", True),
     ("Current non-smoker", False), ("Never smoked tobacco", False)],
)  # fmt: skip
def test_whether_somebody_smokes_now(answer: str, smokes: bool) -> None:
    found = read_bundle(
        to_bundle(observation(coded(LOINC, "72166-2"), valueCodeableConcept={"text": answer}))
    )
    assert found.person["smoking"] is smokes


AQP4, MOG = {"text": "Aquaporin-4 IgG antibody, serum"}, coded(LOINC, "91545-4")


@pytest.mark.parametrize(
    ("results", "antibodies"),
    [
        ([(AQP4, "Positive")], {"aqp4": "positive"}),
        ([(MOG, "Not detected")], {"mog": "negative"}),
        ([(AQP4, "negative"), (AQP4, "positive")], {"aqp4": "positive"}),
        ([(MOG, "1:100")], None),
        ([(AQP4, "indeterminate")], None),
    ],
)
def test_antibodies_of_another_disease_are_read_and_what_is_not_clear_is_a_doubt(
    results: list[tuple[dict[str, Any], str]], antibodies: dict[str, str] | None
) -> None:
    found = read_bundle(to_bundle(*(observation(code, None, valueString=said) for code, said in results)))
    assert found.person.get("antibodies") == antibodies
    assert bool(found.doubts) is (antibodies is None or len(results) > 1) and adds_up(found)


@pytest.mark.parametrize(
    ("said", "value"),
    [("<0.5 10*9/L", "<0.5"), (">= 0,8 10^9/L", ">=0.8"), ("<500 /uL", "<500"), ("<0.5", None),
     ("<0.5 %", None), ("0.5<", None), ("<", None)],
)  # fmt: skip
def test_a_limit_that_is_written_as_text_is_taken_with_its_unit(said: str, value: str | None) -> None:
    found = read_bundle(to_bundle(observation(coded(LOINC, "731-0"), valueString=said)))
    assert [row["value"] for row in found.person.get("labs", [])] == ([value] if value else [])
    assert adds_up(found) and found.doubts == ()


def test_an_edss_below_a_limit_is_left_out_and_is_a_doubt_until_a_later_one() -> None:
    edss = coded(SNOMED, "273554001")
    low = observation(edss, "2026-03-04", valueQuantity={"value": 4, "comparator": "<"})
    later = observation(edss, "2026-04-04", valueQuantity={"value": 3})
    found = read_bundle(to_bundle(low))
    assert "edss" not in found.person and "below or above" in found.doubts[0] + reasons(found)
    assert read_bundle(to_bundle(low, later)).doubts == ()


def test_of_a_limit_written_as_text_nothing_but_the_number_and_its_unit_is_taken_over() -> None:
    told = observation(coded(LOINC, "731-0"), valueString="<0.5 of Frau Sorglos [9].")
    found = read_bundle(to_bundle(told))
    assert found.doubts == () and "without a number" in reasons(found)


def test_what_the_laboratory_says_of_a_result_is_read() -> None:
    said = observation(coded(LOINC, "5196-1"), interpretation=[{"coding": [{"code": "POS"}]}])
    assert read_bundle(to_bundle(said)).person["labs"][0]["value"] == "positive"
