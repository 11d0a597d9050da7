"""Reads the reference folder: cases with their data and the results of metafor, lme4 and bayesmeta."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
Expected = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """One data set with its expected results; ``skipped`` are those that metafor does not reproduce."""

    name: str
    rows: Sequence[Mapping[str, str]]
    results: Sequence[Expected]
    skipped: frozenset[int]

    def column(self, name: str, rows: Sequence[Mapping[str, str]] | None = None) -> np.ndarray:
        """One column as numbers."""
        return np.array([float(row[name]) for row in (self.rows if rows is None else rows)])

    def columns(self, *names: str) -> list[np.ndarray]:
        """Several columns as numbers."""
        return [self.column(name) for name in names]


def find_reference() -> Path | None:
    """The folder of the meta-analysis cases, or None when it is not there."""
    base = Path(os.environ.get("STEPDOWN_REFERENCE", ROOT.parent / "shared"))
    found = [
        p
        for p in (base / "reference" / "meta-analysis", base / "meta-analysis", base)
        if list(p.glob("*/expected.json"))
    ]
    return found[0] if found else None


def read_case(folder: Path) -> Case:
    """One case of the folder."""
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    with (folder / "data.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    skipped = frozenset(item["index"] for item in expected["crosscheck"]["do_not_test"])
    return Case(folder.name, rows, expected["results"], skipped)


def read_cases(reference: Path) -> list[Case]:
    """All cases, in order."""
    return [read_case(path.parent) for path in sorted(reference.glob("*/expected.json"))]


def read_bayesmeta(reference: Path) -> list[Expected]:
    """The results of bayesmeta."""
    results: list[Expected] = json.loads((reference / "bayesmeta.json").read_text(encoding="utf-8"))[
        "results"
    ]
    return results
