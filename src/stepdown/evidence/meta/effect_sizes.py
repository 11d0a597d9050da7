"""Effect sizes of single studies on the scale they are pooled on, with their sampling variances.

One arm: PR (proportion), PLN (log), PLO (logit) from counts; IR (rate), IRLN (log) from person-time.
Two arms: OR, RR, IRR (log), RD, PETO from counts, IRR (log) and IRD from person-time, MD from means.
A half is added to every cell of a study with an empty cell, and to no other. PFT and IRFT
(Freeman-Tukey) are not offered: their back-transformation depends on the sample size put in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import Flags, Floats
from stepdown.evidence.meta.refusals import ReportError, check_choice

ONE_ARM_COUNTS = ("PR", "PLN", "PLO")
ONE_ARM_RATES = ("IR", "IRLN")
TWO_ARM_COUNTS = ("OR", "RR", "RD", "PETO")
TWO_ARM_RATES = ("IRR", "IRD")
MEANS = ("MD",)
GENERIC = ("GEN",)
MEASURES = (*ONE_ARM_COUNTS, *ONE_ARM_RATES, *TWO_ARM_COUNTS, *TWO_ARM_RATES, *MEANS, *GENERIC)
EMPTY_CELL = 0.5
Column = Sequence[float] | Floats


@dataclass(frozen=True, eq=False)
class EffectSizes:
    """Estimates y and sampling variances v of one measure; nan where a study says nothing about it."""

    measure: str
    y: Floats
    v: Floats

    @property
    def usable(self) -> Flags:
        """Which studies have an estimate, as a mask."""
        return np.isfinite(self.y) & np.isfinite(self.v)


def from_one_arm_counts(measure: str, events: Column, n: Column) -> EffectSizes:
    """PR, PLN or PLO from events among n people."""
    check_choice("measure", measure, ONE_ARM_COUNTS)
    x, total = _to_counts(events, n)
    add = np.where((x == 0) | (x == total), EMPTY_CELL, 0.0)
    x, total = x + add, total + 2 * add
    quiet = total - x
    if measure == "PR":
        return EffectSizes(measure, x / total, x * quiet / total**3)
    if measure == "PLN":
        return EffectSizes(measure, np.log(x / total), 1 / x - 1 / total)
    return EffectSizes(measure, np.log(x / quiet), 1 / x + 1 / quiet)


def from_one_arm_rates(measure: str, events: Column, time: Column) -> EffectSizes:
    """IR or IRLN from events over person-time."""
    check_choice("measure", measure, ONE_ARM_RATES)
    x, t = _to_events(events, time)
    x = np.where(x == 0, EMPTY_CELL, x)
    if measure == "IR":
        return EffectSizes(measure, x / t, x / t**2)
    return EffectSizes(measure, np.log(x / t), 1 / x)


def from_two_arm_counts(measure: str, events1: Column, n1: Column, events2: Column,
                        n2: Column) -> EffectSizes:
    """OR, RR, RD or PETO of the first arm against the second."""
    check_choice("measure", measure, TWO_ARM_COUNTS)
    (a, total1), (c, total2) = _to_counts(events1, n1), _to_counts(events2, n2)
    empty = (a == 0) | (a == total1) | (c == 0) | (c == total2)
    add = np.where(empty, EMPTY_CELL, 0.0)
    a, b, c, d = a + add, total1 - a + add, c + add, total2 - c + add
    total1, total2 = a + b, c + d
    if measure == "PETO":
        return to_peto(a, total1, c, total2)
    if measure == "OR":
        return EffectSizes(measure, np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d)
    if measure == "RR":
        variance = 1 / a - 1 / total1 + 1 / c - 1 / total2
        return EffectSizes(measure, np.log((a / total1) / (c / total2)), variance)
    return EffectSizes(measure, a / total1 - c / total2, a * b / total1**3 + c * d / total2**3)


def to_peto(a: Floats, n1: Floats, c: Floats, n2: Floats) -> EffectSizes:
    """Observed less expected events over the hypergeometric variance, of the counts as they are."""
    total, events = n1 + n2, a + c
    expected = n1 * events / total
    variance = n1 * n2 * events * (total - events) / (total**2 * (total - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return EffectSizes("PETO", np.where(variance > 0, (a - expected) / variance, np.nan),
                           np.where(variance > 0, 1 / variance, np.nan))


def from_two_arm_rates(measure: str, events1: Column, time1: Column, events2: Column,
                       time2: Column) -> EffectSizes:
    """IRR (log) or IRD of the first arm against the second."""
    check_choice("measure", measure, TWO_ARM_RATES)
    (x1, t1), (x2, t2) = _to_events(events1, time1), _to_events(events2, time2)
    add = np.where((x1 == 0) | (x2 == 0), EMPTY_CELL, 0.0)
    x1, x2 = x1 + add, x2 + add
    if measure == "IRR":
        return EffectSizes(measure, np.log((x1 / t1) / (x2 / t2)), 1 / x1 + 1 / x2)
    return EffectSizes(measure, x1 / t1 - x2 / t2, x1 / t1**2 + x2 / t2**2)


def from_means(measure: str, mean1: Column, sd1: Column, n1: Column, mean2: Column, sd2: Column,
               n2: Column) -> EffectSizes:
    """MD: the first mean less the second, with unequal variances."""
    check_choice("measure", measure, MEANS)
    m1, s1, k1, m2, s2, k2 = (np.asarray(c, dtype=float) for c in (mean1, sd1, n1, mean2, sd2, n2))
    if np.any(s1 <= 0) or np.any(s2 <= 0) or np.any(k1 < 1) or np.any(k2 < 1):
        raise ReportError("standard deviations must be more than 0 and groups at least 1 person")
    return EffectSizes(measure, m1 - m2, s1**2 / k1 + s2**2 / k2)


def _to_counts(events: Column, n: Column) -> tuple[Floats, Floats]:
    x, total = np.asarray(events, dtype=float), np.asarray(n, dtype=float)
    wrong = np.flatnonzero(~((x >= 0) & (x <= total) & (total > 0)))
    if wrong.size:
        raise ReportError(f"study {wrong[0] + 1}: events must lie between 0 and n, and n must be at least 1")
    return x, total


def _to_events(events: Column, time: Column) -> tuple[Floats, Floats]:
    x, t = np.asarray(events, dtype=float), np.asarray(time, dtype=float)
    wrong = np.flatnonzero(~((x >= 0) & (t > 0)))
    if wrong.size:
        raise ReportError(f"study {wrong[0] + 1}: events must be 0 or more, person-time more than 0")
    return x, t
