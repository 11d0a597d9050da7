"""Conditions: the disease and its course, relapses, a pregnancy, and other diseases."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from stepdown.ms.codes import Meaning, find_meaning
from stepdown.ms.comorbidities import Comorbidity, find_comorbidity
from stepdown.patients.fhir.bundle import Entry
from stepdown.patients.fhir.disease_words import Mention, Said, find_mention
from stepdown.patients.fhir.record import Disease, Record
from stepdown.patients.fhir.values import Json, code_of, codings, day, first_day, name_of, names, part, text

_NOT_SO = ("refuted", "entered-in-error")
_UNSURE = ("unconfirmed", "provisional", "differential")
_OVER = ("inactive", "resolved", "remission")
#: SNOMED CT puts the kind of a concept behind its name, in brackets.
_KIND = re.compile(r"\s*\((disorder|finding|situation|procedure)\)\s*$")
_FINDINGS = re.compile(r"\((finding|situation)\)\s*$")
#: A pregnancy that goes on, in the words of a problem list; anything more or else is left to a person.
_PREGNANT = re.compile(
    r"(normal |intrauterine |early |twin |multiple |high risk )?(pregnan(t|cy)|pregnant state)"
)
_LONGEST_PREGNANCY_DAYS = 300


def read_condition(entry: Entry, record: Record) -> str | None:
    """Take in one condition; the reason where it is left out."""
    resource, concept = entry.resource, part(entry.resource, "code")
    verified, clinical = code_of(resource, "verificationStatus"), code_of(resource, "clinicalStatus")
    if verified in _NOT_SO:
        return f"it is recorded as {verified}"
    if not concept:
        return "it has no code and no name"
    onset = first_day(resource, "onsetDateTime", "onsetPeriod")
    meanings, mentions = _find_coded(concept), _find_mentions(concept)
    is_denied = any(each.said is Said.DENIED for each in mentions)
    if is_denied and not meanings:
        return f"{name_of(concept)}: its words deny the disease, or speak of somebody else"
    if is_denied:
        record.doubts.append(
            f"{entry.place}: the code says a disease that the words deny; taken as not certain"
        )
    found = _join_meanings(meanings, mentions)
    if not found:
        return _read_other(concept, clinical, verified, onset, record)
    if not any(is_plain for _, is_plain in found):
        record.notes.append(
            f"{entry.place}: names {found[0][0].diagnosis} among words that are not all understood; taken "
            "neither as that diagnosis nor as another disease"
        )
    if clinical == "resolved" and not any(meaning.is_relapse for meaning, _ in found):
        record.doubts.append(f"{entry.place}: {found[0][0].diagnosis} is recorded as resolved; ask why")
    return _read_diseases(entry, found, onset, not is_denied and verified not in _UNSURE, record)


def _read_diseases(
    entry: Entry, found: list[tuple[Meaning, bool]], onset: str | None, is_certain: bool, record: Record
) -> str | None:
    """Take in the diseases of one condition, and a relapse where it is one."""
    is_relapse = any(meaning.is_relapse and is_plain for meaning, is_plain in found)
    if is_relapse and not is_certain:
        return "a relapse that is recorded as not certain"
    if is_relapse:
        record.relapses.append({"onset": onset} if onset else {})
    recorded = day(text(entry.resource, "recordedDate"))
    for meaning, is_plain in found:
        diagnosis = meaning.diagnosis or "MS"
        record.diseases.append(
            Disease(entry.place, diagnosis, meaning.course, onset, recorded, is_plain and is_certain)
        )
    return None


def _find_coded(concept: Json) -> list[Meaning]:
    """The diseases told apart that the codes of a condition mean."""
    found = [find_meaning(system, code) for system, code, _ in codings(concept) if system and code]
    return [each for each in found if each and (each.diagnosis or each.is_relapse)]


def _find_mentions(concept: Json) -> list[Mention]:
    """The diseases told apart that the words name; bare letters say nothing beside a code of another one."""
    found = [each for each in map(find_mention, names(concept)) if each]
    if not any(each.is_short for each in found):
        return found
    is_coded = any(system and code for system, code, _ in codings(concept))
    return [each for each in found if not (is_coded and each.is_short)]


def _join_meanings(meanings: list[Meaning], mentions: list[Mention]) -> list[tuple[Meaning, bool]]:
    """Each disease once, with the course where one is said, and whether that is a plain diagnosis.

    A code is one; words are one only where they are all understood. Words that doubt leave a code as it is.
    """
    found: dict[str, tuple[Meaning, bool]] = {}
    said = [(each, True) for each in meanings]
    said += [
        (Meaning(each.diagnosis, each.course, each.is_relapse), each.said is Said.IS) for each in mentions
    ]
    said.sort(key=lambda row: (row[1], row[0].is_relapse, row[0].course is not None))
    for meaning, is_plain in said:
        name = meaning.diagnosis or "MS"
        before, was_plain = found.get(name, (meaning, False))
        better = replace(meaning, course=meaning.course or before.course)
        found[name] = better, is_plain or was_plain
    return list(found.values())


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
