"""The results of a cohort, as frozen data: what ``results.json`` holds and the report draws."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.cohorts.population.attrition import AttritionStep


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval; NaN where it cannot be given, and ``why`` then says why."""

    value: float
    low: float
    high: float
    why: str = ""


@dataclass(frozen=True)
class CurvePoint:
    """A weighted cumulative incidence at a time, the rows followed from then on, and the events so far."""

    years: float
    risk: float
    low: float
    high: float
    at_risk: int
    events: int


@dataclass(frozen=True)
class GroupResult:
    """One group and one outcome. ``risk`` is weighted, ``crude_risk`` is not; both at the end of follow-up.

    ``followers`` did what the strategy says; others are copies that agreed with it for a part of the grace
    period only. ``proportion`` counts people with the event among all, however long they were followed;
    ``rate`` is per person-year, both with exact intervals. ``reasons`` counts why follow-up ended;
    ``reasons_by_year`` the same, year by year.
    """

    name: str
    trials: int
    people: int
    events: int
    followers: int
    follower_events: int
    person_years: float
    proportion: Interval
    rate: Interval
    risk: Interval
    crude_risk: Interval
    event_free_years: float
    curve: tuple[CurvePoint, ...]
    reasons: dict[str, int]
    reasons_by_year: tuple[dict[str, int], ...]


@dataclass(frozen=True)
class Contrast:
    """The target against the comparator at a time: differences of risk in points of 1, not of 100."""

    years: float
    risk_difference: Interval
    risk_ratio: Interval
    crude_risk_difference: Interval


@dataclass(frozen=True)
class SubgroupResult:
    """The contrast at the end of follow-up within one label of a subgroup."""

    name: str
    label: str
    trials: tuple[int, int]
    events: tuple[int, int]
    risk_difference: Interval
    largest_imbalance: float


@dataclass(frozen=True)
class Predictor:
    """One covariate in a Cox model of the outcome, all covariates together."""

    name: str
    hazard_ratio: Interval


@dataclass(frozen=True)
class RelapseRate:
    """Relapses of one group, every one counted, over the years watched; ``rate`` is weighted, per year."""

    name: str
    relapses: int
    person_years: float
    rate: Interval


@dataclass(frozen=True)
class RelapseRates:
    """The annualised relapse rates of the groups, and the ratio of the target's to the comparator's."""

    groups: tuple[RelapseRate, ...]
    ratio: Interval | None


@dataclass(frozen=True)
class OutcomeResult:
    """One outcome in all groups. ``left_out`` counts trials without what the outcome needs, by reason.

    ``relapse_rates`` stands beside the outcome relapse only.
    """

    name: str
    kind: str
    left_out: dict[str, int]
    groups: tuple[GroupResult, ...]
    contrasts: tuple[Contrast, ...]
    hazard_ratio: Interval | None
    event_free_years_difference: Interval | None
    log_rank_p: float | None
    complete_cases: Contrast | None
    subgroups: tuple[SubgroupResult, ...]
    predictors: tuple[Predictor, ...]
    warnings: tuple[str, ...]
    relapse_rates: RelapseRates | None = None
    negative_control: bool = False


@dataclass(frozen=True)
class BalanceLine:
    """One covariate's standardised difference between the groups, before and after weighting.

    ``rarest`` are the fewest in either group who have what is true or not, or have it not; None where nobody
    is apart from the others, and for a number.
    """

    name: str
    before: float
    after: float
    rarest: int | None = None


@dataclass(frozen=True)
class Estimated:
    """The results of one outcome, and how well the groups were balanced for it."""

    outcome: OutcomeResult
    balance: tuple[BalanceLine, ...]
    effective_sizes: tuple[float, float] | None


@dataclass(frozen=True)
class CohortResult:
    """All that a cohort found, with what it was found from; ``simulated``: its people are invented."""

    protocol: str
    title: str
    question: str
    protocol_hash: str
    data_fingerprint: str
    versions: dict[str, str]
    engine: str
    ran_on: str
    attrition: tuple[AttritionStep, ...]
    groups: tuple[str, ...]
    estimand: str
    missing: dict[str, int]
    balance: tuple[BalanceLine, ...]
    effective_sizes: tuple[float, float] | None
    outcomes: tuple[OutcomeResult, ...]
    warnings: tuple[str, ...]
    simulated: bool = False
