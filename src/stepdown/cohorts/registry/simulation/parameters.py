"""What the simulator assumes, read from its data file, and what a run may change of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

#: A year in quarters: the step of the simulation, in days.
QUARTER = 91
#: A visit every so many quarters.
VISIT_EVERY = 2
QUARTERS_AFTER = 16
NO_DRUG = 0
Section = Mapping[str, float]
Policy = Literal["as-decided", "begin", "continue"]
#: What may be compared with going on.
STRATEGIES = ("stop", "step-down", "extend")
Strategy = Literal["stop", "step-down", "extend"]


@dataclass(frozen=True)
class Drugs:
    """The drugs by number, 0 being none: rates on them and after them, relative to no treatment.

    ``log_on`` has a value a drug; ``log_after`` one for each quarter of a year since stopping.
    """

    names: tuple[str, ...]
    log_on: NDArray[np.float32]
    log_after: NDArray[np.float32]
    share: NDArray[np.float64]
    infections: NDArray[np.float32]
    is_high: NDArray[np.bool_]
    has_rebound: NDArray[np.bool_]


@dataclass(frozen=True)
class Parameters:
    """The assumptions by section, as the data file explains them."""

    people: Mapping[str, Any]
    relapse: Section
    lesions: Section
    worsening: Section
    stopping: Section
    stepping_down: Section
    extending: Section
    switching: Section
    visits: Section
    leaving: Section
    checkpoint_inhibitors: Section
    drugs: Drugs


@dataclass(frozen=True, kw_only=True)
class Eligible:
    """Who enters a comparison, judged at a visit by what is on file, and at which visit the clock starts.

    ``strategy`` is what is compared with going on. ``index`` is the first visit at which the person is
    eligible, or the first such visit at which the clinic decides for the strategy; the second gives the
    effect among those who follow it. ``years_without_relapse`` is counted in the observation period only, and
    so is the time on the drug. With ``grace_days`` the strategy is to begin within so many days: people begin
    when they would have anyway, and the others at the last visit in it.
    """

    age_min: float = 0
    age_max: float = 200
    years_without_relapse: float = 0
    years_on_drug: float = 0
    last_scan_quiet: bool = False
    therapies: tuple[str, ...] = ()
    courses: tuple[str, ...] = ()
    strategy: Strategy = "stop"
    index: Literal["first-eligible-visit", "decision"] = "first-eligible-visit"
    grace_days: int = 0


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A truth that is another one than the assumptions say, for people who have left all therapy.

    ``hazard`` multiplies their rates of relapses, lesions and steps of disability, from the day ``since``
    (None: always), in one ``centre`` by number, or in all (None). What happens before anybody stops is the
    same with and without it.
    """

    hazard: float = 1.0
    since: date | None = None
    centre: int | None = None


@cache
def read_parameters() -> Parameters:
    """The assumptions that ship with the program."""
    path = files("stepdown.cohorts.registry.simulation").joinpath("parameters.toml")
    return parse_parameters(path.read_text(encoding="utf-8"))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One simulated registry.

    ``effect_of_stopping`` is 1 for the loss of the drug's effect, with rebound, as the data file has it, and
    0 for a world in which stopping changes nothing. ``confounding`` scales how much age and activity decide
    who stops; with 0 the decision is a lottery. ``stopping_odds`` multiplies the odds of stopping, stepping
    down or extending at a visit, for small registries in which few people would. ``effect_of_stepping_down``
    is 1 for the effect of the milder drug and of the longer interval, 0 for none. ``policy`` replaces the
    decision from the index visit of people who are ``eligible``. ``shift`` makes predictions wrong that were
    right before it.
    """

    people: int
    seed: int
    effect_of_stopping: float = 1.0
    effect_of_stepping_down: float = 1.0
    confounding: float = 1.0
    stopping_odds: float = 1.0
    informative_visits: bool = True
    policy: Policy = "as-decided"
    shift: Shift = Shift()
    eligible: Eligible | None = None
    #: Keep everybody under observation so long after the end, for the truth; losses then hide nothing.
    years_beyond: float = 0.0
    parameters: Parameters = field(default_factory=read_parameters, repr=False)


def parse_parameters(text: str) -> Parameters:
    """The assumptions in the text of a data file."""
    table = tomllib.loads(text)
    drugs = _read_drugs(table.pop("drugs"))
    return Parameters(drugs=drugs, **{name: MappingProxyType(section) for name, section in table.items()})


def _read_drugs(rows: Mapping[str, Mapping[str, Any]]) -> Drugs:
    every = list(rows.values())
    shares = np.array([[row["share_low"], row["share_high"]] for row in every])
    return Drugs(
        names=("", *rows),
        log_on=np.array([0.0, *(np.log(row["ratio"]) for row in every)], dtype=np.float32),
        log_after=np.array([np.zeros(QUARTERS_AFTER), *map(_log_after, every)], dtype=np.float32),
        share=shares / shares.sum(axis=0),
        infections=np.array([1.0, *(row["infections"] for row in every)], dtype=np.float32),
        is_high=np.array([False, *(row["tier"] == "high" for row in every)]),
        has_rebound=np.array([False, *(max(row["after"], default=0) > 1 for row in every)]),
    )


def _log_after(row: Mapping[str, Any]) -> NDArray[np.float64]:
    """The effect fading on the log scale while it lasts, then what comes after it, then none."""
    lasts = row["lasts"]
    fading = [np.log(row["ratio"]) * (1 - quarter / lasts) for quarter in range(lasts)]
    course = fading + [float(np.log(ratio)) for ratio in row["after"]]
    return np.array(course + [0.0] * (QUARTERS_AFTER - len(course)))


def to_days(day: date) -> int:
    """A day as a number of days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days
