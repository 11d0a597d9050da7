"""What the clinic and the person decide at a visit: to stop, to switch, to begin again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.registry.simulation.activity import draw, find_ages
from stepdown.cohorts.registry.simulation.parameters import (
    NO_DRUG,
    QUARTER,
    VISIT_EVERY,
    Drugs,
    Eligible,
    Settings,
)
from stepdown.cohorts.registry.simulation.people import COURSES, YEAR, Days, Numbers, People
from stepdown.cohorts.registry.simulation.state import NEVER, Mask, State

REASONS = ("stable", "preference", "activity", "side-effects")
STABLE, PREFERENCE, ACTIVITY, SIDE_EFFECTS = range(4)


@dataclass(frozen=True)
class Seen:
    """What is on file at a visit and bears on the decision; ``years_quiet`` is since a relapse or entry."""

    day: Days
    attended: Mask
    age: Numbers
    years_quiet: Numbers
    years_on_drug: Numbers


def look(state: State, people: People, day: Days, attended: Mask) -> Seen:
    """What the clinic sees of each person at a visit."""
    since = np.maximum(state.last_relapse, people.entry)
    return Seen(day, attended, find_ages(people, day), ((day - since) / YEAR).astype(np.float32),
                ((day - state.drug_start) / YEAR).astype(np.float32))


def decide(rng: np.random.Generator, state: State, seen: Seen, settings: Settings) -> None:
    """Stop, switch or begin again; the policy replaces the decision to stop of people who are eligible.

    Activity leads to the same stronger drug whether one is taken or not, and a switch for side effects to a
    drug that is taken to work as well: so where stopping has no effect, both lives are the same. (For those
    who stop, ``log_on`` is what they would have, and counts in such a world only.)
    """
    drugs, section = settings.parameters.drugs, settings.parameters.switching
    stop_lots, change_lots, side_lots, which = (draw(rng, len(seen.day)) for _ in range(4))
    wants = seen.attended & state.is_on() & (stop_lots < find_chance_to_stop(state, seen, settings))
    stopping = _follow_policy(state, seen, wants, settings)
    active = state.relapsed | state.scan_active
    rising = seen.attended & active & (change_lots < section["activity"])
    by_activity = rising & ~stopping
    by_effects = seen.attended & ~stopping & ~by_activity & state.is_on()
    by_effects &= side_lots < section["side_effects"]
    _stop(state, stopping, seen.day, np.where(active, PREFERENCE, STABLE))
    stronger = _pick(which, drugs, high_only=True)
    _switch(state, by_activity, seen.day, stronger, ACTIVITY)
    state.log_on[rising] = drugs.log_on[stronger[rising]]
    _switch(state, by_effects, seen.day, _pick(which, drugs, high_only=False), SIDE_EFFECTS)
    state.relapsed[seen.attended] = False


def find_chance_to_stop(state: State, seen: Seen, settings: Settings) -> Numbers:
    """The chance of an elective stop at a visit: all of it rests on what is on file (no hidden cause).

    Age, years without relapse, the last scan, and whether the drug is one after which disease rebounds.
    """
    section = settings.parameters.stopping
    years = np.minimum(seen.years_quiet, section["years_counted"])
    by_person = section["per_ten_years_over_45"] * (seen.age - 45) / 10
    by_person += section["per_year_without_relapse"] * (years - section["years_counted"] / 2)
    by_person += section["active_mri"] * state.scan_active
    log_odds = section["log_odds"] + np.log(settings.stopping_odds) + settings.confounding * by_person
    log_odds = log_odds + section["rebound_drug"] * settings.parameters.drugs.has_rebound[state.drug]
    chance: Numbers = (1 / (1 + np.exp(-log_odds))).astype(np.float32)
    return chance


def _follow_policy(state: State, seen: Seen, wants: Mask, settings: Settings) -> Mask:
    """Who stops now; marks those whose clock starts at this visit."""
    if settings.eligible is None:
        return wants
    starting = find_eligible(state, seen, settings.eligible, settings.parameters.drugs)
    if settings.eligible.index == "decision-to-stop":
        starting &= wants
    state.indexed[starting] = seen.day[starting]
    if settings.policy == "stop":
        return wants | (state.is_on() & _must_stop(state, seen, settings, settings.eligible.grace_days))
    if settings.policy == "continue":
        wants &= state.indexed == NEVER
    return wants


def _must_stop(state: State, seen: Seen, settings: Settings, grace_days: int) -> Mask:
    """Whose time to stop ends before the visit after this one can be; only before a first stop."""
    next_visit = seen.day + VISIT_EVERY * QUARTER + int(settings.parameters.visits["jitter_days"])
    due: Mask = (state.indexed != NEVER) & (seen.day <= state.indexed + grace_days)
    return due & (next_visit > state.indexed + grace_days)


def find_eligible(state: State, seen: Seen, eligible: Eligible, drugs: Drugs) -> Mask:
    """Who may enter a comparison at this visit and has not entered it before."""
    found: Mask = seen.attended & state.is_on() & (state.indexed == NEVER)
    found &= seen.day <= state.may_enter_until
    found &= (seen.age >= eligible.age_min) & (seen.age < eligible.age_max)
    found &= seen.years_quiet >= eligible.years_without_relapse
    found &= seen.years_on_drug >= eligible.years_on_drug
    if eligible.last_scan_quiet:
        found &= ~state.scan_active
    if eligible.therapies:
        found &= np.isin(state.drug, [drugs.names.index(name) for name in eligible.therapies])
    if eligible.courses:
        found &= np.isin(state.course, [COURSES.index(name) for name in eligible.courses])
    return found


def _pick(lots: Numbers, drugs: Drugs, *, high_only: bool) -> NDArray[np.int8]:
    """A drug by lot, among all or among those of high efficacy."""
    options = np.flatnonzero(drugs.is_high) if high_only else np.arange(1, len(drugs.names))
    return options[(lots * len(options)).astype(np.int64)].astype(np.int8)


def _leave(state: State, who: Mask, day: Days, reason: NDArray[np.generic]) -> None:
    """Write down the period on the drug that ends."""
    index = np.flatnonzero(who)
    state.rows["treatments"].add(index, therapy=state.drug[index], start=state.drug_start[index],
                                 stop=day[index], reason=reason[index].astype(np.int8))


def _stop(state: State, who: Mask, day: Days, reason: NDArray[np.generic]) -> None:
    _leave(state, who, day, reason)
    state.drug[who] = NO_DRUG
    state.quarters_off[who] = 1


def _switch(state: State, who: Mask, day: Days, to: NDArray[np.int8], reason: int) -> None:
    """Begin a drug, leaving another on the same day if one is taken; the same drug again is no switch."""
    changing = who & (to != state.drug)
    _leave(state, changing & state.is_on(), day, np.full(len(day), reason))
    state.drug[changing] = to[changing]
    state.last_drug[changing] = to[changing]
    state.drug_start[changing] = day[changing]
    state.quarters_off[changing] = 0
