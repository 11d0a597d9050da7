"""Robust variance of curves in one pass: the influence of each person, squared and summed, at every time.

The influence of a row on a curve (the infinitesimal jackknife) is, at each time t, a sum of a few known
functions of t with coefficients that change only when the row enters or leaves. So the sum over persons of
squared influences is a quadratic form in those functions, and its matrix is a running sum of changes: no
table of persons by times is ever built. Method: Therneau, "Methods and formulae" of R survival (influence
of survfit); Lin and Wei, J Am Stat Assoc 1989;84:1074 for summing within persons.
"""

from __future__ import annotations

import numpy as np

from stepdown.cohorts.survival.follow_up import Codes, FollowUp, Numbers
from stepdown.cohorts.survival.risk_table import RiskTable


def sum_squares(rows: FollowUp, table: RiskTable, entering: Numbers, leaving: Numbers,
                functions: Numbers) -> Numbers:
    """At each time, the sum over persons of the square of their influence; unknown for one person.

    ``functions`` (m by times) are the known functions; a row of the analysis table adds ``entering`` (rows by
    m) to its person's coefficients when it enters, and ``leaving`` when it leaves.
    """
    size = len(table.time)
    if has_one_person(rows):
        return np.full(size, np.nan)
    place, before, after = _list_changes(rows, table, entering, leaving)
    variance = np.zeros(size)
    for i in range(len(functions)):
        for j in range(i + 1):
            squares = after[:, i] * after[:, j] - before[:, i] * before[:, j]
            gram = np.bincount(place, squares, size + 1)[:size].cumsum()
            variance += gram * functions[i] * functions[j] * (1 if i == j else 2)
    return np.maximum(variance, 0.0)


def _list_changes(rows: FollowUp, table: RiskTable, entering: Numbers,
                  leaving: Numbers) -> tuple[Codes, Numbers, Numbers]:
    """Each change: its time, and the coefficients of its person before and after it."""
    place = np.concatenate([table.enters, table.leaves])
    if rows.cluster is None:
        nothing = np.zeros_like(entering)
        return place, np.concatenate([nothing, entering]), np.concatenate([entering, entering + leaving])
    person, change = np.tile(rows.cluster, 2), np.concatenate([entering, leaving])
    order = np.lexsort((np.arange(len(place)), place, person))
    after = _sum_within(person[order], change[order])
    return place[order], after - change[order], after


def _sum_within(person: Codes, change: Numbers) -> Numbers:
    """Running sums that begin anew with each person."""
    running = change.cumsum(axis=0)
    starts = np.flatnonzero(np.diff(person, prepend=-1))
    lengths = np.diff(np.append(starts, len(person)))
    before = running[starts] - change[starts]
    return np.asarray(running - np.repeat(before, lengths, axis=0))


def has_one_person(rows: FollowUp) -> bool:
    """Whether all rows are of one person: influences then sum to 0, which is no sign of certainty."""
    return rows.cluster is not None and len(np.unique(rows.cluster)) == 1


def at_place(values: Numbers, place: Codes) -> Numbers:
    """A running sum as it stood just before the given places."""
    return np.concatenate([[0.0], values])[place]
