"""The IPDAS items that software can meet, each a test; those it cannot meet are stated on the aid.

Items and their numbers: the minimal set of IPDAS version 4 (Joseph-Williams and others 2014, PMID
23963501): qualifying 1.1.1 to 1.2.1, certifying 2.1.1 to 2.3.1 (2.4 is for screening tests, not this),
then quality. Meeting them here certifies nothing.
"""

from __future__ import annotations

import pytest

from stepdown.decisions.answer import Answer
from stepdown.reports import to_html, to_text
from stepdown.reports.patient_aid import PatientAid, build_patient_aid
from unit.reports.invented_answers import INVENTED

ANSWERED = sorted(name for name in INVENTED if INVENTED[name]().status == "answered")
WITH_NUMBERS = [name for name in ANSWERED if build_patient_aid(INVENTED[name]()).numbers]


@pytest.fixture(params=ANSWERED)
def answer(request: pytest.FixtureRequest) -> Answer:
    return INVENTED[request.param]()


@pytest.fixture
def aid(answer: Answer) -> PatientAid:
    return build_patient_aid(answer)


@pytest.fixture(params=WITH_NUMBERS)
def counted(request: pytest.FixtureRequest) -> PatientAid:
    return build_patient_aid(INVENTED[request.param]())


def part_of(aid: PatientAid, heading: str) -> list[tuple[str, ...]]:
    return [part.items for choice in aid.choices for part in choice.parts if part.heading == heading]


def page_text(aid: PatientAid) -> str:
    return " ".join(aid.sections["page"].sentences)


def told(aid: PatientAid) -> list[str]:
    return [" ".join(n.frames + n.sentences) for group in aid.numbers for n in group.choices if n.pictures]


def test_1_1_1_describes_the_illness(aid: PatientAid) -> None:
    assert "MS is an illness of the brain and the spinal cord." in aid.sections["about_ms"].sentences


def test_1_1_2_states_the_decision(aid: PatientAid) -> None:
    assert any("The question is what to do" in sentence for sentence in aid.sections["decision"].sentences)


def test_1_1_3_describes_every_option(aid: PatientAid) -> None:
    assert len(part_of(aid, "What it means")) == len(aid.choices) > 0
    assert len(aid.sections["decision"].items) == len(aid.choices)


def test_1_1_4_describes_the_good_sides_of_each_option(aid: PatientAid) -> None:
    assert all(len(items) >= 2 for items in part_of(aid, "Good sides"))


def test_1_1_5_describes_the_bad_sides_of_each_option(aid: PatientAid) -> None:
    assert all(len(items) >= 2 for items in part_of(aid, "Bad sides"))


def test_1_2_1_says_what_life_with_each_option_is_like(aid: PatientAid) -> None:
    lives = part_of(aid, "What life with it can be like")
    assert len(lives) == len(aid.choices)
    assert all(any("feel" in item or "worry" in item for item in items) for items in lives)


def test_2_1_1_shows_good_and_bad_sides_in_equal_detail(aid: PatientAid) -> None:
    """The same headings for each choice, and as many general points on either side."""
    from stepdown.reports.wording import PATIENT, read_wording

    assert len({tuple(part.heading for part in choice.parts) for choice in aid.choices}) == 1
    assert {(len(kind["good"]), len(kind["bad"])) for kind in read_wording(PATIENT)["kind"].values()} == {
        (2, 2)
    }


def test_2_2_1_gives_citations(answer: Answer) -> None:
    page = to_html(answer, "patient")
    assert all(source.title in page for source in answer.sources.values())
    assert all(f"/{source.pmid}/" in page for source in answer.sources.values() if source.pmid)


def test_2_2_2_gives_its_date(answer: Answer, aid: PatientAid) -> None:
    assert f"Date of this page: {answer.at}." in page_text(aid)


def test_2_2_3_gives_its_update_policy(aid: PatientAid) -> None:
    assert "How it is kept up to date:" in page_text(aid)


def test_2_2_4_gives_how_unsure_each_number_is(counted: PatientAid) -> None:
    assert all(
        "The true number could be" in text or "could still be possible" in text for text in told(counted)
    )


def test_2_3_1_gives_its_funding(aid: PatientAid) -> None:
    assert "No funding was declared" in page_text(aid)


def test_quality_gives_numbers_of_the_options(counted: PatientAid) -> None:
    assert told(counted)


def test_quality_names_whom_the_numbers_are_about(counted: PatientAid) -> None:
    assert "people in these studies" in " ".join(counted.sections["numbers"].sentences)
    assert all("people were counted." in text for text in told(counted))


def test_quality_gives_natural_frequencies(counted: PatientAid) -> None:
    assert all("of every 100" in text for text in told(counted))


def test_quality_gives_the_time(counted: PatientAid) -> None:
    assert all("year" in text for text in told(counted))


def test_quality_compares_with_one_denominator_and_one_time(counted: PatientAid) -> None:
    for group in counted.numbers:
        assert {picture.of for number in group.choices for picture in number.pictures} == {100}
        assert all(f"within {group.time}" in frame for n in group.choices for frame in n.frames[:1])


def test_quality_gives_more_than_one_view_of_the_numbers(counted: PatientAid) -> None:
    """Words and a picture for each number; a table as well where there are several times."""
    assert all(number.frames for group in counted.numbers for number in group.choices if number.pictures)


def test_quality_gives_both_frames(counted: PatientAid) -> None:
    pairs = [n.frames for group in counted.numbers for n in group.choices if n.pictures]
    assert all(len(frames) == 2 or "Nobody" in frames[0] for frames in pairs)


def test_quality_describes_the_course_without_a_drug(aid: PatientAid) -> None:
    assert any(sentence.startswith("Without any drug") for sentence in aid.sections["about_ms"].sentences)


def test_quality_asks_what_matters_most(aid: PatientAid) -> None:
    items = aid.sections["matters"].items
    assert {"To have no relapse", "To keep what I can do now", "I do not know yet"} <= set(items)


def test_quality_gives_steps_to_decide(aid: PatientAid) -> None:
    assert aid.sections["steps"].ordered
    assert len(aid.sections["steps"].items) >= 4


def test_quality_gives_questions_for_the_team(aid: PatientAid) -> None:
    assert all(item.endswith("?") for item in aid.sections["questions"].items)


def test_quality_says_how_studies_were_chosen_and_how_good_they_are(aid: PatientAid) -> None:
    assert "How studies were chosen:" in page_text(aid)
    assert "read in full" in page_text(aid) or "No source stands behind" in page_text(aid)


def test_quality_gives_its_authors(aid: PatientAid) -> None:
    assert "its developers" in page_text(aid)


def test_quality_gives_its_reading_level(aid: PatientAid) -> None:
    assert f"grade {aid.readability.grade}" in page_text(aid)


def test_what_needs_people_is_said_to_be_missing(aid: PatientAid) -> None:
    assert "not tested with patients" in page_text(aid)
    assert "No patient or doctor group has reviewed it." in page_text(aid)
    assert "Nobody has certified it." in page_text(aid)


def test_the_text_says_all_that_the_page_says(answer: Answer, aid: PatientAid) -> None:
    text = " ".join(to_text(answer, "patient").split())
    for section in aid.sections.values():
        assert all(sentence in text for sentence in (*section.sentences, *section.items))
