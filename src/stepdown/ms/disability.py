"""Disability on the EDSS: which scores exist, and when a rise counts as worsening and as confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from stepdown.ms.dates import PartialDate
from stepdown.ms.facts import Fact, known, unknown
from stepdown.ms.observation import days_between

#: 0, then 1.0 to 10 in half points; 0.5 does not exist. Source: kurtzke1983.
EDSS_SCORES = (0.0, *(half / 2 for half in range(2, 21)))
#: The last score of the scale: death from MS. Source: kurtzke1983.
DEATH = 10.0


def is_edss_score(score: float) -> bool:
    """Whether a number is a score of the scale."""
    return score in EDSS_SCORES


@dataclass(frozen=True)
class WorseningRule:
    """The rise that counts: 1.5 from 0, 1.0 up to ``last_whole_step``, 0.5 above it."""

    name: str
    last_whole_step: float

    def step(self, baseline: float) -> float:
        """The least rise from a baseline that counts as worsening."""
        if baseline == 0:
            return 1.5
        return 1.0 if baseline <= self.last_whole_step else 0.5


#: Both are in use. At a baseline of 5.5 the first asks for 1.0 (kragt2006), the second for 0.5 (msprog).
WHOLE_STEP_TO_5_5 = WorseningRule("whole step to 5.5", 5.5)
WHOLE_STEP_TO_5_0 = WorseningRule("whole step to 5.0", 5.0)
CONFIRM_WEEKS = 24


@dataclass(frozen=True)
class Score:
    """One EDSS score; ``during_relapse`` None is not known, and such a score is used."""

    day: PartialDate
    edss: float
    during_relapse: bool | None = None
    source: str = ""


def is_worsening(baseline: float, score: float, rule: WorseningRule = WHOLE_STEP_TO_5_5) -> bool:
    """Whether a score is worse than a baseline by the rule."""
    return score >= baseline + rule.step(baseline)


def confirmed_worsening(scores: Iterable[Score], *, at: date, rule: WorseningRule = WHOLE_STEP_TO_5_5,
                        weeks: int = CONFIRM_WEEKS, name: str = "confirmed_worsening") -> Fact:
    """Whether the EDSS rose from the first score and stayed up for so many weeks, by the index date.

    Scores during a relapse are left out. Every score from the rise to the one that confirms it, the first
    at least so many weeks later, must be that high. A rise that is not yet confirmed is unknown.
    """
    used = _usable(scores, at)
    if len(used) < 2:
        return unknown(name, "fewer than two EDSS scores outside relapses")
    baseline, later = used[0].edss, used[1:]
    answers = [_is_confirmed(later[index:], baseline, rule, weeks) for index in range(len(later))]
    places = tuple(score.source for score in used if score.source)
    if True in answers:
        return known(name, True, *places)
    if None in answers:
        return unknown(name, f"a rise is not yet confirmed {weeks} weeks later", *places)
    return known(name, False, *places)


def _usable(scores: Iterable[Score], at: date) -> list[Score]:
    used = [score for score in scores if not score.during_relapse and score.day.latest <= at]
    return sorted(used, key=lambda score: (score.day.earliest, score.day.latest))


def _is_confirmed(run: Sequence[Score], baseline: float, rule: WorseningRule, weeks: int) -> bool | None:
    """Whether the first score of a run is a rise that the others hold; None when none lies late enough."""
    for score in run:
        if not is_worsening(baseline, score.edss, rule):
            return False
        if days_between(run[0].day, score.day)[0] >= weeks * 7:
            return True
    return None
