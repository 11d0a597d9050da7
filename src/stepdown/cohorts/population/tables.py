"""The tables of a registry as a cohort uses them: days for dates, relapses and scans classified."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.cohorts.days import to_day, with_days
from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.history.imaging import classify_scans
from stepdown.cohorts.history.relapses import classify_relapses
from stepdown.cohorts.protocol.model import TreatmentDefinition
from stepdown.cohorts.registry.reading import Registry

#: A stop that has not come: later than any day.
NEVER = 2_000_000


@dataclass(frozen=True)
class Tables:
    """Days for dates; ``courses`` are unbroken treatments, ``scores`` the visits with an EDSS."""

    patients: Expression
    periods: Expression
    treatments: Expression
    courses: Expression
    relapses: Expression
    scores: Expression
    scans: Expression
    visits: Expression
    events: Expression


def read_tables(engine: Engine, registry: Registry, treatment: TreatmentDefinition) -> Tables:
    """Every table that a cohort asks, each kept as a stage."""
    raw = registry.tables
    periods = raw["observation_periods"]
    relapses = engine.keep(with_days(raw["relapses"], "onset"), "episodes")
    scans = engine.keep(with_days(raw["mri"], "date").rename(day="date", day_last="date_last"), "scans")
    visits = engine.keep(with_days(raw["visits"], "date").rename(day="date", day_last="date_last"), "visits")
    treatments = engine.keep(with_days(raw["treatments"], "start", "stop", "last_dose"), "treatments")
    return Tables(
        patients=engine.keep(with_days(raw["patients"], "birth_date", "onset_date", "diagnosis_date"),
                             "people"),
        periods=engine.keep(periods.select("person_id", first_day=to_day(periods.first_day),
                                           last_day=to_day(periods.last_day)), "periods"),
        treatments=treatments,
        courses=engine.keep(merge_courses(treatments, treatment), "courses"),
        relapses=classify_relapses(engine, relapses),
        scores=engine.keep(visits.select("person_id", "visit_id", "day", "day_last", "during_relapse",
                                         value="edss").filter(lambda row: row.value.notnull()), "scores"),
        scans=classify_scans(engine, scans),
        visits=visits,
        events=engine.keep(with_days(raw["events"], "date").rename(day="date", day_last="date_last"),
                           "events"),
    )


def merge_courses(treatments: Expression, definition: TreatmentDefinition) -> Expression:
    """Periods on the same therapy with short pauses as one course: ``start, stop`` (NEVER while it goes on).

    ``end_known`` is false where nobody knows whether it went on; periods without a start are left out.
    """
    ibis = load_ibis()
    gaps = [(treatments.therapy == name, days) for name, days in definition.gap_days_by_drug.items()]
    gap = ibis.cases(*gaps, else_=definition.gap_days) if gaps else ibis.literal(definition.gap_days)
    rows = treatments.filter(treatments.start.notnull()).mutate(
        end=treatments.stop.fill_null(NEVER), gap=gap,
        sure=treatments.stop.notnull() | treatments.still_taking.fill_null(False))
    order = {"group_by": ["person_id", "therapy"], "order_by": ["start", "treatment_id"]}
    before = ibis.window(**order, rows=(None, -1))
    rows = rows.mutate(previous=rows.end.max().over(before))
    begins = rows.previous.isnull() | (rows.start > rows.previous + rows.gap)
    rows = rows.mutate(begins=begins.cast("int32"))
    rows = rows.mutate(course=rows.begins.sum().over(ibis.window(**order, rows=(None, 0))))
    return rows.group_by("person_id", "therapy", "course").agg(
        start=rows.start.min(), stop=rows.end.max().cast("int32"), end_known=rows.sure.min())
