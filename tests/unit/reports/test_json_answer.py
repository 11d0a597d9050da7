"""The JSON answer has every field that was promised, under its published schema."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from stepdown.decisions.answer import Answer
from stepdown.reports import answer_schema, to_json
from unit.reports.invented_answers import injectable, refused

SCHEMA_FILE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "answer.schema.json"
PROMISED = {
    "": "schema_version stepdown_version evidence at recorded_on status refusal alerts facts options sources",
    "options": "id strategy direction therapy interval_days bridge standing decided_by rules risks "
    "reasons_for reasons_against unknowns follow_up restart_triggers",
    "facts": "name value unit state reason from",
    "alerts": "id level text sources",
}
RISK = "outcome definition time_years status reason per_100 studies people events method studied sources"


def test_every_answer_obeys_the_schema(invented: Answer) -> None:
    written = json.loads(json.dumps(to_json(invented)))
    jsonschema.validate(written, answer_schema(), cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("part", sorted(PROMISED))
def test_the_promised_fields_are_there(part: str) -> None:
    written = to_json(injectable())
    shown = written[part][0] if part else written
    assert set(PROMISED[part].split()) <= set(shown)


def test_a_risk_has_the_promised_fields() -> None:
    assert set(RISK.split()) <= set(to_json(injectable())["options"][0]["risks"][0])


def test_numbers_are_the_rounded_ones() -> None:
    """2.3 (0.7 to 6.8) of the invented answer, rounded by hand."""
    per_100 = to_json(injectable())["options"][0]["risks"][0]["per_100"]
    assert per_100 == {"estimate": 2, "low": 0.7, "high": 7, "shown": "2 (fewer than 1 to 7)"}


def test_an_unknown_number_is_null_with_its_reason() -> None:
    risk = to_json(refused())["options"][0]["risks"][0]
    assert risk["per_100"] is None
    assert risk["reason"]


def test_a_refusal_says_what_is_known() -> None:
    written = to_json(refused())
    assert written["status"] == "refused"
    assert written["refusal"]["what_is_known"][0]["text"]


@pytest.mark.parametrize(("path", "wrong"), [("status", "maybe"), ("facts", "none"), ("extra", 1)])
def test_the_schema_refuses_what_was_not_promised(path: str, wrong: object) -> None:
    written = json.loads(json.dumps(to_json(injectable()))) | {path: wrong}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(written, answer_schema())


def test_the_published_schema_is_the_current_one() -> None:
    """Write it again with `json.dumps(answer_schema(), indent=2)`."""
    assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == answer_schema()
