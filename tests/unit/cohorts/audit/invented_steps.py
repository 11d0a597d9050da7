"""Invented people who took steps, each with the edge that an audit must not stumble over."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from parity.invented_registry import Person, write_registry
from stepdown.cohorts.audit.steps import Steps

FIRST, STOP, LAST = date(2012, 1, 1), date(2016, 6, 1), date(2020, 12, 31)


def person(*treatments: dict[str, Any], **patient: Any) -> Person:
    """Somebody with MS, born in 1966, observed from 2012 to 2020."""
    facts = {"birth_date": date(1966, 6, 1), "sex": "female", "diagnosis": "MS", "course": "RRMS"}
    found = Person({**facts, **patient}, FIRST, LAST)
    found.treatments = list(treatments)
    return found


def on(therapy: str, start: date, stop: date | None, **more: Any) -> dict[str, Any]:
    return {"therapy": therapy, "start": start, "stop": stop, "still_taking": None if stop else True, **more}


def relapse(day: date, precision: str = "day") -> dict[str, Any]:
    return {"onset": day, "onset_precision": precision, "lasted_24h": True, "fever_or_infection": False}


def scan(days: int, active: bool = False) -> dict[str, Any]:
    return {"date": days_after(days), "date_precision": "day", "region": "brain", "any_new_t2": active,
            "any_enlarging_t2": False, "any_gd_enhancing": False}


def score(days: int, edss: float) -> dict[str, Any]:
    return {"date": days_after(days), "date_precision": "day", "edss": edss, "during_relapse": False}


def days_after(days: int) -> date:
    return STOP + timedelta(days)


#: People who were looked at: what was seen, by table and name.
BASE = [scan(-400), scan(-30)]
LOOKED_AT: dict[str, dict[str, list[dict[str, Any]]]] = {
    "no scan before": {"mri": [scan(-400), scan(200)]},
    "no scan after": {"mri": BASE},
    "quiet": {"mri": [*BASE, scan(350), scan(600)]},
    "a little late": {"mri": [*BASE, scan(380, True)]},
    "much too late": {"mri": [*BASE, scan(500, True)]},
    "relapse, then a scan": {"mri": [*BASE, scan(300)], "relapses": [relapse(days_after(250))]},
    "relapse after the last scan": {"mri": [*BASE, scan(300)], "relapses": [relapse(days_after(320))]},
    "worse, confirmed": {"visits": [score(0, 2), score(200, 3.5), score(400, 3.5)]},
    "worse at the end": {"visits": [score(0, 2), score(200, 2), score(400, 3.5), score(500, 3.5)]},
}


def invent() -> dict[str, Person]:
    """One person for each edge, by name."""
    stop = on("teriflunomide", FIRST, STOP)
    people = {
        "stopped": person(stop),
        "relapsed": person(stop),
        "began again": person(stop, on("ocrelizumab", days_after(100), None)),
        "switched": person(on("natalizumab", FIRST, STOP), on("teriflunomide", STOP, days_after(200))),
        "stronger": person(stop, on("ocrelizumab", STOP, None)),
        "spaced out": person(on("natalizumab", FIRST, STOP, interval_days=28),
                             on("natalizumab", STOP, None, interval_days=42)),
        "went on": person(on("teriflunomide", FIRST, None)),
        "nmosd": person(stop, diagnosis="NMOSD"),
        "aquaporin": person(stop, aqp4="positive"),
        "no diagnosis": person(stop, diagnosis=None),
        "child": person(stop, birth_date=date(2002, 1, 1)),
        "year of birth": person(stop, birth_date=date(1998, 1, 1), birth_date_precision="year"),
        "no age": person(stop, birth_date=None),
        "other drug": person(on("other:herbs", FIRST, STOP)),
        "year of stop": person(on("teriflunomide", FIRST, date(2016, 1, 1), stop_precision="year")),
        "year of relapse": person(stop),
        "outside": person(on("teriflunomide", FIRST, date(2021, 6, 1))),
    }
    people["relapsed"].relapses = [relapse(days_after(365)), relapse(days_after(500))]
    people["began again"].relapses = [relapse(days_after(150))]
    people["year of relapse"].relapses = [relapse(date(2016, 1, 1), "year")]
    for name, rows in LOOKED_AT.items():
        people[name] = person(stop)
        for table, values in rows.items():
            setattr(people[name], table, values)
    return people


NAMES = tuple(invent())


def write(folder: Path) -> Path:
    """Their registry in a folder, in the order of NAMES."""
    return write_registry(list(invent().values()), folder)


def find_row(steps: Steps, name: str) -> int:
    """The row of somebody's first step."""
    return int(np.flatnonzero(steps.table.person == NAMES.index(name))[0])
