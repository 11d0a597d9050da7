"""Fourteen invented people, one in two rows; R's values on them come from validation/survival/invented.R."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TABLE = Path(__file__).parents[1] / "validation" / "survival" / "invented.csv"


@dataclass(frozen=True)
class InventedRows:
    """Columns of the table, one value a row."""

    person: NDArray[np.int64]
    entry: NDArray[np.float64]
    time: NDArray[np.float64]
    event: NDArray[np.int64]
    cause: NDArray[np.int64]
    group: NDArray[np.str_]
    weight: NDArray[np.float64]
    age: NDArray[np.float64]
    dose: NDArray[np.float64]
    clinic: NDArray[np.str_]


def read_rows(one_row_a_person: bool = False) -> InventedRows:
    """All rows, or the first of each person."""
    with TABLE.open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    if one_row_a_person:
        lines = [line for number, line in enumerate(lines) if number != 1]
    columns = {name: np.array([line[name] for line in lines]) for name in lines[0]}
    whole, words = {"person", "event", "cause"}, {"group", "clinic"}
    return InventedRows(**{
        name: column if name in words else column.astype(np.int64 if name in whole else np.float64)
        for name, column in columns.items()})
