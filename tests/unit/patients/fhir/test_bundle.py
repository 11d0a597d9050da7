"""Bundles: pages, people, outcomes and files that are none."""

from __future__ import annotations

import json

import pytest

from stepdown.ms.errors import UserError
from stepdown.patients.fhir import read_bundle, read_json
from unit.patients.fhir.invented_records import (
    EXAMPLE,
    ICD10,
    SNOMED,
    adds_up,
    coded,
    condition,
    observation,
    reasons,
    to_bundle,
)


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


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no JSON"),
        ("{", "line 1"),
        ("[" * 100_000, "too deeply"),
        ('{"a": 1}', "no resourceType"),
        ("3", "no FHIR"),
        ("[1, 2, 3]", "no FHIR"),
    ],
)
def test_a_file_that_is_no_bundle_gets_one_sentence(content: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_bundle(read_json(content, "file.json"), "file.json")


def test_resources_line_by_line_are_read() -> None:
    lines = "\n".join(json.dumps(entry["resource"]) for entry in EXAMPLE["entry"])
    assert read_bundle(read_json(lines, "export.ndjson")).has_ms


def test_what_names_nobody_in_a_bundle_of_several_people_is_left_out() -> None:
    nobody = observation(coded(SNOMED, "273554001"), valueInteger=3)
    other = nobody | {"subject": {"reference": "Patient/q"}}
    assert "edss" in read_bundle(to_bundle(nobody)).person
    found = read_bundle(to_bundle(nobody, other))
    assert "edss" not in found.person and "it names nobody" in reasons(found) and adds_up(found)


def test_entries_about_several_people_without_any_patient_are_refused() -> None:
    edss = coded(SNOMED, "273554001")
    scores = [observation(edss, subject={"reference": f"Patient/{who}"}) for who in "ab"]
    with pytest.raises(UserError, match="no Patient"):
        read_bundle(scores)


def test_each_resource_is_read_once_and_in_its_latest_version() -> None:
    score = observation(coded(SNOMED, "273554001"), valueInteger=3) | {"id": "e"}
    newer = score | {"valueInteger": 4, "meta": {"versionId": "2"}}
    old = score | {"meta": {"versionId": "1"}}
    assert [row["score"] for row in read_bundle(to_bundle(newer, old, newer)).person["edss"]] == [4.0]
    found = read_bundle(to_bundle(score, score))
    assert len(found.person["edss"]) == 1 and "the resource of entry[1] again" in reasons(found)
    assert adds_up(found)


def test_pages_that_are_all_there_are_not_said_to_lack_any() -> None:
    links = [{"relation": "self", "url": "https://h/p2"}, {"relation": "next", "url": "https://h/p3"}]
    pages = [to_bundle(link=[{"relation": "next", "url": "https://h/p2"}]), to_bundle(link=links)]
    notes = read_bundle(pages).notes
    assert [note for note in notes if "more pages" in note] == [
        "[1]: more pages follow, and are not fetched; give all pages in one list"
    ]


def test_somebody_who_died_is_said_to_have() -> None:
    found = read_bundle(to_bundle())
    bundle = to_bundle()
    bundle["entry"][0]["resource"]["deceasedBoolean"] = True
    assert not found.is_deceased and read_bundle(bundle).is_deceased


def test_what_was_deleted_is_no_fact_but_what_came_after_is() -> None:
    gone = {"request": {"method": "DELETE", "url": "Observation/e"}}
    gone["response"] = {"lastModified": "2026-05-01"}
    for changed, kept in (("2026-04-01", False), ("2026-06-01", True)):
        score = observation(coded(SNOMED, "273554001"), valueInteger=3)
        bundle = to_bundle({**score, "id": "e", "meta": {"lastUpdated": changed}})
        bundle["entry"].append(gone)
        found = read_bundle(bundle)
        assert ("edss" in found.person) is kept and "delete" in reasons(found)


def test_a_disease_with_a_mark_is_not_certain_and_a_part_with_one_is_not_read() -> None:
    mark = {"modifierExtension": [{"url": "https://h.example/m"}]}
    bundle = to_bundle({**condition(coded(ICD10, "G36.0")), **mark})
    found = read_bundle(bundle)
    assert found.unsure == ("NMOSD",) and any("modifierExtension" in doubt for doubt in found.doubts)
    part = {"code": coded(SNOMED, "273554001"), "valueInteger": 6, **mark}
    assert "edss" not in read_bundle(to_bundle(observation({"text": "status"}, component=[part]))).person


def test_an_entry_later_than_the_bundle_moves_its_day() -> None:
    later = observation(coded(SNOMED, "273554001"), valueInteger=3, effectiveDateTime="2026-11-02")
    bundle = to_bundle(later)
    found = read_bundle({**bundle, "timestamp": "2026-10-05T08:00:00Z"})
    assert found.person["recorded_on"] == "2026-11-02" and "later day" in " ".join(found.notes)
