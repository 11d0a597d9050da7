"""No generated person gets an answer that breaks a rule: 2,000 in every run, or STEPDOWN_PEOPLE of them."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import pytest

from spec.answering import TODAY, Asked, ask
from spec.generated_people import AT, generate_person
from spec.rules_for_everybody import RULES, Rule, find_breaches

PEOPLE = int(os.environ.get("STEPDOWN_PEOPLE", "2000"))
PARTS = 8
FIRST_SEED = 20_261_101


def seeds(people: int, part: int) -> range:
    """The seeds of one part, so that the parts may run beside each other."""
    return range(FIRST_SEED + part, FIRST_SEED + people, PARTS)


def is_adult(asked: Asked) -> bool:
    """Whether the file has no error; the only one that a generated person may have is to be under 18."""
    errors = asked.checked.errors
    assert all("under 18" in fault.sentence for fault in errors), [str(fault) for fault in errors]
    return not errors


def breaches_of(seed: int) -> list[str]:
    person = generate_person(seed)
    asked = ask(person, AT)
    return find_breaches(person, asked.answer) if is_adult(asked) else []


@pytest.mark.parametrize("part", range(PARTS))
def test_no_generated_person_gets_an_answer_that_breaks_a_rule(part: int) -> None:
    breaches = [each for seed in seeds(PEOPLE, part) for each in breaches_of(seed)]
    assert not breaches, "\n".join(breaches[:40])


@pytest.mark.validate
@pytest.mark.parametrize("part", range(PARTS))
def test_none_of_100_000_gets_an_answer_that_breaks_a_rule(part: int) -> None:
    breaches = [each for seed in seeds(100_000, part) for each in breaches_of(seed)]
    assert not breaches, "\n".join(breaches[:40])


@cache
def generate_people() -> tuple[dict[str, Any], ...]:
    return tuple(generate_person(seed) for seed in range(FIRST_SEED, FIRST_SEED + 2000))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
def test_every_rule_is_about_somebody(rule: Rule) -> None:
    assert sum(rule.is_about(person) for person in generate_people()) >= 10


def test_a_person_surely_under_18_is_refused() -> None:
    young = [person for person in generate_people() if person.get("birth_date", "") > "2008-11-01"]
    assert len(young) > 5 and not any(is_adult(ask(person, AT)) for person in young)


def test_both_reports_of_generated_people_can_be_written() -> None:
    people = [generate_person(seed) for seed in range(FIRST_SEED, FIRST_SEED + 100)]
    asked = [ask(person, AT) for person in people]
    assert all(reads_as_a_report(each) for each in asked if is_adult(each))


def reads_as_a_report(asked: Asked) -> bool:
    return len(asked.clinician) > 500 and len(asked.patient) > 500


def test_a_person_comes_from_the_seed_alone() -> None:
    assert generate_person(7) == generate_person(7) != generate_person(8)
    assert AT <= TODAY
