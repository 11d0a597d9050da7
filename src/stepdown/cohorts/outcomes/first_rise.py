"""The first confirmed worsening from a fixed baseline, for many index days of one person at once.

Where the baseline stays, nothing but its value tells one search from another: which scores are high enough,
how long they stay so and which visit confirms it is found once for each person and value, and each index day
takes the first that comes after its own baseline. ``worsening.find_changes`` gives the same, index day by
index day, and serves every other rule set.
"""

from __future__ import annotations

from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.outcomes.rule_sets import RuleSet
from stepdown.cohorts.outcomes.scores import find_confirming, number_scores
from stepdown.cohorts.outcomes.worsening import find_step


def is_fixed(rules: RuleSet) -> bool:
    """Whether a rule set asks for no more than a rise from the first score that the next visits confirm."""
    clear = rules.baseline_clear_days == 0 and rules.confirm_clear_days == 0
    return (rules.first_only and clear and rules.direction == "worsening" and rules.improvement == "none"
            and rules.after_relapse == "stay" and not rules.sustained)


def find_first_rise(engine: Engine, bases: Expression, scores: Expression, rules: RuleSet) -> Expression:
    """``trial_id, day``: the first day of the first confirmed worsening after each baseline; no row for none.

    ``bases``: ``trial_id, person_id, seen_last, baseline_day``; scores after ``seen_last`` are not looked at.
    ``scores``: ``person_id, visit_id, day, day_last, value, during_relapse``.
    """
    views = bases.group_by("person_id", "seen_last").agg(seen_as=bases.trial_id.min())
    both = engine.keep(bases.join(views, ["person_id", "seen_last"]).select(
        "trial_id", "person_id", "seen_last", "baseline_day", "seen_as"), "bases")
    ordered = engine.keep(number_scores(_view(both, scores), rules), "scores")
    opening = ordered.filter(ordered.opens_day).select(
        seen_as="person_id", baseline_day="day", seq="seq", base="value")
    placed = both.join(opening, ["seen_as", "baseline_day"]).select("trial_id", "seen_as", "seq", "base")
    placed = engine.keep(placed, "bases")
    above = engine.keep(_find_above(ordered, placed, rules), "scores")
    rises = engine.keep(_find_rises(above, rules), "rises")
    engine.drop([both, ordered, above])
    pairs = placed.join(rises, ["seen_as", "base"])
    later = pairs.filter(pairs.rise_seq > pairs.seq)
    return later.group_by("trial_id").agg(day=later.day.min())


def _view(bases: Expression, scores: Expression) -> Expression:
    """The scores seen from index days of a person that look equally far, by their number."""
    views = bases.select("person_id", "seen_last", "seen_as").distinct()
    rows = scores.join(views, "person_id")
    return rows.filter(rows.day_last <= rows.seen_last).select(
        "visit_id", "day", "day_last", "value", "during_relapse", person_id="seen_as")


def _find_above(ordered: Expression, placed: Expression, rules: RuleSet) -> Expression:
    """The scores after the first baseline of each value that are looked at from it, ``high`` if a step above.

    Each person and value is one ``person_id``, the least of their trials; only values of which the person's
    highest score is a step away.
    """
    highest = ordered.group_by("person_id").agg(highest=ordered.value.max())
    levels = placed.group_by("base", person_id=placed.seen_as).agg(from_seq=placed.seq.min(),
                                                                   level=placed.trial_id.min())
    levels = levels.join(highest, "person_id")
    levels = levels.filter(levels.highest - levels.base >= find_step(levels.base, rules)).drop("highest")
    rows = ordered.join(levels, "person_id")
    rows = rows.filter(rows.seq > rows.from_seq)
    high = rows.value - rows.base >= find_step(rows.base, rules)
    return rows.select("seq", "day", "day_last", "base", seen_as="person_id", person_id="level", high=high,
                       clear=load_ibis().literal(True))


def _find_rises(above: Expression, rules: RuleSet) -> Expression:
    """``seen_as, base, rise_seq, day`` of every score that is confirmed to be high enough above a value."""
    ibis = load_ibis()
    rows = find_confirming(above, rules)
    after = ibis.window(group_by="person_id", order_by="seq", rows=(1, None))
    rows = rows.mutate(fell_seq=ibis.ifelse(rows.high, ibis.null("int32"), rows.seq).min().over(after))
    held = rows.confirm_seq.notnull() & (rows.fell_seq.isnull() | (rows.fell_seq > rows.confirm_seq))
    found = rows.filter(rows.high & held)
    return found.select("seen_as", "base", "day", rise_seq="seq")
