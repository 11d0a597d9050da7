"""Common effects by Mantel and Haenszel, and by Peto: for few events, without continuity corrections.

Odds ratios with the variance of Robins, Breslow and Greenland (1986), risk ratios and rate ratios
with that of Greenland and Robins (1985), risk differences with that of Sato, Greenland and Robins (1989),
rate differences with the variance of two Poisson counts. ``k`` counts every study; the test of homogeneity
leaves out those in which nobody, or everybody, had the event.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import Flags, Floats, chi2_tail, critical_value, two_sided_p
from stepdown.evidence.meta.effect_sizes import (
    Column,
    EffectSizes,
    from_two_arm_counts,
    from_two_arm_rates,
    to_peto,
)
from stepdown.evidence.meta.refusals import NotPoolable, check_choice

COUNT_MEASURES = ("OR", "RR", "RD")
RATE_MEASURES = ("IRR", "IRD")


@dataclass(frozen=True)
class CommonEffect:
    """One effect common to all studies (log scale for ratios), with its tests."""

    method: str
    measure: str
    k: int
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    stat: float
    p: float
    q: float
    q_p: float
    i2: float
    cmh_chi2: float | None = None
    cmh_p: float | None = None
    tarone: float | None = None
    tarone_p: float | None = None
    level: float = 0.95


@dataclass(frozen=True, eq=False)
class _Table:
    """The cells of two-by-two tables: a, b in the first arm, c, d in the second."""

    a: Floats
    b: Floats
    c: Floats
    d: Floats

    @property
    def n1(self) -> Floats:
        """People in the first arm."""
        return self.a + self.b

    @property
    def n2(self) -> Floats:
        """People in the second arm."""
        return self.c + self.d

    @property
    def total(self) -> Floats:
        """People in both arms."""
        return self.n1 + self.n2


def pool_mantel_haenszel(measure: str, events1: Column, n1: Column, events2: Column, n2: Column,
                         *, level: float = 0.95) -> CommonEffect:
    """OR, RR or RD of counts, by Mantel and Haenszel."""
    check_choice("measure", measure, COUNT_MEASURES)
    effects = from_two_arm_counts(measure, events1, n1, events2, n2)
    a, c = np.asarray(events1, dtype=float), np.asarray(events2, dtype=float)
    table = _Table(a, np.asarray(n1, dtype=float) - a, c, np.asarray(n2, dtype=float) - c)
    finders: dict[str, Callable[[_Table], tuple[float, float]]] = {
        "OR": _find_odds_ratio, "RR": _find_risk_ratio, "RD": _find_risk_difference}
    estimate, se = finders[measure](table)
    _check_spread(se)
    cmh = _test_association(table)
    tarone = _test_homogeneity(table, float(np.exp(estimate))) if measure == "OR" else None
    silent = (table.a + table.c == 0) | (table.b + table.d == 0)
    return _summarise("MH", _drop(effects, silent), estimate, se, level, cmh, tarone)


def _drop(effects: EffectSizes, silent: Flags) -> EffectSizes:
    """Without the studies in which nobody, or everybody, had the event: they say nothing of homogeneity."""
    return EffectSizes(effects.measure, np.where(silent, np.nan, effects.y), effects.v)


def _find_odds_ratio(t: _Table) -> tuple[float, float]:
    p, q = (t.a + t.d) / t.total, (t.b + t.c) / t.total
    r, s = t.a * t.d / t.total, t.b * t.c / t.total
    big_r, big_s = r.sum(), s.sum()
    log_ratio = _take_log(big_r, big_s)
    both = np.sum(p * s + q * r) / (big_r * big_s)
    variance = (np.sum(p * r) / big_r**2 + both + np.sum(q * s) / big_s**2) / 2
    return log_ratio, float(np.sqrt(variance))


def _find_risk_ratio(t: _Table) -> tuple[float, float]:
    r, s = np.sum(t.a * t.n2 / t.total), np.sum(t.c * t.n1 / t.total)
    spread = np.sum(t.n1 * t.n2 * (t.a + t.c) / t.total**2 - t.a * t.c / t.total)
    return _take_log(r, s), float(np.sqrt(spread / (r * s)))


def _take_log(top: float, bottom: float) -> float:
    """The log ratio; NotPoolable where one arm of all studies tells nothing of it."""
    if top > 0 and bottom > 0:
        return float(np.log(top / bottom))
    raise NotPoolable("all studies together have no event in one arm (or, for OR, nobody without it): the "
                      "ratio by Mantel and Haenszel is 0 or infinite; use a difference, or a model of counts")


def _check_spread(se: float) -> None:
    """NotPoolable where a difference of 0 would stand without an interval."""
    if not se > 0:
        raise NotPoolable("in every study nobody, or everybody, had the event: the difference by Mantel and "
                          "Haenszel has no interval; use a model of counts")


def _find_risk_difference(t: _Table) -> tuple[float, float]:
    weight = t.n1 * t.n2 / t.total
    estimate = float(np.sum(t.a * t.n2 / t.total - t.c * t.n1 / t.total) / weight.sum())
    share1, share2 = t.n1 / t.total, t.n2 / t.total
    p = np.sum(share1**2 * t.c - share2**2 * t.a + share1 * share2 * (t.n2 - t.n1) / 2)
    q = np.sum(t.a * t.d / t.total + t.c * t.b / t.total) / 2
    return estimate, float(np.sqrt((estimate * p + q) / weight.sum() ** 2))


def _test_association(t: _Table) -> float:
    """The Cochran-Mantel-Haenszel statistic with continuity correction."""
    events = t.a + t.c
    expected = t.n1 * events / t.total
    variance = t.n1 * t.n2 * events * (t.b + t.d) / (t.total**2 * (t.total - 1))
    return float((abs(np.sum(t.a - expected)) - 0.5) ** 2 / variance.sum())


def _test_homogeneity(t: _Table, odds_ratio: float) -> tuple[float, float]:
    """Tarone's form of the Breslow-Day statistic, and its p."""
    expected = _expect_events(t, odds_ratio)
    cells = (expected, t.n1 - expected, t.a + t.c - expected, t.n2 - t.a - t.c + expected)
    used = np.all(np.array(cells) > 1e-12, axis=0)
    variance = 1 / sum(1 / cell[used] for cell in cells)
    apart = (t.a - expected)[used]
    statistic = float(np.sum(apart**2 / variance) - apart.sum() ** 2 / np.sum(variance))
    return statistic, chi2_tail(statistic, int(used.sum()) - 1)


