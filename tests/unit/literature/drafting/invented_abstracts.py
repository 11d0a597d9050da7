"""Invented citations: abstracts of nobody's papers."""

from __future__ import annotations

from stepdown.literature.citation import AbstractSection, Author, Citation, RecordDate
from stepdown.ms.dates import PartialDate

STOPPING = (
    ("BACKGROUND", "In earlier work 40% of 90 patients relapsed after stopping."),
    (
        "METHODS",
        "We retrospectively included 120 patients with relapsing-remitting multiple sclerosis who stopped "
        "fingolimod. Median follow-up was 24 months.",
    ),
    (
        "RESULTS",
        "Relapses occurred in 30 patients (25.0 %). MRI activity was seen in 50 patients (40%). "
        "Younger age raised the hazard of relapse (HR 1·40, 95% CI 1·10–1·80; p=0.01).",
    ),
    ("CONCLUSIONS", "After stopping fingolimod 25.0% relapsed."),
)


def make_citation(
    *sections: tuple[str, str],
    title: str = "Stopping fingolimod in multiple sclerosis, invented",
    pmid: str = "7",
) -> Citation:
    """A citation with these sections (PubMed's category, text), or with the abstract above."""
    parts = tuple(AbstractSection(text, category, category) for category, text in sections or STOPPING)
    issue = RecordDate("issue", PartialDate(2031))
    return Citation(
        pmid,
        1,
        title=title,
        abstract=parts,
        authors=(Author("Nemö", "N"), Author("Nobody", "N")),
        dates=(issue,),
        dois=("10.1234/invented",),
        journal="Invented Journal",
    )


def make_results(text: str) -> Citation:
    """A citation whose abstract is one section of results."""
    return make_citation(("RESULTS", text), title="")
