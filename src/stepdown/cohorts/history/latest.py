"""The latest of what had been seen by an index day, without looking at every pair of the two.

What is known to a month or a year has been seen from the last day on that it can be. It stays the latest
until something later in order has been seen, so that each row is the latest in one stretch of days, and an
index day lies in the stretch of at most one row of its person.
"""

from __future__ import annotations

from stepdown.cohorts.days import NEVER
from stepdown.cohorts.engines import Expression, load_ibis


def with_stretch(rows: Expression, *order: str) -> Expression:
    """Rows, seen from their ``day_last`` on, with ``seen_until`` when a later one is (or NEVER).

    ``order`` tells all rows of a person apart, the earliest first.
    """
    later = load_ibis().window(group_by="person_id", order_by=list(order), rows=(1, None))
    return rows.mutate(seen_until=rows.day_last.min().over(later).fill_null(NEVER))


def find_latest(index: Expression, rows: Expression) -> Expression:
    """Index days with the columns of the latest row that had been seen, without those that had seen none."""
    pairs = index.join(rows, "person_id")
    return pairs.filter((pairs.day_last <= pairs.index_day) & (pairs.seen_until > pairs.index_day))
