"""What is drawn of a pooled file: its studies, its pool, and the pool after each study."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from stepdown.evidence.meta.csv_result import CsvPool
from stepdown.evidence.meta.diagnostics import pool_cumulatively
from stepdown.evidence.meta.many_sets import TAU2_METHODS
from stepdown.reports.evidence_plots.rows import (
    POOLED,
    PREDICTED,
    PREDICTED_LABEL,
    STEP,
    STUDY,
    FunnelPoint,
    PlotRow,
    PlotSection,
)

_Z95 = 1.959964
_NO_DIFFERENCE = {**dict.fromkeys(("OR", "RR", "IRR", "HR", "PETO"), 1.0), "RD": 0.0, "MD": 0.0, "IRD": 0.0}
_Estimate = tuple[str, float, float]


def name_axis(pool: CsvPool) -> str:
    """What the axis shows: ratios and rates as such, proportions per 100, anything else on its own scale."""
    return {"log": pool.measure, "logit": "per 100"}.get(pool.scale, f"{pool.measure} ({pool.scale})")


def _shown(pool: CsvPool) -> Callable[[float], float]:
    """From the scale of the pool to the scale that is shown."""
    if pool.scale == "log":
        return lambda value: math.exp(min(value, 700.0))
    if pool.scale == "logit":
        return lambda value: 100 / (1 + math.exp(-value))
    return lambda value: value


def _find_estimates(pool: CsvPool) -> list[_Estimate]:
    """Each study with its estimate and variance; those that say nothing are left out."""
    return [(s.study, s.estimate, s.variance) for s in pool.studies
            if s.estimate is not None and s.variance is not None]


def find_csv_sections(pool: CsvPool) -> list[PlotSection]:
    """One section: a row for each study, the pool, and another study like these where that is known."""
    show, found = _shown(pool), _find_estimates(pool)
    weights = _find_weights(pool, found)
    studies = [_to_row(STUDY, name, show, value, math.sqrt(v) * _Z95, weight)
               for (name, value, v), weight in zip(found, weights, strict=True)]
    points = tuple(FunnelPoint(name, value, math.sqrt(v)) for name, value, v in found)
    rows = (*studies, *_pool_rows(pool, show))
    undrawn = len(pool.studies) - len(found)
    title = f"{pool.file}, {pool.measure}"
    return [PlotSection(title, rows, points, pool.fitted.coef[0], pool.scale == "log", undrawn,
                        _NO_DIFFERENCE.get(pool.measure))]


def _pool_rows(pool: CsvPool, show: Callable[[float], float]) -> Iterator[PlotRow]:
    fitted = pool.fitted
    bounds = (show(fitted.coef[0]), show(fitted.ci_low[0]), show(fitted.ci_high[0]))
    yield PlotRow(POOLED, f"pooled ({fitted.method}, {fitted.k} studies)", "", *bounds)
    if fitted.prediction_interval:
        low, high = (show(value) for value in fitted.prediction_interval)
        yield PlotRow(PREDICTED, PREDICTED_LABEL, "", bounds[0], low, high)


def _to_row(kind: str, label: str, show: Callable[[float], float], value: float, reach: float,
            weight: float | None, detail: str = "") -> PlotRow:
    return PlotRow(kind, label, detail, show(value), show(value - reach), show(value + reach), weight)


def _find_weights(pool: CsvPool, found: list[_Estimate]) -> list[float | None]:
    """Each study's share of the weight, where the method gives a variance between studies."""
    if pool.fitted.tau2 is None:
        return [None] * len(found)
    raw = [1 / (v + pool.fitted.tau2) for _, _, v in found]
    return [weight / sum(raw) for weight in raw]


def find_cumulative_sections(pool: CsvPool) -> list[PlotSection]:
    """One section: the pool after each study in the order of the file, by the method of the file or REML."""
    show, found = _shown(pool), _find_estimates(pool)
    method = pool.fitted.method if pool.fitted.method in TAU2_METHODS else "REML"
    fits = pool_cumulatively([value for _, value, _ in found], [v for _, _, v in found], method)
    rows = tuple(
        PlotRow(STEP, f"+ {name}", f"{fit.k} studies" if fit.k > 1 else "1 study",
                show(float(fit.coef[0])), show(float(fit.ci_low[0])), show(float(fit.ci_high[0])))
        for (name, _, _), fit in zip(found, fits, strict=True))
    return [PlotSection(f"{pool.file}, {pool.measure}, {method}", rows, is_log=pool.scale == "log",
                        no_difference=_NO_DIFFERENCE.get(pool.measure))]
