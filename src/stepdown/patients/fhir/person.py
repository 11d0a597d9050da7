"""A person file from FHIR bundles: each entry is used, left out with a reason, or of a kind not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from stepdown.ms.errors import UserError
from stepdown.patients.fhir.bundle import (
    Entries,
    Entry,
    LeftOut,
    addresses_of,
    list_entries,
    refers_to,
)
from stepdown.patients.fhir.diseases import read_condition
from stepdown.patients.fhir.drugs import find_start, read_medication, read_procedure
from stepdown.patients.fhir.marks import UNKNOWN_MARK, has_unknown_mark, leave_out_marked
from stepdown.patients.fhir.record import Disease, Record
from stepdown.patients.fhir.results import ANTIBODIES, read_observation
from stepdown.patients.fhir.scans import read_scan
from stepdown.patients.fhir.treatments import list_treatments
from stepdown.patients.fhir.values import Json, day, days_of, first_day, part, text

_DRUGS = ("MedicationRequest", "MedicationStatement", "MedicationAdministration")
_READERS = {
    "Condition": read_condition,
    "Observation": read_observation,
    "Procedure": read_procedure,
    "ImagingStudy": read_scan,
    "DiagnosticReport": read_scan,
}
_EFFECTIVE = ("effectiveDateTime", "effectivePeriod", "effectiveInstant")
#: Where the kinds that are facts of a day say which day it was.
_DATED: Mapping[str, tuple[str, ...]] = {
    "MedicationRequest": (),
    "MedicationStatement": _EFFECTIVE,
    "MedicationAdministration": _EFFECTIVE,
    "Observation": _EFFECTIVE,
    "Procedure": ("performedDateTime", "performedPeriod"),
    "ImagingStudy": ("started",),
    "DiagnosticReport": _EFFECTIVE,
}
#: An entry so marked may be of a day that has not come.
_SAYS_NOTHING_OF_ITS_DAY = ("entered-in-error", "intended", "draft", "registered", "preparation")
#: A list in a person file says "these and no others"; a record never says so.
LIST_IS_OPEN = "other:list may not be complete"


@dataclass(frozen=True)
class FhirPerson:
    """The person file, and what became of each of the ``entries``: used, left out, or of a kind not read.

    ``doubts`` are those of the ``notes`` on which an answer turns; ``diagnoses`` the diseases that the record
    says are certain, ``unsure`` those that it names and does not.
    """

    person: Mapping[str, Any]
    entries: int
    used: int
    left_out: tuple[LeftOut, ...]
    not_read: Mapping[str, int]
    notes: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    diagnoses: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    is_deceased: bool = False

    @property
    def of_others(self) -> tuple[LeftOut, ...]:
        """What was left out because it speaks of somebody else."""
        return tuple(row for row in self.left_out if row.reason == OF_ANOTHER)

    @property
    def has_ms(self) -> bool:
        """Whether the bundle says that the person has MS."""
        return self.person.get("diagnosis") == "MS"


def read_bundle(value: Any, name: str = "the bundle", patient: str | None = None) -> FhirPerson:
    """The person file of a bundle, of a list of bundles (pages) or of resources.

    ``patient`` is the id of the person where the bundle holds several; UserError when it must be given, is
    not there, or when the value is no bundle.
    """
    entries = list_entries(value, name)
    who = _choose_patient(entries, patient, name)
    record, left_out, not_read, used = (
        Record(notes=entries.notes),
        list(entries.left_out),
        Counter[str](),
        0,
    )
    _read_patient(who, record)
    drugs = {
        address: entry.resource
        for entry in entries.found
        if entry.kind == "Medication" and not has_unknown_mark(entry.resource)
        for address in addresses_of(entry)
    }
    mine = _find_subject(entries, who, name)
    recorded = _find_recorded(entries, mine, record)
    for entry in entries.found:
        reason = _find_why_not_yet(entry, recorded) or _read_entry(entry, who, mine, drugs, record)
        if reason == _KIND_NOT_READ:
            not_read[entry.kind] += 1
        elif reason is not None:
            left_out.append(LeftOut(entry.place, entry.kind, reason))
        else:
            used += 1
    person = _to_person(record, recorded)
    total = len(entries.found) + len(entries.left_out)
    doubts = tuple(record.doubts)
    return FhirPerson(
        person,
        total,
        used,
        tuple(left_out),
        dict(not_read),
        doubts + tuple(record.notes),
        doubts,
        tuple(sorted({each.diagnosis for each in record.diseases if each.is_sure})),
        tuple(sorted({each.diagnosis for each in record.diseases if not each.is_sure})),
        record.is_deceased,
    )


@dataclass(frozen=True)
class _Subject:
    """The references of the bundle that mean somebody else, and whether it speaks of others too."""

    others: frozenset[str]
    is_shared: bool


def _find_subject(entries: Entries, who: Entry | None, name: str) -> _Subject:
    """Whom the entries must be about; UserError where nobody is chosen and they name several."""
    mine = frozenset(addresses_of(who)) if who else frozenset()
    named = {found for entry in entries.found if (found := _subject_of(entry))}
    if who is None and len({each.rsplit("/", 1)[-1] for each in named}) > 1:
        raise UserError(f"{name}: no Patient, and entries about several people; give the record of one.")
    people = {text(each.resource, "id") or each.address for each in entries.found if each.kind == "Patient"}
    others = frozenset(each for each in named if mine and not refers_to(each, mine))
    return _Subject(others, len(people) > 1 or bool(others))


def _subject_of(entry: Entry) -> str:
    """The reference to the person whom an entry is about; empty where it names nobody."""
    subject = text(part(entry.resource, "subject"), "reference")
    return subject or text(part(entry.resource, "patient"), "reference")


OF_ANOTHER = "about somebody else, or about a person who is not in the bundle"
OF_NOBODY = "it names nobody, and the bundle speaks of several people"
_KIND_NOT_READ = "a kind of resource that is not read"


def _choose_patient(entries: Entries, patient: str | None, name: str) -> Entry | None:
    """The Patient of the bundle, or the one asked for; None where there is none."""
    found = {
        text(entry.resource, "id") or entry.address: entry
        for entry in entries.found
        if entry.kind == "Patient"
    }
    if patient is not None:
        if patient not in found:
            raise UserError(f"{name}: no Patient with the id asked for; it holds {len(found)}.")
        return found[patient]
    if len(found) > 1:
        raise UserError(
            f"{name}: {len(found)} people; say with --patient which one, by the id of the Patient."
        )
    return next(iter(found.values()), None)


def _read_patient(who: Entry | None, record: Record) -> None:
    """Birth, sex and mark of the person; no name, address or number is taken over."""
    if who is None:
        record.notes.append("no Patient in the bundle: age and sex are not known")
        return
    resource = who.resource
    if has_unknown_mark(resource):
        record.doubts.append(f"{who.place}: {UNKNOWN_MARK}; look at it")
    record.person["id"] = f"fhir-{text(resource, 'id') or 'without-id'}"[:60]
    born, sex = day(text(resource, "birthDate")), text(resource, "gender")
    if born is not None:
        record.person |= {"birth_year": int(born)} if len(born) == 4 else {"birth_date": born}
    else:
        record.notes.append(f"{who.place}: the day of birth is not readable")
    record.person["sex"] = sex if sex in ("female", "male", "other") else "unknown"
    if resource.get("deceasedBoolean") is True or text(resource, "deceasedDateTime"):
        record.is_deceased = True
        record.doubts.append(f"{who.place}: this person is recorded as deceased; no therapy is to be decided")


def _read_entry(
    entry: Entry, who: Entry | None, mine: _Subject, drugs: Mapping[str, Json], record: Record
) -> str | None:
    """Take in one entry: None when it was used, else why not."""
    if entry.kind == "Patient":
        return None if entry is who else "another person"
    if entry.kind == "Medication":
        return None if any(entry.resource is each for each in drugs.values()) else "no entry refers to it"
    if entry.kind not in _READERS and entry.kind not in _DRUGS:
        return _KIND_NOT_READ
    if reason := _find_why_not_mine(entry, mine):
        return reason
    if has_unknown_mark(entry.resource):
        return leave_out_marked(entry, record)
    if entry.kind in _DRUGS:
        return read_medication(entry, drugs, record)
    return _READERS[entry.kind](entry, record)


def _to_person(record: Record, recorded: str | None) -> dict[str, Any]:
    """The person file; a key that the bundle says nothing of stays out, and so is unknown."""
    treatments = list_treatments(record)
    lists: Json = {
        "treatments": treatments,
        "relapses": record.relapses,
        "edss": record.edss,
        "mri": record.mri,
        "labs": record.labs,
    }
    filled = {key: _by_day(rows) if key != "treatments" else rows for key, rows in lists.items() if rows}
    if record.comorbidities:
        filled["comorbidities"] = [*_once(record.comorbidities), LIST_IS_OPEN]
    if record.antibodies:
        filled["antibodies"] = _say_antibodies(record)
    if record.took_immunosuppressant:
        filled["prior_immunosuppressant"] = True
    if record.smoking:
        filled["smoking"] = max(record.smoking)[1]
    if record.plans:
        filled["plans"] = record.plans
    _say_what_was_not_held(record)
    person = {"schema_version": "1", **{key: record.person[key] for key in ("id",) if key in record.person}}
    person |= {"recorded_on": recorded, "observed_since": recorded} if recorded else {}
    person |= {key: value for key, value in record.person.items() if key != "id"}
    return person | _say_disease(record) | filled


def _say_antibodies(record: Record) -> Json:
    """Positive where any result was: treatment makes antibodies vanish, and not the disease."""
    found: Json = {}
    for test, name in ANTIBODIES.items():
        answers = {answer for each, _, answer in record.antibodies if each == test}
        found |= {test: "positive" if "positive" in answers else "negative"} if answers else {}
        if len(answers) > 1:
            record.doubts.append(f"{name}: positive in one result and negative in another; taken as positive")
    return found


def _say_what_was_not_held(record: Record) -> None:
    """Doubts about what the file cannot hold: an EDSS that is a limit and the latest, drugs not sent."""
    limit = max(record.limits, key=lambda each: each.on, default=None)
    if limit is not None and limit.on >= max((str(row["date"]) for row in record.edss), default=""):
        record.doubts.append(
            f"{limit.place}: an EDSS given as below or above a score on {limit.on}, which the person file "
            "cannot hold: it counts as not known here"
        )
    if places := record.drugs_not_sent:
        record.doubts.append(
            f"{len(places)} entries on a drug that was not sent with them ({', '.join(places[:3])}): which "
            "drug it is, and whether it is for MS, is not known"
        )


def _by_day(rows: list[Json]) -> list[Json]:
    return sorted(rows, key=lambda row: str(row.get("date") or row.get("onset") or ""))


def _once(rows: list[Json]) -> list[Json]:
    """Each disease once, with the earliest day it is recorded since."""
    found: dict[str, Json] = {}
    for row in sorted(rows, key=lambda row: row.get("since", "9")):
        found.setdefault(row["name"], row)
    return list(found.values())


def _find_recorded(entries: Entries, mine: _Subject, record: Record) -> str | None:
    """The day until which the record is known to hold: that of the bundle, or of an entry that is later."""
    own = [found for written in entries.made_on if (found := day(written)) and len(found) == 10]
    made = max(own, default="")
    today = date.today().isoformat()
    days = (found for entry in entries.found if _find_why_not_mine(entry, mine) is None
            and text(entry.resource, "status").casefold() not in _SAYS_NOTHING_OF_ITS_DAY
            for found in days_of(entry.resource) if len(found) == 10 and found <= today)  # fmt: skip
    latest = max(days, default="")
    if latest and not made:
        record.notes.append("the bundle has no day of its own; recorded_on is that of its latest entry")
    elif latest > made:
        record.notes.append(f"the bundle says {made}, and an entry {latest}; recorded_on is the later day")
    return max(made, latest) or None


def _find_why_not_yet(entry: Entry, recorded: str | None) -> str | None:
    """Why an entry is no fact of the record: its day comes after it; an order that begins later is a plan."""
    if entry.kind not in _DATED:
        return None
    is_order = entry.kind == "MedicationRequest"
    on = find_start(entry) if is_order else first_day(entry.resource, *_DATED[entry.kind])
    last = recorded or date.today().isoformat()
    if on is None or on <= last[: len(on)]:
        return None
    return f"it {'begins' if is_order else 'is of'} {on}, after the day of the record: a plan, or a slip"


def _find_why_not_mine(entry: Entry, mine: _Subject) -> str | None:
    """Why an entry is not about the person; None where it is."""
    subject = _subject_of(entry)
    if subject in mine.others:
        return OF_ANOTHER
    return OF_NOBODY if not subject and mine.is_shared else None


def _say_disease(record: Record) -> Json:
    """Diagnosis, course and onset; contradictions stay unknown, and are said."""
    sure = [each for each in record.diseases if each.is_sure]
    names = sorted({each.diagnosis for each in sure})
    if not sure:
        said = "recorded as not yet certain" if record.diseases else "not found"
        record.notes.append(f"no MS: a diagnosis of MS, NMOSD or MOGAD is {said}{_say_unsure(record)}")
        return {"diagnosis": "unknown"}
    if len(names) > 1:
        record.doubts.append(f"the record says {' and '.join(names)}; say in the person file which it is")
        return {"diagnosis": "unknown"}
    if others := _say_unsure(record, *names):
        record.doubts.append(f"the record says {names[0]}, and another disease as not certain{others}; ask")
    onsets = sorted(each.onset for each in sure if each.onset)
    found: Json = {"diagnosis": names[0]}
    course = _find_course(sure, record)
    found |= {"course": course} if course else {}
    return found | ({"onset_date": onsets[0]} if onsets else {})


def _say_unsure(record: Record, *but: str) -> str:
    """The diseases that are on file as not certain, with their places."""
    found = [f"{each.diagnosis} in {each.place}" for each in record.diseases
             if not each.is_sure and each.diagnosis not in but]  # fmt: skip
    return f" ({', '.join(found)})" if found else ""


def _find_course(diseases: list[Disease], record: Record) -> str | None:
    """The course recorded last; none where two of one day differ."""
    coded = [each for each in diseases if each.course]
    if not coded:
        return None
    latest = max(_day_of(each) for each in coded)
    courses = sorted({str(each.course) for each in coded if _day_of(each) == latest})
    if len({each.course for each in coded}) > 1:
        record.notes.append(f"the record holds more than one course; the latest is {' or '.join(courses)}")
    return courses[0] if len(courses) == 1 else None


def _day_of(disease: Disease) -> str:
    return disease.recorded or disease.onset or ""
