"""Weights for who was treated and for who went out of view, for all people or for resamples of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.analysis.cells import Cells
from stepdown.cohorts.analysis.covariates import Design
from stepdown.cohorts.analysis.follow_up import LEFT, LOST, Followed, Mask, Numbers
from stepdown.cohorts.analysis.panel import Panel, each_interval
from stepdown.cohorts.analysis.propensity import TreatmentModel, fit_treatment, step_again
from stepdown.cohorts.analysis.staying import StayingModel, fit_staying, sum_parts, sum_products
from stepdown.cohorts.protocol.model import Protocol
from stepdown.cohorts.weighting import find_treatment_weights
from stepdown.cohorts.weighting.treatment import truncate_weights

#: A chance of staying in view is taken as no less than this, so that no weight runs away.
LEAST_STAY = 1e-6


@dataclass(frozen=True)
class Models:
    """The models of one outcome: of the group, and for each group of leaving it and of being lost."""

    treatment: TreatmentModel | None
    staying: tuple[tuple[StayingModel, ...], tuple[StayingModel, ...]]

    def leave_rows(self) -> Models:
        """The coefficients alone, to begin from."""
        first, second = (tuple(model.leave_rows() for model in group) for group in self.staying)
        return Models(self.treatment and self.treatment.leave_rows(), (first, second))


def fit_models(followed: Followed, panels: tuple[Panel, Panel], design: Design, protocol: Protocol,
               like: Models | None = None) -> Models:
    """Every model of the weights. Copies of the same people need none for their group.

    Leaving the strategy and being lost are modelled apart (pooled logistic), each group by itself. ``like``
    are the models of other rows of the same study: it takes fewer steps to find these from there.
    """
    near = like.staying if like is not None else ((), ())
    treatment = None
    if len(protocol.strategies) == 2 and protocol.target.grace_days == 0 and design.columns:
        treatment = fit_treatment(followed, panels, tuple(design.columns), like.treatment if like else None)
    if not protocol.weights.censoring:
        return Models(treatment, ((), ()))
    return Models(treatment, (_fit_comparator(panels[0], near[0]),
                              _fit_target(panels[1], protocol.target.grace_days, near[1])))


def _fit_comparator(panel: Panel, like: tuple[StayingModel, ...]) -> tuple[StayingModel, ...]:
    """Leaving on any day, and being lost; the index day of a grace period is modelled by itself."""
    always = tuple((k, None) for k, _ in each_interval(panel) if panel.begins[k] >= 0)
    index_day = tuple((k, None) for k, _ in each_interval(panel) if panel.begins[k] < 0)
    products = sum_products(panel, always)
    return _keep(fit_staying(panel, LEFT, always, panel.width, like, products),
                 fit_staying(panel, LOST, always, panel.width, like, products),
                 fit_staying(panel, LEFT, index_day, panel.base.shape[1], like))


def _fit_target(panel: Panel, grace: int, like: tuple[StayingModel, ...]) -> tuple[StayingModel, ...]:
    """Being lost, and not having begun the strategy by the end of the grace period.

    Those who began it - at any time within the period - stand for those censored, given the index day: what
    came after may be the work of having begun.
    """
    always = tuple((k, None) for k, _ in each_interval(panel) if panel.begins[k] >= 0)
    lost = fit_staying(panel, LOST, always, panel.width, like)
    if not grace:
        return _keep(lost)
    k = int(np.searchsorted(panel.begins, grace)) - 1
    waited = panel.time[:panel.sizes[k]] >= grace
    return _keep(lost, fit_staying(panel, LEFT, ((k, waited),), panel.base.shape[1], like))


def _keep(*models: StayingModel | None) -> tuple[StayingModel, ...]:
    return tuple(model for model in models if model is not None)


def refit_staying(model: StayingModel, times: Numbers) -> Numbers:
    """The same for a model of staying in view; ``times`` are of the rows of its panel."""
    score, pairs = sum_parts(model)
    moved = step_again(model.coefficients[list(model.kept)], model.penalty, times @ score, times @ pairs)
    return model.spread(moved)


def weigh_treatment(scores: Numbers, target: Mask, protocol: Protocol,
                    times: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
    """Weights of rows for their group by their scores, and which of them were cut to a bound or left out.

    ``times`` says how often each row counts (its person in a bootstrap sample).
    """
    found = find_treatment_weights(target, scores, protocol.weights.estimand, trim=protocol.weights.trim)
    weights: Numbers = found.weights
    chosen = (times > 0) & ~found.trimmed
    for group in (target, ~target):
        if (chosen & group).any():
            weights = truncate_weights(weights, chosen & group, protocol.weights.truncate)[0]
    return weights, weights != found.weights


def weigh_staying(panel: Panel, models: tuple[StayingModel, ...], coefficients: tuple[Numbers, ...],
                  lines: int = 1) -> list[Numbers]:
    """For each interval, one over the chance of having stayed in view until it begins (lines by rows)."""
    found = [_weigh_alike(lines, size) if not k or not models else np.empty((lines, size))
             for k, size in each_interval(panel)]

    def weigh(rows: slice, cells: Cells) -> None:
        base = panel.base[rows].astype(np.float64)
        for line in range(lines):
            growth = np.ones((len(cells.counts), cells.size))
            for model, each in zip(models, coefficients, strict=True):
                growth *= 1 + model.find_odds(cells, rows, base @ each[line, :base.shape[1]], each[line])
            np.minimum(growth, 1 / LEAST_STAY, out=growth)
            for k in range(1, len(growth)):
                growth[k] *= growth[k - 1]
                found[k][line, rows] = growth[k - 1, :cells.counts[k]]

    for block in panel.blocks if models else ():
        weigh(*block)
    return found


def _weigh_alike(lines: int, size: int) -> Numbers:
    """A weight of one for every row, in no memory: to be read only."""
    return np.broadcast_to(np.float64(1.0), (lines, size))


def _own(weights: list[Numbers]) -> list[Numbers]:
    """The same in memory of their own, to be changed."""
    return [each if each.flags.writeable else each.copy() for each in weights]


def truncate_staying(weights: tuple[list[Numbers], list[Numbers]], counted: tuple[Numbers, Numbers],
                     protocol: Protocol) -> tuple[list[Numbers], list[Numbers]]:
    """Weights of both groups cut to two quantiles of all that count, for each line by itself."""
    quantiles = protocol.weights.truncate
    if quantiles is None:
        return weights
    weights = _own(weights[0]), _own(weights[1])
    for line in range(max(len(counted[0]), len(counted[1]))):
        used = [each[line][times[line, :each.shape[1]] > 0]
                for group, times in zip(weights, counted, strict=True) for each in group]
        if sum(map(len, used)):
            low, high = np.quantile(np.concatenate(used), quantiles)
            for each in (*weights[0], *weights[1]):
                np.clip(each[line], low, high, out=each[line])
    return weights


