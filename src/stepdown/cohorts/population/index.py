"""The days on which a clock could start: one row a trial, with the observation period it lies in."""

from __future__ import annotations

from stepdown.cohorts.days import LONG_AGO, to_day
from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.history.truth import months_before, to_date
from stepdown.cohorts.population.tables import Tables, find_stops
from stepdown.cohorts.protocol.model import Index
from stepdown.ms.dates import MONTHS_PER_YEAR

#: So many days are told apart in a trial's number, from so many before 1970 on: 1880 to 2238.
DAYS_TOLD_APART, _BEFORE_1970 = 131_072, 32_768


def find_index_days(engine: Engine, tables: Tables, index: Index) -> Expression:
    """Every candidate: ``trial_id, person_id, index_day, seen_first, seen_last, therapy``.

    ``therapy`` is what is taken when that day begins, NULL where that is unknown, "none" for nothing. Only
    days inside an observation period are candidates; a visit whose day is not known exactly is none.
    """
    return place_days(engine, tables, _find_days(tables, index))


def place_days(engine: Engine, tables: Tables, days: Expression) -> Expression:
    """``person_id, index_day`` as candidates, in the form of ``find_index_days``.

    They are not worked out yet: criteria that follow are asked in the same pass.
    """
    people = engine.keep(_number_people(tables), "numbers")
    courses = engine.keep(_rank_courses(tables), "courses")
    joined = days.join(people, "person_id")
    inside = joined.filter((joined.index_day >= joined.first_day) & (joined.index_day <= joined.last_day))
    taken = courses.select("person_id", "start", "stop", "place")
    rows = inside.left_join(taken, [inside.person_id == taken.person_id, taken.start < inside.index_day,
                                    taken.stop >= inside.index_day])
    found = rows.group_by("person_id", "index_day").agg(
        seen_first=rows.first_day.min(), seen_last=rows.last_day.max(), number=rows.number.min(),
        place=rows.place.max())
    trial = found.number * DAYS_TOLD_APART + (found.index_day + _BEFORE_1970)
    return _with_therapy(found.mutate(trial_id=trial.cast("int64")), courses)


def count_outside(engine: Engine, tables: Tables, index: Index) -> Expression | None:
    """``days, people`` that no observation period holds, in one row: people of whom no such day is inside.

    None for visits: they are many, and the check of a registry names each that lies outside; of the stop of
    a treatment it does not.
    """
    if index.event == "visit":
        return None
    found = _find_days(tables, index)
    days = engine.keep(found.filter(found.index_day.notnull()).distinct(), "days")
    joined = days.join(tables.periods.select("person_id", "first_day", "last_day"), "person_id")
    within = joined.filter((joined.index_day >= joined.first_day) & (joined.index_day <= joined.last_day))
    inside = engine.keep(within.select("person_id", "index_day").distinct(), "inside")
    outside = days.anti_join(inside, ["person_id", "index_day"])
    seen = inside.group_by("person_id").agg(inside=inside.index_day.min())
    rows = outside.left_join(seen, "person_id")
    people = rows.person_id.nunique(where=rows.inside.isnull())
    return engine.keep(rows.agg(days=rows.count(), people=people), "outside")


def _number_people(tables: Tables) -> Expression:
    """The observation periods with a number for each person, from which trials get theirs without a sort."""
    ibis = load_ibis()
    order = ibis.window(order_by="person_id")
    # Ibis takes a rank for a long number already; that of Spark is a short one, too short once times days.
    number = ibis.dense_rank().over(order).cast("int32").cast("int64")
    return tables.periods.mutate(number=number)


def _find_days(tables: Tables, index: Index) -> Expression:
    if index.event == "visit":
        exact = tables.visits.filter(tables.visits.day == tables.visits.day_last)
        return exact.select("person_id", index_day="day")
    if index.event == "calendar":
        return list_month_starts(tables.periods, index.every_months or 1)
    if index.event == "stop":
        return find_stops(tables.courses).select("person_id", index_day="day")
    if index.event == "landmark":
        begun = tables.courses.filter(tables.courses.start > LONG_AGO)
        later = months_before(begun.start, -(index.months_after_start or 0))
        return begun.select("person_id", index_day=later)
    events = tables.events.filter((tables.events.event == index.of) & tables.events.day.notnull())
    return events.group_by("person_id").agg(index_day=events.day.min())


def list_month_starts(periods: Expression, every: int) -> Expression:
    """``person_id, index_day``: the first day of every so many months inside each observation period.

    Months are counted from January, so that everybody's trials start on the same days (sequential trials:
    Hernan and others, Epidemiology 2008;19:766; Danaei and others, Stat Methods Med Res 2013;22:70).
    """
    ibis = load_ibis()
    first, last = to_date(periods.first_day), to_date(periods.last_day)
    begun = (first.day() > 1).cast("int64")
    rows = periods.select("person_id", low=(_count_months(first) + begun + (every - 1)) // every,
                          high=_count_months(last) // every)
    rows = rows.filter(rows.low <= rows.high)
    steps = rows.select("person_id", step=ibis.range(rows.low, rows.high + 1).unnest())
    month = (steps.step * every).cast("int64")
    year, of_year = month // MONTHS_PER_YEAR, month % MONTHS_PER_YEAR + 1
    start = ibis.date(year.cast("int32"), of_year.cast("int32"), 1)
    return steps.select("person_id", index_day=to_day(start))


def _count_months(date: Expression) -> Expression:
    return (date.year() * MONTHS_PER_YEAR + date.month() - 1).cast("int64")


def _rank_courses(tables: Tables) -> Expression:
    """The courses of each person in order: of two begun on one day the first by name comes last."""
    ibis = load_ibis()
    order = ibis.window(group_by="person_id", order_by=["start", ibis.desc("therapy"), "stop", "course"])
    return tables.courses.mutate(place=ibis.row_number().over(order))


def _with_therapy(index: Expression, courses: Expression) -> Expression:
    """With what is taken when each day begins; NULL where nobody knows.

    It is the course begun last of those taken when the day begins: before what was decided on it. Of one
    whose start is not on file nobody knows from when on it was taken, except on the day of its stop, and of
    one whose end is not known nobody knows at all.
    """
    ibis = load_ibis()
    found = index.left_join(courses, ["person_id", "place"])
    known = found.end_known & ((found.start > LONG_AGO) | (found.stop == found.index_day))
    therapy = ibis.cases((found.place.isnull(), "none"), (known, found.therapy), else_=ibis.null("string"))
    return found.select("person_id", "index_day", "seen_first", "seen_last", "trial_id", therapy=therapy)
