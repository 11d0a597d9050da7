"""The fitted risk model, ready to predict: as shipped for the embedded library, else fitted on the spot."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from stepdown.evidence.model.predicting import Predictor
from stepdown.evidence.model.spread_table import SpreadTable
from stepdown.evidence.model.support import Support
from stepdown.evidence.reading import has_embedded_library, library_hash

if TYPE_CHECKING:
    from stepdown.evidence.model.fit import Fit

#: The data file beside this module, written by ``tools/write_posterior.py``.
SHIPPED = "posterior.json"
_TABLES = ("arms.toml", "contrasts.toml", "covariates.toml")
_DIGITS = 10


@dataclass(frozen=True)
class BackingArm:
    """An arm that the fit rests on: its finding, and what it is about."""

    source: str
    outcome: str
    strategy: str
    groups: tuple[str, ...]
    to_groups: tuple[str, ...]


@dataclass(frozen=True)
class BackingContrast:
    """A contrast that the fit rests on: its finding, and the coefficients it speaks of."""

    source: str
    coefficients: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class FittedModel:
    """What predicting needs: the posterior, how far its arms reach, and the findings behind it."""

    predictor: Predictor
    support: Support
    arms: tuple[BackingArm, ...]
    contrasts: tuple[BackingContrast, ...]

    def rests_on(self, study: str) -> bool:
        """Whether a study is in the fit."""
        sources = [arm.source for arm in self.arms] + [row.source for row in self.contrasts]
        return any(source.partition("#")[0] == study for source in sources)


@lru_cache(maxsize=1)
def library_model() -> FittedModel:
    """The model of the library that is read now; fitted anew where no shipped posterior belongs to it."""
    shipped = read_shipped() if has_embedded_library() else None
    if shipped is not None:
        return shipped
    from stepdown.evidence.model.fit import fit_library

    return to_fitted(fit_library())


def forget_model() -> None:
    """Drop the fitted model, after a study was retracted or added."""
    library_model.cache_clear()


def to_fitted(fit: Fit) -> FittedModel:
    """The model of a fit."""
    from stepdown.evidence.model.predicting import to_predictor
    from stepdown.evidence.model.support import find_support

    arms = tuple(
        BackingArm(f"{arm.study}#{arm.finding}", arm.facts.outcome, arm.facts.strategy,
                   arm.facts.groups, arm.facts.to_groups)
        for arm in fit.training.arms
    )  # fmt: skip
    contrasts = tuple(
        BackingContrast(f"{row.study}#{row.finding}", _name_moved(fit.names, row.difference))
        for row in fit.training.contrasts
    )
    return FittedModel(to_predictor(fit), find_support(fit.training), arms, contrasts)


def _name_moved(names: Iterable[str], difference: Iterable[float]) -> tuple[str, ...]:
    return tuple(name for name, step in zip(names, difference, strict=True) if step)


def find_key() -> str:
    """What a posterior belongs to: the study files and the tables of the model, as one hash."""
    digest = hashlib.sha256(library_hash().encode())
    for name in _TABLES:
        digest.update((files("stepdown.evidence.model") / name).read_bytes())
    return digest.hexdigest()[:16]


def write_model(model: FittedModel) -> str:
    """The model as JSON text; numbers keep ten digits."""
    support = model.support
    table = {
        "key": find_key(),
        "mean": _round(model.predictor.mean),
        "covariance": _round(model.predictor.covariance),
        "spread": _round(model.predictor.table.below),
        "longest": [[*key, years] for key, years in sorted(support.longest.items())],
        "outcomes": sorted(support.outcomes),
        "gone_to": sorted(support.gone_to),
        "ages": support.ages,
        "arms": [list(vars(arm).values()) for arm in model.arms],
        "contrasts": [list(vars(row).values()) for row in model.contrasts],
    }
    rows = (f"{json.dumps(name)}: {json.dumps(value)}" for name, value in table.items())
    return "{" + ",\n".join(rows) + "}\n"


def _round(values: Any) -> Any:
    """Numbers to ten significant digits, in lists."""
    if np.ndim(values):
        return [_round(row) for row in values]
    return float(f"{float(values):.{_DIGITS}g}")


def read_shipped() -> FittedModel | None:
    """The shipped model; None where it belongs to other study files or tables than these."""
    table = json.loads((files("stepdown.evidence.model") / SHIPPED).read_text("utf-8"))
    return _read_model(table) if table["key"] == find_key() else None


def _read_model(table: Mapping[str, Any]) -> FittedModel:
    mean, covariance, spread = (np.array(table[name]) for name in ("mean", "covariance", "spread"))
    support = Support(
        {(row[0], row[1], row[2]): row[3] for row in table["longest"]},
        frozenset((outcome, strategy) for outcome, strategy in table["outcomes"]),
        frozenset(table["gone_to"]),
        (table["ages"][0], table["ages"][1]),
    )
    return FittedModel(
        Predictor(mean, covariance, SpreadTable(spread)),
        support,
        tuple(
            BackingArm(source, outcome, strategy, tuple(groups), tuple(to_groups))
            for source, outcome, strategy, groups, to_groups in table["arms"]
        ),
        tuple(BackingContrast(row[0], tuple(row[1])) for row in table["contrasts"]),
    )
