"""The gate: what it lets through, and what it stops with every number right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepdown.evidence.reading import read_library
from stepdown.evidence.study import Arm, Population
from stepdown.literature.gate.checking import check_text
from stepdown.literature.summaries.choosing import choose_results
from stepdown.literature.summaries.summary import PlainLanguageSummary
from stepdown.literature.summaries.writing import make_summary
from stepdown.ms.drug_words import plain_drug
from stepdown.ms.therapies import read_therapies
from unit.evidence.invented_studies import finding, ratio, study
from unit.literature.gate import mutating

STUDIES = read_library()
SUMMARIES = {name: make_summary(s) for name, s in STUDIES.items() if choose_results(s) is not None}
DRUGS = tuple(plain_drug(drug) for drug in read_therapies())

STOP = finding("stop", arm="stop", groups=("anti-cd20",), therapies=("rituximab",), events=12, n=131)
STAY = replace(STOP, id="stay", arm="stay", strategy="continue", events=5, n=128)
CONTRAST = ratio("hr", arm="stop", effect=replace(ratio().effect, low=1.1, high=4.0))  # type: ignore[type-var]
STUDY = study(
    "invented",
    STOP,
    STAY,
    CONTRAST,
    doi="10.0000/invented",
    population=Population(n=259, age_mean=63.0),
    arms=(Arm("stop", "stop", 131, ("rituximab",)), Arm("stay", "continue", 128, ("rituximab",))),
)
OWN = make_summary(STUDY)
EDITED = """People with MS who stopped rituximab: what happened?

The study had 259 people. Their mean age was 63 years.

Of the 131 people who stopped rituximab, 12 had a relapse. That is about 9 of every 100.
The true figure could be as little as 5 or as much as 15 of every 100.
This is the count within 2 years.

Among people who stayed on rituximab, 4 of every 100 had a relapse, or 5 of 128.
A relapse came more often in people who stopped than in people who stayed on rituximab.

We can hardly be sure of this figure at all. The study cannot tell you your own risk.

