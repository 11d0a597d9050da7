"""A FHIR bundle as a person file: what is read, what is left out and why, and nothing lost."""

from __future__ import annotations

import copy
import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.ms.errors import UserError
from stepdown.patients.checking import check_value
from stepdown.patients.fhir import FhirPerson, read_bundle, read_json
from stepdown.patients.fhir.person import LIST_IS_OPEN

EXAMPLE = json.loads(Path("examples/fhir/invented-ms-bundle.json").read_text(encoding="utf-8"))
SNOMED, LOINC, RXNORM, ATC = (
    "http://snomed.info/sct",
    "http://loinc.org",
    "http://www.nlm.nih.gov/research/umls/rxnorm",
    "http://www.whocc.no/atc",
)
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"


def coded(system: str, code: str, display: str = "") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def to_bundle(*resources: dict[str, Any], **frame: Any) -> dict[str, Any]:
    person = {"resourceType": "Patient", "id": "p", "birthDate": "1970-01-02", "gender": "female"}
    entries = [{"resource": each} for each in (person, *resources)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries, **frame}


def observation(code: dict[str, Any], on: str | None = "2026-03-04", **value: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": code,
        "effectiveDateTime": on,
        **value,
    }


def condition(code: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "Condition", "code": code, **more}


def drug(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": kind, "status": "active", "medicationCodeableConcept": {"text": name}, **more}


def adds_up(found: FhirPerson) -> bool:
    return found.entries == found.used + len(found.left_out) + sum(found.not_read.values())


def reasons(found: FhirPerson) -> str:
    return " | ".join(row.reason for row in found.left_out)


def test_the_example_becomes_the_person_file_its_record_holds() -> None:
    found = read_bundle(EXAMPLE)
    person = found.person
    assert (person["diagnosis"], person["course"], person["onset_date"]) == ("MS", "RRMS", "2006-03")
    assert [row["therapy"] for row in person["treatments"]] == ["interferon-beta", "ocrelizumab"]
    assert person["treatments"][1] == {
        "therapy": "ocrelizumab", "start": "2018-07-02", "still_taking": True, "interval_days": 182,
        "last_dose": "2026-07-13", "dose_mg": 600.0,
    }  # fmt: skip
    assert [row["score"] for row in person["edss"]] == [3.5, 3.5]
    assert {row["test"] for row in person["labs"]} == {"jcv-index", "lymphocytes", "igg", "cd19"}
    assert adds_up(found) and found.has_ms


def test_a_person_file_from_a_record_has_no_error() -> None:
    assert check_value(dict(read_bundle(EXAMPLE).person)).errors == ()


def test_what_a_record_does_not_hold_stays_unknown() -> None:
    person = read_bundle(EXAMPLE).person
    assert person["observed_since"] == person["recorded_on"] == "2026-10-05"
    assert "relapses" not in person and person["mri"][0]["new_t2"] == "unknown"
    assert person["comorbidities"][-1] == LIST_IS_OPEN


def test_no_name_or_number_of_the_person_is_taken_over() -> None:
    bundle = copy.deepcopy(EXAMPLE)
    bundle["entry"][0]["resource"] |= {
        "name": [{"family": "Sorglos"}],
        "identifier": [{"value": "A-778-12"}],
    }
    written = json.dumps(dict(read_bundle(bundle).person))
    assert "Sorglos" not in written and "778" not in written


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
    ("concept", "therapy"),
    [
        (coded(ATC, "L04AA23"), "natalizumab"),
        (coded(ATC, "L04AG03"), "natalizumab"),
        (coded(RXNORM, "1012896", "Gilenya"), "fingolimod"),
        ({"text": "1 ML glatiramer acetate 40 MG/ML Prefilled Syringe"}, "glatiramer-acetate"),
        ({"text": "Peginterferon beta-1a 125 microgram pen"}, "peginterferon-beta-1a"),
        ({"text": "natalizumab or ocrelizumab, to be decided"}, None),
        ({"text": "Paracetamol 500 mg"}, None),
    ],
)
def test_a_drug_by_code_or_by_a_name_within_its_words(concept: dict[str, Any], therapy: str | None) -> None:
    taken = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "medicationCodeableConcept": concept,
    }
    treatments = read_bundle(to_bundle(taken)).person.get("treatments", [])
    assert [row["therapy"] for row in treatments] == ([therapy] if therapy else [])


