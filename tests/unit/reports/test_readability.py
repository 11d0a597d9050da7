"""Flesch-Kincaid against textstat 0.7.4, and against counts made by hand."""

from __future__ import annotations

import pytest
import textstat

from stepdown.reports.readability import count_syllables, measure_readability, split_sentences

#: How far the two grades may differ on one short text: textstat counts syllables by hyphenation patterns
#: and gives "study", "about" and "again" one each; two such in ten words move the grade by 2.4.
TOLERANCE = 2.5
MEAN_TOLERANCE = 0.6

TEXTS = (
    "The cat sat on the mat. It was warm there. The dog slept by the door.",
    "Call your team the same day if new weakness lasts more than a day. Do not wait for the next visit.",
    "You keep taking your tablets as you do now. Your team keeps checking your blood and your scans.",
    "Some people feel free after they stop. Others worry each time a leg feels heavy.",
    "A nurse can show you how to write down new symptoms. Take the paper with you to each visit.",
    "The study counted people for two years. Nobody knows what happens after that.",
    "Medicines for this illness keep it quiet. They do not cure it, and they can do harm.",
    "Ask which blood tests are needed before the first dose. Ask who will ring you with the result.",
    "Travel is easier when the cooling box stays at home. Remember your papers and your phone numbers.",
    "We looked at the records of a large clinic. Half of the people were older than sixty.",
    "The decision depends on age, on scans, and on what matters to the person in front of you.",
    "Regular monitoring continues for at least two years after treatment has been discontinued.",
    "Participants who discontinued treatment experienced considerably more activity than expected.",
    "Neurologists frequently disagree about the appropriate moment to reconsider an established therapy.",
    "The committee recommended additional laboratory investigations before another administration.",
    "Vaccination should be completed several weeks before immunosuppressive treatment is initiated.",
    "Long relationships between patients and hospitals improve communication and increase satisfaction.",
    "Winter was cold that year. Snow lay on the roofs until March, and the river froze twice.",
    "He repaired bicycles in a small workshop behind the station. Children brought him broken toys as well.",
    "Photography requires patience, attention, and an understanding of natural illumination.",
    "She read the letter again, folded it, and put it under the clock. Then she made tea.",
    "Municipal authorities announced alternative arrangements for public transportation during construction.",
)

BY_HAND = {
    **dict.fromkeys(
        ("used", "worse", "whole", "guess", "while", "names", "watched", "friend", "12", "the"), 1
    ),
    **dict.fromkeys(("stopped", "called", "filled", "raised", "care", "more", "years", "through"), 1),
    **dict.fromkeys(
        ("relapse", "people", "studies", "table", "changes", "needed", "treated", "doses", "being"), 2
    ),
    **dict.fromkeys(
        ("science", "quiet", "courses", "people's", "little", "trial", "nation", "special", "every"), 2
    ),
    **dict.fromkeys(
        ("serious", "infection", "disabled", "area", "created", "period", "medical", "hospital"), 3
    ),
    **dict.fromkeys(("usual", "easier", "disagree"), 3),
    **dict.fromkeys(("antibodies", "arrangements", "transportation"), 4),
}


@pytest.mark.parametrize("text", TEXTS)
def test_the_grade_agrees_with_textstat(text: str) -> None:
    assert abs(measure_readability([text]).grade - textstat.flesch_kincaid_grade(text)) <= TOLERANCE


def test_over_all_texts_the_two_programs_agree_closer_still() -> None:
    """A one-sided error of the syllable count would show in the mean, whatever single texts do."""
    apart = [measure_readability([text]).grade - textstat.flesch_kincaid_grade(text) for text in TEXTS]
    assert abs(sum(apart) / len(apart)) <= MEAN_TOLERANCE


@pytest.mark.parametrize(("word", "syllables"), BY_HAND.items())
def test_syllables_are_counted_as_people_say_them(word: str, syllables: int) -> None:
    assert count_syllables(word) == syllables


def test_the_formula_by_hand() -> None:
    """Two sentences, 8 words, 8 syllables: 0.39 x 4 + 11.8 x 1 - 15.59 = -2.23."""
    assert measure_readability(["The cat sat down. It was warm here."]).grade == -2.2


def test_a_heading_does_not_lengthen_the_next_sentence() -> None:
    apart = measure_readability(["What we do not know", "Ask your team."])
    assert apart.longest_sentence == 5


def test_names_of_drugs_count_as_two_syllables() -> None:
    """Five syllables in ocrelizumab would make this grade 4.4 higher: 11.8 x 3 / 8."""
    plain = measure_readability(["You take ocrelizumab now and then at home."])
    named = measure_readability(["You take ocrelizumab now and then at home."], ["ocrelizumab"])
    assert plain.grade - named.grade == pytest.approx(11.8 * 3 / 8, abs=0.1)


def test_a_number_with_a_point_does_not_end_a_sentence() -> None:
    assert len(split_sentences("PML came in 2.7 of every 1,000 people.")) == 1


def test_no_words_is_grade_0() -> None:
    assert measure_readability(["", "--"]).words == 0
