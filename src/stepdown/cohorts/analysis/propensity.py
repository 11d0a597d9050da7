"""Who is in which group: the propensity score of every followed row, from the panels of both groups."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stepdown.cohorts.analysis.follow_up import Followed, Mask, Numbers
from stepdown.cohorts.analysis.panel import Panel
from stepdown.cohorts.weighting import LogisticFit
from stepdown.cohorts.weighting.logistic import Tables, find_probability, fit_tables

#: A score is taken as no nearer to 0 or 1 than this.
LEAST_SCORE = 1e-9


@dataclass(frozen=True)
class TreatmentModel:
    """The fit, and of the columns that could be estimated (``kept``) the coefficients and the penalty.

    ``scores`` are those of the followed rows; ``panels`` hold their columns.
    """

    fit: LogisticFit
    followed: Followed
    panels: tuple[Panel, Panel]
    kept: tuple[int, ...]
    coefficients: Numbers
    penalty: Numbers
    scores: Numbers

    def leave_rows(self) -> TreatmentModel:
        """The coefficients and scores alone."""
        panels = self.panels[0].leave_rows(), self.panels[1].leave_rows()
        return replace(self, panels=panels, fit=replace(self.fit, probabilities=np.empty(0)))

    @property
    def target(self) -> Mask:
        """Which rows are in the target group."""
        return self.followed.target

    @property
    def inverse(self) -> Numbers:
        """The inverse of the information, with the penalty."""
        return self.fit.covariance[np.ix_(self.kept, self.kept)]

    def build_design(self) -> Numbers:
        """The columns kept of the followed rows in one table: for few of them."""
        design = np.empty((len(self.scores), len(self.kept)))
        for panel in self.panels:
            design[panel.row] = panel.base[:, list(self.kept)]
        return design


def fit_treatment(followed: Followed, panels: tuple[Panel, Panel], names: tuple[str, ...],
                  like: TreatmentModel | None = None) -> TreatmentModel | None:
    """The propensity score; None where all rows are in one group.

    ``like`` is the model of other rows of the same study, from which it takes fewer steps; of the same rows
    it is the answer.
    """
    if followed.target.all() or not followed.target.any():
        return None
    if like is not None and _is_same(followed, like.followed):
        return replace(like, followed=followed, panels=panels)
    tables = Tables(tuple(panel.base for panel in panels), *(
        tuple(np.broadcast_to(value, len(panel.row)) for value, panel in zip(values, panels, strict=True))
        for values in ((0.0, 1.0), (1.0, 1.0))))
    fit = fit_tables(names, tables, start=_begin_like(like, panels))
    kept = np.flatnonzero(np.isfinite(fit.coefficients))
    scores = np.empty(len(followed.row))
    scores[np.concatenate([panel.row for panel in panels])] = _clip(fit.probabilities)
    in_rows = replace(fit, probabilities=scores)
    return TreatmentModel(in_rows, followed, panels, tuple(kept.tolist()), fit.coefficients[kept],
                          fit.ridge * tables.spread[kept], scores)


def _is_same(followed: Followed, other: Followed) -> bool:
    return np.array_equal(followed.row, other.row) and np.array_equal(followed.target, other.target)


def _begin_like(like: TreatmentModel | None, panels: tuple[Panel, Panel]) -> Numbers | None:
    """The coefficients of other rows; what is the same in all of these goes into the intercept."""
    if like is None or like.fit.ridge or not like.fit.has_converged:
        return None
    start = np.nan_to_num(like.fit.coefficients)
    first = next(panel.base[0] for panel in panels if len(panel.row)).astype(np.float64)
    same = np.all([(panel.base == first.astype(np.float32)).all(axis=0) for panel in panels], axis=0)
    same[0] = False
    start[0] += start[same] @ first[same]
    return start


def find_scores(model: TreatmentModel, coefficients: Numbers) -> Numbers:
    """The propensity scores for each line of coefficients (lines by rows): for few rows."""
    return _clip(find_probability(coefficients @ model.build_design().T))


def _clip(scores: Numbers) -> Numbers:
    return np.asarray(np.clip(scores, LEAST_SCORE, 1 - LEAST_SCORE))


def refit_treatment(model: TreatmentModel, times: Numbers) -> Numbers:
    """The coefficients where each row counts ``times`` (resamples by rows).

    One Newton step from the fit to all, which is as good as a full fit to a bootstrap sample (Andrews,
    Econometrica 2002;70:119).
    """
    design = model.build_design()
    chance = find_probability(design @ model.coefficients)
    upper, lower = np.triu_indices(design.shape[1])
    pairs = (chance * (1 - chance))[:, None] * design[:, upper] * design[:, lower]
    score = (model.target - chance)[:, None] * design
    return step_again(model.coefficients, model.penalty, times @ score, times @ pairs)


def step_again(coefficients: Numbers, penalty: Numbers, scores: Numbers, pairs: Numbers) -> Numbers:
    """Newton's step for each resample; the least one where its information cannot be inverted."""
    size = len(coefficients)
    upper, lower = np.triu_indices(size)
    information = np.zeros((len(scores), size, size))
    information[:, upper, lower] = information[:, lower, upper] = pairs
    information += np.diag(penalty)
    slope = scores - penalty * coefficients
    return np.asarray(coefficients + (np.linalg.pinv(information, hermitian=True) @ slope[..., None])[..., 0])
