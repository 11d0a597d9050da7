"""How every row of a follow-up schedule stands for everybody, as ``patients.follow_up`` says it for one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.registry.reading import Registry
from stepdown.cohorts.watch.entries import is_shown
from stepdown.ms.monitoring import (
    ScheduleRow,
    read_lasting_schedule,
    read_monitoring,
    read_schedule,
    read_stepping_down,
)
from stepdown.ms.therapies import read_therapies
from stepdown.patients.follow_up import HIDDEN

#: As many single days has the row that has most.
SINGLES = max(len(row.after_days) for row in read_monitoring())
_STRATEGIES = ("stop", "no-further-course", "extend")
LASTING = "lasting"


def list_plans() -> Iterator[tuple[str, str, str, int]]:
    """Each strategy, drug left, drug to ("" for none) and the place of each row that is for them.

    Under ``LASTING``: what goes on after an earlier drug, whatever came after it.
    """
    places = {row.id: place for place, row in enumerate(read_monitoring())}
    pairs = [(strategy, left, "") for strategy in _STRATEGIES for left in read_therapies()]
    pairs += [("switch", left, to) for left in read_therapies() for to in read_therapies()]
    for strategy, left, to in pairs:
        for row in read_schedule(strategy, left, to or None):
            yield strategy, left, to, places[row.id]
    for left in read_therapies():
        for row in read_lasting_schedule(left):
            yield LASTING, left, "", places[row.id]


def load_schedule(engine: Engine, registry: Registry) -> tuple[Expression, Expression]:
    """The rows of the schedule for each step down, and the kinds of entries that show each."""
    import pyarrow as pa

    plans, rows = list(zip(*list_plans(), strict=True)), read_monitoring()
    table = engine.load("plans", pa.table(dict(zip(("strategy", "left", "to"), plans[:3], strict=True))
                                          | {"place": pa.array(plans[3], pa.int32())}))
    told = engine.load("schedule", pa.table(
        {name: pa.array(values, pa.bool_() if isinstance(values[0], bool) else pa.string()
                        if isinstance(values[0], str) else pa.int32())
         for name, values in _tell_rows(rows).items()}))
    kinds = [(place, kind, is_shown(kind, registry)) for place, row in enumerate(rows)
             for kind in row.shown_by if kind != HIDDEN]
    shown = list(zip(*kinds, strict=True))
    return table.join(told, "place"), engine.load("kinds", pa.table({
        "place": pa.array(shown[0], pa.int32()), "kind": shown[1], "is_shown": shown[2]}))


def _tell_rows(rows: tuple[ScheduleRow, ...]) -> dict[str, list[Any]]:
    """The rows as columns; a place is that in the file."""
    columns: dict[str, list[Any]] = {
        "place": list(range(len(rows))), "anchor": [row.anchor for row in rows],
        "width": [row.width_days for row in rows], "first_day": [row.first_day for row in rows],
        "first_repeat": [row.first_repeat for row in rows], "every": [row.every_days for row in rows],
        "until": [row.until_days for row in rows], "for_some": [row.only_if is not None for row in rows],
        "may_end": [row.may_end_early for row in rows], "can_be_past": [row.can_be_past for row in rows],
        "first_visit": [row.first_visit for row in rows],
        "hidden": [HIDDEN in row.shown_by or not row.shown_by for row in rows]}
    for number in range(SINGLES):
        columns[f"day_{number}"] = [row.after_days[number] if number < len(row.after_days) else None
                                    for row in rows]
    return columns


def judge_items(engine: Engine, registry: Registry, people: Expression, earlier: Expression,
                entries: Expression, at: int) -> tuple[Expression, Expression]:
    """``person_id, place, state, due, by, done_on`` of each row for everybody, and ``person_id, seen_by``.

    Days are whole numbers; ``seen_by`` is the day by which somebody should have been seen first. ``earlier``
    holds the last doses of the drugs before, after which something may go on.
    """
    schedule, kinds = load_schedule(engine, registry)
    keys = people.select("person_id", "strategy", "left", "change", "change_last", "dose", "dose_last",
                         "recorded", to=people.to.fill_null(""))
    own = engine.keep(keys.join(schedule, ["strategy", "left", "to"]), "own")
    rows = own.union(_find_lasting(earlier, schedule).anti_join(own, ["person_id", "place"]).select(
        own.columns))
    days = engine.keep(_find_days(rows, at), "days")
    shown = engine.keep(_find_shown(days, kinds, entries), "shown")
    found = days.left_join(shown, ["person_id", "place"]).drop("person_id_right", "place_right")
    items = engine.keep(_find_state(found, at), "items")
    visits = days.filter(days.first_visit & days.anchor_last.notnull() & (days.strategy != LASTING))
    first = engine.keep(visits.group_by("person_id").agg(
        seen_by=(visits.anchor_last + visits.first_day + visits.width).min().cast("int32")), "first_visit")
    engine.drop([own, days, shown])
    return items, first


def _find_lasting(earlier: Expression, schedule: Expression) -> Expression:
    """What goes on after earlier drugs, once, after the one that was given last."""
    ibis = load_ibis()
    keys = earlier.mutate(strategy=ibis.literal(LASTING), left=earlier.therapy, to=ibis.literal(""))
    rows = keys.join(schedule, ["strategy", "left", "to"])
    order = ibis.window(group_by=["person_id", "place"], order_by=[
        ibis.desc(rows.dose_last), ibis.desc(rows.dose), ibis.desc(rows.left)])
    ranked = rows.mutate(rank=ibis.row_number().over(order))
    return ranked.filter(ranked["rank"] == 0)


def _find_days(rows: Expression, at: int) -> Expression:
    """With the latest day of each row whose window has surely opened, and has closed (-1: none)."""
    ibis = load_ibis()
    by_change = (rows.strategy == "extend") | (rows.anchor == "new-drug-start")
    none, by_dose = ibis.null("int32"), rows.anchor == "last-dose"
    rows = rows.mutate(
        anchor_first=ibis.cases((by_change, rows.change), (by_dose, rows.dose), else_=none),
        anchor_last=ibis.cases((by_change, rows.change_last), (by_dose, rows.dose_last), else_=none))
    elapsed = at - rows.anchor_last
    return rows.mutate(day=_find_last(rows, elapsed + rows.width),
                       closed=_find_last(rows, elapsed - rows.width - 1)).drop(
        *(f"day_{number}" for number in range(SINGLES)), "first_repeat", "every", "until")


def _find_last(rows: Expression, reached: Expression) -> Expression:
    """The latest day of each row up to so many days after its anchor; -1 for none."""
    ibis = load_ibis()
    singles = [ibis.ifelse((rows[f"day_{number}"] <= reached).fill_null(False), rows[f"day_{number}"], -1)
               for number in range(SINGLES)]
    last = ibis.least(reached, rows.until.fill_null(2_000_000))
    times = ((last - rows.first_repeat).cast("float64") / rows.every.cast("float64")).floor().cast("int32")
    again = ibis.ifelse((last >= rows.first_repeat).fill_null(False),
                        rows.first_repeat + times * rows.every, -1)
    return ibis.greatest(*singles, again).cast("int32")


def _find_shown(days: Expression, kinds: Expression, entries: Expression) -> Expression:
    """``person_id, place`` with what the entries show of the latest day, and of the one that has closed."""
    ibis = load_ibis()
    rows = days.join(kinds, "place").left_join(entries, ["person_id", "kind"]).drop(
        "person_id_right", "kind_right")
    done, sure = _judge_kind(rows, rows.day)
    done_closed, sure_closed = _judge_kind(rows, rows.closed)
    none = ibis.null("int32")
    rows = rows.mutate(missing=~done, sure=sure, missed=sure_closed,
                       begun=(rows.may_day > rows.anchor_first).fill_null(False),
                       done_on=ibis.ifelse(done, rows.exact_day, none),
                       done_since=ibis.ifelse(done_closed, rows.exact_day, none))
    return rows.group_by("person_id", "place").agg(
        missing=rows.missing.max(), sure=rows.sure.max(), missed=rows.missed.max(), begun=rows.begun.max(),
        done_on=rows.done_on.max(), done_since=rows.done_since.max())


def _judge_kind(rows: Expression, day: Expression) -> tuple[Expression, Expression]:
    """Whether a kind of entry came since the window of a day opened, and whether it surely did not."""
    before = day - rows.width
    done = (rows.exact_day >= rows.anchor_last + before).fill_null(False)
    may_be = ~rows.is_shown | (rows.may_day >= rows.anchor_first + before).fill_null(False)
    return done, ~done & ~may_be


def _find_state(rows: Expression, at: int) -> Expression:
    ibis = load_ibis()
    opened, none, past = rows.day >= 0, ibis.null("int32"), read_stepping_down().past_after_days
    due = (rows.anchor_last + ibis.ifelse(opened, rows.day, rows.first_day)).cast("int32")
    before = (rows.anchor_last + rows.closed).cast("int32")
    rows = rows.mutate(due=due, by=(due + rows.width).cast("int32"), before=before,
                       closed_by=(before + rows.width).cast("int32"))
    is_open = rows.for_some | (rows.may_end & rows.begun.fill_null(False))
    missed = ((rows.closed >= 0) & rows.missed & ~is_open & (rows.recorded >= rows.closed_by)
              & ~(rows.can_be_past & (at - rows.closed_by > past))).fill_null(False)
    rows = rows.mutate(is_missed=missed & (at <= rows.by) & (rows.missing.fill_null(True) | rows.hidden))
    state = ibis.cases(
        (rows.anchor_last.isnull(), ibis.ifelse(at - rows.change_last > past, "past", "ask")),
        (~opened, "planned"),
        (~rows.missing.fill_null(False) & ~rows.hidden, "done"),
        (rows.is_missed, "overdue"),
        (at <= rows.by, ibis.ifelse(rows.for_some, "ask", "due")),
        (rows.can_be_past & (at - rows.by > past), "past"),
        ((rows.sure & ~is_open & (rows.recorded >= rows.by)).fill_null(False), "overdue"), else_="ask")
    rows = rows.mutate(state=state)
    rows = rows.filter((rows.strategy != LASTING) | (rows.state != "past"))
    done_on = ibis.ifelse(rows.is_missed, rows.done_since, rows.done_on)
    return rows.select("person_id", "place", due=ibis.ifelse(rows.is_missed, rows.before, rows.due),
                       by=ibis.ifelse(rows.is_missed, rows.closed_by, rows.by), state=rows.state,
                       done_on=ibis.ifelse(opened & rows.anchor_last.notnull(), done_on, none))
