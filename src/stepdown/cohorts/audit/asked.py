"""Of whom is a prediction asked at all? The others are counted, each under the first reason that holds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from stepdown.cohorts.audit.steps import Flags, Steps, Words
from stepdown.ms.therapies import read_therapies

#: Nobody younger was in the studies of stepping down, and one person's answer refuses them.
ADULT = 18


def find_refused(steps: Steps) -> Words:
    """For each step why no prediction is asked of it; "" where one is."""
    refused = np.full(len(steps), "", dtype="<U80")
    for reason, flags in _list_reasons(steps):
        refused[(refused == "") & flags] = reason
    return refused


def _list_reasons(steps: Steps) -> Iterator[tuple[str, Flags]]:
    """The reasons in order, each with those it holds of."""
    known = np.array(list(read_therapies()), dtype=np.str_)
    yield "another disease: NMOSD or antibodies to aquaporin-4", (
        (steps.diagnosis == "NMOSD") | (steps.aqp4 == "positive"))
    yield "another disease: MOGAD or antibodies to MOG", (
        (steps.diagnosis == "MOGAD") | (steps.mog == "positive"))
    yield "the diagnosis is not known to be MS", steps.diagnosis != "MS"
    yield "under 18", steps.age_high < ADULT
    yield "may be under 18: the birth date is not known closely enough", steps.age_low < ADULT
    yield "a change to a drug as strong or stronger: no step down", _is_no_step_down(steps)
    yield "the drug is not known, or was begun the same day", ~np.isin(steps.left_drug, known)
    yield "the drug gone to is not known", (steps.strategy == "switch") & ~np.isin(steps.target, known)
    yield "the day of the step is known to the month or year only", steps.is_vague


def _is_no_step_down(steps: Steps) -> Flags:
    """Switches between known drugs that do not lead from high to moderate efficacy."""
    tiers = {name: each.efficacy_tier or "" for name, each in read_therapies().items()}
    tier = np.vectorize(lambda name: tiers.get(name, ""), otypes=["<U10"])
    if not len(steps):
        return np.zeros(0, dtype=bool)
    before, after = tier(steps.left_drug), tier(steps.target)
    is_down = (before == "high") & (after == "moderate")
    return np.asarray((steps.strategy == "switch") & (before != "") & (after != "") & ~is_down)
