"""A word a trial, as its number among few labels: millions of entries share a handful of words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Words:
    """``codes`` are places in ``labels``, which are in order; the first label is "", unknown."""

    codes: NDArray[np.int16]
    labels: tuple[str, ...]

    @classmethod
    def of(cls, words: Iterable[str]) -> Words:
        """Some words, "" where they are unknown."""
        given = list(words)
        labels = ("", *sorted({*given} - {""}))
        places = {label: place for place, label in enumerate(labels)}
        return cls(np.array([places[word] for word in given], dtype=np.int16), labels)

    @classmethod
    def join(cls, parts: list[Words]) -> Words:
        """The words of parts that follow one another."""
        labels = tuple(sorted({label for part in parts for label in part.labels}))
        return cls(np.concatenate([part._among(labels) for part in parts]), labels)

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, rows: Any) -> Words:
        return Words(self.codes[rows], self.labels)

    @property
    def unknown(self) -> NDArray[np.bool_]:
        """Where no word is known."""
        return np.equal(self.codes, 0)

    def mark(self, label: str) -> NDArray[np.bool_]:
        """Where a word stands."""
        return np.equal(self.codes, self.labels.index(label))

    def to_array(self) -> NDArray[np.str_]:
        """The words themselves."""
        return np.array(self.labels, dtype=np.str_)[self.codes]

    def _among(self, labels: tuple[str, ...]) -> NDArray[np.int16]:
        return np.array([labels.index(label) for label in self.labels], dtype=np.int16)[self.codes]