Talk with your team about what matters to you. Do not stop a drug on your own.
Source: 10.0000/invented
"""


def write(summary: PlainLanguageSummary) -> list[str]:
    return [summary.headline, *summary.banners, *summary.body, summary.source.title, summary.notice]


def objections(text: str, name: str = "") -> list[str]:
    study_, summary = (STUDIES[name], SUMMARIES[name]) if name else (STUDY, OWN)
    return [f"{one.kind}: {one.what}" for one in check_text(text, study_, summary)]


@pytest.mark.parametrize("name", sorted(SUMMARIES))
def test_our_own_summary_of_every_study_is_accepted(name: str) -> None:
    assert objections("\n\n".join(write(SUMMARIES[name])), name) == []


def test_an_editor_s_own_words_are_accepted_when_all_they_say_is_in_the_study() -> None:
    level = next(claim.text for claim in OWN.claims if claim.role == "sure")
    assert objections(EDITED.replace("We can hardly be sure of this figure at all.", level)) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("rituximab", "ritonavir", "drug: ritonavir is not in this study"),
        ("rituximab, 12", "ofatumumab, 12", "drug: ofatumumab"),
        ("MS who", "lupus who", "illness: lupus"),
        ("12 had", "13 had", "number"),
        ("259", "258", "number"),
        ("63 years", "53 years", "number"),
        ("within 2 years", "within 3 years", "number"),
        ("5 of 128", "5 of 131", "number"),
        ("about 9 of every 100", "about 9 of every 1,000", "number"),
        ("about 9 of", "about 15 of", "number"),
        ("more often", "less often", "direction"),
        ("more often", "as often", "direction: the study does not show"),
        ("stopped than in people who stayed on", "stayed on than in people who stopped", "direction"),
        ("12 had a relapse", "12 had no relapse", "number"),
        ("12 had a relapse", "12 died", "number"),
        ("Of the 131 people", "Of the 131 women", "people: women"),
        ("Talk with", "The drug was approved for this use. Talk with", 'word: "approved"'),
        ("Talk with", "It is safe to stop. Talk with", 'word: "safe"'),
        ("Talk with", "Few people had a relapse. Talk with", 'word: "Few" needs the number'),
        ("Talk with", "It is like taking a break. Talk with", 'word: "like taking"'),
        ("Talk with", "Doctor Zimmer agrees. Talk with", "name"),
        ("Talk with", "Half of the people felt well. Talk with", 'word: "Half" needs'),
        ("This is the count within 2 years.", "", "missing: it does not say how long"),
        ("cannot tell", "may tell", "missing: it does not say what the study cannot tell"),
        ("Do not stop a drug on your own.", "", "missing: it does not say that nobody should stop"),
        ("Source: 10.0000/invented", "", "missing: it does not say the paper"),
    ],
)
def test_one_thing_wrong_is_named(old: str, new: str, fault: str) -> None:
    level = next(claim.text for claim in OWN.claims if claim.role == "sure")
    text = EDITED.replace("We can hardly be sure of this figure at all.", level)
    assert old in text
    found = objections(text.replace(old, new))
    assert any(one.startswith(fault) for one in found), found


def test_a_sentence_of_ours_about_one_group_may_not_follow_another_group() -> None:
    lines = write(OWN)
    interval = next(claim.text for claim in OWN.claims if claim.role == "interval")
    compared = next(claim.text for claim in OWN.claims if claim.role == "comparison")
    moved = [line for line in lines if line != interval]
    moved.insert(moved.index(compared) + 1, interval)
    assert any(one.startswith("place") for one in objections("\n\n".join(moved)))


@pytest.mark.parametrize("ours", [1, -1])
def test_an_mogad_study_may_not_speak_of_ms(ours: int) -> None:
    lines = write(SUMMARIES["mogad_korea2025"])
    lines.insert(ours, "This matters for people with MS.")
    assert "illness: MS is not in this study" in objections("\n\n".join(lines), "mogad_korea2025")


def test_nothing_may_be_said_of_a_withdrawn_paper() -> None:
    gone = replace(STUDY, retracted="2026-11-26")
    assert check_text("\n\n".join(write(OWN)), gone, OWN)[0].kind == "retracted"


@pytest.mark.parametrize("name", ["mogad_korea2025", "coerver2024ocr", "meta2022-hvi", "vanderkooij2021"])
@pytest.mark.parametrize("seed", ["000", "001", "002"])
def test_the_three_example_summaries_are_rejected_as_they_are(reference: Path, seed: str, name: str) -> None:
    text = next((reference / "seeds").glob(f"{seed}_*.txt")).read_text("utf-8")
    kinds = {one.partition(":")[0] for one in objections(text, name)}
    assert {"word", "missing"} <= kinds


def falsify(line: str, place: int) -> list[str]:
    found = [
        *mutating.swap_numbers(line),
        *mutating.swap_denominators(line),
        *mutating.swap_drugs(line, DRUGS),
        *mutating.swap_words(line, mutating.DIRECTIONS),
        *mutating.swap_words(line, mutating.PEOPLE),
        *(mutating.swap_illness(line) if place == 0 else ()),
    ]
    return [other for other in found if other != line]


def is_stopped(name: str, place: int, other: str) -> bool:
    lines = write(SUMMARIES[name])
    lines[place] = other
    return bool(objections("\n\n".join(lines), name))


def each_falsehood(name: str) -> list[tuple[int, str]]:
    lines, title = write(SUMMARIES[name]), SUMMARIES[name].source.title
    told = [(place, line) for place, line in enumerate(lines) if line != title]
    return [(place, other) for place, line in told for other in falsify(line, place)]


@given(st.data())
@settings(max_examples=150)
def test_no_single_falsehood_in_our_own_text_passes(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(SUMMARIES)))
    place, other = data.draw(st.sampled_from(each_falsehood(name)))
    assert is_stopped(name, place, other), other


@pytest.mark.validate
@pytest.mark.parametrize("name", sorted(SUMMARIES))
def test_every_single_falsehood_in_our_own_text_is_stopped(name: str) -> None:
    assert [other for place, other in each_falsehood(name) if not is_stopped(name, place, other)] == []


@pytest.mark.parametrize(
    "swap",
    [
        mutating.swap_numbers,
        mutating.swap_denominators,
        lambda line: mutating.swap_drugs(line, DRUGS),
        lambda line: mutating.swap_words(line, mutating.DIRECTIONS),
        lambda line: mutating.swap_words(line, mutating.PEOPLE),
        mutating.swap_illness,
    ],
)
def test_each_kind_of_falsehood_is_found_in_our_texts(swap: Callable[[str], list[str]]) -> None:
    """So that the property above does not hold for want of anything to falsify."""
    lines = [line for summary in SUMMARIES.values() for line in write(summary)]
    assert sum(1 for line in lines for _ in swap(line)) > 100
