"""Risks under each strategy and their contrasts, with people resampled for the intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.analysis.covariates import Design
from stepdown.cohorts.analysis.follow_up import DAYS_PER_YEAR, Followed, Mask, Numbers
from stepdown.cohorts.analysis.weighing import (
    Models,
    Pieces,
    cut_into_pieces,
    fit_models,
    weigh_censoring,
    weigh_treatment,
)
from stepdown.cohorts.population.analysis_table import AnalysisTable
from stepdown.cohorts.protocol.model import Protocol


@dataclass(frozen=True)
class Prepared:
    """One outcome ready to be weighed again and again: rows, their pieces, and whose they are."""

    protocol: Protocol
    followed: Followed
    pieces: Pieces
    design: Design
    models: Models
    person: NDArray[np.int64]
    times: Numbers


@dataclass(frozen=True)
class Risks:
    """Cumulative incidence at ``times`` (days) by group, comparator first; free of the event until the last.

    ``crude`` is without weights. Not a number where nobody was followed so long.
    """

    weighted: tuple[Numbers, Numbers]
    crude: tuple[Numbers, Numbers]
    event_free: tuple[float, float]


def prepare(data: AnalysisTable, followed: Followed, design: Design, protocol: Protocol) -> Prepared:
    """Cut the follow-up and number the people."""
    years = sorted({*protocol.follow_up.report_years, protocol.follow_up.years})
    person = np.unique(data.person[followed.row], return_inverse=True)[1]
    pieces = cut_into_pieces(followed, data, design, protocol)
    models = fit_models(followed, pieces, design, protocol)
    return Prepared(protocol, followed, pieces, design, models, person,
                    np.array([year * DAYS_PER_YEAR for year in years]))


def find_weights(prepared: Prepared, times: Numbers) -> tuple[Numbers, Numbers]:
    """Weights of rows for treatment, and of pieces for treatment and censoring together."""
    rows = weigh_treatment(prepared.models, prepared.followed, prepared.protocol, times)
    pieces = weigh_censoring(prepared.models, prepared.pieces, prepared.protocol, times)
    return rows, pieces * rows[prepared.pieces.row]


def find_risks(prepared: Prepared, times: Numbers, chosen: Mask | None = None) -> Risks:
    """Risks of both groups where each row counts ``times``; among the ``chosen`` rows, else all."""
    _, weights = find_weights(prepared, times)
    counted = times[prepared.pieces.row]
    if chosen is not None:
        counted = counted * chosen[prepared.pieces.row]
    target = prepared.followed.target[prepared.pieces.row]
    weighted = [_incidence(prepared, weights * counted * (target == side)) for side in (False, True)]
    crude = [_incidence(prepared, counted * (target == side)) for side in (False, True)]
    return Risks((weighted[0][0], weighted[1][0]), (crude[0][0], crude[1][0]),
                 (weighted[0][1], weighted[1][1]))


def _incidence(prepared: Prepared, weight: Numbers) -> tuple[Numbers, float]:
    """Aalen-Johansen at the asked times, and the mean time without outcome or death, for weighted pieces."""
    pieces, asked = prepared.pieces, prepared.times
    used = weight > 0
    if not used.any():
        return np.full(len(asked), np.nan), float("nan")
    moments, place = np.unique(pieces.stop[used], return_inverse=True)
    size = weight[used]
    leaving = np.bincount(place, size, len(moments))
    entering = np.bincount(np.searchsorted(moments, pieces.start[used], side="right"), size, len(moments) + 1)
    at_risk = np.cumsum(entering[:-1]) - np.append(0.0, np.cumsum(leaving)[:-1])
    outcome = np.bincount(place, size * (pieces.cause[used] == 1), len(moments))
    any_event = np.bincount(place, size * (pieces.cause[used] > 0), len(moments))
    with np.errstate(divide="ignore", invalid="ignore"):
        free = np.cumprod(np.where(at_risk > 0, 1 - any_event / at_risk, 1.0))
        rise = np.where(at_risk > 0, np.append(1.0, free[:-1]) * outcome / at_risk, 0.0)
    risk = np.append(0.0, np.cumsum(rise))[np.searchsorted(moments, asked, side="right")]
    known = asked <= moments[-1] + 1e-9
    return np.where(known, risk, np.nan), _area(moments, np.asarray(free), float(asked[-1]))


def _area(moments: np.ndarray, free: Numbers, until: float) -> float:
    """Years under the curve of those without any event, up to a day; not a number beyond what was seen."""
    if moments[-1] < until - 1e-9:
        return float("nan")
    inside = moments < until
    edges = np.concatenate([[0.0], moments[inside], [until]])
    return float(np.dot(np.append(1.0, free[inside]), np.diff(edges)) / DAYS_PER_YEAR)


def resample(prepared: Prepared, chosen: Mask | None = None) -> list[Risks]:
    """The risks in bootstrap samples of people (all trials of a person go together), weights fitted anew."""
    rng = np.random.default_rng(prepared.protocol.bootstrap.seed)
    people = int(prepared.person.max(initial=-1)) + 1
    found = []
    for _ in range(prepared.protocol.bootstrap.replicates if people else 0):
        drawn = np.bincount(rng.integers(0, people, people), minlength=people).astype(np.float64)
        times = drawn[prepared.person]
        target = prepared.followed.target
        if times[target].any() and (times[~target].any() or target.all()):
            found.append(find_risks(prepared, times, chosen))
    return found
