"""The coefficients of the risk model with their priors and reasons, from the data files of this folder."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from stepdown.evidence.meta.distributions import Floats


@dataclass(frozen=True)
class Coefficient:
    """One effect on the log hazard: its normal prior, what that rests on, and why the effect is there."""

    name: str
    mean: float
    sd: float
    basis: str
    reason: str
    source: tuple[str, ...] = ()


def read_table(name: str) -> dict[str, Any]:
    """One of the data files beside this module."""
    return tomllib.loads((files("stepdown.evidence.model") / name).read_text("utf-8"))


@lru_cache(maxsize=1)
def read_settings() -> dict[str, Any]:
    """The fixed choices of the model, what is not used of a person, and what is taken for the unknown."""
    table = read_table("covariates.toml")
    return {**table["model"], "person": table["person"], "missing": table["missing"]}


@lru_cache(maxsize=1)
def read_coefficients() -> tuple[Coefficient, ...]:
    """Every coefficient, in the order of the file."""
    rows = read_table("covariates.toml")["coefficient"]
    return tuple(Coefficient(**{**row, "source": tuple(row.get("source", ()))}) for row in rows)


@lru_cache(maxsize=1)
def coefficient_names() -> tuple[str, ...]:
    """The names of the coefficients, in the order of the columns of the design."""
    return tuple(row.name for row in read_coefficients())


def prior_means() -> Floats:
    """The prior mean of each coefficient."""
    return np.array([row.mean for row in read_coefficients()])


def prior_sds() -> Floats:
    """The prior standard deviation of each coefficient."""
    return np.array([row.sd for row in read_coefficients()])
