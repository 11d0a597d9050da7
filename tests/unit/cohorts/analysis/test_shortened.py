"""The influence of many people is kept in few lines: whatever is taken of them varies as it did."""

from __future__ import annotations

import numpy as np

from stepdown.cohorts.analysis.comparing import _shorten


def test_sums_of_squares_are_those_of_everybody() -> None:
    one, other = np.random.default_rng(1).normal(size=(2, 3, 500)) * [[[1.0], [1e-6], [1e3]]]
    lines = _shorten([one, other])
    assert lines.shape == (6, 2, 3)
    for place in range(3):
        apart, short = one[place] - other[place], lines[:, 0, place] - lines[:, 1, place]
        np.testing.assert_allclose((short**2).sum(), (apart**2).sum(), rtol=1e-12)


def test_what_nobody_moves_stays_nothing_and_what_is_unknown_stays_unknown() -> None:
    one = np.array([[1.0, 2.0], [0.0, 0.0], [np.nan, 1.0]])
    lines = _shorten([one, one])
    assert (lines[:, 0, 1] == 0).all()
    assert np.isnan(lines[:, 1, 2]).all()
    np.testing.assert_allclose((lines[:, 0, 0] ** 2).sum(), 5.0)
