"""The figures of calibration, worked out by hand on invented arms."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stepdown.evidence.model.calibration import LeftOut
from stepdown.evidence.model.verdict import (
    bootstrap,
    bootstrap_mean,
    is_one_sided,
    judge_calibration,
    rank_correlation,
    slope_of,
    to_histogram,
)

ROW = LeftOut(
    "a", "f", "relapse", "stop", "first-line", "estimated", 10, 100, 0.1, 0.4, 0.5, 20, 30, 18, -2, -3, -2.5
)


def rows(*changes: dict[str, object]) -> list[LeftOut]:
    return [
        replace(ROW, **{"study": str(number), **change})  # type: ignore[arg-type]
        for number, change in enumerate(changes)
    ]


@pytest.mark.parametrize(
    ("low", "high", "covered"),
    [(0.4, 0.5, 1), (0.0, 0.05, 0), (0.95, 1.0, 0), (0.05, 0.15, 0.5), (0.0, 1.0, 0.8)],
)
def test_coverage_is_how_much_of_the_randomised_pit_lies_inside(
    low: float, high: float, covered: float
) -> None:
    assert replace(ROW, pit_low=low, pit_high=high).covered(0.8) == pytest.approx(covered)


def test_rank_correlation_is_spearmans() -> None:
    """Observed 1, 2, 3, 4 against predicted 1, 3, 2, 4: 1 - 6 * 2 / (4 * 15) = 0.8."""
    some = rows(*({"events": e, "predicted": p} for e, p in ((1, 0.1), (2, 0.3), (3, 0.2), (4, 0.4))))
    assert rank_correlation(some) == pytest.approx(0.8)


def test_equal_values_share_their_rank() -> None:
    """Ranks 0.5, 0.5, 2 against 0, 1, 2: correlation 0.866."""
    some = rows(*({"events": e, "predicted": p} for e, p in ((1, 0.1), (1, 0.2), (3, 0.3))))
    assert rank_correlation(some) == pytest.approx(0.8660254)


def test_arms_on_one_side_throughout_are_told() -> None:
    low, across, high = {"pit_low": 0.1, "pit_high": 0.2}, {}, {"pit_low": 0.7, "pit_high": 0.8}
    assert is_one_sided(rows(low, low))
    assert is_one_sided(rows(high, high))
    assert not is_one_sided(rows(low, high))
    assert not is_one_sided(rows(low, {"pit_low": 0.4, "pit_high": 0.6}, across, high))


def test_the_histogram_holds_each_arm_once() -> None:
    """One arm within a tenth, one spread evenly over all."""
    shares = to_histogram(rows({"pit_low": 0.42, "pit_high": 0.48}, {"pit_low": 0.0, "pit_high": 1.0}))
    assert sum(shares) == pytest.approx(1)
    assert shares[4] == pytest.approx(0.55)


def test_the_bootstrap_draws_studies_not_arms() -> None:
    one = bootstrap([ROW, ROW, ROW], lambda some: float(len(some)))
    assert one.value == 3 and one.low != one.low
    two = bootstrap(
        rows({"width80": 10}, {"width80": 30}), lambda some: sum(r.width80 for r in some) / len(some)
    )
    assert (two.value, two.low, two.high) == (20, 10, 30)


def test_the_mean_of_all_draws_at_once_is_that_of_each_draw() -> None:
    arms = rows({"width80": 10}, {"width80": 30}, {"width80": 70})
    some = [*arms, replace(arms[0], width80=25)]
    each = bootstrap(some, lambda drawn: sum(row.width80 for row in drawn) / len(drawn))
    assert bootstrap_mean(some, lambda row: row.width80) == each


def test_a_slope_of_one_is_prediction_as_observed() -> None:
    some = rows(*({"events": 200 * p - 0.5 + p, "n": 200, "predicted": p} for p in (0.1, 0.3, 0.6)))
    assert slope_of(some) == pytest.approx(1)


def test_targets_are_reached_or_not_one_by_one() -> None:
    good = judge_calibration(
        rows(
            *(
                {"events": e, "predicted": e / 100, "pit_low": p, "pit_high": p + 0.01}
                for e, p in ((5, 0.05), (10, 0.3), (20, 0.6), (40, 0.8))
            )
        )
    )
    assert good.is_reached
    bad = judge_calibration(
        rows(*({"log_score": -9, "pit_low": 0.0, "pit_high": 0.01, "events": e} for e in (1, 2, 3, 4, 5)))
    )
    assert [reached for _, reached in bad.targets] == [False] * 5
