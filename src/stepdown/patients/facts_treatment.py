"""Facts about treatment: what is taken, what was taken before, since when, and when the last dose was."""

from __future__ import annotations

from datetime import date

from stepdown.ms.dates import PartialDate
from stepdown.ms.facts import Fact, bounded, doubtful, known, unknown
from stepdown.patients.periods import Period, is_taken_on, started_by
from stepdown.patients.view import View

NONE = "none"
#: Mitoxantrone is an immunosuppressant; a transplantation is prepared with others.
_IMMUNOSUPPRESSANTS = ("mitoxantrone", "ahsct")


def taken_now(view: View) -> tuple[list[Period], list[Period]]:
    """The treatments surely taken on the index date, and those that may be."""
    answers = [(period, is_taken_on(period, view.at, view.recorded_on)) for period in view.periods]
    return [each for each, taken in answers if taken], [each for each, taken in answers if taken is None]


def current_therapy(view: View) -> Fact:
    """The drug taken on the index date, or "none"; in doubt when there are two."""
    name = "current_therapy"
    if view.patient.treatments is None:
        return unknown(name, "treatments were not asked about")
    sure, unsure = taken_now(view)
    if len({period.name for period in sure}) > 1:
        return doubtful(name, "two therapies at once on file; which one is taken?", *_paths(sure))
    if {period.name for period in unsure} - {period.name for period in sure}:
        return unknown(name, _why_unsure(view), *_paths(unsure))
    if sure:
        return _one_taken(name, sure)
    if view.is_on_record_day or view.observed.covers(view.at, view.at):
        return known(name, NONE, *_paths(view.periods), reason="every treatment on file has ended")
    return unknown(name, view.why_not_observed(0))


def _one_taken(name: str, sure: list[Period]) -> Fact:
    """The one drug taken; one outside the catalogue counts as unknown."""
    if sure[0].therapy is None:
        return unknown(name, f"{sure[0].name} is not in the drug catalogue", *_paths(sure))
    return known(name, sure[0].name, *_paths(sure))


def _why_unsure(view: View) -> str:
    """Why it is not known whether a treatment is still taken."""
    if view.at > view.recorded_on:
        return f"what was taken after {view.recorded_on} is not known"
    return "whether it is still taken is not on file: give stop or still_taking"


def _paths(periods: list[Period] | tuple[Period, ...]) -> tuple[str, ...]:
    """The places of treatments."""
    return tuple(period.path for period in periods)


def therapy_left(view: View) -> Fact:
    """The last drug of somebody who takes none; "none" when there never was one."""
    name, current = "therapy_left", current_therapy(view)
    if not current.is_known:
        return unknown(name, current.reason, *current.sources)
    if current.value != NONE:
        return unknown(name, "a drug is taken now", *current.sources)
    if not view.periods:
        return _never_treated(view, name)
    last = last_period(view)
    if last is None:
        return unknown(
            name, "which treatment was the last cannot be told from its dates", *_paths(view.periods)
        )
    if last.therapy is None:
        return unknown(name, f"{last.name} is not in the drug catalogue", last.path)
    return known(name, last.name, last.path)


def _never_treated(view: View, name: str) -> Fact:
    """No treatment on file means none ever only when the person was observed since the disease began."""
    if observed_since_onset(view):
        return known(name, NONE, "treatments", reason="none on file since the disease began")
    return unknown(name, "treatments before observed_since are not known", "treatments")


def observed_since_onset(view: View) -> bool:
    """Whether observation began no later than the disease, and lasted to the index date."""
    began = view.patient.onset_date or view.patient.diagnosis_date
    return began is not None and view.observed.covers(began.latest, view.at)


def last_period(view: View) -> Period | None:
    """The treatment that ended last; None when the dates do not decide."""
    if len(view.periods) == 1:
        return view.periods[0]
    for candidate in view.periods:
        others = [each for each in view.periods if each is not candidate]
        if others and all(_ends_before(other, candidate) for other in others):
            return candidate
    return None


def _ends_before(first: Period, second: Period) -> bool:
    """Whether one treatment surely ended before the end, or at the start, of another."""
    # The last dose decides what is left in the body; the day a drug was given up may be written much later.
    end, other_end = first.last_dose or first.stop, second.last_dose or second.stop
    if end is not None and other_end is not None:
        return (
            end.latest <= other_end.earliest
            if first.name != second.name
            else end.earliest <= other_end.latest
        )
    return end is not None and second.start is not None and end.latest <= second.start.earliest


