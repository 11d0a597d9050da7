"""Checkpoint inhibitors after a cancer, and their adverse events, with and without an autoimmune disease."""

from __future__ import annotations

import numpy as np

from stepdown.cohorts.registry.simulation.activity import draw, happens
from stepdown.cohorts.registry.simulation.leaving import (
    ADVERSE_EVENT,
    COMORBIDITY,
    HOSPITAL,
    IMMUNOTHERAPY,
    write_events,
)
from stepdown.cohorts.registry.simulation.parameters import Settings
from stepdown.cohorts.registry.simulation.people import YEAR, Days, Numbers, People
from stepdown.cohorts.registry.simulation.state import NEVER, State

SEVERE = 3


def open_checkpoint_inhibitors(rng: np.random.Generator, state: State, people: People,
                               settings: Settings) -> None:
    """Who has an autoimmune disease beside MS; it is on file from the day of entry."""
    state.autoimmune = draw(rng, people.count) < settings.parameters.checkpoint_inhibitors["autoimmune"]
    write_events(state, state.autoimmune, people.entry, COMORBIDITY)


def treat_cancer(rng: np.random.Generator, state: State, cancers: Days, day: Days, next_day: Days,
                 settings: Settings) -> None:
    """Begin a checkpoint inhibitor soon after some cancers; adverse events in the year after it."""
    section = settings.parameters.checkpoint_inhibitors
    chosen, soon, lots, place, grades = (draw(rng, len(day)) for _ in range(5))
    begins = (cancers != NEVER) & (chosen < section["share"]) & (state.immunotherapy == NEVER)
    first = cancers + 1 + (soon * section["within_days"]).astype(np.int32)
    state.immunotherapy = np.where(begins, first, state.immunotherapy)
    now = (state.immunotherapy > day) & (state.immunotherapy <= np.minimum(next_day, state.end))
    write_events(state, now & state.present, state.immunotherapy, IMMUNOTHERAPY)
    _harm(state, lots, place, grades, day, next_day, settings)


def _harm(state: State, lots: Numbers, place: Numbers, grades: Numbers, day: Days, next_day: Days,
          settings: Settings) -> None:
    """At most one adverse event in a quarter; a severe one brings people to a hospital."""
    section = settings.parameters.checkpoint_inhibitors
    at = day + (place * (next_day - day)).astype(np.int32)
    since = at - state.immunotherapy
    watched = (state.immunotherapy != NEVER) & (since > 0) & (since <= YEAR) & state.present
    years = ((next_day - day) / np.float32(YEAR)).astype(np.float32)
    harmed = watched & (at <= state.end) & happens(lots, section["adverse_event"], years)
    base = section["severe"] / (1 - section["severe"])
    odds = base * np.where(state.autoimmune, section["severe_odds_ratio"], 1.0)
    severe = grades < odds / (1 + odds)
    grade = np.where(severe, SEVERE, 1 + (grades > 0.6)).astype(np.int8)
    write_events(state, harmed, at, ADVERSE_EVENT, grade=grade)
    write_events(state, harmed & severe, at, HOSPITAL)
