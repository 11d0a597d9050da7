"""Who has the event sooner: hazard ratios of predictors, one by one and all together.

The table of published discontinuation studies: for each predictor (a relapse before, years on treatment, age)
the hazard ratio by itself and the one adjusted for all others, from Cox models. A predictor made of words is
a line for each word, against the most frequent one or the one named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stepdown.cohorts.survival.cox import fit_cox
from stepdown.cohorts.survival.cox_fit import CoxFit
from stepdown.cohorts.survival.follow_up import FollowUpError, Numbers, is_missing, read_numbers

# Peduzzi and others, J Clin Epidemiol 1995;48:1503.
EVENTS_FOR_EACH = 10


@dataclass(frozen=True)
class HazardRatio:
    """A hazard ratio with its interval and p-value; not a number where it cannot be estimated."""

    value: float
    lower: float
    upper: float
    p_value: float


@dataclass(frozen=True)
class PredictorLine:
    """One predictor, or one of its words against the ``reference``.

    ``unit`` is the step that the hazard ratio is for; ``rows`` and ``events`` count those with the predictor
    known (for a word: those with that word).
    """

    name: str
    word: str | None
    reference: str | None
    unit: float | None
    rows: int
    events: int
    unadjusted: HazardRatio
    adjusted: HazardRatio


@dataclass(frozen=True)
class PredictorTable:
    """All lines; ``complete`` counts rows with every predictor known, on which the adjusted ratios rest."""

    lines: tuple[PredictorLine, ...]
    rows: int
    complete: int
    events: int
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Predictor:
    """Columns of one predictor; rows where it is missing are not ``known``."""

    name: str
    columns: dict[str, Numbers]
    words: tuple[str, ...]
    reference: str | None
    unit: float | None
    known: NDArray[np.bool_]


def tabulate_predictors(time: ArrayLike, event: ArrayLike, predictors: Mapping[str, ArrayLike], *,
                        entry: ArrayLike | None = None, weights: ArrayLike | None = None,
                        strata: ArrayLike | None = None, cluster: ArrayLike | None = None,
                        references: Mapping[str, str] | None = None,
                        units: Mapping[str, float] | None = None, level: float = 0.95) -> PredictorTable:
    """Hazard ratios of each predictor, unadjusted and adjusted for the others.

    ``predictors`` maps names to columns of numbers, true/false or words; missing ones (None, not a number)
    leave their row out, of the adjusted model if any is missing. ``references`` names the word to compare
    with, ``units`` the step of a number, such as {"age": 10}. The other arrays are those of
    ``survival.fit_cox``. FollowUpError when an array cannot be read or a reference does not occur.
    """
    happened = read_numbers("event", event) > 0
    read = [_read_predictor(name, column, len(happened), references or {}, units or {})
            for name, column in predictors.items()]
    if not read:
        raise FollowUpError("predictors is empty: name at least one.")
    arrays = {"time": time, "event": event, "entry": entry, "weights": weights, "strata": strata,
              "cluster": cluster}
    complete = np.logical_and.reduce([predictor.known for predictor in read])
    together = {name: column for predictor in read for name, column in predictor.columns.items()}
    adjusted = _fit(arrays, together, complete, level)
    lines = [line for predictor in read for line in _tabulate(predictor, arrays, adjusted, happened, level)]
    return PredictorTable(tuple(lines), len(happened), int(complete.sum()), int(happened[complete].sum()),
                          _find_warnings(adjusted, len(together), int((~complete).sum())))


def _read_predictor(name: str, column: ArrayLike, size: int, references: Mapping[str, str],
                    units: Mapping[str, float]) -> _Predictor:
    values = np.asarray(column)
    if values.dtype.kind in "US":
        values = np.asarray(column, dtype=object)
    if len(values) != size:
        raise FollowUpError(f"{name} has {len(values)} rows where event has {size}.")
    known = ~is_missing(values)
    if values.dtype.kind == "O" and any(isinstance(value, str) for value in values[known].tolist()):
        return _read_words(name, values, known, references)
    unit = float(units.get(name, 1.0))
    numbers = np.where(known, values, 0).astype(np.float64)
    return _Predictor(name, {name: numbers / unit}, (), None, unit, known)


def _read_words(name: str, values: NDArray[np.generic], known: NDArray[np.bool_],
                references: Mapping[str, str]) -> _Predictor:
    words, counts = np.unique(values[known].astype(str), return_counts=True)
    reference = references.get(name, str(words[np.argmax(counts)]))
    if reference not in words:
        raise FollowUpError(f"{name} never is {reference!r}; its reference may be {', '.join(words)}.")
    others = tuple(str(word) for word in words if word != reference)
    columns = {f"{name}: {word}": (known & (values == word)).astype(np.float64) for word in others}
    return _Predictor(name, columns, others, reference, None, known)


def _fit(arrays: Mapping[str, ArrayLike | None], columns: Mapping[str, Numbers], inside: NDArray[np.bool_],
         level: float) -> CoxFit | None:
    """A Cox model of some of the rows; None without columns or rows."""
    if not columns or not inside.any():
        return None
    used = {name: np.asarray(array)[inside] for name, array in arrays.items() if array is not None}
    return fit_cox(
        used["time"], used["event"], {name: column[inside] for name, column in columns.items()},
        entry=used.get("entry"), weights=used.get("weights"), strata=used.get("strata"),
        cluster=used.get("cluster"), level=level)


def _tabulate(predictor: _Predictor, arrays: Mapping[str, ArrayLike | None], adjusted: CoxFit | None,
              happened: NDArray[np.bool_], level: float) -> list[PredictorLine]:
    alone = _fit(arrays, predictor.columns, predictor.known, level)
    lines = []
    for place, (name, column) in enumerate(predictor.columns.items()):
        word = predictor.words[place] if predictor.words else None
        inside = predictor.known if word is None else column == 1
        lines.append(PredictorLine(
            predictor.name, word, predictor.reference, predictor.unit, int(inside.sum()),
            int(happened[inside].sum()), _read_ratio(alone, name), _read_ratio(adjusted, name)))
    return lines


def _read_ratio(fit: CoxFit | None, name: str) -> HazardRatio:
    if fit is None:
        return HazardRatio(*[float("nan")] * 4)
    place = fit.place(name)
    is_known = name not in fit.runaway
    value = float(fit.hazard_ratios[place]) if is_known else float("nan")
    return HazardRatio(value, float(fit.lower[place]), float(fit.upper[place]), float(fit.p_values[place]))


def _find_warnings(adjusted: CoxFit | None, columns: int, incomplete: int) -> tuple[str, ...]:
    if adjusted is None:
        return ("No row has every predictor known: there is no adjusted hazard ratio.",)
    found = list(adjusted.warnings)
    if incomplete:
        found.append(f"{incomplete} rows with a predictor missing are not in the adjusted model; those left "
                     "may differ from them.")
    if 0 < adjusted.n_events < EVENTS_FOR_EACH * columns:
        found.append(f"There are {adjusted.n_events} events for {columns} hazard ratios; under "
                     f"{EVENTS_FOR_EACH} events for each, adjusted ratios are not to be relied on.")
    return tuple(found)
