"""Who stepped down: whose last change of treatment was a stop, a longer interval, or a milder drug.

A change counts as it is on file by a day. Somebody who has since gone back to a drug, to the old interval or
to a stronger drug has not stepped down. Where the entries leave it open, the answer says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from stepdown.ms.dates import PartialDate
from stepdown.ms.monitoring import read_stepping_down
from stepdown.ms.therapies import Therapy, read_therapies
from stepdown.ms.treatment import GAP_MERGED_DAYS, Period

#: Efficacy tiers of the catalogue from mild to strong.
TIERS: Mapping[str, int] = MappingProxyType({"moderate": 1, "high": 2})
#: How a person stands; the reasons of "not-judged" stand in ``OPEN_REASONS``.
STANDINGS = ("stepped-down", "on-treatment", "no-treatment", "not-judged")
#: Why it cannot be told whether somebody stepped down, in words.
OPEN_REASONS: Mapping[str, str] = MappingProxyType({
    "stop-day-unknown": "a drug was given up, and the day is not on file",
    "still-taken-unknown": "whether a drug is still taken is not on file",
    "two-drugs": "two drugs at once, or which came last is not known",
    "drug-unknown": "a drug that is not in the catalogue",
    "strength-unknown": "a drug whose efficacy tier is not known",
    "change-day-unknown": "the day on which the drug or the interval was changed is not on file",
})


@dataclass(frozen=True)
class Between:
    """A day that lies between two days, both inside; the same day twice where it is known."""

    first: date
    last: date

    @classmethod
    def of(cls, day: PartialDate, at: date) -> Between:
        """The days on which something can have been that had happened by a day."""
        return cls(day.earliest, min(day.latest, at))


@dataclass(frozen=True)
class StepDown:
    """One step down: stop, no-further-course, switch or extend, the drug left, and the days it counts from.

    ``change`` is the day of the stop, of the first dose of the milder drug, or of the longer interval;
    ``last_dose`` that of the drug left, or the day it was given up; with a longer interval the change.
    """

    strategy: str
    left: str
    to: str | None
    change: Between
    last_dose: Between


@dataclass(frozen=True)
class Standing:
    """How somebody's treatment stands on a day: one of ``STANDINGS``, why it is open, and the step down."""

    name: str
    reason: str = ""
    step: StepDown | None = None


@dataclass(frozen=True)
class _Row:
    """One treatment as it is seen from a day. ``state``: on, ended, given (a course), undated or unsure."""

    therapy: str
    state: str
    start: PartialDate | None
    end: Between | None
    last_dose: PartialDate | None
    interval: float | None
    place: int

    @property
    def entry(self) -> Therapy | None:
        """The drug in the catalogue; None outside it."""
        return read_therapies().get(self.therapy)

    @property
    def tier(self) -> int | None:
        """The efficacy tier of the drug; None where it is not known."""
        return TIERS.get(self.entry.efficacy_tier or "") if self.entry else None

    @property
    def usual(self) -> float | None:
        """The usual interval of the drug in days."""
        return self.entry.usual_interval_days if self.entry else None

    @property
    def by_start(self) -> tuple[date, int]:
        """The order in which periods began; one without a start comes first."""
        return (self.start.earliest if self.start else date.min, self.place)

    @property
    def by_end(self) -> tuple[date, date, tuple[date, int]]:
        """The order in which periods ended."""
        end = self.end or Between(date.max, date.max)
        return end.last, end.first, self.by_start


def find_step_down(periods: Iterable[Period], at: date) -> Standing:
    """How the treatment stands on a day; periods that had surely not begun are not seen."""
    rows = _see_all(periods, at)
    states = {row.state for row in rows}
    on = {row.therapy for row in rows if row.state == "on"}
    if not rows:
        return Standing("no-treatment")
    if "undated" in states or any(row.state == "given" and row.end is None for row in rows):
        return Standing("not-judged", "stop-day-unknown")
    if "unsure" in states:
        return Standing("not-judged", "still-taken-unknown")
    if len(on) > 1:
        return Standing("not-judged", "two-drugs")
    return _judge_drug(rows, on.pop(), at) if on else _judge_stop(rows, at)


