"""From which day on each trial follows a strategy, as far as it was observed."""

from __future__ import annotations

from stepdown.cohorts.days import NEVER
from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.population.attrition import judge
from stepdown.cohorts.population.facts import find_fact, group_therapies
from stepdown.cohorts.population.tables import Tables, find_stops
from stepdown.cohorts.protocol.model import Protocol


def find_exposures(engine: Engine, tables: Tables, index: Expression, protocol: Protocol) -> Expression:
    """``trial_id`` with ``acted_day`` and ``left_day``; NULL for none.

    ``acted_day`` is when the target strategy was begun, ``left_day`` the first day on which something was
    done that neither strategy allows: who is to stop, or to go on with the drug, has left both by changing to
    another, unless ``another_drug`` of the protocol says that this is going on. Only what is on file by a day
    decides on that day: nobody is left out, or put into a group, for what came later.
    """
    finders = {"stop": _find_stop, "switch": _find_switch, "extend": _find_extension, "group": _find_group,
               "everybody": _find_everybody, "continue": _find_everybody}
    return engine.keep(finders[protocol.target.action](engine, tables, index, protocol), "acted")


def _never() -> Expression:
    return load_ibis().null("int32")


def _find_everybody(engine: Engine, tables: Tables, index: Expression, protocol: Protocol) -> Expression:
    del engine, tables, protocol
    return index.select("trial_id", acted_day="index_day", left_day=_never())


def _find_group(engine: Engine, tables: Tables, index: Expression, protocol: Protocol) -> Expression:
    group = protocol.target.in_group
    assert group is not None  # the form asks for it
    answer = find_fact(engine, tables, index, group)
    joined = index.select("trial_id", "index_day").left_join(answer, "trial_id").drop("trial_id_right")
    member = judge(joined, group).fill_null(False)
    acted = load_ibis().ifelse(member, joined.index_day, _never())
    return joined.select("trial_id", acted_day=acted, left_day=_never())


def _find_stop(engine: Engine, tables: Tables, index: Expression, protocol: Protocol) -> Expression:
    """The first day from the index day on that leaves a person without any therapy; a switch does not."""
    acted = _first_from(index, find_stops(tables.courses)).rename(acted_day="day")
    return _join(index, acted, _find_drug_left(engine, tables, index, protocol).rename(left_day="day"))


def _find_drug_left(engine: Engine, tables: Tables, index: Expression, protocol: Protocol) -> Expression:
    """``trial_id, day``: the first change to another drug that is not going on.

    Another one is begun, or the one of the index day ends while another goes on.
    """
    if protocol.another_drug == "goes-on":
        return index.select("trial_id", day=_never()).limit(0)
    changes = engine.keep(_find_changes(index, tables), "changes")
    other = (changes.therapy != changes.now).fill_null(False)
    if protocol.another_drug == "same-efficacy":
        other = other & (changes.tier != changes.tier_now).fill_null(True)
    days = changes.filter(other).select("trial_id", "day")
    if protocol.another_drug == "leaves":
        days = days.union(_find_ends(index, tables))
    return days.group_by("trial_id").agg(day=days.day.min())


def _find_ends(index: Expression, tables: Tables) -> Expression:
    """``trial_id, day``: from the index day on, the ends of its drug that leave another one going on."""
    ended = tables.courses.filter(tables.courses.stop < NEVER).select("person_id", "therapy", day="stop")
    changed = ended.anti_join(find_stops(tables.courses), ["person_id", "day"])
    rows = index.select("trial_id", "person_id", "index_day", "therapy").join(
        changed, ["person_id", "therapy"])
    return rows.filter(rows.day >= rows.index_day).select("trial_id", "day")


def _first_from(index: Expression, days: Expression) -> Expression:
    """``trial_id, day``: the first of some days of each person, not before the index day."""
    rows = index.select("trial_id", "person_id", "index_day").join(days, "person_id")
    later = rows.filter(rows.day >= rows.index_day)
    return later.group_by("trial_id").agg(day=later.day.min())


def _join(index: Expression, *parts: Expression) -> Expression:
    found = index.select("trial_id")
    for part in parts:
        found = found.left_join(part, "trial_id").drop("trial_id_right")
    return found


def _find_switch(engine: Engine, tables: Tables, index: Expression, protocol: Protocol) -> Expression:
    """The day on which the therapies of the index day's kind are left for one of the asked efficacy.

    Stopping leaves both strategies, and so does a change to any other drug that is not going on.
    """
    changes = engine.keep(_find_changes(index, tables), "changes")
    to_tier, stops = protocol.target.to_tier, changes.therapy.isnull()
    goes_on = {"leaves": changes.therapy == changes.now, "same-efficacy": changes.tier == changes.tier_now,
               "goes-on": ~stops}[protocol.another_drug].fill_null(False)
    if to_tier is None:
        target, other = changes.therapy != changes.now, stops
    else:
        target = changes.tier == to_tier
        other = ~(target.fill_null(False) | goes_on)
    acted = changes.filter(target.fill_null(False)).group_by("trial_id").agg(acted_day=changes.day.min())
    left = changes.filter(other.fill_null(True)).group_by("trial_id").agg(left_day=changes.day.min())
    return _join(index, acted, left)


def _find_changes(index: Expression, tables: Tables) -> Expression:
    """Stops and starts from the index day on: ``therapy, tier`` are NULL for a stop of all therapy."""
    ibis = load_ibis()
    tiers = group_therapies("efficacy_tier")
    courses = tables.courses

    def tier(therapy: Expression) -> Expression:
        return ibis.cases(*((therapy.isin(names), word) for word, names in tiers.items()),
                          else_=ibis.null("string"))

    starts = courses.select("person_id", "therapy", day="start", tier=tier(courses.therapy))
    text = ibis.null("string")
    days = starts.union(find_stops(courses).select("person_id", therapy=text, day="day", tier=text))
    now = index.select("trial_id", "person_id", "index_day", now="therapy", tier_now=tier(index.therapy))
    rows = now.join(days, "person_id")
    return rows.filter(rows.day >= rows.index_day)


def _find_extension(engine: Engine, tables: Tables, index: Expression, protocol: Protocol) -> Expression:
    """The first period at the longer interval with the same therapy, from the index day on.

    Stopping leaves both strategies, and so does a change of the drug that is not going on.
    """
    rows = index.select("trial_id", "person_id", "index_day", "therapy").join(
        tables.treatments.select("person_id", "therapy", "start", "interval_days"), ["person_id", "therapy"])
    longer = rows.filter((rows.start >= rows.index_day)
                         & (rows.interval_days >= (protocol.target.interval_days_at_least or 0)))
    acted = longer.group_by("trial_id").agg(acted_day=longer.start.min())
    days = _first_from(index, find_stops(tables.courses)).union(
        _find_drug_left(engine, tables, index, protocol))
    left = days.group_by("trial_id").agg(left_day=days.day.min())
    return _join(index, acted, left)
