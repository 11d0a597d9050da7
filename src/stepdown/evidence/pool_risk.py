"""The risk that the studies of one pool give, for one person or for many by the same function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stepdown.evidence.apart import Weighed, fit_pool
from stepdown.evidence.carrying import judge_horizon
from stepdown.evidence.cells import Candidate, Cell, Gathered, family_of
from stepdown.evidence.contrasts import Shift, age_shift, find_contrast, mri_shift
from stepdown.evidence.meta.distributions import Flags, Floats
from stepdown.evidence.people import COURSES, People, to_people
from stepdown.evidence.person import Person
from stepdown.evidence.pool import Pool, Studied

_Z95 = 1.959964
#: Reasons why somebody lies outside: words, and whom they are true of.
Outside = tuple[tuple[str, Flags], ...]


@dataclass(frozen=True)
class RiskEstimate:
    """A risk between 0 and 1 with its 95 % prediction interval, or unknown with the reason.

    ``people`` and ``events`` are None where a study does not print them. ``sources`` are the findings
    pooled, then those of the contrasts applied; for a number of the risk model they are the findings about
    people like this one, and ``moved_by`` the contrasts. ``speaks_for`` is whom the number is about, one of
    SPEAKS_FOR, and ``design`` the kind of the studies behind it; both None where there is no number.
    ``beside`` holds what else can be said of the question; ``weighed`` the studies of a combined estimate.
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
    moved_by: tuple[str, ...] = ()
    speaks_for: str | None = None
    design: str | None = None
    beside: tuple[RiskEstimate, ...] = ()
    weighed: tuple[Weighed, ...] = ()


@dataclass(frozen=True, eq=False)
class PoolRisks:
    """The risks of many people from one pool, a row each; NaN where the time lies beyond what can be carried.

    ``horizon`` is the status and reason of each time in ``years``. ``range_low`` and ``range_high`` are the
    risks of the people studied, moved to the ends of what a person's facts leave open, without any error.
    """

    pool: Pool
    years: Floats
    horizon: dict[float, tuple[str, str]]
    estimate: Floats
    low: Floats
    high: Floats
    range_low: Floats
    range_high: Floats
    outside: Outside
    shifts: tuple[Shift, ...]

    def is_known(self) -> Flags:
        """Who gets a number."""
        return ~np.isnan(self.estimate)

    def find_outside(self, row: int) -> list[str]:
        """How one person lies outside the people studied, each in words."""
        return [words for words, flags in self.outside if flags[row]]

    def of(self, row: int) -> RiskEstimate:
        """One person's risk in full."""
        status, reason = self.horizon[float(self.years[row])]
        members = self.pool.gathered.members
        sources = tuple(f"{member.study.id}#{member.finding.id}" for member in members)
        if status == "unknown":
            studies, studied = self.pool.pooled.k, self.pool.studied
            return RiskEstimate(status, reason, studies=studies, studied=studied, sources=sources)
        outside = self.find_outside(row)
        alone = "one study: how much studies differ is unknown" if self.pool.pooled.k == 1 else ""
        return RiskEstimate(
            "extrapolated" if outside else status,
            "; ".join(part for part in (reason, *outside, alone) if part),
            float(self.estimate[row]),
            float(self.low[row]),
            float(self.high[row]),
            self.pool.pooled.k,
            add_up([member.finding.n for member in members]),
            add_up([member.finding.events for member in members]),
            self.pool.pooled.method,
            "; ".join(dict.fromkeys(member.finding.definition for member in members)),
            self.pool.studied,
            (*sources, *(shift.source for shift in self.shifts if shift.moves(row))),
            (),
            "people_in_studies",
            self.pool.design,
        )


def add_up(values: Sequence[int | None]) -> int | None:
    """The sum, or None where any part is not printed."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def estimate_risks(pool: Pool, years: Floats, people: People) -> PoolRisks:
    """The risks that a pool gives within some years: of the people studied, moved by age and MRI activity.

    The contrasts inside studies move it, and their errors widen it. ``years`` has one time for each row.
    """
    cell = pool.cell
    horizon = {
        float(time): judge_horizon(float(time), pool.watched, cell.group, cell.strategy)
        for time in np.unique(years)
    }
    shifts = _find_shifts(pool, people)
    numbers = _widen(pool, shifts[0].plus(shifts[1]), years)
    unknown = [time for time, (status, _) in horizon.items() if status == "unknown"]
    beyond = np.isin(years, unknown)
    estimate, low, high, range_low, range_high = (np.where(beyond, np.nan, row) for row in numbers)
    outside = _find_outside(pool, people)
    return PoolRisks(pool, years, horizon, estimate, low, high, range_low, range_high, outside, shifts)


def _find_shifts(pool: Pool, people: People) -> tuple[Shift, Shift]:
    """How far each person's log hazard lies from the pooled one, by the contrasts inside studies."""
    where = (pool.cell.outcome, pool.cell.strategy, pool.cell.group)
    age = age_shift(find_contrast("age", *where), people, pool.studied.age_mean)
    return age, mri_shift(find_contrast("mri_active", *where), people)


