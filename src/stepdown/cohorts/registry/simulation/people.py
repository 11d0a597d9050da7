"""The invented people at entry: age, sex, course, how active their disease is, and their first drug."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.registry.simulation.parameters import NO_DRUG, Parameters, to_days

Days = NDArray[np.int32]
Numbers = NDArray[np.float32]
YEAR = 365.25
RRMS, SPMS, PPMS = range(3)
COURSES = ("RRMS", "SPMS", "PPMS")


@dataclass(frozen=True)
class People:
    """What does not change: one value a person; days count from 1970-01-01.

    ``frailty`` multiplies the rates of relapses and lesions; nobody at the clinic sees it.
    """

    entry: Days
    birth: Days
    onset: Days
    diagnosis: Days
    female: NDArray[np.bool_]
    course: NDArray[np.int8]
    frailty: Numbers
    first_drug: NDArray[np.int8]
    edss_halves: NDArray[np.int8]
    centre: NDArray[np.int8]
    speed: Numbers

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.entry)


def draw_people(rng: np.random.Generator, count: int, parameters: Parameters) -> People:
    """People on the day on which their observation begins."""
    section = parameters.people
    entry = _draw_days(rng, count, section)
    age = np.clip(rng.normal(section["age_mean"], section["age_sd"], count),
                  section["age_min"], section["age_max"])
    frailty = rng.standard_gamma(section["frailty_shape"], count) / section["frailty_shape"]
    course = _draw_courses(rng, age, section)
    years_ill = np.minimum(rng.exponential(7.0, count) + 0.5, age - 15)
    onset = entry - (years_ill * YEAR).astype(np.int32)
    delay = (rng.random(count) * np.minimum(years_ill, 2) * YEAR).astype(np.int32)
    return People(
        entry=entry,
        birth=(entry - age * YEAR).astype(np.int32),
        onset=onset,
        diagnosis=onset + delay,
        female=rng.random(count) < section["female"],
        course=course,
        frailty=frailty.astype(np.float32),
        first_drug=_draw_drugs(rng, frailty, parameters),
        edss_halves=_draw_edss(rng, years_ill, course),
        centre=rng.integers(1, section["centres"] + 1, count, dtype=np.int8),
        speed=rng.normal(0, 1, count).astype(np.float32),
    )


def _draw_days(rng: np.random.Generator, count: int, section: Any) -> Days:
    first, last = to_days(section["entry_first"]), to_days(section["entry_last"])
    return rng.integers(first, last + 1, count, dtype=np.int32)


def _draw_courses(rng: np.random.Generator, age: NDArray[np.float64], section: Any) -> NDArray[np.int8]:
    """PPMS by lot, SPMS more often the older a person is, RRMS otherwise."""
    at_50 = np.log(section["secondary_at_50"] / (1 - section["secondary_at_50"]))
    secondary = 1 / (1 + np.exp(-(at_50 + section["secondary_log_odds_per_year"] * (age - 50))))
    lots, other = rng.random(len(age)), rng.random(len(age))
    course = np.where(other < secondary, SPMS, RRMS)
    return np.where(lots < section["primary_progressive"], PPMS, course).astype(np.int8)


def _draw_drugs(rng: np.random.Generator, frailty: NDArray[np.float64],
                parameters: Parameters) -> NDArray[np.int8]:
    """A drug for most: stronger ones more often for those whose disease is more active."""
    share = parameters.drugs.share
    high = np.clip((frailty - 0.3) / 1.7, 0, 1)[:, None]
    bounds = np.cumsum((1 - high) * share[:, 0] + high * share[:, 1], axis=1)
    chosen = 1 + (rng.random(len(frailty))[:, None] > bounds[:, :-1]).sum(axis=1)
    untreated = rng.random(len(frailty)) < parameters.people["untreated"]
    return np.where(untreated, NO_DRUG, chosen).astype(np.int8)


def _draw_edss(rng: np.random.Generator, years_ill: NDArray[np.float64],
               course: NDArray[np.int8]) -> NDArray[np.int8]:
    """EDSS in half points, higher with the years of illness and in a progressive course."""
    mean = 2.0 + 0.22 * years_ill + np.where(course == RRMS, 0, 4.0)
    drawn = np.clip(np.rint(rng.normal(mean, 1.8)), 0, 16)
    return np.where(drawn == 1, 2, drawn).astype(np.int8)
