"""Diagnostics: what a study does to a pool; their values stand against metafor elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from stepdown.evidence.meta.diagnostics import (
    find_asymmetry,
    leave_one_out,
    pool_cumulatively,
    shrink_studies,
)
from stepdown.evidence.meta.refusals import NotPoolable, UnknownChoice
from stepdown.evidence.meta.two_stage import fit_two_stage

Y, V = [0.1, 0.5, 0.9, 0.3, 0.8], [0.04, 0.09, 0.01, 0.05, 0.02]


def test_leaving_one_out_pools_the_others() -> None:
    assert leave_one_out(Y, V)[0].coef[0] == pytest.approx(fit_two_stage(Y[1:], V[1:]).coef[0])


def test_the_last_cumulative_fit_is_the_whole() -> None:
    fits = pool_cumulatively(Y, V)
    assert fits[0].coef[0] == Y[0]
    assert fits[-1].coef[0] == pytest.approx(fit_two_stage(Y, V).coef[0])


def test_shrunken_estimates_move_less_where_the_study_is_precise() -> None:
    shrunken = shrink_studies(Y, V)
    moved = np.abs(shrunken.value - Y)
    assert moved[2] < moved[0]


def test_egger_needs_ten_studies() -> None:
    with pytest.raises(NotPoolable, match="10 studies"):
        find_asymmetry(Y, V)
    with pytest.raises(UnknownChoice, match="lm, mixed"):
        find_asymmetry(Y * 2, V * 2, model="begg")


def test_egger_finds_no_slope_where_effects_do_not_depend_on_precision() -> None:
    assert find_asymmetry([0.3] * 9 + [0.3001], np.linspace(0.01, 0.2, 10)).stat == pytest.approx(0, abs=3)


def test_one_study_cannot_be_left_out() -> None:
    with pytest.raises(NotPoolable, match="two studies"):
        leave_one_out(Y[:1], V[:1])
