"""From which day on each trial follows a strategy, as far as it was observed."""

from __future__ import annotations

from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.population.attrition import judge
from stepdown.cohorts.population.facts import find_fact
from stepdown.cohorts.population.tables import NEVER, Tables
from stepdown.cohorts.protocol.model import Protocol, Strategy
from stepdown.ms.therapies import read_therapies


def find_exposures(engine: Engine, tables: Tables, index: Expression, protocol: Protocol) -> Expression:
    """``trial_id`` with ``acted_day``, the first day on which the target strategy was begun; NULL for none.

    Only what is on file by that day decides: nobody is left out, or put into a group, for what came later.
    """
    target = protocol.target
    finders = {"stop": _find_stop, "switch": _find_switch, "extend": _find_extension, "group": _find_group,
               "everybody": _find_everybody, "continue": _find_everybody}
    return engine.keep(finders[target.action](engine, tables, index, target), "acted")


def _find_everybody(engine: Engine, tables: Tables, index: Expression, strategy: Strategy) -> Expression:
    del engine, tables, strategy
    return index.select("trial_id", acted_day="index_day")


def _find_group(engine: Engine, tables: Tables, index: Expression, strategy: Strategy) -> Expression:
    assert strategy.in_group is not None  # the form asks for it
    answer = find_fact(engine, tables, index, strategy.in_group)
    joined = index.select("trial_id", "index_day").left_join(answer, "trial_id").drop("trial_id_right")
    member = judge(joined, strategy.in_group).fill_null(False)
    return joined.select("trial_id", acted_day=load_ibis().ifelse(member, joined.index_day,
                                                                 load_ibis().null("int32")))


def _leaving(index: Expression, tables: Tables) -> Expression:
    """Trials whose therapy is left, with the therapy begun last among those begun by that day, if any.

    Leaving one drug on the day on which another is begun, or while another is taken, is no stop but a switch.
    """
    ibis = load_ibis()
    left = index.filter(index.course_stop < NEVER).select(
        "trial_id", "person_id", "therapy", "index_day", left_day="course_stop")
    others = tables.courses.select("person_id", next_therapy="therapy", next_start="start", next_stop="stop")
    pairs = left.join(others, "person_id")
    follow = pairs.filter((pairs.next_therapy != pairs.therapy) & (pairs.next_start <= pairs.left_day)
                          & (pairs.next_stop > pairs.left_day))
    order = ibis.window(group_by="trial_id", order_by=[ibis.desc("next_start"), "next_therapy"])
    follow = follow.mutate(rank=ibis.row_number().over(order))
    last = follow.filter(follow["rank"] == 0).select("trial_id", "next_therapy")
    return left.left_join(last, "trial_id").drop("trial_id_right")


def _find_stop(engine: Engine, tables: Tables, index: Expression, strategy: Strategy) -> Expression:
    del engine, strategy
    leaving = _leaving(index, tables)
    stops = leaving.filter(leaving.next_therapy.isnull()).select("trial_id", acted_day="left_day")
    return index.select("trial_id").left_join(stops, "trial_id").drop("trial_id_right")


def _find_switch(engine: Engine, tables: Tables, index: Expression, strategy: Strategy) -> Expression:
    del engine
    leaving = _leaving(index, tables)
    tiers = [name for name, each in read_therapies().items()
             if strategy.to_tier is None or each.efficacy_tier == strategy.to_tier]
    taken = leaving.filter(leaving.next_therapy.isin(tiers)).select("trial_id", acted_day="left_day")
    return index.select("trial_id").left_join(taken, "trial_id").drop("trial_id_right")


def _find_extension(engine: Engine, tables: Tables, index: Expression, strategy: Strategy) -> Expression:
    """The first period at the longer interval with the same therapy, from the index day on."""
    del engine
    rows = index.select("trial_id", "person_id", "index_day", "therapy").join(
        tables.treatments.select("person_id", "therapy", "start", "interval_days"), ["person_id", "therapy"])
    longer = rows.filter((rows.start >= rows.index_day)
                         & (rows.interval_days >= (strategy.interval_days_at_least or 0)))
    found = longer.group_by("trial_id").agg(acted_day=longer.start.min())
    return index.select("trial_id").left_join(found, "trial_id").drop("trial_id_right")
