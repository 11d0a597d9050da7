"""What can be asked of people on their index days, each as ``trial_id`` with the answer.

A word and a truth have one column, ``answer``; a number has ``low`` and ``high``, NULL as high beside a low
meaning "at least". NULL throughout is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.history.disability import confirmed_worsening
from stepdown.cohorts.history.imaging import active_on_last_scan, active_on_mri, years_quiet_on_mri
from stepdown.cohorts.history.relapses import had_relapse, years_clinically_stable
from stepdown.cohorts.history.scores import course_activity, viaadisc_points
from stepdown.cohorts.history.treatment import years_on_treatment
from stepdown.cohorts.history.truth import age_on, months_before, to_years
from stepdown.cohorts.outcomes.rule_sets import read_rule_sets
from stepdown.cohorts.population.tables import Tables
from stepdown.cohorts.protocol.model import Asked
from stepdown.ms.therapies import read_therapies

Finder = Callable[[Engine, Tables, Expression, Asked], Expression]


def find_fact(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    """The answer to one question for every index day."""
    return engine.keep(_FINDERS[asked.fact](engine, tables, index, asked), "fact")


def _of_patient(column: str) -> Finder:
    def find(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
        del engine, asked
        people = tables.patients.select("person_id", answer=tables.patients[column])
        return index.select("trial_id", "person_id").join(people, "person_id").select("trial_id", "answer")
    return find


def _since(column: str) -> Finder:
    """Years since a date of the patient; a date known to the year gives two bounds."""
    def find(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
        del engine, asked
        people = tables.patients.select("person_id", begin=tables.patients[column],
                                        end=tables.patients[f"{column}_last"])
        rows = index.select("trial_id", "person_id", "index_day").join(people, "person_id")
        return rows.select("trial_id", low=to_years(rows.index_day - rows.end),
                           high=to_years(rows.index_day - rows.begin))
    return find


def _of_therapy(field: str) -> Finder:
    """What the catalogue says of the therapy that is taken."""
    def find(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
        del engine, tables, asked
        ibis = load_ibis()
        known = {name: getattr(each, field) for name, each in read_therapies().items()}
        cases = [(index.therapy == name, word) for name, word in known.items() if word is not None]
        none = (index.therapy == "none", "none")
        return index.select("trial_id", answer=ibis.cases(none, *cases, else_=ibis.null("string")))
    return find


def _find_therapy(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    del engine, tables, asked
    return index.select("trial_id", answer="therapy")


def _find_age(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    """Age on the index day; a birth date known to the year gives two bounds."""
    del engine, asked
    people = tables.patients.select("person_id", first="birth_date", last="birth_date_last")
    rows = index.select("trial_id", "person_id", "index_day").join(people, "person_id")
    return rows.select("trial_id", low=age_on(rows["last"], rows.index_day),
                       high=age_on(rows["first"], rows.index_day))


def _find_years_observed(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    del engine, tables, asked
    years = to_years(index.index_day - index.seen_first)
    return index.select("trial_id", low=years, high=years)


def _find_years_on(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    del asked
    found = years_on_treatment(engine, index, tables.treatments, index.therapy, tables.treatment.gap_days,
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


def _find_course(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    """The course on the index day: SPMS from the day on which it began; unknown where none is on file."""
    del engine, asked
    ibis = load_ibis()
    people = tables.patients.select("person_id", "course", since="secondary_progression_date",
                                    since_last="secondary_progression_date_last")
    rows = index.select("trial_id", "person_id", "index_day").join(people, "person_id")
    later = rows.course == "SPMS"
    course = ibis.cases((later & (rows.index_day >= rows.since_last), "SPMS"),
                        (later & (rows.index_day < rows.since), "RRMS"),
                        (later, ibis.null("string")), else_=rows.course)
    return rows.select("trial_id", answer=course)


def _find_course_activity(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    relapses = had_relapse(index, tables.relapses, asked.months or 0).select("trial_id", "had_relapse")
    scans = active_on_mri(index, tables.scans, asked.months or 0)
    rows = engine.keep(relapses.join(scans, "trial_id"), "activity")
    return rows.select("trial_id", answer=course_activity(rows.had_relapse, rows.active_on_mri))


def _find_viaadisc(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    """Points for stopping the therapy of the index day; nothing where the score does not hold after it."""
    parts = (
        _find_age(engine, tables, index, asked).rename(age_low="low", age_high="high"),
        _find_years_stable(engine, tables, index, asked).rename(years_low="low", years_high="high"),
        active_on_mri(index, tables.scans, asked.months or 0).rename(mri_active="active_on_mri"),
        _of_therapy("group")(engine, tables, index, asked).rename(group="answer"),
    )
    rows = index.select("trial_id")
    for part in parts:
        rows = rows.left_join(part, "trial_id").drop("trial_id_right")
    return viaadisc_points(engine.keep(rows, "viaadisc")).select("trial_id", "low", "high")


def _find_worsened(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    del asked
    onsets = tables.relapses.filter(tables.relapses.counted.fill_null(False)).select("person_id", "onset")
    found = confirmed_worsening(engine, index, tables.scores, onsets, read_rule_sets()["stepdown"])
    return found.select("trial_id", answer="confirmed_worsening")


def _find_edss(engine: Engine, tables: Tables, index: Expression, asked: Asked) -> Expression:
    """The last score outside a relapse, on the index day or in so many months before it."""
    del engine
    ibis = load_ibis()
    since = index.mutate(since=months_before(index.index_day, asked.months or 0))
    rows = since.select("trial_id", "person_id", "index_day", "since").join(tables.scores, "person_id")
    seen = rows.filter((rows.day_last <= rows.index_day) & (rows.day >= rows.since)
                       & ~rows.during_relapse.fill_null(False))
    order = ibis.window(group_by="trial_id", order_by=[ibis.desc("day"), ibis.desc("visit_id")])
    ranked = seen.mutate(rank=ibis.row_number().over(order))
    last = ranked.filter(ranked["rank"] == 0).select("trial_id", low="value", high="value")
    return index.select("trial_id").left_join(last, "trial_id").drop("trial_id_right")


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
    before = rows.filter((rows.start < rows.index_day) & (rows.therapy != rows.now))
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


_FINDERS: Mapping[str, Finder] = {
    "diagnosis": _of_patient("diagnosis"), "course": _find_course,
    "sex": _of_patient("sex"),
    "centre": _of_patient("centre"), "therapy": _find_therapy, "therapy_group": _of_therapy("group"),
    "efficacy_tier": _of_therapy("efficacy_tier"), "age": _find_age,
    "disease_years": _since("onset_date"), "years_observed": _find_years_observed,
    "years_on_treatment": _find_years_on, "years_stable": _find_years_stable,
    "years_quiet_on_mri": _find_years_quiet, "relapses": _find_relapses, "edss": _find_edss,
    "therapies_before": _find_therapies_before, "interval_days": _find_interval,
    "active_on_mri": _find_active, "active_on_last_scan": _find_last_scan,
    "course_activity": _find_course_activity, "viaadisc_points": _find_viaadisc,
    "had_relapse": _find_had_relapse, "confirmed_worsening": _find_worsened,
    "had_event": _find_event,
}
