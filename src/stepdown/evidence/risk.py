"""The risk of one outcome after one strategy: pooled from the studies that report it, or why unknown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from stepdown.evidence.carrying import judge_horizon
from stepdown.evidence.cells import Cell, Gathered, Member, family_of, gather
from stepdown.evidence.contrasts import Shift, age_shift, find_contrast, mri_shift
from stepdown.evidence.meta.pool_hazard import pool_hazard
from stepdown.evidence.meta.pooled import PooledHazard, to_risk
from stepdown.evidence.meta.reports import Rate
from stepdown.evidence.person import Person

_Z95 = 1.959964
#: A study that prints a mean age but no bounds is taken to speak for 15 years either side of it.
_AGE_REACH = 15.0
#: A rate per person-year whose follow-up is not printed is taken as watched for one year.
_RATE_STANDS_FOR = 1.0


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


@dataclass(frozen=True)
class RiskEstimate:
    """A risk between 0 and 1 with its 95 % prediction interval, or unknown with the reason.

    ``people`` and ``events`` are None where a study does not print them. ``sources`` are the
    findings pooled, then those of the contrasts applied.
    """

    status: str
    reason: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    studies: int = 0
    people: int | None = None
    events: int | None = None
    method: str = ""
    definition: str = ""
    studied: Studied | None = None
    sources: tuple[str, ...] = ()


def _age_of(member: Member) -> float | None:
    """The mean or median age of the people of a finding."""
    population = member.study.population
    ages = (member.finding.age_mean, population.age_mean, population.age_median)
    return next((age for age in ages if age is not None), None)


def _age_bounds(member: Member) -> tuple[float | None, float | None]:
    """The ages a finding speaks for: 15 years either side of its mean, cut where the study cut.

    An entry age alone (18 and older) does not say that the young were there.
    """
    mean, finding = _age_of(member), member.finding
    least = finding.age_min if finding.age_min is not None else member.study.population.age_min
    lows = [low for low in (least, None if mean is None else mean - _AGE_REACH) if low is not None]
    high = finding.age_max if finding.age_max is not None else (None if mean is None else mean + _AGE_REACH)
    return max(lows, default=None), high


def _mean_over_people(members: Sequence[Member], values: Sequence[float | None]) -> float | None:
    """The mean of a value of each member, weighted by its people; members that do not print it are left out.

    For the bounds of age it keeps one small study of younger people from speaking for all of them.
    """
    pairs = [
        (value, member.finding.n or 1)
        for value, member in zip(values, members, strict=True)
        if value is not None
    ]
    return sum(value * n for value, n in pairs) / sum(n for _, n in pairs) if pairs else None


def _shortest_quiet(members: Sequence[Member]) -> float | None:
    """The shortest quiet time that any study let in; None where one does not say."""
    years = [
        m.finding.years_quiet_min
        if m.finding.years_quiet_min is not None
        else m.study.population.years_quiet_min
        for m in members
    ]
    return min((y for y in years if y is not None), default=None) if None not in years else None


def _describe(members: Sequence[Member]) -> Studied:
    """Who the people of the pooled findings were."""
    lows, highs = zip(*(_age_bounds(member) for member in members), strict=True)
    selections = {member.finding.selection for member in members}
    return Studied(
        _mean_over_people(members, [_age_of(member) for member in members]),
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


def _predict(pooled: PooledHazard) -> tuple[float, float, float]:
    """Log hazard and its 95 % interval for people like those studied.

    From two studies on it is the prediction interval, with the spread between studies. One study
    tells nothing of that spread: its own exact interval is given, and the reason says so.
    """
    return (pooled.estimate, pooled.low, pooled.high) if pooled.k == 1 else pooled.predict()


@lru_cache(maxsize=4096)
def fit_pool(cell: Cell) -> Pool | Gathered:
    """The pool of a cell, or what was gathered when nothing in it can be pooled."""
    return to_pool(cell, gather(cell))


def to_pool(cell: Cell, gathered: Gathered) -> Pool | Gathered:
    """The pool of what was gathered for a cell, or the same back when nothing in it can be pooled."""
    members = gathered.members
    if not members:
        return gathered
    pooled = pool_hazard([member.report for member in members], excluded=gathered.excluded)
    watched = max(_watched(member) for member in members)
    return Pool(cell, gathered, pooled, _predict(pooled), watched, _describe(members))


def forget_pools() -> None:
    """Drop every fitted pool, after a study was retracted or added."""
    fit_pool.cache_clear()


def _no_number(gathered: Gathered) -> RiskEstimate:
    """Unknown, with what was found that cannot be pooled."""
    if not gathered.excluded:
        return RiskEstimate("unknown", "no study in the library reports this")
    first = gathered.excluded[0]
    reason = f"reported by {len({e.study for e in gathered.excluded})} studies, none usable: {first.reason}"
    if len({e.study for e in gathered.excluded}) == 1:
        reason = f"reported by one study, not usable: {first.reason}"
    return RiskEstimate("unknown", reason, sources=tuple(f"{e.study}#{e.finding}" for e in gathered.excluded))


def _outside(pool: Pool, person: Person) -> list[str]:
    """How this person lies outside the people studied, each in words."""
    found, studied = [], pool.studied
    if person.age_low is not None and person.age_high is not None:
        if studied.age_low is not None and person.age_high < studied.age_low:
            found.append("younger than the people in these studies")
        if studied.age_high is not None and person.age_low > studied.age_high:
            found.append("older than the people in these studies")
    quiet, least = person.years_quiet_high, studied.years_quiet_min
    if least is not None and quiet is not None and quiet < least:
        found.append("quiet for less time than the people in these studies")
    if studied.selection == "elective-stable" and person.mri_active:
        found.append("active on MRI, unlike the people in these studies")
    if person.course and not any(_has_course(member, person.course) for member in pool.gathered.members):
        found.append("the people in these studies had another course of MS")
    return found + _other_drugs(pool, person)


def _has_course(member: Member, course: str) -> bool:
    """Whether people of a course were among those of a finding; a study that names none may have had any."""
    courses = member.finding.courses or member.study.courses
    return not courses or course in courses


def _other_drugs(pool: Pool, person: Person) -> list[str]:
    """How the drugs of the people studied differ from this person's, where both are known.

    Drugs whose studies answer for each other by a table of ours are not held apart here.
    """
    found = [f"the people in these studies had {person.other_form}"] if person.other_form else []
    taken, reached = pool.studied.therapies, pool.studied.to_therapies
    if person.therapy and taken and person.therapy not in taken and len(family_of(pool.cell.group)) == 1:
        found.append("the people in these studies took another drug of the same group")
    if person.target and reached and person.target not in reached:
        found.append("the people in these studies went to another drug")
    return found


def _shift(pool: Pool, person: Person) -> Shift:
    """How far the person's log hazard lies from the pooled one, by the contrasts inside studies."""
    where = (pool.cell.outcome, pool.cell.strategy, pool.cell.group)
    age = age_shift(find_contrast("age", *where), person, pool.studied.age_mean)
    return age.plus(mri_shift(find_contrast("mri_active", *where), person))


