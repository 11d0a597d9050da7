"""The clinician's text: what comes first, how wide it is, and that unknown is said."""

from __future__ import annotations

from dataclasses import replace

from stepdown.decisions.answer import Answer
from stepdown.reports.text_clinician import write_clinician_text
from stepdown.reports.wording import name_option, name_word
from unit.reports.invented_answers import injectable, natalizumab, refused


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
    assert " ".join(row.split()) == "reasonable 2 yrs: 6 unknown (2-19)"


def test_extrapolated_is_said() -> None:
    assert "10 (2 to 34) of every 100; extrapolated" in write_clinician_text(injectable())


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
