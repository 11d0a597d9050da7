"""A cell gathers what answers its question: one finding a study, nobody twice, what must stay apart apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stepdown.evidence.cells import Cell, answers, family_of, gather
from stepdown.evidence.study import Finding, Study
from unit.evidence.invented_studies import finding, rate, ratio, study

STOP = Cell("relapse", "stop", "injectable")
LEFT = Cell("relapse", "switch", "natalizumab")


def members_of(cell: Cell, *studies: Study) -> list[str]:
    return [f"{member.study.id}#{member.finding.id}" for member in gather(cell, studies).members]


def reasons_of(cell: Cell, *studies: Study) -> list[str]:
    return [row.reason for row in gather(cell, studies).excluded]


def switch(to_groups: tuple[str, ...], **changes: Any) -> Finding:
    left = {"groups": ("natalizumab",), **changes}
    return finding("switched", strategy="switch", to_groups=to_groups, **left)


def test_a_finding_about_the_question_is_a_member() -> None:
    assert members_of(STOP, study("one", finding())) == ["one#relapse-stop"]


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "mri_activity"},
        {"outcome": "other:relapse"},
        {"strategy": "continue"},
        {"groups": ("natalizumab",)},
        {"groups": ("injectable", "natalizumab")},
        {"groups": ()},
        {"covariate": "age"},
    ],
)
def test_a_finding_about_something_else_is_none(changes: dict[str, Any]) -> None:
    assert not answers(study("one"), finding(**changes), STOP)


@pytest.mark.parametrize(
    "changes",
    [
        {"disease": "MOGAD"},
        {"disease": "NMOSD"},
        {"design": "meta-analysis"},
        {"design": "review"},
        {"design": "guideline"},
    ],
)
def test_another_disease_and_pooled_work_of_others_never_answer(changes: dict[str, Any]) -> None:
    assert not answers(study("one", **changes), finding(), STOP)


def test_a_retracted_study_is_not_even_named() -> None:
    gathered = gather(STOP, [study("one", finding(), retracted="2026-01-02")])
    assert gathered.members == () and gathered.excluded == ()


def test_first_line_drugs_answer_for_each_other_and_the_rest_stand_alone() -> None:
    assert family_of("fumarate") == {"injectable", "teriflunomide", "fumarate"}
    assert family_of("natalizumab") == {"natalizumab"}


def test_a_study_of_several_first_line_drugs_answers_for_each_of_them() -> None:
    mixed = study("one", finding(groups=("injectable", "fumarate")))
    assert members_of(Cell("relapse", "stop", "teriflunomide"), mixed) == ["one#relapse-stop"]


@pytest.mark.parametrize(("group", "expected"), [("s1p", 1), ("natalizumab", 1), ("anti-cd20", 0)])
def test_a_mixed_study_answers_only_for_the_groups_it_is_named_for(group: str, expected: int) -> None:
    """dmsr_deescalation is named in pools.toml for natalizumab and S1P modulators."""
    named = study("dmsr_deescalation", switch((), groups=("natalizumab", "s1p")))
    assert len(members_of(Cell("relapse", "switch", group, direction="down"), named)) == expected


@pytest.mark.parametrize(
    ("to_groups", "to_group", "is_answer"),
    [
        (("fumarate",), "fumarate", True),
        (("fumarate",), "s1p", False),
        (("cladribine", "s1p"), "s1p", False),
        ((), "s1p", False),
    ],
)
def test_a_switch_answers_for_the_group_that_everybody_went_to(
    to_groups: tuple[str, ...], to_group: str, is_answer: bool
) -> None:
    assert answers(study("one"), switch(to_groups), replace(LEFT, to_group=to_group)) is is_answer


@pytest.mark.parametrize(
    ("to_groups", "is_answer"),
    [
        (("fumarate",), True),
        (("fumarate", "teriflunomide"), True),
        (("fumarate", "s1p"), False),
        ((), False),
    ],
)
def test_a_switch_down_leads_to_milder_drugs_only(to_groups: tuple[str, ...], is_answer: bool) -> None:
    assert answers(study("one"), switch(to_groups), replace(LEFT, direction="down")) is is_answer


@pytest.mark.parametrize(
    ("asked", "studied", "is_answer"),
    [
        (42, 42, True),
        (42, 43, True),
        (42, 56, False),
        (365, 243, False),
        (42, None, True),
        (None, 243, True),
    ],
)
def test_an_interval_answers_within_a_quarter_of_the_one_asked_for(
    asked: int | None, studied: int | None, is_answer: bool
) -> None:
    extended = finding(strategy="extend", interval_days=studied)
    assert answers(study("one"), extended, replace(STOP, strategy="extend", interval_days=asked)) is is_answer


def test_a_study_of_another_drug_of_the_group_does_not_answer_for_this_one() -> None:
    rituximab = finding(groups=("anti-cd20",), therapies=("rituximab",))
    cell = Cell("relapse", "stop", "anti-cd20", therapy="ocrelizumab")
    assert not answers(study("one"), rituximab, cell)
    assert answers(study("one"), replace(rituximab, therapies=()), cell)


def test_one_study_enters_once_with_its_whole_group_before_a_part() -> None:
    part = finding("part", subgroup="women", n=90, events=9)
    one = study("one", part, finding("whole"))
    assert members_of(STOP, one) == ["one#whole"]
    assert reasons_of(STOP, one) == ["the same people are counted in whole"]


def test_two_arms_of_one_study_both_enter() -> None:
    one = study("one", finding("to-a", arm="a"), finding("to-b", arm="b", n=30))
    assert members_of(STOP, one) == ["one#to-a", "one#to-b"]


def test_a_part_of_another_arm_may_be_the_same_people_and_stays_out() -> None:
    one = study("one", finding("whole", arm="all"), finding("part", arm="early", subgroup="early", n=30))
    assert members_of(STOP, one) == ["one#whole"]


def test_of_several_times_the_one_nearest_to_two_years_is_taken() -> None:
    times = [finding(f"at-{years}", time_years=years) for years in (0.5, 1.5, 5.0)]
    assert members_of(STOP, study("one", *times)) == ["one#at-1.5"]


def test_of_two_parts_the_one_of_the_persons_course_is_taken() -> None:
    parts = [finding(name, subgroup=name, courses=(name,)) for name in ("RRMS", "SPMS")]
    assert members_of(replace(STOP, course="SPMS"), study("one", *parts)) == ["one#SPMS"]


def test_a_finding_without_a_usable_number_is_left_out_with_its_reason() -> None:
    one = study("one", finding(time_years=None), ratio())
    assert members_of(STOP, one) == []
    assert reasons_of(STOP, one) == [
        "how long people were watched is not reported",
        "it is a contrast or words, not a risk over time",
    ]


def test_of_two_studies_with_the_same_people_the_stronger_design_is_kept() -> None:
    trial = study("trial", finding(n=20, events=2), design="rct")
    cohort = study("cohort", finding(), overlaps=("trial",))
    assert members_of(STOP, cohort, trial) == ["trial#relapse-stop"]
    assert reasons_of(STOP, cohort, trial) == ["may hold the same people as trial, which is kept"]


def test_of_two_cohorts_with_the_same_people_the_larger_is_kept() -> None:
    small, large = study("a", finding(n=20, events=2), overlaps=("b",)), study("b", finding(n=90))
    assert members_of(STOP, small, large) == ["b#relapse-stop"]


def test_studies_without_common_people_all_enter() -> None:
    assert len(members_of(STOP, *(study(name, finding()) for name in "abc"))) == 3


def test_an_event_defined_otherwise_stays_only_where_it_is_alone() -> None:
    """coerver2025 counts MRI from three new lesions on; pools.toml sets its any_activity apart."""
    cell = Cell("any_activity", "stop", "injectable")
    odd = study("coerver2025", finding("odd", outcome="any_activity"))
    alike = study("one", finding("alike", outcome="any_activity"))
    assert members_of(cell, odd) == ["coerver2025#odd"]
    assert members_of(cell, odd, alike) == ["one#alike"]
    assert reasons_of(cell, odd, alike)[0].startswith("defined otherwise: counts MRI only from three")


def test_stable_people_are_never_pooled_with_people_who_had_any_reason() -> None:
    stable = [study(name, finding()) for name in "ab"]
    other = study("c", finding(selection="any-reason"))
    assert members_of(STOP, *stable, other) == ["a#relapse-stop", "b#relapse-stop"]
    assert reasons_of(STOP, *stable, other)[0].startswith("people chosen because they were stable are not")


def test_where_more_studies_took_any_reason_the_stable_people_are_left_out() -> None:
    chosen = {"a": "elective-stable", "b": "any-reason", "c": "any-reason", "d": "unknown"}
    studies = [study(name, finding(selection=selection)) for name, selection in chosen.items()]
    assert members_of(STOP, *studies) == ["b#relapse-stop", "c#relapse-stop", "d#relapse-stop"]


def test_a_question_about_one_selection_hears_no_other() -> None:
    studies = [study(name, finding(selection=name)) for name in ("elective-stable", "any-reason", "unknown")]
    assert members_of(replace(STOP, selection="any-reason"), *studies) == ["any-reason#relapse-stop"]


def test_rates_and_counts_stand_in_one_pool() -> None:
    cell = Cell("serious_infection", "continue", "injectable")
    counted = study("a", finding("counts", outcome="serious_infection", strategy="continue"))
    assert len(members_of(cell, counted, study("b", rate(person_years=300.0)))) == 2