def _expect_events(t: _Table, odds_ratio: float) -> Floats:
    """Events in the first arm when the margins stand and the odds ratio is common."""
    events = t.a + t.c
    square = 1 - odds_ratio
    linear = t.n2 - events + odds_ratio * (events + t.n1)
    constant = -odds_ratio * events * t.n1
    if abs(square) < 1e-12:
        return np.asarray(-constant / linear)
    return np.asarray((-linear + np.sqrt(linear**2 - 4 * square * constant)) / (2 * square))


def pool_mantel_haenszel_rates(measure: str, events1: Column, time1: Column, events2: Column, time2: Column,
                               *, level: float = 0.95) -> CommonEffect:
    """IRR or IRD of rates, by Mantel and Haenszel."""
    check_choice("measure", measure, RATE_MEASURES)
    x1, t1, x2, t2 = (np.asarray(c, dtype=float) for c in (events1, time1, events2, time2))
    effects = _drop(from_two_arm_rates(measure, x1, t1, x2, t2), x1 + x2 == 0)
    weight = t1 * t2 / (t1 + t2)
    if measure == "IRD":
        total = weight.sum()
        se = float(np.sqrt(np.sum(weight**2 * (x1 / t1**2 + x2 / t2**2)))) / total
        _check_spread(se)
        return _summarise("MH", effects, float(weight @ (x1 / t1 - x2 / t2)) / total, se, level, None, None)
    r, s = np.sum(x1 / t1 * weight), np.sum(x2 / t2 * weight)
    estimate = _take_log(r, s)
    spread = np.sum((x1 + x2) * weight / (t1 + t2))
    apart = abs(np.sum(x1 - (x1 + x2) * t1 / (t1 + t2))) - 0.5
    return _summarise("MH", effects, estimate, float(np.sqrt(spread / (r * s))), level,
                      float(apart**2 / spread), None)


def pool_peto(events1: Column, n1: Column, events2: Column, n2: Column, *,
              level: float = 0.95) -> CommonEffect:
    """The log odds ratio by Peto's one-step method, of the counts as they are."""
    from_two_arm_counts("PETO", events1, n1, events2, n2)
    effects = to_peto(*(np.asarray(c, dtype=float) for c in (events1, n1, events2, n2)))
    if not effects.usable.any():
        raise NotPoolable("in every study nobody, or everybody, had the event: Peto's method has no answer")
    weight = 1 / effects.v[effects.usable]
    estimate = float(weight @ effects.y[effects.usable] / weight.sum())
    return _summarise("PETO", effects, estimate, float(weight.sum() ** -0.5), level, None, None)


def _summarise(method: str, effects: EffectSizes, estimate: float, se: float, level: float, cmh: float | None,
               tarone: tuple[float, float] | None) -> CommonEffect:
    y, v = effects.y[effects.usable], effects.v[effects.usable]
    df = len(y) - 1
    q = float(np.sum((y - estimate) ** 2 / v)) if df > 0 else 0.0
    reach, stat = critical_value(level) * se, estimate / se
    return CommonEffect(
        method, effects.measure, len(effects.y), estimate, se, estimate - reach, estimate + reach, stat,
        float(two_sided_p(stat)), q, chi2_tail(q, df), max(0.0, 100 * (q - df) / q) if q > 0 else 0.0,
        cmh, None if cmh is None else chi2_tail(cmh, 1), tarone and tarone[0], tarone and tarone[1], level)
