"""EDSS scores in order, each with the visit that could confirm a change first seen at it.

Which visit confirms depends on dates and relapses alone, never on the baseline, so it is found once.
"""

from __future__ import annotations

import math

from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.outcomes.rule_sets import RuleSet


def order_scores(engine: Engine, scores: Expression, relapses: Expression, rules: RuleSet) -> Expression:
    """The scores that a rule set uses, numbered by person from 0, with what is true of each visit alone.

    In: ``person_id, visit_id, day, day_last, value, during_relapse`` and the relapses ``person_id, onset``
    (days, see ``cohorts.days``). Out, one row a score: ``seq``; ``since_relapse`` in days, NULL for none;
    ``clear``, whether it is far enough from a relapse to confirm; ``confirm_seq``, the visit that confirms,
    NULL for none; ``held_day``, the last day before it on which a change can have been seen.
    """
    numbered = engine.keep(number_scores(scores, rules).drop("opens_day"), "scores")
    dated = engine.keep(_since_relapse(numbered, relapses, rules), "scores")
    found = engine.keep(find_confirming(_with_held_day(dated, rules), rules), "scores")
    if rules.improvement == "lower":
        found = engine.keep(_highest_to_confirming(found), "scores")
    engine.drop([numbered, dated])
    return found


def number_scores(scores: Expression, rules: RuleSet) -> Expression:
    """The scores that a rule set uses, ``seq`` by person from 0; ``opens_day``: the first of each day."""
    ibis = load_ibis()
    used = scores.filter(scores.value.notnull())
    if not rules.use_relapse_scores:
        used = used.filter(~used.during_relapse.fill_null(False))
    order = ibis.window(group_by="person_id", order_by=["day", "day_last", "visit_id"])
    number = ibis.row_number().over(order).cast("int32")
    before = used.day.lag().over(order)
    return used.select("person_id", "visit_id", "day", "day_last", "value", seq=number,
                       opens_day=before.isnull() | (before != used.day))


def _since_relapse(scores: Expression, relapses: Expression, rules: RuleSet) -> Expression:
    """With the last relapse on or before each visit, and whether the visit is clear of it."""
    both = scores.select("person_id", "seq", "day").join(
        relapses.select("person_id", "onset"), "person_id", how="inner")
    before = both.filter(both.onset <= both.day)
    before = before.group_by("person_id", "seq").agg(last_relapse=before.onset.max())
    joined = scores.left_join(before, ["person_id", "seq"]).drop("person_id_right", "seq_right")
    since = joined.day - joined.last_relapse
    return joined.mutate(since_relapse=since, clear=since.isnull() | (since >= rules.confirm_clear_days))


def find_confirming(scores: Expression, rules: RuleSet) -> Expression:
    """The first clear visit within the window; a date known to a month leaves room for the shorter time."""
    ibis = load_ibis()
    first, last = rules.window
    frame = (math.ceil(first), None if last is None else math.floor(last))
    by_day = ibis.window(group_by="person_id", order_by="day", range=frame)
    found = scores.mutate(
        exact_seq=ibis.ifelse(scores.clear, scores.seq, ibis.null("int32")).min().over(by_day))
    inexact = _find_for_inexact(found, *frame)
    joined = found.left_join(inexact, ["person_id", "seq"]).drop("person_id_right", "seq_right")
    sure = joined.day == joined.day_last
    return joined.mutate(confirm_seq=ibis.ifelse(sure, joined.exact_seq, joined.inexact_seq)).drop(
        "exact_seq", "inexact_seq")


def _with_held_day(scores: Expression, rules: RuleSet) -> Expression:
    """With the last day before each visit on which a change can have been seen."""
    ibis = load_ibis()
    before = ibis.window(group_by="person_id", order_by="seq", rows=(None, -1))
    held = ibis.ifelse(scores.clear, scores.day, ibis.null("int32")) \
        if rules.held_until == "clear-visit" else scores.day
    return scores.mutate(held_day=held.max().over(before))


def _find_for_inexact(scores: Expression, first: int, last: int | None) -> Expression:
    """The same for the few scores whose day is not known: counted from the last day it can be."""
    ours = scores.filter(scores.day_last > scores.day).select("person_id", "seq", "day_last")
    others = scores.filter(scores.clear).select("person_id", other_seq="seq", other_day="day")
    pairs = ours.join(others, "person_id")
    gap = pairs.other_day - pairs.day_last
    within = gap >= first if last is None else (gap >= first) & (gap <= last)
    return pairs.filter(within).group_by("person_id", "seq").agg(inexact_seq=pairs.other_seq.min())


def _highest_to_confirming(scores: Expression) -> Expression:
    """With the highest score from each visit to the one that confirms it."""
    ours = scores.filter(scores.confirm_seq.notnull()).select("person_id", "seq", "confirm_seq")
    others = scores.select("person_id", other_seq="seq", other="value")
    pairs = ours.join(others, "person_id")
    run = pairs.filter((pairs.other_seq >= pairs.seq) & (pairs.other_seq <= pairs.confirm_seq))
    highest = run.group_by("person_id", "seq").agg(highest=run.other.max())
    return scores.left_join(highest, ["person_id", "seq"]).drop("person_id_right", "seq_right")
