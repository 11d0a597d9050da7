"""The clinician's text: what comes first, how wide it is, and that unknown is said."""

from __future__ import annotations

from dataclasses import replace

from stepdown.decisions.answer import Answer, FactLine, FollowUp, Reason
from stepdown.decisions.source import Source
from stepdown.reports.clinician_lines import (
    find_links,
    has_passed,
    join_follow_up,
    list_unknown_facts,
    show_value,
    split_rules,
    tell_unknown,
)
from stepdown.reports.text_clinician import write_clinician_text
from stepdown.reports.wording import name_option, name_word
from unit.reports.invented_answers import injectable, natalizumab, refused, risk


def test_no_line_is_wider_than_80(invented: Answer) -> None:
    long_words = {key for key in invented.sources if len(key) > 80}
    assert not long_words
    assert max(map(len, write_clinician_text(invented).splitlines())) <= 80


def test_every_option_stands_in_the_table_with_its_standing(invented: Answer) -> None:
    table = write_clinician_text(invented).split("Options side by side")[1].split("Numbers are")[0]
    for option in invented.options:
        assert name_word("standing", option.standing) in table
        assert name_option(option).split()[0] in table


def test_alerts_come_before_the_options() -> None:
    text = write_clinician_text(natalizumab())
    assert text.index("URGENT") < text.index("Options side by side")


def test_a_number_for_another_time_names_its_time() -> None:
    """Ocrelizumab has 6.4 (2.0 to 18.7) at 2 years only; the column is of 1 year."""
    text = write_clinician_text(natalizumab())
    row = text.split("1  Switch to ocrelizumab")[1].split("2  Extend")[0]
    assert "2 yrs:" in row
    assert " ".join(row.split()) == "reasonable 2 yrs: 6 unknown (2-19)~"


def test_extrapolated_is_said() -> None:
    text = " ".join(write_clinician_text(injectable()).split())
    assert "10 (2 to 34) of every 100 people in these studies; extrapolated" in text


def test_unknown_is_said_with_its_reason() -> None:
    assert "Confirmed worsening within 2 years: unknown. No study" in write_clinician_text(injectable())


def test_a_refusal_says_why_and_what_is_known() -> None:
    text = " ".join(write_clinician_text(refused()).split())
    assert "No answer from the MS model: The diagnosis is NMOSD" in text
    assert "14 of 20 invented people with NMOSD" in text


def test_the_bridge_and_its_longest_gap_are_named() -> None:
    text = " ".join(write_clinician_text(natalizumab()).split())
    assert "within 84 days of the last dose: ocrelizumab, rituximab" in text


def test_each_source_is_reached_by_its_number() -> None:
    text = write_clinician_text(injectable())
    assert "PMID 00000001" in text
    assert "doi 10.0000/invented.3" in text


def test_an_input_cannot_steer_the_terminal() -> None:
    text = write_clinician_text(replace(injectable(), person="invented\x1b[2J\x07"))
    assert "\x1b" not in text
    assert "\x07" not in text


def test_a_page_that_is_the_paper_itself_is_linked_once() -> None:
    source = Source("Invented", 2020, "1", None, "abstract", (), "https://pubmed.ncbi.nlm.nih.gov/1/")
    assert find_links(source) == (("PMID 1", "https://pubmed.ncbi.nlm.nih.gov/1/"),)


def test_what_repeats_on_other_days_is_told_once() -> None:
    visit = FollowUp("Visit", "2026-01-01", 30, "proposed", ())
    again, scan = replace(visit, due="2026-07-01"), replace(visit, what="MRI")
    joined = join_follow_up((visit, again, scan), "2026-01-01")
    assert [(item.due, item.what) for item in joined] == [
        ("2026-01-01; 2026-07-01", "Visit"),
        ("2026-01-01", "MRI"),
    ]


def test_a_day_that_has_passed_with_its_window_says_so_and_the_last_dose_does_not() -> None:
    start = FollowUp("Start", "2026-01-01", 28, "proposed", ())
    dose = replace(start, window_days=None)
    assert not has_passed(start, "2026-01-29") and has_passed(start, "2026-01-30")
    assert has_passed(dose, "2026-01-02") and not has_passed(replace(dose, id="last-dose"), "2026-01-02")


def test_unknown_facts_stand_together_by_their_reason() -> None:
    facts = [FactLine(name, None, None, "unknown", "not on file", ()) for name in ("igg", "jcv_index")]
    assert list_unknown_facts(tuple(facts)) == ("igg, jcv index: not on file",)


def test_outcomes_without_a_number_stand_together_by_their_reason() -> None:
    risks = (
        risk("mri_activity", 1, None, reason="not studied"),
        risk("mri_activity", 2, None, reason="not studied"),
    )
    assert tell_unknown(risks) == (("MRI activity within 1 year, 2 years", "Not studied"),)


def test_a_rule_told_as_a_reason_is_not_told_twice() -> None:
    option = replace(injectable().options[0], reasons_for=(Reason("Older.", "age", ()),))
    full, fired, silent = split_rules(option)
    assert ([rule.id for rule in full], fired, silent) == (["infections"], ("age",), ("relapse-recent",))


def test_a_number_of_a_fact_is_not_longer_than_it_was_measured() -> None:
    assert show_value(FactLine("years_quiet", 9.69473, "years", "known", "", ())) == "9.69 years"
