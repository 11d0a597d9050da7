"""Weights for who was treated and for who went out of view, over pieces of follow-up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.analysis.covariates import Design
from stepdown.cohorts.analysis.follow_up import DAYS_PER_YEAR, LEFT, LOST, Followed, Mask, Numbers
from stepdown.cohorts.population.analysis_table import AnalysisTable
from stepdown.cohorts.protocol.model import Protocol
from stepdown.cohorts.weighting import cut_follow_up, find_treatment_weights, fit_logistic
from stepdown.cohorts.weighting.treatment import truncate_weights

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Pieces:
    """Follow-up cut into pieces: of which row each is, from when to when, and how it ends.

    ``left`` and ``lost`` mark pieces that end so. ``table`` holds the covariates of each piece; the first
    ``fixed`` columns are those of the index day, the others what was known when the piece ended.
    """

    row: Codes
    start: Numbers
    stop: Numbers
    cause: Codes
    left: Mask
    lost: Mask
    table: Numbers
    fixed: int


def cut_into_pieces(followed: Followed, data: AnalysisTable, design: Design, protocol: Protocol) -> Pieces:
    """Pieces of ``weights.step_days`` where censoring is weighed.

    With a grace period the index day itself is a piece (from -1 to 0), because much is decided on it, and the
    end of the period one more cut.
    """
    horizon = protocol.follow_up.years * DAYS_PER_YEAR
    grace = protocol.target.grace_days
    step = protocol.weights.step_days
    steps = np.arange(step, horizon, step) if protocol.weights.censoring else np.empty(0)
    first = 1 if grace else 0
    cuts = np.unique(np.append(steps, [0, grace] if grace else [])) + first
    cut = cut_follow_up(followed.time + first, followed.cause > 0, cuts)
    start, stop = cut.start - first, cut.stop - first
    last = np.append(np.diff(cut.row) > 0, True)
    reason = followed.reason[cut.row]
    table, fixed = _describe(cut.row, start, stop, followed, data, design)
    return Pieces(cut.row, start, stop, np.where(last, followed.cause[cut.row], 0),
                  last & (reason == LEFT), last & (reason == LOST), table, fixed)


def _describe(row: Codes, start: Numbers, stop: Numbers, followed: Followed, data: AnalysisTable,
              design: Design) -> tuple[Numbers, int]:
    """Covariates of the index day, the time, the last scan by the end of the piece, and relapses by then.

    By its end and not its start: who leaves at a visit is judged by the scan of that visit.
    """
    place = followed.row[row]
    columns = [column[place] for column in design.columns.values()]
    trial = data.trial[place]
    years = start / DAYS_PER_YEAR
    table = np.column_stack([*columns, years, years**2, _last_scan(trial, stop, data),
                             _had_relapse(trial, stop, data)])
    return table, len(columns)


def _key(trial: Codes, day: Numbers) -> Numbers:
    """Trial and day as one number that sorts by both."""
    key: Numbers = trial.astype(np.float64) * 1e5 + day
    return key


def _last_scan(trial: Codes, start: Numbers, data: AnalysisTable) -> Numbers:
    """Whether the last scan since the index day was active; 0 without one."""
    whose, day, active = data.scans
    place = np.searchsorted(_key(whose, day), _key(trial, start), side="right") - 1
    mine = (place >= 0) & (whose[np.maximum(place, 0)] == trial) if len(whose) else np.zeros(len(trial), bool)
    return np.where(mine, active[np.maximum(place, 0)], 0.0) if len(whose) else np.zeros(len(trial))


def _had_relapse(trial: Codes, start: Numbers, data: AnalysisTable) -> Numbers:
    whose, day = data.relapses
    if not len(whose):
        return np.zeros(len(trial))
    place = np.searchsorted(_key(whose, day), _key(trial, start), side="right") - 1
    found = (place >= 0) & (whose[np.maximum(place, 0)] == trial)
    return np.asarray(found, dtype=np.float64)


@dataclass(frozen=True)
class Model:
    """A logistic model fitted to all, ready to be fitted anew to a sample of people.

    ``rows`` are the places of its rows; ``design`` has the intercept and the columns that could be estimated.
    """

    rows: Codes
    design: Numbers
    happened: Numbers
    coefficients: Numbers
    penalty: Numbers

    def predict(self, times: Numbers) -> Numbers:
        """The probabilities of its rows where each row counts ``times``.

        One Newton step from the fit to all, which is as good as a full fit to a bootstrap sample (Andrews,
        Econometrica 2002;70:119).
        """
        at = 1 / (1 + np.exp(-self.design @ self.coefficients))
        if (times == 1).all():
            return np.asarray(at)
        weighted = self.design * (times * at * (1 - at))[:, None]
        information = self.design.T @ weighted + np.diag(self.penalty)
        slope = self.design.T @ (times * (self.happened - at)) - self.penalty * self.coefficients
        moved = self.coefficients + np.linalg.lstsq(information, slope, rcond=None)[0]
        return np.asarray(1 / (1 + np.exp(-self.design @ moved)))


def fit_model(rows: Codes, happened: Mask, table: Numbers) -> Model | None:
    """A model of what happened in some rows; None where it is the same in all of them."""
    if not len(rows) or happened.all() or not happened.any():
        return None
    table = table if table.shape[1] else np.zeros((len(rows), 1))
    fit = fit_logistic(happened, table)
    kept = np.isfinite(fit.coefficients)
    design = np.column_stack([np.ones(len(rows)), table])[:, kept]
    penalty = fit.ridge * np.var(design, axis=0)
    return Model(rows, design, happened.astype(np.float64), fit.coefficients[kept], penalty)


@dataclass(frozen=True)
class Models:
    """The models of one outcome: of the group, and for each group of leaving it and of being lost."""

    treatment: Model | None
    censoring: tuple[Model, ...]


def fit_models(followed: Followed, pieces: Pieces, design: Design, protocol: Protocol) -> Models:
    """Every model of the weights. Copies of the same people need none for their group.

    Leaving the strategy and being lost are modelled apart (pooled logistic), each group by itself.
    """
    treatment = None
    if len(protocol.strategies) == 2 and protocol.target.grace_days == 0 and design.columns:
        table = np.column_stack([column[followed.row] for column in design.columns.values()])
        treatment = fit_model(np.arange(len(followed.row)), followed.target, table)
    if not protocol.weights.censoring:
        return Models(treatment, ())
    target = followed.target[pieces.row]
    found = [fit_model(rows, pieces.lost[rows], pieces.table[rows])
             for rows in (np.flatnonzero(target), np.flatnonzero(~target))]
    found += [fit_model(rows, pieces.left[rows], pieces.table[rows, :columns])
              for rows, columns in _find_decisions(target, pieces, protocol)]
    return Models(treatment, tuple(model for model in found if model is not None))


def _find_decisions(target: Mask, pieces: Pieces, protocol: Protocol) -> Iterator[tuple[Codes, int]]:
    """The pieces in which people may leave their strategy, and how many columns bear on it.

    With a grace period the index day is modelled by itself. A copy of the target is censored at the end of
    the period unless it was begun by then, and those who began it - at any time within the period - stand for
    those censored, given the index day: what came after may be the work of having begun.
    """
    every = pieces.table.shape[1]
    grace = protocol.target.grace_days
    if len(protocol.strategies) < 2:
        return
    yield np.flatnonzero(~target & (pieces.start >= 0)), every
    if grace:
        yield np.flatnonzero(~target & (pieces.start < 0)), pieces.fixed
        yield np.flatnonzero(target & (pieces.stop == grace)), pieces.fixed


def weigh_treatment(models: Models, followed: Followed, protocol: Protocol, times: Numbers) -> Numbers:
    """Weights of rows for their group by its propensity; 1 where groups are copies or nothing is compared.

    ``times`` says how often each row counts (its person in a bootstrap sample).
    """
    if models.treatment is None:
        return np.ones(len(followed.row))
    score = np.clip(models.treatment.predict(times), 1e-9, 1 - 1e-9)
    found = find_treatment_weights(followed.target, score, protocol.weights.estimand,
                                   trim=protocol.weights.trim)
    weights: Numbers = found.weights
    chosen = (times > 0) & ~found.trimmed
    for group in (followed.target, ~followed.target):
        if (chosen & group).any():
            weights = truncate_weights(weights, chosen & group, protocol.weights.truncate)[0]
    return weights


def weigh_censoring(models: Models, pieces: Pieces, protocol: Protocol, times: Numbers) -> Numbers:
    """Weights of pieces for having stayed in view until they begin; ``times`` a row of follow-up."""
    stays = np.ones(len(pieces.row))
    counted = times[pieces.row]
    for model in models.censoring:
        stays[model.rows] *= 1 - model.predict(counted[model.rows])
    logs = np.log(np.maximum(stays, 1e-6))
    before = np.cumsum(logs) - logs
    first = np.flatnonzero(np.r_[True, np.diff(pieces.row) > 0])
    opening = np.repeat(before[first], np.diff(np.append(first, len(before))))
    weights: Numbers = np.exp(opening - before)
    return truncate_weights(weights, counted > 0, protocol.weights.truncate)[0]
