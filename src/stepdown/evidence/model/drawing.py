"""How many events might people have together in one clinic? Clinics drawn from what the model does not know.

Everybody in a clinic shares its effect, as everybody in a study does, and the coefficients are the same for
all: errors that would cancel out between strangers add up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stepdown.evidence.meta.distributions import Floats
from stepdown.evidence.model.arms import ArmFacts, to_arms
from stepdown.evidence.model.design import to_design
from stepdown.evidence.model.fitted import FittedModel
from stepdown.evidence.model.personal import as_asked, find_ends, turn_out
from stepdown.evidence.model.settings import read_settings
from stepdown.evidence.people import People

_CHUNK = 500


@dataclass(frozen=True, eq=False)
class Lots:
    """What is drawn for each clinic: its place among all (0 to 1), and normal deviates, a row each."""

    place: Floats
    deviates: Floats


def draw_lots(model: FittedModel, clinics: int, seed: int) -> Lots:
    """Lots for so many clinics, their places spread evenly; the same for a seed."""
    rng = np.random.default_rng(seed)
    place = (rng.permutation(clinics) + rng.random(clinics)) / clinics
    return Lots(place, rng.standard_normal((clinics, model.predictor.mean.size)))


def draw_hazards(model: FittedModel, asked: ArmFacts, years: Floats, people: People, lots: Lots) -> Floats:
    """The sum of all people's cumulative hazards by their own times, in each drawn clinic.

    A fact that is not known leaves a doubt that is shared: where ages are missing, all may be old.
    """
    arms = to_arms([asked]).rows(np.zeros(len(people), dtype=np.intp))
    arms, people = replace(arms, years=years), as_asked(asked, people)
    moved = model.predictor.mean + lots.deviates @ model.predictor.root.T
    total = np.zeros(len(lots.place))
    for _, weight, part in turn_out(arms, people, find_ends(people), np.ones(len(people), dtype=bool)):
        for start in range(0, len(part), _CHUNK):
            rows = np.arange(start, min(start + _CHUNK, len(part)))
            design = to_design(part.rows(rows))
            sd = np.sqrt(read_settings()["arm_sd"] ** 2 + design.doubt)
            log_hazard = design.offset[:, None] + design.columns @ moved.T
            log_hazard += model.predictor.table.quantiles(lots.place, sd)
            total += weight[rows] @ np.exp(np.minimum(log_hazard, 50.0))
    return total
