"""The design comes from PubMed's types where they say it, else from the title, else from the abstract."""

from __future__ import annotations

import pytest

from stepdown.literature.citation import AbstractSection, Citation, Term
from stepdown.literature.screening.study_design import DESIGNS, classify_design


@pytest.mark.parametrize(
    ("title", "abstract", "types", "design"),
    [
        ("Stopping: a trial", "", ("Journal Article", "Randomized Controlled Trial"), "rct"),
        ("Stopping", "", ("Meta-Analysis", "Systematic Review"), "meta-analysis"),
        ("Stopping, invented", "", ("Published Erratum",), "notice"),
        ("A randomised trial of stopping: study protocol", "", (), "protocol"),
        ("Stopping: a randomised trial", "", (), "rct"),
        ("Open-label extension of a randomized trial", "", (), "rct-extension"),
        ("Stopping in the Invented Registry", "", (), "registry-cohort"),
        ("Stopping", "We retrospectively followed 40 patients.", (), "cohort"),
        ("Stopping", "Participants were randomly assigned.", (), "rct"),
        ("A rebound", "We report a case after stopping.", (), "case-series"),
        ("Guideline on stopping", "", (), "guideline"),
        ("Stopping", "", ("Review",), "review"),
        ("Stopping in mice", "", (), "animal"),
        ("Stopping", "", (), "other"),
    ],
)
def test_designs(title: str, abstract: str, types: tuple[str, ...], design: str) -> None:
    terms = tuple(Term("", name) for name in types)
    citation = Citation("1", 1, title=title, abstract=(AbstractSection(abstract),), publication_types=terms)
    assert classify_design(citation) == design and design in DESIGNS
