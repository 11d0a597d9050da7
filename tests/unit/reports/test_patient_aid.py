"""The patient's aid: readable, balanced, honest about what is not known, and never advice to stop alone."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

from stepdown.decisions.answer import Answer
from stepdown.reports import to_text
from stepdown.reports.clinic import Clinic
from stepdown.reports.patient_aid import build_patient_aid, list_blocks
from stepdown.reports.patient_words import find_names, has_plain_rule, plain_alert, plain_rule
from stepdown.reports.readability import measure_readability, split_sentences
from stepdown.reports.wording import PATIENT, PATIENT_RULES, read_wording
from unit.reports.invented_answers import INVENTED, injectable, natalizumab, refused, risk

ONE_IN = re.compile(r"\b(1|one) in \d", re.IGNORECASE)
BARE_WORDS = re.compile(
    r"\b(safe|safely|rare|rarely|unlikely|likely|low risk|low chance|high risk)\b", re.IGNORECASE
)
RULE_FILES = sorted((files("stepdown.decisions") / "rules").iterdir(), key=lambda path: path.name)
RULES = [
    row["id"]
    for path in RULE_FILES
    if path.name.endswith(".toml")
    for row in tomllib.loads(path.read_text(encoding="utf-8")).get("rule", ())
]


def test_grade_is_8_at_most(invented: Answer) -> None:
    aid = build_patient_aid(invented)
    assert measure_readability(list_blocks(aid), find_names(invented)).grade <= 8


def test_no_block_of_text_is_above_grade_8(invented: Answer) -> None:
    """Of blocks with ten words or more; below that one long word decides the grade."""
    names = find_names(invented)
    measured = {
        block: measure_readability([block], names) for block in list_blocks(build_patient_aid(invented))
    }
    assert not [block for block, found in measured.items() if found.words >= 10 and found.grade > 8]


def test_no_sentence_has_more_than_15_words(invented: Answer) -> None:
    names = find_names(invented)
    sentences = [
        part for block in list_blocks(build_patient_aid(invented)) for part in split_sentences(block)
    ]
    assert not [text for text in sentences if measure_readability([text], names).longest_sentence > 15]


@pytest.mark.parametrize("rule_id", sorted(read_wording(PATIENT_RULES)["rule"]))
def test_each_plain_rule_is_short(rule_id: str) -> None:
    found = measure_readability([plain_rule(rule_id)], find_names(injectable()))
    assert found.longest_sentence <= 15
    assert found.words < 10 or found.grade <= 8


def test_the_plain_rules_together_are_of_grade_6_at_most() -> None:
    rules = read_wording(PATIENT_RULES)["rule"].values()
    assert measure_readability(rules, find_names(injectable())).grade <= 6


@pytest.mark.parametrize("rule_id", RULES)
def test_each_rule_of_the_engine_has_a_plain_sentence(rule_id: str) -> None:
    assert has_plain_rule(rule_id)


def test_each_alert_of_the_engine_has_a_plain_sentence() -> None:
    table = tomllib.loads((files("stepdown.decisions") / "alerts.toml").read_text(encoding="utf-8"))
    plain = read_wording(PATIENT_RULES)["alert"]
    assert {row["id"] for row in table["alert"]} <= set(plain)
    assert measure_readability(plain.values(), find_names(injectable())).longest_sentence <= 15


def test_no_number_is_told_as_one_in_so_many(invented: Answer) -> None:
    assert not ONE_IN.search(to_text(invented, "patient"))


@pytest.mark.parametrize("name", [PATIENT, PATIENT_RULES])
def test_no_wording_calls_a_risk_safe_low_or_rare(name: str) -> None:
    text = (files("stepdown.reports") / name).read_text(encoding="utf-8")
    sentences = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    assert not BARE_WORDS.search(sentences)


def test_every_choice_but_going_on_says_not_to_do_it_alone(invented: Answer) -> None:
    for choice in build_patient_aid(invented).choices:
        alone = any("Do not do it on your own." in item for part in choice.parts for item in part.items)
        assert alone == (choice.option.strategy != "continue")


def test_the_first_section_says_not_to_stop_alone(invented: Answer) -> None:
    assert (
        "Do not stop, skip or stretch your drug on your own."
        in build_patient_aid(invented).sections["main"].items
    )


def test_every_option_stands_for_some_choice(invented: Answer) -> None:
    if invented.status == "refused":
        return
    shown = [option.id for choice in build_patient_aid(invented).choices for option in choice.options]
    assert sorted(shown) == sorted(option.id for option in invented.options)


def test_a_refused_answer_gives_no_choice_and_no_number() -> None:
    aid = build_patient_aid(refused())
    assert aid.choices == aid.numbers == ()
    assert "within 2 years" not in to_text(refused(), "patient")


def test_an_unknown_number_is_said_and_never_drawn() -> None:
    group = next(group for group in build_patient_aid(injectable()).numbers if group.outcome == "relapse")
    unknown = next(number for number in group.choices if "alemtuzumab" in number.name)
    assert unknown.pictures == ()
    assert unknown.sentences == ("We do not know how many would have a relapse.",)


def test_an_interval_above_30_is_said_in_words_and_drawn_at_both_ends() -> None:
    """Teriflunomide of the invented answer: 20.0 (6.0 to 44.4)."""
    group = next(group for group in build_patient_aid(injectable()).numbers if group.outcome == "relapse")
    wide = next(number for number in group.choices if "teriflunomide" in number.name)
    assert [picture.filled for picture in wide.pictures] == [6, 20, 44]
    assert "That is a very wide range." in " ".join(wide.sentences)


def test_pictures_have_1000_figures_only_when_every_number_is_below_1() -> None:
    from unit.reports.invented_answers import answer, option

    small = answer(
        (option("continue", "possible", (risk("relapse", 2, (0.4, 0.1, 0.9)),), therapy="ofatumumab"),)
    )
    pictures = build_patient_aid(small).numbers[0].choices[0].pictures
    assert [(picture.filled, picture.of) for picture in pictures] == [(4, 1000)]
    mixed = build_patient_aid(injectable())
    assert {picture.of for g in mixed.numbers for n in g.choices for picture in n.pictures} == {100}


def test_every_picture_on_a_page_has_one_denominator(invented: Answer) -> None:
    pictures = [p for g in build_patient_aid(invented).numbers for n in g.choices for p in n.pictures]
    assert len({picture.of for picture in pictures}) <= 1


def test_an_urgent_alert_sends_the_reader_to_the_team_today() -> None:
    assert "Call them today." in " ".join(plain_alert(natalizumab().alerts[0]))


def test_an_unknown_rule_gets_the_safe_sentence() -> None:
    assert plain_rule("a-rule-nobody-wrote") == read_wording(PATIENT_RULES)["default"]


def test_telephone_numbers_come_from_the_clinic_or_stay_blank() -> None:
    given = build_patient_aid(injectable(), Clinic("Invented clinic", "000 000 00", None))
    assert [(value, blank) for _, value, blank in given.phones][:2] == [
        ("Invented clinic", False),
        ("000 000 00", False),
    ]
    assert given.phones[2][2]


@pytest.mark.parametrize("name", sorted(INVENTED))
def test_no_list_of_ours_has_more_than_7_items(name: str) -> None:
    sections = build_patient_aid(INVENTED[name]()).sections
    assert not [key for key, section in sections.items() if len(section.items) > 7]


def test_the_score_of_the_clinicians_page_is_not_in_the_aid() -> None:
    from unit.reports.invented_answers import answer, option, rule

    score = rule("viaadisc-points", True, "none", "VIAADISC: 2 points.")
    told = to_text(answer((option("stop", "possible", (), rules=(score,)),)), "patient")
    assert "score" not in told.lower().replace("as a score", "")
    assert "viaadisc" not in told.lower()


def test_options_that_differ_only_in_the_drug_are_one_choice() -> None:
    from unit.reports.invented_answers import answer, option

    alike = [
        option("switch", "not-advised", (), therapy=drug, id=f"switch-{drug}")
        for drug in ("teriflunomide", "glatiramer-acetate", "dimethyl-fumarate")
    ]
    choices = build_patient_aid(answer(tuple(alike))).choices
    assert [choice.name for choice in choices] == ["Change to teriflunomide, glatiramer or dimethyl fumarate"]
