"""Whether the dates of a person file can stand beside each other: none in the future, none before birth."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from stepdown.ms.dates import PartialDate
from stepdown.patients.birth import Birth, find_birth
from stepdown.patients.faults import Fault, error, note
from stepdown.patients.patient import Patient

YOUNGEST, OLDEST = 18, 110
_BIRTH_KEYS = ("birth_date", "recorded_on")
#: Every date of a person file with its place.
Dates = tuple[tuple[str, PartialDate], ...]


@dataclass(frozen=True)
class Moment:
    """The days that bound a check: the index date, the day the file was true, and today."""

    at: date
    recorded_on: date
    today: date


def check_dates(patient: Patient, moment: Moment) -> Iterator[Fault]:
    """Every fault of the dates and of the age."""
    yield from _check_recorded_on(patient, moment)
    dates = tuple(dates_of(patient))
    yield from _check_future(patient, dates, moment)
    birth = find_birth(patient, moment.recorded_on)
    if birth is not None:
        yield from _check_birth(dates, birth)
        yield from _check_age(birth, moment)
    yield from _check_diagnosis(patient, moment)


@cache
def _name_fields(kind: type) -> tuple[str, ...]:
    """The names of the fields of a group of a person file; none for a plain value."""
    return tuple(key.name for key in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def dates_of(group: Any, path: str = "") -> Iterator[tuple[str, PartialDate]]:
    """Every date of a person file with its place."""
    for name in _name_fields(group.__class__):
        value, place = getattr(group, name), f"{path}{name}"
        if isinstance(value, PartialDate):
            yield place, value
        elif isinstance(value, tuple):
            for position, entry in enumerate(value):
                yield from dates_of(entry, f"{place}[{position}].")
        elif _name_fields(value.__class__):
            yield from dates_of(value, f"{place}.")


def _check_recorded_on(patient: Patient, moment: Moment) -> Iterator[Fault]:
    """Whether it is known on which day the file was true."""
    if patient.recorded_on is None:
        yield note("recorded_on", f"not given: the file is taken as true on the index date, {moment.at}")
    elif moment.recorded_on > moment.today:
        yield error("recorded_on", f"{moment.recorded_on} lies in the future")
    elif moment.at > moment.recorded_on:
        yield note(
            "recorded_on", f"what came after {moment.recorded_on} is unknown at the index date, {moment.at}"
        )
    if patient.observed_since is None:
        yield note(
            "observed_since",
            "not given: an event that is not on file is known to be absent only "
            "between the first and the last dated entry",
        )


def _check_future(patient: Patient, dates: Dates, moment: Moment) -> Iterator[Fault]:
    """No date after the day on which the file was true, nor after today."""
    last = min(moment.recorded_on, moment.today) if patient.recorded_on else moment.today
    word = "recorded_on" if patient.recorded_on and moment.recorded_on <= moment.today else "today"
    for path, day in dates:
        if path != "recorded_on" and day.earliest > last:
            yield error(path, f"{day} lies after {word} ({last}); a plan is not an entry of the file")
    if patient.birth_year is not None and patient.birth_year > last.year:
        yield error("birth_year", f"{patient.birth_year} lies after {word} ({last})")


def _check_birth(dates: Dates, birth: Birth) -> Iterator[Fault]:
    """No date before birth."""
    for path, day in dates:
        if path not in _BIRTH_KEYS and day.latest < birth.earliest:
            yield error(path, f"{day} lies before birth ({birth.source}); one of the two is wrong")


def _check_age(birth: Birth, moment: Moment) -> Iterator[Fault]:
    """Between 18 years, below which there is no evidence here, and an age that people reach."""
    youngest, oldest = birth.ages_on(moment.at)
    if oldest < 0:
        yield error(birth.source, f"the index date, {moment.at}, lies before birth")
    elif youngest < YOUNGEST:
        sure = "is" if oldest < YOUNGEST else "may be"
        yield error(
            birth.source,
            f"this person {sure} under {YOUNGEST} on the index date, {moment.at}: outside "
            "the evidence, which is of adults; give the full birth_date if they are older",
        )
    elif youngest > OLDEST:
        yield error(birth.source, f"older than {OLDEST} years on the index date; one of the two is wrong")


def _check_diagnosis(patient: Patient, moment: Moment) -> Iterator[Fault]:
    """The index date follows diagnosis and first treatment; symptoms come before the diagnosis."""
    diagnosed, onset = patient.diagnosis_date, patient.onset_date
    if diagnosed is not None and diagnosed.earliest > moment.at:
        yield error("diagnosis_date", f"the index date, {moment.at}, lies before the diagnosis")
    starts = [treatment.start for treatment in patient.treatments or ()]
    known = [start for start in starts if start is not None]
    if starts and len(known) == len(starts) and min(start.earliest for start in known) > moment.at:
        yield error("treatments", f"the index date, {moment.at}, lies before the first treatment")
    if diagnosed is not None and onset is not None and onset.earliest > diagnosed.latest:
        yield note("onset_date", "the first symptoms stand after the diagnosis")
