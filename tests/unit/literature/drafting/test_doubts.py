"""Of how many are the events? Proposed only where the printed share leaves one number; else asked."""

from __future__ import annotations

import pytest

from stepdown.literature.drafting.draft import DraftStudy
from stepdown.literature.drafting.proposing import find_questions
from stepdown.literature.drafting.reading import read_draft
from unit.literature.drafting.invented_abstracts import make_citation

PEOPLE = "We included 41 patients with multiple sclerosis who stopped fingolimod."
ARMS = "We randomised 240 patients to stop treatment (n = 119) or to continue (n = 121)."
MANY = "We included 400 patients with multiple sclerosis who stopped fingolimod."


def read(methods: str, results: str) -> DraftStudy:
    return read_draft(make_citation(("METHODS", methods), ("RESULTS", results)))


# By hand: k of n is p per cent to its decimals, and of no other whole number. 10/41 = 24.39 (10/40 = 25.0,
# 10/42 = 23.8); 50/400 = 12.50, but 50/399 = 12.53 and 50/401 = 12.47 are 12.5 too; 30/119 = 25.21, 30/121 =
# 24.79, both 25 as whole numbers.
@pytest.mark.parametrize(
    ("methods", "results", "n"),
    [
        (PEOPLE, "Ten patients (24.4%) relapsed.", 41),
        (PEOPLE, "Ten patients (24,4 %) relapsed.", 41),
        (PEOPLE, "Ten patients (24·39%) relapsed.", 41),
        (PEOPLE, "Ten patients (24%) relapsed.", None),
        (PEOPLE, "Ten patients (24.3%) relapsed.", None),
        (PEOPLE, "Ten patients (25.0%) relapsed.", None),
        (MANY, "Fifty patients (12.5%) relapsed.", None),
        (MANY, "Fifty patients (12.50%) relapsed.", 400),
        (ARMS, "Thirty patients (25%) relapsed.", None),
        (ARMS, "Thirty patients (25.2%) relapsed.", 119),
        (ARMS, "Thirty patients (12.5%) relapsed.", 240),
        (PEOPLE, "Of 20 patients, ten (50%) relapsed.", 20),
    ],
)
def test_a_whole_is_proposed_where_the_share_leaves_only_that_one(
    methods: str, results: str, n: int | None
) -> None:
    (finding,) = read(methods, results).findings
    assert (finding.n.value if finding.n else None) == n


def test_a_whole_from_elsewhere_is_in_doubt_and_one_beside_its_count_is_not() -> None:
    (elsewhere,) = read(PEOPLE, "Ten patients (24.4%) relapsed.").findings
    (beside,) = read(PEOPLE, "10/41 (24.4%) relapsed.").findings
    assert elsewhere.n and elsewhere.n.doubt == "printed elsewhere: 10 are 24.4 % of no other number"
    assert beside.n and not beside.n.doubt


@pytest.mark.parametrize(
    ("results", "question"),
    [
        ("Thirty patients (25%) relapsed.", "119 and 121 would fit the share;"),
        ("Thirty patients (11%) relapsed.", "of how many? reject it"),
        ("Thirty patients (13%) relapsed.", "240 would fit the share;"),
        ("Thirty patients relapsed.", "of how many? reject it"),
    ],
)
def test_where_none_is_proposed_the_reviewer_is_asked_and_told_which_would_fit(
    results: str, question: str
) -> None:
    citation = make_citation(("METHODS", ARMS), ("RESULTS", results))
    asked = {item.name: item for item in find_questions(read_draft(citation), citation)}
    assert asked["findings.1.n"].value is None
    assert question in asked["findings.1.n"].doubt
