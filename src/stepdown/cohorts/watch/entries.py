"""The latest day of each kind of entry, and whether anybody saw the person since the step down.

Only the latest counts: a schedule asks for its latest day that has come, and whatever came since makes up
for it.
"""

from __future__ import annotations

from stepdown.cohorts.days import with_days
from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.registry.reading import Registry
from stepdown.patients.units import read_lab_tests

#: The table that shows each kind of entry; every other kind is a laboratory test.
SHOWN_IN = {"mri": "mri", "edss": "visits"}


def is_shown(kind: str, registry: Registry) -> bool:
    """Whether the registry has the table that would show a kind of entry."""
    return SHOWN_IN.get(kind, "labs") not in registry.absent


def find_entries(engine: Engine, registry: Registry, people: Expression, at: int) -> Expression:
    """``person_id, kind`` with the latest ``exact_day`` (NULL: none) and the latest ``may_day``."""
    ibis = load_ibis()
    visits = _take(registry, "visits", "edss", people, at)
    scans = _take(registry, "mri", "region", people, at)
    labs = _take(registry, "labs", "test", people, at, "value", "result")
    labs = labs.filter(labs.value.notnull() | labs.result.notnull())
    index = labs.filter(labs.test == "jcv-antibody").mutate(test=ibis.literal("jcv-index"))
    rows = labs.filter(labs.test.isin(list(read_lab_tests()))).union(index).rename(kind="test").select(
        "person_id", "kind", "date", "date_last")
    rows = rows.union(_of("mri", scans.filter(scans.region.isin(["brain", "both"]))))
    rows = rows.union(_of("edss", visits.filter(visits.edss.notnull())))
    exact = ibis.ifelse(rows.date == rows.date_last, rows.date, ibis.null("int32"))
    return engine.keep(rows.group_by("person_id", "kind").agg(exact_day=exact.max(),
                                                              may_day=rows.date_last.max()), "entries")


def _of(kind: str, rows: Expression) -> Expression:
    return rows.select("person_id", "date", "date_last", kind=load_ibis().literal(kind)).select(
        "person_id", "kind", "date", "date_last")


def _take(registry: Registry, table: str, column: str, people: Expression, at: int,
          *more: str) -> Expression:
    """What a table says of some people by a day."""
    raw = registry.tables[table].semi_join(people, "person_id")
    rows = with_days(raw.select("person_id", column, *more, "date", "date_precision"), "date")
    return rows.filter(rows.date <= at)


def find_seen(engine: Engine, registry: Registry, people: Expression, at: int) -> Expression:
    """``person_id, seen``: whether a visit, scan, result or relapse came since; NULL: perhaps.

    Without a table of visits nobody is known not to have been seen.
    """
    ibis = load_ibis()
    days = [with_days(registry.tables[table].select("person_id", day=name, day_precision=f"{name}_precision"),
                      "day").select("person_id", "day", "day_last")
            for table, name in (("visits", "date"), ("mri", "date"), ("labs", "date"), ("relapses", "onset"))]
    rows = people.join(days[0].union(*days[1:]), "person_id")
    after = is_after(rows, rows.day, rows.day_last, at)
    rows = rows.filter(rows.day.notnull()).mutate(sure=after.fill_null(False), may_be=after.isnull())
    found = rows.group_by("person_id").agg(sure=rows.sure.max(), may_be=rows.may_be.max())
    found = people.select("person_id").left_join(found, "person_id").drop("person_id_right")
    is_told = ibis.literal("visits" not in registry.absent)
    seen = ibis.cases((found.sure.fill_null(False), True),
                      (found.may_be.fill_null(False) | ~is_told, ibis.null("boolean")), else_=False)
    return engine.keep(found.select("person_id", seen=seen), "seen")


def is_after(rows: Expression, day: Expression, day_last: Expression, at: int) -> Expression:
    """Whether something came after the change of a row and by a day; NULL where its date does not tell.

    ``rows`` has ``change, change_last`` and ``recorded``, the last day on which the person was observed.
    """
    ibis = load_ibis()
    latest = ibis.least(day_last, rows.recorded)
    return ibis.cases(
        (day.isnull(), ibis.null("boolean")), ((latest <= rows.change) | (day > at), False),
        ((day > rows.change_last) & (latest <= at), True), else_=ibis.null("boolean"))
