"""Covariates as columns of numbers, with what is missing marked or filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.population.words import Words
from stepdown.cohorts.protocol.model import Protocol

Numbers = NDArray[np.float64]
#: A column of what is so or not, in an eighth of the memory.
Marks = NDArray[np.bool_]
#: From how many of the trials with the nearest predictions the value of an unknown one is drawn.
DONORS = 5
Values = Mapping[str, Numbers | Words]


@dataclass(frozen=True)
class Design:
    """Columns by name, one value a trial; ``complete`` marks trials of which every covariate is known."""

    columns: dict[str, Numbers | Marks]
    complete: NDArray[np.bool_]
    missing: dict[str, int]


def build_design(values: Values, protocol: Protocol, filled: Values | None = None) -> Design:
    """The columns of the models. A word gives a column for each label but the most frequent one.

    What is missing gets the mean (a number) or no label, and a column that marks it; with ``filled`` values
    (see ``impute``) there is nothing to mark.
    """
    columns: dict[str, Numbers | Marks] = {}
    complete = np.ones(len(next(iter(values.values()), np.empty(0))), dtype=np.bool_)
    missing: dict[str, int] = {}
    for each in protocol.covariates:
        given = values[each.name]
        unknown = given.unknown if isinstance(given, Words) else np.isnan(given)
        complete &= ~unknown
        missing[each.name] = int(unknown.sum())
        used = filled[each.name] if filled is not None else given
        columns |= _to_columns(each.name, used, each.cuts)
        if filled is None and unknown.any():
            columns[f"{each.name} unknown"] = unknown
    return Design({name: column for name, column in columns.items() if len(column) and
                   (column != column[0]).any()}, complete, missing)


def _to_columns(name: str, values: Numbers | Words, cuts: tuple[float, ...]) -> dict[str, Numbers | Marks]:
    if isinstance(values, Words):
        counts = np.bincount(values.codes, minlength=len(values.labels))[1:]
        used = [label for label, count in zip(values.labels[1:], counts, strict=True) if count]
        others = [label for label in used if label != values.labels[1 + counts.argmax()]]
        return {f"{name} {label}": values.mark(label) for label in others}
    numbers = values
    if cuts:
        group = np.digitize(numbers, cuts)
        return {f"{name} from {cut:g}": (group > place) & ~np.isnan(numbers)
                for place, cut in enumerate(cuts)}
    return {name: _fill_with_mean(numbers)}


def _fill_with_mean(numbers: Numbers) -> Numbers:
    unknown = np.isnan(numbers)
    if not unknown.any():
        return numbers
    return np.where(unknown, 0.0 if unknown.all() else np.nanmean(numbers), numbers)


def impute(values: Values, target: NDArray[np.bool_], event: NDArray[np.bool_],
           rng: np.random.Generator) -> Values:
    """One imputation: each unknown value is that of a trial with nearly the same prediction.

    Predictive mean matching with five donors (Little, J Bus Econ Stat 1988;6:287), each covariate from the
    others (at their means), the group and the event, with coefficients drawn from a bootstrap sample. A
    word is imputed as the label of the donor.
    """
    numeric = {name: _to_numbers(given) for name, given in values.items()}
    filled = {name: _fill_with_mean(column) for name, column in numeric.items()}
    found: dict[str, Numbers | Words] = {}
    for name, given in values.items():
        unknown = np.isnan(numeric[name])
        found[name] = given
        if not unknown.any() or unknown.all():
            continue
        others = [column for other, column in filled.items() if other != name]
        design = np.column_stack([np.ones(len(unknown)), target, event, *others])
        whose = np.arange(len(unknown))
        whose[unknown] = _find_donors(design, numeric[name], unknown, rng)
        found[name] = given[whose]
    return found


def _to_numbers(given: Numbers | Words) -> Numbers:
    if not isinstance(given, Words):
        return given
    used = np.unique(given.codes[~given.unknown])
    return np.where(given.unknown, np.nan, np.searchsorted(used, given.codes).astype(np.float64))


def _find_donors(design: Numbers, column: Numbers, unknown: NDArray[np.bool_],
                 rng: np.random.Generator) -> NDArray[np.int64]:
    known = np.flatnonzero(~unknown)
    drawn = rng.choice(known, len(known))
    coefficients = np.linalg.lstsq(design[drawn], column[drawn], rcond=None)[0]
    predicted = design @ coefficients
    order = known[np.argsort(predicted[known], kind="stable")]
    place = np.searchsorted(predicted[order], predicted[unknown])
    near = np.clip(place[:, None] + np.arange(-DONORS, DONORS), 0, len(order) - 1)
    distance = np.abs(predicted[order][near] - predicted[unknown][:, None])
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :DONORS]
    rows = np.arange(len(place))
    drawn_donor = near[rows, nearest[rows, rng.integers(0, DONORS, len(place))]]
    return np.asarray(order[drawn_donor], dtype=np.int64)
