"""The days on which a clock could start: one row a trial, with the observation period it lies in."""

from __future__ import annotations

from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.history.truth import months_before
from stepdown.cohorts.population.tables import Tables, find_stops
from stepdown.cohorts.protocol.model import Index


def find_index_days(engine: Engine, tables: Tables, index: Index) -> Expression:
    """Every candidate: ``trial_id, person_id, index_day, seen_first, seen_last, therapy``.

    ``therapy`` is what is taken when that day begins, NULL where that is unknown, "none" for nothing. Only
    days inside an observation period are candidates; a visit whose day is not known exactly is none.
    """
    ibis = load_ibis()
    days = engine.keep(_find_days(tables, index).distinct(), "days")
    joined = days.join(tables.periods, "person_id")
    inside = joined.filter((joined.index_day >= joined.first_day) & (joined.index_day <= joined.last_day))
    order = ibis.window(order_by=["person_id", "index_day"])
    numbered = inside.group_by("person_id", "index_day").agg(
        seen_first=inside.first_day.min(), seen_last=inside.last_day.max())
    numbered = engine.keep(numbered.mutate(trial_id=ibis.row_number().over(order).cast("int64")), "days")
    return engine.keep(_with_therapy(numbered, tables), "index")


def _find_days(tables: Tables, index: Index) -> Expression:
    if index.event == "visit":
        exact = tables.visits.filter(tables.visits.day == tables.visits.day_last)
        return exact.select("person_id", index_day="day")
    if index.event == "stop":
        return find_stops(tables.courses).select("person_id", index_day="day")
    if index.event == "landmark":
        later = months_before(tables.courses.start, -(index.months_after_start or 0))
        return tables.courses.select("person_id", index_day=later)
    events = tables.events.filter((tables.events.event == index.of) & tables.events.day.notnull())
    return events.group_by("person_id").agg(index_day=events.day.min())


def _with_therapy(index: Expression, tables: Tables) -> Expression:
    """With the course begun last of those taken when the day began: before what was decided on it."""
    ibis = load_ibis()
    rows = index.join(tables.courses, "person_id")
    on = rows.filter((rows.start < rows.index_day) & (rows.stop >= rows.index_day))
    order = ibis.window(group_by="trial_id", order_by=[ibis.desc("start"), "therapy"])
    on = on.mutate(rank=ibis.row_number().over(order))
    last = on.filter(on["rank"] == 0)
    last = last.select("trial_id", "end_known", "therapy", course_start="start", course_stop="stop")
    both = index.left_join(last, "trial_id").drop("trial_id_right")
    known = both.end_known.fill_null(True)
    therapy = ibis.ifelse(known, both.therapy.fill_null("none"), ibis.null("string"))
    return both.mutate(therapy=therapy).drop("end_known")
