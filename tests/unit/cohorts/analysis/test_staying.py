"""The models of staying in view on panels of many blocks."""

from __future__ import annotations

import numpy as np
import pytest

from stepdown.cohorts.analysis import staying
from stepdown.cohorts.analysis.comparing import prepare
from stepdown.cohorts.analysis.follow_up import HORIZON, LEFT
from stepdown.cohorts.analysis.panel import Panel, _describe_states
from stepdown.cohorts.population.words import Words
from stepdown.cohorts.weighting import logistic
from unit.cohorts.analysis.invented_study import build_protocol, draw_study, prepare_study


def draw_panel(count: int, is_seen: bool = True) -> Panel:
    """Rows that leave the sooner the higher their first covariate, in steps of 91 days over two years.

    Unless ``is_seen`` nothing was seen of anybody in follow-up.
    """
    random = np.random.default_rng(1)
    base = np.column_stack([np.ones(count), random.normal(size=count)]).astype(np.float32)
    time = np.ceil(np.minimum(random.exponential(900 * np.exp(-0.5 * base[:, 1])), 730))
    order = np.argsort(-time, kind="stable")
    time, begins = time[order], np.arange(0.0, 730, 91)
    sizes = np.append(np.searchsorted(-time, -begins), 0)
    states = random.integers(0, 4, (len(begins), count)).astype(np.uint8)
    states *= is_seen & (np.arange(count) < sizes[:-1, None])  # nothing of those not followed so long
    reason = np.where(time < 730, LEFT, HORIZON)
    cause = np.zeros(count, dtype=np.int64)
    return Panel(np.arange(count), time, reason, cause, base[order], begins, sizes, states,
                 tuple(_describe_states(begin) for begin in begins))


def test_a_search_that_begins_on_a_part_ends_where_one_from_nothing_ends(
        monkeypatch: pytest.MonkeyPatch) -> None:
    panel = draw_panel(40_000)
    asked = tuple((k, None) for k in range(len(panel.begins)))
    found = []
    for rows in (2048, 100_000):
        monkeypatch.setattr(logistic, "ROWS_TO_BEGIN", rows)
        found.append(staying.fit_staying(panel, LEFT, asked, panel.width))
    assert_alike(*found)


def test_a_start_that_leads_nowhere_is_given_up_and_the_search_begins_from_nothing() -> None:
    """From where all of a kind are certain, steps jump to and fro; a ridge would answer for no reason."""
    panel = draw_panel(8000)
    model = staying.fit_staying(panel, LEFT, tuple((k, None) for k in range(len(panel.begins))), panel.width)
    assert model is not None
    far = model.coefficients[list(model.kept)].copy()
    far[1] = 400.0
    top = logistic.find_top(model.evaluate, 0.02, np.ones(len(far)), start=far)
    assert top.has_converged and not top.penalty.any()
    np.testing.assert_allclose(top.coefficients, model.coefficients[list(model.kept)], rtol=1e-6, atol=1e-8)


def assert_alike(first: staying.StayingModel | None, second: staying.StayingModel | None) -> None:
    """Without a penalty, and the same to a thousandth of a standard error."""
    assert first is not None and second is not None and not first.penalty.any()
    errors = np.sqrt(np.diag(np.linalg.pinv(second.information)))
    assert (abs(first.coefficients - second.coefficients)[list(second.kept)] < 1e-3 * errors).all()


@pytest.mark.parametrize("is_seen", [True, False])
def test_the_information_is_that_of_every_row_in_every_interval(is_seen: bool) -> None:
    """Against the sum over rows and intervals, written out."""
    panel = draw_panel(300, is_seen)
    asked = tuple((k, None) for k in range(len(panel.begins)))
    model = staying.fit_staying(panel, LEFT, asked, panel.width)
    assert model is not None
    score, information = np.zeros(panel.width), np.zeros((panel.width, panel.width))
    for k, size in enumerate(panel.sizes[:-1]):
        for row in range(size):
            x = np.concatenate([panel.base[row], panel.tables[k][panel.states[k][row]]])
            chance = 1 / (1 + np.exp(-x @ model.coefficients))
            leaves = panel.leaving(k).start <= row and panel.reason[row] == LEFT
            score += (leaves - chance) * x
            information += chance * (1 - chance) * np.outer(x, x)
    found = model.sum_up(model.coefficients)
    np.testing.assert_allclose(found.score, score, atol=1e-4)
    np.testing.assert_allclose(found.information, information, rtol=1e-5)


@pytest.mark.parametrize("grace_days", [0, 90])
def test_models_that_begin_at_those_of_other_rows_end_where_they_would_alone(grace_days: int) -> None:
    """Of women alone, of whom sex is the same: its part goes into the intercept."""
    protocol, data = build_protocol(grace_days=grace_days), draw_study()
    every, sex = prepare_study(protocol, data), data.covariates["sex"]
    assert isinstance(sex, Words)
    part = every.followed.take(sex.mark("female")[every.followed.row])
    alone, near = (prepare(data, part, every.design, protocol, like=like).models
                   for like in (None, every.models))
    pairs = [pair for side in (0, 1) for pair in zip(alone.staying[side], near.staying[side], strict=True)]
    assert len(pairs) >= 2
    for one, other in pairs:
        assert one.kept == other.kept
        assert other.coefficients == pytest.approx(one.coefficients, rel=1e-6, abs=1e-8)
