"""Whether worsening came with a relapse (RAW), independently of one (PIRA), or neither can be said."""

from __future__ import annotations

from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.outcomes.rule_sets import Association, RuleSet
from stepdown.cohorts.outcomes.worsening import Changes

RAW, PIRA, UNDEFINED = "RAW", "PIRA", "undefined"


def label_worsening(engine: Engine, changes: Changes, relapses: Expression, rules: RuleSet) -> Expression:
    """The events with ``association``: RAW, PIRA or undefined; NULL for an improvement.

    RAW: a relapse at most ``related_days`` before the first score of the event. PIRA: not RAW, and no relapse
    around that score nor around one of the visits that confirm it. Everything else is undefined.
    """
    ibis, how = load_ibis(), rules.association
    if how is None:
        return changes.events.mutate(association=ibis.null("string"))
    seen = engine.keep(_relapses_seen(changes.scores, relapses, how), "relapses")
    raw = _with_relapse_near(changes.events, seen, (how.related_days, 0))
    independent = _find_independent(engine, changes, seen, rules, how)
    events = changes.events.left_join(raw, ["person_id", "seq"]).drop("person_id_right", "seq_right")
    events = events.left_join(independent, ["person_id", "seq"]).drop("person_id_right", "seq_right")
    label = ibis.cases((events.kind == "improvement", ibis.null("string")), (events.near.notnull(), RAW),
                       (events.independent.notnull(), PIRA), else_=UNDEFINED)
    return engine.keep(events.mutate(association=label).drop("near", "independent"), "worsening")


def _relapses_seen(scores: Expression, relapses: Expression, how: Association) -> Expression:
    """The relapses from shortly before the first visit on: earlier ones are history."""
    first = scores.filter(scores.seq == 0).select("person_id", first_day="day")
    both = relapses.select("person_id", "onset").join(first, "person_id")
    seen = both.filter(both.onset >= both.first_day - how.seen_before_first_visit)
    return seen.select("person_id", "onset")


def _with_relapse_near(rows: Expression, relapses: Expression, around: tuple[int, int]) -> Expression:
    """``person_id, seq, near`` of the rows with a relapse so many days before or after their ``day``."""
    pairs = rows.select("person_id", "seq", "day").join(relapses, "person_id")
    before, after = around
    near = pairs.filter((pairs.onset >= pairs.day - before) & (pairs.onset <= pairs.day + after))
    return near.group_by("person_id", "seq").agg(near=near.onset.max())


def _find_independent(engine: Engine, changes: Changes, relapses: Expression, rules: RuleSet,
                      how: Association) -> Expression:
    """``person_id, seq, independent`` of the events free of relapses there and where they are confirmed."""
    near_event = _with_relapse_near(changes.events, relapses, how.event_free)
    free = changes.events.anti_join(near_event, ["person_id", "seq"])
    near_visit = engine.keep(_with_relapse_near(changes.scores, relapses, how.confirm_free), "near")
    clear = changes.scores.filter(changes.scores.clear).anti_join(near_visit, ["person_id", "seq"])
    visits = clear.select("person_id", visit_day="day")
    pairs = free.select("person_id", "seq", "day", "held_day").join(visits, "person_id")
    first, last = rules.window
    gap = pairs.visit_day - pairs.day
    within = (gap >= first) & (pairs.visit_day <= pairs.held_day)
    pairs = pairs.filter(within if last is None else within & (gap <= last))
    return pairs.group_by("person_id", "seq").agg(independent=pairs.visit_day.min())
