"""What of a follow-up is done, due or overdue, by the entries of one person.

The rules are those of ``cohorts.watch`` for many; both run the rows of ``tests/spec/follow-up.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from stepdown.ms.dates import PartialDate
from stepdown.ms.monitoring import ScheduleRow, read_lasting_schedule, read_schedule, read_stepping_down
from stepdown.ms.stepping_down import Between, StepDown
from stepdown.patients.view import View

#: How one day of a schedule stands; "ask" is what entries cannot tell, "past" what nothing makes up for now.
STATES = ("overdue", "due", "ask", "planned", "done", "past")
#: What no person file and no table of a registry can show.
HIDDEN = "other"
#: An index without its test by name is shown by the antibody test too.
_ALSO = {"jcv-index": ("jcv-index", "jcv-antibody")}


@dataclass(frozen=True)
class Judged:
    """How one day stands, the exact days that show it, what is not on file, and the day of each part."""

    state: str
    done_on: tuple[date, ...]
    missing: tuple[str, ...]
    parts: tuple[tuple[str, date], ...] = ()


@dataclass(frozen=True)
class Window:
    """From when to when an entry counts for one day, and when its time is over; ``until`` None: no end.

    ``may_open`` is earlier than ``opens`` where the day that it counts from is not exact.
    """

    opens: date
    closes: date
    until: date | None = None
    may_open: date | None = None


@dataclass(frozen=True)
class Item:
    """One row of a schedule for one person, on the latest of its days that has come: ``due`` and ``by`` when.

    Before the first has come it is planned for that one; ``due`` is None where its day is in no entry.
    """

    id: str
    due: date | None
    by: date | None
    state: str
    done_on: date | None
    missing: tuple[str, ...]


def list_entries(kind: str, view: View) -> tuple[PartialDate, ...] | None:
    """The dates of what shows one kind of thing: brain MRI, EDSS, a test; None where not asked about."""
    patient = view.patient
    if kind == "mri":
        days = None if patient.mri is None else [
            scan.date for scan in patient.mri if scan.region in ("brain", "both")]
    elif kind == "edss":
        days = None if patient.edss is None else [
            visit.date for visit in patient.edss if visit.score is not None]
    else:
        days = None if patient.labs is None else [
            lab.date for lab in patient.labs
            if lab.test in _ALSO.get(kind, (kind,)) and lab.value is not None]
    return None if days is None else tuple(
        day for day in days if day is not None and day.earliest <= view.at)


def judge_day(shown_by: tuple[str, ...], window: Window, view: View, *, is_open: bool = False) -> Judged:
    """How one day of a schedule stands on ``view.at``.

    Done is only what exact days show. What a file cannot show, what only an inexact day may show, and what
    ``is_open`` (a condition that is not known, an end that may have come) is asked about, never overdue; and
    so is what fell due after the file was written.
    """
    entries = {kind: list_entries(kind, view) for kind in shown_by if kind != HIDDEN}
    done = {kind: _find_exact(days or (), window, view.at) for kind, days in entries.items()}
    missing = tuple(kind for kind, days in done.items() if not days)
    is_hidden = HIDDEN in shown_by or not shown_by
    sure = [kind for kind in missing if not _may_be_there(entries[kind], window)]
    state = _find_state(bool(missing), is_hidden, bool(sure) and not is_open, window, view)
    parts = tuple((kind, days[0]) for kind, days in done.items() if days)
    days = tuple(dict.fromkeys(day for _, day in parts))
    return Judged(state, days, (*missing, HIDDEN) if is_hidden else missing, parts)


def _find_exact(entries: tuple[PartialDate, ...], window: Window, at: date) -> list[date]:
    until = at if window.until is None else min(at, window.until)
    days = [day.earliest for day in entries if day.is_exact and window.opens <= day.earliest <= until]
    return sorted(days, reverse=window.until is None)


def _may_be_there(entries: tuple[PartialDate, ...] | None, window: Window) -> bool:
    """Whether an entry may lie in the window: one of an inexact day, or all of them where nobody asked."""
    opens, until = window.may_open or window.opens, window.until or date.max
    return entries is None or any(
        day.latest >= opens and day.earliest <= until
        and not (day.is_exact and opens == window.opens) for day in entries)


def _find_state(is_missing: bool, is_hidden: bool, is_sure: bool, window: Window, view: View) -> str:
    if not is_missing and not is_hidden:
        return "done"
    if view.at < window.opens:
        return "planned"
    if view.at <= window.closes:
        return "due"
    return "overdue" if is_sure and view.recorded_on >= window.closes else "ask"


def find_anchor(row: ScheduleRow, step: StepDown) -> Between | None:
    """The day that a row counts from; None for the day of a decision, which no entry shows.

    With a longer interval everything counts from the day on which it was made longer.
    """
    if step.strategy == "extend" or row.anchor == "new-drug-start":
        return step.change
    return step.last_dose if row.anchor == "last-dose" else None


def follow_up(view: View, step: StepDown, earlier: Mapping[str, Between]) -> tuple[Item, ...]:
    """Every row of the schedule after a step down, then what goes on after each earlier drug's last dose."""
    rows = read_schedule(step.strategy, step.left, step.to)
    own = tuple(_follow(row, find_anchor(row, step), step.change, view) for row in rows)
    lasting = _find_lasting(earlier)
    kept = [_follow(row, dose, dose, view) for row, dose in lasting.values() if row not in rows]
    return own + tuple(item for item in kept if item.state != "past")


