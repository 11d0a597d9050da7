"""One table of how the answer moves with the choices of a cohort's analysis."""

from __future__ import annotations

import pytest

from stepdown.cohorts.protocol.reading import read_shipped
from stepdown.reports.cohort.choices import list_choices, say_control, say_how_strong

PROTOCOL = read_shipped("stopping-at-50")


def to_interval(value: float | None, low: float | None, high: float | None) -> dict[str, object]:
    return {"value": value, "low": low, "high": high, "why": ""}


def invent_outcome(ratio: object, complete: bool = True) -> dict[str, object]:
    def contrast(difference: float) -> dict[str, object]:
        return {"years": 2.0, "risk_ratio": ratio, "risk_difference": to_interval(difference, 0.0, 0.2),
                "crude_risk_difference": to_interval(difference + 0.05, 0.0, 0.2)}
    return {"contrasts": [contrast(0.5), contrast(0.1)],
            "complete_cases": contrast(0.2) if complete else None}


def test_the_analyses_stand_in_one_list_that_of_the_protocol_first() -> None:
    choices = list_choices(invent_outcome(None), PROTOCOL)
    assert [choice.difference["value"] for choice in choices] == pytest.approx([0.1, 0.15, 0.2, 0.25])
    assert choices[0].name == "weighted (att), what is not known marked: the protocol's"
    assert choices[3].name == "without weights, complete cases alone"


def test_copies_of_the_same_people_are_weighed_for_who_leaves() -> None:
    copies = read_shipped("stepping-down-from-high-efficacy")
    assert copies.target.grace_days > 0
    first = list_choices(invent_outcome(None), copies)[0]
    assert first.name.startswith("weighted for who leaves or is lost,")


def test_complete_cases_are_no_choice_where_everything_is_known() -> None:
    choices = list_choices(invent_outcome(None, complete=False), PROTOCOL)
    assert [choice.name for choice in choices] == ["weighted (att): the protocol's", "without weights"]


def test_the_strength_of_something_unmeasured_is_that_of_the_paper() -> None:
    """VanderWeele and Ding 2017: a ratio of 3.9 (1.8 to 8.7) has E-values of 7.26 and 3.0."""
    said = say_how_strong(invent_outcome(to_interval(3.9, 1.8, 8.7)))
    assert "by a ratio of 7.3 each" in said and "by 3 each" in said


@pytest.mark.parametrize("ratio", [None, "withheld: too few events", to_interval(None, None, None),
                                   to_interval(2.0, None, None), to_interval(2.0, 0.0, 9.0)])
def test_nothing_is_said_of_a_ratio_that_is_not_shown(ratio: object) -> None:
    assert say_how_strong(invent_outcome(ratio)) == ""


def test_an_interval_that_includes_no_effect_needs_nothing_unmeasured() -> None:
    assert "includes no effect as it is" in say_how_strong(invent_outcome(to_interval(1.3, 0.9, 1.9)))


@pytest.mark.parametrize(("low", "high", "told"), [
    (-0.1, 0.2, "No difference is seen"), (0.1, 0.2, "Yet the groups differ"),
    (-0.2, -0.1, "Yet the groups differ"), (None, None, "Too few events are shown")])
def test_a_negative_control_says_what_it_tells_of_the_other_outcomes(low: float | None, high: float | None,
                                                                     told: str) -> None:
    contrast = {"risk_difference": to_interval(0.0, low, high)}
    assert told in say_control({"negative_control": True, "contrasts": [contrast]})
    assert say_control({"negative_control": False, "contrasts": [contrast]}) == ""
