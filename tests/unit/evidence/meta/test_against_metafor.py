"""Every reference result of metafor, lme4 and bayesmeta is reproduced, or not offered for a stated reason.

A failure means that a number a reader would check against R has moved. The tolerances are those of the
reference's README; see validation/metafor/README.md for what is compared.
"""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stepdown.evidence.meta.bayesian import MeanPrior, NormalModel
from stepdown.evidence.meta.posterior import Posterior, find_posterior

CASES = (
    "01-bcg",
    "02-nielweise2007-few-events",
    "04-hart1999-rates",
    "05-pritz1997-proportions",
    "06-debruin2009-proportions",
    "08-normand1999-md",
    "09-hackshaw1998-generic",
    "11-egger2001",
    "13-yusuf1985-peto",
    "16-konstantopoulos2011-multilevel",
    "18-fine1993-follow-up-times",
    "20-laopaiboon2015-subgroups",
    "21-berkey1998-multivariate",
)
MAY_BE_LEFT_OUT = (
    "Freeman-Tukey",
    "arcsine",
    "square-root",
    "standardised mean",
    "unstructured",
    "Hedges:",
    "Hunter and Schmidt:",
    "Sidik and Jonkman:",
)


@pytest.fixture(scope="module")
def comparison(checkout: Path) -> Any:
    """The scripts of validation/metafor as modules."""
    sys.path.insert(0, str(checkout / "validation" / "metafor"))
    try:
        return importlib.import_module("reproduce")
    finally:
        sys.path.pop(0)


@pytest.fixture(scope="module")
def folder(reference: Path) -> Path:
    place = reference / "reference" / "meta-analysis"
    if not place.is_dir():
        pytest.skip("no meta-analysis cases in the reference folder")
    return place


@pytest.fixture(scope="module")
def verdicts(comparison: Any, folder: Path) -> dict[str, list[Any]]:
    """What became of every result, by case."""
    cases = [comparison.read_case(path.parent) for path in sorted(folder.glob("*/expected.json"))]
    return {case.name: comparison.check_case(case) for case in cases}


@pytest.mark.parametrize("name", CASES)
def test_every_compared_field_lies_within_its_tolerance(name: str, verdicts: dict[str, list[Any]]) -> None:
    outside = {
        f"{v.index} {v.what} {field}": excess
        for v in verdicts[name]
        for field, excess in v.excess.items()
        if excess > 1
    }
    assert not outside


@pytest.mark.parametrize("name", CASES)
def test_a_reproduced_result_compares_at_least_one_number(name: str, verdicts: dict[str, list[Any]]) -> None:
    assert all(v.excess for v in verdicts[name] if v.status == "reproduced")


def test_reproduced_and_not_offered_and_not_to_be_tested_make_all(
    comparison: Any, folder: Path, verdicts: dict[str, list[Any]]
) -> None:
    cases = [comparison.read_case(path.parent) for path in sorted(folder.glob("*/expected.json"))]
    counts = Counter(v.status for found in verdicts.values() for v in found)
    assert counts["reproduced"] + counts["not offered"] + counts["do not test"] == sum(
        len(case.results) for case in cases
    )
    assert counts["do not test"] == sum(len(case.skipped) for case in cases)
    assert counts["reproduced"] > 3 * counts["not offered"]


def test_only_the_agreed_methods_are_not_offered(verdicts: dict[str, list[Any]]) -> None:
    reasons = {v.reason for found in verdicts.values() for v in found if v.status == "not offered"}
    assert not [reason for reason in reasons if not reason.startswith(MAY_BE_LEFT_OUT)]


@pytest.mark.parametrize("index", range(6))
def test_bayesmeta_agrees_within_a_hundredth_of_a_posterior_sd(
    index: int, comparison: Any, folder: Path
) -> None:
    expected = comparison.read_bayesmeta(folder)[index]
    posterior = _fit_like_bayesmeta(comparison, folder, expected)
    marks = np.array([0.025, 0.5, 0.975])
    mean, sd = posterior.mean_moments()
    theirs = [expected["mu_mean"], expected["mu_sd"], expected["mu_median"], *expected["mu_equal_tailed_95"]]
    ours = [mean, sd, *posterior.mean_quantiles(marks)[[1, 0, 2]]]
    assert np.max(np.abs(np.subtract(ours, theirs))) < 0.01 * expected["mu_sd"]
    spread = [*posterior.spread_moments(), *posterior.spread_quantiles(marks)]
    theirs = [expected["tau_mean"], expected["tau_sd"], *expected["tau_q025_q50_q975"]]
    assert np.max(np.abs(np.subtract(spread, theirs))) < 0.01 * expected["tau_sd"]
    new = [*posterior.predictive_moments(), *posterior.predictive_quantiles(marks[[0, 2]])]
    theirs = [expected["theta_new_mean"], expected["theta_new_sd"], *expected["theta_new_equal_tailed_95"]]
    assert np.max(np.abs(np.subtract(new, theirs))) < 0.01 * expected["theta_new_sd"]


def _fit_like_bayesmeta(comparison: Any, folder: Path, expected: Any) -> Posterior:
    effects = comparison.to_effects(comparison.read_case(folder / expected["case"]), expected["measure"])
    rows = slice(None) if expected["rows"] == "all" else slice(0, int(expected["rows"].split(":")[1]))
    scale = float(expected["tau_prior"].removeprefix("half-normal(").rstrip(")"))
    sd = float(expected["mu_prior"].removeprefix("normal(0, ").rstrip(")"))
    model = NormalModel(effects.y[rows], np.sqrt(effects.v[rows]), MeanPrior(0.0, sd))
    return find_posterior(model, (scale,))[0]
