"""How many of n people will have the event, when their risk is itself uncertain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import Floats

#: Points of the predictive distribution of a risk that stand for the whole of it.
RISK_POINTS = (np.arange(199) + 0.5) / 199


@dataclass(frozen=True)
class Count:
    """The median and the 80 % and 95 % prediction intervals of a number of events."""

    median: int
    low80: int
    high80: int
    low95: int
    high95: int


def chance_up_to(events: float, n: float, risks: Floats) -> float:
    """The chance of so many events or fewer among n people, over equally likely risks.

    Numbers that are not whole stand for reports as exact as a count; the binomial tail goes through them.
    """
    if events < 0:
        return 0.0
    if events >= n:
        return 1.0
    import scipy.special

    return float(np.mean(scipy.special.betainc(n - events, events + 1, 1 - risks)))


def log_chance_of(events: float, n: float, risks: Floats) -> float:
    """The log chance of exactly so many events among n people, over equally likely risks."""
    import scipy.special as special

    safe = np.clip(risks, 1e-12, 1 - 1e-12)
    ways = special.gammaln(n + 1) - special.gammaln(events + 1) - special.gammaln(n - events + 1)
    terms = ways + events * np.log(safe) + (n - events) * np.log1p(-safe)
    return float(special.logsumexp(terms) - np.log(risks.size))


def count_below(probability: float, n: int, risks: Floats) -> int:
    """The least number of events with at least this chance of it or fewer."""
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if chance_up_to(middle, n, risks) >= probability else (middle + 1, high)
    return low


def predict_count(n: int, risks: Floats) -> Count:
    """The prediction of a count among n people."""
    return Count(*(count_below(p, n, risks) for p in (0.5, 0.1, 0.9, 0.025, 0.975)))
