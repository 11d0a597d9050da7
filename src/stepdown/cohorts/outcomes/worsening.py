"""Confirmed change on the EDSS by a named rule set, for everybody at once.

In each round the first confirmed change of every person is found from the present baseline with window
functions; then the baselines move, and people without a change are done. There are as many rounds as the
person with most events has, not as there are people.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from stepdown.cohorts.engines import Engine, Expression, Step, load_ibis, take_first
from stepdown.cohorts.outcomes.rule_sets import RuleSet
from stepdown.cohorts.outcomes.scores import order_scores

#: What is said of an event beside its person.
EVENT_COLUMNS = (
    "kind", "base_seq", "base_day", "base_value", "seq", "day", "value", "confirm_seq", "held_day")


@dataclass(frozen=True)
class Changes:
    """What was found: ``events`` that are confirmed, ``pending`` changes that nothing confirms yet.

    ``events`` has ``person_id, number`` (from 1), ``kind`` (worsening or improvement) and ``EVENT_COLUMNS``;
    ``pending`` has at most one row a person, the first score of a change that lasts to the last score.
    """

    scores: Expression
    events: Expression
    pending: Expression


def find_changes(engine: Engine, scores: Expression, relapses: Expression, rules: RuleSet) -> Changes:
    """Every confirmed change by a rule set, and what may still become one.

    ``scores`` and ``relapses`` as in ``order_scores``; days are those of ``cohorts.days``. ``held_day`` of an
    event is the last day on which the change was still seen.
    """
    ordered = order_scores(engine, scores, relapses, rules)
    states, rounds = _search(engine, ordered, rules)
    events = engine.keep(_number_events(ordered, rounds), "changes")
    pending = engine.keep(_find_pending(ordered, states, events, rules), "pending")
    engine.drop([states, rounds])
    return Changes(ordered, events, pending)


def _search(engine: Engine, ordered: Expression, rules: RuleSet) -> tuple[Expression, Expression]:
    """The baselines at the start of each round, and the first change of everybody from there.

    Every round asks the same of tables that are filled anew, so that the questions are put into SQL once.
    """
    state = engine.keep(_start(ordered, rules), "baseline")
    find = engine.prepare(_find_candidates(ordered, state, rules), "candidates")
    take = engine.prepare(_take_first(find.result, rules), "change")
    move = engine.prepare(_move(ordered, state, take.result, rules), "moved")
    for step in (find, take):
        engine.run(step)
    refill = Step.refill(state, move.result, engine)
    states, rounds = engine.repeat([move, refill, find, take], [state, take.result], take.result)
    return states, rounds


def _number_events(scores: Expression, events: Expression) -> Expression:
    """The events that count, in order, with the score that confirms each."""
    ibis = load_ibis()
    order = ibis.window(group_by="person_id", order_by="seq")
    counted = events.filter(events.counts)
    number = (ibis.row_number().over(order) + 1).cast("int32")
    confirming = scores.select("person_id", confirm_seq="seq", confirm_day="day", confirm_value="value")
    found = counted.mutate(number=number).join(confirming, ["person_id", "confirm_seq"])
    return found.select("person_id", "number", *EVENT_COLUMNS, "confirm_day", "confirm_value")


def _find_pending(scores: Expression, states: Expression, events: Expression, rules: RuleSet) -> Expression:
    """From the last baseline of each person, the first score of a change that lasts to the last score."""
    ibis = load_ibis()
    latest = ibis.window(group_by="person_id", order_by=ibis.desc("search_seq"))
    last = states.mutate(rank=ibis.row_number().over(latest))
    last = last.filter(last["rank"] == 0).drop("rank")
    if rules.first_only:
        done = events.filter(events.kind == rules.direction).select("person_id").distinct()
        last = last.anti_join(done, "person_id")
    rows = _changed_rows(scores, last, rules)
    run = _with_run(rows, rows.changed, rules)
    open_ = run.filter(run.changed & run.break_seq.isnull())
    first = take_first(open_, "person_id", "seq")
    return first.select("person_id", "base_seq", "base_day", "base_value", "seq", "day", "value")


def _start(scores: Expression, rules: RuleSet) -> Expression:
    """The first score that is clear of a relapse, by person."""
    ibis = load_ibis()
    since = scores.since_relapse
    clear = scores.filter(since.isnull() | (since >= rules.baseline_clear_days))
    first = take_first(clear, "person_id", "seq")
    opening = scores.filter(scores.seq == 0).select("person_id", start_day="day")
    both = first.join(opening, "person_id")
    first = both.mutate(origin_day=both.day)
    return _to_state(first, start_day="start_day", relapse_floor=ibis.null("int32"))


def _to_state(rows: Expression, *, start_day: str, relapse_floor: Any) -> Expression:
    """Scores as baselines, each with where the search goes on: at the next score."""
    return rows.select("person_id", "origin_day", base_seq="seq", base_day="day", base_value="value",
                       search_seq=(rows.seq + 1).cast("int32"), start_day=start_day,
                       relapse_floor=relapse_floor)


def find_step(base: Expression, rules: RuleSet) -> Expression:
    """The least change that counts from a baseline."""
    ibis = load_ibis()
    if rules.direction == "improvement":
        return ibis.cases((base <= 1.5, 1.5), (base <= 6.0, 1.0), else_=0.5)
    step = rules.step
    return ibis.cases((base == 0, step.step(0)), (base <= rules.last_whole_step, step.step(1)),
                      else_=step.step(10))


def _relapse_place(rows: Expression) -> Expression:
    """Days from the first baseline to the last relapse; without a relapse 0, the baseline itself."""
    return (rows.last_relapse - rows.origin_day).fill_null(0).cast("int32")


def _changed_rows(scores: Expression, state: Expression, rules: RuleSet) -> Expression:
    """The scores after each baseline, with whether they changed as asked, fell, and rose by the step."""
    rows = scores.join(state, "person_id")
    rows = rows.filter(rows.seq >= rows.search_seq)
    if rules.after_relapse == "move":
        rows = rows.filter(rows.relapse_floor.isnull() | (_relapse_place(rows) > rows.relapse_floor))
    change, step = rows.value - rows.base_value, find_step(rows.base_value, rules)
    rose, fell = change >= step, change <= -step
    return rows.mutate(rose=rose, fell=fell, changed=rose if rules.direction == "worsening" else fell)


def _find_candidates(scores: Expression, state: Expression, rules: RuleSet) -> Expression:
    """Each score at which a confirmed change from the present baseline begins."""
    rows = _changed_rows(scores, state, rules)
    found = _with_run(rows, rows.changed, rules).mutate(kind=load_ibis().literal(rules.direction))
    if rules.improvement == "none":
        return found.filter(found.confirmed)
    better = _with_run(rows, rows.fell, rules).mutate(kind=load_ibis().literal("improvement"))
    if rules.improvement == "lower":
        lower = (better.value < better.base_value) & (better.highest <= better.value) & ~better.rose
        better = better.mutate(confirmed=lower.fill_null(False))
    return found.filter(found.confirmed).union(better.filter(better.confirmed))


def _with_run(rows: Expression, changed: Expression, rules: RuleSet) -> Expression:
    """With the end of the run of changed scores after each, and whether it reaches the confirming one."""
    ibis = load_ibis()
    after = ibis.window(group_by="person_id", order_by="seq", rows=(1, None))
    everywhere = ibis.window(group_by="person_id")
    held = rows.clear if rules.held_until == "clear-visit" else ibis.literal(True)
    run = rows.mutate(
        changed=changed,
        break_seq=ibis.ifelse(changed, ibis.null("int32"), rows.seq).min().over(after),
        held_before=ibis.ifelse(changed, ibis.null("int32"), rows.held_day).min().over(after),
        held_last=ibis.ifelse(held, rows.day, ibis.null("int32")).max().over(everywhere),
        last_day=rows.day.max().over(everywhere))
    run = run.mutate(held_day=ibis.ifelse(run.break_seq.isnull(), run.held_last, run.held_before))
    reached = run.confirm_seq.notnull() & (run.break_seq.isnull() | (run.break_seq > run.confirm_seq))
    sure = run.changed & reached
    confirmed = sure & (run.held_day >= run.last_day) if rules.sustained else sure
    return run.mutate(confirmed=confirmed.fill_null(False))


def _take_first(candidates: Expression, rules: RuleSet) -> Expression:
    """The first candidate by person, with the lowest confirmed score within the confirmation time."""
    ibis = load_ibis()
    order = ibis.window(group_by="person_id", order_by="seq")
    ranked = candidates.mutate(rank=ibis.row_number().over(order),
                               first_day=candidates.day.min().over(ibis.window(group_by="person_id")))
    near = (ranked.rank <= 1) | (ranked.day - ranked.first_day <= math.floor(rules.confirm_days))
    lowest = ibis.ifelse(near, ranked.value, ibis.null("float64")).min()
    ranked = ranked.mutate(lowest=lowest.over(ibis.window(group_by="person_id")))
    first = ranked.filter(ranked["rank"] == 0)
    return first.select("person_id", *EVENT_COLUMNS, "lowest", crossed=_crosses_relapse(first, rules),
                        counts=~_crosses_relapse(first, rules) & (first.day > first.origin_day),
                        relapse_place=_relapse_place(first))


def _crosses_relapse(rows: Expression, rules: RuleSet) -> Expression:
    """Whether a relapse lies between the start of the search and the change, where that matters."""
    ibis = load_ibis()
    if rules.after_relapse == "stay":
        return ibis.literal(False)
    return ((rows.day - rows.start_day) >= rows.since_relapse).fill_null(False)


def _move(scores: Expression, state: Expression, first: Expression, rules: RuleSet) -> Expression:
    """The baselines of those who go on: at the confirming score, the lowest one, or behind a relapse."""
    if rules.after_event == "lowest":
        moved = _move_to_lowest(scores, state, first)
        if rules.after_relapse == "move":
            moved = moved.union(_move_behind_relapse(scores, state, first, rules))
        return moved
    going_on = first.filter(first.kind == "improvement") if rules.first_only else first
    return _move_to_confirming(scores, state, going_on, rules)


def _move_to_confirming(scores: Expression, state: Expression, first: Expression,
                        rules: RuleSet) -> Expression:
    ibis = load_ibis()
    at = first.confirm_seq
    if rules.improvement == "lower":
        at = ibis.ifelse(first.kind == "improvement", first.seq, first.confirm_seq)
    new = first.select("person_id", new_seq=at)
    rows = state.join(new, "person_id")
    if rules.first_only:
        return rows.mutate(search_seq=(rows.new_seq + 1).cast("int32")).drop("new_seq")
    there = scores.select("person_id", "day", "value", new_seq="seq")
    rows = rows.select("person_id", "new_seq", "origin_day", "relapse_floor", before="start_day")
    moved = rows.join(there, ["person_id", "new_seq"])
    return _to_state(moved.rename(seq="new_seq"), start_day="before", relapse_floor="relapse_floor")


def _move_to_lowest(scores: Expression, state: Expression, first: Expression) -> Expression:
    """To the first score, from the event on, that is as low as the lowest confirmed one."""
    events = first.filter(~first.crossed).select("person_id", "lowest", event_seq="seq")
    rows = scores.join(events, "person_id")
    rows = rows.filter((rows.seq >= rows.event_seq) & (rows.value == rows.lowest))
    return _restart(rows, state)


def _restart(rows: Expression, state: Expression) -> Expression:
    """Baselines at the first of some scores of each person; the search starts there too."""
    first = take_first(rows, "person_id", "seq")
    kept = state.select("person_id", "origin_day", "relapse_floor")
    both = first.select("person_id", "seq", "day", "value").join(kept, "person_id")
    return _to_state(both, start_day="day", relapse_floor="relapse_floor")


def _move_behind_relapse(scores: Expression, state: Expression, first: Expression,
                         rules: RuleSet) -> Expression:
    """Behind the earliest relapse that the search has crossed: the first score that is clear of it."""
    ibis = load_ibis()
    crossed = first.filter(first.crossed).select("person_id", event_place="relapse_place")
    going_on = state.join(crossed, "person_id")
    rows = scores.join(going_on, "person_id")
    place = _relapse_place(rows)
    seen = rows.filter((rows.day >= rows.start_day)
                       & (rows.relapse_floor.isnull() | (place > rows.relapse_floor)))
    seen = seen.mutate(place=_relapse_place(seen))
    floor = ibis.ifelse(seen.place < seen.event_place, seen.place, ibis.null("int32")).min()
    seen = seen.mutate(floor=floor.over(ibis.window(group_by="person_id")))
    left = seen.filter(seen.place > seen.floor)
    return _restart_clear(left, rules)


def _restart_clear(rows: Expression, rules: RuleSet) -> Expression:
    """The search starts at the first score left outside a relapse, the baseline at the first clear one."""
    ibis = load_ibis()
    since = rows.since_relapse
    outside = rows.filter(since.isnull() | (since >= rules.baseline_clear_days - 1))
    outside = outside.mutate(opening=outside.day.min().over(ibis.window(group_by="person_id")))
    clear = outside.filter(outside.since_relapse.isnull()
                           | (outside.since_relapse >= rules.baseline_clear_days))
    first = take_first(clear, "person_id", "seq")
    return _to_state(first, start_day="opening", relapse_floor="floor")
