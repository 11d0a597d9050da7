"""What is watched after the decision, and what should make the team think of starting again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from stepdown.decisions.answer import FollowUp, Trigger
from stepdown.decisions.options import Draft
from stepdown.decisions.plan import read_plan_steps
from stepdown.decisions.situation import Situation
from stepdown.decisions.timing import Clock, say_days
from stepdown.ms.monitoring import (
    ANY,
    ScheduleRow,
    read_lasting_schedule,
    read_restart_triggers,
    read_schedule,
)

#: How far ahead a schedule is written out, in days: two years.
HORIZON_DAYS = 731


def schedule_strategy(draft: Draft) -> str:
    """Which schedule an option follows: a course that is complete has its own."""
    if draft.id in ("no-further-course", "no-next-course"):
        return "no-further-course"
    return draft.strategy


def _rows(situation: Situation, draft: Draft) -> tuple[ScheduleRow, ...]:
    """The rows of the schedules for this option."""
    left = situation.therapy.name if situation.therapy else ANY
    target = draft.target.name if draft.target and draft.strategy == "switch" else None
    rows = read_schedule(schedule_strategy(draft), left, target)
    return tuple(_for_person(row, situation) for row in rows)


def _due(row: ScheduleRow, days: int, clock: Clock) -> str:
    """When one day of a row falls, from the row's anchor."""
    if row.anchor == "decision":
        return clock.after_decision(days)
    if row.anchor == "last-dose":
        return clock.after_last_dose(days)
    return (
        f"{say_days(days)} after the first dose of the new drug"
        if days
        else "with the first dose of the new drug"
    )


def _for_person(row: ScheduleRow, situation: Situation) -> ScheduleRow:
    """A row as it stands for this person: for a pregnancy, without a condition that is met, and due now."""
    what = row.what_if_pregnant if situation.fact("pregnancy_now").is_true else None
    is_sure = row.sure_if is not None and situation.fact(row.sure_if).is_true
    is_open = row.at_once_if_unknown is not None and not situation.fact(row.at_once_if_unknown).is_known
    days = tuple(sorted({0, *row.after_days})) if is_open else row.after_days
    only_if = None if is_sure else row.only_if
    return replace(row, what=what or row.what, only_if=only_if, after_days=days)


def _sentence(row: ScheduleRow, suffix: str = "") -> str:
    """What a row asks for, with its condition."""
    return f"{row.what}{f' (only if {row.only_if})' if row.only_if else ''}{suffix}"


def _next_repeat(row: ScheduleRow, first: int, every: int, clock: Clock) -> int:
    """The day of the next repeat: not before the index date."""
    gone = clock.days_gone if row.anchor == "last-dose" else 0
    return first + every * max(0, -(-(gone - first) // every))


def _repeat(row: ScheduleRow, clock: Clock) -> list[FollowUp]:
    """A row that comes again and again, as one line with its first day."""
    if row.every_days is None or row.first_repeat is None:
        return []
    until = f" until {row.ends}" if row.ends else f" for {say_days(row.until_days)}" if row.until_days else ""
    first = _next_repeat(row, row.first_repeat, row.every_days, clock)
    if row.until_days is not None and first > row.until_days:
        return []
    text = _sentence(row, f" Again every {say_days(row.every_days)}{until}.")
    return [FollowUp(text, _due(row, first, clock), row.window_days, row.basis, row.source, row.id)]


def _is_past(row: ScheduleRow, day: int, clock: Clock) -> bool:
    """Whether a day counted from the last dose had gone by, its window too, on the index date."""
    return row.anchor == "last-dose" and day + (row.window_days or 0) < clock.days_gone


def _lines(row: ScheduleRow, clock: Clock) -> list[FollowUp]:
    """The lines of one row within the horizon."""
    once = [
        FollowUp(_sentence(row), _due(row, day, clock), row.window_days, row.basis, row.source, row.id)
        for day in row.after_days
        if day <= HORIZON_DAYS and not _is_past(row, day, clock)
    ]
    return once + _repeat(row, clock)


def _inherited(situation: Situation) -> list[FollowUp]:
    """What goes on after earlier drugs and courses, whatever is taken now, counted from their last dose."""
    own = situation.therapy.name if situation.therapy else None
    latest: dict[str, date] = {}
    for period in situation.history.view.periods:
        ended = period.last_dose or period.stop
        if period.therapy is not None and period.name != own and ended is not None:
            latest[period.name] = max(ended.latest, latest.get(period.name, ended.latest))
    return [
        line
        for name, last_dose in latest.items()
        for row in read_lasting_schedule(name)
        if row.until_days is None or (situation.at - last_dose).days < row.until_days
        for line in _lines(row, Clock(situation.at, last_dose))
    ]


def find_follow_up(situation: Situation, draft: Draft) -> tuple[FollowUp, ...]:
    """Everything that is watched after this option, each line stated in a source or proposed by us."""
    clock = Clock.of(situation)
    own = [line for row in _rows(situation, draft) for line in _lines(row, clock)]
    return (*_pregnancy_visit(situation), *own, *_inherited(situation))


def _pregnancy_visit(situation: Situation) -> tuple[FollowUp, ...]:
    """The visit of today that a pregnancy asks for, whatever is chosen."""
    if not situation.fact("pregnancy_now").is_true:
        return ()
    step = read_plan_steps()["pregnancy-visit"]
    due = situation.at.isoformat()
    return (FollowUp(step["what"], due, None, step["basis"], tuple(step["sources"]), "pregnancy-visit"),)


def find_triggers(situation: Situation, draft: Draft) -> tuple[Trigger, ...]:
    """What should lead to a talk about starting again; none for going on as now."""
    if draft.strategy == "continue" and draft.direction == "none" and draft.id == "continue":
        return ()
    left = situation.therapy.name if situation.therapy else ANY
    return tuple(Trigger(row.text, row.basis, row.source) for row in read_restart_triggers(left))
