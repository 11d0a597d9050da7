"""What the risk model says of persons: the risk of each, with all that their unknown facts leave open.

A fact that is not known, or known within bounds only, is taken at both ends of what it may be, in every
combination. The interval reaches over all of them, so that not knowing is never the more certain answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from stepdown.evidence.meta.distributions import Flags, Floats
from stepdown.evidence.model.arms import ArmFacts, Arms, to_arms
from stepdown.evidence.model.fitted import FittedModel
from stepdown.evidence.model.predicting import MEAN_POINTS, predict_mean, predict_quantiles
from stepdown.evidence.model.settings import read_settings
from stepdown.evidence.people import COURSES, People

#: A known quiet time counts as this many years at least.
_LEAST_QUIET = 0.1
#: As many people as the fastest memory holds with all their points.
_CHUNK = 1_000
#: The ends of the interval, then points whose mean is the estimate.
_PROBABILITIES = np.array([0.025, 0.975, *MEAN_POINTS])
_PROGRESSIVE = np.array([course in ("SPMS", "PPMS") for course in COURSES], dtype=float)


@dataclass(frozen=True, eq=False)
class PersonalRisks:
    """Risks between 0 and 1 with their 95 % prediction intervals, a row for each person."""

    estimate: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class _Ends:
    """What a fact may be at least and at most, and how likely the upper end is where it is yes or no."""

    low: Floats
    high: Floats
    likely: float = 0.0

    @property
    def is_open(self) -> Flags:
        """Whose fact may turn out in more ways than one."""
        return np.asarray(self.low != self.high)


def predict_people(model: FittedModel, asked: ArmFacts, years: Floats, people: People) -> PersonalRisks:
    """The risk of each person within so many years.

    ``asked`` names outcome, strategy and drugs; what it says of people is not used. The estimate is the mean
    over what is not known; the interval holds that of every way in which the unknown may turn out.
    """
    parts = [slice(start, start + _CHUNK) for start in range(0, len(people), _CHUNK)]
    found = [
        _predict_part(model, asked, years[part], people.rows(np.arange(len(people))[part])) for part in parts
    ]
    empty = PersonalRisks(*np.empty((3, 0)))
    return PersonalRisks(
        *(
            np.concatenate([getattr(one, name) for one in (empty, *found)])
            for name in ("estimate", "low", "high")
        )
    )


def _predict_part(model: FittedModel, asked: ArmFacts, years: Floats, people: People) -> PersonalRisks:
    """The risks of as many people as the fast memory holds."""
    arms = to_arms([asked]).rows(np.zeros(len(people), dtype=np.intp))
    arms, people = replace(arms, years=years), as_asked(asked, people)
    ends = find_ends(people)
    low, high = np.ones(len(people)), np.zeros(len(people))
    estimate = np.zeros(len(people))
    for rows, part in _go_to_ends(arms, ends):
        found = predict_quantiles(part, _PROBABILITIES, model.predictor)
        low[rows] = np.minimum(low[rows], found[:, 0])
        high[rows] = np.maximum(high[rows], found[:, 1])
        estimate[rows] = found[:, 2:].mean(axis=1)
    is_open = np.logical_or.reduce([end.is_open for end in ends])
    if not is_open.any():
        return PersonalRisks(np.clip(estimate, low, high), low, high)
    estimate[is_open] = 0.0
    for rows, weight, part in turn_out(arms, people, ends, is_open):
        estimate[rows] += weight * predict_mean(part, model.predictor)
    return PersonalRisks(np.clip(estimate, low, high), low, high)


def as_asked(asked: ArmFacts, people: People) -> People:
    """The people as the model takes them; as if quiet was not asked after a drug where it says nothing.

    Quiet for no time at all stands for not asked, so a known quiet time is a little at least.
    """
    unused = read_settings()["person"]["quiet_unused_after"]
    if asked.strategy in ("stop", "switch") and asked.groups[0] in unused:
        not_asked = np.zeros(len(people))
        return replace(people, quiet_low=not_asked, quiet_high=not_asked)
    low, high = (np.maximum(years, _LEAST_QUIET) for years in (people.quiet_low, people.quiet_high))
    return replace(people, quiet_low=low, quiet_high=high)


def find_ends(people: People) -> tuple[_Ends, _Ends, _Ends, _Ends]:
    """The ends of age, years of quiet, MRI activity and course."""
    settings = read_settings()
    young, old = settings["age_limits"]
    longest, missing = settings["quiet_limit"], settings["missing"]
    progressive = np.where(people.course >= 0, _PROGRESSIVE[people.course], np.nan)
    return (
        _Ends(_fill(people.age_low, young), _fill(people.age_high, old)),
        _Ends(
            np.clip(_fill(people.quiet_low, _LEAST_QUIET), 0.0, longest),
            np.clip(_fill(people.quiet_high, longest), 0.0, longest),
        ),
        _Ends(_fill(people.mri_active, 0.0), _fill(people.mri_active, 1.0), missing["mri_open"][0]),
        _Ends(_fill(progressive, 0.0), _fill(progressive, 1.0), missing["progressive_unknown"][0]),
    )


def _fill(values: Floats, missing: float) -> Floats:
    return np.asarray(np.where(np.isnan(values), missing, values))


def turn_out(
    arms: Arms, people: People, ends: tuple[_Ends, ...], whose: Flags
) -> Iterator[tuple[Flags, Floats, Arms]]:
    """Each way in which scan and course may turn out: whom it may be true of, how likely, and their arms.

    Age and quiet are taken as the model takes them where they are known within bounds, or not at all.
    """
    mri, course = ends[2:]
    known = replace(
        arms,
        age_min=people.age_low,
        age_max=people.age_high,
        quiet_min=people.quiet_low,
        quiet_max=people.quiet_high,
    )
    for is_active, is_progressive in product((False, True), repeat=2):
        rows = whose & (mri.is_open | (not is_active)) & (course.is_open | (not is_progressive))
        if rows.any():
            weight = _chance(mri, is_active)[rows] * _chance(course, is_progressive)[rows]
            taken = replace(known, mri=_take(mri, is_active), progressive=_take(course, is_progressive))
            yield rows, weight, taken.rows(rows)


def _chance(ends: _Ends, upper: bool) -> Floats:
    """How likely one end is: wholly where both are the same."""
    return np.where(ends.is_open, ends.likely if upper else 1 - ends.likely, 1.0)


def _take(ends: _Ends, upper: bool) -> Floats:
    return ends.high if upper else ends.low


def _go_to_ends(arms: Arms, ends: tuple[_Ends, ...]) -> Iterator[tuple[Flags, Arms]]:
    """Each combination of ends, with those for whom it is another than those before."""
    are_open = [end.is_open for end in ends]
    for uppers in product(*((False, True) if flags.any() else (False,) for flags in are_open)):
        rows = np.ones(len(arms), dtype=bool)
        for flags, upper in zip(are_open, uppers, strict=True):
            rows &= flags | (not upper)
        if rows.any():
            age, quiet, mri, course = map(_take, ends, uppers)
            yield rows, replace(arms, age_mean=age, quiet_mean=quiet, mri=mri, progressive=course).rows(rows)