def _widen(pool: Pool, shift: Shift, years: float) -> tuple[float, float, float]:
    """Risk and prediction interval after a shift, the error of the shift added on the log-hazard scale."""
    middle, low, high = pool.predicted
    error = _Z95 * shift.se
    if math.isinf(middle):
        # Nobody had the event: the estimate stays at nil and only the upper end moves.
        return 0.0, 0.0, to_risk(high + shift.high + error, years)
    below, above = math.hypot(middle - low, error), math.hypot(high - middle, error)
    return (
        to_risk(middle + shift.estimate, years),
        to_risk(middle + shift.low - below, years),
        to_risk(middle + shift.high + above, years),
    )


def _total(values: Sequence[int | None]) -> int | None:
    """The sum, or None where any part is not printed."""
    return (
        None
        if any(value is None for value in values)
        else sum(value for value in values if value is not None)
    )


def find_risk(cell: Cell, years: float, person: Person) -> RiskEstimate:
    """The risk within some years for people as studied, moved by age and MRI by contrasts inside studies."""
    return estimate_risk(fit_pool(cell), years, person)


def estimate_risk(pool: Pool | Gathered, years: float, person: Person) -> RiskEstimate:
    """The risk that a pool gives within some years, or unknown with the reason."""
    if isinstance(pool, Gathered):
        return _no_number(pool)
    status, reason = judge_horizon(years, pool.watched, pool.cell.group, pool.cell.strategy)
    members = pool.gathered.members
    sources = tuple(f"{member.study.id}#{member.finding.id}" for member in members)
    if status == "unknown":
        return RiskEstimate("unknown", reason, studies=pool.pooled.k, studied=pool.studied, sources=sources)
    outside = _outside(pool, person)
    shift = _shift(pool, person)
    estimate, low, high = _widen(pool, shift, years)
    alone = "one study: how much studies differ is unknown" if pool.pooled.k == 1 else ""
    reasons = [part for part in (reason, *outside, alone) if part]
    return RiskEstimate(
        "extrapolated" if outside else status,
        "; ".join(reasons),
        estimate,
        low,
        high,
        pool.pooled.k,
        _total([member.finding.n for member in members]),
        _total([member.finding.events for member in members]),
        pool.pooled.method,
        "; ".join(dict.fromkeys(member.finding.definition for member in members)),
        pool.studied,
        sources + shift.sources,
    )
