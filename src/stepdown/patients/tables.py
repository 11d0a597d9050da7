"""The tables of a registry, each declared once for readers, checks, dictionary and simulator.

A registry is a folder with one Parquet file a table (``patients.parquet`` ...), joined by ``person_id``.

- NULL is unknown, and never "no". That nothing happened follows only from an observation period in which
  nothing is on file.
- A date is the first day it can be. Where its ``_precision`` is month or year, the true day lies between it
  and the last day of that month or year; NULL beside a date means that the day itself is known.
- A column that a file does not have is unknown in every row. ``patients`` and ``observation_periods`` must
  be there; another table may be missing, and then what it would say is unknown for everybody. A command that
  is about treatments refuses a registry without that table: nobody would seem to be treated. A table
  without rows is not missing: nothing of its kind is on file of anybody.
- A number is in the unit of its column; a laboratory value is in the unit of its test.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from stepdown.patients.columns import Column, Table, Type, dated, key, person, same_as
from stepdown.patients.patient import Antibodies, Edss, Infection, Lab, Mri, Patient, Relapse, Treatment

#: What the ``event`` column tells apart; ``kind`` says in words or by name what it was.
EVENTS = (
    "infection",
    "cancer",
    "cancer-immunotherapy",
    "pregnancy",
    "hospital",
    "comorbidity",
    "adverse-event",
    "death",
)
LAB_RESULTS = ("positive", "negative", "indeterminate")

#: The functional systems by column, with the highest score of each (kurtzke1983; ambulation: Neurostatus).
FUNCTIONAL_SYSTEMS: Mapping[str, int] = MappingProxyType({
    "fs_pyramidal": 6,
    "fs_cerebellar": 5,
    "fs_brainstem": 5,
    "fs_sensory": 6,
    "fs_bowel_bladder": 6,
    "fs_visual": 6,
    "fs_cerebral": 5,
    "fs_ambulation": 16,
})
#: Which lesions an MRI reports: the count, and beside it whether there were any.
LESIONS = ("new_t2", "enlarging_t2", "gd_enhancing")


def _of(name: str, kind: Type, meaning: str, *, unit: str | None = None, low: float | None = None,
        high: float | None = None, allowed: tuple[str | float, ...] = (), required: bool = False) -> Column:
    return Column(name=name, type=kind, meaning=meaning, unit=unit, low=low, high=high, allowed=allowed,
                  required=required)


PATIENTS = Table(
    name="patients",
    meaning="one person; what is said here holds for the latest day on file",
    columns=(
        key("person_id", "number of the person in this registry"),
        _of("source_id", "text", "the mark of the person at the source, not a name"),
        _of("centre", "text", "where the person is followed"),
        *dated("birth_date", "day of birth"),
        same_as(Patient, "sex"),
        same_as(Patient, "diagnosis"),
        same_as(Patient, "course"),
        *dated("secondary_progression_date",
               "since when the course is SPMS; in another course NULL means not so far"),
        *dated("onset_date", "first symptoms"),
        *dated("diagnosis_date", "day of the diagnosis"),
        same_as(Antibodies, "aqp4"),
        same_as(Antibodies, "mog"),
        same_as(Patient, "prior_immunosuppressant", kind="boolean"),
        same_as(Patient, "smoking", kind="boolean"),
        _of("relapses_set_apart", "integer",
            "how many relapse rows of the person import set apart; above 0, nobody can say that there was no "
            "other relapse", low=0),
    ),
    in_order=(
        ("birth_date", "onset_date"),
        ("birth_date", "diagnosis_date"),
        ("onset_date", "diagnosis_date"),
        ("onset_date", "secondary_progression_date"),
    ),
    same=("source_id",),
)

OBSERVATION_PERIODS = Table(
    name="observation_periods",
    meaning="days in which an event that is not on file did not happen; outside them, nobody knows",
    columns=(
        key("period_id", "number of the row"),
        person(),
        _of("first_day", "date", "first day on which an event would be on file", required=True),
        _of("last_day", "date", "last such day, inside the period", required=True),
    ),
    in_order=(("first_day", "last_day"),),
    same=("person_id", "first_day", "last_day"),
)

TREATMENTS = Table(
    name="treatments",
    meaning="one period on one therapy",
    columns=(
        key("treatment_id", "number of the row"),
        person(),
        _of("therapy", "text", 'generic name of the catalogue, or "other:NAME"', required=True),
        *dated("start", "day of the first dose"),
        *dated("stop", "day on which it was given up"),
        _of("still_taking", "boolean",
            "whether it was still taken at the end of the last observation period; no stop and NULL here: "
            "nobody knows"),
        same_as(Treatment, "interval_days", kind="integer", unit="days"),
        *dated("last_dose", "day of the latest dose"),
        same_as(Treatment, "dose_mg", kind="number", unit="mg"),
        same_as(Treatment, "reason_stopped"),
    ),
    in_order=(("start", "stop"), ("start", "last_dose"), ("last_dose", "stop")),
    same=("person_id", "therapy", "start", "stop"),
    happened="start",
)

RELAPSES = Table(
    name="relapses",
    meaning="one relapse as it was told",
    columns=(
        key("relapse_id", "number of the row"),
        person(),
        *dated("onset", "first day of the symptoms"),
        same_as(Relapse, "lasted_24h", kind="boolean"),
        same_as(Relapse, "fever_or_infection", kind="boolean"),
        same_as(Relapse, "recovery"),
        same_as(Relapse, "severe", kind="boolean"),
        same_as(Relapse, "steroids", kind="boolean"),
    ),
    same=("person_id", "onset"),
    happened="onset",
)

VISITS = Table(
    name="visits",
    meaning="one examination",
    columns=(
        key("visit_id", "number of the row"),
        person(),
        *dated("date", "day of the examination", required=True),
        same_as(Edss, "score", "edss", kind="number", unit="points"),
        same_as(Edss, "during_relapse", kind="boolean"),
        *(_of(name, "integer", f"functional system: {name.removeprefix('fs_').replace('_', ' and ')}",
              unit="points", low=0, high=high) for name, high in FUNCTIONAL_SYSTEMS.items()),
        _of("t25fw", "number", "timed 25-foot walk, mean of two walks", unit="s", low=1, high=300),
        _of("nine_hpt_dominant", "number", "nine-hole peg test, dominant hand", unit="s", low=5, high=600),
        _of("nine_hpt_other", "number", "nine-hole peg test, other hand", unit="s", low=5, high=600),
        _of("sdmt", "integer", "symbol digit modalities test, right answers in 90 s", unit="answers",
            low=0, high=110),
    ),
    same=("person_id", "date", "edss"),
    happened="date",
)

MRI = Table(
    name="mri",
    meaning="one MRI compared with the one before",
    columns=(
        key("mri_id", "number of the row"),
        person(),
        *dated("date", "day of the scan", required=True),
        same_as(Mri, "region"),
        *(column for lesions, words in zip(LESIONS, ("new T2 lesions", "enlarging T2 lesions",
                                                     "lesions that take up contrast"), strict=True)
          for column in (
              _of(lesions, "integer", f"number of {words}", unit="lesions", low=0, high=1000),
              _of(f"any_{lesions}", "boolean",
                  f"whether there were {words}; follows from the number where that is known"),
          )),
    ),
    same=("person_id", "date", "region"),
    happened="date",
)

LABS = Table(
    name="labs",
    meaning="one laboratory result",
    columns=(
        key("lab_id", "number of the row"),
        person(),
        *dated("date", "day of the sample", required=True),
        same_as(Lab, "test", required=True),
        _of("value", "number", "the result as a number", unit="that of the test"),
        _of("result", "text", "the result as a word, for tests that have no number", allowed=LAB_RESULTS),
    ),
    same=("person_id", "date", "test"),
    happened="date",
)

EVENTS_TABLE = Table(
    name="events",
    meaning="something else that happened: infection, cancer, pregnancy, hospital, another disease, death",
    columns=(
        key("event_id", "number of the row"),
        person(),
        _of("event", "text", "what sort of event", allowed=EVENTS, required=True),
        *dated("date", "first day"),
        _of("end_date", "date", "last day"),
        same_as(Infection, "kind"),
        _of("serious", "boolean",
            "an infection: hospital or treatment into a vein; another event: as the source calls it"),
        same_as(Infection, "ongoing", kind="boolean"),
        _of("grade", "integer", "severity of an adverse event by CTCAE; 3 and more is severe", low=1, high=5),
    ),
    in_order=(("date", "end_date"),),
    same=("person_id", "event", "date", "kind"),
    happened="date",
)

#: Every table by name, in the order in which they are read: people first.
TABLES: Mapping[str, Table] = MappingProxyType({
    table.name: table
    for table in (PATIENTS, OBSERVATION_PERIODS, TREATMENTS, RELAPSES, VISITS, MRI, LABS, EVENTS_TABLE)
})
#: Without these a folder is no registry.
REQUIRED_TABLES = ("patients", "observation_periods")
