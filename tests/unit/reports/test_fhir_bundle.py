"""The answer as a FHIR bundle: valid by two programs of others, with the numbers of every report."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stepdown.decisions.assess import assess
from stepdown.patients.checking import open_person
from stepdown.patients.history import History
from stepdown.reports import to_fhir, to_fhir_care_plan, to_json
from unit.reports.invented_answers import injectable, refused

MOMENT = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


def resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = [entry["resource"] for entry in bundle["entry"]]
    return [each for each in found if each["resourceType"] == kind]


def bundles_of(path: Path) -> list[dict[str, Any]]:
    """The answer for a person, and the plan of the whole care beside it."""
    checked = open_person(path)
    assert checked.patient is not None
    answer = assess(History(checked.patient, checked.at), checked.faults)
    return [to_fhir(answer, MOMENT), to_fhir_care_plan(answer, MOMENT)]


def test_the_numbers_are_those_of_the_json_answer() -> None:
    answer = injectable()
    told = {option["id"]: option["risks"] for option in to_json(answer)["options"]}
    for assessment in resources(to_fhir(answer, MOMENT), "RiskAssessment"):
        risks = told[assessment["id"].removeprefix("risk-")]
        for prediction, risk in zip(assessment["prediction"], risks, strict=True):
            shown = risk["per_100"] and risk["per_100"]["estimate"]
            assert prediction.get("probabilityDecimal") == shown


def test_an_unknown_risk_is_the_word_unknown_and_never_a_number() -> None:
    predictions = [row for each in resources(to_fhir(injectable(), MOMENT), "RiskAssessment")
                   for row in each["prediction"]]  # fmt: skip
    unknown = [row for row in predictions if row["qualitativeRisk"]["text"] == "unknown"]
    assert unknown and not any("probabilityDecimal" in row or "extension" in row for row in unknown)


def test_a_plan_is_an_option_and_there_is_none_for_what_is_not_advised() -> None:
    answer = injectable()
    plans = resources(to_fhir(answer, MOMENT), "CarePlan")
    assert answer.care_plan is None
    meant = [option for option in answer.options if option.standing in ("reasonable", "possible")]
    assert len(plans) == len(meant) and {plan["intent"] for plan in plans} == {"option"}


def test_another_disease_has_its_reason_and_no_probability() -> None:
    bundle = to_fhir(refused(), MOMENT)
    notes = " ".join(note["text"] for note in resources(bundle, "GuidanceResponse")[0]["note"])
    assert "does not answer" in notes and "probabilityDecimal" not in json.dumps(bundle)


def test_provenance_names_the_program_the_evidence_and_every_resource_made() -> None:
    bundle = to_fhir(injectable(), MOMENT)
    provenance = resources(bundle, "Provenance")[0]
    assert len(provenance["target"]) == len(bundle["entry"]) - 2
    assert provenance["recorded"] == "2026-11-30T08:00:00+00:00"
    assert "stepdown" in provenance["agent"][0]["who"]["display"]


@pytest.fixture(scope="module")
def invented(checkout: Path) -> list[dict[str, Any]]:
    """The twelve invented people, and the six with severe MS."""
    folder = checkout / "examples"
    paths = [*folder.glob("[01]*.*"), *(folder / "severe").iterdir()]
    return [bundle for path in sorted(paths) for bundle in bundles_of(path)]


def test_the_answers_of_the_invented_people_are_valid_by_the_schema_of_r4(
    invented: list[dict[str, Any]], reference: Path
) -> None:
    from jsonschema import Draft6Validator

    schema = json.loads((reference / "data" / "fhir" / "fhir-r4.schema.json").read_text(encoding="utf-8"))
    frame = {"$schema": schema["$schema"], "definitions": schema["definitions"]}
    kinds = {entry["resource"]["resourceType"] for bundle in invented for entry in bundle["entry"]}
    validators = {kind: Draft6Validator({**frame, "$ref": f"#/definitions/{kind}"}) for kind in kinds}
    assert len(invented) == 36 and len(kinds) == 7
    for entry in (entry for bundle in invented for entry in bundle["entry"]):
        validators[entry["resource"]["resourceType"]].validate(entry["resource"])


def test_the_answers_of_the_invented_people_are_valid_by_the_npm_package_fhir(
    invented: list[dict[str, Any]], checkout: Path, tmp_path: Path
) -> None:
    modules = checkout / ".venv" / "npm" / "node_modules"
    if not (modules / "fhir").is_dir() or shutil.which("node") is None:
        pytest.skip("no npm package fhir (tools/install_machine_parts)")
    (tmp_path / "bundles.json").write_text(json.dumps(invented), encoding="utf-8")
    script = (
        f"const {{Fhir}} = require({json.dumps(str(modules / 'fhir'))});"
        "const all = JSON.parse(require('fs').readFileSync('bundles.json'));"
        "console.log(JSON.stringify(all.map(b => new Fhir().validate(b)).map(r => [r.valid, r.messages])));"
    )
    done = subprocess.run(["node", "-e", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[True, []]] * 36
