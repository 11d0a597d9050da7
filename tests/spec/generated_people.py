"""Invented people by the thousand: valid person files with random drugs, dates, results, plans and gaps.

A person comes from a seed alone, so that any of them can be made again: ``generate_person(seed)``.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from stepdown.ms.comorbidities import read_comorbidities
from stepdown.ms.therapies import Therapy, read_therapies

AT = date(2026, 11, 1)
Person = dict[str, Any]
CATALOGUE = tuple(read_therapies().values())
CONDITIONS = tuple(read_comorbidities())
UNKNOWN = "unknown"


def generate_person(seed: int) -> Person:
    """A person file without errors, save for those under 18 years of age."""
    dice = Random(seed)
    recorded_on = AT if dice.random() < 0.9 else AT - timedelta(days=dice.randint(1, 900))
    years = dice.randint(18, 84) if dice.random() < 0.97 else dice.randint(12, 17)
    born = AT - timedelta(days=int(years * 365.25) + dice.randint(1, 364))
    diagnosis = _weigh(dice, MS=90, NMOSD=4, MOGAD=3, unknown=3)
    person: Person = {"id": f"invented-{seed}", "recorded_on": str(recorded_on), "diagnosis": diagnosis}
    person |= _birth(dice, born, recorded_on)
    first = max(born + timedelta(days=365 * 15), date(2000, 1, 1))
    first = min(first, recorded_on - timedelta(days=200))
    keys: dict[str, Any] = {
        "observed_since": lambda: _day(dice, first, recorded_on),
        "sex": lambda: _weigh(dice, female=60, male=37, other=1, unknown=2),
        "course": lambda: _weigh(dice, RRMS=65, SPMS=15, PPMS=10, CIS=5, unknown=5),
        "antibodies": lambda: {"aqp4": _antibody(dice), "mog": _antibody(dice)},
        "prior_immunosuppressant": lambda: _yes_no(dice, 0.1),
        "treatments": lambda: _treatments(dice, first, recorded_on),
        "relapses": lambda: _relapses(dice, first, recorded_on),
        "edss": lambda: _edss(dice, first, recorded_on),
        "mri": lambda: _scans(dice, first, recorded_on),
        "labs": lambda: _labs(dice, first, recorded_on),
        "infections": lambda: _infections(dice, first, recorded_on),
        "comorbidities": lambda: _comorbidities(dice, first, recorded_on),
        "smoking": lambda: _yes_no(dice, 0.2),
        "plans": lambda: _plans(dice, may_bear=years < 50),
        "new_neurological_signs": lambda: _yes_no(dice, 0.08),
        "treatment_burden": lambda: dice.randint(0, 10),
        "quality_of_life": lambda: dice.randint(0, 10),
        "preferences": lambda: {"most_important_first": dice.sample(
            ["relapse", "disability", "infection", "burden"], dice.randint(0, 4))},
    }
    if dice.random() < 0.45:
        keys |= _quiet(dice, first, recorded_on, keys)
    missing = dice.choice([0.01, 0.08, 0.3])
    return _mend(person | {key: make() for key, make in keys.items() if dice.random() >= missing})


def _quiet(dice: Random, first: date, last: date, keys: dict[str, Any]) -> dict[str, Any]:
    """The keys of a person with nothing going on; now and then one of them as it comes, or added to it."""
    scans = [last - timedelta(days=200 + 600 * back) for back in range(8)]
    quiet: dict[str, Any] = {
        "observed_since": lambda: str(first),
        "antibodies": lambda: {"aqp4": "negative", "mog": "negative"},
        "relapses": lambda: [] if dice.random() < 0.8 else keys["relapses"]()[:1],
        "mri": lambda: [_quiet_scan(day) for day in reversed(scans) if day > first]
        + ([] if dice.random() < 0.8 else keys["mri"]()[:1]),
        "infections": list,
        "comorbidities": list,
        "new_neurological_signs": lambda: False,
    }
    return {key: make for key, make in quiet.items() if dice.random() < 0.95}


def _quiet_scan(day: date) -> Person:
    return {"date": str(day), "region": "both", "new_t2": 0, "enlarging_t2": 0, "gd_enhancing": 0}


def _mend(person: Person) -> Person:
    """A man may plan a pregnancy with his partner; he is not pregnant and does not breastfeed."""
    if person.get("sex") == "male" and "plans" in person:
        plans = person["plans"]
        wish = "planned" if plans["pregnancy"] == "now" else plans["pregnancy"]
        person["plans"] = plans | {"pregnancy": wish, "breastfeeding": False}
    return person


def _birth(dice: Random, born: date, recorded_on: date) -> Person:
    """One of the three ways to say an age."""
    way = dice.choice(["birth_date", "birth_date", "birth_year", "age"])
    if way == "age":
        return {"age": (recorded_on - born).days * 100 // 36525}
    return {way: born.year if way == "birth_year" else str(born)}


def _weigh(dice: Random, **weights: int) -> str:
    return dice.choices(list(weights), list(weights.values()))[0]


def _yes_no(dice: Random, yes: float) -> bool | str:
    return UNKNOWN if dice.random() < 0.08 else dice.random() < yes


def _antibody(dice: Random) -> str:
    return _weigh(dice, negative=75, unknown=22, positive=3)


def _date(dice: Random, first: date, last: date) -> date:
    """A day between two days; half of them in the last three years."""
    if dice.random() < 0.5:
        first = max(first, last - timedelta(days=1100))
    return first + timedelta(days=dice.randint(0, max(0, (last - first).days)))


def _day(dice: Random, first: date, last: date) -> str:
    """A day as a file writes it: sometimes a month or a year."""
    day = str(_date(dice, first, last))
    return day[: dice.choices([10, 7, 4], [88, 8, 4])[0]]


def _treatments(dice: Random, first: date, last: date) -> list[Person]:
    """Up to two treatments that have ended, and mostly one that goes on, rarely two or one just left."""
    cuts = sorted(_date(dice, first, last) for _ in range(dice.choice([1, 1, 3, 5])))
    past = [_ended(dice, start, stop) for start, stop in zip(cuts[0::2], cuts[1::2], strict=False)]
    now = [_going_on(dice, cuts[-1], last) for _ in range(_weigh_count(dice))]
    if not now and dice.random() < 0.7:
        stop = last - timedelta(days=dice.randint(5, 170))
        now = [_ended(dice, min(cuts[-1], stop), stop)]
    return past + now


def _weigh_count(dice: Random) -> int:
    return dice.choices([0, 1, 2], [20, 77, 3])[0]


def _drug(dice: Random, day: date) -> Therapy:
    """A therapy that was approved by then."""
    return dice.choice([each for each in CATALOGUE if _first_year(each) < day.year])


def _first_year(therapy: Therapy) -> int:
    """From which year on somebody may take a drug: its approval, or where none is known its first trial."""
    return therapy.first_approval_year or max(therapy.first_trial_year or 2010, 2010)


def _name(dice: Random, therapy: Therapy) -> str:
    """The generic name, or a brand."""
    return dice.choice(therapy.brands) if therapy.brands and dice.random() < 0.2 else therapy.name


def _ended(dice: Random, start: date, stop: date) -> Person:
    """A treatment that was given up."""
    last = max(start, stop - timedelta(days=dice.choice([0, 0, 14, 90])))
    known = {"start": str(start), "stop": str(stop), "last_dose": str(last), "still_taking": False}
    return {"therapy": _name(dice, _drug(dice, start))} | _drop(dice, known, 0.06)


def _going_on(dice: Random, start: date, last: date) -> Person:
    """A treatment that is taken on the day of the file; a course has its last dose."""
    if dice.random() < 0.03:
        return {"therapy": "other:study drug", "start": str(start), "still_taking": True}
    therapy = _drug(dice, start)
    dose = max(start, last - timedelta(days=dice.choice([0, 1, 20, 60, 150])))
    known: Person = {"start": str(start), "last_dose": str(dose)}
    if therapy.usual_interval_days:
        known["interval_days"] = int(therapy.usual_interval_days * dice.choice([1, 1, 1.5, 2]))
    going = {} if therapy.kind in ("course", "once") else {"still_taking": _yes_no(dice, 0.98)}
    return {"therapy": _name(dice, therapy)} | going | _drop(dice, known, 0.05)


def _drop(dice: Random, known: Person, share: float) -> Person:
    """An entry with some keys left out."""
    return {key: value for key, value in known.items() if dice.random() >= share}


def _relapses(dice: Random, first: date, last: date) -> list[Person]:
    return [
        {"onset": _day(dice, first, last), "lasted_24h": _yes_no(dice, 0.9),
         "fever_or_infection": _yes_no(dice, 0.1), "severe": _yes_no(dice, 0.2)}
        for _ in range(dice.choice([0, 0, 1, 2, 4]))
    ]


def _edss(dice: Random, first: date, last: date) -> list[Person]:
    scores = [0, *(half / 2 for half in range(2, 20))]
    return [{"date": _day(dice, first, last), "score": dice.choice(scores), "during_relapse": False}
            for _ in range(dice.randint(0, 3))]


def _scans(dice: Random, first: date, last: date) -> list[Person]:
    """Scans of which most are quiet; one in most files is of the last year."""
    days = [_day(dice, first, last) for _ in range(dice.randint(0, 4))]
    if dice.random() < 0.7:
        days.append(_day(dice, max(first, last - timedelta(days=300)), last))
    return [_scan(dice, day) for day in sorted(days)]


def _scan(dice: Random, day: str) -> Person:
    region = _weigh(dice, brain=55, both=35, cord=7, unknown=3)
    lesions = {key: dice.choices([0, 1, 3, True, UNKNOWN], [84, 5, 2, 1, 8])[0]
               for key in ("new_t2", "enlarging_t2", "gd_enhancing")}
    return {"date": day, "region": region} | lesions


NUMBERS = {
    "lymphocytes": (0.1, 3.5, "10^9/L"), "neutrophils": (0.8, 6.0, "10^9/L"), "igg": (2.5, 14.0, "g/L"),
    "igm": (0.1, 2.0, "g/L"), "alt": (10.0, 300.0, "U/L"), "cd19": (0.0, 300.0, "cells/uL"),
    "neurofilament": (3.0, 40.0, "pg/mL"),
}


def _labs(dice: Random, first: date, last: date) -> list[Person]:
    return [_lab(dice, _day(dice, first, last)) for _ in range(dice.randint(0, 10))]


def _lab(dice: Random, day: str) -> Person:
    """One result; a number sometimes without its unit."""
    if dice.random() < 0.35:
        test = dice.choice(["hbsag", "anti-hbc", "vzv-igg", "jcv-antibody"])
        return {"date": day, "test": test, "value": _weigh(dice, positive=30, negative=65, indeterminate=5)}
    if dice.random() < 0.15:
        return {"date": day, "test": "jcv-index", "value": round(dice.uniform(0.1, 4.0), 2)}
    test = dice.choice(list(NUMBERS))
    low, high, unit = NUMBERS[test]
    units = {} if dice.random() < 0.04 else {"unit": unit}
    return {"date": day, "test": test, "value": round(dice.uniform(low, high), 2)} | units


def _infections(dice: Random, first: date, last: date) -> list[Person]:
    return [{"date": _day(dice, first, last), "kind": "pneumonia", "serious": _yes_no(dice, 0.3),
             "ongoing": _yes_no(dice, 0.1)} for _ in range(dice.choice([0, 0, 0, 1, 3]))]


def _comorbidities(dice: Random, first: date, last: date) -> list[Person]:
    names = dice.sample(CONDITIONS, dice.choice([0, 0, 0, 1, 1, 2]))
    return [{"name": name, "since": _day(dice, first, last), "active": _yes_no(dice, 0.8)} for name in names]


def _plans(dice: Random, *, may_bear: bool) -> Person:
    """Plans; nobody past fifty is pregnant."""
    return {
        "pregnancy": _weigh(dice, no=84, planned=8, now=3, unknown=5) if may_bear else "no",
        "breastfeeding": _yes_no(dice, 0.03) if may_bear else False,
        "cancer_immunotherapy": _weigh(dice, no=92, planned=4, now=1, unknown=3),
    }
