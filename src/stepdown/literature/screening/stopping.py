"""When is enough labelled? When recall below the target has become too unlikely.

The test of Callaghan and Mueller-Hansen (Systematic Reviews 2020, doi:10.1186/s13643-020-01521-4): take the
citations labelled since some moment as if drawn at random from those left then. Were recall below the
target, so many relevant ones would still be there that finding so few has probability p (hypergeometric).
The smallest p over all moments counts. As labels come best first and not at random, p is too large rather
than too small: it lets one stop late. What the order puts last for a reason of its own is beyond it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, floor, lgamma

TARGET_RECALL, CONFIDENCE = 0.95, 0.95


@dataclass(frozen=True, slots=True)
class Stopping:
    """Whether to stop: the recall aimed at, the probability of a lower one, how many were labelled."""

    target_recall: float
    p: float
    labelled: int
    relevant: int
    unlabelled: int

    @property
    def may_stop(self) -> bool:
        """Whether a recall below the target has become unlikely enough."""
        return self.unlabelled == 0 or self.p < 1 - CONFIDENCE

    def __str__(self) -> str:
        """One line for the person who labels."""
        verdict = "you may stop" if self.may_stop else "go on"
        counts = f"labelled {self.labelled}, relevant {self.relevant}, left {self.unlabelled}"
        test = f"recall under {self.target_recall:.0%} has p = {self.p:.3f}; stop under {1 - CONFIDENCE:.2f}"
        return f"{counts}: {verdict} ({test})"


def judge_stopping(labels: Sequence[bool], total: int, target_recall: float = TARGET_RECALL) -> Stopping:
    """Whether to stop after these labels, in the order they were given, of so many citations."""
    return Stopping(target_recall, find_p(labels, total, target_recall), len(labels), sum(labels),
                    total - len(labels))


def find_p(labels: Sequence[bool], total: int, target_recall: float = TARGET_RECALL) -> float:
    """The smallest probability, over all moments, of the labels since then if recall were below the target.

    1 when nothing relevant was found: of what has not been seen, nothing is known.
    """
    found = sum(labels)
    if not found:
        return 1.0
    smallest, before = 1.0, 0
    for start, label in enumerate(labels):
        left, drawn, hits = total - start, len(labels) - start, found - before
        hidden = floor(found / target_recall - before + 1)
        smallest = min(smallest, _lower_tail(hits, left, hidden, drawn))
        before += label
    return smallest


def _lower_tail(hits: int, population: int, marked: int, drawn: int) -> float:
    """P(X <= hits) for X hypergeometric; 0 when so many marked ones cannot be there."""
    if marked > population:
        return 0.0
    first = max(0, drawn + marked - population)
    whole = _log_choose(population, drawn)
    terms = (_log_choose(marked, k) + _log_choose(population - marked, drawn - k) - whole
             for k in range(first, min(hits, marked, drawn) + 1))
    return min(1.0, sum(map(exp, terms)))


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
