"""Who had died by a day: by an event, or by the scale of disability, as ``patients.death`` says it."""

from __future__ import annotations

from stepdown.cohorts.days import with_days
from stepdown.cohorts.engines import Expression
from stepdown.cohorts.registry.reading import Registry
from stepdown.ms.disability import DEATH


def find_deaths(registry: Registry, at: int) -> Expression:
    """``person_id, died`` of those who had died; a death without a date has come."""
    raw = registry.tables["events"]
    dead = with_days(raw.filter(raw.event == "death").select("person_id", "date", "date_precision"), "date")
    come = dead.filter(dead.date.isnull() | (dead.date <= at)).select("person_id")
    return come.union(_find_by_score(registry, at)).distinct().mutate(died=True)


def _find_by_score(registry: Registry, at: int) -> Expression:
    """Those with an EDSS of 10 of whom nothing shows that they lived on."""
    visits = _take(registry, "visits", "date", "edss")
    last = visits.filter((visits.edss == DEATH) & (visits.day <= at))
    first = last.group_by("person_id").agg(death=last.day.min())
    dead = last.join(first, "person_id")
    dead = dead.filter(dead.day == dead.death)
    dead = dead.group_by("person_id", "death").agg(death_last=dead.day_last.min())
    scored = visits.filter(visits.edss < DEATH)
    lived = scored.select("person_id", "day", "day_last", is_score=scored.edss.notnull())
    for table, day in (("mri", "date"), ("relapses", "onset"), ("treatments", "start")):
        lived = lived.union(_take(registry, table, day).mutate(is_score=False))
    rows = dead.join(lived, "person_id")
    same = rows.is_score & (rows.day == rows.death) & (rows.day_last == rows.death) & (
        rows.death_last == rows.death)
    doubted = rows.filter((rows.day > rows.death_last) | same)
    return dead.anti_join(doubted, "person_id").select("person_id")


def _take(registry: Registry, table: str, day: str, *columns: str) -> Expression:
    raw = registry.tables[table]
    rows = raw.select("person_id", *columns, day=raw[day], day_precision=raw[f"{day}_precision"])
    return with_days(rows, "day")
