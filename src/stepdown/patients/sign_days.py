"""On which days the signs since a step down stand in the file: every entry that points to one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from stepdown.ms.dates import PartialDate
from stepdown.ms.disability import Score, is_worsening
from stepdown.ms.monitoring import RestartSign, read_restart_signs
from stepdown.ms.relapse import Relapse, classify_relapses
from stepdown.ms.stepping_down import StepDown
from stepdown.patients.restart_signs import FoundSign, begins_after, is_after, read_span
from stepdown.patients.view import View


def find_sign_days(signs: Iterable[FoundSign], view: View, step: StepDown) -> Mapping[str, tuple[str, ...]]:
    """The days of the entries that show, or perhaps show, each sign that was seen; an exact day or less.

    Of an EDSS these are the scores that lie high enough above the one before, confirmed or not.
    """
    rows = {row.id: row for row in read_restart_signs()}
    shown = [rows[sign.id] for sign in signs if sign.state in ("yes", "perhaps")]
    return {row.id: tuple(sorted({str(day) for day in _FINDERS[row.kind](row, view, step)})) for row in shown}


def _list_relapses(sign: RestartSign, view: View, step: StepDown) -> Iterator[PartialDate]:
    del sign
    told = classify_relapses(Relapse(each.onset, each.lasted_24h, each.fever_or_infection)
                             for each in view.patient.relapses or ())  # fmt: skip
    for each in told:
        onset = each.relapse.onset
        if onset and each.counted is not False and begins_after(onset, step.change, view) is not False:
            yield onset


def _list_scans(sign: RestartSign, view: View, step: StepDown) -> Iterator[PartialDate]:
    del sign
    for scan in view.patient.mri or ():
        shows_any = any(count for count in (scan.new_t2, scan.enlarging_t2, scan.gd_enhancing))
        if scan.date and shows_any and is_after(scan.date, step.change, view) is not False:
            yield scan.date


def _list_scores(sign: RestartSign, view: View, step: StepDown) -> Iterator[PartialDate]:
    """From the last score before the step down on, or else the first after it."""
    del sign
    scores = [Score(each.date, each.score) for each in view.patient.edss or ()
              if each.date and each.score is not None and not each.during_relapse]  # fmt: skip
    scores.sort(key=lambda score: (score.day.earliest, score.day.latest))
    before = [score for score in scores if score.day.latest <= step.change.last]
    after = [score for score in scores if is_after(score.day, step.change, view)]
    first = [*before[-1:], *after][:1]
    yield from (score.day for score in after if is_worsening(first[0].edss, score.edss))


def _list_labs(sign: RestartSign, view: View, step: StepDown) -> Iterator[PartialDate]:
    for lab in view.patient.labs or ():
        if lab.test != sign.test or lab.date is None or not is_after(lab.date, step.change, view):
            continue
        if (span := read_span(lab)) and span.is_below(sign.below):
            yield lab.date


_FINDERS: Mapping[str, Callable[[RestartSign, View, StepDown], Iterator[PartialDate]]] = {
    "relapse": _list_relapses,
    "lesions": _list_scans,
    "worsening": _list_scores,
    "lab": _list_labs,
}
