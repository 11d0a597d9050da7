"""What may be published gives no small count back, whatever is subtracted, divided or read off a curve."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from stepdown.cohorts.analysis.results import CohortResult
from stepdown.cohorts.disclosure import WITHHELD, find_unit, hide, publish
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


def shares_of(group: dict[str, object]) -> set[float]:
    """Every share that is published of a group, with the bounds."""
    told = [group["risk"], group["crude_risk"], *group["curve"]]  # type: ignore[misc]
    return {point[key] for point in told for key in ("value", "risk", "low", "high")
            if isinstance(point.get(key), float)}


def publish_group(events: int, people: int, rules: Disclosure = RULES) -> dict[str, object]:
    found: dict[str, object] = publish(invent((events, 60), (people, 400)), rules)["outcomes"][0]["groups"][0]
    return found


def test_the_number_of_people_does_not_come_back_from_the_steps_of_their_risks() -> None:
    """37 of 40 had a score to begin from: in steps of 5 of 37, the 3 that are hidden would be known.

    The divisibility of what is shown points at no number more than at its neighbours that are shown alike.
    """
    for people in range(33, 58):
        found = [publish_group(events, people) for events in range(5, people - 4)]
        shares = {share for group in found for share in shares_of(group)}
        near = range(people - 4, people + 5)
        alike = [number for number in near if hide(number, RULES) == hide(people, RULES)]
        unit = find_unit(people, RULES)
        assert {find_unit(number, RULES) for number in alike} == {unit} and len(alike) == 5
        assert all(abs(share / unit - round(share / unit)) < 1e-3 or abs(share) == 1 for share in shares)


@pytest.mark.parametrize("round_to", [1, 2, 4])
def test_rounding_finer_than_the_threshold_is_not_done_and_said(round_to: int) -> None:
    """42 less 40 would be the 2 that stand as <5 beside them."""
    fine = Disclosure(threshold=5, round_to=round_to)
    assert [hide(count, fine) for count in (42, 40, 2)] == [40, 40, "<5"]
    published = publish(invent((8, 60)), fine)
    assert published["disclosure"] == {"threshold": 5, "round_to": 5}
    assert "by subtraction" in published["warnings"][0]


def test_the_first_points_of_a_curve_do_not_tell_of_a_few_events() -> None:
    """Of 8 events in two years 1 to 4 came in the first of them: those points are not shown."""
    curve = publish(invent((8, 60)), RULES)["outcomes"][0]["groups"][0]["curve"]
    assert [point["years"] for point in curve] == [0.0, 1.25, 1.5, 1.75, 2.0]


def test_a_published_risk_is_the_nearest_step_and_its_interval_holds_the_exact_one() -> None:
    """6 of 34 are 17.6 %: 15 % in steps of 15 %; half a step more is the next one."""
    found = [publish_group(events, 34)["risk"] for events in (6, 8)]
    assert [risk["value"] for risk in found] == [0.15, 0.3]  # type: ignore[index]
    for events, risk in zip((6, 8), found, strict=True):
        assert risk["low"] <= events / 34 - 0.05 and risk["high"] >= events / 34 + 0.05  # type: ignore[index]


def test_no_ratio_of_what_is_published_is_finer_than_its_rounded_counts() -> None:
    for people in (37, 40, 41, 203):
        group = publish_group(9, people)
        assert group["proportion"] == round(10 / hide(people, RULES), 3)  # type: ignore[operator]