def _find_lasting(earlier: Mapping[str, Between]) -> dict[str, tuple[ScheduleRow, Between]]:
    """What goes on after each drug, once, after the one that was given last."""
    doses = sorted(earlier.items(), key=lambda found: (found[1].last, found[1].first))
    return {row.id: (row, dose) for drug, dose in doses for row in read_lasting_schedule(drug)}


def _is_past(day: date, at: date) -> bool:
    return (at - day).days > read_stepping_down().past_after_days


def _follow(row: ScheduleRow, anchor: Between | None, change: Between, view: View) -> Item:
    """The latest day of a row that has surely come; while its window is open, an earlier one may be overdue.

    Whatever came since a day makes up for it. What was missed does not stop being overdue because the next
    day comes near.
    """
    if anchor is None:
        return Item(row.id, None, None, "past" if _is_past(change.last, view.at) else "ask", None, ())
    elapsed = (view.at - anchor.last).days
    day, closed = row.find_last_opened(elapsed), row.find_last_closed(elapsed)
    if day is None:
        due = anchor.last + timedelta(days=row.first_day)
        return Item(row.id, due, due + timedelta(days=row.width_days), "planned", None, ())
    item = _judge(row, day, anchor, view)
    if item.state == "due" and closed is not None:
        missed = _judge(row, closed, anchor, view)
        return missed if missed.state == "overdue" else item
    return item


def _judge(row: ScheduleRow, day: int, anchor: Between, view: View) -> Item:
    """One day of a row, counted from its anchor."""
    due = anchor.last + timedelta(days=day)
    by = due + timedelta(days=row.width_days)
    before = timedelta(days=day - row.width_days)
    window = Window(anchor.last + before, by, may_open=anchor.first + before)
    is_open = row.only_if is not None or may_be_over(row, anchor, view)
    judged = judge_day(row.shown_by, window, view, is_open=is_open)
    state = "ask" if row.only_if and judged.state == "due" else judged.state
    if state in ("overdue", "ask") and row.can_be_past and _is_past(by, view.at):
        state = "past"
    return Item(row.id, due, by, state, max(judged.done_on, default=None), judged.missing)


def may_be_over(row: ScheduleRow, anchor: Between, view: View) -> bool:
    """Whether what ends a row may have come: something of its kind may be on file since the anchor."""
    if not row.may_end_early:
        return False
    entries = [day for kind in row.shown_by for day in list_entries(kind, view) or ()]
    return any(day.latest > anchor.first for day in entries)


def find_first_visit(step: StepDown) -> date:
    """The day by which somebody who stepped down should have been seen: the first visit and its window."""
    rows = [row for row in read_schedule(step.strategy, step.left, step.to) if row.first_visit]
    ends = [(find_anchor(row, step), row.first_day + row.width_days) for row in rows]
    return min(anchor.last + timedelta(days=days) for anchor, days in ends if anchor is not None)