def find_last_doses(periods: Iterable[Period], at: date) -> dict[str, Between]:
    """The last dose of each drug that has ended by a day, or the day on which it was given up."""
    doses = [(row.therapy, _dose_of(row, at)) for row in _see_all(periods, at) if row.end is not None]
    return dict(sorted(doses, key=lambda found: (found[1].last, found[1].first)))


def _see_all(periods: Iterable[Period], at: date) -> list[_Row]:
    return [_see(period, place, at) for place, period in enumerate(periods)
            if period.start is None or period.start.earliest <= at]


def _see(period: Period, place: int, at: date) -> _Row:
    """One period as it is known from a day; a stop or a dose that lies later has not come."""
    stop = period.stop if period.stop and period.stop.earliest <= at else None
    dose = period.last_dose if period.last_dose and period.last_dose.earliest <= at else None
    entry = read_therapies().get(period.therapy)
    is_course = entry is not None and entry.is_course
    state = _find_state(period, stop, is_course, at)
    ended = stop if state == "ended" else (dose or period.start) if state == "given" else None
    return _Row(period.therapy, state, period.start, Between.of(ended, at) if ended else None, dose,
                period.interval_days, place)


def _find_state(period: Period, stop: PartialDate | None, is_course: bool, at: date) -> str:
    if stop is not None:
        return "ended" if stop.latest <= at or period.still_taking is False else "unsure"
    if period.still_taking or period.stop is not None:
        return "on"
    if is_course:
        return "given"
    return "undated" if period.still_taking is False else "unsure"


def _judge_stop(rows: Sequence[_Row], at: date) -> Standing:
    """Nothing is taken: the drug that ended last was stopped, unless it was a course that is complete."""
    last = max(rows, key=lambda row: row.by_end)
    if _is_tied(last, rows):
        return Standing("not-judged", "two-drugs")
    if last.state == "given":
        return Standing("on-treatment")
    if last.entry is None:
        return Standing("not-judged", "drug-unknown")
    assert last.end is not None  # what has ended has a day
    strategy = "no-further-course" if last.entry.is_course else "stop"
    step = StepDown(strategy, last.therapy, None, last.end, _dose_of(last, at))
    return Standing("stepped-down", step=step)


def _dose_of(row: _Row, at: date) -> Between:
    """The last dose, or the day on which the drug was given up where no dose is on file."""
    assert row.end is not None  # what was left has an end
    return Between.of(row.last_dose, at) if row.last_dose else row.end


def _is_tied(last: _Row, rows: Sequence[_Row]) -> bool:
    """Whether another drug may have ended as late."""
    assert last.end is not None
    return any(row.therapy != last.therapy and row.end is not None and row.end.last >= last.end.first
               for row in rows)


def _judge_drug(rows: Sequence[_Row], drug: str, at: date) -> Standing:
    """One drug is taken: its interval was made longer, it came after a stronger one, or neither."""
    mine = sorted((row for row in rows if row.therapy == drug), key=lambda row: row.by_start)
    kinds = [_find_kind(mine[:place], row) for place, row in enumerate(mine)]
    place = max(place for place, kind in enumerate(kinds) if kind != "same")
    row, kind = mine[place], kinds[place]
    if kind == "shorter":
        return Standing("on-treatment")
    if kind == "longer":
        return _judge_longer(row, at)
    others = [each for each in rows if each.therapy != drug or each in mine[:place]]
    found = _judge_begin(row, others, at)
    begun_long = _compare(row.interval, row.usual) > 0
    return Standing("not-judged", "change-day-unknown") if found.name == "on-treatment" and begun_long \
        else found


def _find_kind(before: Sequence[_Row], row: _Row) -> str:
    """What a period is beside those before it on the same drug: begin, longer, shorter or same."""
    if not before or _has_gap(before, row):
        return "begin"
    previous = before[-1]
    change = _compare(row.interval, previous.interval or previous.usual)
    return "longer" if change > 0 else "shorter" if change < 0 else "same"


