"""The course of one person as events in time: drugs, relapses, EDSS, MRI; what is unclear is said."""

from __future__ import annotations

from collections.abc import Iterator

from stepdown.decisions.planned_care import CourseEvent
from stepdown.ms.dates import PartialDate
from stepdown.ms.drug_words import plain_drug
from stepdown.ms.imaging import Scan, find_earlier, is_active_scan, sort_scans
from stepdown.ms.relapse import classify_relapses
from stepdown.patients.facts_activity import relapses_of
from stepdown.patients.facts_imaging import scans_of
from stepdown.patients.periods import Period
from stepdown.patients.view import View

_COUNTS = {True: "counts", False: "does-not-count", None: "unclear"}


def find_course(view: View) -> tuple[CourseEvent, ...]:
    """Every event on file that may lie before the index date, in the order drugs, relapses, EDSS, MRI."""
    return (*map(_to_drug, view.periods), *_relapses(view), *_scores(view), *_scans(view))


def list_asked(view: View) -> tuple[str, ...]:
    """The kinds of events that the file mentions at all: nothing of them is then none, and not unknown."""
    patient = view.patient
    lists = (
        ("drug", patient.treatments),
        ("relapse", patient.relapses),
        ("edss", patient.edss),
        ("mri", patient.mri),
    )
    return tuple(kind for kind, entries in lists if entries is not None)


def _bounds(day: PartialDate | None) -> tuple[str | None, str | None]:
    """The first and the last day that a date can be; None for no date."""
    return (None, None) if day is None else (day.earliest.isoformat(), day.latest.isoformat())


def _to_drug(period: Period) -> CourseEvent:
    """A drug from its first dose to its stop; a drug of courses ends with its latest dose."""
    end = period.stop or (period.last_dose if period.is_course else None)
    if end is not None:
        state = "course" if period.is_course else "ended"
    else:
        state = "taken" if period.written.still_taking else "unclear"
    return CourseEvent("drug", plain_drug(period.name), *_bounds(period.start), *_bounds(end), None, state)


def _relapses(view: View) -> Iterator[CourseEvent]:
    for each in classify_relapses(relapses_of(view)):
        state = _COUNTS[each.counted]
        yield CourseEvent("relapse", "", *_bounds(each.relapse.onset), None, None, None, state)


def _scores(view: View) -> Iterator[CourseEvent]:
    for visit in view.patient.edss or ():
        if visit.score is not None and view.is_visible(visit.date):
            state = "during-relapse" if visit.during_relapse else "counts"
            yield CourseEvent("edss", "", *_bounds(visit.date), None, None, visit.score, state)


def _scans(view: View) -> Iterator[CourseEvent]:
    scans = scans_of(view)
    in_order = sort_scans(scans, view.at)
    for scan in scans:
        if view.is_visible(scan.day):
            state = _name_state(scan, find_earlier(scan, in_order))
            yield CourseEvent("mri", scan.region or "", *_bounds(scan.day), None, None, None, state)


def _name_state(scan: Scan, earlier: Scan | None) -> str:
    """What a scan showed; quiet where it was compared, or all three kinds of lesions were read as none."""
    active = is_active_scan(scan, earlier)
    if active is None and None in (scan.new_t2, scan.enlarging_t2, scan.gd_enhancing):
        return "unclear"
    return "new" if active else "quiet"
