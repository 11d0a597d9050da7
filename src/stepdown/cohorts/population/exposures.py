"""From which day on each trial follows a strategy, as far as it was observed."""

from __future__ import annotations

from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.population.attrition import judge
from stepdown.cohorts.population.facts import find_fact
from stepdown.cohorts.population.tables import Tables, find_stops
from stepdown.cohorts.protocol.model import Protocol, Strategy
from stepdown.ms.therapies import read_therapies


def find_exposures(engine: Engine, tables: Tables, index: Expression, protocol: Protocol) -> Expression:
    """``trial_id`` with ``acted_day`` and ``left_day``; NULL for none.

    ``acted_day`` is when the target strategy was begun, ``left_day`` the first day on which something was
    done that neither strategy allows: who is to go on with a drug of the same efficacy, or change to a milder
    one, has left both by stopping. Only what is on file by a day decides on that day: nobody is left out, or
    put into a group, for what came later.
    """
    target = protocol.target
    finders = {"stop": _find_stop, "switch": _find_switch, "extend": _find_extension, "group": _find_group,
               "everybody": _find_everybody, "continue": _find_everybody}
    return engine.keep(finders[target.action](engine, tables, index, target), "acted")


def _never() -> Expression:
    return load_ibis().null("int32")


def _find_everybody(engine: Engine, tables: Tables, index: Expression, strategy: Strategy) -> Expression:
    del engine, tables, strategy
    return index.select("trial_id", acted_day="index_day", left_day=_never())


def _find_group(engine: Engine, tables: Tables, index: Expression, strategy: Strategy) -> Expression:
    assert strategy.in_group is not None  # the form asks for it
    answer = find_fact(engine, tables, index, strategy.in_group)
    joined = index.select("trial_id", "index_day").left_join(answer, "trial_id").drop("trial_id_right")
    member = judge(joined, strategy.in_group).fill_null(False)
    acted = load_ibis().ifelse(member, joined.index_day, _never())
    return joined.select("trial_id", acted_day=acted, left_day=_never())


def _find_stop(engine: Engine, tables: Tables, index: Expression, strategy: Strategy) -> Expression:
    """The first day from the index day on that leaves a person without any therapy; a switch is going on."""
    del engine, strategy
    acted = _first_from(index, find_stops(tables.courses))
    return _join(index, acted.rename(acted_day="day")).mutate(left_day=_never())


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


def _find_switch(engine: Engine, tables: Tables, index: Expression, strategy: Strategy) -> Expression:
    """The day on which the therapies of the index day's kind are left for one of the asked efficacy.

    A change to a drug of the same efficacy as that of the index day is going on. Stopping, or a change to any
    other drug, leaves both strategies.
    """
    changes = engine.keep(_find_changes(index, tables), "changes")
    if strategy.to_tier is None:
        target, other = changes.therapy != changes.now, changes.therapy.isnull()
    else:
        target = changes.tier == strategy.to_tier
        other = ~(target | (changes.tier == changes.tier_now))
    acted = changes.filter(target.fill_null(False)).group_by("trial_id").agg(acted_day=changes.day.min())
    left = changes.filter(other.fill_null(True)).group_by("trial_id").agg(left_day=changes.day.min())
    return _join(index, acted, left)


def _find_changes(index: Expression, tables: Tables) -> Expression:
    """Stops and starts from the index day on: ``therapy, tier`` are NULL for a stop of all therapy."""
    ibis = load_ibis()
    tiers = [(name, each.efficacy_tier) for name, each in read_therapies().items() if each.efficacy_tier]
    courses = tables.courses

    def tier(therapy: Expression) -> Expression:
        return ibis.cases(*((therapy == name, word) for name, word in tiers), else_=ibis.null("string"))

    starts = courses.select("person_id", "therapy", day="start", tier=tier(courses.therapy))
    text = ibis.null("string")
    days = starts.union(find_stops(courses).select("person_id", therapy=text, day="day", tier=text))
    now = index.select("trial_id", "person_id", "index_day", now="therapy", tier_now=tier(index.therapy))
    rows = now.join(days, "person_id")
    return rows.filter(rows.day >= rows.index_day)


def _find_extension(engine: Engine, tables: Tables, index: Expression, strategy: Strategy) -> Expression:
    """The first period at the longer interval with the same therapy, from the index day on.

    Stopping leaves both strategies; a change of the drug, as activity asks for it, is going on.
    """
    del engine
    rows = index.select("trial_id", "person_id", "index_day", "therapy").join(
        tables.treatments.select("person_id", "therapy", "start", "interval_days"), ["person_id", "therapy"])
    longer = rows.filter((rows.start >= rows.index_day)
                         & (rows.interval_days >= (strategy.interval_days_at_least or 0)))
    acted = longer.group_by("trial_id").agg(acted_day=longer.start.min())
    left = _first_from(index, find_stops(tables.courses)).rename(left_day="day")
    return _join(index, acted, left)
