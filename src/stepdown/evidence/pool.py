"""The findings of one question as one pool: the hazard, who the people were, how long they were watched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stepdown.evidence.cells import Candidate, Cell, Gathered, Member
from stepdown.evidence.meta.pool_hazard import pool_hazard
from stepdown.evidence.meta.pooled import PooledHazard
from stepdown.evidence.meta.reports import Rate
from stepdown.evidence.study import Study

#: A study that prints a mean age but no bounds is taken to speak for 15 years either side of it.
_AGE_REACH = 15.0
#: A rate per person-year whose follow-up is not printed is taken as watched for one year.
_RATE_STANDS_FOR = 1.0

RANDOMISED, OBSERVATIONAL, BOTH = "randomised", "observational", "both"


@dataclass(frozen=True)
class Studied:
    """Who the pooled people were: mean age and bounds in years, shortest quiet time, groups, selection."""

    age_mean: float | None
    age_low: float | None
    age_high: float | None
    years_quiet_min: float | None
    groups: tuple[str, ...]
    therapies: tuple[str, ...]
    to_therapies: tuple[str, ...]
    selection: str


@dataclass(frozen=True)
class Pool:
    """A cell with its members, the pooled hazard, and how long its people were watched (years)."""

    cell: Cell
    gathered: Gathered
    pooled: PooledHazard
    predicted: tuple[float, float, float]
    watched: float
    studied: Studied

    @property
    def design(self) -> str:
        """The kind of its studies: randomised, observational, or both."""
        kinds = {kind_of(member.study) for member in self.gathered.members}
        return kinds.pop() if len(kinds) == 1 else BOTH


def kind_of(study: Study) -> str:
    """Randomised or observational. People in the extension of a trial are no longer as they were drawn."""
    return RANDOMISED if study.design == "rct" else OBSERVATIONAL


def of_kind(gathered: Gathered, kind: str) -> Gathered:
    """What was gathered, with the members of one kind of evidence alone."""
    members = tuple(member for member in gathered.members if kind_of(member.study) == kind)
    return replace(gathered, members=members)


def find_age(member: Candidate) -> float | None:
    """The mean or median age of the people of a finding."""
    population = member.study.population
    ages = (member.finding.age_mean, population.age_mean, population.age_median)
    return next((age for age in ages if age is not None), None)


def find_age_bounds(member: Candidate) -> tuple[float | None, float | None]:
    """The ages a finding speaks for: 15 years either side of its mean, cut where the study cut.

    An entry age alone (18 and older) does not say that the young were there.
    """
    mean, finding = find_age(member), member.finding
    least = finding.age_min if finding.age_min is not None else member.study.population.age_min
    lows = [low for low in (least, None if mean is None else mean - _AGE_REACH) if low is not None]
    high = finding.age_max if finding.age_max is not None else (None if mean is None else mean + _AGE_REACH)
    return max(lows, default=None), high


def _mean_over_people(members: Sequence[Candidate], values: Sequence[float | None]) -> float | None:
    """The mean of a value of each member, weighted by its people; members that do not print it are left out.

    For the bounds of age it keeps one small study of younger people from speaking for all of them.
    """
    pairs = [
        (value, member.finding.n or 1)
        for value, member in zip(values, members, strict=True)
        if value is not None
    ]
    return sum(value * n for value, n in pairs) / sum(n for _, n in pairs) if pairs else None


def _shortest_quiet(members: Sequence[Candidate]) -> float | None:
    """The shortest quiet time that any study let in; None where one does not say."""
    years = [
        m.finding.years_quiet_min
        if m.finding.years_quiet_min is not None
        else m.study.population.years_quiet_min
        for m in members
    ]
    return min((y for y in years if y is not None), default=None) if None not in years else None


def describe_people(members: Sequence[Candidate]) -> Studied:
    """Who the people of the pooled findings were."""
    lows, highs = zip(*(find_age_bounds(member) for member in members), strict=True)
    selections = {member.finding.selection for member in members}
    return Studied(
        _mean_over_people(members, [find_age(member) for member in members]),
        _mean_over_people(members, lows),
        _mean_over_people(members, highs),
        _shortest_quiet(members),
        tuple(sorted({group for m in members for group in m.finding.groups})),
        tuple(sorted({name for m in members for name in m.finding.therapies})),
        tuple(sorted({name for m in members for name in m.finding.to_therapies})),
        selections.pop() if len(selections) == 1 else "unknown",
    )


def _watched(member: Member) -> float:
    """How many years the people of a finding were watched.

    A rate without a printed time gives the mean: its person-years, printed or events by rate, over its
    people. Where these are not printed either it stands for one year.
    """
    finding = member.finding
    if finding.time_years is not None:
        return finding.time_years
    if not isinstance(member.report, Rate):
        return 0.0
    person_years = finding.person_years
    if person_years is None and finding.events and finding.rate:
        person_years = 100 * finding.events / finding.rate
    return person_years / finding.n if person_years and finding.n else _RATE_STANDS_FOR


def predict_pool(pooled: PooledHazard) -> tuple[float, float, float]:
    """Log hazard and its 95 % interval for people like those studied.

    From two studies on it is the prediction interval, with the spread between studies. One study
    tells nothing of that spread: its own exact interval is given, and the reason says so.
    """
    return (pooled.estimate, pooled.low, pooled.high) if pooled.k == 1 else pooled.predict()


def to_pool(cell: Cell, gathered: Gathered) -> Pool | Gathered:
    """The pool of what was gathered for a cell, or the same back when nothing in it can be pooled."""
    if not gathered.members:
        return gathered
    reports = [member.report for member in gathered.members]
    return describe_pool(cell, gathered, pool_hazard(reports, excluded=gathered.excluded))


def describe_pool(cell: Cell, gathered: Gathered, pooled: PooledHazard) -> Pool:
    """A pooled hazard with who its people were and how long they were watched."""
    members = gathered.members
    watched = max(_watched(member) for member in members)
    return Pool(cell, gathered, pooled, predict_pool(pooled), watched, describe_people(members))
