"""The posterior is the one that numpyro's NUTS finds for the same likelihood, within Monte Carlo error.

A failure means that the integrals, the peak or the weights of the draws are wrong, or that NUTS has not
converged: the table of ``validation/risk-model/compare_nuts.py`` shows which coefficient. Four standard
errors leave one false alarm in some 600 runs of 27 coefficients; deviations may differ by a fifth, because
our draws are worth some hundreds.
"""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest


@pytest.mark.validate
def test_means_agree_within_monte_carlo_error_and_deviations_within_a_fifth(checkout: Path) -> None:
    pytest.importorskip("numpyro", reason="numpyro is not installed")
    script = runpy.run_path(str(checkout / "validation" / "risk-model" / "compare_nuts.py"))
    rows = script["compare"]()
    assert {row.name: row.errors for row in rows if row.errors > script["MOST_ERRORS"]} == {}
    assert all(0.8 < row.ours[1] / row.nuts[1] < 1.25 for row in rows)