def _has_gap(before: Sequence[_Row], row: _Row) -> bool:
    """Whether a pause lies before a period that no bridge spans: as long as the interval, or 90 days."""
    if row.start is None or any(each.end is None for each in before):
        return False
    end = max(each.end.last for each in before if each.end is not None)
    return (row.start.earliest - end).days > max(GAP_MERGED_DAYS, row.interval or 0)


def _compare(interval: float | None, earlier: float | None) -> int:
    """1 where an interval is longer than another, -1 where it is shorter, 0 where neither or not known."""
    if interval is None or earlier is None:
        return 0
    times = read_stepping_down().longer_interval
    return int(interval >= earlier * times) - int(earlier >= interval * times)


def _judge_longer(row: _Row, at: date) -> Standing:
    if row.start is None:
        return Standing("not-judged", "change-day-unknown")
    if row.entry is None:
        return Standing("not-judged", "drug-unknown")
    day = Between.of(row.start, at)
    return Standing("stepped-down", step=StepDown("extend", row.therapy, None, day, day))


def _judge_begin(row: _Row, others: Sequence[_Row], at: date) -> Standing:
    """The drug taken was begun: a step down after a stronger one, not after a pause or itself."""
    if not others:
        return Standing("on-treatment")
    left = max(others, key=lambda each: each.by_end)
    if row.start is None:
        return Standing("not-judged", "change-day-unknown")
    if left.therapy != row.therapy and _is_tied(left, [each for each in others if each is not left]):
        return Standing("not-judged", "two-drugs")
    assert left.end is not None  # another drug that goes on was judged before
    rule = read_stepping_down()
    if (left.end.first - row.start.latest).days > rule.overlap_days:
        return Standing("not-judged", "two-drugs")
    late = (row.start.earliest - left.end.last).days > rule.switch_within_days
    if late or left.therapy == row.therapy:
        return Standing("on-treatment")
    if row.entry is None or left.entry is None:
        return Standing("not-judged", "drug-unknown")
    if row.tier is None or left.tier is None:
        return Standing("not-judged", "strength-unknown")
    if row.tier > left.tier:
        return Standing("on-treatment")
    return _judge_switch(row, left, row.start, at) if row.tier < left.tier else _judge_same(row, others, at)


def _judge_switch(row: _Row, left: _Row, begun: PartialDate, at: date) -> Standing:
    """A drug taken after a stronger one, and since when one so mild is taken."""
    step = StepDown("switch", left.therapy, row.therapy, Between.of(begun, at), _dose_of(left, at))
    return Standing("stepped-down", step=step)


def _judge_same(row: _Row, others: Sequence[_Row], at: date) -> Standing:
    """A drug after another of its tier: still a step down where a stronger one went before."""
    stronger = [each for each in others if (each.tier or 0) > (row.tier or 0)]
    if not stronger:
        return Standing("on-treatment")
    left = max(stronger, key=lambda each: each.by_end)
    if _is_tied(left, [each for each in stronger if each is not left]):
        return Standing("not-judged", "two-drugs")
    assert left.end is not None  # another drug that goes on was judged before
    since = [each for each in others if each.end and each is not left and each.end.last > left.end.first]
    return _judge_chain(row, left, sorted([*since, row], key=lambda each: each.by_start), at)


def _judge_chain(row: _Row, left: _Row, since: Sequence[_Row], at: date) -> Standing:
    """The drugs taken since a stronger one, in order: without a pause a step down since the first of them."""
    rule = read_stepping_down()
    assert left.end is not None
    if any(each.tier is None for each in since):
        return Standing("not-judged", "strength-unknown")
    if any(each.start is None for each in since):
        return Standing("not-judged", "change-day-unknown")
    so_far = left.end.last
    for each in since:
        if each.start and (each.start.earliest - so_far).days > rule.switch_within_days:
            return Standing("on-treatment")
        so_far = max(so_far, each.end.last) if each.end else so_far
    first = since[0].start
    assert first is not None
    if (left.end.first - first.latest).days > rule.overlap_days:
        return Standing("not-judged", "two-drugs")
    return _judge_switch(row, left, first, at)
