"""Invented records for the tests of FHIR: parts of a bundle, and what is asked of what was read."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from stepdown.patients.fhir import FhirPerson

YESTERDAY = (date.today() - timedelta(days=1)).isoformat()
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
