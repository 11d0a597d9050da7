"""The eighteen things that a summary must do which the digests it was made against did not: one test each."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from stepdown.evidence.cells import Cell
from stepdown.evidence.person import Person
from stepdown.evidence.reading import read_library
from stepdown.evidence.risk import find_risk
from stepdown.evidence.study import Arm, Change, Effect, Population, Study
from stepdown.evidence.supposing import supposing
from stepdown.literature.citation import AbstractSection, Citation, Grant, OtherAbstract
from stepdown.literature.spans import find_spans
from stepdown.literature.summaries.clear_communication import check_clarity
from stepdown.literature.summaries.pooled import tell_ages
from stepdown.literature.summaries.summary import PlainLanguageSummary, PublisherWords
from stepdown.literature.summaries.writing import find_neighbours, make_summary
from stepdown.ms.errors import UserError
from stepdown.reports.digest.glossary import make_linker, read_glossary
from stepdown.reports.digest.page import write_summary_page
from stepdown.reports.digest.text import write_summary_text
from unit.evidence.invented_studies import finding, ratio, study

#: 10 of 41 people with a relapse, all of them among 21; the exact intervals are those of Clopper and Pearson.
WHOLE = finding("relapse-stop", groups=(), events=10, n=41, time_years=1.96, time_kind="median-follow-up")
RELAPSING = replace(WHOLE, id="relapsing", subgroup="relapsing course before", events=10, n=21)
MONOPHASIC = replace(WHOLE, id="monophasic", subgroup="monophasic course before", events=0, n=20)
MOGAD = study("invented-mogad", WHOLE, RELAPSING, MONOPHASIC, disease="MOGAD", population=Population(n=41))

STOP = finding("stop", arm="stop", therapies=("ocrelizumab",), groups=("anti-cd20",), events=4, n=40)
STAY = replace(STOP, id="stay", arm="stay", strategy="continue", events=1, n=50)
ALONE = study("invented-alone", STOP)
BOTH = study(
    "invented-both",
    STOP,
    STAY,
    design="rct",
    arms=(Arm("stop", "stop", 40, ("ocrelizumab",)), Arm("stay", "continue", 50, ("ocrelizumab",))),
    population=Population(n=90, age_mean=61.0, years_quiet_min=5.0),
    setting="an invented country",
    journal="An Invented Journal",
    year=2024,
    doi="10.0000/invented",
    pmid="00000001",
    courses=("RRMS",),
)


def text_of(summary: PlainLanguageSummary, key: str) -> str:
    return " ".join(c.text for chunk in summary.chunks if chunk.key == key for c in chunk.claims)


def test_1_the_disease_stands_in_the_headline_and_in_a_banner_when_it_is_not_ms() -> None:
    summary = make_summary(MOGAD)
    assert summary.headline.startswith("MOGAD: ")
    assert summary.banners == (
        "This study is not about MS. It is about MOGAD, another illness. It says nothing about MS.",
    )
    assert make_summary(ALONE).headline.startswith("MS: ")
    assert make_summary(ALONE).banners == ()


def test_2_how_many_and_who_they_were() -> None:
    facts = dict(make_summary(BOTH).facts)
    assert facts["People"] == "90"
    assert facts["Age"] == "mean 61 years"
    assert facts["Type of MS"] == "relapsing MS"
    assert facts["Drugs"] == "ocrelizumab"
    assert facts["Time without activity before"] == "5 years"
    assert facts["Where and when"] == "an invented country"


def test_2_what_was_not_read_says_so() -> None:
    facts = dict(make_summary(ALONE).facts)
    assert facts["People"] == facts["Where and when"] == "not in our data"
    assert "How many people there were is not in our data." in text_of(make_summary(ALONE), "who")


def test_3_x_of_every_100_with_k_of_n_interval_time_and_definition() -> None:
    summary = make_summary(MOGAD)
    assert "about 24 had a relapse. The other 76 had none." in text_of(summary, "main")
    found = text_of(summary, "found")
    assert "10 of 41 people" in found
    assert "as little as 12 or as much as 40 of every 100" in found
    assert "watched for about 24 months or more" in found
    assert "What counted" in found


def test_3_nobody_with_the_event_still_has_an_upper_bound() -> None:
    """None of 20: the exact upper end is 1 - 0.025^(1/20) = 16.8 of 100."""
    none = study("invented-none", finding(events=0, n=20))
    found = text_of(make_summary(none), "found")
    assert "none of 20 people" in found
    assert "up to 17 of every 100" in found


def test_3_a_figure_that_stands_on_no_number_is_refused() -> None:
    words = study("invented-words", finding(report="words", events=None, n=None))
    with pytest.raises(Exception, match="reports its results in words"):
        make_summary(words)


LAY = OtherAbstract("plain-language-summary", "eng", (AbstractSection("Four of 40 had it.", "Results"),))
RECORD = Citation(
    "00000001",
    1,
    abstract=(AbstractSection("We asked 40 people. A relapse came in 4 of 40 (10%), then in 2 of 9."),),
    other_abstracts=(LAY,),
    grants=(Grant(agency="An Invented Fund"),),
    conflicts="No ties, as invented.",
)


def test_3_each_number_has_its_place_in_the_abstract_that_is_held() -> None:
    row = make_summary(replace(BOTH, findings=(STOP,)), citation=RECORD).results[0]
    text = RECORD.abstract_text
    assert [(span.field, text[span.start : span.end]) for span in row.spans] == [("events", "4"), ("n", "40")]
    assert text[row.spans[0].start :].startswith("4 of 40 (10%)")
    assert text[row.spans[1].start :].startswith("40 (10%)")


def test_3_a_share_has_its_sign_and_a_number_that_may_be_two_things_has_no_place() -> None:
    text = "A relapse came in 12 of the 50, which is 12%. In 9 and in 9 others it did not."
    record = Citation("1", 1, abstract=(AbstractSection(text),))
    share = finding(report="proportion", events=None, n=None, proportion=0.12)
    assert [span.text for span in find_spans(share, record)] == ["12%"]
    twice = finding(report="counts", events=9, n=None)
    assert find_spans(twice, record) == ()


def test_3_a_main_figure_that_the_abstract_held_does_not_print_is_refused() -> None:
    other = replace(STOP, events=7)
    with pytest.raises(UserError, match="does not print events"):
        make_summary(replace(BOTH, findings=(other,)), citation=RECORD)
    elsewhere = replace(other, locator="table 2")
    summary = make_summary(replace(BOTH, findings=(elsewhere,)), citation=RECORD)
    assert [span.text for span in summary.results[0].spans] == ["40"]


def test_the_publisher_s_own_plain_words_come_before_ours() -> None:
    alone = replace(BOTH, findings=(STOP,))
    summary = make_summary(alone, citation=RECORD)
    assert summary.publisher == PublisherWords("eng", ("Results: Four of 40 had it.",))
    for told in (write_summary_text(summary), write_summary_page(summary)):
        assert told.index("Four of 40 had it.") < told.index("The main point")
    assert make_summary(alone).publisher is None
    assert make_summary(replace(alone, retracted="2026-11-26"), citation=RECORD).publisher is None


def test_4_both_arms_are_told_or_that_nobody_was_compared() -> None:
    assert "stayed on ocrelizumab, about 2 had a relapse: 1 of 50 people" in text_of(
        make_summary(BOTH), "found"
    )
    assert "Nobody was compared with people who stayed on their drug." in text_of(
        make_summary(ALONE), "found"
    )


def test_4_others_who_were_watched_without_a_figure_are_not_called_nobody() -> None:
    watched = replace(ALONE, arms=(Arm("stop", "stop", 40), Arm("stay", "continue", 50)))
    assert "We have no such figure for them." in text_of(make_summary(watched), "found")


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(1.2, 3.0, "more often"), (0.2, 0.8, "less often"), (0.5, 3.0, "cannot tell which group had more")],
)
def test_4_a_difference_is_claimed_only_from_the_study_s_own_contrast(
    low: float, high: float, told: str
) -> None:
    contrast = ratio(
        "hr",
        arm="stop",
        groups=("anti-cd20",),
        effect=Effect("HR", 1.0 if low < 1 < high else (low + high) / 2, "continue", low, high),
    )
    stay = replace(STAY, events=30) if high < 1 else STAY
    assert told in text_of(make_summary(replace(BOTH, findings=(STOP, stay, contrast))), "found")
    assert "Set side by side" not in text_of(make_summary(BOTH), "found")


@pytest.mark.parametrize(("measure", "versus", "value", "low", "high", "told"), [
    ("RR", "continue", 2.0, 1.1, 3.6, "more often"),
    ("RR", "continue", 0.5, 0.3, 0.9, "than its counts"),
    ("RD", "continue", 0.08, 0.01, 0.15, "more often"),
    ("RD", "continue", -0.08, -0.15, -0.01, "than its counts"),
    ("RR", "continue", 1.2, 0.5, 2.7, "cannot tell which group had more"),
])
def test_4_a_contrast_beside_the_counts_is_held_against_its_own_no_difference(
    measure: str, versus: str, value: float, low: float, high: float, told: str
) -> None:
    main = replace(STOP, effect=Effect(measure, value, versus, low, high))
    assert told in text_of(make_summary(replace(BOTH, findings=(main, STAY))), "found")


@pytest.mark.parametrize(("measure", "value", "low", "high"), [
    ("RR", 0.5, 0.3, 0.9), ("RD", -0.08, -0.15, -0.01),
])
def test_4_a_contrast_printed_with_the_other_group_is_turned_round(
    measure: str, value: float, low: float, high: float
) -> None:
    other = replace(STAY, effect=Effect(measure, value, "stop", low, high))
    found = text_of(make_summary(replace(BOTH, findings=(STOP, other))), "found")
    assert "the first group had it more often" in found


def test_5_the_split_by_subgroup_is_kept() -> None:
    found = text_of(make_summary(MOGAD), "found")
    assert "people with several attacks before, it was about 48 of every 100: 10 of 21 people" in found
    assert "people with only one attack before, it was none of 20 people" in found


def test_6_a_range_that_holds_nearly_every_figure_says_so_in_place_of_its_ends() -> None:
    one, two = study("one", finding(events=4, n=40)), study("two", finding(events=8, n=80))
    three = study("three", finding(events=30, n=40))
    with supposing({s.id: s for s in (one, two, three)}):
        told = text_of(make_summary(one), "others")
    assert "a new one could find almost any figure" in told and "but it could be almost any figure" in told
    assert "more than 99" not in told and "lies inside" not in told


def test_6_the_pooled_figure_stands_beside_with_its_range_and_whether_this_study_lies_inside() -> None:
    one, two = study("one", finding(events=4, n=40)), study("two", finding(events=8, n=80))
    three = study("three", finding(events=8, n=40))
    with supposing({s.id: s for s in (one, two, three)}):
        told = text_of(make_summary(one), "others")
    assert "Our library has 3 studies" in told
    assert "This study is one of them." in told
    assert re.search(r"about \d+ of every 100 over 2 years", told)
    assert "lies inside that range" in told
    assert "For such people, aged 50, our risk model says" in told


def test_6_beside_it_stands_the_figure_for_people_of_the_age_of_this_study() -> None:
    """The sentence gives what the risk model says of people of that age; without an age there is none."""
    one = read_library()["coerver2025"]
    assert one.population.age_median == 54
    told = text_of(make_summary(one), "others")
    cell = Cell("any_activity", "stop", "injectable", selection="elective-stable")
    risk = find_risk(cell, 1.28, Person(54, 54, False, 5, 5))
    assert risk.speaks_for == "people_like_this" and risk.estimate is not None
    assert f"For such people, aged 54, our risk model says about {round(100 * risk.estimate)} of 100" in told
    assert "For such people" not in text_of(make_summary(read_library()["coerver2024ocr"]), "others")


@pytest.mark.parametrize(
    ("own", "theirs", "told"),
    [
        (48.0, 50.0, "50 years old on average, much as here."),
        (40.0, 50.0, "50 years old on average, so older than here."),
        (60.0, 50.0, "50 years old on average, so younger than here."),
        (None, 50.0, "50 years old on average."),
        (60.0, None, "Their ages are not in our data."),
    ],
)
def test_6_the_ages_of_both_are_set_beside_each_other(
    own: float | None, theirs: float | None, told: str
) -> None:
    assert tell_ages(own, theirs).endswith(told)


def test_6_a_study_that_stands_alone_says_so_and_ms_is_never_pooled_with_another_illness() -> None:
    one = study("one", finding())
    with supposing({"one": one}):
        assert "No other study in our library" in text_of(make_summary(one), "others")
    assert "We pool studies of MS only." in text_of(make_summary(MOGAD), "others")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "nobody was compared"),
        ({"excluded_early_relapsers": True}, "People who got worse early were left out."),
        ({"setting": "one centre, retrospective"}, "It looked back at records"),
        ({"read": "secondary"}, "We did not read the paper itself."),
    ],
)
def test_7_what_it_cannot_tell_follows_from_the_design(changes: dict[str, object], told: str) -> None:
    assert told in text_of(make_summary(replace(ALONE, **changes)), "cannot")


def test_7_short_follow_up_scan_rules_and_missing_disability_are_named() -> None:
    scan = finding(outcome="mri_activity", time_years=1.0)
    told = text_of(make_summary(study("scan", scan)), "cannot")
    assert "what happens after 1 year" in told
    assert "What counts on a scan was set by the study." in told
    assert "if walking or thinking got worse" in told
    worse = replace(scan, id="worse", outcome="confirmed_worsening")
    assert "walking" not in text_of(make_summary(study("scan", scan, worse)), "cannot")


@pytest.mark.parametrize(
    ("design", "events", "n", "told"),
    [
        ("rct", 20, 1000, "fairly sure"),
        ("rct", 20, 100, "somewhat sure"),
        ("cohort", 20, 1000, "cannot be very sure"),
        ("case-series", 4, 12, "hardly be sure"),
    ],
)
def test_8_how_sure_is_one_of_four_sentences_from_design_people_and_range(
    design: str, events: int, n: int, told: str
) -> None:
    summary = make_summary(study("sure", finding(events=events, n=n), design=design))
    assert told in text_of(summary, "sure")


def test_9_the_harms_of_the_other_choice_are_told() -> None:
    harms = text_of(make_summary(ALONE), "harms")
    assert harms.startswith("Staying on ocrelizumab has harms too.")
    assert "Infections can follow" in harms
    stays = study("stays", replace(STAY, outcome="serious_infection"), topic="stepping-down")
    assert "Leaving ocrelizumab has harms too." in text_of(make_summary(stays), "harms")


def test_10_icon_arrays_have_one_denominator_and_say_their_numbers() -> None:
    pictures = make_summary(BOTH).pictures
    assert [picture.filled for picture in pictures] == [10, 3, 24, 2]
    assert {picture.of for picture in pictures} == {100}
    assert all(
        str(picture.filled) in picture.alt and "of 100 figures are filled" in picture.alt
        for picture in pictures
    )


def test_10_a_thousand_figures_only_when_every_share_is_below_one_of_100() -> None:
    seldom = replace(STOP, events=1, n=200)
    assert {p.of for p in make_summary(study("seldom", seldom)).pictures} == {1000}
    assert {p.of for p in make_summary(study("one-often", seldom, STAY)).pictures} == {100}


def test_10_a_ratio_gets_no_picture_and_says_why() -> None:
    summary = make_summary(study("ratio", ratio()))
    assert summary.pictures == ()
    assert summary.picture_note.startswith("No picture is drawn")


def test_11_one_action_with_when_and_whom_to_call() -> None:
    action = text_of(make_summary(ALONE), "action")
    assert action.startswith("Do not stop, skip or delay a dose on your own.")
    assert "Call them the same day" in action
    assert "more than 24 hours" in action


def test_12_three_short_actions_for_those_who_support_someone() -> None:
    chunk = next(chunk for chunk in make_summary(ALONE).chunks if chunk.key == "caregiver")
    assert len(chunk.claims) == 3
    assert chunk.as_list


def test_13_the_source_with_what_was_read_who_paid_and_that_nobody_reviewed_it() -> None:
    source = make_summary(BOTH).source
    assert (source.title, source.journal, source.year) == (BOTH.title, "An Invented Journal", 2024)
    assert (source.doi, source.pmid, source.read) == ("10.0000/invented", "00000001", "abstract")
    assert source.retrieved == "2026-11-21"
    assert source.funding == source.conflicts == "not in our data"
    assert source.reviewed_by == "not reviewed by a clinician"


def test_13_who_paid_and_the_ties_of_authors_come_from_the_study_s_file_else_from_pubmed() -> None:
    alone = replace(BOTH, findings=(STOP,))
    source = make_summary(alone, citation=RECORD).source
    assert source.funding == "PubMed lists grants from An Invented Fund"
    assert source.conflicts == 'the authors state: "No ties, as invented."'
    stated = replace(alone, funding="an invented maker", conflicts="two work for it")
    source = make_summary(stated, citation=RECORD).source
    assert (source.funding, source.conflicts) == ("an invented maker", "two work for it")


def test_14_every_checkable_item_of_the_clear_communication_index_is_met() -> None:
    assert all(check_clarity(make_summary(BOTH)).values())


def test_14_each_word_of_the_glossary_is_linked_where_it_first_stands() -> None:
    link = make_linker("../")
    assert link("A relapse <b>") == (
        'A <a class="word" href="../glossary.html#word-relapse">relapse</a> &lt;b&gt;'
    )
    assert link("A relapse, two scans.") == (
        'A relapse, two <a class="word" href="../glossary.html#word-scan">scans</a>.'
    )
    assert {"relapse", "ratio", "EDSS", "MOGAD"} <= set(read_glossary())


def test_15_related_studies_share_drug_outcome_or_choice_and_say_whether_they_agree() -> None:
    near = study("near", replace(STOP, id="n", events=5, n=50))
    far = study("far", replace(STOP, id="f", events=45, n=50))
    other = study(
        "other", replace(STOP, outcome="death", strategy="extend", groups=("s1p",), therapies=("fingolimod",))
    )
    library = {s.id: s for s in (ALONE, near, far, other, MOGAD)}
    related = {row.study: row for row in make_summary(ALONE, find_neighbours(library)).related}
    assert set(related) == {"near", "far"}
    assert related["near"].tag == "agrees"
    assert related["far"].tag == "contradicts"
    assert related["near"].shared == ("drug", "outcome", "strategy")
    assert related["near"].sentence == "Of every 100 people who stopped ocrelizumab, about 10 had a relapse."


def test_15_studies_of_drugs_with_nothing_in_common_neither_agree_nor_contradict() -> None:
    other = study("far", replace(STOP, id="f", events=45, n=50, groups=("s1p",), therapies=("fingolimod",)))
    (row,) = make_summary(ALONE, find_neighbours({s.id: s for s in (ALONE, other)})).related
    assert (row.tag, row.why) == ("not_compared", "Not compared: it is about another drug.")


def test_16_the_correction_log_moves_the_day_and_the_version() -> None:
    changed = replace(ALONE, changes=(Change("2026-11-25", "the number of people was corrected"),))
    before, after = make_summary(ALONE), make_summary(changed)
    assert after.corrections[0].what == "the number of people was corrected"
    assert (before.updated, after.updated) == ("2026-11-21", "2026-11-25")
    assert before.version != after.version


def test_17_no_comparison_with_an_everyday_thing_and_no_judging_word() -> None:
    banned = r"\b(like a|just as|safe|safely|rare|most|few|many|significant|major|likely|low risk)\b"
    assert not [claim.text for claim in make_summary(BOTH).claims if re.search(banned, claim.text)]


def test_18_the_note_is_about_this_paper() -> None:
    notice = make_summary(BOTH).notice
    assert "It came out in An Invented Journal, 2024." in notice
    assert "We read its abstract, not the whole paper." in notice


def test_a_withdrawn_paper_shows_no_result() -> None:
    gone: Study = replace(ALONE, retracted="2026-11-26")
    summary = make_summary(gone)
    assert summary.headline.startswith("Withdrawn: ")
    assert "This paper was withdrawn on 2026-11-26." in summary.banners[0]
    assert summary.chunks == summary.pictures == summary.results == ()
