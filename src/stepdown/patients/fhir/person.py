"""A person file from FHIR bundles: each entry is used, left out with a reason, or of a kind not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
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
from stepdown.patients.fhir.drugs import read_medication, read_procedure
from stepdown.patients.fhir.record import Disease, Record
from stepdown.patients.fhir.results import read_observation
from stepdown.patients.fhir.scans import read_scan
from stepdown.patients.fhir.treatments import list_treatments
from stepdown.patients.fhir.values import Json, day, part, text

_DRUGS = ("MedicationRequest", "MedicationStatement", "MedicationAdministration")
_READERS = {
    "Condition": read_condition,
    "Observation": read_observation,
    "Procedure": read_procedure,
    "ImagingStudy": read_scan,
    "DiagnosticReport": read_scan,
}
#: A list in a person file says "these and no others"; a record never says so.
LIST_IS_OPEN = "other:list may not be complete"


@dataclass(frozen=True)
class FhirPerson:
    """The person file, and what became of each of the ``entries``: used, left out, or of a kind not read."""

    person: Mapping[str, Any]
    entries: int
    used: int
    left_out: tuple[LeftOut, ...]
    not_read: Mapping[str, int]
    notes: tuple[str, ...]

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
        if entry.kind == "Medication"
        for address in addresses_of(entry)
    }
    mine = frozenset(addresses_of(who)) if who else frozenset()
    for entry in entries.found:
        reason = _read_entry(entry, who, mine, drugs, record)
        if reason == _KIND_NOT_READ:
            not_read[entry.kind] += 1
        elif reason is not None:
            left_out.append(LeftOut(entry.place, entry.kind, reason))
        else:
            used += 1
    person = _to_person(record, entries)
    total = len(entries.found) + len(entries.left_out)
    return FhirPerson(person, total, used, tuple(left_out), dict(not_read), tuple(record.notes))


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
    record.person["id"] = f"fhir-{text(resource, 'id') or 'without-id'}"[:60]
    born, sex = day(text(resource, "birthDate")), text(resource, "gender")
    if born is not None:
        record.person |= {"birth_year": int(born)} if len(born) == 4 else {"birth_date": born}
    else:
        record.notes.append(f"{who.place}: the day of birth is not readable")
    record.person["sex"] = sex if sex in ("female", "male", "other") else "unknown"
    if resource.get("deceasedBoolean") is True or text(resource, "deceasedDateTime"):
        record.notes.append(f"{who.place}: recorded as deceased")


def _read_entry(
    entry: Entry, who: Entry | None, mine: frozenset[str], drugs: Mapping[str, Json], record: Record
) -> str | None:
    """Take in one entry: None when it was used, else why not."""
    if entry.kind == "Patient":
        return None if entry is who else "another person"
    if entry.kind == "Medication":
        return None if any(entry.resource is each for each in drugs.values()) else "no entry refers to it"
    if entry.kind not in _READERS and entry.kind not in _DRUGS:
        return _KIND_NOT_READ
    subject = text(part(entry.resource, "subject"), "reference") or text(
        part(entry.resource, "patient"), "reference"
    )
    if subject and mine and not refers_to(subject, mine):
        return "about somebody else, or about a person who is not in the bundle"
    if entry.kind in _DRUGS:
        return read_medication(entry, drugs, record)
    return _READERS[entry.kind](entry, record)


def _to_person(record: Record, entries: Entries) -> dict[str, Any]:
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
    if record.took_immunosuppressant:
        filled["prior_immunosuppressant"] = True
    if record.smoking:
        filled["smoking"] = max(record.smoking)[1]
    if record.plans:
        filled["plans"] = record.plans
    recorded = _find_recorded(entries, filled, record)
    person = {"schema_version": "1", **{key: record.person[key] for key in ("id",) if key in record.person}}
    person |= {"recorded_on": recorded, "observed_since": recorded} if recorded else {}
    person |= {key: value for key, value in record.person.items() if key != "id"}
    return person | _say_disease(record) | filled


def _by_day(rows: list[Json]) -> list[Json]:
    return sorted(rows, key=lambda row: str(row.get("date") or row.get("onset") or ""))


def _once(rows: list[Json]) -> list[Json]:
    """Each disease once, with the earliest day it is recorded since."""
    found: dict[str, Json] = {}
    for row in sorted(rows, key=lambda row: row.get("since", "9")):
        found.setdefault(row["name"], row)
    return list(found.values())


def _find_recorded(entries: Entries, filled: Json, record: Record) -> str | None:
    """The day until which the record is known to hold: that of the bundle, else its latest entry."""
    made = [found for written in entries.made_on if (found := day(written)) and len(found) == 10]
    if made:
        return max(made)
    days = [
        str(row[key])
        for rows in filled.values()
        if isinstance(rows, list)
        for row in rows
        if isinstance(row, dict)
        for key in ("date", "onset", "start", "stop", "last_dose")
        if key in row
    ]
    exact = [each for each in days if len(each) == 10]
    if exact:
        record.notes.append("the bundle has no day of its own; recorded_on is that of its latest entry")
    return max(exact, default=None)


def _say_disease(record: Record) -> Json:
    """Diagnosis, course and onset; contradictions stay unknown, and are said."""
    sure = [each for each in record.diseases if each.is_sure]
    names = sorted({each.diagnosis for each in sure})
    if not sure:
        said = "recorded as not yet certain" if record.diseases else "not found"
        record.notes.append(f"no MS: a diagnosis of MS, NMOSD or MOGAD is {said}")
        return {"diagnosis": "unknown"}
    if len(names) > 1:
        record.notes.append(f"the record says {' and '.join(names)}; say in the person file which it is")
        return {"diagnosis": "unknown"}
    onsets = sorted(each.onset for each in sure if each.onset)
    found: Json = {"diagnosis": names[0]}
    course = _find_course(sure, record)
    found |= {"course": course} if course else {}
    return found | ({"onset_date": onsets[0]} if onsets else {})


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
