"""What is seen and when: visits that are kept or missed, scans, blood counts."""

from __future__ import annotations

import numpy as np

from stepdown.cohorts.registry.simulation.activity import draw
from stepdown.cohorts.registry.simulation.parameters import Settings
from stepdown.cohorts.registry.simulation.people import YEAR, Days, People
from stepdown.cohorts.registry.simulation.state import NEVER, Mask, State

#: A scan every so many quarters.
SCAN_EVERY = 4


def attend(rng: np.random.Generator, state: State, people: People, day: Days, quarter: int,
           settings: Settings) -> Mask:
    """Who comes to the visit of this quarter, with what was examined written down."""
    section = settings.parameters.visits
    lots, scan_lots, contrast_lots = (draw(rng, len(day)) for _ in range(3))
    stable = day - np.maximum(state.last_relapse, people.entry) > section["stable_years"] * YEAR
    more = section["missed_more_when_stable"] if settings.informative_visits else 0.0
    comes = state.present & (day <= state.end)
    comes &= (lots > section["missed"] + more * stable) | (quarter == 0)
    who = np.flatnonzero(comes)
    state.rows["visits"].add(who, date=day[who], edss_halves=state.edss_halves[who],
                             during_relapse=state.symptoms_until[who] >= day[who])
    if quarter % SCAN_EVERY == 0:
        _scan(state, comes & (scan_lots > section["mri_missed"]), day,
              contrast_lots < settings.parameters.lesions["contrast"], settings)
        _take_blood(state, comes, day, settings)
    return comes


def _scan(state: State, scanned: Mask, day: Days, contrast: Mask, settings: Settings) -> None:
    """A scan of the brain: lesions since the scan before; the first has nothing to compare with."""
    who = np.flatnonzero(scanned)
    first = state.last_scan[who] == NEVER
    recent = day[who] - state.last_lesion[who] <= settings.parameters.lesions["enhancing_days"]
    enhancing = recent & (state.lesions[who] > 0)
    state.rows["mri"].add(who, date=day[who], new_t2=np.where(first, -1, state.lesions[who]),
                          gd_enhancing=np.where(contrast[who], enhancing, -1))
    state.scan_active[who] = (~first & (state.lesions[who] > 0)) | (contrast[who] & enhancing)
    state.lesions[who] = 0
    state.last_scan[who] = day[who]


def _take_blood(state: State, comes: Mask, day: Days, settings: Settings) -> None:
    """Lymphocytes, or IgG on an anti-CD20 drug, once a year on a drug that asks for it."""
    names = settings.parameters.drugs.names
    asks = [names.index(name) for name in ("dimethyl-fumarate", "fingolimod", "ocrelizumab", "rituximab")]
    who = np.flatnonzero(comes & np.isin(state.drug, asks))
    state.rows["labs"].add(who, date=day[who], therapy=state.drug[who],
                           years=((day[who] - state.drug_start[who]) / YEAR).astype(np.float32))
