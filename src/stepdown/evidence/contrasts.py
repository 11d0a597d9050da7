"""How a risk moves with age and MRI activity inside studies, among people who took the same step."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from stepdown.evidence.meta.distributions import Floats
from stepdown.evidence.people import People
from stepdown.evidence.reading import read_library
from stepdown.evidence.study import Effect

#: Bounds of age between which an unknown age may lie, in years.
UNKNOWN_AGE = (18.0, 85.0)
_Z95 = 1.959964


@dataclass(frozen=True)
class Contrast:
    """A log hazard ratio per unit of a covariate, with its standard error and the finding it comes from."""

    covariate: str
    slope: float
    se: float
    source: str


@dataclass(frozen=True, eq=False)
class Shift:
    """How far each person's log hazard lies from that of the people studied: bounds, error, and source."""

    estimate: Floats
    low: Floats
    high: Floats
    se: Floats
    source: str = ""

    def plus(self, other: Shift) -> Shift:
        """Both shifts together; their errors are independent."""
        return Shift(
            self.estimate + other.estimate,
            self.low + other.low,
            self.high + other.high,
            np.hypot(self.se, other.se),
        )

    def moves(self, row: int) -> bool:
        """Whether one person's risk is moved or widened by it."""
        return any(part[row] != 0 for part in (self.low, self.high, self.se))


def no_shift(size: int) -> Shift:
    """The shift that moves nobody."""
    return Shift(*np.zeros((4, size)))


@lru_cache(maxsize=1)
def read_contrast_table() -> tuple[Mapping[str, Any], ...]:
    """Which finding gives which contrast, for which strategies, from ``contrasts.toml``."""
    text = (files("stepdown.evidence") / "contrasts.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["contrast"])


def _find_se(effect: Effect) -> float | None:
    """The standard error of a log ratio from its interval; None where none is printed."""
    if not effect.low or not effect.high:
        return None
    return (math.log(effect.high) - math.log(effect.low)) / (2 * _Z95)


def _applies(row: Mapping[str, Any], covariate: str, outcome: str, strategy: str, group: str) -> bool:
    """Whether a row of the table is about a covariate, an outcome, a strategy and a group."""
    is_about = row["covariate"] == covariate and outcome in row["outcomes"]
    return is_about and strategy in row["strategies"] and group in row["groups"]


def find_contrast(covariate: str, outcome: str, strategy: str, group: str) -> Contrast | None:
    """The contrast of a covariate for an outcome, strategy and group; None where no study gives one."""
    rows = (row for row in read_contrast_table() if _applies(row, covariate, outcome, strategy, group))
    return next((contrast for row in rows if (contrast := _read_contrast(row)) is not None), None)


def _read_contrast(row: Mapping[str, Any]) -> Contrast | None:
    """The contrast of a row from its finding; None where it is retracted, not there, or without interval."""
    study_id, _, finding_id = row["finding"].partition("#")
    study = read_library().get(study_id)
    found = (finding.effect for finding in study.findings if finding.id == finding_id) if study else iter(())
    effect = next(found, None)
    se = _find_se(effect) if effect is not None else None
    if study is None or study.retracted or effect is None or not effect.value or se is None:
        return None
    sign = -1.0 if row.get("inverse") else 1.0
    return Contrast(row["covariate"], sign * math.log(effect.value), se, row["finding"])


def age_shift(contrast: Contrast | None, people: People, studied_age: float | None) -> Shift:
    """The shift by age from the mean age of the people studied; a span of ages where the person's is unknown.

    No contrast, or no age of the people studied, gives no shift.
    """
    if contrast is None or studied_age is None:
        return no_shift(len(people))
    unknown = np.isnan(people.age)
    young = np.where(unknown, UNKNOWN_AGE[0], people.age_low) - studied_age
    old = np.where(unknown, UNKNOWN_AGE[1], people.age_high) - studied_age
    away = np.where(unknown, 0.0, people.age - studied_age)
    ends = contrast.slope * np.stack([young, old, away])
    reach = np.where(unknown, np.maximum(np.abs(young), np.abs(old)), np.abs(away))
    return Shift(
        contrast.slope * away, ends.min(axis=0), ends.max(axis=0), contrast.se * reach, contrast.source
    )


def mri_shift(contrast: Contrast | None, people: People) -> Shift:
    """The shift by new MRI activity; people studied count as quiet, unknown reaches from quiet to active."""
    if contrast is None:
        return no_shift(len(people))
    active, maybe = people.mri_active == 1, people.mri_active != 0
    ends = contrast.slope * np.stack([active, maybe])
    se = np.where(maybe, contrast.se, 0.0)
    return Shift(contrast.slope * active, ends.min(axis=0), ends.max(axis=0), se, contrast.source)