def period_of_interest(view: View) -> Period | None:
    """The latest treatment with the drug that is taken, or that was left; None when neither is known."""
    current = current_therapy(view)
    if not current.is_known:
        return None
    if current.value == NONE:
        return last_period(view) if view.periods else None
    sure, _ = taken_now(view)
    return max(sure, key=lambda period: period.start.earliest if period.start else date.min)


def last_dose(view: View) -> Fact:
    """The day of the latest dose of the drug taken or left, as it is on file."""
    name, period = "last_dose", period_of_interest(view)
    if period is None:
        return unknown(name, "the drug is not known, or there was none")
    if period.last_dose is None or not view.is_visible(period.last_dose):
        return unknown(name, "not on file", period.path)
    return known(name, str(period.last_dose), f"{period.path}.last_dose", unit="date")


def days_since_last_dose(view: View) -> Fact:
    """Days from the latest dose to the index date; at least those since the stop without it."""
    name, period = "days_since_last_dose", period_of_interest(view)
    if period is None:
        return unknown(name, "the drug is not known, or there was none", unit="days")
    if period.last_dose is not None and view.is_visible(period.last_dose):
        low, high = _days_since(view, period.last_dose)
        return bounded(name, low, high, f"{period.path}.last_dose", unit="days")
    if period.stop is not None and view.is_visible(period.stop):
        low, _ = _days_since(view, period.stop)
        return bounded(name, low, None, f"{period.path}.stop", unit="days", reason="only the stop is on file")
    return unknown(name, "the day of the latest dose is not on file", period.path, unit="days")


def _days_since(view: View, day: PartialDate) -> tuple[int, int]:
    """The fewest and the most days from a day to the index date."""
    first, last = view.days_of(day)
    return max(0, (view.at - last).days), (view.at - first).days


def interval_days(view: View) -> Fact:
    """Days between two doses of the drug taken."""
    name, current, period = "interval_days", current_therapy(view), period_of_interest(view)
    if period is None or current.value == NONE:
        return unknown(name, "no drug is known to be taken", unit="days")
    if period.written.interval_days is None:
        return unknown(name, "not on file", period.path, unit="days")
    return known(name, period.written.interval_days, f"{period.path}.interval_days", unit="days")


def prior_therapies(view: View) -> Fact:
    """Every drug begun by the index date but the one taken, joined by commas, in the order of the file."""
    name, current = "prior_therapies", current_therapy(view)
    if view.patient.treatments is None:
        return unknown(name, "treatments were not asked about")
    before = [
        period for period in view.periods if period.name != current.value and started_by(period, view.at)
    ]
    if not before:
        return unknown(name, "none on file; treatments before observed_since are not known", "treatments")
    return known(name, ", ".join(dict.fromkeys(period.name for period in before)), *_paths(before))


def prior_immunosuppressant(view: View) -> Fact:
    """Whether an immunosuppressant was ever taken; mitoxantrone or a transplantation means yes."""
    name, said = "prior_immunosuppressant", view.patient.prior_immunosuppressant
    taken = [
        period
        for period in view.periods
        if period.name in _IMMUNOSUPPRESSANTS and started_by(period, view.at)
    ]
    if taken and said is False:
        return doubtful(
            name, f"false, although {taken[0].name} is among the treatments", name, *_paths(taken)
        )
    if taken:
        return known(name, True, *_paths(taken))
    if said is None:
        return unknown(name, "not on file")
    if (said and view.at < view.recorded_on) or (not said and view.at > view.recorded_on):
        return unknown(name, f"the file speaks of {view.recorded_on} only; not known of the index date", name)
    return known(name, said, name)


def subcutaneous_form(view: View) -> Fact:
    """Whether the drug is given under the skin, from its dose; unknown where both forms have that dose."""
    name, period = "subcutaneous_form", period_of_interest(view)
    if period is None or period.therapy is None:
        return unknown(name, "the drug is not known, or there was none")
    routes = set(period.therapy.routes)
    dose = period.written.dose_mg
    if len(routes) > 1 and dose is not None:
        routes = {row.route for row in period.therapy.dosing if f"{dose:g} mg" in row.dose}
    if len(routes) != 1:
        return unknown(name, "the dose on file does not tell the form of the drug", period.path)
    return known(name, routes == {"subcutaneous"}, period.path)