def _widen(pool: Pool, shift: Shift, years: Floats) -> tuple[Floats, ...]:
    """Risk, interval and bare range after a shift, its error added to the interval on the log scale."""
    middle, low, high = pool.predicted
    error = _Z95 * shift.se
    if np.isinf(middle):
        # Nobody had the event: the estimate stays at nil and only the upper end moves.
        none, nothing = np.zeros(len(years)), np.full(len(years), np.nan)
        return none, none, _to_risk(high + shift.high + error, years), nothing, nothing
    below, above = np.hypot(middle - low, error), np.hypot(high - middle, error)
    return (
        _to_risk(middle + shift.estimate, years),
        _to_risk(middle + shift.low - below, years),
        _to_risk(middle + shift.high + above, years),
        _to_risk(middle + shift.low, years),
        _to_risk(middle + shift.high, years),
    )


def _to_risk(log_hazard: Floats, years: Floats) -> Floats:
    """The risk within some years at a constant hazard."""
    return np.asarray(-np.expm1(-np.exp(np.minimum(log_hazard, 700.0)) * years))


def _find_outside(pool: Pool, people: People) -> Outside:
    """Every way in which somebody lies outside the people studied."""
    studied, found = pool.studied, []
    if studied.age_low is not None:
        found.append(("younger than the people in these studies", people.age_high < studied.age_low))
    if studied.age_high is not None:
        found.append(("older than the people in these studies", people.age_low > studied.age_high))
    if studied.years_quiet_min is not None:
        shorter = people.quiet_high < studied.years_quiet_min
        found.append(("quiet for less time than the people in these studies", shorter))
    if studied.selection == "elective-stable":
        found.append(("active on MRI, unlike the people in these studies", people.mri_active == 1))
    return (*found, *find_other_people(pool, people))


def find_other_people(pool: Pool, people: People) -> Outside:
    """Who has another course, drug or form than the people studied: what no covariate can bridge.

    Drugs whose studies answer for each other by a table of ours are not held apart here.
    """
    courses = np.array([_has_course(pool, course) for course in COURSES])
    other_course = (people.course >= 0) & ~courses[people.course]
    found = [("the people in these studies had another course of MS", other_course)]
    return (*found, *((words, np.ones(len(people), dtype=bool)) for words in _find_other_drugs(pool, people)))


def _has_course(pool: Pool, course: str) -> bool:
    """Whether people of a course were in every finding's group; one that names none may have had any."""
    return any(_may_have(member, course) for member in pool.gathered.members)


def _may_have(member: Candidate, course: str) -> bool:
    courses = member.finding.courses or member.study.courses
    return not courses or course in courses


def _find_other_drugs(pool: Pool, people: People) -> list[str]:
    """How the drugs of the people studied differ from these people's, where both are known."""
    found = [f"the people in these studies had {people.other_form}"] if people.other_form else []
    taken, reached = pool.studied.therapies, pool.studied.to_therapies
    if people.therapy and taken and people.therapy not in taken and len(family_of(pool.cell.group)) == 1:
        found.append("the people in these studies took another drug of the same group")
    if people.target and reached and people.target not in reached:
        found.append("the people in these studies went to another drug")
    return found


def estimate_risk(pool: Pool | Gathered, years: float, person: Person) -> RiskEstimate:
    """The risk that a pool gives one person within some years, or unknown with the reason."""
    if isinstance(pool, Gathered):
        return say_no_number(pool)
    return estimate_risks(pool, np.array([float(years)]), to_people([person])).of(0)


def find_pool_risk(cell: Cell, years: float, person: Person) -> RiskEstimate:
    """The risk within some years for people as studied, moved by age and MRI by contrasts inside studies."""
    return estimate_risk(fit_pool(cell), years, person)


def say_no_number(gathered: Gathered) -> RiskEstimate:
    """Unknown, with what was found that cannot be pooled."""
    if not gathered.excluded:
        return RiskEstimate("unknown", "no study in the library reports this")
    first = gathered.excluded[0]
    reason = f"reported by {len({e.study for e in gathered.excluded})} studies, none usable: {first.reason}"
    if len({e.study for e in gathered.excluded}) == 1:
        reason = f"reported by one study, not usable: {first.reason}"
    return RiskEstimate("unknown", reason, sources=tuple(f"{e.study}#{e.finding}" for e in gathered.excluded))
