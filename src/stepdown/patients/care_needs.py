"""What a person file says beyond the disease and its drugs: symptoms, living, caring, barriers, doses, goals.

Everything here may be left out; absent is unknown. A symptom that is not listed was not asked about; one of
the severity "none" was asked about and is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from stepdown.ms.dates import PartialDate
from stepdown.patients.date_form import DATE
from stepdown.patients.forms import TEXT, YES_NO, Meaning, choice, number, whole

SYMPTOMS = (
    "fatigue",
    "mobility",
    "spasticity",
    "vision",
    "cognition",
    "mood",
    "pain",
    "bladder",
    "bowel",
    "sleep",
    "swallowing",
    "sexual-function",
)
SEVERITIES = ("none", "mild", "moderate", "severe")
#: Scales whose scores can be read, with the lowest and the highest; the unit is that of the scale.
SCALES: dict[str, tuple[float, float]] = {
    "EDSS-functional-system": (0, 6),
    "MFIS": (0, 84),
    "FSS": (1, 7),
    "T25FW": (0, 180),
    "9HPT": (0, 300),
    "modified-Ashworth": (0, 4),
    "SDMT": (0, 110),
    "PHQ-9": (0, 27),
    "GAD-7": (0, 21),
    "HADS-depression": (0, 21),
    "HADS-anxiety": (0, 21),
    "pain-0-10": (0, 10),
    "residual-urine-ml": (0, 3000),
}
RESIDUAL_URINE = "residual-urine-ml"
#: What each scale measures; those of the whole body are not here.
SCALE_SYMPTOMS = {
    "MFIS": "fatigue", "FSS": "fatigue", "T25FW": "mobility", "modified-Ashworth": "spasticity",
    "SDMT": "cognition", "PHQ-9": "mood", "GAD-7": "mood", "HADS-depression": "mood", "HADS-anxiety": "mood",
    "pain-0-10": "pain", RESIDUAL_URINE: "bladder",
}  # fmt: skip
#: From which score on a scale reads mild, moderate and severe: PHQ-9 (Kroenke 2001, PMID 11556941; what it
#: calls moderately severe counts as severe), GAD-7 (Spitzer 2006, Arch Intern Med 166:1092).
SCORE_BANDS = {"PHQ-9": (5, 10, 15), "GAD-7": (5, 10, 15)}
CRITERIA = ("McDonald-2024", "McDonald-2017", "McDonald-2010", "McDonald-2005", "McDonald-2001", "Poser-1983")
BARRIERS = ("cost", "travel", "language", "waiting")
WHY_MISSED = (
    "side-effects",
    "forgot",
    "complicated",
    "mood",
    "injections",
    "cost",
    "access",
    "felt-well",
    "doubts",
    "other",
)
_CLOSED = {"extra": "forbid"}


@dataclass(frozen=True, kw_only=True)
class Symptom:
    """One symptom as it was asked about."""

    __pydantic_config__ = _CLOSED
    name: Annotated[
        str | None, choice(*SYMPTOMS), Meaning(f"one of {', '.join(SYMPTOMS)}", "fatigue")
    ] = None
    severity: Annotated[
        str | None,
        choice(*SEVERITIES),
        Meaning("how far it hinders: none, mild, moderate, severe", "moderate"),
    ] = None
    worse_lately: Annotated[
        bool | None, YES_NO, Meaning("whether it came or grew within days or weeks", False)
    ] = None
    scale: Annotated[str | None, choice(*SCALES), Meaning(f"one of {', '.join(SCALES)}", "MFIS")] = None
    score: Annotated[float | None, number(0, 3000), Meaning("what the scale gave", 41)] = None
    date: Annotated[PartialDate | None, DATE, Meaning("day on which it was asked", "2026-05-12")] = None


@dataclass(frozen=True, kw_only=True)
class Living:
    """How the person lives."""

    __pydantic_config__ = _CLOSED
    lives: Annotated[
        str | None,
        choice("alone", "with-others", "care-home"),
        Meaning("alone, with-others, care-home", "with-others"),
    ] = None
    home_adapted: Annotated[
        bool | None, YES_NO, Meaning("whether the home suits what the person can do", True)
    ] = None
    falls_last_12_months: Annotated[
        int | None, whole(0, 1000), Meaning("how many falls in the last 12 months", 0)
    ] = None
    drives: Annotated[bool | None, YES_NO, Meaning("whether the person drives", True)] = None


@dataclass(frozen=True, kw_only=True)
class Caregiver:
    """Who helps without being paid for it."""

    __pydantic_config__ = _CLOSED
    present: Annotated[bool | None, YES_NO, Meaning("whether somebody helps, unpaid", True)] = None
    hours_a_day: Annotated[float | None, number(0, 24), Meaning("hours of help a day", 2)] = None
    under_18: Annotated[bool | None, YES_NO, Meaning("whether a child or teenager helps", False)] = None
    burden_score: Annotated[
        float | None, number(0, 88), Meaning("Zarit Burden Interview of 22 questions, 0 to 88", 12)
    ] = None
    wants_support: Annotated[
        bool | None, YES_NO, Meaning("whether the caregiver wants support", False)
    ] = None


@dataclass(frozen=True, kw_only=True)
class Adherence:
    """What became of the doses that were due."""

    __pydantic_config__ = _CLOSED
    missed_doses: Annotated[
        int | None, whole(0, 100), Meaning("doses missed in the last 4 weeks, or of the last infusions", 1)
    ] = None
    why: Annotated[
        tuple[Annotated[str | None, choice(*WHY_MISSED)], ...] | None,
        Meaning(f"why they were missed, any of {', '.join(WHY_MISSED)}", ["forgot"]),
    ] = None


WORK = choice("full-time", "part-time", "studying", "sick-leave", "not-working", "retired")
CRITERION = choice(*CRITERIA)
BARRIER = choice(*BARRIERS)
GOAL = TEXT
