"""Whether two entries of one day say the same, or two different things of which one must be wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from stepdown.patients.checks_dates import Moment
from stepdown.patients.facts_labs import results_of
from stepdown.patients.faults import Fault, doubt, note
from stepdown.patients.patient import Patient
from stepdown.patients.view import View

#: A value of a list of the file: where it stands, its exact day, what it says.
_Entry = tuple[str, date, object]


def check_repeats(patient: Patient, moment: Moment) -> Iterator[Fault]:
    """EDSS scores, results of one test and relapses that stand twice for one day."""
    view = View(patient, moment.at, moment.recorded_on)
    yield from _compare(_scores(patient), "edss")
    for test in dict.fromkeys(lab.test for lab in patient.labs or () if lab.test):
        results = (r for r in results_of(view, test) if r.value is not None and r.day.is_exact)
        yield from _compare(((r.path, r.day.earliest, r.value) for r in results), test)
    yield from _compare(_onsets(patient), "relapses")


def _scores(patient: Patient) -> Iterator[_Entry]:
    for position, visit in enumerate(patient.edss or ()):
        if visit.date and visit.date.is_exact and visit.score is not None and not visit.during_relapse:
            yield f"edss[{position}]", visit.date.earliest, visit.score


def _onsets(patient: Patient) -> Iterator[_Entry]:
    for position, relapse in enumerate(patient.relapses or ()):
        if relapse.onset and relapse.onset.is_exact:
            yield f"relapses[{position}]", relapse.onset.earliest, relapse.onset


def _compare(entries: Iterable[_Entry], fact: str) -> Iterator[Fault]:
    """Each entry against the first one of its day."""
    first: dict[date, tuple[str, object]] = {}
    for path, day, value in entries:
        place, other = first.setdefault(day, (path, value))
        if place != path and other == value:
            yield note(path, f"the same as {place}; it counts once")
        elif place != path:
            yield doubt(path, f"another value than {place} of the same day; keep the one that is right", fact)
