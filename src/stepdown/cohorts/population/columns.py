"""Columns of an engine's answer as numpy has them: numbers, or words by their codes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.population.words import Words

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]


def to_integers(column: Any) -> Codes:
    """An Arrow column of whole numbers, all known."""
    return _read_buffer(column.cast("int64").combine_chunks(), np.dtype(np.int64))


def to_values(column: Any) -> Numbers | Words:
    """An Arrow column as numbers (truth as 1 and 0, unknown as not a number) or as words."""
    array = column.combine_chunks()
    if str(array.type) in ("string", "large_string"):
        return _to_words(array.dictionary_encode())
    array = (array.cast("int8") if str(array.type) == "bool" else array).cast("float64")
    return np.where(_find_nulls(array), np.nan, _read_buffer(array, np.dtype(np.float64)))


def _to_words(encoded: Any) -> Words:
    given = encoded.dictionary.to_pylist()
    labels = ("", *sorted({*given} - {""}))
    codes = np.array([labels.index(word) for word in given] or [0], dtype=np.int16)
    places = np.where(_find_nulls(encoded.indices), 0, _read_buffer(encoded.indices, np.dtype(np.int32)))
    return Words(np.where(_find_nulls(encoded.indices), np.int16(0), codes[places]), labels)


def _find_nulls(array: Any) -> NDArray[np.bool_]:
    return _read_buffer(array.is_null().cast("int8"), np.dtype(np.int8)).astype(np.bool_)


def _read_buffer(array: Any, kind: np.dtype[Any]) -> NDArray[Any]:
    """The values of an Arrow array, whatever stands where it is NULL.

    Not by its ``to_numpy``, nor by filling NULL: both load pandas, to look whether they were given any.
    """
    if not len(array):
        return np.empty(0, dtype=kind)
    return np.frombuffer(array.buffers()[1], kind, len(array), array.offset * kind.itemsize)
