"""Conditions of a record: the disease, its course, relapses, a pregnancy, other diseases."""

from __future__ import annotations

from typing import Any

import pytest

from stepdown.patients.fhir import read_bundle
from unit.patients.fhir.invented_records import ICD10, SNOMED, YESTERDAY, coded, condition, reasons, to_bundle


@pytest.mark.parametrize(
    ("code", "diagnosis", "course"),
    [
        (coded(ICD10, "G35"), "MS", None),
        (coded(ICD10, "G35.C1"), "MS", "SPMS"),
        (coded("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "G35.10"), "MS", None),
        (coded("urn:oid:2.16.840.1.113883.6.96", "428700003"), "MS", "PPMS"),
        (coded(SNOMED, "343601000000105"), "MS", "SPMS"),
        (coded(SNOMED, "25044007"), "NMOSD", None),
        (coded(ICD10, "G37.81"), "MOGAD", None),
        ({"text": "Relapsing-remitting multiple sclerosis"}, "MS", "RRMS"),
        ({"text": "Family history of multiple sclerosis"}, "unknown", None),
        (coded(ICD10, "G43.0"), "unknown", None),
    ],
)
def test_the_disease_and_its_course_by_code_or_name(
    code: dict[str, Any], diagnosis: str, course: str | None
) -> None:
    person = read_bundle(to_bundle(condition(code))).person
    assert (person["diagnosis"], person.get("course")) == (diagnosis, course)


@pytest.mark.parametrize(
    ("status", "said"),
    [("refuted", "refuted"), ("entered-in-error", "entered-in-error"), ("provisional", "not yet certain")],
)
def test_a_diagnosis_that_is_not_certain_is_no_diagnosis(status: str, said: str) -> None:
    ms = condition(coded(ICD10, "G35"), verificationStatus=coded("any", status))
    found = read_bundle(to_bundle(ms))
    assert found.person["diagnosis"] == "unknown" and said in f"{reasons(found)} {found.notes}"


def test_two_diseases_that_exclude_each_other_are_left_to_the_clinic() -> None:
    found = read_bundle(to_bundle(condition(coded(ICD10, "G35")), condition(coded(ICD10, "G36.0"))))
    assert found.person["diagnosis"] == "unknown"
    assert any("MS and NMOSD" in note for note in found.notes)


@pytest.mark.parametrize(
    "name",
    [
        "Possible multiple sclerosis",
        "Mother has multiple sclerosis",
        "No multiple sclerosis",
        "Multiple sclerosis?",
        "History of multiple sclerosis",
        "Multiple sclerosis screening",
        "Multiple sclerosis ruled out",
        "R/O multiple sclerosis",
        "Multiple sclerosis unlikely",
        "Denies multiple sclerosis",
        "Negative work-up for multiple sclerosis",
        "Misdiagnosed as multiple sclerosis",
        "Fear of multiple sclerosis",
        "Wife has multiple sclerosis",
        "Carer of somebody with multiple sclerosis",
        "Maternal multiple sclerosis",
        "Multiple sclerosis: considered, then dismissed",
        "Neighbour has multiple sclerosis",
        "Verdacht auf Multiple Sklerose",
        "MS",
    ],
)
def test_words_beside_the_name_make_it_no_diagnosis(name: str) -> None:
    assert read_bundle(to_bundle(condition({"text": name}))).person["diagnosis"] == "unknown"


@pytest.mark.parametrize(
    ("name", "onset"),
    [
        ("Not pregnant", YESTERDAY),
        ("Pregnancy test negative", YESTERDAY),
        ("Pregnancy", None),
        ("Pregnancy", "2012-01-01"),
    ],
)
def test_only_a_pregnancy_that_goes_on_is_one_of_now(name: str, onset: str | None) -> None:
    more = {"onsetDateTime": onset} if onset else {}
    assert "plans" not in read_bundle(to_bundle(condition({"text": name}, **more))).person


def test_an_exacerbation_is_a_relapse_of_ms_and_only_when_it_is_certain() -> None:
    code = coded(SNOMED, "192929006")
    sure = read_bundle(to_bundle(condition(code, onsetDateTime="2025-02-03"))).person
    unsure = read_bundle(to_bundle(condition(code, verificationStatus=coded("any", "provisional")))).person
    assert (sure["diagnosis"], sure["relapses"]) == ("MS", [{"onset": "2025-02-03"}])
    assert unsure["diagnosis"] == "unknown" and "relapses" not in unsure


@pytest.mark.parametrize(
    ("name", "course"),
    [
        ("RRMS", "RRMS"),
        ("SPMS, not active", "SPMS"),
        ("Primary progressive MS since 2015", "PPMS"),
        ("Clinically isolated syndrome", "CIS"),
        ("Non-active secondary progressive multiple sclerosis (disorder)", "SPMS"),
        ("Sclérose en plaques", None),
        ("Schubförmig remittierende Multiple Sklerose", "RRMS"),
        ("Multiple sclerosis (CMS/HCC), on Tysabri since Mar 2019", None),
        ("Multiple Sklerose", None),
        ("Esclerosis múltiple", None),
        ("Sclerosi multipla", None),
        ("Multiple sclerosis (MS), G35, diagnosed 2014, EDSS 3.5", None),
    ],
)
def test_a_plain_name_is_a_diagnosis_with_its_course(name: str, course: str | None) -> None:
    person = read_bundle(to_bundle(condition({"text": name}))).person
    assert (person["diagnosis"], person.get("course")) == ("MS", course)


def test_a_code_against_its_own_words_is_not_certain_and_is_a_doubt() -> None:
    denied = condition({**coded(ICD10, "G35"), "text": "Multiple sclerosis ruled out in 2020"})
    found = read_bundle(to_bundle(denied))
    assert found.person["diagnosis"] == "unknown" and "words deny" in found.doubts[0]
    seen = condition({**coded(ICD10, "G35"), "text": "Multiple sclerosis, seen by Dr Invented"})
    assert read_bundle(to_bundle(seen)).person["diagnosis"] == "MS"


def test_what_was_said_beside_the_name_and_not_understood_is_told() -> None:
    found = read_bundle(to_bundle(condition({"text": "Depression due to multiple sclerosis"})))
    assert found.unsure == ("MS",) and "not all understood" in " ".join(found.notes)
    over = condition(coded(ICD10, "G35"), clinicalStatus=coded("any", "resolved"))
    assert "recorded as resolved" in read_bundle(to_bundle(over)).doubts[0]


def test_another_disease_that_is_not_certain_is_a_doubt_beside_ms_and_a_denied_one_is_none() -> None:
    ms = condition(coded(ICD10, "G35"))
    assert "NMOSD" in read_bundle(to_bundle(ms, condition({"text": "Possible NMOSD"}))).doubts[0]
    found = read_bundle(to_bundle(ms, condition({"text": "NMOSD ruled out"})))
    assert found.has_ms and found.doubts == () and "deny" in reasons(found)
