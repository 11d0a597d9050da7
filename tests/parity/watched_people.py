"""People of person files as the rows of a registry, and what the watch of a registry says of each."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow.parquet import write_table

from parity.spec_tables import EPOCH, to_day
from stepdown.cohorts.engines import Engine
from stepdown.cohorts.registry.reading import IBIS_TYPES, read_registry
from stepdown.cohorts.watch.people import build_stages, read_stages
from stepdown.ms.dates import PartialDate
from stepdown.ms.monitoring import read_monitoring, read_restart_signs
from stepdown.patients.patient import Patient
from stepdown.patients.tables import TABLES
from stepdown.patients.units import convert, find_unit, read_lab_tests
from stepdown.patients.view import View

Row = dict[str, Any]
_KINDS = {"identifier": pa.int64(), "integer": pa.int32(), "number": pa.float64(), "text": pa.string(),
          "boolean": pa.bool_(), "date": pa.date32()}
assert set(_KINDS) == set(IBIS_TYPES)


def dated(name: str, day: PartialDate | None) -> Row:
    if day is None:
        return {}
    precision = "day" if day.day else "month" if day.month else "year"
    return {name: day.earliest, f"{name}_precision": precision}


def lesions(name: str, value: bool | int | None) -> Row:
    return {f"any_{name}": value} if isinstance(value, bool) or value is None else {name: value}


def rows_of(patient: Patient) -> dict[str, list[Row]]:
    """The rows of one person by table, without the numbers of person and row."""
    antibodies = patient.antibodies
    return {
        "patients": [{"source_id": patient.id, "diagnosis": patient.diagnosis,
                      **({"aqp4": antibodies.aqp4, "mog": antibodies.mog} if antibodies else {})}],
        "treatments": [{
            "therapy": each.therapy, "still_taking": each.still_taking, "interval_days": each.interval_days,
            **dated("start", each.start), **dated("stop", each.stop), **dated("last_dose", each.last_dose)}
            for each in patient.treatments or ()],
        "relapses": [{"lasted_24h": each.lasted_24h, "fever_or_infection": each.fever_or_infection,
                      **dated("onset", each.onset)} for each in patient.relapses or ()],
        "visits": [{"edss": each.score, "during_relapse": each.during_relapse, **dated("date", each.date)}
                   for each in patient.edss or ()],
        "mri": [{"region": each.region, **dated("date", each.date), **lesions("new_t2", each.new_t2),
                 **lesions("enlarging_t2", each.enlarging_t2), **lesions("gd_enhancing", each.gd_enhancing)}
                for each in patient.mri or ()],
        "labs": [{"test": each.test, **dated("date", each.date), **value_of(each)}
                 for each in patient.labs or ()],
        "events": [],
    }


def value_of(lab: Any) -> Row:
    """As an import does it: the number in the unit of the test, none in a unit that is not known."""
    if isinstance(lab.value, str):
        return {"result": lab.value}
    test = read_lab_tests()[lab.test]
    unit = find_unit(test, lab.unit)
    return {"value": convert(test, lab.value, unit).value if unit else None}


def write_registry(views: list[View], folder: Path, absent: tuple[str, ...] = ()) -> Path:
    """The people as a registry; a person's number is the place in the list."""
    folder.mkdir(parents=True)
    tables: dict[str, list[Row]] = {name: [] for name in TABLES}
    for number, view in enumerate(views):
        for name, rows in rows_of(view.patient).items():
            tables[name] += [{"person_id": number, **row} for row in rows]
        tables["observation_periods"].append({
            "person_id": number, "first_day": view.observed.start, "last_day": view.recorded_on})
    for name, rows in tables.items():
        if name not in absent:
            _write(folder / f"{name}.parquet", name, rows)
    return folder


def _write(path: Path, name: str, rows: list[Row]) -> None:
    numbered = [{TABLES[name].key: number, **row} for number, row in enumerate(rows)]
    write_table(pa.table({column.name: pa.array([row.get(column.name) for row in numbered],
                                                _KINDS[column.type]) for column in TABLES[name]}), path)


def watch_registry(engine: Engine, folder: Path, at: date) -> tuple[dict[int, Row], Counter[str]]:
    """What is told of each person, in the form of a row of watch.toml, and how many stand how."""
    day = to_day(at)
    registry = read_registry(engine.connection, folder)
    found = read_stages(build_stages(engine, registry, day, day))
    told: dict[int, Row] = {row["person_id"]: tell_person(row) for row in found["people"].to_pylist()}
    for row in found["open"].to_pylist():
        told[row["person_id"]] = {"standing": f"not-judged:{row['reason']}"}
    for item in found["items"].to_pylist():
        told[item["person_id"]]["items"][read_monitoring()[item["place"]].id] = [
            item["state"], tell_date(item["due"])]
    return told, Counter({row["standing"]: row["people"] for row in found["everybody"].to_pylist()
                          if row["standing"] != "not-judged"})


