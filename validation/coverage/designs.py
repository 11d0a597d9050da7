"""Which situations are simulated, and the data drawn for each: people, years, events, true values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SEED = 20261121
STUDIES = (1, 3, 5, 10, 20)
SPREADS = (0.0, 0.3, 0.6, 1.2)
#: People of a study around which sizes vary, and the true hazard per person-year: about 2 and 60 events.
EVENTS = {"few": (40, 0.03), "many": (300, 0.1)}
#: Sizes relative to the middle one and years of follow-up, repeated over the studies.
SIZES = (1.0, 0.5, 2.0, 0.75, 1.5)
YEARS = (2.0, 1.0, 3.0)
#: Events of each arm of the trial in the middle behind a ratio, by which its standard error is drawn.
ARM_EVENTS = {"few": 5.0, "many": 60.0}
#: Spreads of log ratios are smaller than those of log hazards: both arms share what differs between places.
RATIO_SPREADS = (0.0, 0.1, 0.25, 0.5)
TRUE_LOG_RATIO = math.log(0.7)


@dataclass(frozen=True)
class Situation:
    """One cell of the table."""

    kind: str
    studies: int
    events: str
    spread: float

    @property
    def random(self) -> np.random.Generator:
        """The random numbers of this cell, the same on each run whatever else is run."""
        place = [ord(self.events[0]), round(100 * self.spread), len(self.kind)]
        return np.random.default_rng([SEED, self.studies, *place])


def list_situations(kind: str) -> Iterator[Situation]:
    """Every situation of hazards or of ratios."""
    spreads = SPREADS if kind == "hazard" else RATIO_SPREADS
    for studies, events, spread in product(STUDIES, EVENTS, spreads):
        yield Situation(kind, studies, events, spread)


@dataclass(frozen=True)
class HazardData:
    """Events of each run and study, the people and years behind them, and the value that should be covered.

    With one study that value is the study's own hazard: nothing is known of others, and the result says so.
    """

    events: NDArray[np.int64]
    people: NDArray[np.int64]
    years: Floats
    true: Floats


def draw_hazards(cell: Situation, runs: int) -> HazardData:
    """Studies whose log hazards lie around the true one with the spread of the cell."""
    middle, hazard = EVENTS[cell.events]
    people = np.array([round(middle * SIZES[i % len(SIZES)]) for i in range(cell.studies)])
    years = np.array([YEARS[i % len(YEARS)] for i in range(cell.studies)])
    random, true = cell.random, math.log(hazard)
    own = true + cell.spread * random.standard_normal((runs, cell.studies))
    events = random.binomial(people, -np.expm1(-np.exp(own) * years))
    return HazardData(events, people, years, own[:, 0] if cell.studies == 1 else np.full(runs, true))


@dataclass(frozen=True)
class RatioData:
    """Log ratios of each run and study, their standard errors, and the value that should be covered."""

    values: Floats
    errors: Floats
    true: Floats


def draw_ratios(cell: Situation, runs: int) -> RatioData:
    """Studies whose log ratios lie around the true one, printed with normal errors."""
    events = np.array([ARM_EVENTS[cell.events] * SIZES[i % len(SIZES)] for i in range(cell.studies)])
    errors, random = np.sqrt(2 / events), cell.random
    own = TRUE_LOG_RATIO + cell.spread * random.standard_normal((runs, cell.studies))
    values = own + errors * random.standard_normal(own.shape)
    true = own[:, 0] if cell.studies == 1 else np.full(runs, TRUE_LOG_RATIO)
    return RatioData(values, errors, true)
