"""The true risks: the same people lived twice from the index visit, beginning the strategy and continuing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.registry.simulation.chunk import Chunk, find_chunks, simulate_chunk
from stepdown.cohorts.registry.simulation.leaving import DEATH
from stepdown.cohorts.registry.simulation.parameters import Eligible, Policy, Settings
from stepdown.cohorts.registry.simulation.people import YEAR
from stepdown.cohorts.registry.simulation.state import NEVER
from stepdown.ms.errors import UserError

Outcome = Literal["relapse", "mri_activity", "any_activity", "death"]


@dataclass(frozen=True)
class Truth:
    """True risks of an outcome within some years of the index visit, and their difference.

    ``standard_error`` is that of the difference from having simulated so many ``people`` and no more. Death
    before the outcome counts as no outcome; nobody is lost from sight.
    """

    outcome: str
    years: float
    people: int
    risk_begin: float
    risk_continue: float
    difference: float
    standard_error: float


def simulate_truth(settings: Settings, eligible: Eligible, *, years: float = 2.0,
                   outcome: Outcome = "relapse",
                   report: Callable[[int], None] = lambda _: None) -> Truth:
    """The true risk under each strategy among the people of these settings who become eligible.

    The two lives of a person share every random number, so their difference is known more closely than
    either risk. The index is that of ``eligible``; before it both lives are the same. UserError when nobody
    becomes eligible.
    """
    begin, stay = [], []
    done = 0
    for number, count in enumerate(find_chunks(settings.people)):
        begin.append(_follow(settings, eligible, "begin", number, count, years, outcome))
        stay.append(_follow(settings, eligible, "continue", number, count, years, outcome))
        done += count
        report(done)
    return _compare(np.concatenate(begin), np.concatenate(stay), years, outcome)


def _compare(begin: NDArray[np.bool_], stay: NDArray[np.bool_], years: float, outcome: str) -> Truth:
    if not len(begin):
        raise UserError("nobody among these people becomes eligible: simulate more, or ask for less.")
    differences = begin.astype(float) - stay.astype(float)
    error = float(differences.std() / np.sqrt(len(differences)))
    return Truth(outcome, years, len(begin), float(begin.mean()), float(stay.mean()),
                 float(differences.mean()), error)


def _follow(settings: Settings, eligible: Eligible, policy: Policy, number: int, count: int, years: float,
            outcome: Outcome) -> NDArray[np.bool_]:
    """Whether each eligible person of a chunk has the outcome within so many years of the index visit."""
    world = replace(settings, policy=policy, eligible=eligible, years_beyond=years + 0.5)
    chunk = simulate_chunk(world, number, count)
    index = chunk.state.indexed
    first = find_first(chunk, outcome)
    happened = (first != NEVER) & (first - index <= years * YEAR)
    return np.asarray(happened[index != NEVER], dtype=bool)


def find_first(chunk: Chunk, outcome: Outcome) -> NDArray[np.int32]:
    """The day of the first outcome after the index visit; NEVER where there is none, or no index.

    Activity on MRI counts on the day of the scan that shows it; of the visit's own day nothing counts.
    """
    days = np.full(chunk.people.count, np.iinfo(np.int32).max, dtype=np.int32)
    for who, day in _find_outcomes(chunk, outcome):
        after = (day > chunk.state.indexed[who]) & (chunk.state.indexed[who] != NEVER)
        np.minimum.at(days, who[after], day[after])
    return np.where(days == np.iinfo(np.int32).max, NEVER, days)


def _find_outcomes(chunk: Chunk, outcome: Outcome) -> list[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """People and days on which the outcome happened, from the tables that can show it."""
    rows = {name: chunk.state.rows[name].join() for name in ("relapses", "mri", "events")}
    found = []
    if outcome in ("relapse", "any_activity") and rows["relapses"]:
        found.append((rows["relapses"]["person"], rows["relapses"]["onset"]))
    if outcome in ("mri_activity", "any_activity") and rows["mri"]:
        active = (rows["mri"]["new_t2"] > 0) | (rows["mri"]["gd_enhancing"] > 0)
        found.append((rows["mri"]["person"][active], rows["mri"]["date"][active]))
    if outcome == "death" and rows["events"]:
        died = rows["events"]["event"] == DEATH
        found.append((rows["events"]["person"][died], rows["events"]["date"][died]))
    return found
