"""What of the follow-up is due, overdue or done, by what the person's file shows.

A line of the answer keeps its day; where a later last dose, or the first dose of the new drug, is now on
file, its day is counted from there. What a file cannot show is never called done.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from stepdown.decisions.option_taken import find_left, is_open
from stepdown.ms.monitoring import USUAL_WINDOW_DAYS, ScheduleRow, read_monitoring
from stepdown.ms.stepping_down import Between
from stepdown.patients.follow_up import Judged, Window, judge_day, may_be_over
from stepdown.patients.view import View

#: How far ahead repeats are written out.
HORIZON_DAYS = 366
STATES = ("done", "overdue", "due", "ask", "planned", "no-day")
_COUNTED = re.compile(r"(\d+) (day|week|month|year)s? after (the last dose|the first dose of the new drug)")
#: How the answer says that a line comes again.
_REPEATED = " Again every "
#: How the answer says that a line is for some people only.
_CONDITION = "(only if "
#: Steps of a plan: one that says which dose counts, and the first dose of the new drug.
_NO_TASK, _LAST_DOSE, _NEXT_DRUG = ("last-dose-on-file",), "last-dose", "next-drug-gap"
#: A step without a day before the last dose, and the dated line that asks for the same.
_BEFORE_LEAVING, _REFERENCE = "reference-scan", "mri-before-leaving"
_UNITS = {"day": 1.0, "week": 7.0, "month": 30.44, "year": 365.25}


@dataclass(frozen=True)
class Tracked:
    """One thing to do on one day: its state, what shows it, and what a file does not show.

    ``due`` is None where the day is not known: ``when`` says it in words. States: done, overdue, due (now,
    within its window), ask (a file cannot show whether it was done), planned, no-day. ``done_parts`` names
    each part that is on file with its day, also where another part is missing.
    """

    id: str
    what: str
    due: date | None
    when: str
    window_days: int
    state: str
    done_on: tuple[str, ...]
    not_shown: tuple[str, ...]
    sources: tuple[str, ...]
    done_parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Anchors:
    """The days from which a schedule counts: the decision, the last dose then and now, the next drug.

    ``given_up`` is the last dose now where the drug left is not taken any more: no further dose comes.
    """

    decision: date
    last_dose_then: date | None
    last_dose_now: date | None
    new_start: date | None
    given_up: date | None = None

    @property
    def moved_days(self) -> int:
        """By how many days a later last dose moves what is counted from it."""
        if self.last_dose_then is None or self.last_dose_now is None:
            return 0
        return max(0, (self.last_dose_now - self.last_dose_then).days)


def find_anchors(answer: Mapping[str, Any], option: Mapping[str, Any], view: View) -> Anchors:
    """The anchors of the schedule by the answer and by the file as it is now."""
    facts = {fact["name"]: fact for fact in answer["facts"]}
    decided, left = date.fromisoformat(str(answer["at"])), find_left(answer)
    # The day it was given up may lie months after the last dose: that counts only where no dose is on file.
    own = [period for period in view.periods if period.name == left]
    closing = [period.last_dose or period.stop for period in own]
    ends = [each.latest for each in closing if each is not None and each.is_exact]
    begun = [period.start for period in view.periods if period.name == option["therapy"] and period.start]
    starts = [start.earliest for start in begun if start.earliest >= decided]
    then = _read_day(facts.get("last_dose", {}).get("value"))
    now = max(ends, default=then)
    is_over = bool(own) and not any(is_open(period.written, view.at) for period in own)
    return Anchors(decided, then, now, min(starts, default=None), now if is_over else None)


def _read_day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None


@dataclass(frozen=True)
class _Task:
    """One line of the answer on one of its days; ``row`` is the row of the schedule that it comes from."""

    line: Mapping[str, Any]
    row: ScheduleRow | None
    due: date
    window: int

    @property
    def opens(self) -> date:
        """The first day on which it counts as done."""
        return self.due - timedelta(days=self.window)


def track(answer: Mapping[str, Any], option: Mapping[str, Any], view: View) -> tuple[Tracked, ...]:
    """Every line of the plan and the follow-up of an option with its state on ``view.at``, earliest first."""
    anchors = find_anchors(answer, option, view)
    rows = {row.id: row for row in read_monitoring()}
    lines = _list_lines(option, anchors)
    tasks = [each for line in lines for each in _list_tasks(line, rows.get(line["id"]), anchors, view.at)]
    opened = {task.line["id"]: task.due
              for task in sorted(tasks, key=lambda each: each.due) if task.opens <= view.at}  # fmt: skip
    found = [_judge(task, opened.get(task.line["id"]) == task.due, anchors, view) for task in tasks]
    found += [_wait(line, anchors) for line in lines
              if _find_day(line["due"], rows.get(line["id"]), anchors) is None]  # fmt: skip
    return tuple(sorted(found, key=lambda each: (each.due is None, each.due or view.at, each.id)))


def _list_lines(option: Mapping[str, Any], anchors: Anchors) -> list[Mapping[str, Any]]:
    """The lines of an option that ask for something; a step before the last dose goes with it."""
    lines = [line for line in (*option["plan"], *option["follow_up"]) if line["id"] not in _NO_TASK]
    is_past = anchors.given_up is not None and any(line["id"] == _REFERENCE for line in lines)
    return [line for line in lines if not (is_past and line["id"] == _BEFORE_LEAVING)]


def _list_tasks(
    line: Mapping[str, Any], row: ScheduleRow | None, anchors: Anchors, at: date
) -> Iterator[_Task]:
    """One line of the answer, with its repeats as far as the horizon; none where its day is not known."""
    first = _find_day(str(line["due"]), row, anchors)
    if first is not None:
        window = int(line["window_days"] or USUAL_WINDOW_DAYS)
        moved = timedelta(days=anchors.moved_days if line["id"] == _NEXT_DRUG else 0)
        for due in _list_days(first + moved, row, _REPEATED in str(line["what"]), anchors, at):
            yield _Task(line, row, due, window)


def _wait(line: Mapping[str, Any], anchors: Anchors) -> Tracked:
    """A line whose day is not known yet; the last dose is done once it is on file."""
    if line["id"] == _LAST_DOSE and anchors.given_up is not None:
        day = anchors.given_up
        return Tracked(line["id"], line["what"], day, day.isoformat(), 0, "done", (day.isoformat(),), (),
                       tuple(line["sources"]))  # fmt: skip
    return Tracked(line["id"], line["what"], None, str(line["due"]), 0, "no-day", (), (),
                   tuple(line["sources"]))  # fmt: skip


def _judge_start(task: _Task, anchors: Anchors, view: View) -> Judged:
    """The first dose of the new drug: done when it is on file, however late, for its day stands beside it."""
    start = anchors.new_start
    if start:
        return Judged("done", (start,), ())
    return Judged(_judge_open(task.due, task.window, view), (), ("new-drug",))


def _judge_open(due: date, window: int, view: View) -> str:
    """The state of what is not on file and would be."""
    closes = due + timedelta(days=window)
    if view.at <= closes:
        return "due" if view.at >= due - timedelta(days=window) else "planned"
    return "overdue" if view.recorded_on >= closes else "ask"


def _find_day(due: str, row: ScheduleRow | None, anchors: Anchors) -> date | None:
    """The day of a line: as told, moved by a later last dose, or counted from a day that is now known."""
    told = _read_day(due)
    if told is not None:
        is_counted = row is not None and row.anchor == "last-dose"
        return told + timedelta(days=anchors.moved_days if is_counted else 0)
    match = _COUNTED.fullmatch(due)
    if match is None:
        return None
    start = anchors.last_dose_now if match[3] == "the last dose" else anchors.new_start
    return start + timedelta(days=round(int(match[1]) * _UNITS[match[2]])) if start else None


def _list_days(
    first: date, row: ScheduleRow | None, is_repeated: bool, anchors: Anchors, at: date
) -> Iterator[date]:
    """The first day, and its repeats until the row ends or the horizon is reached."""
    yield first
    if row is None or row.every_days is None or not is_repeated:
        return
    last = at + timedelta(days=HORIZON_DAYS)
    start = {"decision": anchors.decision, "last-dose": anchors.last_dose_now}.get(
        row.anchor, anchors.new_start
    )
    if row.until_days is not None and start is not None:
        last = min(last, start + timedelta(days=row.until_days))
    day = first + timedelta(days=row.every_days)
    while day <= last:
        yield day
        day += timedelta(days=row.every_days)


def _judge(task: _Task, is_latest: bool, anchors: Anchors, view: View) -> Tracked:
    """The state of one thing on one day; whatever came since makes up for the latest day that has come."""
    line, due = task.line, task.due
    if line["id"] == _NEXT_DRUG:
        judged = _judge_start(task, anchors, view)
    else:
        width = timedelta(days=task.window)
        # What belongs before a change is not made up for by what came long after it.
        has_end = not is_latest or (task.row is not None and task.row.first_day == 0)
        window = Window(task.opens, due + width, due + 2 * width if has_end else None)
        shown_by = task.row.shown_by if task.row else ()
        judged = judge_day(shown_by, window, view, is_open=_may_be_over(task, anchors, view))
    state = _find_state(judged, due, view)
    return Tracked(line["id"], line["what"], due, due.isoformat(), task.window, state,
                   tuple(day.isoformat() for day in judged.done_on), judged.missing, tuple(line["sources"]),
                   tuple((kind, day.isoformat()) for kind, day in judged.parts))  # fmt: skip


def _find_state(judged: Judged, due: date, view: View) -> str:
    """Once its day has gone by and a part is on file the visit took place: the rest is asked about."""
    return "ask" if judged.state == "due" and judged.parts and due < view.at else judged.state


def _may_be_over(task: _Task, anchors: Anchors, view: View) -> bool:
    """Whether a condition of the line is not known, or what ends it may have come."""
    begun = Between(anchors.last_dose_now, anchors.last_dose_now) if anchors.last_dose_now else None
    may_have_ended = task.row is not None and begun is not None and may_be_over(task.row, begun, view)
    return _CONDITION in str(task.line["what"]) or may_have_ended
