"""The same person, if something were otherwise: the values of the file with a few of them changed.

For the question "would the answer move?" in front of the person. What is not named stays as on file. The
result is checked like any other file: what cannot be is an error there, in its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from math import floor
from typing import Any

from stepdown.ms.dates import DAYS_PER_MONTH, MONTHS_PER_YEAR, add_months
from stepdown.ms.therapies import read_therapies
from stepdown.patients.facts_treatment import period_of_interest
from stepdown.patients.history import History
from stepdown.patients.patient import Patient
from stepdown.patients.reading import AGE_KEYS

_QUIET = {"new_t2": 0, "enlarging_t2": 0, "gd_enhancing": 0}
_ACTIVE = {"new_t2": 1, "enlarging_t2": 0, "gd_enhancing": 0}
#: What the last MRI may be supposed to show; the last two suppose a new one on the index date.
LAST_MRI: dict[str, dict[str, int]] = {
    "last-quiet": _QUIET, "last-active": _ACTIVE, "last-unknown": {},
    "new-quiet": _QUIET, "new-active": _ACTIVE,
}  # fmt: skip


@dataclass(frozen=True)
class WhatIf:
    """What is supposed: age in years, years without a relapse, the last MRI, the drug, days between doses."""

    age: float | None = None
    years_quiet: float | None = None
    last_mri: str | None = None
    therapy: str | None = None
    interval_days: float | None = None


def suppose(values: Mapping[str, Any], patient: Patient, at: date, what_if: WhatIf) -> dict[str, Any]:
    """The values with what is supposed; ``patient`` is the person that they were read as."""
    changed: dict[str, Any] = deepcopy(dict(values))
    if what_if.age is not None:
        changed = {key: value for key, value in changed.items() if key not in AGE_KEYS}
        changed["age"] = what_if.age
    if what_if.years_quiet is not None:
        _suppose_quiet(changed, patient, at, what_if.years_quiet)
    if what_if.last_mri is not None:
        _suppose_scan(changed, patient, at, what_if.last_mri)
    if what_if.therapy is not None or what_if.interval_days is not None:
        _suppose_treatment(changed, History(patient, at), what_if)
    return changed


def _suppose_quiet(changed: dict[str, Any], patient: Patient, at: date, years: float) -> None:
    """The last relapse so many years ago, and the person observed since then at least."""
    last = _go_back(at, max(0.0, min(years, 120.0)))
    before = [
        changed["relapses"][place]
        for place, relapse in enumerate(patient.relapses or ())
        if relapse.onset is not None and relapse.onset.latest < last
    ]
    new = {"onset": last.isoformat(), "lasted_24h": True, "fever_or_infection": False}
    changed["relapses"] = [*before, new]
    if patient.observed_since is None or patient.observed_since.earliest > last:
        changed["observed_since"] = last.isoformat()


def _go_back(at: date, years: float) -> date:
    """The day so many calendar years before: three years are 36 months to the day."""
    months = years * MONTHS_PER_YEAR
    whole = floor(months + 1e-9)
    return add_months(at, -whole) - timedelta(days=round((months - whole) * DAYS_PER_MONTH))


def _suppose_scan(changed: dict[str, Any], patient: Patient, at: date, last_mri: str) -> None:
    """The reading of the last dated MRI, or a new MRI of the brain on the index date."""
    shown = LAST_MRI[last_mri]
    scans = list(changed.get("mri") or []) if patient.mri else []
    on_file = enumerate(patient.mri or ())
    dated = [(scan.date.latest, place) for place, scan in on_file if scan.date is not None]
    if last_mri.startswith("new-"):
        scans.append({"date": at.isoformat(), "region": "brain", **shown})
    elif dated:
        place = max(dated)[1]
        scans[place] = {key: value for key, value in scans[place].items() if key not in _QUIET} | shown
    changed["mri"] = scans


def _suppose_treatment(changed: dict[str, Any], history: History, what_if: WhatIf) -> None:
    """Another drug in place of the one taken, or another interval of it."""
    period = period_of_interest(history.view)
    if period is None:
        changed["treatments"] = [*(changed.get("treatments") or []), _begin(what_if, history.at)]
        return
    place = int(period.path.rpartition("[")[2].rstrip("]"))
    entry = dict(changed["treatments"][place])
    if what_if.therapy is not None:
        entry = _replace_drug(entry, what_if.therapy, period.start.earliest if period.start else None)
    if what_if.interval_days is not None:
        entry["interval_days"] = what_if.interval_days
    changed["treatments"] = [*changed["treatments"][:place], entry, *changed["treatments"][place + 1 :]]


def _begin(what_if: WhatIf, at: date) -> dict[str, Any]:
    entry: dict[str, Any] = {"therapy": what_if.therapy, "start": at.isoformat(), "still_taking": True}
    return entry | ({} if what_if.interval_days is None else {"interval_days": what_if.interval_days})


def _replace_drug(entry: dict[str, Any], name: str, start: date | None) -> dict[str, Any]:
    """The treatment with another drug, without dose and interval, begun no earlier than it was approved."""
    kept = {key: value for key, value in entry.items() if key not in ("dose_mg", "interval_days")}
    therapy = read_therapies().get(name)
    year = therapy.first_approval_year if therapy else None
    if year is not None and (start is None or start.year <= year):
        kept["start"] = str(year + 1)
    return {**kept, "therapy": name}
