"""Facts about drugs given up before the one taken or left, whose dangers outlast the change of drug.

Natalizumab: PML still shows for six months, under any drug that follows. Natalizumab and S1P modulators:
activity returns within months, and the quiet years on file were years on that drug.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from stepdown.ms.facts import Fact, State, bounded, unknown
from stepdown.patients.facts_treatment import NONE, period_of_interest, taken_now
from stepdown.patients.periods import Period
from stepdown.patients.view import View

#: Groups whose plain stop brings disease activity back within weeks (roos2022, tysedmus2016).
REBOUND_GROUPS = frozenset({"natalizumab", "s1p"})


def days_since_natalizumab_before(view: View) -> Fact:
    """Days since the last dose of natalizumab, where another drug is taken now or was the last."""
    return _days_since_before("days_since_natalizumab_before", view, lambda group: group == "natalizumab")


def days_since_rebound_drug_before(view: View) -> Fact:
    """Days since the last dose of natalizumab or an S1P modulator, where another drug came after it."""
    return _days_since_before("days_since_rebound_drug_before", view, REBOUND_GROUPS.__contains__)


def _days_since_before(name: str, view: View, is_such: Callable[[str], bool]) -> Fact:
    """Days since such a drug; "none", and no end of days, where none is on file before the present one."""
    present = period_of_interest(view)
    if present is None or view.patient.treatments is None:
        return unknown(name, "the drug taken now, or the last one, is not known", unit="days")
    before = [
        period
        for period in view.periods
        if period.therapy is not None and period.name != present.name and is_such(period.therapy.group)
    ]
    if not before:
        return Fact(name, NONE, State.KNOWN, "", "days", ("treatments",), math.inf, math.inf)
    return min((_days_since(name, view, period, present) for period in before), key=_fewest)


def _fewest(fact: Fact) -> float:
    """The fewest days of a fact that has bounds."""
    return 0.0 if fact.low is None else fact.low


def _days_since(name: str, view: View, period: Period, present: Period) -> Fact:
    """Days since the last dose of one drug; without one since it was given up, or since the next began."""
    dose, paths = period.last_dose, period.path
    if dose is not None and view.is_visible(dose):
        first, last = view.days_of(dose)
        low, high = max(0, (view.at - last).days), (view.at - first).days
        return bounded(name, low, high, f"{paths}.last_dose", unit="days")
    if period.stop is not None and view.is_visible(period.stop):
        _, last = view.days_of(period.stop)
        low = max(0, (view.at - last).days)
        return bounded(name, low, None, f"{paths}.stop", unit="days", reason="only the stop is on file")
    low = _days_on(view, present)
    return bounded(name, low, None, paths, unit="days", reason="neither last dose nor stop is on file")


def _days_on(view: View, present: Period) -> int:
    """The fewest days for which the present drug has been taken; 0 where that is not known."""
    sure, _ = taken_now(view)
    if present not in sure or present.start is None:
        return 0
    return max(0, (view.at - view.days_of(present.start)[1]).days)
