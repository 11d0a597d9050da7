"""One person as a file describes them: every key once, with its form, its meaning and an invented example.

The reader, the JSON Schema and the template all come from these classes. None is unknown; for a list,
None is "not asked" and an empty one means what its key says. The units stand in the meanings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from stepdown.ms.dates import PartialDate
from stepdown.patients.care_needs import (
    BARRIER,
    BARRIERS,
    CRITERION,
    GOAL,
    WORK,
    Adherence,
    Caregiver,
    Living,
    Symptom,
)
from stepdown.patients.date_form import DATE, FULL_DATE
from stepdown.patients.forms import (
    COUNT,
    EDSS,
    NAME_OR_ENTRY,
    RESULT,
    TEXT,
    YES_NO,
    Meaning,
    age_slip,
    birth_year_slip,
    choice,
    number,
    whole,
)

TEMPLATE_ID = "invented-example"
LAB_TESTS = (
    "lymphocytes",
    "neutrophils",
    "igg",
    "igm",
    "cd19",
    "jcv-antibody",
    "jcv-index",
    "alt",
    "hbsag",
    "anti-hbc",
    "vzv-igg",
    "neurofilament",
)
CONCERNS = ("relapse", "disability", "infection", "burden")
_CLOSED = {"extra": "forbid"}
_RESULT3 = choice("positive", "negative")


@dataclass(frozen=True, kw_only=True)
class Antibodies:
    """Antibodies that speak for another disease than MS."""

    __pydantic_config__ = _CLOSED
    aqp4: Annotated[str | None, _RESULT3, Meaning("aquaporin-4 antibodies", "negative")] = None
    mog: Annotated[str | None, _RESULT3, Meaning("MOG antibodies", "negative")] = None


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """One period on one therapy."""

    __pydantic_config__ = _CLOSED
    therapy: Annotated[
        str | None,
        TEXT,
        Meaning(
            'generic name, brand name or ATC code; "other:NAME" for what is not in the catalogue',
            "glatiramer-acetate",
        ),
    ] = None
    start: Annotated[PartialDate | None, DATE, Meaning("day of the first dose", "2015-03-01")] = None
    stop: Annotated[PartialDate | None, DATE, Meaning("day on which it was given up", None)] = None
    still_taking: Annotated[
        bool | None, YES_NO, Meaning("whether it was still taken on recorded_on", True)
    ] = None
    interval_days: Annotated[int | None, whole(1, 1000), Meaning("days between two doses", 2)] = None
    last_dose: Annotated[PartialDate | None, DATE, Meaning("day of the latest dose", "2026-10-31")] = None
    dose_mg: Annotated[float | None, number(0, 100_000), Meaning("one dose in milligrams", 40)] = None
    reason_stopped: Annotated[
        str | None,
        choice(
            "stable",
            "side-effects",
            "infection",
            "activity",
            "pregnancy",
            "cost",
            "preference",
            "other",
        ),
        Meaning("why it was stopped", None),
    ] = None


@dataclass(frozen=True, kw_only=True)
class Relapse:
    """One relapse as it was told."""

    __pydantic_config__ = _CLOSED
    onset: Annotated[PartialDate | None, DATE, Meaning("first day of the symptoms", "2014-06")] = None
    lasted_24h: Annotated[bool | None, YES_NO, Meaning("whether it lasted 24 hours or more", True)] = None
    fever_or_infection: Annotated[
        bool | None, YES_NO, Meaning("whether there was fever or infection", False)
    ] = None
    recovery: Annotated[
        str | None, choice("full", "partial", "none"), Meaning("how far it went away", "full")
    ] = None
    severe: Annotated[bool | None, YES_NO, Meaning("whether it was severe", False)] = None
    steroids: Annotated[bool | None, YES_NO, Meaning("whether steroids were given", True)] = None


@dataclass(frozen=True, kw_only=True)
class Edss:
    """One score of disability."""

    __pydantic_config__ = _CLOSED
    date: Annotated[PartialDate | None, DATE, Meaning("day of the examination", "2026-05-12")] = None
    score: Annotated[float | None, EDSS, Meaning("EDSS: 0, 1, 1.5, 2 ... 10", 2.5)] = None
    during_relapse: Annotated[bool | None, YES_NO, Meaning("whether a relapse was going on", False)] = None


@dataclass(frozen=True, kw_only=True)
class Mri:
    """One MRI compared with the one before."""

    __pydantic_config__ = _CLOSED
    date: Annotated[PartialDate | None, DATE, Meaning("day of the scan", "2026-05-20")] = None
    region: Annotated[str | None, choice("brain", "cord", "both"), Meaning("what was scanned", "both")] = None
    new_t2: Annotated[bool | int | None, COUNT, Meaning("new T2 lesions: how many, or true or false", 0)] = (
        None
    )
    enlarging_t2: Annotated[bool | int | None, COUNT, Meaning("enlarging T2 lesions, in the same way", 0)] = (
        None
    )
    gd_enhancing: Annotated[
        bool | int | None, COUNT, Meaning("lesions that take up contrast; unknown without contrast", None)
    ] = None


@dataclass(frozen=True, kw_only=True)
class Lab:
    """One laboratory result."""

    __pydantic_config__ = _CLOSED
    date: Annotated[PartialDate | None, DATE, Meaning("day of the sample", "2026-05-12")] = None
    test: Annotated[
        str | None, choice(*LAB_TESTS), Meaning(f"one of {', '.join(LAB_TESTS)}", "lymphocytes")
    ] = None
    value: Annotated[
        float | str | None,
        RESULT,
        Meaning('a number, or a limit such as "<0.5"; or positive, negative or indeterminate', 1.6),
    ] = None
    unit: Annotated[
        str | None,
        TEXT,
        Meaning("unit as printed by the laboratory, such as 10^9/L, cells/uL, g/L or mg/dL", "10^9/L"),
    ] = None


@dataclass(frozen=True, kw_only=True)
class Infection:
    """One infection."""

    __pydantic_config__ = _CLOSED
    date: Annotated[PartialDate | None, DATE, Meaning("first day", "2025-01")] = None
    kind: Annotated[str | None, TEXT, Meaning("what it was", "urinary tract infection")] = None
    serious: Annotated[bool | None, YES_NO, Meaning("hospital or treatment into a vein", False)] = None
    ongoing: Annotated[bool | None, YES_NO, Meaning("whether it still goes on", False)] = None


@dataclass(frozen=True, kw_only=True)
class Comorbidity:
    """One other disease."""

    __pydantic_config__ = _CLOSED
    name: Annotated[
        str | None, TEXT, Meaning('name from the published list, or "other:NAME"', "hypertension")
    ] = None
    since: Annotated[PartialDate | None, DATE, Meaning("when it began", "2019")] = None
    active: Annotated[bool | None, YES_NO, Meaning("whether it is present now", True)] = None


@dataclass(frozen=True, kw_only=True)
class Plans:
    """What is planned that bears on the treatment."""

    __pydantic_config__ = _CLOSED
    pregnancy: Annotated[
        str | None, choice("now", "planned", "no"), Meaning("pregnant, or planning to be", "no")
    ] = None
    breastfeeding: Annotated[bool | None, YES_NO, Meaning("whether breastfeeding now", False)] = None
    cancer_immunotherapy: Annotated[
        str | None, choice("now", "planned", "no"), Meaning("immune checkpoint inhibitors for a cancer", "no")
    ] = None


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """What matters to the person."""

    __pydantic_config__ = _CLOSED
    most_important_first: Annotated[
        tuple[Annotated[str | None, choice(*CONCERNS)], ...] | None,
        Meaning(f"{', '.join(CONCERNS)} in the person's own order; may be partial or empty", ["disability"]),
    ] = None


@dataclass(frozen=True, kw_only=True)
class Patient:
    """Everything a person file says; ``diagnosis`` and one of the three ages are required."""

    __pydantic_config__ = _CLOSED
    schema_version: Annotated[str | None, choice("1"), Meaning("version of this form", "1")] = None
    id: Annotated[str | None, TEXT, Meaning("your own mark for the person, not a name", TEMPLATE_ID)] = None
    recorded_on: Annotated[
        PartialDate | None,
        FULL_DATE,
        Meaning("day on which all this was true; what came later is unknown", "2026-11-02"),
    ] = None
    observed_since: Annotated[
        PartialDate | None,
        DATE,
        Meaning(
            "since when events would have been noticed; before it, nothing recorded is unknown", "2014-06-01"
        ),
    ] = None
    birth_date: Annotated[
        PartialDate | None, DATE, Meaning("give one of birth_date, birth_year, age", None)
    ] = None
    birth_year: Annotated[int | None, whole(1850, 2100, birth_year_slip), Meaning("year of birth", 1966)] = (
        None
    )
    age: Annotated[int | None, whole(0, 120, age_slip), Meaning("full years of age on recorded_on", None)] = (
        None
    )
    sex: Annotated[
        str | None, choice("female", "male", "other"), Meaning("female, male, other", "female")
    ] = None
    diagnosis: Annotated[
        str | None, choice("MS", "MOGAD", "NMOSD"), Meaning("MS, MOGAD, NMOSD or unknown", "MS")
    ]
    course: Annotated[
        str | None, choice("CIS", "RRMS", "SPMS", "PPMS"), Meaning("CIS, RRMS, SPMS or PPMS", "RRMS")
    ] = None
    onset_date: Annotated[PartialDate | None, DATE, Meaning("first symptoms", "2014-06")] = None
    diagnosis_date: Annotated[PartialDate | None, DATE, Meaning("day of the diagnosis", "2014-12")] = None
    diagnosis_criteria: Annotated[
        str | None, CRITERION, Meaning("the criteria by which it was diagnosed", "McDonald-2010")
    ] = None
    antibodies: Annotated[Antibodies | None, Meaning("positive, negative or unknown")] = None
    treatments: Annotated[
        tuple[Treatment, ...] | None,
        Meaning(
            "MS therapies, one entry for each period; an empty list: asked, and none since observed_since"
        ),
    ] = None
    prior_immunosuppressant: Annotated[
        bool | None,
        YES_NO,
        Meaning(
            "whether a medicine such as azathioprine, methotrexate or cyclophosphamide was ever taken", False
        ),
    ] = None
    relapses: Annotated[
        tuple[Relapse, ...] | None, Meaning("an empty list: asked, and none since observed_since")
    ] = None
    edss: Annotated[tuple[Edss, ...] | None, Meaning("disability scores; an empty list: nothing on file")] = (
        None
    )
    mri: Annotated[tuple[Mri, ...] | None, Meaning("scans; an empty list: nothing on file")] = None
    labs: Annotated[tuple[Lab, ...] | None, Meaning("results; an empty list: nothing on file")] = None
    infections: Annotated[
        tuple[Infection, ...] | None, Meaning("an empty list: asked, and none since observed_since")
    ] = None
    comorbidities: Annotated[
        tuple[Annotated[Comorbidity, NAME_OR_ENTRY], ...] | None,
        Meaning("a name or an entry; an empty list: asked, and none"),
    ] = None
    smoking: Annotated[bool | None, YES_NO, Meaning("whether the person smokes now", False)] = None
    plans: Annotated[Plans | None, Meaning("what is planned")] = None
    new_neurological_signs: Annotated[
        bool | None, YES_NO, Meaning("new signs that nobody has explained yet", False)
    ] = None
    quality_of_life: Annotated[float | None, number(0, 10), Meaning("0 worst to 10 best", 7)] = None
    treatment_burden: Annotated[float | None, number(0, 10), Meaning("0 none to 10 worst", 6)] = None
    preferences: Annotated[Preferences | None, Meaning("what matters to the person")] = None
    symptoms: Annotated[
        tuple[Symptom, ...] | None,
        Meaning("an empty list: asked, and none; one that is not listed was not asked about"),
    ] = None
    self_harm_thoughts: Annotated[
        bool | None, YES_NO, Meaning("whether, when asked, there are thoughts of self-harm or suicide", False)
    ] = None
    living: Annotated[Living | None, Meaning("how the person lives")] = None
    work: Annotated[
        str | None,
        WORK,
        Meaning("full-time, part-time, studying, sick-leave, not-working, retired", "part-time"),
    ] = None
    caregiver: Annotated[Caregiver | None, Meaning("who helps without being paid for it")] = None
    barriers: Annotated[
        tuple[Annotated[str | None, BARRIER], ...] | None,
        Meaning(f"what stands in the way of care: {', '.join(BARRIERS)}; empty: asked, none", ["travel"]),
    ] = None
    adherence: Annotated[Adherence | None, Meaning("what became of the doses that were due")] = None
    goals: Annotated[
        tuple[Annotated[str | None, GOAL], ...] | None,
        Meaning(
            "what the person wants to reach, in their own words; empty: asked, none named",
            ["walk to the shop without a rest"],
        ),
    ] = None
