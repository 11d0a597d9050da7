"""Signs since stepping down that ask for a talk about starting again: seen, perhaps, not, or nobody looked.

The rules are those of ``cohorts.watch`` for many; both run the rows of ``tests/spec/restart-signs.toml``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from stepdown.ms.dates import PartialDate
from stepdown.ms.disability import Score, confirmed_worsening
from stepdown.ms.facts import both
from stepdown.ms.imaging import Scan, find_earlier, sort_scans
from stepdown.ms.monitoring import RestartSign, read_restart_signs
from stepdown.ms.relapse import Relapse, classify_relapses
from stepdown.ms.stepping_down import Between, StepDown
from stepdown.patients.lab_limits import Span, read_limit
from stepdown.patients.patient import Lab
from stepdown.patients.units import convert, find_unit, read_lab_tests
from stepdown.patients.view import View

#: What is found of a sign. perhaps: an entry points to it and does not decide; unknown: the entries are not
#: complete; no-data: no entry since the step down could have shown it.
SIGN_STATES = ("yes", "perhaps", "no", "unknown", "no-data")


@dataclass(frozen=True)
class FoundSign:
    """One sign of ``monitoring.toml``, what was found of it since stepping down, and its latest day.

    ``on`` is None for a sign that was not seen; of worsening it is the day of the score that confirms it.
    """

    id: str
    state: str
    on: date | None = None


def is_after(day: PartialDate | None, change: Between, view: View) -> bool | None:
    """Whether something came after a change and by the index date; None where its date does not tell."""
    if day is None:
        return None
    latest = min(day.latest, view.recorded_on)
    if latest <= change.first or day.earliest > view.at:
        return False
    return True if day.earliest > change.last and latest <= view.at else None


def was_seen(view: View, step: StepDown) -> bool | None:
    """Whether any visit, scan, result or relapse came after the step down.

    None where dates do not tell, or where nobody told of visits at all.
    """
    patient = view.patient
    days: list[PartialDate | None] = [entry.date for entries in (patient.edss, patient.mri, patient.labs)
                                      for entry in entries or ()]
    days += [entry.onset for entry in patient.relapses or ()]
    truths = [is_after(day, step.change, view) for day in days if day is not None]
    is_open = None in truths or patient.edss is None
    return True if True in truths else None if is_open else False


def find_signs(view: View, step: StepDown) -> tuple[FoundSign, ...]:
    """Every sign of ``monitoring.toml`` in its order."""
    finders = {"relapse": _find_relapse, "lesions": _find_lesions, "worsening": _find_worsening,
               "lab": _find_low_value}
    return tuple(FoundSign(sign.id, *finders[sign.kind](sign, view, step)) for sign in read_restart_signs())


#: A state of ``SIGN_STATES``, and the day of a sign that was seen.
Found = tuple[str, date | None]


def begins_after(onset: PartialDate | None, change: Between, view: View) -> bool | None:
    """As ``is_after``; a relapse on the very day of the change may have come after it."""
    truth = is_after(onset, change, view)
    if truth is False and onset is not None and min(onset.latest, view.recorded_on) == change.first:
        return None
    return truth


def _find_relapse(sign: RestartSign, view: View, step: StepDown) -> Found:
    """No relapse is "no" only where the person was seen and observed since the step down."""
    del sign
    if view.patient.relapses is None:
        return "no-data", None
    told = classify_relapses(Relapse(each.onset, each.lasted_24h, each.fever_or_infection)
                             for each in view.patient.relapses)
    truths = [both([each.counted, begins_after(each.relapse.onset, step.change, view)]) for each in told]
    if True in truths:
        return "yes", max(each.relapse.onset.latest for each, truth in zip(told, truths, strict=True)
                          if truth and each.relapse.onset is not None)
    seen = was_seen(view, step)
    if None in truths or seen is False:
        return "perhaps" if None in truths else "no-data", None
    start = view.observed.start
    return "no" if seen and start is not None and start <= step.change.last else "unknown", None


def _find_lesions(sign: RestartSign, view: View, step: StepDown) -> Found:
    scans = sort_scans((Scan(each.date, each.region, each.new_t2, each.enlarging_t2, each.gd_enhancing)
                        for each in view.patient.mri or ()), view.at)
    later = [(scan, is_after(scan.day, step.change, view)) for scan in scans]
    sure = [scan for scan, after in later if after]
    may_be = [scan for scan, after in later if after is None]
    low, high = _add_lesions(sure, scans)
    if any(_count(scan.gd_enhancing)[0] >= sign.contrast_from for scan in sure) or low >= sign.t2_from:
        return "yes", max(scan.day.latest for scan in sure if scan.day is not None and _shows_any(scan))
    return _read_lesions(sign, scans, sure, may_be, (low, high)), None


def _read_lesions(sign: RestartSign, scans: Sequence[Scan], sure: Sequence[Scan], may_be: Sequence[Scan],
                  lesions: tuple[float, float]) -> str:
    """What scans since the step down say that do not show the sign."""
    low, high = lesions
    if (low and high >= sign.t2_from) or any(_shows_any(scan) for scan in may_be):
        return "perhaps"
    if not sure:
        return "unknown" if may_be else "no-data"
    is_open = any(scan.gd_enhancing is None and find_earlier(scan, scans) is None for scan in sure)
    is_read = high < sign.t2_from and not is_open and any(scan.shows("brain") for scan in sure)
    return "no" if is_read else "unknown"


def _add_lesions(scans: Iterable[Scan], all_scans: Sequence[Scan]) -> tuple[float, float]:
    """The fewest and the most new and enlarging lesions of scans; "none" needs a scan to compare with."""
    low, high = 0.0, 0.0
    for scan in scans:
        is_first = find_earlier(scan, all_scans) is None
        for fewest, most in map(_count, (scan.new_t2, scan.enlarging_t2)):
            low, high = low + fewest, high + (math.inf if is_first and most == 0 else most)
    return low, high


def _count(lesions: bool | int | None) -> tuple[float, float]:
    """The fewest and the most that an entry can mean: a number, or whether there were any."""
    if lesions is None:
        return 0.0, math.inf
    return float(lesions), math.inf if lesions is True else float(lesions)


def _shows_any(scan: Scan) -> bool:
    return any(_count(each)[0] > 0 for each in (scan.new_t2, scan.enlarging_t2, scan.gd_enhancing))


def _find_worsening(sign: RestartSign, view: View, step: StepDown) -> Found:
    """By the rule of ``ms.disability``, from the last score before the step down, or else the first after."""
    del sign
    scores = [Score(each.date, each.score, each.during_relapse) for each in view.patient.edss or ()
              if each.date is not None and each.score is not None and not each.during_relapse]
    before = [score for score in scores if score.day.latest <= step.change.last]
    after = [score for score in scores if is_after(score.day, step.change, view)]
    if not after:
        return "no-data", None
    first = sorted(before, key=lambda score: (score.day.earliest, score.day.latest))[-1:]
    used = [*first, *after]
    fact = confirmed_worsening(used, at=view.at)
    if fact.is_true:
        in_order = sorted(used, key=lambda score: (score.day.earliest, score.day.latest))
        return "yes", next(score.day.earliest for place, score in enumerate(in_order)
                           if confirmed_worsening(in_order[:place + 1], at=view.at).is_true)
    return "no" if fact.is_known else "perhaps" if len(used) > 1 else "unknown", None


def _find_low_value(sign: RestartSign, view: View, step: StepDown) -> Found:
    """By the latest sample since the step down, the lowest of its day; without a value it is unknown.

    A sample that is only a limit counts where the limit decides.
    """
    labs = [(each.date, each) for each in view.patient.labs or ()
            if each.test == sign.test and each.date is not None]
    after = [(day, lab) for day, lab in labs if is_after(day, step.change, view)]
    if not after:
        maybe = any(is_after(day, step.change, view) is None for day, _ in labs)
        return "unknown" if maybe else "no-data", None
    latest = max(day.latest for day, _ in after)
    spans = [read_span(lab) for day, lab in after if day.latest == latest]
    truths = [span.is_below(sign.below) if span else None for span in spans]
    if True in truths:
        return "yes", latest
    return "unknown" if None in truths else "no", None


def read_span(lab: Lab) -> Span | None:
    """What a result can be in the unit stepdown uses; None without a unit that is known and can be meant."""
    test, limit = read_lab_tests()[lab.test or ""], read_limit(lab.value)
    number = limit.number if limit else lab.value
    unit = find_unit(test, lab.unit)
    if unit is None or number is None or isinstance(number, str | bool) or not unit.fits(number):
        return None
    value = convert(test, number, unit).value
    return limit.span(unit.factor) if limit else Span(value, value, "")
