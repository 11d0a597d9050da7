"""Relapses: which episodes count, and whether, how often and how long ago there was one.

The rules are those of ``ms.relapse`` and ``ms.stability``: 24 hours or more, no fever or infection, 30 days
or more after the last one that counted.
"""

from __future__ import annotations

from stepdown.cohorts.engines import Engine, Expression, Step, load_ibis, take_first
from stepdown.cohorts.history.truth import (
    any_true,
    at_least_days,
    lies_within,
    months_before,
    was_observed,
    years_between,
)
from stepdown.ms.relapse import MIN_DAYS_APART


def classify_relapses(engine: Engine, relapses: Expression) -> Expression:
    """Every episode with ``counted``: true, false, or NULL where a condition is not known.

    In: ``person_id, relapse_id, onset, onset_last`` (days, NULL without a date), ``lasted_24h,
    fever_or_infection``.
    """
    ibis = load_ibis()
    order = ibis.window(group_by="person_id", order_by=[
        relapses.onset.isnull(), relapses.onset, relapses.onset_last, relapses.relapse_id])
    numbered = engine.keep(relapses.mutate(
        seq=ibis.row_number().over(order).cast("int32"),
        qualifies=relapses.lasted_24h & ~relapses.fever_or_infection), "episodes")
    sure = engine.keep(_pick_counted(engine, numbered), "counted")
    joined = numbered.left_join(sure, ["person_id", "seq"]).drop("person_id_right", "seq_right")
    before = ibis.window(group_by="person_id", order_by="seq", rows=(None, -1))
    picked = joined.picked.fill_null(False)
    last = joined.mutate(
        last_first=ibis.ifelse(picked, joined.onset, ibis.null("int32")).max().over(before),
        last_last=ibis.ifelse(picked, joined.onset_last, ibis.null("int32")).max().over(before))
    apart = at_least_days(last.onset - last.last_last, last.onset_last - last.last_first, MIN_DAYS_APART)
    counted = last.qualifies & ibis.ifelse(last.last_first.isnull(), True, apart)
    return engine.keep(last.mutate(counted=counted).drop(
        "picked", "last_first", "last_last", "seq", "qualifies"), "relapses")


def _pick_counted(engine: Engine, episodes: Expression) -> Expression:
    """``person_id, seq, picked`` of the dated episodes that count for sure: each 30 days after the last.

    One that is 30 days after every earlier one counts whichever of those do. From each of these on, those
    that follow more closely are looked at in rounds, of which there are few.
    """
    ibis = load_ibis()
    dated = episodes.filter(episodes.qualifies & episodes.onset.notnull())
    order = {"group_by": "person_id", "order_by": "seq"}
    latest = dated.onset_last.max().over(ibis.window(**order, rows=(None, -1)))
    marked = dated.mutate(opens=latest.isnull() | (dated.onset >= latest + MIN_DAYS_APART))
    cluster = marked.opens.cast("int32").sum().over(ibis.window(**order, rows=(None, 0)))
    sure = engine.keep(marked.select("person_id", "seq", "onset", "onset_last", cluster=cluster), "sure")
    last = engine.keep(_first_of(sure), "last")
    pairs = sure.join(last.select("person_id", "cluster", last_seq="seq",
                                  least=last.onset_last + MIN_DAYS_APART), ["person_id", "cluster"])
    later = pairs.filter((pairs.seq > pairs.last_seq) & (pairs.onset >= pairs.least))
    following = engine.prepare(_first_of(later), "following")
    (rounds,) = engine.repeat([following, Step.refill(last, following.result, engine)], [last], last)
    return rounds.select("person_id", "seq", picked=load_ibis().literal(True))


def _first_of(rows: Expression) -> Expression:
    first = take_first(rows, ("person_id", "cluster"), "seq")
    return first.select("person_id", "cluster", "seq", "onset", "onset_last")


def had_relapse(index: Expression, relapses: Expression, months: int) -> Expression:
    """``trial_id`` with ``had_relapse`` and ``relapses_low, relapses_high`` in the last so many months.

    ``relapses`` as ``classify_relapses`` gives them. No entry means no only where all was observed.
    """
    ibis = load_ibis()
    index = index.mutate(window_first=months_before(index.index_day, months))
    rows = index.left_join(relapses.select("person_id", "relapse_id", "onset", "onset_last", "counted"),
                           "person_id").drop("person_id_right")
    held = lies_within(rows.onset, rows.onset_last, rows.window_first, rows.index_day, rows.seen_last)
    rows = rows.mutate(within=ibis.ifelse(rows.relapse_id.isnull(), False, rows.counted & held),
                       observed=was_observed(rows, rows.window_first))
    found = rows.group_by("trial_id").agg(
        any=any_true(rows.within), observed=rows.observed.max(),
        sure=rows.within.fill_null(False).cast("int32").sum().cast("int32"),
        open=rows.within.isnull().cast("int32").sum().cast("int32"))
    most = (found.sure + found.open).cast("int32")
    none = ~found.observed & (most == 0)
    return found.select(
        "trial_id",
        had_relapse=ibis.ifelse(~found.observed & (found["any"] == False), ibis.null("boolean"),  # noqa: E712
                                found["any"]),
        relapses_low=ibis.ifelse(none, ibis.null("int32"), found.sure),
        relapses_high=ibis.ifelse(found.observed, most, ibis.null("int32")))


def years_clinically_stable(index: Expression, relapses: Expression) -> Expression:
    """``trial_id`` with ``years_stable_low, years_stable_high``: years without a relapse, as observed."""
    ibis = load_ibis()
    index = index.mutate(end=ibis.least(index.index_day, index.seen_last))
    index = index.mutate(begin=ibis.ifelse(
        index.seen_first <= index.end, index.seen_first, ibis.null("int32")))
    rows = index.select("trial_id", "person_id", "end", "seen_last").join(
        relapses.select("person_id", "onset", "onset_last", "counted"), "person_id")
    rows = rows.filter(rows.onset.isnull() | (rows.onset <= rows.end))
    possible = rows.counted.isnull() | rows.counted
    sure = rows.counted.fill_null(False) & (ibis.least(rows.onset_last, rows.seen_last) <= rows.end)
    past = rows.group_by("trial_id").agg(
        sure=rows.onset.max(where=sure), undated=(possible & rows.onset.isnull()).max(),
        possible=ibis.least(rows.onset_last, rows.end).max(where=possible))
    found = index.select("trial_id", "begin", "end").left_join(past, "trial_id").drop("trial_id_right")
    since = ibis.ifelse(found.begin.isnull() | found.undated.fill_null(False), found.end,
                        ibis.greatest(found.begin, found.possible.fill_null(found.begin)))
    unknown = found.begin.isnull() & found.sure.isnull()
    return found.select("trial_id",
                        years_stable_low=ibis.ifelse(unknown, ibis.null("float64"),
                                                     years_between(since, found.end)),
                        years_stable_high=years_between(found.sure, found.end))
