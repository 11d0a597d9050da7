"""A few thousand people from entry to the end: the order of what happens in each quarter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.cohorts.registry.simulation.activity import live_a_quarter
from stepdown.cohorts.registry.simulation.checkpoint_inhibitors import (
    open_checkpoint_inhibitors,
    treat_cancer,
)
from stepdown.cohorts.registry.simulation.decisions import decide, look
from stepdown.cohorts.registry.simulation.leaving import fall_ill, leave
from stepdown.cohorts.registry.simulation.parameters import QUARTER, VISIT_EVERY, Settings, to_days
from stepdown.cohorts.registry.simulation.people import YEAR, Days, People, draw_people
from stepdown.cohorts.registry.simulation.state import Rows, State, begin
from stepdown.cohorts.registry.simulation.visits import attend

#: People simulated together; part of what a seed means, because each chunk draws its own random numbers.
CHUNK = 20_000
#: Random numbers of their own for milder treatment and for checkpoint inhibitors.
MILDER = 2


@dataclass(frozen=True)
class Chunk:
    """People, and all that was written about them; ``number`` counts the chunks from 0."""

    number: int
    people: People
    state: State


def find_chunks(people: int) -> list[int]:
    """How many people each chunk holds."""
    return [min(CHUNK, people - first) for first in range(0, people, CHUNK)]


def open_stream(settings: Settings, chunk: int, purpose: int = 0) -> np.random.Generator:
    """The random numbers of a chunk: the same for each policy, whatever is done with the others."""
    seed = np.random.SeedSequence([settings.seed, chunk, purpose])
    return np.random.Generator(np.random.SFC64(seed))


def simulate_chunk(settings: Settings, number: int, count: int) -> Chunk:
    """The lives of one chunk of people; a quarter begins on a visit day, so that rates are constant in it."""
    rng, more = open_stream(settings, number), open_stream(settings, number, MILDER)
    people = draw_people(rng, count, settings.parameters)
    last_day = to_days(settings.parameters.people["last_day"])
    state = begin(people, settings.parameters.drugs.log_on, last_day, round(settings.years_beyond * YEAR))
    open_checkpoint_inhibitors(more, state, people, settings)
    quarters = int((state.end.max() - people.entry.min()) // QUARTER) + 1
    day = people.entry
    for quarter in range(quarters):
        state.present &= day <= state.end
        next_day = _find_next_day(rng, people, quarter + 1, settings)
        if quarter % VISIT_EVERY == 0:
            attended = attend(rng, state, people, day, quarter, settings)
            decide(rng, more, state, look(state, people, day, attended), settings)
        leave(rng, state, people, day, next_day, settings)
        cancers = fall_ill(rng, state, people, day, next_day, settings)
        treat_cancer(more, state, cancers, day, next_day, settings)
        live_a_quarter(rng, state, people, day, next_day, settings)
        day = next_day
    _close_treatments(state)
    _drop_unseen_visits(state)
    return Chunk(number, people, state)


def _find_next_day(rng: np.random.Generator, people: People, quarter: int, settings: Settings) -> Days:
    """When the next quarter begins: appointments are never on the very day."""
    jitter = rng.integers(0, int(settings.parameters.visits["jitter_days"]), people.count, dtype=np.int32)
    return people.entry + QUARTER * quarter + jitter


def _drop_unseen_visits(state: State) -> None:
    """Visits arranged after a relapse that fall on another visit, or after the end of observation."""
    rows = state.rows["visits"].join()
    days = rows["person"].astype(np.int64) * 1_000_000 + rows["date"]
    first = np.zeros(len(days), bool)
    first[np.unique(days, return_index=True)[1]] = True
    kept = first & (rows["date"] <= state.end[rows["person"]])
    state.rows["visits"] = Rows([{name: values[kept] for name, values in rows.items()}])


def _close_treatments(state: State) -> None:
    """Write down the drug that is still taken at the end; its stop stays unknown."""
    index = np.flatnonzero(state.is_on())
    never = np.full(len(index), -1, np.int32)
    state.rows["treatments"].add(index, therapy=state.drug[index], start=state.period_start[index],
                                 stop=never, reason=never.astype(np.int8), longer=state.is_extended[index])
