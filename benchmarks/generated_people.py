"""Invented people for the timings: drawn with a fixed seed, all drugs and ages, with facts missing."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from stepdown.ms.therapies import read_therapies

SEED = 20261101
AT = date(2026, 11, 1)
OBSERVED_FOR = timedelta(days=365 * 12)
CHANCE_OF_A_KEY = 0.85
# treatments of these people start up to four years before the index date
LATEST_APPROVAL = 2021
OTHER_DISEASES = ("hypertension", "diabetes", "depression", "obesity")
CONCERNS = ("relapse", "disability", "infection", "burden")
OPTIONAL = ("course", "sex", "relapses", "edss", "mri", "labs", "infections", "comorbidities", "plans",
            "prior_immunosuppressant", "new_neurological_signs", "smoking", "preferences")


def draw_people(count: int) -> Iterator[dict[str, Any]]:
    """That many person files, as dictionaries."""
    chance = random.Random(SEED)
    drugs = sorted(name for name, drug in read_therapies().items()
                   if drug.first_approval_year is not None and drug.first_approval_year <= LATEST_APPROVAL)
    for number in range(count):
        person = _draw_person(chance, drugs, number)
        yield {key: value for key, value in person.items()
               if key not in OPTIONAL or chance.random() < CHANCE_OF_A_KEY}


def _draw_person(chance: random.Random, drugs: list[str], number: int) -> dict[str, Any]:
    return {
        "id": f"invented-{number}", "recorded_on": AT.isoformat(),
        "observed_since": (AT - OBSERVED_FOR).isoformat(), "age": chance.randint(18, 80), "diagnosis": "MS",
        "sex": chance.choice(["female", "male"]), "course": chance.choice(["RRMS", "RRMS", "SPMS", "PPMS"]),
        "treatments": [_draw_treatment(chance, drugs)],
        "relapses": [{"onset": day, "lasted_24h": True, "fever_or_infection": False}
                     for day in _draw_days(chance, 3)],
        "edss": [{"date": day, "score": chance.randint(2, 14) / 2} for day in _draw_days(chance, 4)],
        "mri": [_draw_scan(chance, day) for day in _draw_days(chance, 6)],
        "labs": [_draw_result(chance, day) for day in _draw_days(chance, 6)],
        "infections": [{"date": day, "serious": chance.random() < 0.3} for day in _draw_days(chance, 2)],
        "comorbidities": chance.sample(OTHER_DISEASES, chance.randint(0, 2)),
        "plans": {"pregnancy": "no", "breastfeeding": False, "cancer_immunotherapy": "no"},
        "prior_immunosuppressant": chance.random() < 0.1, "new_neurological_signs": chance.random() < 0.05,
        "smoking": chance.random() < 0.2,
        "preferences": {"most_important_first": chance.sample(CONCERNS, 2)},
    }


def _draw_days(chance: random.Random, most: int) -> list[str]:
    """Some days of the observed time, in order."""
    back = sorted((chance.randint(0, 365 * 11) for _ in range(chance.randint(0, most))), reverse=True)
    return [(AT - timedelta(days=days)).isoformat() for days in back]


def _draw_treatment(chance: random.Random, drugs: list[str]) -> dict[str, Any]:
    start = AT - timedelta(days=chance.randint(200, 365 * 4))
    entry: dict[str, Any] = {"therapy": chance.choice(drugs), "start": start.isoformat()}
    if chance.random() < 0.8:
        return entry | {"still_taking": True}
    stop = AT - timedelta(days=chance.randint(1, 190))
    return entry | {"stop": stop.isoformat(), "still_taking": False, "last_dose": stop.isoformat()}


def _draw_scan(chance: random.Random, day: str) -> dict[str, Any]:
    lesions = chance.choice([0, 0, 0, 0, 1, 3])
    return {"date": day, "region": "brain", "new_t2": lesions, "enlarging_t2": 0,
            "gd_enhancing": chance.choice([0, 0, "unknown"])}


def _draw_result(chance: random.Random, day: str) -> dict[str, Any]:
    test, low, high, unit = chance.choice([("lymphocytes", 0.3, 3.0, "10^9/L"), ("igg", 4, 14, "g/L"),
                                           ("alt", 10, 90, "U/L"), ("jcv-index", 0.1, 3.5, None)])
    result = {"date": day, "test": test, "value": round(chance.uniform(low, high), 1)}
    return result | {"unit": unit} if unit else result
