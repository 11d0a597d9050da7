"""Invented people for tests: one stable person, changed key by key."""

from __future__ import annotations

from datetime import date
from typing import Any

from stepdown.decisions.answer import Answer, Option
from stepdown.decisions.assess import assess
from stepdown.patients.checking import check_value
from stepdown.patients.history import History

AT = date(2026, 11, 1)
QUIET = {"region": "both", "new_t2": 0, "enlarging_t2": 0, "gd_enhancing": 0}
STABLE: dict[str, Any] = {
    "id": "invented", "recorded_on": "2026-11-01", "observed_since": "2010-01-01", "birth_date": "1965-03-01",
    "sex": "female", "diagnosis": "MS", "course": "RRMS", "prior_immunosuppressant": False,
    "treatments": [{"therapy": "glatiramer-acetate", "start": "2012-03-01", "still_taking": True}],
    "relapses": [{"onset": "2013-06-01", "lasted_24h": True, "fever_or_infection": False}],
    "edss": [{"date": "2026-03-01", "score": 2.0, "during_relapse": False}],
    "mri": [{"date": f"{year}-03-01", **QUIET} for year in (2018, 2020, 2023, 2026)],
    "labs": [], "infections": [], "comorbidities": [], "new_neurological_signs": False,
    "plans": {"pregnancy": "no", "breastfeeding": False, "cancer_immunotherapy": "no"},
}


def history(at: date = AT, **changes: Any) -> History:
    """A History of the stable person with some keys changed; None takes a key away."""
    value = {key: item for key, item in (STABLE | changes).items() if item is not None}
    checked = check_value(value, at)
    assert checked.patient is not None and not checked.errors, [str(fault) for fault in checked.errors]
    return History(checked.patient, checked.at)


def on(therapy: str, start: str = "2015-03-01", **more: Any) -> list[dict[str, Any]]:
    """One treatment that is still taken."""
    return [{"therapy": therapy, "start": start, "still_taking": True, **more}]


def left(therapy: str, stop: str, start: str = "2015-03-01", **more: Any) -> list[dict[str, Any]]:
    """One treatment that was given up."""
    ended = {"therapy": therapy, "start": start, "stop": stop, "still_taking": False, "last_dose": stop}
    return [ended | more]


def answer(**changes: Any) -> Answer:
    """The answer for the stable person with some keys changed."""
    return assess(history(**changes))


def option(found: Answer, option_id: str) -> Option:
    """One option of an answer by its id."""
    return next(item for item in found.options if item.id == option_id)
