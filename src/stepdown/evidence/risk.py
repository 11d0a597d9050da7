"""The risk of one outcome after one step, for one person or for a million by the same function.

Where the risk model speaks for the question, the number is for people like this one; else for the people in
the studies. What the studies say, trials and observational ones apart, stays beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from stepdown.evidence.apart import Alternative, Apart, choose_pool, fit_apart, forget_pools
from stepdown.evidence.cells import Cell, Gathered
from stepdown.evidence.meta.distributions import Flags, Floats
from stepdown.evidence.model.backing import Backing, find_backing, find_like, forget_backing
from stepdown.evidence.model.fitted import forget_model, library_model
from stepdown.evidence.model.personal import PersonalRisks, predict_people
from stepdown.evidence.people import People, to_people
from stepdown.evidence.person import Person
from stepdown.evidence.pool import Pool, describe_people
from stepdown.evidence.pool_risk import (
    PoolRisks,
    RiskEstimate,
    add_up,
    estimate_risks,
    find_other_people,
    say_no_number,
)

#: Whom a number is about: people like this one (risk model, inside what was studied); the people in the
#: studies; or this person by the risk model, carried beyond the time that was studied.
SPEAKS_FOR = ("people_like_this", "people_in_studies", "beyond_people_studied")
#: The shortest time of an answer: a risk model that does not reach so far says nothing personal.
_SHORTEST = 1.0


@dataclass(frozen=True, eq=False)
class Risks:
    """The risks of many people, a row each, with 95 % prediction intervals; NaN where unknown.

    ``is_personal`` says where the number is of the risk model, ``is_extrapolated`` where it lies beyond what
    was studied; ``of`` gives one row in full.
    """

    cell: Cell
    people: People
    years: Floats
    estimate: Floats
    low: Floats
    high: Floats
    is_personal: Flags
    is_extrapolated: Flags
    apart: Apart
    in_studies: PoolRisks | None
    backing: Backing | None

    def __len__(self) -> int:
        return len(self.estimate)

    def of(self, row: int) -> RiskEstimate:
        """One person's risk with its reasons and sources, and what else the studies say beside it."""
        if self.in_studies is None:
            return say_no_number(self.apart.gathered)
        studies = self.in_studies.of(row)
        if studies.status == "unknown":
            return studies
        beside = tuple(self._find_other_evidence(row))
        if self.backing is None:
            return replace(studies, beside=beside)
        if not self.is_personal[row]:
            return self._say_studies(row, studies, beside)
        return replace(self._say_personal(row, self.backing), beside=(studies, *beside))

    def _say_studies(
        self, row: int, studies: RiskEstimate, beside: tuple[RiskEstimate, ...]
    ) -> RiskEstimate:
        """The number of the studies; where its interval was widened, with the one of their own beside it."""
        low, high = float(self.low[row]), float(self.high[row])
        if (low, high) == (studies.low, studies.high):
            return replace(studies, beside=beside)
        method = f"{studies.method}; its interval reaches over that of the risk model"
        return replace(studies, low=low, high=high, method=method, beside=(studies, *beside))

    def _say_personal(self, row: int, backing: Backing) -> RiskEstimate:
        """The number of the model with the findings that answer the question directly."""
        extrapolated = bool(self.is_extrapolated[row])
        watched = min(backing.longest, self.in_studies.pool.watched if self.in_studies else 0.0)
        like = find_like(backing, self.people.age_low[row], self.people.age_high[row])
        findings = [item.finding for item in like]
        return RiskEstimate(
            "extrapolated" if extrapolated else "estimated",
            f"people were watched for {round(12 * watched)} months at most" if extrapolated else "",
            float(self.estimate[row]),
            float(self.low[row]),
            float(self.high[row]),
            len({item.study.id for item in like}),
            add_up([finding.n for finding in findings]),
            add_up([finding.events for finding in findings]),
            backing.method,
            "",
            describe_people(like),
            tuple(f"{item.study.id}#{item.finding.id}" for item in like),
            backing.contrasts,
            "beyond_people_studied" if extrapolated else "people_like_this",
            "both",
        )

    @cached_property
    def _others(self) -> tuple[tuple[PoolRisks, Alternative | None], ...]:
        """The other kind of studies, then both together down-weighted by risk of bias, as an alternative."""
        pools: list[tuple[Pool, Alternative | None]] = [
            (pool, None)
            for _, pool in self.apart.pools
            if self.in_studies and pool is not self.in_studies.pool
        ]
        if self.apart.alternative is not None:
            pools.append((self.apart.alternative.pool, self.apart.alternative))
        return tuple((estimate_risks(pool, self.years, self.people), whole) for pool, whole in pools)

    def _find_other_evidence(self, row: int) -> Iterator[RiskEstimate]:
        """What else the studies say to one person."""
        for risks, alternative in self._others:
            found = risks.of(row)
            if alternative is not None:
                method = f"{found.method}; {alternative.method}"
                found = replace(found, method=method, weighed=alternative.weighed)
            yield found


