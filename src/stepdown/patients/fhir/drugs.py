"""MedicationRequest, -Statement and -Administration as periods on a therapy and doses that were given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache

from stepdown.ms.codes import find_drug_kind
from stepdown.ms.therapies import read_therapies
from stepdown.ms.therapy_names import TherapyFound, find_therapy
from stepdown.patients.fhir.bundle import Entry
from stepdown.patients.fhir.record import GivenDose, NotTaken, Record, Taking
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
#: Characters of the name of a drug that are read.
_LONGEST_NAME = 500
_DAYS = {"d": 1.0, "wk": 7.0, "mo": 30.4375, "a": 365.25}


def read_medication(entry: Entry, drugs: Mapping[str, Json], record: Record) -> str | None:
    """Take in one entry on a drug; the reason where it is left out. ``drugs``: Medications by address."""
    resource, status = entry.resource, text(entry.resource, "status").casefold()
    is_ban = resource.get("doNotPerform") is True
    reason = _find_why_not(resource, status)
    concept = find_drug_concept(resource, drugs)
    therapies = find_therapies(concept)
    if status == "on-hold" and len(therapies) == 1:
        record.not_taken.append(NotTaken(entry.place, therapies[0], find_start(entry)))
        record.notes.append(f"{entry.place}: {therapies[0]} is on hold: ask whether it is taken")
    if reason and len(therapies) == 1 and (status == "not-taken" or (is_ban and status == "active")):
        record.not_taken.append(NotTaken(entry.place, therapies[0], find_start(entry)))
    if reason:
        return reason
    if not concept:
        record.drugs_not_sent.append(entry.place)
        return "its drug is not in the bundle"
    if not therapies:
        return _read_other_drug(concept, status, record)
    therapy = therapies[0] if len(therapies) == 1 else _doubt_names(entry, therapies, record)
    if entry.kind == "MedicationAdministration":
        return _read_dose(entry, therapy, record)
    record.takings.append(_read_taking(entry, therapy, status))
    return None


def _find_why_not(resource: Json, status: str) -> str | None:
    """Why an entry says of no drug that it was taken."""
    if status in _NOT_TAKEN:
        return f"its status is {status}"
    if text(resource, "intent") in _NOT_AN_ORDER or resource.get("doNotPerform") is True:
        return "it is a plan or a ban, not an order"
    return None


def _doubt_names(entry: Entry, therapies: tuple[str, ...], record: Record) -> str:
    """What a drug is called whose code and words name several: outside the catalogue, with both names."""
    both = " or ".join(therapies)
    record.doubts.append(
        f"{entry.place}: code and words name two drugs, {' and '.join(therapies)}; which one it is is left "
        "unknown: find out, and enter it as the therapy"
    )
    return f"other:{both}"


def find_drug_concept(resource: Json, drugs: Mapping[str, Json]) -> Json:
    """The concept of the drug: in the resource, in a contained Medication, or in another entry.

    Where a reference leads nowhere, the words beside it. ``medication`` is how FHIR R5 writes both.
    """
    later = part(resource, "medication")
    concept = part(resource, "medicationCodeableConcept") or part(later, "concept")
    named = part(resource, "medicationReference") or part(later, "reference")
    reference = text(named, "reference")
    if concept or not named:
        return concept
    contained = {f"#{text(each, 'id')}": each for each in parts(resource, "contained")}
    found = (
        contained.get(reference)
        or drugs.get(reference)
        or drugs.get("/".join(reference.rsplit("/", 2)[-2:]))
    )
    shown = text(named, "display")
    return part(found, "code") if found else {"text": shown} if shown else {}


def find_therapies(concept: Json) -> tuple[str, ...]:
    """The therapies of the catalogue that a concept names, by codes and by words; more than one is a doubt.

    Words that name the coded drug among others do not speak against the code.
    """
    codes = tuple(code for system, code, _ in codings(concept) if system in _CODED and code)
    return _find_all(codes, tuple(name[:_LONGEST_NAME] for name in names(concept)))


@lru_cache(maxsize=2048)
def _find_all(codes: tuple[str, ...], words: tuple[str, ...]) -> tuple[str, ...]:
    found = [find_therapy(code) for code in codes]
    coded = {each.therapy.name for each in found if isinstance(each, TherapyFound)}
    spoken = [_find_named(each) for each in words]
    named = set().union(*(each for each in spoken if not each & coded))
    return tuple(sorted(coded | named))


def _find_named(words: str) -> frozenset[str]:
    """The therapies whose name or brand the words are or hold; the longest where names hold each other."""
    whole = find_therapy(words)
    if isinstance(whole, TherapyFound):
        return frozenset({whole.therapy.name})
    spoken = f" {' '.join(re.findall(r'[a-z0-9]+', words.casefold()))} "
    hits = [(name, therapy) for name, therapy in _spoken_names() if f" {name} " in spoken]
    return frozenset(
        therapy for name, therapy in hits if not any(name != other and name in other for other, _ in hits)
    )


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
    resource, stop, start = entry.resource, None, find_start(entry)
    if entry.kind == "MedicationRequest":
        still, said = _REQUEST.get(status), start
    else:
        stop, still = day(text(part(resource, "effectivePeriod"), "end")), _STATEMENT.get(status)
        said = day(text(resource, "dateAsserted"))
    if stop is not None and stop > date.today().isoformat():
        stop = None
    interval, dose = _find_interval(_find_timing(resource)), _find_dose(resource)
    ended_by = stop or (said if still is False else None)
    return Taking(entry.place, therapy, start, stop, None if stop else still, interval, dose, ended_by)


def find_start(entry: Entry) -> str | None:
    """The first day of an order or a statement."""
    resource = entry.resource
    if entry.kind == "MedicationRequest":
        bounds = part(_find_timing(resource), "boundsPeriod")
        return day(text(bounds, "start")) or day(text(resource, "authoredOn"))
    return first_day(resource, "effectivePeriod", "effectiveDateTime")


def _find_timing(resource: Json) -> Json:
    return next((part(part(each, "timing"), "repeat") for each in _dosages(resource)), {})


def _dosages(resource: Json) -> list[Json]:
    found = parts(resource, "dosageInstruction") or parts(resource, "dosage")
    return [each for each in found if not each.get("modifierExtension")]


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
    if "stem cell transplant" not in words and find_therapies(concept) != ("ahsct",):
        return f"{name_of(concept)}: no procedure that stepdown uses"
    on = first_day(entry.resource, "performedDateTime", "performedPeriod")
    record.takings.append(Taking(entry.place, "ahsct", on, None, None))
    return None
