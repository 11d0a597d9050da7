"""What leaves the engine: how everybody stands, and of those who stepped down what there is to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.registry.reading import Registry
from stepdown.cohorts.watch.deaths import find_deaths
from stepdown.cohorts.watch.entries import find_entries, find_seen
from stepdown.cohorts.watch.schedule import judge_items
from stepdown.cohorts.watch.signs import find_signs
from stepdown.cohorts.watch.standing import find_standings
from stepdown.ms.monitoring import read_next_steps, read_restart_signs

_OTHERS = ("NMOSD", "MOGAD")


@dataclass(frozen=True)
class Stages:
    """Tables of an engine: ``everybody`` counted by standing, ``people`` who stepped down, their ``items``.

    ``open`` are those of whom it cannot be told; ``earlier`` the drugs before that may decide what is next.
    """

    everybody: Expression
    open: Expression
    people: Expression
    items: Expression
    earlier: Expression


def build_stages(engine: Engine, registry: Registry, at: int, cut: int) -> Stages:
    """All stages for the people of a registry, or of a part of it; days are whole numbers.

    ``cut`` is the last day that the registry speaks of: who was observed to an earlier day has left it.
    """
    standings, doses = find_standings(engine, registry.tables["treatments"], at)
    everybody = engine.keep(_join_people(registry, standings, at, cut), "everybody")
    down = everybody.filter(everybody.standing == "stepped-down")
    people = engine.keep(down.drop("standing", "reason"), "stepped_down")
    seen = find_seen(engine, registry, people, at)
    earlier = engine.keep(_find_earlier(people, doses), "earlier")
    items, first = judge_items(engine, registry, people, earlier,
                               find_entries(engine, registry, people, at), at)
    signs = find_signs(engine, registry, people, seen, at)
    counts = everybody.group_by("standing", "reason").agg(people=everybody.count())
    told = engine.keep(_tell(people, seen, first, signs, items, at), "told")
    unclear = everybody.filter(everybody.standing == "not-judged")
    return Stages(engine.keep(counts, "standing_counts"),
                  engine.keep(unclear.select("person_id", "source_id", "centre", "reason"), "not_judged"),
                  told, items, engine.keep(_find_recent(earlier, at), "recent"))


def _find_earlier(people: Expression, doses: Expression) -> Expression:
    """The last dose of each drug before the one that was left; the drug taken now is watched as such."""
    keys = people.select("person_id", "left", "to", "change", "change_last", "recorded")
    rows = keys.join(doses, "person_id")
    other = (rows.therapy != rows.left) & (rows.therapy != rows.to.fill_null(""))
    return rows.filter(other).drop("left", "to")


def _find_recent(earlier: Expression, at: int) -> Expression:
    """The drugs whose last dose is so near that a next step may be meant for somebody who had it."""
    longest = max(step.within_days or 0 for step in read_next_steps())
    recent = earlier.filter(at - earlier.dose_last <= longest)
    return recent.select("person_id", "therapy", "dose_last")


def _join_people(registry: Registry, standings: Expression, at: int, cut: int) -> Expression:
    """Everybody of the registry with a standing; what goes before it is another disease, and death."""
    ibis = load_ibis()
    patients = registry.tables["patients"].select(
        "person_id", "source_id", "centre", "diagnosis", "aqp4", "mog")
    rows = patients.left_join(_find_periods(registry, at), "person_id").drop("person_id_right")
    rows = rows.left_join(find_deaths(registry, at), "person_id").drop("person_id_right")
    rows = rows.left_join(standings, "person_id").drop("person_id_right")
    other = (rows.diagnosis.isin(list(_OTHERS)) | (rows.aqp4 == "positive").fill_null(False)
             | (rows.mog == "positive").fill_null(False)).fill_null(False)
    unnamed = (rows.standing == "stepped-down").fill_null(False) & rows.diagnosis.isnull()
    standing = ibis.cases(
        (other, "other-disease"), (rows.died.fill_null(False), "died"),
        (rows.standing.isnull(), "no-treatment"), (unnamed, "not-judged"), else_=rows.standing)
    reason = ibis.ifelse(unnamed, "diagnosis-unknown", rows.reason)
    rows = rows.mutate(standing=standing, reason=reason,
                       left_registry=(rows.recorded < min(at, cut)).fill_null(True))
    told = ibis.ifelse(rows.standing == "not-judged", rows.reason, ibis.null("string"))
    return rows.mutate(reason=told).drop("diagnosis", "aqp4", "mog", "died")


def _find_periods(registry: Registry, at: int) -> Expression:
    """``person_id, seen_first, recorded``: the latest observation period that had begun."""
    ibis = load_ibis()
    raw = registry.tables["observation_periods"]
    epoch = ibis.date(1970, 1, 1)
    rows = raw.select("person_id", "period_id",
                      seen_first=raw.first_day.delta(epoch, unit="day").cast("int32"),
                      recorded=raw.last_day.delta(epoch, unit="day").cast("int32"))
    order = ibis.window(group_by="person_id", order_by=[
        ibis.desc(rows.recorded), rows.seen_first, rows.period_id])
    ranked = rows.filter(rows.seen_first <= at).mutate(rank=ibis.row_number().over(order))
    return ranked.filter(ranked["rank"] == 0).select("person_id", "seen_first", "recorded")


def _tell(people: Expression, seen: Expression, first: Expression, signs: Expression, items: Expression,
          at: int) -> Expression:
    """One row a person who stepped down: signs, whether they were seen again, and how urgent it is."""
    ibis = load_ibis()
    overdue = ibis.ifelse(items.state == "overdue", at - items.by, 0)
    late = items.mutate(late=overdue, due=items.state == "due")
    late = late.group_by("person_id").agg(days_overdue=late.late.max().cast("int32"), has_due=late.due.max())
    rows = people
    for table in (seen, first, signs, late):
        rows = rows.left_join(table, "person_id").drop("person_id_right")
    early = ibis.least(rows.recorded, at) <= rows.seen_by
    never_seen = ibis.cases((rows.seen.fill_null(False), "no"), (early.fill_null(True), "not-yet"),
                            (rows.seen.isnull() | rows.recorded.isnull(), "perhaps"), else_="yes")
    rows = rows.mutate(never_seen=never_seen)
    states = [rows[sign.id] for sign in read_restart_signs()]
    urgency = ibis.cases(
        (_any(states, "yes"), "sign"), (rows.never_seen == "yes", "never-seen"),
        (_any(states, "perhaps") | (rows.never_seen == "perhaps"), "unclear-sign"),
        (rows.days_overdue > 0, "overdue"), (rows.has_due, "due"), else_="up-to-date")
    return rows.mutate(urgency=urgency).drop("seen", "seen_by", "has_due")


def _any(states: list[Expression], word: str) -> Expression:
    found = states[0] == word
    for state in states[1:]:
        found = found | (state == word)
    return found


def read_stages(stages: Stages) -> Mapping[str, Any]:
    """The stages as Arrow tables, by name."""
    names = ("everybody", "open", "people", "items", "earlier")
    return {name: getattr(stages, name).to_pyarrow() for name in names}
