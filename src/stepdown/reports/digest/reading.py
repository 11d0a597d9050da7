"""How does a summary read? Grade, words a sentence, and the items of the CDC Index that it meets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from stepdown.literature.summaries.clear_communication import check_clarity
from stepdown.literature.summaries.summary import PlainLanguageSummary
from stepdown.ms.drug_words import plain_drug, read_drug_words
from stepdown.ms.therapies import read_therapies
from stepdown.reports.patient_words import ILLNESSES
from stepdown.reports.readability import measure_readability

#: Names that readers learn as names, beside the drugs of the catalogue and the illnesses of the aid.
NAMES = ("COVID-19", "rheumatoid arthritis", "ipilimumab", "anti-PD-1", "anti-CTLA-4", "VIAADISC", "IgG")
#: Flesch-Kincaid grades: up to the first a body is easy, above the second it is not published.
EASY, HARD = 6.0, 8.0


@dataclass(frozen=True)
class Reading:
    """Grade, words a sentence and words of a body; how many items of the CDC Index it meets, of how many."""

    grade: float
    words_per_sentence: float
    words: int
    clear: int
    clear_of: int


def measure_summary(summary: PlainLanguageSummary) -> Reading:
    """How the body of a summary reads; names of drugs and illnesses count as two syllables."""
    found = measure_readability(summary.body, find_summary_names())
    clear = check_clarity(summary)
    return Reading(found.grade, found.words_per_sentence, found.words, sum(clear.values()), len(clear))


@cache
def find_summary_names() -> tuple[str, ...]:
    """Every name that counts as two syllables: drugs and illnesses."""
    drugs = set(read_therapies()) | set(read_drug_words()["drug_words"])
    return (*ILLNESSES, *NAMES, *sorted(plain_drug(name) for name in drugs))
