"""One person's file as rows of a registry's tables, and what of it no row can say.

A registry takes silence inside an observation period for "it did not happen". So a person gets a period only
where the file says since when events would have been noticed, and where all that a registry counts was asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from stepdown.ms.comorbidities import Comorbidity as KnownComorbidity
from stepdown.ms.comorbidities import find_comorbidity
from stepdown.ms.dates import PartialDate
from stepdown.patients.columns import PRECISION_SUFFIX
from stepdown.patients.lab_limits import read_limit
from stepdown.patients.patient import Comorbidity, Edss, Infection, Lab, Mri, Patient, Relapse
from stepdown.patients.periods import OTHER, Period, find_periods
from stepdown.patients.tables import LESIONS
from stepdown.patients.units import convert, find_unit, read_lab_tests

Row = dict[str, Any]
Entry = TypeVar("Entry", Edss, Mri, Lab)
#: Lists of which a registry takes an absent entry inside an observation period for "it did not happen".
ASKED = ("treatments", "relapses", "infections", "comorbidities")
#: Keys of the person file that no table of a registry holds.
WITHOUT_TABLE = ("diagnosis_criteria", "plans", "new_neurological_signs", "quality_of_life",
                 "treatment_burden", "preferences", "symptoms", "self_harm_thoughts", "living", "work",
                 "caregiver", "barriers", "adherence", "goals")


@dataclass(frozen=True)
class RegistryRows:
    """The rows of one person by table, without their numbers; and what was left out, a sentence each."""

    source_id: str
    tables: Mapping[str, tuple[Row, ...]]
    left_out: tuple[str, ...]


def to_registry_rows(patient: Patient, recorded_on: date) -> RegistryRows:
    """The rows of a person whose file is free of errors and was true on ``recorded_on``; an id is needed."""
    left_out: list[str] = []
    tables = {
        "patients": [_to_patient(patient, left_out)],
        "observation_periods": list(_to_period(patient, recorded_on, left_out)),
        "treatments": [_to_treatment(period) for period in find_periods(patient)],
        "relapses": [_to_relapse(relapse) for relapse in patient.relapses or ()],
        "visits": [_to_visit(score) for score in _dated_ones("edss", patient.edss, left_out)],
        "mri": [_to_mri(scan) for scan in _dated_ones("mri", patient.mri, left_out)],
        "labs": list(_to_labs(_dated_ones("labs", patient.labs, left_out), left_out)),
        "events": [*map(_to_infection, patient.infections or ()),
                   *map(_to_comorbidity, patient.comorbidities or ())],
    }
    homeless = [key for key in WITHOUT_TABLE if getattr(patient, key) is not None]
    if homeless:
        left_out.append(f"{', '.join(homeless)}: a registry has no table for this")
    frozen = {name: tuple(rows) for name, rows in tables.items()}
    return RegistryRows(patient.id or "", frozen, tuple(left_out))


def _day(name: str, day: PartialDate | None) -> Row:
    """A date as a registry holds it: its first possible day, and how much of it is known."""
    if day is None:
        return {name: None, name + PRECISION_SUFFIX: None}
    precision = "day" if day.is_exact else "month" if day.month else "year"
    return {name: day.earliest, name + PRECISION_SUFFIX: precision}


def _to_patient(patient: Patient, left_out: list[str]) -> Row:
    birth = patient.birth_date
    if birth is None and patient.birth_year is not None:
        birth = PartialDate(patient.birth_year)
    if birth is None:
        left_out.append("age: an age alone gives no date of birth; give birth_year")
    antibodies = patient.antibodies
    return {
        "source_id": patient.id, **_day("birth_date", birth), "sex": patient.sex,
        "diagnosis": patient.diagnosis, "course": patient.course, **_day("onset_date", patient.onset_date),
        **_day("diagnosis_date", patient.diagnosis_date), "aqp4": antibodies.aqp4 if antibodies else None,
        "mog": antibodies.mog if antibodies else None,
        "prior_immunosuppressant": patient.prior_immunosuppressant, "smoking": patient.smoking,
        "relapses_set_apart": 0,
    }


def _to_period(patient: Patient, recorded_on: date, left_out: list[str]) -> Iterator[Row]:
    """The observation period; none where an absent entry says nothing."""
    silent = [key for key in ASKED if getattr(patient, key) is None]
    if patient.observed_since is None:
        silent.append("observed_since")
    if silent:
        left_out.append(f"observation period: {', '.join(silent)} not on file; what is absent stays unknown")
    elif patient.observed_since is not None and patient.observed_since.latest <= recorded_on:
        yield {"first_day": patient.observed_since.latest, "last_day": recorded_on}


def _to_treatment(period: Period) -> Row:
    written = period.written
    outside = period.name if period.name.startswith(OTHER) else f"{OTHER}{period.name}"
    return {
        "therapy": period.name if period.therapy else outside, **_day("start", written.start),
        **_day("stop", written.stop), "still_taking": written.still_taking,
        "interval_days": written.interval_days, **_day("last_dose", written.last_dose),
        "dose_mg": written.dose_mg, "reason_stopped": written.reason_stopped,
    }


def _to_relapse(relapse: Relapse) -> Row:
    return {**_day("onset", relapse.onset), "lasted_24h": relapse.lasted_24h,
            "fever_or_infection": relapse.fever_or_infection, "recovery": relapse.recovery,
            "severe": relapse.severe, "steroids": relapse.steroids}


def _dated_ones(name: str, entries: Sequence[Entry] | None, left_out: list[str]) -> list[Entry]:
    """The entries with a date; a registry has no row for one without."""
    undated = [place for place, entry in enumerate(entries or ()) if entry.date is None]
    left_out += [f"{name}[{place}]: without a date it is no row of a registry" for place in undated]
    return [entry for entry in entries or () if entry.date is not None]


def _to_visit(score: Edss) -> Row:
    return {**_day("date", score.date), "edss": score.score, "during_relapse": score.during_relapse}


def _to_mri(scan: Mri) -> Row:
    """A scan: a number of lesions as such, true or false as whether there were any."""
    row: Row = {**_day("date", scan.date), "region": scan.region}
    for name in LESIONS:
        found = getattr(scan, name)
        row[f"any_{name}" if isinstance(found, bool) else name] = found
    return row


def _to_labs(labs: Sequence[Lab], left_out: list[str]) -> Iterator[Row]:
    """Results in the unit of their test; one that cannot be brought into it is left out."""
    for lab in labs:
        if lab.test is None or lab.value is None:
            left_out.append(f"labs, {lab.date}: without a test or a value it is no row of a registry")
        elif read_limit(lab.value):
            left_out.append(f"labs, {lab.date}: a row of a registry cannot hold a limit ({lab.test})")
        elif isinstance(lab.value, str):
            yield {**_day("date", lab.date), "test": lab.test, "result": lab.value}
        elif unit := find_unit(read_lab_tests()[lab.test], lab.unit):
            value = convert(read_lab_tests()[lab.test], lab.value, unit).value
            yield {**_day("date", lab.date), "test": lab.test, "value": value}
        else:
            left_out.append(f"labs, {lab.date}: {lab.test} has no unit that is known")


def _to_infection(infection: Infection) -> Row:
    return {"event": "infection", **_day("date", infection.date), "kind": infection.kind,
            "serious": infection.serious, "ongoing": infection.ongoing}


def _to_comorbidity(disease: Comorbidity) -> Row:
    """Another disease by its name in the published list; a cancer is an event of its own sort."""
    found = find_comorbidity(disease.name or "")
    known = found if isinstance(found, KnownComorbidity) else None
    event = "cancer" if known is not None and known.kind == "cancer" else "comorbidity"
    return {"event": event, **_day("date", disease.since), "kind": known.name if known else disease.name,
            "ongoing": disease.active}
