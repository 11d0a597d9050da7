"""The summary of every study of the library: readable, whole, and with no number of its own making."""

from __future__ import annotations

import re

import pytest

from stepdown.evidence.reading import read_library
from stepdown.literature.summaries.choosing import choose_results
from stepdown.literature.summaries.fitting import LEAST_WORDS, MOST_WORDS, count_words
from stepdown.literature.summaries.summary import PlainLanguageSummary
from stepdown.literature.summaries.words import read_words
from stepdown.literature.summaries.writing import find_neighbours, make_summary
from stepdown.reports.digest.reading import EASY, find_summary_names, measure_summary
from stepdown.reports.readability import find_words, measure_readability, split_sentences

STUDIES = read_library()
REPORTING = sorted(name for name, study in STUDIES.items() if choose_results(study) is not None)
NEIGHBOURS = find_neighbours(STUDIES)
SUMMARIES = {name: make_summary(STUDIES[name], NEIGHBOURS) for name in REPORTING}

every_study = pytest.mark.parametrize("name", REPORTING)


def test_every_study_with_a_number_has_a_summary() -> None:
    numbers = ("events", "proportion", "rate")
    expected = {
        name
        for name, study in STUDIES.items()
        for finding in study.findings
        if finding.report != "words"
        and (finding.effect is not None or any(getattr(finding, field) is not None for field in numbers))
    }
    assert set(REPORTING) == expected
    assert len(REPORTING) > 100


@every_study
def test_it_is_easy_to_read(name: str) -> None:
    """Grade 8 is the most; 6 is aimed at and reached by all. At most 15 words a sentence."""
    reading = measure_summary(SUMMARIES[name])
    assert reading.grade <= EASY
    assert reading.words_per_sentence <= 15


@every_study
def test_its_body_has_250_to_350_words_in_headed_parts(name: str) -> None:
    summary = SUMMARIES[name]
    assert LEAST_WORDS <= sum(map(count_words, summary.body)) <= MOST_WORDS
    assert [chunk.key for chunk in summary.chunks] == [
        "main", "who", "found", "sure", "others", "cannot", "harms", "action", "caregiver",
    ]  # fmt: skip
    assert max(len(chunk.claims) for chunk in summary.chunks if chunk.as_list) <= 7


@every_study
def test_its_notice_and_banners_are_easy_to_read(name: str) -> None:
    summary = SUMMARIES[name]
    names = (*find_summary_names(), summary.source.journal or "-")
    assert measure_readability([summary.notice, *summary.banners], names).grade <= 8


@every_study
def test_every_figure_of_its_main_parts_is_a_figure_of_the_finding_it_names(name: str) -> None:
    """Each k of n is printed as such in its finding, or worked out from its printed share of a printed n."""
    for claim in SUMMARIES[name].claims:
        study_id, _, finding_id = claim.source.partition("#")
        for events, people in re.findall(r"([\d,]+) of ([\d,]+) people", claim.text):
            finding = STUDIES[study_id].finding(finding_id)
            k, n = int(events.replace(",", "")), int(people.replace(",", ""))
            assert n == finding.n
            assert k == finding.events or abs(k - (finding.proportion or 0) * n) <= 0.5


def test_no_sentence_has_an_empty_slot() -> None:
    for summary in SUMMARIES.values():
        texts = (summary.headline, *summary.body, *(row.sentence for row in summary.related))
        assert not [text for text in texts if "None" in text or "{" in text or "  " in text]


def test_the_longest_sentence_has_at_most_30_words() -> None:
    longest = max(
        len(find_words(sentence))
        for summary in SUMMARIES.values()
        for block in summary.body
        for sentence in split_sentences(block)
    )
    assert longest <= 30


def test_a_study_is_related_to_studies_of_its_own_illness_only() -> None:
    pairs = [(name, row.study) for name, summary in SUMMARIES.items() for row in summary.related]
    assert pairs
    assert not [pair for pair in pairs if STUDIES[pair[0]].disease != STUDIES[pair[1]].disease]


def test_every_main_definition_of_the_library_has_plain_words() -> None:
    plain = read_words("definitions")["definition"]
    main = {choose_results(STUDIES[name]).main.finding.definition for name in REPORTING}  # type: ignore[union-attr]
    assert sorted(main - set(plain)) == []


def test_no_plain_definition_is_left_from_a_study_that_went() -> None:
    known = {finding.definition for study in STUDIES.values() for finding in study.findings}
    assert sorted(set(read_words("definitions")["definition"]) - known) == []


def test_plain_definitions_add_no_number() -> None:
    for printed, plain in read_words("definitions")["definition"].items():
        added = set(re.findall(r"\d+(?:\.\d+)?", plain)) - set(re.findall(r"\d+(?:\.\d+)?", printed)) - {"19"}
        assert not added, printed


def test_the_same_study_gives_the_same_summary() -> None:
    again: PlainLanguageSummary = make_summary(STUDIES["corboy2023"], find_neighbours(STUDIES))
    assert again == SUMMARIES["corboy2023"]
