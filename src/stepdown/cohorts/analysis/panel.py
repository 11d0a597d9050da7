"""The rows of one group in time: in order of how long they were followed, the longest first.

Follow-up is cut into intervals at whose starts what was seen by then is taken into account. Those still
followed at the start of an interval are then the first of all rows, and nothing is copied for each interval.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.analysis.cells import Cells, each_block
from stepdown.cohorts.analysis.covariates import Design
from stepdown.cohorts.analysis.follow_up import (
    DAYS_PER_YEAR,
    LOST,
    UNSCANNED,
    Codes,
    Followed,
    Mask,
    Numbers,
)
from stepdown.cohorts.population.analysis_table import AnalysisTable, Days
from stepdown.cohorts.protocol.model import Protocol

Bits = NDArray[np.uint8]
#: Exact enough for what is known of people, in half the memory.
Shorts = NDArray[np.float32]


@dataclass(frozen=True)
class Panel:
    """Rows of one group. ``row`` is their place among the followed, ``base`` a one and their covariates.

    The first ``sizes[k]`` rows are followed into the interval that begins at ``begins[k]``; the last of
    ``sizes`` is 0. ``states[k]`` numbers what had been seen of each by its end, or by the end of follow-up in
    it: who leaves at a visit is judged by the scan of that visit; 0 for those not followed so long.
    ``tables[k]`` has the columns of a state.
    """

    row: Codes
    time: Numbers
    reason: Bits
    cause: Bits
    base: Shorts
    begins: Numbers
    sizes: Codes
    states: Bits
    tables: tuple[Numbers, ...]

    @cached_property
    def last(self) -> NDArray[np.int16]:
        """The interval in which the follow-up of each row ends."""
        return np.asarray(np.searchsorted(self.begins, self.time) - 1, dtype=np.int16)

    def thin(self, every: int) -> Panel:
        """One in so many of the rows, of every length of follow-up."""
        return replace(self, row=self.row[::every], time=self.time[::every], reason=self.reason[::every],
                       cause=self.cause[::every], base=self.base[::every], sizes=-(-self.sizes // every),
                       states=self.states[:, ::every])

    def leave_rows(self) -> Panel:
        """The intervals and columns alone, with nobody in them."""
        return replace(self, row=np.empty(0, np.int64), time=np.empty(0), reason=np.empty(0, np.uint8),
                       cause=np.empty(0, np.uint8), base=np.empty((0, self.base.shape[1]), np.float32),
                       sizes=np.zeros_like(self.sizes), states=np.empty((len(self.begins), 0), np.uint8))

    @cached_property
    def blocks(self) -> tuple[tuple[slice, Cells], ...]:
        """The rows block by block, each with its intervals."""
        tables = np.stack(self.tables)
        return tuple((rows, self._find_cells(rows, tables)) for rows in each_block(len(self.row)))

    @cached_property
    def cells(self) -> Cells:
        """All rows in one block: for few of them."""
        return self._find_cells(slice(0, len(self.row)), np.stack(self.tables))

    def _find_cells(self, rows: slice, tables: Numbers) -> Cells:
        counts = np.clip(self.sizes[:-1] - rows.start, 0, rows.stop - rows.start)
        return Cells.of(self.states[:, rows], counts, tables)

    @property
    def width(self) -> int:
        """How many columns a model of this group has, the intercept among them."""
        return int(self.base.shape[1] + self.tables[0].shape[1])

    @property
    def ends(self) -> Numbers:
        """The end of each interval."""
        return np.append(self.begins[1:], np.inf)

    def leaving(self, interval: int) -> slice:
        """The rows whose follow-up ends in an interval."""
        return slice(int(self.sizes[interval + 1]), int(self.sizes[interval]))


def find_begins(protocol: Protocol) -> Numbers:
    """The starts of intervals: steps of ``weights.step_days`` where censoring is weighed, and the grace.

    With a grace period the index day is an interval of its own: who begins the target strategy on that very
    day leaves the comparator before any time has passed, and others have to stand for them from the start.
    """
    horizon, step = protocol.follow_up.years * DAYS_PER_YEAR, protocol.weights.step_days
    steps = np.arange(step, horizon, step) if protocol.weights.censoring else np.empty(0)
    grace = [INDEX_DAY, protocol.target.grace_days] if protocol.target.grace_days else []
    return np.unique(np.concatenate([[0.0], steps, grace]))


#: When the interval begins that is the index day alone.
INDEX_DAY = -1.0
#: What is seen in follow-up, in the order of the bits of ``Seen.bits``.
SEEN = ("last scan active", "relapse since")


@dataclass(frozen=True)
class Seen:
    """What had been seen: a bit for each of SEEN.

    Of each trial by the start of each interval (``bits``: intervals by trials), and of each followed row by
    its end (``last``).
    """

    begins: Numbers
    bits: Bits
    last: Bits

    def take(self, chosen: Mask) -> Seen:
        """The same for some of the followed rows."""
        return Seen(self.begins, self.bits, self.last[chosen])


def find_seen(data: AnalysisTable, followed: Followed, protocol: Protocol) -> Seen:
    """What was seen of every trial by the start of every interval, and of every row by its end."""
    begins = find_begins(protocol)
    trial, day, active = data.scans
    scans = np.full((len(begins), len(data.trial)), 2, dtype=np.uint8)
    inside, place = _find_places(data, trial, day, begins)
    scans[np.searchsorted(begins, day[inside]), place] = active[inside]  # the last of several stays
    trial, day = data.relapses
    relapses = np.zeros_like(scans)
    inside, place = _find_places(data, trial, day, begins)
    relapses[np.searchsorted(begins, day[inside]), place] = 1
    for later in range(1, len(begins)):
        scans[later] = np.where(scans[later] == 2, scans[later - 1], scans[later])
    bits = (scans == 1) | np.maximum.accumulate(relapses, axis=0) << 1
    return Seen(begins, bits.astype(np.uint8), _find_last(data, followed))


def _find_last(data: AnalysisTable, followed: Followed) -> Bits:
    """What had been seen of each row by the end of its follow-up; the event that ended it is none of that."""
    trial = followed.row
    asked = _order(trial, followed.time - 0.5 * (followed.cause > 0))
    whose, day, active = data.scans
    whose = np.searchsorted(data.trial, whose)
    place = np.searchsorted(_order(whose, day), asked, side="right") - 1
    scan = (place >= 0) & (np.append(whose, -1)[place] == trial) & (np.append(active, np.int8(0))[place] == 1)
    whose, day = data.relapses
    whose = np.searchsorted(data.trial, whose)
    place = np.searchsorted(_order(whose, day), asked, side="right") - 1
    relapse = (place >= 0) & (np.append(whose, -1)[place] == trial)
    return np.asarray(scan.astype(np.uint8) | relapse.astype(np.uint8) << 1)


def _order(trial: Codes, day: Days | Numbers) -> Numbers:
    """Trial and day as one number that sorts by both."""
    return np.asarray(trial * 1e5 + day)


def _find_places(data: AnalysisTable, trial: Codes, day: Days, begins: Numbers) -> tuple[Mask, Codes]:
    """Which sightings come by the start of the last interval, and the place of their trial."""
    inside = day <= begins[-1]
    return inside, np.searchsorted(data.trial, trial[inside])


def build_panels(followed: Followed, design: Design, seen: Seen) -> tuple[Panel, Panel]:
    """The panels of the comparator and of the target; either may be empty."""
    return _build(followed, design, seen, False), _build(followed, design, seen, True)


def _build(followed: Followed, design: Design, seen: Seen, target: bool) -> Panel:
    rows = np.flatnonzero(followed.target == target)
    rows = rows[np.argsort(-followed.time[rows], kind="stable")]
    time, trial = followed.time[rows], followed.row[rows]
    base = np.ones((len(rows), 1 + len(design.columns)), dtype=np.float32, order="F")
    for place, column in enumerate(design.columns.values(), 1):
        base[:, place] = column[trial]
    sizes = np.searchsorted(-time, -seen.begins)
    sizes = np.append(sizes, 0)
    last = seen.last[rows]
    states = np.zeros((len(seen.begins), len(rows)), dtype=np.uint8)
    for k, line in enumerate(states):
        line[:sizes[k + 1]] = seen.bits[min(k + 1, len(sizes) - 2), trial[:sizes[k + 1]]]
        line[sizes[k + 1]:sizes[k]] = last[sizes[k + 1]:sizes[k]]
    reason = followed.reason[rows].astype(np.uint8)
    reason[reason == UNSCANNED] = LOST  # lost to what a scan would show
    return Panel(rows, time, reason, followed.cause[rows].astype(np.uint8), base, seen.begins, sizes, states,
                 tuple(_describe_states(begin) for begin in seen.begins))


def _describe_states(begin: float) -> Numbers:
    """The columns of every state: years, years squared, and each of SEEN."""
    years, states = begin / DAYS_PER_YEAR, np.arange(2**len(SEEN))
    return np.column_stack([np.full(len(states), years), np.full(len(states), years**2),
                            *((states >> bit & 1).astype(np.float64) for bit in range(len(SEEN)))])


def each_interval(panel: Panel) -> Iterator[tuple[int, int]]:
    """Every interval with the number of rows followed into it, as long as there are any."""
    for k, size in enumerate(panel.sizes[:-1].tolist()):
        if size:
            yield k, size