def find_risks(cell: Cell, years: ArrayLike, people: People) -> Risks:
    """The risks of many people who take the step of a cell: ``years`` is one time for all, or one for each.

    For each row: nothing where no study can be carried to that time; the risk model where its arms reach to
    the question and to the person; else the pool of the studies.
    """
    times = np.broadcast_to(np.asarray(years, dtype=np.float64), len(people)).copy()
    apart = fit_apart(cell)
    pool = choose_pool(apart)
    if isinstance(pool, Gathered):
        none, nobody = np.full(len(people), np.nan), np.zeros(len(people), dtype=bool)
        return Risks(cell, people, times, none, none, none, nobody, nobody, apart, None, None)
    studies, backing = estimate_risks(pool, times, people), _find_reaching(cell, pool)
    beyond = _is_beyond(studies, times, pool.watched)
    if backing is None:
        return Risks(cell, people, times, studies.estimate, studies.low, studies.high,
                     np.zeros(len(people), dtype=bool), beyond, apart, studies, None)  # fmt: skip
    is_personal = studies.is_known() & _are_reached(pool, people)
    return _with_personal(Risks(cell, people, times, studies.estimate, studies.low, studies.high, is_personal,
                                beyond, apart, studies, backing), studies, backing)  # fmt: skip


def find_risk(cell: Cell, years: float, person: Person) -> RiskEstimate:
    """The risk of one person within some years."""
    return find_risks(cell, years, to_people([person])).of(0)


def forget_fits() -> None:
    """Drop everything that was fitted, after a study was retracted or added."""
    forget_pools()
    forget_model()
    forget_backing()


def _find_reaching(cell: Cell, pool: Pool) -> Backing | None:
    """What stands behind the model, where its arms and the studies of the pool reach to the shortest time."""
    backing = find_backing(cell)
    shortest = min(_SHORTEST, pool.watched)
    return backing if backing is not None and backing.longest >= shortest - 1e-9 else None


def _are_reached(pool: Pool, people: People) -> Flags:
    """Whom the model speaks for: of an age that was studied, and of a course, drug and form that were."""
    youngest, oldest = library_model().support.ages
    reached = ~((people.age_low > oldest) | (people.age_high < youngest))
    for _, flags in find_other_people(pool, people):
        reached &= ~flags
    return np.asarray(reached)


def _is_beyond(studies: PoolRisks, times: Floats, watched: float) -> Flags:
    """Whose number of the studies is extrapolated: for the time, or for whom they are."""
    beyond = times > watched + 1e-9
    for _, flags in studies.outside:
        beyond = beyond | flags
    return np.asarray(beyond & studies.is_known())


def _with_personal(risks: Risks, studies: PoolRisks, backing: Backing) -> Risks:
    """The risks with those of the model where it speaks for the person, and no surer than it elsewhere."""
    rows = np.flatnonzero(risks.is_personal | risks.is_extrapolated)
    found = predict_people(library_model(), backing.asked, risks.years[rows], risks.people.rows(rows))
    held = _hold_studies(found, studies, rows)
    own = risks.is_personal[rows]
    estimate, low, high = risks.estimate.copy(), risks.low.copy(), risks.high.copy()
    estimate[rows[own]] = held.estimate[own]
    # A number that is carried to somebody else than those studied is no surer than the model is of them.
    low[rows] = np.where(own, held.low, np.fmin(low[rows], found.low))
    high[rows] = np.where(own, held.high, np.fmax(high[rows], found.high))
    reach = min(backing.longest, studies.pool.watched)
    beyond = np.where(risks.is_personal, risks.years > reach + 1e-9, risks.is_extrapolated)
    return replace(risks, estimate=estimate, low=low, high=high, is_extrapolated=beyond)


def _hold_studies(found: PersonalRisks, studies: PoolRisks, rows: np.ndarray) -> PersonalRisks:
    """The same with intervals that hold what the studies of the question found in people like these.

    Where the model is the more certain of the two and they differ, it is not believed to be.
    """
    like_these = np.ones(len(rows), dtype=bool)
    for _, flags in studies.outside:
        like_these &= ~flags[rows]
    low = np.where(like_these, studies.range_low[rows], np.nan)
    high = np.where(like_these, studies.range_high[rows], np.nan)
    return PersonalRisks(found.estimate, np.fmin(found.low, low), np.fmax(found.high, high))
