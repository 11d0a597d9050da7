"""How each step was followed: until when, why not longer, and who could not be followed at all."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.analysis.follow_up import (
    DAYS_PER_YEAR,
    EVENT,
    REASONS,
    Followed,
    follow,
    leave_strategy,
)
from stepdown.cohorts.audit.looks import Looks
from stepdown.cohorts.audit.steps import BASE_MONTHS, Flags, Numbers, Steps, read_protocol
from stepdown.cohorts.population.first_days import ON_MRI, WITH_RELAPSES
from stepdown.cohorts.protocol.model import FollowUp

#: Why follow-up ended, by code: those of a cohort, in the words of an audit, and one of its own.
UNSEEN = len(REASONS)
ENDED = tuple("step undone: a drug begun, stopped or changed" if reason == "left the strategy" else reason
              for reason in REASONS) + ("nobody looked any more, or late enough to confirm it",)
#: By how many years the scan of an anniversary may be late.
_SCAN_LATE = 0.25
OUTCOMES = ("relapse", "any_activity", "mri_activity", "confirmed_worsening")


@dataclass(frozen=True, eq=False)
class Watched:
    """The steps that could be followed, by row, with their time in years and why it ended.

    ``time`` ends when the step is undone, ``time_through`` does not; ``event`` and ``event_through`` say
    whether they ended with the outcome. ``time_without`` is how long each would have been followed without
    it. ``left_out`` counts the others by reason.
    """

    row: NDArray[np.intp]
    time: Numbers
    event: Flags
    reason: NDArray[np.int8]
    time_through: Numbers
    event_through: Flags
    time_without: Numbers
    left_out: dict[str, int]


def watch(steps: Steps, chosen: Flags, outcome: str, years: int) -> Watched:
    """Follow the chosen steps for an outcome, so many years at most."""
    protocol = read_protocol()
    kind = next(each for each in protocol.outcomes if each.name == outcome)
    span = FollowUp(years=find_span(outcome, years))
    followed = follow(steps.table, kind, protocol.model_copy(update={"follow_up": span}))
    vague = _find_vague(steps, outcome)
    through = followed.take((chosen & ~vague & _has_base(steps, outcome))[followed.row])
    undone = leave_strategy(through, steps.undone[through.row])
    looks = find_looks(steps, outcome)
    if looks is not None:
        through, undone = (_end_with_look(each, steps, looks, span.years) for each in (through, undone))
    kept = undone.time > 0
    through, undone = through.take(kept), undone.take(kept)
    left_out = _count_left_out(steps, chosen, vague, undone.row, outcome)
    return Watched(undone.row.astype(np.intp), _to_years(undone), undone.reason == EVENT, undone.reason,
                   _to_years(through), through.reason == EVENT,
                   _find_time_without(undone, steps, span.years), left_out)


def _find_time_without(followed: Followed, steps: Steps, years: float) -> Numbers:
    """Years until follow-up would have ended without the outcome."""
    ends = np.fmin(np.fmin(steps.table.end, steps.table.death), steps.undone)[followed.row]
    without = np.minimum(np.maximum(ends, followed.time), years * DAYS_PER_YEAR)
    return np.where(followed.reason == EVENT, without, followed.time) / DAYS_PER_YEAR


def find_span(outcome: str, years: int) -> float:
    """How long people are followed for a time in years: the scan of an anniversary may come a little late.

    What is expected by then is that of the time at which it came.
    """
    return years + _SCAN_LATE if outcome in ON_MRI else float(years)


def _has_base(steps: Steps, outcome: str) -> Flags:
    """Who had what an outcome is compared with on the day of the step."""
    return steps.base_scan if outcome in ON_MRI else np.ones(len(steps), dtype=bool)


def find_looks(steps: Steps, outcome: str) -> Looks | None:
    """The days on which an outcome can be seen; None for one that comes to notice by itself."""
    if outcome in ON_MRI:
        return steps.scans
    return steps.scores if outcome == "confirmed_worsening" else None


def _end_with_look(followed: Followed, steps: Steps, looks: Looks, years: float) -> Followed:
    """Followed until the last look in time, and 0 where there is none; what came after it is not counted.

    After an event looks go on to the end of observation: a drug that is begun because of it ends nothing.
    """
    event = followed.reason == EVENT
    table, horizon = steps.table, years * DAYS_PER_YEAR
    ends = np.fmin(np.fmin(table.end, table.death)[followed.row].astype(np.float64), horizon)
    last = looks.find_last(followed.row, np.where(event, ends, followed.time))
    last = np.minimum(np.nan_to_num(last, nan=0.0), ends)
    seen = event & (followed.time <= last)
    cut = ~seen & (last < followed.time)
    return replace(followed, time=np.where(seen, followed.time, last),
                   reason=np.where(cut, UNSEEN, followed.reason))


def _to_years(followed: Followed) -> Numbers:
    return followed.time / DAYS_PER_YEAR


def _find_vague(steps: Steps, outcome: str) -> Flags:
    """Of whom nobody can say whether an episode or a scan came before the step or after it."""
    vague = np.zeros(len(steps), dtype=bool)
    if outcome in WITH_RELAPSES:
        vague |= steps.vague_relapse
    if outcome in ON_MRI:
        vague |= steps.vague_scan
    return vague


def _count_left_out(steps: Steps, chosen: Flags, vague: Flags, followed: NDArray[np.int64],
                    outcome: str) -> dict[str, int]:
    """Why chosen steps are not followed, each under its first reason."""
    base = _has_base(steps, outcome)
    rest = chosen & ~vague & base
    rest[followed] = False
    unseen = rest & ~(steps.table.end > 0)
    if outcome == "confirmed_worsening":
        why = "no EDSS score to begin from, or none afterwards that a later one could confirm"
    elif outcome in ON_MRI:
        why = "no MRI afterwards, while the step was followed, that tells of activity"
    else:
        why = "a relapse row of theirs was set apart at import"
    counts = {"nobody can say whether an episode or scan came before or after": int((chosen & vague).sum()),
              f"no MRI in the {BASE_MONTHS} months before the step, to compare the next one with":
              int((chosen & ~vague & ~base).sum()),
              "no time observed afterwards": int(unseen.sum()), why: int((rest & ~unseen).sum())}
    return {reason: count for reason, count in counts.items() if count}


def count_ends(watched: Watched) -> dict[str, int]:
    """How often follow-up ended for each reason that occurred."""
    counts = np.bincount(watched.reason, minlength=len(ENDED))
    return {name: int(count) for name, count in zip(ENDED, counts, strict=True) if count}
