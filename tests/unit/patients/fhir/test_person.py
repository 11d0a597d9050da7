"""A record as a person file: what is read, what stays unknown, and nothing lost."""

from __future__ import annotations

import copy
import csv
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stepdown.patients.checking import check_value
from stepdown.patients.fhir import read_bundle
from stepdown.patients.fhir.person import LIST_IS_OPEN
from unit.patients.fhir.invented_records import (
    EXAMPLE,
    ICD10,
    LOINC,
    RXNORM,
    SNOMED,
    adds_up,
    coded,
    condition,
    observation,
    reasons,
    to_bundle,
)


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


def test_a_record_without_a_day_holds_until_its_latest_entry_of_any_kind() -> None:
    known = condition(coded(ICD10, "I10", "Hypertension"), onsetDateTime="2021-02-12")
    visit = {"resourceType": "Encounter", "status": "finished", "period": {"start": "2023-05-06T10:00:00Z"}}
    planned = {"resourceType": "Encounter", "status": "planned", "period": {"start": "2999-01-01"}}
    found = read_bundle(to_bundle(known, visit, planned))
    assert found.person["recorded_on"] == "2023-05-06"
    assert check_value(dict(found.person)).errors == ()


def test_what_is_about_somebody_else_does_not_make_a_record_later() -> None:
    mine = condition(coded(ICD10, "G35"), onsetDateTime="2021-02-12", subject={"reference": "Patient/p"})
    other = observation({"text": "weight"}, "2024-01-01", subject={"reference": "Patient/q"})
    assert read_bundle(to_bundle(mine, other)).person["recorded_on"] == "2021-02-12"


def test_no_name_or_number_of_the_person_is_taken_over() -> None:
    bundle = copy.deepcopy(EXAMPLE)
    bundle["entry"][0]["resource"] |= {
        "name": [{"family": "Sorglos"}],
        "identifier": [{"value": "A-778-12"}],
    }
    written = json.dumps(dict(read_bundle(bundle).person))
    assert "Sorglos" not in written and "778" not in written


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
