"""What the disease does in a quarter: relapses, new lesions, steps of disability."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.registry.simulation.parameters import QUARTERS_AFTER, Settings, to_days
from stepdown.cohorts.registry.simulation.people import RRMS, SPMS, YEAR, Days, Numbers, People
from stepdown.cohorts.registry.simulation.state import NEVER, State
from stepdown.ms.relapse import MIN_DAYS_APART


def find_ages(people: People, day: Days) -> Numbers:
    """Age in years on a day of each person."""
    return ((day - people.birth) / np.float32(YEAR)).astype(np.float32)


def find_drug_effect(state: State, settings: Settings) -> Numbers:
    """The log of the ratio of the relapse rate to that without treatment, on a drug or after it.

    After stopping it is the effect on the drug, moved by ``effect_of_stopping`` towards that of having left
    it: with 0 nothing ever changes by stopping.
    """
    drugs = settings.parameters.drugs
    longer = settings.effect_of_stepping_down * np.log(settings.parameters.extending["ratio"])
    on = state.log_on + np.where(state.is_extended, np.float32(longer), np.float32(0))
    quarters = np.clip(state.quarters_off - 1, 0, QUARTERS_AFTER - 1)
    after = drugs.log_after[state.last_drug, quarters]
    moved = on + np.float32(settings.effect_of_stopping) * (after - on)
    return np.where(state.quarters_off > 0, moved, on)


def find_relapse_rate(state: State, people: People, day: Days, settings: Settings) -> Numbers:
    """Relapses per year: by frailty, age, sex, course, and the drug taken or left."""
    section = settings.parameters.relapse
    age = find_ages(people, day)
    log_rate = np.float32(np.log(section["rate"])) + find_drug_effect(state, settings)
    log_rate += np.float32(section["log_per_year_of_age"]) * (np.minimum(age, section["age_of_decline"]) - 35)
    log_rate += np.float32(section["log_per_year_after"]) * np.maximum(age - section["age_of_decline"], 0)
    by_course = np.array([1.0, section["secondary"], section["primary"]], dtype=np.float32)
    by_sex = np.where(people.female, np.float32(1), np.float32(section["male"]))
    rate: Numbers = people.frailty * np.exp(log_rate) * by_course[state.course] * by_sex
    return rate


def draw(rng: np.random.Generator, count: int) -> Numbers:
    """As many random numbers as people, whoever they are for: the same people stay the same people."""
    return rng.random(count, dtype=np.float32)


def happens(lots: Numbers, rate: Numbers | float, years: Numbers) -> NDArray[np.bool_]:
    """Whether something with a constant rate happens at least once in so many years."""
    happened: NDArray[np.bool_] = lots < -np.expm1(-rate * years)
    return happened


def find_shift(state: State, people: People, day: Days, settings: Settings) -> Numbers:
    """What the rates of each person are multiplied by: 1 unless the truth is shifted for them."""
    shift = settings.shift
    shifted = state.quarters_off > 0
    if shift.since is not None:
        shifted = shifted & (day >= to_days(shift.since))
    if shift.centre is not None:
        shifted = shifted & (people.centre == shift.centre)
    return np.where(shifted, np.float32(shift.hazard), np.float32(1))


def live_a_quarter(rng: np.random.Generator, state: State, people: People, day: Days, next_day: Days,
                   settings: Settings) -> None:
    """Let the disease act from one day to the next; ``end`` must be up to date for the quarter."""
    years = ((next_day - day) / np.float32(YEAR)).astype(np.float32)
    shift = find_shift(state, people, day, settings)
    rate = find_relapse_rate(state, people, day, settings) * shift
    _relapse(rng, state, day, next_day, rate, years, settings)
    _form_lesions(rng, state, day, next_day, rate * settings.parameters.lesions["per_relapse"], years,
                  settings)
    _worsen(rng, state, people, day, years, shift, settings)
    state.quarters_off[state.quarters_off > 0] += 1


def _relapse(rng: np.random.Generator, state: State, day: Days, next_day: Days, rate: Numbers,
             years: Numbers, settings: Settings) -> None:
    """At most one relapse in a quarter, 30 days or more after the last; some leave a lasting step."""
    section = settings.parameters.relapse
    count = len(day)
    lots, place, rest, extra = (draw(rng, count) for _ in range(4))
    onset = day + 1 + (place * (next_day - day - 1)).astype(np.int32)
    has = happens(lots, rate, years) & state.present & (onset <= state.end)
    has &= (state.last_relapse == NEVER) | (onset - state.last_relapse >= MIN_DAYS_APART)
    who = np.flatnonzero(has)
    state.last_relapse[who] = onset[who]
    state.relapsed[who] = True
    state.symptoms_until[who] = onset[who] + int(section["months_of_symptoms"] * 30)
    state.rows["relapses"].add(who, onset=onset[who])
    lasting = has & (rest < section["persists"])
    step = np.where(rest < section["persists"] / 2, 1, 2)
    _add_halves(state, lasting, step)
    _visit_at_relapse(state, who, onset, extra, settings)


def _visit_at_relapse(state: State, who: NDArray[np.intp], onset: Days, extra: Numbers,
                      settings: Settings) -> None:
    """A relapse brings many to the clinic within two weeks: this makes visits informative."""
    often = settings.parameters.visits["extra_at_relapse"] if settings.informative_visits else 0.0
    visit = onset + 1 + (extra * 13).astype(np.int32)
    comes = who[(extra[who] < often) & (visit[who] <= state.end[who])]
    state.rows["visits"].add(comes, date=visit[comes], edss_halves=state.edss_halves[comes],
                             during_relapse=np.ones(len(comes), bool))


def _form_lesions(rng: np.random.Generator, state: State, day: Days, next_day: Days, rate: Numbers,
                  years: Numbers, settings: Settings) -> None:
    """New T2 lesions since the last scan, one or more in an episode, and the day of the latest."""
    section = settings.parameters.lesions
    lots, more, place = (draw(rng, len(day)) for _ in range(3))
    has = happens(lots, rate, years) & state.present
    number = 1 + np.floor(np.log(np.maximum(more, 1e-7)) / np.log(section["one_more"]))
    state.lesions += np.where(has, np.minimum(number, 30), 0).astype(np.int16)
    at = day + (place * (next_day - day)).astype(np.int32)
    state.last_lesion = np.where(has, at, state.last_lesion)


def _worsen(rng: np.random.Generator, state: State, people: People, day: Days, years: Numbers,
            shift: Numbers, settings: Settings) -> None:
    """A step of half a point without relapse, and the beginning of a secondary progressive course."""
    section = settings.parameters.worsening
    age = find_ages(people, day)
    rates = np.array([section["relapsing"], section["progressive"], section["progressive"]], dtype=np.float32)
    faster = np.exp(np.float32(section["log_per_year_of_age"]) * (age - 45))
    stepping = happens(draw(rng, len(day)), rates[state.course] * faster * shift, years) & state.present
    _add_halves(state, stepping, np.ones(len(day), np.int8))
    later = np.exp(np.float32(section["secondary_log_per_year_of_age"]) * (age - 45))
    turning = happens(draw(rng, len(day)), section["secondary_conversion"] * later, years)
    turning &= (state.course == RRMS) & (state.edss_halves >= 6) & state.present
    state.course[turning] = SPMS
    state.secondary_since[turning] = day[turning]


def _add_halves(state: State, who: NDArray[np.bool_], halves: NDArray[np.generic]) -> None:
    """Raise the EDSS by half points, never beyond 9.5: 10 is death, which is drawn elsewhere."""
    raised = np.minimum(state.edss_halves + np.where(who, halves, 0), 19)
    state.edss_halves = np.where(raised == 1, 2, raised).astype(np.int8)
