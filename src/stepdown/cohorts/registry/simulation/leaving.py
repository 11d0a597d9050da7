"""Other things that happen in a quarter: infections, cancer, pregnancy, death, and loss from sight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.registry.simulation.activity import draw, find_ages, happens
from stepdown.cohorts.registry.simulation.parameters import Section, Settings
from stepdown.cohorts.registry.simulation.people import YEAR, Days, Numbers, People
from stepdown.cohorts.registry.simulation.state import NEVER, Mask, State

SORTS = ("infection", "hospital", "cancer", "pregnancy", "death", "cancer-immunotherapy", "comorbidity",
         "adverse-event")
INFECTION, HOSPITAL, CANCER, PREGNANCY, DEATH, IMMUNOTHERAPY, COMORBIDITY, ADVERSE_EVENT = range(8)


def leave(rng: np.random.Generator, state: State, people: People, day: Days, next_day: Days,
          settings: Settings) -> None:
    """Death and loss from sight in the coming quarter: they set the last day of observation.

    Loss depends on what is on file (whether a drug is taken). With ``years_beyond`` nobody is lost, but
    those who would have been enter no comparison afterwards.
    """
    section = settings.parameters.leaving
    years = ((next_day - day) / np.float32(YEAR)).astype(np.float32)
    lots, loss_lots, place = (draw(rng, len(day)) for _ in range(3))
    at = day + (place * (next_day - day)).astype(np.int32)
    rate = _find_death_rate(state, people, day, section)
    treated = (state.immunotherapy != NEVER) & (state.immunotherapy <= day)
    rate = rate + np.where(treated, settings.parameters.checkpoint_inhibitors["death"], 0)
    dies = happens(lots, rate.astype(np.float32), years) & state.present
    dies &= at <= state.end
    ratio = np.where(state.is_on(), 1.0, section["lost_ratio_off_therapy"])
    lost = happens(loss_lots, (section["lost"] * ratio).astype(np.float32), years) & state.present & ~dies
    state.may_enter_until = np.where(lost, np.minimum(state.may_enter_until, at), state.may_enter_until)
    ending = dies if settings.years_beyond else dies | lost
    state.end = np.where(ending & (at < state.end), at, state.end)
    write_events(state, dies, at, DEATH)


def _find_death_rate(state: State, people: People, day: Days, section: Section) -> Numbers:
    """Deaths per year: by age, and by disability above an EDSS of 3."""
    by_age = section["death_log_per_year_of_age"] * (find_ages(people, day) - 50)
    by_edss = section["death_log_per_point"] * np.maximum(state.edss_halves / 2 - 3, 0)
    return (section["death_at_50"] * np.exp(by_age + by_edss)).astype(np.float32)


def fall_ill(rng: np.random.Generator, state: State, people: People, day: Days, next_day: Days,
             settings: Settings) -> Days:
    """Infections, serious ones with a stay in hospital; cancer; pregnancy. Gives the days of cancers."""
    section = settings.parameters.leaving
    age = find_ages(people, day)
    years = ((next_day - day) / np.float32(YEAR)).astype(np.float32)
    lots, serious, cancer, pregnant, place = (draw(rng, len(day)) for _ in range(5))
    at = day + (place * (next_day - day)).astype(np.int32)
    here = state.present & (at <= state.end)
    by_age = np.exp(np.float32(section["infection_log_per_year_of_age"]) * (age - 45))
    rate = section["infection"] * settings.parameters.drugs.infections[state.drug] * by_age
    infected = here & happens(lots, rate, years)
    grave = infected & (serious < section["infection_serious"])
    write_events(state, infected, at, INFECTION, grave)
    write_events(state, grave, at, HOSPITAL)
    growing = section["cancer_at_50"] * np.exp(section["cancer_log_per_year_of_age"] * (age - 50))
    grows = here & happens(cancer, growing, years)
    write_events(state, grows, at, CANCER)
    can = here & people.female & (age < section["pregnancy_age_max"])
    write_events(state, can & happens(pregnant, section["pregnancy"], years), at, PREGNANCY)
    return np.where(grows, at, NEVER)


def write_events(state: State, who: Mask, day: Days, sort: int, serious: Mask | None = None,
                 grade: NDArray[np.int8] | None = None) -> None:
    """A row of events for some people: ``serious`` and ``grade`` are -1 where nobody asks."""
    index = np.flatnonzero(who)
    marks: NDArray[np.int8] = np.full(len(index), -1, np.int8) if serious is None else \
        serious[index].astype(np.int8)
    grades = np.full(len(index), -1, np.int8) if grade is None else grade[index]
    state.rows["events"].add(index, date=day[index], event=np.full(len(index), sort, np.int8), serious=marks,
                             grade=grades)
