"""What the resources of a FHIR bundle are called: ids that FHIR allows, and the same for the same thing."""

from __future__ import annotations

import re
from typing import Any
from uuid import NAMESPACE_URL, uuid5

Json = dict[str, Any]
MODULE = "urn:stepdown:assess"
DISCLAIMER = "Not a medical device. A clinician decides, with the person; nobody stops alone."
_ID = re.compile(r"[^A-Za-z0-9.-]+")


def make_patient_id(person: str) -> str:
    """The id of the Patient: that of the record it was read from, else the mark of the person file."""
    return (_ID.sub("-", person.removeprefix("fhir-")).strip("-.") or "person")[:64]


def make_id(*parts: str) -> str:
    """An id that FHIR allows; long ones end in a mark of the whole."""
    plain = _ID.sub("-", "-".join(part for part in parts if part)).strip("-")
    return plain if len(plain) <= 64 else f"{plain[:55]}-{uuid5(NAMESPACE_URL, plain).hex[:8]}"


def to_entry(resource: Json) -> Json:
    """A resource as an entry of a bundle."""
    name = f"{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": f"urn:uuid:{uuid5(NAMESPACE_URL, MODULE + name)}", "resource": resource}


def without_empty(resource: Json) -> Json:
    """A resource without empty lists and groups, which FHIR does not allow."""
    return {key: value for key, value in resource.items() if value not in ([], {})}
