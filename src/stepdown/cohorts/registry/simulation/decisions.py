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
    Section,
    Settings,
    Strategy,
)
from stepdown.cohorts.registry.simulation.people import COURSES, YEAR, Days, Numbers, People
from stepdown.cohorts.registry.simulation.state import NEVER, Mask, State

REASONS = ("stable", "preference", "activity", "side-effects", "other")
STABLE, PREFERENCE, ACTIVITY, SIDE_EFFECTS, OTHER = range(5)
#: The drug whose interval may be extended.
EXTENDED = "natalizumab"


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


@dataclass(frozen=True)
class Wanted:
    """Who stops, steps down or takes the drug at a longer interval at this visit; nobody does two of them."""

    stop: Mask
    step_down: Mask
    extend: Mask

    def of(self, strategy: Strategy) -> Mask:
        """Those who begin one of them."""
        return {"stop": self.stop, "step-down": self.step_down, "extend": self.extend}[strategy]


def decide(rng: np.random.Generator, more: np.random.Generator, state: State, seen: Seen,
           settings: Settings) -> None:
    """Stop, step down, extend, switch or begin again; the policy replaces what is decided of the eligible.

    Activity leads to the same stronger drug whether one is taken or not, and a switch for side effects to a
    drug that is taken to work as well: so where stopping has no effect, both lives are the same. (For those
    who stop, ``log_on`` is what they would have, and counts in such a world only.)
    """
    drugs, section = settings.parameters.drugs, settings.parameters.switching
    stop_lots, change_lots, side_lots, which = (draw(rng, len(seen.day)) for _ in range(4))
    down_lots, extend_lots, mild = (draw(more, len(seen.day)) for _ in range(3))
    wanted = _follow_policy(state, seen, _want(state, seen, stop_lots, down_lots, extend_lots, settings),
                            settings)
    active = state.relapsed | state.scan_active
    rising = seen.attended & active & (change_lots < section["activity"])
    by_activity = rising & ~wanted.stop & ~wanted.step_down
    by_effects = seen.attended & ~wanted.stop & ~wanted.step_down & ~by_activity & state.is_on()
    by_effects &= side_lots < section["side_effects"]
    _stop(state, wanted.stop, seen.day, np.where(active, PREFERENCE, STABLE))
    stronger = _pick(which, drugs.is_high)
    _switch(state, by_activity, seen.day, stronger, ACTIVITY)
    state.log_on[rising] = drugs.log_on[stronger[rising]]
    _switch(state, by_effects, seen.day, _pick(which, np.ones(len(drugs.names), bool)), SIDE_EFFECTS)
    _step_down(state, wanted.step_down, seen.day, _pick(mild, ~drugs.is_high), settings)
    _extend(state, wanted.extend & ~by_activity & ~by_effects, seen.day)
    state.relapsed[seen.attended] = False


def _want(state: State, seen: Seen, stop_lots: Numbers, down_lots: Numbers, extend_lots: Numbers,
          settings: Settings) -> Wanted:
    """What the clinic would decide for those who come and take a drug."""
    drugs = settings.parameters.drugs
    here = seen.attended & state.is_on()
    stop = here & (stop_lots < find_chance_to_stop(state, seen, settings))
    down = here & ~stop & drugs.is_high[state.drug]
    down &= down_lots < find_chance_to_stop(state, seen, settings, settings.parameters.stepping_down)
    section = settings.parameters.extending
    log_odds = section["log_odds"] + np.log(settings.stopping_odds)
    log_odds = log_odds + settings.confounding * section["active_mri"] * state.scan_active
    extend = here & ~stop & ~down & _may_extend(state, drugs) & (extend_lots < 1 / (1 + np.exp(-log_odds)))
    extend &= (seen.years_quiet >= 1) & (seen.years_on_drug >= section["years_on_drug"])
    return Wanted(stop, down, extend)


def _may_extend(state: State, drugs: Drugs) -> Mask:
    may: Mask = (state.drug == drugs.names.index(EXTENDED)) & ~state.is_extended
    return may


def find_chance_to_stop(state: State, seen: Seen, settings: Settings,
                        level: Section | None = None) -> Numbers:
    """The chance of an elective stop at a visit: all of it rests on what is on file (no hidden cause).

    Age, years without relapse, the last scan, and whether the drug is one after which disease rebounds.
    Stepping down is decided alike, at a ``level`` of its own.
    """
    section = settings.parameters.stopping
    level = section if level is None else level
    years = np.minimum(seen.years_quiet, section["years_counted"])
    by_person = section["per_ten_years_over_45"] * (seen.age - 45) / 10
    by_person += section["per_year_without_relapse"] * (years - section["years_counted"] / 2)
    by_person += section["active_mri"] * state.scan_active
    log_odds = level["log_odds"] + np.log(settings.stopping_odds) + settings.confounding * by_person
    log_odds = log_odds + level["rebound_drug"] * settings.parameters.drugs.has_rebound[state.drug]
    chance: Numbers = (1 / (1 + np.exp(-log_odds))).astype(np.float32)
    return chance


