"""What can be asked of people on their index days, each as ``trial_id`` with the answer.

A word and a truth have one column, ``answer``; a number has ``low`` and ``high``, NULL as high beside a low
meaning "at least". NULL throughout is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from stepdown.cohorts.days import LONG_AGO
from stepdown.cohorts.engines import FIRST_DAY, Engine, Expression, load_ibis
from stepdown.cohorts.history.disability import confirmed_worsening
from stepdown.cohorts.history.imaging import active_on_last_scan, active_on_mri, years_quiet_on_mri
from stepdown.cohorts.history.latest import find_latest, with_stretch
from stepdown.cohorts.history.relapses import had_relapse, years_clinically_stable
from stepdown.cohorts.history.scores import course_activity, viaadisc_points
from stepdown.cohorts.history.treatment import measure_treatment
from stepdown.cohorts.history.truth import months_before, years_between
from stepdown.cohorts.outcomes.rule_sets import read_rule_sets
from stepdown.cohorts.population.tables import Tables
from stepdown.cohorts.protocol.model import Asked
from stepdown.ms.therapies import read_therapies

Finder = Callable[[Engine, Tables, Expression, Asked], Expression]
#: The columns of an answer, from rows of index days with what is on file of their people.
Reader = Callable[[Expression], dict[str, Expression]]


def find_fact(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    """The answer to one question for every index day, NULL or no row where it is not known.

    If it was asked before, perhaps for more days.
    """
    if asked.fact in _IN_ROW:
        rows = with_people(index, tables)
        return engine.keep(rows.select("trial_id", **read_row(rows, asked)), "fact")
    key = asked.model_dump_json(include=set(Asked.model_fields))
    if key not in tables.answers:
        tables.answers[key] = engine.keep(_FINDERS[asked.fact](engine, tables, index, asked), "fact")
    return tables.answers[key]


def is_in_row(asked: Asked) -> bool:
    """Whether an answer needs no more than the index day and what is on file of the person."""
    return asked.fact in _IN_ROW


def with_people(index: Expression, tables: Tables) -> Expression:
    """Index days with what is on file of their people."""
    return index.left_join(tables.patients, "person_id").drop("person_id_right")


def read_row(rows: Expression, asked: Asked) -> dict[str, Expression]:
    """The answer to a question that ``is_in_row``, as columns of such rows."""
    return _IN_ROW[asked.fact](rows)


def _of_patient(column: str) -> Reader:
    return lambda rows: {"answer": rows[column]}


def _since(column: str) -> Reader:
    """Years since a date of the patient; a date known to the year gives two bounds."""
    return lambda rows: {"low": years_between(rows[f"{column}_last"], rows.index_day),
                         "high": years_between(rows[column], rows.index_day)}


def group_therapies(field: str) -> dict[str, list[str]]:
    """The therapies of which the catalogue says the same, by that; not those it says nothing of."""
    found: dict[str, list[str]] = {}
    for name, each in read_therapies().items():
        if getattr(each, field) is not None:
            found.setdefault(getattr(each, field), []).append(name)
    return found


def _of_therapy(field: str) -> Reader:
    """What the catalogue says of the therapy that is taken."""
    def read(rows: Expression) -> dict[str, Expression]:
        ibis = load_ibis()
        cases = [(rows.therapy.isin(names), word) for word, names in group_therapies(field).items()]
        return {"answer": ibis.cases((rows.therapy == "none", "none"), *cases, else_=ibis.null("string"))}
    return read


def _read_age(rows: Expression) -> dict[str, Expression]:
    """Age on the index day; a birth date known to the year gives two bounds."""
    return {"low": years_between(rows.birth_date_last, rows.index_day),
            "high": years_between(rows.birth_date, rows.index_day)}


def _read_course(rows: Expression) -> dict[str, Expression]:
    """The course on the index day: SPMS from the day on which it began; unknown where none is on file."""
    ibis = load_ibis()
    later = rows.course == "SPMS"
    return {"answer": ibis.cases((later & (rows.index_day >= rows.secondary_progression_date_last), "SPMS"),
                                 (later & (rows.index_day < rows.secondary_progression_date), "RRMS"),
                                 (later, ibis.null("string")), else_=rows.course)}


def _read_years_observed(rows: Expression) -> dict[str, Expression]:
    years = years_between(rows.seen_first, rows.index_day)
    return {"low": years, "high": years}


def _read_calendar_year(rows: Expression) -> dict[str, Expression]:
    """The year of the index day, with how much of it has passed: 1 July 2015 is 2015.5."""
    year = years_between(load_ibis().literal(0, "int32"), rows.index_day) + FIRST_DAY[0]
    return {"low": year, "high": year}


def _find_years_on(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    del asked
    found = measure_treatment(engine, index, tables.treatments, index.therapy, tables.treatment.gap_days,
                               tables.treatment.gap_days_by_drug)
    return found.rename(low="years_on_low", high="years_on_high")


def _find_years_stable(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    del engine, asked
    found = years_clinically_stable(index, tables.relapses)
    return found.rename(low="years_stable_low", high="years_stable_high")


def _find_years_quiet(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    del asked
    found = years_quiet_on_mri(engine, index, tables.scans)
    return found.rename(low="years_quiet_low", high="years_quiet_high")


def _find_relapses(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    del engine
    found = had_relapse(index, tables.relapses, asked.months or 0)
    return found.select("trial_id", low=found.relapses_low.cast("float64"),
                        high=found.relapses_high.cast("float64"))


def _find_had_relapse(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    del engine
    return had_relapse(index, tables.relapses, asked.months or 0).select("trial_id", answer="had_relapse")


def _find_active(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    del engine
    return active_on_mri(index, tables.scans, asked.months or 0).select("trial_id", answer="active_on_mri")


def _find_last_scan(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    del engine
    return active_on_last_scan(index, tables.scans, asked.months or 0)


def _find_course_activity(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    relapses = had_relapse(index, tables.relapses, asked.months or 0).select("trial_id", "had_relapse")
    scans = active_on_mri(index, tables.scans, asked.months or 0)
    rows = engine.keep(relapses.join(scans, "trial_id"), "activity")
    return rows.select("trial_id", answer=course_activity(rows.had_relapse, rows.active_on_mri))


def _find_viaadisc(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    """Points for stopping the therapy of the index day; nothing where the score does not hold after it."""
    people = with_people(index, tables)
    age, group = _read_age(people), _of_therapy("group")(people)
    rows = people.select("trial_id", age_low=age["low"], age_high=age["high"], group=group["answer"])
    for part in (_find_years_stable(engine, tables, index, asked).rename(years_low="low", years_high="high"),
                 active_on_mri(index, tables.scans, asked.months or 0).rename(mri_active="active_on_mri")):
        rows = rows.left_join(part, "trial_id").drop("trial_id_right")
    return viaadisc_points(engine.keep(rows, "viaadisc")).select("trial_id", "low", "high")


def _find_worsened(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    del asked
    onsets = tables.relapses.filter(tables.relapses.counted.fill_null(False)).select("person_id", "onset")
    found = confirmed_worsening(engine, index, tables.scores, onsets, read_rule_sets()["stepdown"])
    return found.select("trial_id", answer="confirmed_worsening")


def _find_edss(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    """The last score outside a relapse, on the index day or in so many months before it."""
    last = find_last_score(engine, tables, index)
    recent = last.filter(last.day >= months_before(last.index_day, asked.months or 0))
    return recent.select("trial_id", low="value", high="value")


def find_last_score(engine: Engine, tables: Tables, index: Expression) -> Expression:
    """``trial_id, person_id, index_day, seen_last, day, value`` of the last score outside a relapse, if any.

    Worked out once, perhaps for more index days than these.
    """
    key = "last score"
    if key not in tables.answers:
        scores = tables.scores.filter(~tables.scores.during_relapse.fill_null(False))
        scores = with_stretch(scores.semi_join(index, "person_id"), "day", "visit_id")
        days = index.select("trial_id", "person_id", "index_day", "seen_last")
        latest = find_latest(days, scores.select("person_id", "day", "day_last", "seen_until", "value"))
        tables.answers[key] = engine.keep(latest.drop("day_last", "seen_until"), "score")
    return tables.answers[key]


def _find_interval(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    """The interval between doses of the therapy when the day begins: before it is changed on that day."""
    del engine, asked
    rows = index.select("trial_id", "person_id", "index_day", "therapy").join(
        tables.treatments, ["person_id", "therapy"])
    on = rows.filter((rows.start < rows.index_day) & (rows.stop.isnull() | (rows.stop >= rows.index_day)))
    found = on.group_by("trial_id").agg(low=on.interval_days.max().cast("float64"))
    joined = index.select("trial_id").left_join(found, "trial_id").drop("trial_id_right")
    return joined.mutate(high=joined.low)


def _find_therapies_before(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    """How many other therapies were on file before the one that is taken."""
    del engine, asked
    rows = index.select("trial_id", "person_id", "index_day", now="therapy").join(tables.courses, "person_id")
    begun = (rows.start < rows.index_day) & ((rows.start > LONG_AGO) | (rows.stop <= rows.index_day))
    before = rows.filter(begun & (rows.therapy != rows.now))
    found = before.group_by("trial_id").agg(low=before.therapy.nunique().cast("float64"))
    joined = index.select("trial_id").left_join(found, "trial_id").drop("trial_id_right")
    number = joined.low.fill_null(0.0)
    return joined.select("trial_id", low=number, high=number)


def _find_event(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    """Whether an event began by the index day, in so many months before it or ever.

    No event on file means no only where all of that time was observed; "ever" never was.
    """
    del engine
    ibis = load_ibis()
    since = index.mutate(since=months_before(index.index_day, asked.months) if asked.months
                         else ibis.null("int32"))
    events = tables.events.filter(tables.events.event == asked.event)
    if asked.kind is not None:
        events = events.filter(events.kind == asked.kind)
    rows = since.select("trial_id", "person_id", "index_day", "since").join(
        events.select("person_id", "day", "day_last"), "person_id")
    recent = rows.since.isnull() | (rows.day_last >= rows.since)
    happened = rows.filter((rows.day <= rows.index_day) & recent)
    found = happened.group_by("trial_id").agg(times=happened.trial_id.count())
    joined = since.left_join(found, "trial_id").drop("trial_id_right")
    watched = joined.since.isnull() | (joined.seen_first <= joined.since)
    return joined.select("trial_id", answer=ibis.cases(
        (joined.times.notnull(), True), (watched, False), else_=ibis.null("boolean")))


_IN_ROW: Mapping[str, Reader] = {
    "diagnosis": _of_patient("diagnosis"), "course": _read_course, "sex": _of_patient("sex"),
    "centre": _of_patient("centre"), "therapy": lambda rows: {"answer": rows.therapy},
    "therapy_group": _of_therapy("group"), "efficacy_tier": _of_therapy("efficacy_tier"), "age": _read_age,
    "disease_years": _since("onset_date"), "years_observed": _read_years_observed,
    "calendar_year": _read_calendar_year,
}
_FINDERS: Mapping[str, Finder] = {
    "years_on_treatment": _find_years_on, "years_stable": _find_years_stable,
    "years_quiet_on_mri": _find_years_quiet, "relapses": _find_relapses, "edss": _find_edss,
    "therapies_before": _find_therapies_before, "interval_days": _find_interval,
    "active_on_mri": _find_active, "active_on_last_scan": _find_last_scan,
    "course_activity": _find_course_activity, "viaadisc_points": _find_viaadisc,
    "had_relapse": _find_had_relapse, "confirmed_worsening": _find_worsened,
    "had_event": _find_event,
}
