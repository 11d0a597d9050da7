"""Marks that change what a resource says: a reader that does not know them must not take it at its word.

FHIR R4, https://hl7.org/fhir/R4/extensibility.html#modifierExtension and
https://hl7.org/fhir/R4/resource.html#implicitRules. None of either kind is known here.
"""

from __future__ import annotations

from stepdown.patients.fhir.bundle import Entry
from stepdown.patients.fhir.diseases import read_condition
from stepdown.patients.fhir.record import Record
from stepdown.patients.fhir.values import Json, text

UNKNOWN_MARK = (
    "it has a modifierExtension or implicitRules, which may change what it says"
)


def has_unknown_mark(resource: Json) -> bool:
    """Whether a resource, or a part of one, says that it means something else than it seems to."""
    return bool(resource.get("modifierExtension")) or bool(text(resource, "implicitRules"))


def leave_out_marked(entry: Entry, record: Record) -> str:
    """Why a marked entry is left out; a disease that it names stays on record as not certain."""
    if entry.kind == "Condition":
        unsure = {**entry.resource, "verificationStatus": {"coding": [{"code": "unconfirmed"}]}}
        read_condition(Entry(entry.place, entry.address, entry.kind, unsure), record)
    record.doubts.append(f"{entry.place}: {UNKNOWN_MARK}; left out: look at it")
    return UNKNOWN_MARK