@pytest.mark.parametrize(
    ("kind", "status", "known"),
    [
        ("MedicationRequest", "active", {"still_taking": True}),
        ("MedicationRequest", "completed", {}),
        ("MedicationRequest", "stopped", {"still_taking": False}),
        ("MedicationRequest", "on-hold", {}),
        ("MedicationStatement", "completed", {"still_taking": False}),
        ("MedicationStatement", "unknown", {}),
    ],
)
def test_an_order_that_is_used_up_is_no_proof_of_a_stop(
    kind: str, status: str, known: dict[str, bool]
) -> None:
    found = read_bundle(to_bundle(drug(kind, "Tysabri") | {"status": status}))
    assert found.person["treatments"] == [{"therapy": "natalizumab", **known}]


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error", "draft", "not-taken", "intended"])
def test_a_drug_that_was_never_taken_is_left_out(status: str) -> None:
    found = read_bundle(to_bundle(drug("MedicationRequest", "Tysabri") | {"status": status}))
    assert "treatments" not in found.person and status in reasons(found)


def test_repeat_orders_are_one_period_and_a_new_start_after_a_stop_is_another() -> None:
    orders = [drug("MedicationRequest", "Tysabri", authoredOn=on) | {"status": "completed"} for on in
              ("2019-01-07", "2019-04-01")]  # fmt: skip
    spans = [{"start": "2015-02-01", "end": "2016-03-01"}, {"start": "2017-01-01", "end": "2018-01-01"}]
    taken = [drug("MedicationStatement", "Aubagio", effectivePeriod=span) for span in spans]
    found = read_bundle(to_bundle(*orders, *taken))
    assert [(row["therapy"], row["start"]) for row in found.person["treatments"]] == [
        ("teriflunomide", "2015-02-01"), ("teriflunomide", "2017-01-01"), ("natalizumab", "2019-01-07"),
    ]  # fmt: skip
    assert any("2 entries are taken as one period" in note for note in found.notes)


@pytest.mark.parametrize("where", ["contained", "bundle"])
def test_a_drug_behind_a_reference_is_found(where: str) -> None:
    medication = {"resourceType": "Medication", "id": "m1", "code": {"text": "Ocrevus"}}
    order = {"resourceType": "MedicationRequest", "status": "active"}
    if where == "contained":
        order |= {"contained": [medication], "medicationReference": {"reference": "#m1"}}
        found = read_bundle(to_bundle(order))
    else:
        order |= {"medicationReference": {"reference": "https://example.org/fhir/Medication/m1"}}
        found = read_bundle(to_bundle(order, medication))
    assert found.person["treatments"][0]["therapy"] == "ocrelizumab" and adds_up(found)


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


def test_what_belongs_to_somebody_else_is_left_out() -> None:
    other = observation(coded(SNOMED, "273554001"), valueInteger=3, subject={"reference": "Patient/q"})
    found = read_bundle(to_bundle(other))
    assert "edss" not in found.person and "somebody else" in reasons(found)


def test_two_people_need_a_choice() -> None:
    second = {"resourceType": "Patient", "id": "q", "birthDate": "1980"}
    with pytest.raises(UserError, match="--patient"):
        read_bundle(to_bundle(second))
    found = read_bundle(to_bundle(second), patient="q")
    assert found.person["birth_year"] == 1980 and reasons(found) == "another person"
    with pytest.raises(UserError, match="no Patient with the id"):
        read_bundle(to_bundle(), patient="r")


def test_pages_of_one_search_are_read_together_and_a_missing_page_is_said() -> None:
    first = to_bundle(link=[{"relation": "next", "url": "https://example.org/fhir?page=2"}])
    second = {"resourceType": "Bundle", "type": "searchset",
              "entry": [{"resource": condition(coded(ICD10, "G35"))}]}  # fmt: skip
    found = read_bundle([first, second])
    assert found.has_ms and any("more pages follow" in note for note in found.notes)


def test_an_outcome_a_deletion_and_an_entry_without_resource_are_reported_in_their_place() -> None:
    bundle = to_bundle(
        {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "security"}]}
    )
    bundle["entry"] += [
        {"resource": condition(coded(ICD10, "G35")), "request": {"method": "DELETE"}},
        "?",
        {},
    ]
    found = read_bundle(bundle)
    assert [row.place for row in found.left_out] == ["entry[1]", "entry[2]", "entry[3]", "entry[4]"]
    assert "error security" in reasons(found) and not found.has_ms and adds_up(found)


