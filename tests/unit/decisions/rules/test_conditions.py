"""Conditions of rules are judged in three values: true, false, unknown."""

from __future__ import annotations

import pytest

from stepdown.decisions.rules.conditions import all_hold, facts_used, holds
from stepdown.ms.facts import Fact, bounded, doubtful, known, unknown

FACTS = {
    "age": known("age", 60),
    "birth_year_only": bounded("birth_year_only", 54, 55),
    "quiet": bounded("quiet", 6, None),
    "relapse": known("relapse", True),
    "mri": known("mri", False),
    "course": known("course", "SPMS"),
    "igg": unknown("igg", "not on file"),
    "drug": doubtful("drug", "two at once"),
}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"fact": "age", "at_least": 55}, True),
        ({"fact": "age", "at_least": 60}, True),
        ({"fact": "age", "below": 60}, False),
        ({"fact": "age", "more_than": 60}, False),
        ({"fact": "age", "at_least": 50, "below": 55}, False),
        ({"fact": "birth_year_only", "at_least": 55}, None),
        ({"fact": "birth_year_only", "below": 56}, True),
        ({"fact": "quiet", "at_least": 5}, True),
        ({"fact": "quiet", "at_least": 8}, None),
        ({"fact": "relapse", "is": True}, True),
        ({"fact": "mri", "is": True}, False),
        ({"fact": "mri", "is_not": True}, True),
        ({"fact": "course", "is": ["SPMS", "PPMS"]}, True),
        ({"fact": "course", "is": "RRMS"}, False),
        ({"fact": "igg", "below": 7}, None),
        ({"fact": "igg", "is_not": "low"}, None),
        ({"fact": "igg", "missing": True}, True),
        ({"fact": "quiet", "missing": True}, False),
        ({"fact": "drug", "is": "natalizumab"}, None),
    ],
)
def test_a_condition_is_true_false_or_unknown(condition: dict[str, object], expected: bool | None) -> None:
    assert holds(condition, FACTS) is expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, True),
        ({"all": [{"fact": "relapse", "is": True}, {"fact": "igg", "below": 7}]}, None),
        ({"all": [{"fact": "mri", "is": True}, {"fact": "igg", "below": 7}]}, False),
        ({"any": [{"fact": "relapse", "is": True}, {"fact": "igg", "below": 7}]}, True),
        ({"any": [{"fact": "mri", "is": True}, {"fact": "igg", "below": 7}]}, None),
        ({"none_of": [{"fact": "mri", "is": True}]}, True),
        ({"none_of": [{"fact": "mri", "is": True}, {"fact": "igg", "below": 7}]}, None),
        ({"none_of": [{"fact": "relapse", "is": True}, {"fact": "igg", "below": 7}]}, False),
    ],
)
def test_lists_of_conditions_join_without_turning_unknown_into_no(
    rule: dict[str, object], expected: bool | None
) -> None:
    assert all_hold(rule, FACTS) is expected


def test_a_rule_names_each_fact_it_turns_on_once() -> None:
    rule = {
        "all": [{"fact": "age", "below": 55}, {"fact": "age", "at_least": 45}],
        "any": [{"fact": "igg", "below": 7}],
    }
    assert facts_used(rule) == ("age", "igg")


def test_an_unknown_fact_name_is_a_mistake_of_ours() -> None:
    facts: dict[str, Fact] = {}
    with pytest.raises(KeyError):
        holds({"fact": "shoe_size", "is": 42}, facts)
