"""What changes from quarter to quarter, and the rows that are written on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.registry.simulation.people import Days, Numbers, People

NEVER = np.int32(-1)
Mask = NDArray[np.bool_]
Columns = dict[str, NDArray[Any]]


@dataclass
class Rows:
    """Rows of one table, gathered in parts; ``person`` counts from 0 within the chunk."""

    parts: list[Columns] = field(default_factory=list)

    def add(self, who: NDArray[np.intp], **columns: NDArray[Any]) -> None:
        """Add a row for each of some people."""
        if len(who):
            self.parts.append({"person": who.astype(np.int32), **columns})

    def join(self) -> Columns:
        """All rows, one array a column; no column where there is no row."""
        names = self.parts[0] if self.parts else {}
        return {name: np.concatenate([part[name] for part in self.parts]) for name in names}


@dataclass
class State:
    """One value a person, as it is at the beginning of a quarter; days count from 1970-01-01.

    ``last_drug`` is the drug taken or left; ``quarters_off`` is 0 while it is taken; ``log_on`` is the log
    rate ratio on it. ``period_start`` is when it was begun at the present interval, longer than usual where
    ``is_extended``. ``end`` is the last day of observation so far, ``may_enter_until`` the last on which a
    comparison may begin. What the clinic knows: ``last_relapse``, ``scan_active``, the drug, the course.
    """

    drug: NDArray[np.int8]
    last_drug: NDArray[np.int8]
    drug_start: Days
    period_start: Days
    is_extended: Mask
    log_on: Numbers
    quarters_off: NDArray[np.int16]
    last_relapse: Days
    relapsed: Mask
    symptoms_until: Days
    edss_halves: NDArray[np.int8]
    course: NDArray[np.int8]
    secondary_since: Days
    lesions: NDArray[np.int16]
    last_lesion: Days
    last_scan: Days
    scan_active: Mask
    end: Days
    may_enter_until: Days
    present: Mask
    indexed: Days
    autoimmune: Mask
    immunotherapy: Days
    rows: dict[str, Rows]

    def is_on(self) -> Mask:
        """Who takes a drug."""
        return self.drug > 0


def begin(people: People, log_on: Numbers, last_day: int, days_beyond: int) -> State:
    """Everybody on the day of entry, on the first drug, with nothing on file before.

    ``log_on`` has the effect of each drug by number. They are watched for ``days_beyond`` the last day on
    which a comparison may begin.
    """
    count = people.count
    never = np.full(count, NEVER, dtype=np.int32)
    return State(
        drug=people.first_drug.copy(),
        last_drug=people.first_drug.copy(),
        drug_start=people.entry.copy(),
        period_start=people.entry.copy(),
        is_extended=np.zeros(count, bool),
        log_on=log_on[people.first_drug],
        quarters_off=np.zeros(count, np.int16),
        last_relapse=never.copy(),
        relapsed=np.zeros(count, bool),
        symptoms_until=never.copy(),
        edss_halves=people.edss_halves.copy(),
        course=people.course.copy(),
        secondary_since=never.copy(),
        lesions=np.zeros(count, np.int16),
        last_lesion=never.copy(),
        last_scan=never.copy(),
        scan_active=np.zeros(count, bool),
        end=np.full(count, last_day + days_beyond, np.int32),
        may_enter_until=np.full(count, last_day, np.int32),
        present=np.ones(count, bool),
        indexed=never.copy(),
        autoimmune=np.zeros(count, bool),
        immunotherapy=never.copy(),
        rows={name: Rows() for name in ("treatments", "relapses", "visits", "mri", "events", "labs")},
    )