def test_other_drugs_and_diseases_say_what_they_can() -> None:
    found = read_bundle(to_bundle(
        drug("MedicationStatement", "Azathioprine 50 mg"), drug("MedicationRequest", "Pembrolizumab"),
        condition({"text": "Normal pregnancy (finding)"}), condition({"text": "Psoriasis (disorder)"}),
    ))  # fmt: skip
    assert found.person["prior_immunosuppressant"] is True
    assert found.person["plans"] == {"cancer_immunotherapy": "now", "pregnancy": "now"}
    assert [row["name"] for row in found.person["comorbidities"][:-1]] == ["autoimmune-disease"]


def test_a_transplantation_of_stem_cells_is_a_therapy() -> None:
    done = {"resourceType": "Procedure", "status": "completed", "performedDateTime": "2021-05-06",
            "code": {"text": "Autologous hematopoietic stem cell transplantation"}}  # fmt: skip
    assert read_bundle(to_bundle(done)).person["treatments"] == [
        {"therapy": "ahsct", "start": "2021-05-06"}
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no JSON"),
        ("{", "line 1"),
        ("[" * 100_000, "too deeply"),
        ('{"a": 1}', "no resourceType"),
        ("3", "no FHIR"),
    ],
)
def test_a_file_that_is_no_bundle_gets_one_sentence(content: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_bundle(read_json(content, "file.json"), "file.json")


def test_resources_line_by_line_are_read() -> None:
    lines = "\n".join(json.dumps(entry["resource"]) for entry in EXAMPLE["entry"])
    assert read_bundle(read_json(lines, "export.ndjson")).has_ms


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2),
    max_leaves=4,
)


def list_places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [place, *(found for key, each in inner for found in list_places(each, (*place, key)))]


PLACES = [place for place in list_places(EXAMPLE) if place and place != ("resourceType",)]


@given(place=st.sampled_from(PLACES), value=ANYTHING)
def test_whatever_stands_in_one_place_the_rest_is_read_and_nothing_lost(
    place: tuple[Any, ...], value: Any
) -> None:
    bundle = copy.deepcopy(EXAMPLE)
    inner = bundle
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    found = read_bundle(bundle)
    assert adds_up(found)
    check_value(dict(found.person))




def test_in_records_without_ms_the_answer_is_that_there_is_none(reference: Path) -> None:
    files = [path for path in (reference / "data" / "fhir").glob("*.json") if "schema" not in path.name]
    found = [read_bundle(json.loads(path.read_text(encoding="utf-8"))) for path in files]
    assert len(found) == 3 and not any(each.has_ms for each in found) and all(map(adds_up, found))


def to_synthea(folder: Path, person: str) -> dict[str, Any]:
    """The rows of one synthetic person, faulty on purpose, as a bundle."""
    systems = {"RxNorm": RXNORM, "SNOMED-CT": SNOMED, "LOINC": LOINC}
    rows = {name: [row for row in csv.DictReader((folder / f"{name}.csv").open()) if row["PATIENT"] == person]
            for name in ("medications_sample", "observations_edss_sample")}  # fmt: skip
    orders = [
        {"resourceType": "MedicationRequest", "status": "active", "authoredOn": row["START"],
         "medicationCodeableConcept": coded(systems[row["CODE_SYSTEM"]], row["CODE"], row["DESCRIPTION"])}
        for row in rows["medications_sample"]
    ]  # fmt: skip
    scores = [
        observation(
            coded(systems[row["CODE_SYSTEM"]], row["CODE"], row["DESCRIPTION"]),
            row["DATE"],
            valueString=row["VALUE"],
        )
        for row in rows["observations_edss_sample"]
    ]
    return to_bundle(condition(coded(SNOMED, "24700007")), *orders, *scores)


def test_the_faults_of_a_synthetic_record_are_found_by_the_check(reference: Path) -> None:
    folder, said = reference / "data" / "synthea-ms", ""
    people = {row["PATIENT"] for row in csv.DictReader((folder / "medications_sample.csv").open())}
    for person in sorted(people):
        found = read_bundle(to_synthea(folder, person))
        assert adds_up(found) and found.has_ms
        faults = check_value(dict(found.person)).faults
        said += " ".join(fault.sentence for fault in faults) + reasons(found)
        assert all(isinstance(row["score"], float) for row in found.person.get("edss", []))
    for fault in ("two therapies at once", "was first approved", "treats relapses, and is no proof of one"):
        assert fault in said
