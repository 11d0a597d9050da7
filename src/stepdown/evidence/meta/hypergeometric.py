"""The exact conditional likelihood of a two-by-two table: noncentral hypergeometric, given all margins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import Floats, log_gamma
from stepdown.evidence.meta.likelihoods import Terms
from stepdown.evidence.meta.quadrature import log_sum_exp


@dataclass(frozen=True, eq=False)
class NoncentralHypergeometric:
    """Events in the first arm of each table, when the log odds ratio is eta; see ``to_hypergeometric``."""

    events: Floats
    support: Floats
    log_weight: Floats

    def terms(self, eta: Floats) -> Terms:
        """Log probability (relative to eta = 0), observed less expected events, and minus their variance."""
        shape = eta.shape
        flat = eta.reshape(len(eta), -1)
        value, mean, variance = (np.empty_like(flat) for _ in range(3))
        for row in range(len(flat)):
            value[row], mean[row], variance[row] = self._row(row, flat[row])
        events = self.events[:, None]
        return ((events * flat - value).reshape(shape), (events - mean).reshape(shape),
                (-variance).reshape(shape))

    def _row(self, row: int, eta: Floats) -> Terms:
        x = self.support[row]
        joint = self.log_weight[row] + eta[:, None] * x
        total = log_sum_exp(joint, axis=1)
        chance = np.exp(joint - total[:, None])
        mean = chance @ x
        return total, mean, np.asarray(chance @ x**2 - mean**2)


def to_hypergeometric(events1: Floats, n1: Floats, events2: Floats, n2: Floats) -> NoncentralHypergeometric:
    """The likelihood of the tables; tables without events, or with nothing else, carry no information."""
    margin = events1 + events2
    low, high = np.maximum(0.0, margin - n2), np.minimum(n1, margin)
    steps = np.arange(int(np.max(high - low)) + 1)
    support = np.minimum(low[:, None] + steps, high[:, None])
    weight = _log_choose(n1[:, None], support) + _log_choose(n2[:, None], margin[:, None] - support)
    weight = np.where(steps <= (high - low)[:, None], weight, -np.inf)
    return NoncentralHypergeometric(events1, support, weight - log_sum_exp(weight, axis=1)[:, None])


def _log_choose(n: Floats, k: Floats) -> Floats:
    return log_gamma(n + 1) - log_gamma(k + 1) - log_gamma(n - k + 1)
