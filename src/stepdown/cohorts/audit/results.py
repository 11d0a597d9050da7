"""What an audit found, as frozen data: exact counts, not for release as they are (see ``publishing``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stepdown.cohorts.audit.comparing import Power, Ratio
from stepdown.cohorts.audit.drift import Chart, Series

AGREES, NOT_TRUSTED, CANNOT_TELL = "agrees", "not trusted", "cannot tell"


@dataclass(frozen=True)
class Share:
    """A share of people with its interval; NaN where it cannot be given."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class RiskGroup:
    """Steps of about the same predicted risk: the mean prediction, and the share seen (Kaplan-Meier)."""

    steps: int
    predicted: float
    predicted_low: float
    predicted_high: float
    observed: Share
    ratio: Ratio


@dataclass(frozen=True)
class Kind:
    """People of one kind in one split; ``differs`` where they are named as an exception."""

    label: str
    steps: int
    ratio: Ratio
    differs: bool


@dataclass(frozen=True)
class Split:
    """The same people by one fact; ``p`` is for the ratios of the kinds being one and the same (NaN: few)."""

    name: str
    kinds: tuple[Kind, ...]
    p: float


@dataclass(frozen=True)
class Verdict:
    """``word`` is one of the three above; ``direction`` more, fewer or "".

    ``grounds`` names what decided: more, fewer, beyond (not even the printed intervals hold), drift-more,
    drift-fewer, ranking-flat, ranking-steep; ruled-out; few-events, open or
    nothing-expected.
    """

    word: str
    direction: str
    grounds: tuple[str, ...]


@dataclass(frozen=True)
class Account:
    """What became of the steps of one kind that an outcome was asked of; every one is counted once."""

    asked: int
    estimated: int
    extrapolated: int
    no_number: int
    left_out: Mapping[str, int]
    followed: int
    people: int


@dataclass(frozen=True)
class HorizonResult:
    """One step, outcome and time, of people whose prediction is called estimated.

    ``expected_without`` are the events expected had nobody had one: it tells nothing of who did.

    ``clinics`` is where the ratio of clinics lies that the evidence allows for (median, prediction interval);
    ``through`` the ratio where
    people are followed on after the step was undone; ``beyond`` that of people whose prediction is called
    extrapolated, for whom no verdict is given. ``personal`` counts those whose number is of people like them,
    not of those in the studies. ``ended`` counts why follow-up ended. ``slope`` is None with few events.
    """

    years: int
    account: Account
    person_years: float
    expected_without: float
    ratio: Ratio
    clinics: Share
    through: Ratio
    beyond: Ratio
    personal: int
    ended: Mapping[str, int]
    slope: Share | None
    groups: tuple[RiskGroup, ...]
    splits: tuple[Split, ...]
    power: Power
    verdict: Verdict


@dataclass(frozen=True, eq=False)
class Drift:
    """Events against expectation over the calendar: charts for more and for fewer, and year by year."""

    years: int
    series: Series
    more: Chart
    fewer: Chart
    by_year: tuple[tuple[int, Ratio], ...]


@dataclass(frozen=True, eq=False)
class PartResult:
    """One step and one outcome, at each time for which there are estimated predictions."""

    strategy: str
    outcome: str
    horizons: tuple[HorizonResult, ...]
    drift: Drift | None


@dataclass(frozen=True, eq=False)
class AuditResult:
    """A whole audit. ``steps`` counts steps by strategy, ``refused`` those that nothing is asked of;
    ``unseen`` names outcomes that were not looked at, each with a table that the registry lacks for it.
    """

    at: str
    ran_on: str
    engine: str
    data_fingerprint: str
    library: str
    versions: Mapping[str, str]
    steps: Mapping[str, int]
    people: int
    refused: Mapping[str, int]
    unseen: Mapping[str, str]
    parts: tuple[PartResult, ...]
