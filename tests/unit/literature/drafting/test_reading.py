"""A whole abstract as a draft: who, how many, how long, what was found; every value at its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.literature.drafting.draft import DraftField
from stepdown.literature.drafting.reading import read_draft
from stepdown.literature.numbers import read_numbers
from unit.literature.drafting.invented_abstracts import make_citation


def value(field: DraftField | None) -> object:
    return field.value if field else None


def test_an_abstract_is_read_into_a_study() -> None:
    draft = read_draft(make_citation())
    assert (value(draft.design), value(draft.n)) == ("cohort", 120)
    assert ([value(item) for item in draft.diseases], [value(item) for item in draft.courses]) == (
        ["MS"],
        ["RRMS"],
    )
    assert (value(draft.follow_up_years), value(draft.follow_up_kind)) == (2, "median-follow-up")
    assert [(value(one.outcome), value(one.events)) for one in draft.findings] == [
        ("relapse", 30), ("mri_activity", 50), ("relapse", None)]


def test_figures_of_the_background_are_other_peoples() -> None:
    assert 40 not in [value(finding.percent) for finding in read_draft(make_citation()).findings if finding.n]


def test_the_people_a_share_is_of_are_found_when_one_size_alone_fits() -> None:
    """30 of 120 is 25 %; 50 of 120 is not 40 %, so those 50 keep no number that they are part of."""
    first, second, _ = read_draft(make_citation()).findings
    assert (value(first.n), value(second.n)) == (120, None)


def test_every_number_stands_at_its_span() -> None:
    draft = read_draft(make_citation())
    for name, field in draft.find_fields():
        if isinstance(field.value, float) and not name.endswith(("years", "level")):
            printed = [
                number.value for start, end in field.spans for number in read_numbers(draft.text[start:end])
            ]
            assert field.value in printed, name


def test_what_the_conclusions_repeat_is_given_once() -> None:
    sections = ("RESULTS", "Of them 25.0% relapsed."), ("CONCLUSIONS", "After all 25.0% relapsed, 7% died.")
    assert [value(one.percent) for one in read_draft(make_citation(*sections)).findings] == [25, 7]


def test_two_sizes_that_are_printed_alike_are_both_told() -> None:
    draft = read_draft(
        make_citation(("METHODS", "A total of 90 patients and a total of 95 patients were seen."))
    )
    assert draft.n is not None and draft.n.doubt == "also printed: 95"


@pytest.mark.parametrize(
    ("title", "text", "diseases"),
    [
        (
            "Stopping in NMOSD",
            "We followed 20 patients with neuromyelitis optica spectrum disorder.",
            ["NMOSD"],
        ),
        ("Relapse in MOGAD", "We saw 20 patients with MOGAD.", ["MOGAD"]),
        ("Arthritis", "We saw 20 patients with arthritis.", []),
        ("A drug in mice", "EAE mice, a model of multiple sclerosis, were given a drug.", []),
        ("A drug approved for multiple sclerosis in arthritis", "We saw 20 patients.", []),
        ("Both", "We saw patients with multiple sclerosis and NMOSD.", ["MS", "NMOSD"]),
    ],
)
def test_the_disease_is_that_of_the_people_studied(title: str, text: str, diseases: list[str]) -> None:
    found = read_draft(make_citation(("METHODS", text), title=title)).diseases
    assert [item.value for item in found] == diseases


@pytest.mark.parametrize(
    ("before", "methods", "doubt"),
    [
        ("Women with MS stop.", "We followed 20 patients after natalizumab.", "background only"),
        ("Stopping is common.", "We followed 20 patients after fingolimod.", "drugs for MS"),
    ],
)
def test_a_disease_that_only_other_words_show_is_in_doubt(before: str, methods: str, doubt: str) -> None:
    sections = ("BACKGROUND", before), ("METHODS", methods)
    (found,) = read_draft(make_citation(*sections, title="Relapses after a stop")).diseases
    assert found.value == "MS" and doubt in found.doubt


@pytest.mark.parametrize(
    ("text", "design"),
    [
        ("Patients were randomly assigned to stop or go on.", "rct"),
        ("In a randomized, controlled trial we assigned patients to stop.", "rct"),
        ("We followed patients of a nationwide register.", "registry-cohort"),
        ("Stoppers were matched by propensity score and followed.", "matched-cohort"),
        ("We retrospectively looked at patients who switched.", "cohort"),
        ("Patients filled in a cross-sectional survey about switching.", None),
        ("Cells were grown.", None),
    ],
)
def test_the_design_is_in_the_librarys_words_or_unknown(text: str, design: str | None) -> None:
    assert value(read_draft(make_citation(("METHODS", text), title="Multiple sclerosis")).design) == design


def test_groups_are_set_apart_with_what_was_done() -> None:
    text = "We followed 60 patients who discontinued (n = 20) or continued (n = 40), and 22 healthy controls."
    groups = read_draft(make_citation(("METHODS", text))).groups
    assert [(value(group.n), value(group.strategy)) for group in groups][:2] == [
        (20, "stop"),
        (40, "continue"),
    ]
    assert 22 in [value(group.n) for group in groups]


def test_the_word_right_behind_a_group_tells_what_was_done() -> None:
    groups = read_draft(make_citation(("METHODS", "We compared 126 stoppers with 366 stayers."))).groups
    assert [(value(group.n), value(group.strategy)) for group in groups] == [(126, "stop"), (366, "continue")]


@pytest.mark.parametrize(
    ("title", "strategy", "doubt"),
    [
        ("Switching from natalizumab", "switch", "named in the title, the sentence says stop"),
        ("Extended dosing of natalizumab", "stop", ""),
        ("Switching or stopping natalizumab", "stop", ""),
    ],
)
def test_stopping_is_a_step_of_a_switch_that_the_title_names(title: str, strategy: str, doubt: str) -> None:
    text = "After cessation of the drug 10/41 (24.4%) relapsed."
    (finding,) = read_draft(make_citation(("RESULTS", text), title=title)).findings
    assert finding.strategy is not None
    assert (finding.strategy.value, finding.strategy.doubt) == (strategy, doubt)


def test_people_given_to_an_arm_are_a_group() -> None:
    text = "Of the 135 patients, 67 were assigned to stop and 68 to receive fingolimod."
    groups = read_draft(make_citation(("RESULTS", text))).groups
    assert [value(group.n) for group in groups] == [67, 68]


@pytest.mark.parametrize(
    ("text", "n", "groups"),
    [
        ("We included 48 RRMS, 10 SPMS and 5 PPMS patients.", None, [48, 10, 5]),
        ("We included 120 RRMS patients.", 120, []),
        ("We compared 30 patients with RRMS and 20 age- and sex-matched HC.", 30, [20]),
        ("Of 300 patients, 120 on natalizumab and 180 on fingolimod were compared.", 300, [120, 180]),
        ("Ninety patients were randomised to the stopping group (44 patients) or to go on.", 90, [44]),
        ("Treatment was stopped because of leucopenia (n = 1) and nausea (n = 2).", None, []),
        ("There were 115 events per 1000 participants in the control group.", None, []),
    ],
)
def test_groups_are_told_from_the_whole_study(text: str, n: float | None, groups: list[float]) -> None:
    draft = read_draft(make_citation(("METHODS", text)))
    assert (value(draft.n), [value(group.n) for group in draft.groups if value(group.n) != n]) == (n, groups)


@pytest.mark.parametrize(
    ("text", "mean", "median", "women"),
    [
        ("The mean (SD) age was 45.2 (10.1) years; 72% were women.", 45.2, None, 72),
        ("Patients (median age 38 years, range 20-60; 120 women [70.6%]) stopped.", None, 38, 70.6),
        ("Age (mean ± SD) was 43.1 ± 9.", 43.1, None, None),
        ("Mean age at onset was 28 years; 28% were men.", None, None, None),
        ("Relapses were seen in 45 women (30%).", None, None, None),
    ],
)
def test_age_and_share_of_women(
    text: str, mean: float | None, median: float | None, women: float | None
) -> None:
    draft = read_draft(make_citation(("METHODS", text)))
    found = (draft.age_mean, draft.age_median, draft.female_percent)
    assert tuple(value(field) for field in found) == (mean, median, women)


def test_survival_and_symptoms_are_no_follow_up() -> None:
    text = "Patients were treated. Median overall survival was 14 months. Symptoms lasted for 30 days."
    assert read_draft(make_citation(("RESULTS", text))).follow_up_years is None


def test_as_many_times_as_figures_go_with_them_in_order() -> None:
    text = "NEDA was kept after 12, 24 and 36 months by 94%, 73%, and 70% of patients."
    findings = read_draft(make_citation(("RESULTS", text))).findings
    assert [(value(one.time_years), value(one.percent)) for one in findings] == [(1, 94), (2, 73), (3, 70)]


def test_an_abstract_without_figures_is_an_empty_draft() -> None:
    draft = read_draft(make_citation(("BACKGROUND", "Little is known."), title="Thoughts"))
    assert not draft.findings and not draft.groups and draft.n is None


_PIECES = st.sampled_from((
    "12", "3.5", "1,234", "24.4 %", "95% CI", "0·6–1.2", "(", ")", "[", "/", "of", "patients", "relapsed",
    "HR", "OR =", "p<0.001", "per 100 person-years", "ARR", "months", "median", "follow-up", "n =", "and",
    "vs", ",", ";", ".", "free of", "no", "-", "grade", "six", "sixty-five", "after stopping", "\u2009",
    "respectively", "proportion",
))


@given(st.lists(_PIECES, max_size=30))
def test_no_text_breaks_the_reading_and_each_span_lies_in_the_text(pieces: list[str]) -> None:
    draft = read_draft(make_citation(("RESULTS", " ".join(pieces))))
    for _, field in draft.find_fields():
        assert all(0 <= start < end <= len(draft.text) for start, end in field.spans)
