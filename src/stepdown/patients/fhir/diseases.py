"""Conditions: the disease and its course, relapses, a pregnancy, and other diseases."""

from __future__ import annotations

import re
from datetime import date

from stepdown.ms.codes import Meaning, find_meaning
from stepdown.ms.comorbidities import Comorbidity, find_comorbidity
from stepdown.patients.fhir.bundle import Entry
from stepdown.patients.fhir.record import Disease, Record
from stepdown.patients.fhir.values import Json, code_of, codings, day, first_day, name_of, names, part, text

_NOT_SO = ("refuted", "entered-in-error")
_UNSURE = ("unconfirmed", "provisional", "differential")
_OVER = ("inactive", "resolved", "remission")
#: SNOMED CT puts the kind of a concept behind its name, in brackets.
_KIND = re.compile(r"\s*\((disorder|finding|situation|procedure)\)\s*$")
_FINDINGS = re.compile(r"\((finding|situation)\)\s*$")
#: Words beside the name of a disease by which a record does not say that the person has it.
_NOT_THE_DISEASE = re.compile(
    r"\b(family|mother|father|sister|brother|sibling|parent|suspected|possible|probable|query|rule out|"
    r"risk|screening|exclud\w+|no|not|without|history of|h/o|fh)\b|\?"
)
#: A pregnancy that goes on, in the words of a problem list; anything more or else is left to a person.
_PREGNANT = re.compile(
    r"(normal |intrauterine |early |twin |multiple |high risk )?(pregnan(t|cy)|pregnant state)"
)
_LONGEST_PREGNANCY_DAYS = 300


def read_condition(entry: Entry, record: Record) -> str | None:
    """Take in one condition; the reason where it is left out."""
    resource = entry.resource
    verified, clinical = code_of(resource, "verificationStatus"), code_of(resource, "clinicalStatus")
    if verified in _NOT_SO:
        return f"it is recorded as {verified}"
    concept = part(resource, "code")
    if not concept:
        return "it has no code and no name"
    onset = first_day(resource, "onsetDateTime", "onsetPeriod")
    meaning = _find_disease(concept)
    if meaning is None:
        return _read_other(concept, clinical, verified, onset, record)
    if meaning.is_relapse and verified in _UNSURE:
        return f"a relapse recorded as {verified}"
    if meaning.is_relapse:
        record.relapses.append({"onset": onset} if onset else {})
    recorded = day(text(resource, "recordedDate"))
    record.diseases.append(
        Disease(
            entry.place, meaning.diagnosis or "MS", meaning.course, onset, recorded, verified not in _UNSURE
        )
    )
    return None


def _find_disease(concept: Json) -> Meaning | None:
    """What a condition is by its codes; by its name only where that is one of the diseases told apart."""
    found = [find_meaning(system, code) for system, code, _ in codings(concept) if system and code]
    known = [each for each in found if each and (each.diagnosis or each.is_relapse)]
    known += [each for each in map(_name_disease, names(concept)) if each]
    return max(known, key=lambda each: (each.is_relapse, each.course is not None), default=None)


def _name_disease(name: str) -> Meaning | None:
    words = _KIND.sub("", name).casefold()
    if _NOT_THE_DISEASE.search(words):
        return None
    if re.search(r"\b(mogad|mog antibody|myelin oligodendrocyte glycoprotein)", words):
        return Meaning(diagnosis="MOGAD")
    if "neuromyelitis optica" in words or "nmosd" in words:
        return Meaning(diagnosis="NMOSD")
    if "multiple sclerosis" not in words:
        return None
    courses = {
        "relapsing remitting": "RRMS",
        "relapsing-remitting": "RRMS",
        "secondary progressive": "SPMS",
        "primary progressive": "PPMS",
    }
    course = next((course for part_of, course in courses.items() if part_of in words), None)
    return Meaning(diagnosis="MS", course=course, is_relapse="exacerbation" in words)


def _read_other(
    concept: Json, clinical: str, verified: str, onset: str | None, record: Record
) -> str | None:
    """Another condition: a pregnancy, a disease of the list, or one kept by name and counted as unknown."""
    name = name_of(concept)
    words = _KIND.sub("", name)
    if "family history" in words.casefold():
        return f"{words}: of the family"
    if clinical in _OVER:
        return f"{words}: recorded as {clinical}"
    if verified in _UNSURE:
        return f"{words}: recorded as {verified}"
    if _PREGNANT.fullmatch(words.casefold()):
        return _read_pregnancy(onset, record)
    if _FINDINGS.search(name):
        return f"{words}: a finding or a situation, not a disease"
    known = find_comorbidity(words)
    named = known.name if isinstance(known, Comorbidity) else f"other:{words}"
    record.comorbidities.append({"name": named, **({"since": onset} if onset else {}), "active": True})
    return None


def _read_pregnancy(onset: str | None, record: Record) -> str | None:
    """A pregnancy of now: one whose beginning is not on file, or too long ago, is left to be asked about."""
    if onset is None or len(onset) < 10:
        return "a pregnancy without the day it began: say in plans.pregnancy whether it goes on"
    if (date.today() - date.fromisoformat(onset)).days > _LONGEST_PREGNANCY_DAYS:
        return "a pregnancy that began too long ago to go on"
    record.plans["pregnancy"] = "now"
    return None
