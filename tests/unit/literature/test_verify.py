"""Each printed number is found, not found, or could not be checked, and the reason is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stepdown.evidence.study import Effect
from stepdown.literature.citation import AbstractSection, Citation
from stepdown.literature.verify import verify_studies
from unit.evidence.invented_studies import finding, study

WORDS = "Of 131 people 16 (12.2%) relapsed; HR 0·72 (0·61-0·85)."
CITED = Citation("1", 1, abstract=(AbstractSection(WORDS),))


def verdicts(abstract: Citation | None = CITED, pmid: str | None = "1", **fields: object) -> dict[str, str]:
    bare = replace(finding(), events=None, n=None, locator="abstract", proportion=None)
    one = replace(study("one"), pmid=pmid, findings=(replace(bare, **fields),))
    held = {"1": abstract} if abstract else {}
    return {check.field: check.verdict for check in verify_studies([one], held)}


def test_counts_shares_and_ratios_are_found_in_the_form_of_the_paper() -> None:
    effect = Effect("HR", 0.72, "continue", 0.61, 0.85)
    found = verdicts(events=16, n=131, proportion=0.122, effect=effect)
    assert len(found) == 6 and set(found.values()) == {"found"}


def test_a_number_that_the_abstract_does_not_print_is_named() -> None:
    assert verdicts(events=17, n=131) == {"events": "not found", "n": "found"}
    assert verdicts(proportion=0.12) == {"proportion": "not found"}


def test_computed_and_misprinted_numbers_are_not_looked_for() -> None:
    assert verdicts(events=17, computed=("events",)) == {}
    assert verdicts(events=17, misprinted="printed as 71") == {}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"abstract": None}, "citation not in the store"),
        ({"abstract": Citation("1", 1)}, "citation without an abstract"),
        ({"pmid": None}, "study without a PMID"),
        ({"locator": "table 3"}, "read elsewhere than in the abstract"),
    ],
)
def test_a_number_that_could_not_be_checked_says_why(change: dict[str, object], reason: str) -> None:
    assert verdicts(events=16, **change) == {"events": reason}
