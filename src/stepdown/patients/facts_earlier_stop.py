"""What an earlier time without a drug showed: the nearest thing to a trial of stopping in this one person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from stepdown.ms.dates import add_months
from stepdown.ms.facts import Fact, known, unknown
from stepdown.ms.imaging import classify_scans
from stepdown.ms.relapse import classify_relapses
from stepdown.ms.treatment import GAP_MERGED_DAYS
from stepdown.patients.facts_activity import relapses_of
from stepdown.patients.facts_imaging import scans_of
from stepdown.patients.periods import Period
from stepdown.patients.view import Event, View

#: What a stop showed longer ago than this was shown at another age.
MONTHS_BACK = 120
Pause = tuple[date, date]


def active_off_treatment_before(view: View) -> Fact:
    """Whether a relapse or an active MRI lies in an earlier time without a drug, of the last ten years.

    A time without a drug is longer than the gap that counts as one treatment; what came after a course
    is none. No activity on file in such a time is "no" only where there was no such time.
    """
    name = "active_off_treatment_before"
    if view.patient.treatments is None or view.patient.relapses is None:
        return unknown(name, "treatments or relapses were not asked about")
    pauses = [pause for pause in _pauses(view) if pause[1] > add_months(view.at, -MONTHS_BACK)]
    if not pauses:
        return known(name, False, "treatments", reason="no earlier time without a drug in the last ten years")
    inside = [(event, pause) for event in _activity(view) for pause in pauses if _is_inside(event, pause)]
    for event, (first, last) in inside:
        if event.counts:
            return known(name, True, event.path, reason=f"without a drug from {first} to {last}")
    if inside:
        return unknown(name, "an episode without a drug that cannot be classified", inside[0][0].path)
    return unknown(name, "none on file in the time without a drug; whether it was watched is not known")


def _pauses(view: View) -> Iterator[Pause]:
    """The times without a drug between two treatments, from the last day of one to the first of the next."""
    dated = [(period.start, _end(period), period) for period in view.periods if period.start is not None]
    until: date | None = None
    for start, end, period in sorted(dated, key=lambda row: row[0].earliest):
        if until is not None and (start.earliest - until).days > GAP_MERGED_DAYS:
            yield until, start.earliest
        is_open = period.is_course or end is None
        until = date.max if is_open else max(until or date.min, end or date.min)


def _end(period: Period) -> date | None:
    """The last day on which a drug can have been taken, as far as it is on file."""
    ended = period.last_dose or period.stop if period.written.still_taking is not True else None
    return ended.latest if ended else None


def _activity(view: View) -> list[Event]:
    """Relapses and scans that show activity, or that may."""
    relapses = [Event(each.relapse.source, each.relapse.onset, each.counted)
                for each in classify_relapses(relapses_of(view)) if each.counted is not False]
    scans = classify_scans(scans_of(view), view.at)
    return relapses + [Event(scan.source, scan.day) for scan, active in scans if active]


def _is_inside(event: Event, pause: Pause) -> bool:
    """Whether an event surely lies within a time without a drug."""
    return event.day is not None and pause[0] < event.day.earliest and event.day.latest <= pause[1]
