"""Simulated people beside published studies: the figures are those of the library, and the page is fresh."""

from __future__ import annotations

import math
import re

import pytest

from stepdown.cohorts.registry.simulation.calibrating import compare_targets, find_published, read_targets
from write_simulated_registry import PAGE, find_basis

PAGE_TEXT = PAGE.read_text(encoding="utf-8")


def chance_of_at_most(events: int, n: int, p: float) -> float:
    return sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(events + 1))


def test_the_page_rests_on_the_assumptions_of_today() -> None:
    assert find_basis() in PAGE_TEXT, "run tools/write_simulated_registry.py"


def test_the_page_has_a_line_for_each_target_with_the_figure_of_the_library() -> None:
    lines = [line for line in PAGE_TEXT.splitlines() if line.startswith("| [")]
    assert len(lines) == len(read_targets())
    for line, target in zip(lines, read_targets(), strict=True):
        value = find_published(target)[0]
        shown = f"{value:.1f}" if target.measure == "hazard-ratio" else f"{value:.1%}"
        assert f"#{target.finding.id}]" in line and f"| {shown} (" in line


def test_the_page_counts_what_lies_inside() -> None:
    inside = PAGE_TEXT.count("| yes |")
    assert f"{inside} of {len(read_targets())} simulated values" in PAGE_TEXT
    assert re.search(r"\*\*no\*\*", PAGE_TEXT) is None or inside < len(read_targets())


def test_an_interval_of_counts_is_exact() -> None:
    counted = next(one for one in read_targets() if one.finding.id == "relapse-stop-2y")
    value, low, high = find_published(counted)
    assert value == 3 / 131
    # By definition: 3 or more at the low end, and 3 or fewer at the high end, each have a chance of 2.5 %.
    assert 1 - chance_of_at_most(2, 131, low) == pytest.approx(0.025)
    assert chance_of_at_most(3, 131, high) == pytest.approx(0.025)


@pytest.mark.parametrize(
    "name", ["relapse-stop-2y", "relapse-hazard-ratio-natalizumab", "relapse-stop-rrms"]
)
def test_people_simulated_anew_agree_with_the_study(name: str) -> None:
    target = next(one for one in read_targets() if one.finding.id == name)
    (agreement,) = compare_targets(8000, 5, (target,))
    assert agreement.is_inside
