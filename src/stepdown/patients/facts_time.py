"""Facts about time on a drug: of the one taken, and on natalizumab."""

from __future__ import annotations

from stepdown.ms import treatment
from stepdown.ms.facts import Fact, State, bounded, doubtful, known, unknown
from stepdown.patients.checks_treatments import check_years
from stepdown.patients.facts_doses import doses_missed
from stepdown.patients.facts_treatment import NONE, current_therapy, observed_since_onset
from stepdown.patients.view import View

NATALIZUMAB = "natalizumab"
_ANY_GAP = 100_000


def _periods(view: View) -> list[treatment.Period]:
    """The treatments that may have begun by the index date; one with missed doses ended with the last."""
    missed = {name for name in (str(current_therapy(view).value),) if doses_missed(view).is_true}
    return [
        treatment.Period(
            period.name,
            period.start,
            period.stop or (period.last_dose if period.name in missed else None),
            period.written.still_taking,
            period.last_dose,
            period.path,
        )
        for period in view.periods
    ]


def _years(view: View, therapy: str, name: str, gap_days: int = treatment.GAP_MERGED_DAYS) -> Fact:
    """Years on a drug; in doubt when a start lies before the drug was approved."""
    mine = [period for period in view.periods if period.name == therapy]
    doubts = [period.path for period in mine if period.therapy and list(check_years(period, period.therapy))]
    if doubts:
        return doubtful(name, f"a start lies before {therapy} was approved", *doubts)
    return treatment.years_on_treatment(
        _periods(view), therapy, at=view.at, recorded_on=view.recorded_on, gap_days=gap_days, name=name
    )


def years_on_current_therapy(view: View) -> Fact:
    """Years on the drug that is taken, short pauses included."""
    name, current = "years_on_current_therapy", current_therapy(view)
    if not current.is_known:
        return unknown(name, current.reason, *current.sources, unit="years")
    if current.value == NONE:
        return unknown(name, "no drug is taken", *current.sources, unit="years")
    return _years(view, str(current.value), name)


def months_on_natalizumab(view: View) -> Fact:
    """Months on natalizumab: at least the latest treatment, at most from the first dose to the last."""
    name = "months_on_natalizumab"
    if view.patient.treatments is None:
        return unknown(name, "treatments were not asked about", unit="months")
    if not any(period.name == NATALIZUMAB for period in view.periods):
        return _without(view, name)
    latest, whole = _years(view, NATALIZUMAB, name), _years(view, NATALIZUMAB, name, _ANY_GAP)
    for fact in (latest, whole):
        if fact.state is State.DOUBT:
            return fact
    if latest.low is None or whole.low is None:
        return unknown(name, latest.reason or whole.reason, *whole.sources, unit="months")
    high = None if whole.high is None else whole.high * 12
    return bounded(name, latest.low * 12, high, *whole.sources, unit="months", reason=whole.reason)


def _without(view: View, name: str) -> Fact:
    """None on file is none only when the person was observed since the disease began."""
    if observed_since_onset(view):
        return known(name, 0, "treatments", unit="months")
    return unknown(name, "treatments before observed_since are not known", "treatments", unit="months")
