"""One shape for the result of any method on a file of studies."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from stepdown.evidence.meta.csv_effects import CsvEffects
from stepdown.evidence.meta.distributions import Floats
from stepdown.evidence.meta.glmm import MixedPool
from stepdown.evidence.meta.mantel_haenszel import CommonEffect
from stepdown.evidence.meta.two_stage import TwoStage

SCALES = {**dict.fromkeys(("OR", "RR", "IRR", "HR", "PETO", "PLN", "IRLN"), "log"), "PLO": "logit",
          "GEN": "as given"}
Pair = tuple[float, float]
Row = tuple[float, ...]


@dataclass(frozen=True)
class CsvStudy:
    """One study of the file: its estimate and sampling variance; None where it says nothing."""

    study: str
    estimate: float | None
    variance: float | None


@dataclass(frozen=True)
class Fitted:
    """What any method found; coefficients start with the intercept, None is what a method does not give."""

    method: str
    test: str
    k: int
    coef: Row
    se: Row
    stat: Row
    pval: Row
    ci_low: Row
    ci_high: Row
    tau2: float | None
    converged: bool
    df: float | None = None
    se_tau2: float | None = None
    tau2_interval: Pair | None = None
    i2: float | None = None
    i2_interval: Pair | None = None
    h2: float | None = None
    q: float | None = None
    q_p: float | None = None
    qm: float | None = None
    qm_p: float | None = None
    r2: float | None = None
    prediction_interval: Pair | None = None
    prediction_interval_t: Pair | None = None
    log_likelihood: float | None = None
    restricted_log_likelihood: float | None = None


@dataclass(frozen=True)
class CsvPool:
    """One pooled file; ``scale`` says what the coefficients are (log, logit, raw, as given)."""

    file: str
    measure: str
    asked: str
    level: float
    scale: str
    coef_names: tuple[str, ...]
    fitted: Fitted
    studies: tuple[CsvStudy, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]
    data_hash: str

    def to_json(self) -> dict[str, object]:
        """Plain data for JSON, the fit's fields beside the others; numbers that do not exist are null."""
        flat = {**asdict(self), **asdict(self.fitted)}
        del flat["fitted"]
        return {name: _to_plain(value) for name, value in flat.items()}


@dataclass(frozen=True)
class DirectPool:
    """An exact interval or a posterior: median, interval, deviation, spread, prediction; None if unknown."""

    method: str
    k: int
    estimate: float
    interval: Pair
    sd: float | None
    spread: float | None
    predicted: Pair
    notes: tuple[str, ...] = ()


AnyResult = TwoStage | CommonEffect | MixedPool | DirectPool


def to_csv_pool(file: str, data: CsvEffects, asked: str, result: AnyResult, level: float,
                names: tuple[str, ...]) -> CsvPool:
    """The result of any method with its studies and the hash of their estimates."""
    studies = tuple(CsvStudy(label, _finite(y), _finite(v)) for label, y, v in
                    zip(data.numbers.labels, data.effects.y, data.effects.v, strict=True))
    digest = hashlib.sha256(repr(studies).encode()).hexdigest()
    scale = SCALES.get(data.measure, "raw")
    return CsvPool(file, data.measure, asked, level, scale, names, _to_fitted(result), studies,
                   data.numbers.left_out, tuple(_find_notes(data, result)), digest)


def _find_notes(data: CsvEffects, result: AnyResult) -> Iterator[str]:
    """What the reader must know before using the number."""
    yield from data.notes
    labels = data.numbers.labels
    twice = [label for label in dict.fromkeys(labels) if labels.count(label) > 1]
    if twice:
        yield (f"{', '.join(twice)} in more than one row: people counted twice make an interval too narrow; "
               "keep one row each, or use the three-level model")
    if result.k == 1:
        yield "one study: the spread between studies is unknown"
    if isinstance(result, DirectPool):
        yield from result.notes
    if isinstance(result, CommonEffect):
        yield from _find_silent(data, result)
    if any(math.isinf(value) for value in _to_fitted(result).coef):
        yield "nobody, or everybody, had the event: only one bound can be given; null stands for the estimate"
    if isinstance(result, TwoStage | MixedPool) and not result.converged:
        yield "the iterations did not converge: do not use this number"


def _find_silent(data: CsvEffects, result: CommonEffect) -> Iterator[str]:
    """Which studies a common effect without corrections for empty cells learns nothing from."""
    events = data.arms[0] + data.arms[2]
    everybody = data.arms[1] + data.arms[3] if data.measure in ("OR", "RD", "PETO") else math.inf
    flags = zip(data.numbers.labels, (events == 0) | (events == everybody), strict=True)
    silent = ", ".join(label for label, is_silent in flags if is_silent)
    if silent and data.measure in ("RD", "IRD"):
        yield f"{silent}: nobody, or everybody, had the event; counted as a difference of 0"
    elif silent:
        yield f"{silent}: nobody, or everybody, had the event; counted in k, of no weight in {result.method}"


def _to_fitted(result: AnyResult) -> Fitted:
    if isinstance(result, TwoStage):
        return _from_two_stage(result)
    if isinstance(result, MixedPool):
        return _from_mixed(result)
    return _from_common(result) if isinstance(result, CommonEffect) else _from_direct(result)


def _from_two_stage(r: TwoStage) -> Fitted:
    if r.k == 1:
        return _from_lone(r)
    return Fitted(
        r.method, r.test, r.k, _row(r.coef), _row(r.se), _row(r.stat), _row(r.pval), _row(r.ci_low),
        _row(r.ci_high), r.tau2, r.converged, r.df, r.se_tau2, r.tau2_interval, r.i2, r.i2_interval, r.h2,
        r.q, r.q_p, r.qm, r.qm_p, r.r2, r.prediction_interval, r.prediction_interval_t, r.log_likelihood,
        r.restricted_log_likelihood)


def _from_lone(r: TwoStage) -> Fitted:
    """One study as it stands: it says nothing of a spread, and the normal distribution is all there is."""
    return Fitted(r.method, "z", 1, _row(r.coef), _row(r.se), _row(r.stat), _row(r.pval), _row(r.ci_low),
                  _row(r.ci_high), None, True)


def _from_mixed(r: MixedPool) -> Fitted:
    return Fitted(
        r.model if r.model != "one arm" else "GLMM", r.test, r.k, _row(r.coef), _row(r.se), _row(r.stat),
        _row(r.pval), _row(r.ci_low), _row(r.ci_high), r.tau2, r.converged, r.df, i2=r.i2, h2=r.h2, q=r.q_lrt,
        q_p=r.q_lrt_p, prediction_interval=r.prediction_interval, log_likelihood=r.log_likelihood)


def _from_common(r: CommonEffect) -> Fitted:
    return Fitted(r.method, "z", r.k, (r.estimate,), (r.se,), (r.stat,), (r.p,), (r.ci_low,), (r.ci_high,),
                  None, True, i2=r.i2, q=r.q, q_p=r.q_p)


def _from_direct(r: DirectPool) -> Fitted:
    return Fitted(r.method, "exact" if r.method == "exact" else "posterior", r.k, (r.estimate,),
                  () if r.sd is None else (r.sd,), (), (), r.interval[:1], r.interval[1:],
                  None if r.spread is None else r.spread**2, True, prediction_interval=r.predicted)


def _row(values: Floats) -> Row:
    return tuple(float(x) for x in values)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _to_plain(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list | tuple):
        return [_to_plain(item) for item in value]
    return {k: _to_plain(v) for k, v in value.items()} if isinstance(value, dict) else value
