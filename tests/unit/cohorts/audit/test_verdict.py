"""When predictions are not trusted, agree, or cannot be judged: each edge of the rule."""

from __future__ import annotations

import numpy as np
import pytest

from stepdown.cohorts.audit.comparing import compare
from stepdown.cohorts.audit.drift import Chart, Series
from stepdown.cohorts.audit.results import AGREES, CANNOT_TELL, NOT_TRUSTED, Drift, Share
from stepdown.cohorts.audit.rules import read_rules
from stepdown.cohorts.audit.verdict import Grounds, judge

RULES = read_rules()


def drift(more: int | None, fewer: int | None) -> Drift:
    charts = [Chart(2.0, 3.0, 0.025, np.zeros(1), day, day) for day in (more, fewer)]
    return Drift(2, Series(0, np.zeros(1, dtype=np.int64), np.zeros(1)), charts[0], charts[1], ())


@pytest.mark.parametrize(("observed", "expected", "word", "direction", "grounds"), [
    (100, 100.0, AGREES, "", ("ruled-out",)),
    (26, 26.0, AGREES, "", ("ruled-out",)),
    (25, 25.0, CANNOT_TELL, "", ("few-events",)),
    (0, 2.0, CANNOT_TELL, "", ("few-events",)),
    (0, 4.0, NOT_TRUSTED, "fewer", ("fewer",)),
    (200, 100.0, NOT_TRUSTED, "more", ("more",)),
    (50, 100.0, NOT_TRUSTED, "fewer", ("fewer",)),
    (60, 45.0, CANNOT_TELL, "", ("open",)),
    (0, 0.0, CANNOT_TELL, "", ("nothing-expected",)),
])
def test_counts_alone_decide_by_their_interval(observed: int, expected: float, word: str, direction: str,
                                               grounds: tuple[str, ...]) -> None:
    found = judge(Grounds(compare(observed, expected, RULES.level), "", None, None), RULES)
    assert (found.word, found.direction, found.grounds) == (word, direction, grounds)


@pytest.mark.parametrize(("changed", "direction", "ground"), [
    ({"beyond": "more"}, "more", "beyond"),
    ({"drift": drift(5, None)}, "more", "drift-more"),
    ({"drift": drift(None, 5)}, "fewer", "drift-fewer"),
    ({"slope": Share(0.2, 0.0, 0.4)}, "", "ranking-flat"),
    ({"slope": Share(3.0, 2.1, 4.0)}, "", "ranking-steep"),
])
def test_one_reason_against_outweighs_a_count_that_agrees(changed: dict[str, object], direction: str,
                                                          ground: str) -> None:
    parts = {"ratio": compare(100, 100.0, RULES.level), "beyond": "", "slope": None, "drift": None}
    found = judge(Grounds(**{**parts, **changed}), RULES)  # type: ignore[arg-type]
    assert (found.word, found.direction, found.grounds) == (NOT_TRUSTED, direction, (ground,))


def test_a_quiet_chart_and_a_slope_that_may_be_one_change_nothing() -> None:
    ratio = compare(100, 100.0, RULES.level)
    assert judge(Grounds(ratio, "", Share(1.2, 0.4, 2.2), drift(None, None)), RULES).word == AGREES
