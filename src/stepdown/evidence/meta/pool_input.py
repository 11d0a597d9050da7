"""What goes into a pool: order, checks for repeats, totals, and the notes they cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from stepdown.evidence.meta.refusals import NotPoolable
from stepdown.evidence.meta.reports import Counts, Rate, Report
from stepdown.evidence.meta.sentences import write_note

AnyReport = TypeVar("AnyReport", bound=Report)


@dataclass(frozen=True)
class Totals:
    """People, events and person-years over all reports; None where nobody reports them.

    Counts enter the person-years as people times years, which is an upper bound.
    """

    n: int | None
    events: float | None
    person_years: float | None
    notes: tuple[str, ...]


def sort_by_study(reports: Sequence[AnyReport]) -> list[AnyReport]:
    """The reports in order of study and finding; NotPoolable when there are none or one stands twice."""
    if not reports:
        raise NotPoolable("no finding to pool")
    repeated = [source for source, times in Counter(r.source for r in reports).items() if times > 1]
    if repeated:
        raise NotPoolable(f"{', '.join(sorted(repeated))} given more than once; keep one")
    return sorted(reports, key=lambda r: (r.study, r.finding))


def number_studies(reports: Sequence[Report]) -> NDArray[np.intp]:
    """Each report's study as 0, 1, 2 ... for reports sorted by study."""
    names = sorted({r.study for r in reports})
    return np.array([names.index(r.study) for r in reports], dtype=np.intp)


def group_by_study(reports: Sequence[AnyReport]) -> dict[str, list[AnyReport]]:
    """The reports of each study, studies in order."""
    groups: dict[str, list[AnyReport]] = {}
    for report in reports:
        groups.setdefault(report.study, []).append(report)
    return groups


def find_totals(reports: Sequence[Report]) -> Totals:
    """Sums over the reports that tell, with a note for each sum that misses some."""
    people = [getattr(r, "n", None) for r in reports]
    events = [_events(r) for r in reports]
    time = [_person_years(r) for r in reports]
    notes = tuple(write_note("partial", what=what) for what, values in
                  (("number of people", people), ("number of events", events)) if _is_partial(values))
    total = _sum(people)
    return Totals(None if total is None else int(total), _sum(events), _sum(time), notes)


def _events(report: Report) -> float | None:
    if isinstance(report, Counts):
        return float(report.events)
    return report.event_count if isinstance(report, Rate) else None


def _person_years(report: Report) -> float | None:
    if isinstance(report, Counts):
        return report.n * report.years
    return report.person_years if isinstance(report, Rate) else None


def _is_partial(values: Sequence[float | None]) -> bool:
    return any(v is None for v in values) and any(v is not None for v in values)


def _sum(values: Sequence[float | None]) -> float | None:
    told = [v for v in values if v is not None]
    return sum(told) if told else None


def check_powers(down_weight: Mapping[str, float] | None, studies: Sequence[str]) -> dict[str, float]:
    """The power of each named study's likelihood, between 0 and 1; NotPoolable for unknown names."""
    powers = dict(down_weight or {})
    strangers = sorted(set(powers) - set(studies))
    if strangers:
        raise NotPoolable(f"down_weight names studies that are not in the pool: {', '.join(strangers)}")
    if any(not 0 < power <= 1 for power in powers.values()):
        raise NotPoolable("down_weight must lie above 0 and at most 1 for every study")
    return powers

