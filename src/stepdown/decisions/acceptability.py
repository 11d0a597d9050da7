"""Which option comes first under how many weightings? Stochastic multicriteria acceptability, for clinicians.

Nobody has to say how much each outcome weighs: all weightings are tried, and for each the options are
ranked by their weighted risk (SMAA-2: Lahdelma and Salminen 2001, Operations Research 49:444-454,
doi 10.1287/opre.49.3.444.11220). It says how far a ranking depends on what somebody values. It is no
recommendation: an outcome enters only where every option compared has it estimated, at one time and for the
same people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stepdown.decisions.answer import Option, Per100, Risk

#: Enough for whole percentages: the standard error of a share is 0.35 percentage points at most.
DRAWS = 20_000
_SEED = 20_261_130
#: Outcomes that hold others are left out where one of their parts is there: nothing counts twice.
_PARTS = {
    "any_activity": ("relapse", "mri_activity"),
    "reactivation": ("relapse", "confirmed_worsening"),
}
#: Which time is taken where every option has several.
_TIMES = (2.0, 1.0, 5.0)
#: The smallest risk of 100 that is told apart from none.
_LEAST = 0.01
_HALF_WIDTH = 1.959964


@dataclass(frozen=True)
class Criterion:
    """One outcome at one time that every option compared has, for the same people."""

    outcome: str
    time_years: float
    speaks_for: str


@dataclass(frozen=True)
class Acceptability:
    """For each option, as given, the share of weightings in which it takes the first rank, the second ..."""

    criteria: tuple[Criterion, ...]
    shares: tuple[tuple[float, ...], ...]


def find_criteria(options: Sequence[Option]) -> tuple[Criterion, ...]:
    """The outcomes by which these options can be ranked; empty when there are fewer than two options."""
    if len(options) < 2:
        return ()
    outcomes = dict.fromkeys(risk.outcome for option in options for risk in option.risks)
    found = {outcome: _find_criterion(options, outcome) for outcome in outcomes}
    criteria = [criterion for criterion in found.values() if criterion is not None]
    named = {criterion.outcome for criterion in criteria}
    return tuple(item for item in criteria if not named & set(_PARTS.get(item.outcome, ())))


def _find_criterion(options: Sequence[Option], outcome: str) -> Criterion | None:
    """The outcome at the first time at which every option has it estimated, for the same people."""
    for time in _TIMES:
        risks = [_find_risk(option, outcome, time) for option in options]
        people = {risk.speaks_for for risk in risks if risk is not None}
        if None not in risks and len(people) == 1:
            return Criterion(outcome, time, str(people.pop()))
    return None


def _find_risk(option: Option, outcome: str, time: float) -> Risk | None:
    fitting = (risk for risk in option.risks if risk.outcome == outcome and risk.time_years == time)
    return next((risk for risk in fitting if risk.status == "estimated" and risk.per_100), None)


def rank_over_weightings(options: Sequence[Option], criteria: Sequence[Criterion]) -> Acceptability:
    """The shares of ranks over all weightings (uniform), and over the intervals of the risks.

    A risk is drawn logit-normal around its estimate, with the width of its 95 % interval; risks are drawn
    independently of each other. The criteria must be those of ``find_criteria``.
    """
    risks = [[_find_risk(option, each.outcome, each.time_years) for each in criteria] for option in options]
    per_100 = [[risk.per_100 for risk in row if risk and risk.per_100] for row in risks]
    return Acceptability(tuple(criteria), rank_risks(per_100))


def rank_risks(per_100: Sequence[Sequence[Per100]], draws: int = DRAWS) -> tuple[tuple[float, ...], ...]:
    """The share of each rank for rows of options with a column for each criterion; lower risk ranks first."""
    random = np.random.default_rng(_SEED)
    weights = random.dirichlet(np.ones(len(per_100[0])), draws)
    drawn = np.array([[_draw(random, risk, draws) for risk in row] for row in per_100])
    scores = np.einsum("okd,dk->do", drawn, weights)
    ranks = scores.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    places = range(len(per_100))
    return tuple(tuple(float((ranks[:, option] == rank).mean()) for rank in places) for option in places)


def _draw(random: np.random.Generator, risk: Per100, draws: int) -> np.ndarray:
    """Risks of 100, drawn from the interval of one."""
    middle, low, high = (_logit(value) for value in (risk.estimate, risk.low, risk.high))
    spread = max(0.0, high - low) / (2.0 * _HALF_WIDTH)
    return np.asarray(100.0 / (1.0 + np.exp(-(middle + spread * random.standard_normal(draws)))))


def _logit(per_100: float) -> float:
    share = min(max(per_100, _LEAST), 100.0 - _LEAST) / 100.0
    return float(np.log(share / (1.0 - share)))
