"""What patients read of another disease, and of cancer drugs: counts from the library in plain words."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib.resources import files

import pytest

from stepdown.decisions.answer import Answer, Reason, Refusal
from stepdown.decisions.immunotherapy import read_immunotherapy
from stepdown.reports.patient_aid import build_patient_aid
from stepdown.reports.patient_known import (
    find_illness,
    list_cancer_counts,
    list_cancer_text,
    list_known,
    list_questions,
    tell_not_ms,
)
from stepdown.reports.patient_words import find_names
from stepdown.reports.readability import measure_readability
from stepdown.reports.wording import PATIENT_KNOWN, read_wording
from unit.reports.invented_answers import injectable, refused

WORDING = read_wording(PATIENT_KNOWN)
ILLNESSES = ("NMOSD", "MOGAD", "unknown")
REFUSALS = tomllib.loads((files("stepdown.decisions") / "refusals.toml").read_text(encoding="utf-8"))
COUNTS = tuple(Reason("text", "immunotherapy-count", (key,)) for key in WORDING["cancer"]["count"])


def refused_for(rule: str) -> Answer:
    return replace(refused(), refusal=Refusal("reason", (Reason("text", rule, ()),)))


def test_every_refusal_of_the_engine_has_its_illness() -> None:
    assert {row["id"]: row["disease"] for row in REFUSALS["refusal"]} == WORDING["refusal"]


@pytest.mark.parametrize("illness", ILLNESSES)
def test_plain_counts_use_only_findings_that_the_refusal_cites(illness: str) -> None:
    cited = {key for row in REFUSALS["known"][illness] for key in row["sources"]}
    assert {row["source"] for row in WORDING["known"][illness]} <= cited


def test_every_count_on_cancer_drugs_that_the_engine_shows_has_a_plain_sentence() -> None:
    assert {row["source"] for row in read_immunotherapy()["finding"]} == set(WORDING["cancer"]["count"])


@pytest.mark.parametrize("illness", ILLNESSES)
def test_what_is_said_of_an_illness_is_plain(illness: str) -> None:
    for text in (tell_not_ms(illness), *list_known(illness), *list_questions(illness)):
        check_plain(text)


def test_what_is_said_of_cancer_drugs_is_plain() -> None:
    for text in (*list_cancer_text(), *list_cancer_counts(COUNTS)):
        check_plain(text)


def check_plain(text: str) -> None:
    found = measure_readability([text], find_names(injectable()))
    assert found.longest_sentence <= 15
    assert found.words < 10 or found.grade <= 8


def test_mogad_gives_counts_with_what_is_still_possible() -> None:
    """10 of 41, 10 of 21, 0 of 20; by scipy.stats.binomtest 12.4 to 40.3, 25.7 to 70.2, 0 to 16.8."""
    told = " ".join(list_known("MOGAD"))
    assert "24 of every 100. The true number could be from 12 to 40 of every 100." in told
    assert "10 of 21 had one again. That is 48 of every 100." in told
    assert "from 26 to 70 of every 100" in told
    assert "0 of 20 had a relapse. Nobody did in this study. Up to 17 of every 100" in told


def test_nmosd_gives_how_many_relapsed_after_a_stop() -> None:
    """77.5 of 100 in the cohort, which is 78 as whole people."""
    assert "About 78 of every 100 had a relapse." in " ".join(list_known("NMOSD"))


@pytest.mark.parametrize(("rule", "illness"), sorted(WORDING["refusal"].items()))
def test_a_refused_aid_tells_of_its_illness_and_what_to_ask(rule: str, illness: str) -> None:
    aid = build_patient_aid(refused_for(rule))
    assert find_illness(aid.answer) == illness
    assert aid.sections["main"].items[0] == tell_not_ms(illness)
    assert aid.sections["known"].items == list_known(illness)
    assert aid.sections["questions"].items == list_questions(illness)


def test_a_count_on_cancer_drugs_comes_with_its_interval() -> None:
    """2 of 66, exact 95 % interval by scipy.stats.binomtest: 0.4 to 10.5 of 100; 0 of 12: 0 to 26.5."""
    told = list_cancer_counts(COUNTS)
    assert "2 of 66 people had active MS after such a drug. It could still be fewer than 1 to 11" in told[0]
    assert any("0 of 12 people had active MS. It could still be 0 to 26 of every" in text for text in told)


def test_the_ms_drug_must_not_just_be_stopped_for_a_cancer_drug() -> None:
    aid = build_patient_aid(replace(injectable(), cancer_immunotherapy=COUNTS))
    assert any(text.startswith("Do not just stop your MS drug") for text in aid.sections["cancer"].sentences)
    assert aid.sections["cancer"].items == list_cancer_counts(COUNTS)


def test_an_answer_without_a_cancer_drug_says_nothing_of_one() -> None:
    assert "cancer" not in build_patient_aid(injectable()).sections
