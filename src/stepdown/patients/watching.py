"""One person after stepping down: what is overdue, which sign was seen, and whether they were seen again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from stepdown.ms.monitoring import NextStep, find_next_step
from stepdown.ms.stepping_down import Between, Standing, StepDown, find_last_doses, find_step_down
from stepdown.ms.treatment import Period
from stepdown.patients.death import has_died
from stepdown.patients.follow_up import Item, find_first_visit, follow_up
from stepdown.patients.patient import Treatment
from stepdown.patients.periods import find_periods
from stepdown.patients.restart_signs import FoundSign, find_signs, was_seen
from stepdown.patients.view import View

#: How somebody who stepped down stands, the most urgent first.
URGENCIES = ("sign", "never-seen", "unclear-sign", "overdue", "due", "up-to-date")
#: Beside the standings of ``ms.stepping_down``: another disease, for which these rules do not speak.
OTHER_DISEASE = "other-disease"
_OTHERS = ("NMOSD", "MOGAD")
NEVER_SEEN_STATES = ("yes", "perhaps", "no", "not-yet")


@dataclass(frozen=True)
class Watched:
    """What there is to see about somebody who stepped down.

    ``never_seen``: yes, perhaps, no, or not-yet while the first visit and its window have not gone by.
    ``days_overdue`` is that of the item that is longest overdue, 0 for none; ``seen_on`` the latest day of
    a sign that was seen.
    """

    standing: Standing
    items: tuple[Item, ...] = ()
    signs: tuple[FoundSign, ...] = ()
    never_seen: str = ""
    urgency: str = ""
    days_overdue: int = 0
    seen_on: date | None = None
    next_step: NextStep | None = None


def find_standing(view: View) -> Standing:
    """Whether somebody stepped down; MS rules do not speak for NMOSD and MOGAD, nor without a diagnosis.

    Nobody who has died, by an EDSS of 10, is watched.
    """
    patient = view.patient
    positive = patient.antibodies and "positive" in (patient.antibodies.aqp4, patient.antibodies.mog)
    if patient.diagnosis in _OTHERS or positive:
        return Standing(OTHER_DISEASE)
    if has_died(view):
        return Standing("died")
    standing = find_step_down(_list_periods(view), view.at)
    if standing.step is not None and patient.diagnosis is None:
        return Standing("not-judged", "diagnosis-unknown")
    return standing


def _list_periods(view: View) -> list[Period]:
    return [_to_period(each.name, each.written) for each in find_periods(view.patient)]


def _to_period(name: str, written: Treatment) -> Period:
    return Period(name, written.start, written.stop, written.still_taking, written.last_dose,
                  interval_days=written.interval_days)


def watch(view: View) -> Watched:
    """Everything about one person; only the standing where nothing was stepped down."""
    standing = find_standing(view)
    step = standing.step
    if step is None:
        return Watched(standing)
    earlier = _find_earlier(view, step)
    items, signs = follow_up(view, step, earlier), find_signs(view, step)
    late = [(view.at - item.by).days for item in items if item.state == "overdue" and item.by]
    never_seen = _find_never_seen(view, step)
    urgency = rank_urgency({sign.state for sign in signs}, never_seen, {item.state for item in items})
    seen_on = max((sign.on for sign in signs if sign.on), default=None)
    return Watched(standing, items, signs, never_seen, urgency, max(late, default=0), seen_on,
                   _choose_next(view.at, step, earlier, signs, urgency))


def _find_earlier(view: View, step: StepDown) -> dict[str, Between]:
    """The last dose of each drug before the one that was left; the drug taken now is watched as such."""
    doses = find_last_doses(_list_periods(view), view.at)
    return {drug: dose for drug, dose in doses.items() if drug not in (step.left, step.to)}


def _find_never_seen(view: View, step: StepDown) -> str:
    """"not-yet" until the first visit and its window have gone by, as far as the entries reach."""
    seen = was_seen(view, step)
    if seen:
        return "no"
    if min(view.at, view.recorded_on) <= find_first_visit(step):
        return "not-yet"
    return "perhaps" if seen is None else "yes"


def rank_urgency(signs: set[str], never_seen: str, items: set[str]) -> str:
    """The first of ``URGENCIES`` that holds."""
    holds = {"sign": "yes" in signs, "never-seen": never_seen == "yes",
             "unclear-sign": "perhaps" in signs or never_seen == "perhaps", "overdue": "overdue" in items,
             "due": "due" in items}
    return next((urgency for urgency, is_so in holds.items() if is_so), "up-to-date")


def _choose_next(at: date, step: StepDown, earlier: Mapping[str, Between], signs: tuple[FoundSign, ...],
                 urgency: str) -> NextStep:
    """What to do next, by the first sign that was seen, or else by how the person stands."""
    seen = [sign.id for sign in signs if sign.state == "yes"]
    gone = 0 if step.strategy == "extend" else (at - step.last_dose.last).days
    gone_since = {drug: (at - dose.last).days for drug, dose in earlier.items()}
    return find_next_step(seen[0] if seen else urgency, step.left, gone, gone_since)
