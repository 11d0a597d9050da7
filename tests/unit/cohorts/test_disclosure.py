"""What may be published gives no small count back, whatever is subtracted, divided or read off a curve."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from stepdown.cohorts.analysis.results import CohortResult
from stepdown.cohorts.disclosure import WITHHELD, hide, publish
from stepdown.cohorts.protocol.model import Disclosure
from unit.cohorts.invented_result import invent

RULES = Disclosure(threshold=5, round_to=5)


def write(result: CohortResult) -> str:
    return json.dumps(publish(result, RULES))


@pytest.mark.parametrize("other", [20, 60])
def test_all_counts_below_the_threshold_look_the_same(other: int) -> None:
    """Nothing published depends on which of 1 to 4 it was, so nothing can be worked back."""
    written = {write(replace(invent((count, other)), attrition=())) for count in (1, 2, 3, 4)}
    assert len(written) == 1
    assert '"<5"' in written.pop()


def test_what_rests_on_few_events_is_withheld_as_a_whole() -> None:
    outcome = publish(invent((3, 60)), RULES)["outcomes"][0]
    group = outcome["groups"][0]
    assert (group["risk"], group["proportion"], group["curve"]) == (WITHHELD, WITHHELD, [])
    assert outcome["contrasts"][0]["risk_difference"] == outcome["hazard_ratio"] == WITHHELD


def test_nearly_every_published_share_could_be_that_of_several_counts() -> None:
    """Trying to recover the count from the risk and the size leaves at least three counts."""
    shown = {count: publish(invent((count, 60)), RULES)["outcomes"][0]["groups"][0] for count in range(5, 60)}
    for group in list(shown.values())[:-5]:
        same = [count for count, other in shown.items()
                if other["risk"]["value"] == group["risk"]["value"] and other["events"] == group["events"]]
        assert len(same) >= 3


def test_no_step_of_a_published_curve_is_a_single_person() -> None:
    curve = publish(invent((40, 60)), RULES)["outcomes"][0]["groups"][0]["curve"]
    steps = np.diff([point["risk"] for point in curve])
    assert all(step == 0 or step >= 5 / 200 - 1e-9 for step in steps)


def test_a_total_minus_its_parts_does_not_give_the_part_back() -> None:
    """Whatever the total, the two rounded numbers agree with each of the four small counts."""
    for total in range(50, 60):
        for part in range(1, 5):
            seen = hide(total, RULES), hide(total - part, RULES)
            agree = {small for small in range(1, 5) for whole in range(40, 70)
                     if (hide(whole, RULES), hide(whole - small, RULES)) == seen}
            assert agree == {1, 2, 3, 4}


@pytest.mark.parametrize(("count", "shown"),
                         [(0, 0), (1, "<5"), (4, "<5"), (5, 5), (7, 5), (8, 10), (12, 10)])
def test_how_a_count_is_shown(count: int, shown: int | str) -> None:
    assert hide(count, RULES) == shown
