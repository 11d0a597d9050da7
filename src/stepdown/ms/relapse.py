"""What counts as a relapse: 24 hours or more, no fever or infection, 30 days or more after the last one.

An episode that fails a condition is kept as a pseudo-relapse, with the reason. One of which a condition
is not known is unclassified: it is neither counted nor dismissed. (Source: relapse-definition.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from stepdown.ms.dates import PartialDate
from stepdown.ms.facts import Fact, both, bounded, either, known, unknown
from stepdown.ms.observation import Window, days_between, observe, window_before

MIN_DAYS_APART = 30


@dataclass(frozen=True)
class Relapse:
    """One episode as it was told; ``source`` is its place in the person file."""

    onset: PartialDate | None = None
    lasted_24h: bool | None = None
    fever_or_infection: bool | None = None
    source: str = ""


@dataclass(frozen=True)
class ClassifiedRelapse:
    """An episode with the answer whether it counts (None: unclassified) and why."""

    relapse: Relapse
    counted: bool | None
    reason: str


def is_relapse(relapse: Relapse, last_counted: PartialDate | None = None) -> bool | None:
    """Whether an episode counts, given the onset of the last one that did; None: a condition is unknown."""
    return both([relapse.lasted_24h, _is_free_of_fever(relapse), _is_apart(relapse, last_counted)])


def _is_free_of_fever(relapse: Relapse) -> bool | None:
    return None if relapse.fever_or_infection is None else not relapse.fever_or_infection


def _is_apart(relapse: Relapse, last_counted: PartialDate | None) -> bool | None:
    if last_counted is None:
        return True
    if relapse.onset is None:
        return None
    fewest, most = days_between(last_counted, relapse.onset)
    if fewest >= MIN_DAYS_APART:
        return True
    return False if most < MIN_DAYS_APART else None


def _say_why(relapse: Relapse, last_counted: PartialDate | None) -> str:
    conditions = (
        (relapse.lasted_24h, "shorter than 24 hours", "not known whether it lasted 24 hours"),
        (_is_free_of_fever(relapse), "with fever or infection",
         "not known whether there was fever or infection"),
        (_is_apart(relapse, last_counted), "within 30 days of the last relapse",
         "not known whether 30 days lay between it and the last relapse"),
    )
    failed = [no for truth, no, _ in conditions if truth is False]
    return "; ".join(failed or [open_ for truth, _, open_ in conditions if truth is None])


def classify_relapses(relapses: Iterable[Relapse]) -> tuple[ClassifiedRelapse, ...]:
    """Every episode by onset, undated ones last; an unclassified one does not hide a later relapse."""
    last: PartialDate | None = None
    found = []
    for relapse in sorted(relapses, key=_onset_order):
        counted = is_relapse(relapse, last)
        found.append(ClassifiedRelapse(relapse, counted, _say_why(relapse, last)))
        if counted and relapse.onset is not None:
            last = relapse.onset
    return tuple(found)


def _onset_order(relapse: Relapse) -> tuple[date, date]:
    return (relapse.onset.earliest, relapse.onset.latest) if relapse.onset else (date.max, date.max)


def _in_window(relapses: Iterable[Relapse], window: Window,
               recorded_on: date) -> list[tuple[ClassifiedRelapse, bool | None]]:
    return [(each, both([each.counted, window.holds(each.relapse.onset, recorded_on)]))
            for each in classify_relapses(relapses)]


def had_relapse(relapses: Iterable[Relapse], *, at: date, months: int, observed_since: date | None,
                recorded_on: date, name: str = "had_relapse") -> Fact:
    """Whether a relapse began in the last so many months; no entry means no only where that was observed."""
    window = window_before(at, months)
    found = _in_window(relapses, window, recorded_on)
    truth = either([within for _, within in found])
    if truth is None:
        return unknown(name, _open_reason(found), *_places(found, None))
    if truth:
        return known(name, True, *_places(found, True))
    if observe(at, observed_since, recorded_on).covers(window.first, window.last):
        return known(name, False, reason=f"no relapse on file in the {months} months observed")
    return unknown(name, f"the {months} months before the index date were not observed as a whole")


def count_relapses(relapses: Iterable[Relapse], *, at: date, months: int, observed_since: date | None,
                   recorded_on: date, name: str = "relapses") -> Fact:
    """How many relapses began in the last so many months: a range where dates or conditions are unknown."""
    window = window_before(at, months)
    found = _in_window(relapses, window, recorded_on)
    sure = sum(within is True for _, within in found)
    most = sure + sum(within is None for _, within in found)
    observed = observe(at, observed_since, recorded_on).covers(window.first, window.last)
    if not observed and not most:
        return unknown(name, f"the {months} months before the index date were not observed as a whole")
    reason = "" if observed else "not all of the time was observed"
    return bounded(name, sure, most if observed else None, *_places(found, True), *_places(found, None),
                   reason=reason)


def _places(found: list[tuple[ClassifiedRelapse, bool | None]], truth: bool | None) -> tuple[str, ...]:
    return tuple(each.relapse.source for each, within in found if within is truth and each.relapse.source)


def _open_reason(found: list[tuple[ClassifiedRelapse, bool | None]]) -> str:
    open_ = [each for each, within in found if within is None]
    reasons = dict.fromkeys(each.reason for each in open_ if each.counted is None)
    return "; ".join(reasons) or "the date of a relapse is not exact enough"
