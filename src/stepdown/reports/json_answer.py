"""The answer as JSON: every field of it, numbers rounded as everywhere, and the schema that it obeys."""

from __future__ import annotations

import types
import typing
from dataclasses import fields, is_dataclass
from typing import Any

from stepdown.decisions.answer import (
    PEOPLE_IN_STUDIES,
    SCHEMA_VERSION,
    SPEAKS_FOR,
    Alert,
    Answer,
    Beside,
    FactLine,
    FollowUp,
    Option,
    Per100,
    Risk,
    StudyWeight,
    Trigger,
)
from stepdown.decisions.care_plan.knowledge import GROUPS, KINDS, STRENGTHS
from stepdown.decisions.planned_care import CarePlan, PlanLine, PlanRow, RaisedFlag, RedFlag, Referral
from stepdown.decisions.source import Source
from stepdown.patients.care_needs import SEVERITIES
from stepdown.reports.rounding import round_per_100, show_risk

SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"
#: Fields whose name in JSON differs: ``from`` is a reserved word of Python.
RENAMED: dict[tuple[type, str], str] = {(FactLine, "sources"): "from"}
#: The kinds of studies behind a number.
DESIGNS = ("randomised", "observational", "both")
#: Fields with a closed list of words.
WORDS: dict[tuple[type, str], tuple[str | None, ...]] = {
    (Answer, "status"): ("answered", "refused"),
    (Alert, "level"): ("urgent", "check", "note"),
    (FactLine, "state"): ("known", "unknown", "doubt"),
    (Option, "strategy"): ("continue", "extend", "switch", "stop"),
    (Option, "direction"): ("none", "down", "lateral", "up"),
    (Option, "standing"): ("reasonable", "possible", "not-advised", "cannot-say"),
    (Risk, "status"): ("estimated", "extrapolated", "unknown"),
    (Risk, "speaks_for"): (*SPEAKS_FOR, None),
    (Risk, "design"): (*DESIGNS, None),
    (Beside, "speaks_for"): (PEOPLE_IN_STUDIES, None),
    (Beside, "design"): (*DESIGNS, None),
    (Beside, "status"): ("estimated", "extrapolated", "unknown"),
    (StudyWeight, "concern"): ("low", "some", "unknown", "high"),
    (FollowUp, "basis"): ("stated", "proposed"),
    (Trigger, "basis"): ("stated", "proposed"),
    (Source, "read"): ("full-text", "abstract", "secondary"),
    (CarePlan, "status"): ("whole", "other-disease"),
    (PlanRow, "group"): GROUPS,
    (PlanRow, "status"): ("assessed", "partly-assessed", "not-assessed"),
    (PlanRow, "severity"): (*SEVERITIES, None),
    (PlanLine, "kind"): KINDS,
    (PlanLine, "strength"): STRENGTHS,
    (RaisedFlag, "strength"): STRENGTHS,
    (RedFlag, "act"): ("emergency", "same-day"),
    (Referral, "priority"): ("now", "soon", "routine"),
    (Referral, "strength"): STRENGTHS,
}


def to_json(answer: Answer) -> dict[str, Any]:
    """The answer as plain dictionaries and lists, ready for ``json.dumps``."""
    written = _write(answer)
    version, digest = written.pop("evidence_version"), written.pop("evidence_hash")
    head = {
        "schema_version": written.pop("schema_version"),
        "stepdown_version": written.pop("stepdown_version"),
    }
    studies = written.pop("studies")
    return {**head, "evidence": {"version": version, "hash": digest, "studies": studies}, **written}


def care_plan_to_json(answer: Answer) -> dict[str, Any]:
    """The care plan alone, as the answer holds it, with the alerts that its pages begin with."""
    written = to_json(answer)
    head = {key: written[key] for key in ("schema_version", "stepdown_version", "evidence", "alerts")}
    return {**head, "care_plan": written["care_plan"]}


def _write(value: Any) -> Any:
    if isinstance(value, Risk | Beside):
        return _write_fields(value) | {"per_100": _write_per_100(value)}
    if is_dataclass(value) and not isinstance(value, type):
        return _write_fields(value)
    if isinstance(value, dict):
        return {key: _write(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_write(item) for item in value]
    return value


def _write_fields(value: Any) -> dict[str, Any]:
    kind = type(value)
    return {
        RENAMED.get((kind, item.name), item.name): _write(getattr(value, item.name)) for item in fields(value)
    }


def _write_per_100(risk: Risk | Beside) -> dict[str, Any] | None:
    rounded, shown = round_per_100(risk), show_risk(risk)
    return None if rounded is None or shown is None else {**rounded, "shown": shown.words}


def answer_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of an answer, made from the dataclasses themselves."""
    definitions: dict[str, Any] = {}
    _describe(Answer, definitions)
    top = definitions.pop("Answer")
    for name in ("evidence_version", "evidence_hash"):
        top["properties"].pop(name)
    text = {"type": "string"}
    studies = top["properties"].pop("studies")
    top["properties"]["evidence"] = _closed_object({"version": text, "hash": text, "studies": studies})
    top["properties"]["schema_version"] = {"const": SCHEMA_VERSION}
    top["required"] = sorted(top["properties"])
    return {
        "$schema": SCHEMA_ID,
        "title": "An answer of stepdown for one person",
        **top,
        "$defs": definitions,
    }


def _describe(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    """A reference to the definition of a dataclass, which is added to the definitions."""
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}
        hints = typing.get_type_hints(kind)
        properties = {
            RENAMED.get((kind, item.name), item.name): _describe_field(
                kind, item.name, hints[item.name], definitions
            )
            for item in fields(kind)
        }
        first_line = (kind.__doc__ or "").strip().splitlines()[0]
        definitions[kind.__name__] = {"description": first_line, **_closed_object(properties)}
        if kind is Per100:
            _add_shown(definitions[kind.__name__])
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _add_shown(per_100: dict[str, Any]) -> None:
    bounds = {"type": "number", "minimum": 0, "maximum": 100}
    per_100.update(
        _closed_object({"estimate": bounds, "low": bounds, "high": bounds, "shown": {"type": "string"}})
    )
    per_100["description"] = "Events per 100 people with the 95 % interval, rounded; shown is as printed."


def _describe_field(owner: type, name: str, hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if (owner, name) in WORDS:
        return {"enum": list(WORDS[owner, name])}
    return _describe_type(hint, definitions)


def _describe_type(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_describe_type(part, definitions) for part in inside]}
    if origin is tuple:
        return {"type": "array", "items": _describe_type(inside[0], definitions)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _describe_type(inside[1], definitions)}
    if is_dataclass(hint) and isinstance(hint, type):
        return _describe(hint, definitions)
    return {"type": _JSON_TYPES[hint]}


_JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def _closed_object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }
