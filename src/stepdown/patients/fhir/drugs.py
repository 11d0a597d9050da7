"""MedicationRequest, -Statement and -Administration as periods on a therapy and doses that were given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

from stepdown.ms.codes import find_drug_kind
from stepdown.ms.therapies import read_therapies
from stepdown.ms.therapy_names import TherapyFound, find_therapy
from stepdown.patients.fhir.bundle import Entry
from stepdown.patients.fhir.record import GivenDose, Record, Taking
from stepdown.patients.fhir.values import (
    Json,
    code_of,
    codings,
    day,
    first_day,
    name_of,
    names,
    number,
    part,
    parts,
    text,
)

_CODED = ("atc", "rxnorm")
#: What the status of an order or a statement says: still taken, no longer, not known; or why it is left out.
_REQUEST: Mapping[str, bool | None] = {"active": True, "stopped": False, "completed": None, "on-hold": None}
_STATEMENT: Mapping[str, bool | None] = {
    "active": True,
    "stopped": False,
    "completed": False,
    "on-hold": None,
}
_NOT_TAKEN = ("cancelled", "entered-in-error", "draft", "not-taken", "intended", "not-done", "declined")
_NOT_AN_ORDER = ("proposal", "plan", "option")
_DAYS = {"d": 1.0, "wk": 7.0, "mo": 30.4375, "a": 365.25}


def read_medication(entry: Entry, drugs: Mapping[str, Json], record: Record) -> str | None:
    """Take in one entry on a drug; the reason where it is left out. ``drugs``: Medications by address."""
    resource, status = entry.resource, text(entry.resource, "status").casefold()
    if status in _NOT_TAKEN:
        return f"its status is {status}"
    if text(resource, "intent") in _NOT_AN_ORDER or resource.get("doNotPerform") is True:
        return "it is a plan or a ban, not an order"
    concept = _find_concept(resource, drugs)
    if not concept:
        return "its drug is not in the bundle"
    therapy = find_catalogue_therapy(concept)
    if therapy is None:
        return _read_other_drug(concept, status, record)
    if entry.kind == "MedicationAdministration":
        return _read_dose(entry, therapy, record)
    record.takings.append(_read_taking(entry, therapy, status))
    return None


def _find_concept(resource: Json, drugs: Mapping[str, Json]) -> Json:
    """The concept of the drug: in the resource, in a contained Medication, or in another entry."""
    concept = part(resource, "medicationCodeableConcept")
    reference = text(part(resource, "medicationReference"), "reference")
    if concept or not reference:
        return concept
    contained = {f"#{text(each, 'id')}": each for each in parts(resource, "contained")}
    found = (
        contained.get(reference)
        or drugs.get(reference)
        or drugs.get("/".join(reference.rsplit("/", 2)[-2:]))
    )
    return part(found, "code") if found else {}


def find_catalogue_therapy(concept: Json) -> str | None:
    """The therapy of the catalogue that a concept means: by code, by name, or by a name within its words."""
    texts = [code for system, code, _ in codings(concept) if system in _CODED and code]
    for written in (*texts, *names(concept)):
        found = find_therapy(written)
        if isinstance(found, TherapyFound):
            return found.therapy.name
    return _find_within(" ".join(names(concept)))


@cache
def _find_within(words: str) -> str | None:
    """The one therapy whose name or brand stands among the words; the longest where names hold each other."""
    spoken = f" {' '.join(re.findall(r'[a-z0-9]+', words.casefold()))} "
    hits = [(name, therapy) for name, therapy in _spoken_names() if f" {name} " in spoken]
    longest = {
        therapy for name, therapy in hits if not any(name != other and name in other for other, _ in hits)
    }
    return longest.pop() if len(longest) == 1 else None


@cache
def _spoken_names() -> tuple[tuple[str, str], ...]:
    rows = (
        (text, each.name)
        for each in read_therapies().values()
        for text in (each.name, *each.brands, *each.synonyms)
    )
    return tuple((" ".join(re.findall(r"[a-z0-9]+", name.casefold())), therapy) for name, therapy in rows)


def _read_other_drug(concept: Json, status: str, record: Record) -> str | None:
    """A drug beside the catalogue: what it says of earlier immunosuppressants or a cancer treatment."""
    name = name_of(concept)
    kind = next((kind for each in names(concept) if (kind := find_drug_kind(each))), None)
    if kind == "immunosuppressant":
        record.took_immunosuppressant = True
        return None
    if kind == "checkpoint_inhibitor":
        record.plans["cancer_immunotherapy"] = "now" if status in ("active", "in-progress") else "unknown"
        record.notes.append(
            f"{name}: a checkpoint inhibitor; say in plans.cancer_immunotherapy whether it goes on"
        )
        return None
    if kind == "relapse_treatment":
        return f"{name}: treats relapses, and is no proof of one; enter the relapse with its day"
    return f"{name}: no therapy for MS in the catalogue"


def _read_taking(entry: Entry, therapy: str, status: str) -> Taking:
    """The period of an order or a statement.

    The end of an order is the end of a prescription, and no proof of a stop; an end that lies ahead is
    a plan.
    """
    resource, stop = entry.resource, None
    timing = next((part(part(each, "timing"), "repeat") for each in _dosages(resource)), {})
    if entry.kind == "MedicationRequest":
        start = day(text(part(timing, "boundsPeriod"), "start")) or day(text(resource, "authoredOn"))
        still = _REQUEST.get(status)
    else:
        start = first_day(resource, "effectivePeriod", "effectiveDateTime")
        stop, still = day(text(part(resource, "effectivePeriod"), "end")), _STATEMENT.get(status)
    if stop is not None and stop > date.today().isoformat():
        stop = None
    interval, dose = _find_interval(timing), _find_dose(resource)
    return Taking(entry.place, therapy, start, stop, None if stop else still, interval, dose)


def _dosages(resource: Json) -> list[Json]:
    return parts(resource, "dosageInstruction") or parts(resource, "dosage")


def _find_interval(timing: Json) -> int | None:
    """The days between two doses, where it is one dose in so many days."""
    period, unit, times = (
        number(timing.get("period")),
        text(timing, "periodUnit"),
        number(timing.get("frequency", 1)),
    )
    if period is None or unit not in _DAYS or not times:
        return None
    days = period * _DAYS[unit] / times
    return round(days) if 1 <= days <= 1000 else None


def _find_dose(resource: Json) -> float | None:
    """One dose in milligrams, where that is its unit."""
    for dosage in _dosages(resource):
        for quantity in (part(rate, "doseQuantity") for rate in parts(dosage, "doseAndRate")):
            if "mg" in (text(quantity, "code"), text(quantity, "unit")):
                return number(quantity.get("value"))
    return None


def _read_dose(entry: Entry, therapy: str, record: Record) -> str | None:
    """One dose that was given, on its day."""
    on = first_day(entry.resource, "effectiveDateTime", "effectivePeriod")
    if on is None:
        return "a dose without its day"
    quantity = part(part(entry.resource, "dosage"), "dose")
    milligrams = (
        number(quantity.get("value")) if "mg" in (text(quantity, "code"), text(quantity, "unit")) else None
    )
    record.doses.append(GivenDose(entry.place, therapy, on, milligrams))
    return None


def read_procedure(entry: Entry, record: Record) -> str | None:
    """A transplantation of stem cells is a therapy; every other procedure is left out."""
    status, concept = code_of(entry.resource, "status"), part(entry.resource, "code")
    if status in (*_NOT_TAKEN, "preparation"):
        return f"its status is {status}"
    words = " ".join(names(concept)).casefold()
    if "stem cell transplant" not in words and find_catalogue_therapy(concept) != "ahsct":
        return f"{name_of(concept)}: no procedure that stepdown uses"
    on = first_day(entry.resource, "performedDateTime", "performedPeriod")
    record.takings.append(Taking(entry.place, "ahsct", on, None, None))
    return None