def _follow_policy(state: State, seen: Seen, wanted: Wanted, settings: Settings) -> Wanted:
    """Who does what now; marks those whose clock starts at this visit."""
    eligible = settings.eligible
    if eligible is None:
        return wanted
    drugs = settings.parameters.drugs
    starting = find_eligible(state, seen, eligible, drugs)
    if eligible.index == "decision":
        starting &= wanted.of(eligible.strategy)
    state.indexed[starting] = seen.day[starting]
    if settings.policy == "as-decided":
        return wanted
    begun, masks = state.indexed != NEVER, {"stop": wanted.stop, "step-down": wanted.step_down,
                                            "extend": wanted.extend}
    if settings.policy == "continue":
        masks["stop"] = wanted.stop & ~begun
        masks[eligible.strategy] = wanted.of(eligible.strategy) & ~begun
    else:
        can = {"stop": state.is_on(), "step-down": drugs.is_high[state.drug],
               "extend": _may_extend(state, drugs)}[eligible.strategy]
        must = can & _must_begin(state, seen, settings, eligible.grace_days)
        masks = {name: mask & ~must for name, mask in masks.items()}
        masks[eligible.strategy] |= must
    return Wanted(masks["stop"], masks["step-down"], masks["extend"])


def _must_begin(state: State, seen: Seen, settings: Settings, grace_days: int) -> Mask:
    """Whose time to begin ends before the visit after this one can be."""
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
    if eligible.strategy == "step-down":
        found &= drugs.is_high[state.drug]
    if eligible.strategy == "extend":
        found &= _may_extend(state, drugs)
    if eligible.last_scan_quiet:
        found &= ~state.scan_active
    if eligible.therapies:
        found &= np.isin(state.drug, [drugs.names.index(name) for name in eligible.therapies])
    if eligible.courses:
        found &= np.isin(state.course, [COURSES.index(name) for name in eligible.courses])
    return found


def _pick(lots: Numbers, among: Mask) -> NDArray[np.int8]:
    """A drug by lot among some of them."""
    options = np.flatnonzero(among)
    options = options[options != NO_DRUG]
    chosen: NDArray[np.int8] = options[(lots * len(options)).astype(np.int64)].astype(np.int8)
    return chosen


def _leave(state: State, who: Mask, day: Days, reason: NDArray[np.generic]) -> None:
    """Write down the period on the drug that ends."""
    index = np.flatnonzero(who)
    state.rows["treatments"].add(index, therapy=state.drug[index], start=state.period_start[index],
                                 stop=day[index], reason=reason[index].astype(np.int8),
                                 longer=state.is_extended[index])


def _stop(state: State, who: Mask, day: Days, reason: NDArray[np.generic]) -> None:
    _leave(state, who, day, reason)
    state.drug[who] = NO_DRUG
    state.is_extended[who] = False
    state.quarters_off[who] = 1


def _switch(state: State, who: Mask, day: Days, to: NDArray[np.int8], reason: int) -> None:
    """Begin a drug, leaving another on the same day if one is taken; the same drug again is no switch."""
    changing = who & (to != state.drug)
    _leave(state, changing & state.is_on(), day, np.full(len(day), reason))
    state.drug[changing] = to[changing]
    state.last_drug[changing] = to[changing]
    state.drug_start[changing] = state.period_start[changing] = day[changing]
    state.is_extended[changing] = False
    state.quarters_off[changing] = 0


def _step_down(state: State, who: Mask, day: Days, to: NDArray[np.int8], settings: Settings) -> None:
    """Change to a milder drug; where that has no effect, the rate stays that on the stronger one."""
    milder = settings.parameters.drugs.log_on[to]
    moved = state.log_on + np.float32(settings.effect_of_stepping_down) * (milder - state.log_on)
    state.log_on = np.where(who, moved, state.log_on)
    _switch(state, who, day, to, OTHER)


def _extend(state: State, who: Mask, day: Days) -> None:
    """The same drug at a longer interval: a new row from that day."""
    _leave(state, who, day, np.full(len(day), OTHER))
    state.period_start[who] = day[who]
    state.is_extended[who] = True
