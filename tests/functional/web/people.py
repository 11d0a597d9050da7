"""Invented people for the pages: one whose every value is easy to find again, and its form."""

from __future__ import annotations

import json
from typing import Any

PERSON: dict[str, Any] = {
    "schema_version": "1", "id": "invented-mark-7731", "recorded_on": "2026-10-27",
    "observed_since": "2009-08-13", "birth_date": "1963-07-21", "sex": "female", "diagnosis": "MS",
    "course": "RRMS", "onset_date": "2009-03", "diagnosis_date": "2009-09-17",
    "antibodies": {"aqp4": "negative", "mog": "negative"},
    "treatments": [{"therapy": "glatiramer-acetate", "start": "2010-05-23", "still_taking": True,
                    "interval_days": 2, "last_dose": "2026-10-26", "dose_mg": 40}],
    "prior_immunosuppressant": False,
    "relapses": [{"onset": "2012-11-29", "lasted_24h": True, "fever_or_infection": False}],
    "edss": [{"date": "2026-04-14", "score": 2.5, "during_relapse": False}],
    "mri": [{"date": f"{year}-06-16", "region": "both", "new_t2": 0, "enlarging_t2": 0, "gd_enhancing": 0}
            for year in (2016, 2018, 2020, 2022, 2024, 2026)],
    "labs": [{"date": "2026-04-15", "test": "lymphocytes", "value": 1.73, "unit": "10^9/L"}],
    "infections": [{"date": "2025-02", "kind": "invented bronchitis", "serious": False, "ongoing": False}],
    "comorbidities": [{"name": "hypertension", "since": "2019", "active": True}], "smoking": False,
    "plans": {"pregnancy": "no", "breastfeeding": False, "cancer_immunotherapy": "no"},
    "new_neurological_signs": False, "quality_of_life": 6.5, "treatment_burden": 7.5,
    "preferences": {"most_important_first": ["burden", "disability"]},
    "diagnosis_criteria": "McDonald-2010", "self_harm_thoughts": False,
    "symptoms": [{"name": "fatigue", "severity": "moderate", "worse_lately": False,
                  "scale": "MFIS", "score": 41},
                 {"name": "pain", "severity": "none"}],
    "living": {"lives": "alone", "home_adapted": True, "falls_last_12_months": 20, "drives": False},
    "work": "sick-leave", "caregiver": {"present": True, "hours_a_day": 2.5, "burden_score": 31},
    "barriers": [], "adherence": {"missed_doses": 12, "why": ["forgot", "mood"]},
    "goals": ["to walk with the dog", "to sleep"],
}  # fmt: skip
CARRIED = {"person": json.dumps(PERSON)}


def list_values(value: Any) -> set[str]:
    """Every value of a person as text, without yes, no, none and single digits, which stand everywhere."""
    if isinstance(value, dict):
        return set().union(*map(list_values, value.values()))
    if isinstance(value, list):
        return set().union(*map(list_values, value))
    text = str(value)
    is_common = len(text) == 1 or text in ("no", "none") or isinstance(value, bool)
    return set() if is_common else {text}


def to_fields(person: dict[str, Any]) -> dict[str, str]:
    """The fields of the form that say the same as a person file."""
    fields: dict[str, str] = {}

    def walk(value: Any, place: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{place}.{key}" if place else key)
        elif isinstance(value, list):
            if not value:
                fields[f"{place}.none"] = "yes"
            for number, inner in enumerate(value):
                walk(inner, f"{place}[{number}]")
        elif value is not None:
            fields[place] = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)

    walk(person, "")
    return fields
