"""The E-value against the worked examples of its authors."""

from __future__ import annotations

import pytest

from stepdown.cohorts.estimates import find_e_value
from stepdown.cohorts.survival import FollowUpError


def test_the_example_of_the_paper() -> None:
    """VanderWeele and Ding 2017: a risk ratio of 3.9 (1.8 to 8.7) has the E-values 7.26 and 3.0."""
    found = find_e_value(3.9, 1.8, 8.7)
    assert (found.estimate, found.bound) == (pytest.approx(7.26, abs=0.005), pytest.approx(3.0, abs=0.005))


def test_a_ratio_below_one_is_as_strong_as_its_inverse() -> None:
    below, above = find_e_value(0.5, 0.4, 0.8), find_e_value(2, 1.25, 2.5)
    assert (below.estimate, below.bound) == (pytest.approx(above.estimate), pytest.approx(above.bound))


def test_an_interval_that_holds_one_needs_no_confounding() -> None:
    assert find_e_value(1.3, 0.9, 1.9).bound == 1


def test_a_hazard_ratio_of_a_common_outcome_is_first_made_a_risk_ratio() -> None:
    """By hand: sqrt(4) = 2, (1 - 0.5^2) / (1 - 0.5^0.5) = 2.561; for a rare outcome it stays 4."""
    ratio = 0.75 / (1 - 0.5**0.5)
    common = find_e_value(4, 4, 4, is_hazard_ratio=True)
    assert common.estimate == pytest.approx(ratio + (ratio * (ratio - 1)) ** 0.5)
    assert find_e_value(4, 4, 4, is_hazard_ratio=True, is_common=False).estimate == pytest.approx(4 + 12**0.5)


def test_what_is_no_ratio_is_refused() -> None:
    with pytest.raises(FollowUpError, match="0 < lower"):
        find_e_value(-0.1, -0.2, 0.1)