def tell_person(row: Row) -> Row:
    change, dose = (tell_days(row[name], row[f"{name}_last"]) for name in ("change", "dose"))
    return {"standing": "stepped-down", "items": {},
            "seen_on": tell_date(row["seen_on"]),
            "step": [row["strategy"], row["left"], row["to"] or "", change, dose],
            "signs": {sign.id: row[sign.id] for sign in read_restart_signs()},
            **{name: row[name] for name in ("never_seen", "urgency", "days_overdue")}}


def tell_date(day: int | None) -> str:
    return "" if day is None else str(EPOCH + timedelta(day))


def tell_days(first: int, last: int) -> str:
    return tell_date(first) if first == last else f"{tell_date(first)}/{tell_date(last)}"


def draw_person(rng: np.random.Generator) -> Row:
    """An invented person file, drawn by lot: full of pauses, inexact days and entries that say little."""
    def pick(*values: Any) -> Any:
        return values[int(rng.integers(0, len(values)))]

    def day(low: str = "2019-01-01", high: str = "2026-06-01") -> str:
        first, last = date.fromisoformat(low), date.fromisoformat(high)
        text = str(first + timedelta(int(rng.integers(0, (last - first).days))))
        return str(text[:pick(10, 10, 10, 10, 10, 7, 4)])

    def maybe(key: str, *values: Any) -> Row:
        value = pick(*values)
        return {} if value is None else {key: value}

    def scan() -> Row:
        return {"date": day(), **maybe("region", "brain", "brain", "both", "cord", None),
                **maybe("new_t2", 0, 0, 1, 2, True, None), **maybe("enlarging_t2", 0, 0, False, 1, None),
                **maybe("gd_enhancing", 0, 0, 1, None)}

    def lab() -> Row:
        test, value, unit = pick(("lymphocytes", pick(0.3, 0.5, 1.2, 300.0), "10^9/L"),
                                 ("lymphocytes", pick(300.0, 1200.0), "cells/uL"),
                                 ("igg", pick(4.9, 5.0, 9.0), "g/L"), ("igg", pick(450.0, 900.0), "mg/dL"))
        return {"date": day(), "test": test, "value": value, "unit": unit}

    def some(one: Any, most: int) -> list[Row]:
        return [one() for _ in range(int(rng.integers(0, most)))]

    return {
        "treatments": draw_treatments(rng, pick, maybe), "mri": some(scan, 5), "labs": some(lab, 5),
        "relapses": some(lambda: {**maybe("onset", day(), day(), day(), None), **maybe(
            "lasted_24h", True, True, None), **maybe("fever_or_infection", False, False, True, None)}, 3),
        "edss": some(lambda: {"date": day(), **maybe("score", *[2.0] * 12, *[3.0] * 8, *[4.0] * 4, None,
                                                          None, 10.0),
                              **maybe("during_relapse", True, False, None, None)}, 6),
        "observed_since": pick("2010-01-01", "2010-01-01", "2025-01-01"),
        "recorded_on": pick("2026-06-01", "2026-06-01", "2026-01-01"),
        **maybe("antibodies", {"mog": "positive"}, *[None] * 20),
    }


def draw_treatments(rng: np.random.Generator, pick: Any, maybe: Any) -> list[Row]:
    """One after another, with pauses, overlaps and longer intervals; the last perhaps still taken."""
    begun, therapy = date(2018, 1, 1) + timedelta(int(rng.integers(0, 1500))), ""
    rows: list[Row] = []
    for _ in range(int(rng.integers(0, 5))):
        therapy = pick(*[therapy or "natalizumab"] * 3, "natalizumab", "glatiramer-acetate", "ocrelizumab",
                       "fingolimod", "glatiramer-acetate", "cladribine", "dimethyl-fumarate",
                       "other:a trial drug")
        interval = {"natalizumab": (28, 42, None), "ocrelizumab": (182, 273, None)}.get(therapy, (None,))
        stop = begun + timedelta(int(rng.integers(60, 1200)))
        row = {"therapy": therapy, "start": str(begun)[:pick(10, 10, 10, 7)],
               **maybe("interval_days", *interval)}
        if stop >= date(2026, 1, 1) or pick(False, False, False, True):
            rows.append({**row, **maybe("still_taking", *[True] * 6, False, None)})
            break
        rows.append({**row, "stop": str(stop)[:pick(10, 10, 10, 7)],
                     **maybe("last_dose", str(begun + (stop - begun) / 2), None, None)})
        begun = stop + timedelta(int(pick(0, 0, 0, 1, 20, 91, 100, 200, -30, -100)))
    return rows
