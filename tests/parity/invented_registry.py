"""Small invented registries, drawn by lot: full of the edges that hurt, such as unknown and inexact dates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow.parquet import write_table

Row = dict[str, Any]
FIRST, LAST = date(2015, 1, 1), date(2020, 12, 31)
DRUGS = ("glatiramer-acetate", "fingolimod", "ocrelizumab")


@dataclass
class Person:
    """One person's rows by table, without the numbers of person and row."""

    patient: Row
    first_day: date
    last_day: date
    treatments: list[Row] = field(default_factory=list)
    relapses: list[Row] = field(default_factory=list)
    visits: list[Row] = field(default_factory=list)
    mri: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)


def draw_people(seed: int, people: int) -> list[Person]:
    rng = np.random.default_rng(seed)
    return [_draw_person(rng) for _ in range(people)]


def _day(rng: np.random.Generator, low: date = FIRST, high: date = LAST) -> date:
    return low + timedelta(int(rng.integers(0, max((high - low).days, 0) + 1)))


def _maybe(rng: np.random.Generator, *values: Any) -> Any:
    return values[int(rng.integers(0, len(values)))]


def _inexact(rng: np.random.Generator, name: str, day: date) -> Row:
    """A date that is known to the day, or now and then to the month only."""
    if rng.random() < 0.15:
        return {name: day.replace(day=1), f"{name}_precision": "month"}
    return {name: day, f"{name}_precision": "day"}


def _draw_person(rng: np.random.Generator) -> Person:
    first = _maybe(rng, FIRST, _day(rng, FIRST, date(2017, 1, 1)))
    last = _maybe(rng, LAST, _day(rng, date(2018, 1, 1), LAST))
    birth = date(int(rng.integers(1945, 1985)), int(rng.integers(1, 13)), int(rng.integers(1, 29)))
    person = Person({"birth_date": birth, "birth_date_precision": _maybe(rng, "day", "day", "year"),
                     "sex": _maybe(rng, "female", "male", None), "diagnosis": _maybe(rng, "MS", "MS", None),
                     **_draw_course(rng)},
                    first, last)
    if person.patient["birth_date_precision"] == "year":
        person.patient["birth_date"] = birth.replace(month=1, day=1)
    person.visits = _draw_visits(rng, first, last)
    person.treatments = _draw_treatments(rng, person)
    person.relapses = [{**_inexact(rng, "onset", _day(rng)),
                        "lasted_24h": _maybe(rng, True, True, True, None),
                        "fever_or_infection": _maybe(rng, False, False, False, True, None)}
                       for _ in range(int(rng.integers(0, 4)))]
    person.mri = [{**_inexact(rng, "date", _day(rng, first, last)),
                   "region": _maybe(rng, "brain", "both", "cord", None),
                   "any_new_t2": _maybe(rng, False, False, True, None),
                   "any_enlarging_t2": _maybe(rng, False, False, None),
                   "any_gd_enhancing": _maybe(rng, False, None, True)}
                  for _ in range(int(rng.integers(0, 4)))]
    if rng.random() < 0.15:
        person.events = [{"event": "death", "date": last, "date_precision": "day"}]
    return person


def _draw_course(rng: np.random.Generator) -> Row:
    """The course as it is at the end; SPMS since a day, a month, or nobody knows when."""
    course = _maybe(rng, "RRMS", "SPMS", "SPMS", "PPMS", None)
    since = _inexact(rng, "secondary_progression_date", _day(rng)) if course == "SPMS" else {}
    return {"course": course, **_maybe(rng, since, since, {})}


def _draw_visits(rng: np.random.Generator, first: date, last: date) -> list[Row]:
    day, edss, rows = first, float(rng.integers(2, 11)) / 2, []
    while day <= last:
        edss = float(np.clip(edss + _maybe(rng, 0, 0, 0, 0.5, 1.0, -0.5), 1.0, 9.0))
        rows.append({"date": day, "date_precision": "day", "edss": _maybe(rng, edss, edss, edss, None),
                     "during_relapse": _maybe(rng, None, None, False, True)})
        day += timedelta(int(rng.integers(30, 400)))
    return rows


def _draw_treatments(rng: np.random.Generator, person: Person) -> list[Row]:
    """Periods one after another, some with a pause, some left at a visit, the last perhaps still taken."""
    day, rows = person.first_day + timedelta(int(rng.integers(0, 200))), []
    for _ in range(int(rng.integers(0, 4))):
        visits = [row["date"] for row in person.visits if row["date"] > day]
        stop = _maybe(rng, *visits, day + timedelta(int(rng.integers(30, 900)))) if visits else None
        stop = None if stop is None or stop > person.last_day else stop
        rows.append({"therapy": _maybe(rng, *DRUGS), "start": day, "stop": stop,
                     "still_taking": None if stop else _maybe(rng, True, True, None)})
        if stop is None:
            break
        day = stop + timedelta(int(_maybe(rng, 0, 0, 20, 90, 91, 300)))
        if day > person.last_day:
            break
    return rows


_TYPES = {"interval_days": pa.int32(), "edss": pa.float64(), "during_relapse": pa.bool_(),
          "lasted_24h": pa.bool_(), "fever_or_infection": pa.bool_(), "still_taking": pa.bool_(),
          "any_new_t2": pa.bool_(),
          "any_enlarging_t2": pa.bool_(), "any_gd_enhancing": pa.bool_()}
_DATES = ("birth_date", "secondary_progression_date", "first_day",
          "last_day", "date", "onset", "start", "stop")
_PATIENT = ("person_id", "birth_date", "birth_date_precision", "sex", "diagnosis", "course",
            "secondary_progression_date", "secondary_progression_date_precision", "aqp4", "mog", "centre")
_COLUMNS = {
    "treatments": ("therapy", "start", "stop", "still_taking", "interval_days", "start_precision",
                   "stop_precision"),
    "relapses": ("onset", "onset_precision", "lasted_24h", "fever_or_infection"),
    "visits": ("date", "date_precision", "edss", "during_relapse"),
    "mri": ("date", "date_precision", "region", "any_new_t2", "any_enlarging_t2", "any_gd_enhancing"),
    "events": ("event", "date", "date_precision"),
}
_KEYS = {"treatments": "treatment_id", "relapses": "relapse_id", "visits": "visit_id", "mri": "mri_id",
         "events": "event_id"}


def write_registry(people: list[Person], folder: Path) -> Path:
    """The people as a registry folder; a person's number is the place in the list."""
    folder.mkdir(parents=True, exist_ok=True)
    patients = [{"person_id": number, **person.patient} for number, person in enumerate(people)]
    periods = [{"period_id": number, "person_id": number, "first_day": person.first_day,
                "last_day": person.last_day} for number, person in enumerate(people)]
    _write(folder / "patients.parquet", patients, _PATIENT)
    _write(folder / "observation_periods.parquet", periods, tuple(periods[0]))
    for name, columns in _COLUMNS.items():
        rows = [{"person_id": number, **row} for number, person in enumerate(people)
                for row in getattr(person, name)]
        rows = [{_KEYS[name]: number, **row} for number, row in enumerate(rows)]
        _write(folder / f"{name}.parquet", rows, (_KEYS[name], "person_id", *columns))
    return folder


def _write(path: Path, rows: list[Row], columns: tuple[str, ...]) -> None:
    def kind(name: str) -> pa.DataType:
        if name in _DATES:
            return pa.date32()
        return pa.int64() if name.endswith("_id") else _TYPES.get(name, pa.string())

    filled = {name: pa.array([row.get(name) for row in rows], kind(name)) for name in columns}
    write_table(pa.table(filled), path)
