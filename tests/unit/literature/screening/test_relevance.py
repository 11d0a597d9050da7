"""The rule asks for a disease, a drug, an action near it, and people."""

from __future__ import annotations

import pytest

from stepdown.literature.citation import AbstractSection, Citation
from stepdown.literature.screening.relevance import judge_relevance


def cite(title: str, abstract: str = "") -> Citation:
    return Citation("1", 1, title=title, abstract=(AbstractSection(abstract),) if abstract else ())


@pytest.mark.parametrize(
    ("title", "missing"),
    [
        ("Stopping rituximab in patients with multiple sclerosis", ()),
        ("Extended interval dosing of Tysabri in multiple sclerosis", ()),
        ("Interferon beta withdrawal in people with NMOSD", ()),
        ("Discontinuing disease-modifying therapies in multiple sclerosis", ()),
        ("Stopping rituximab in lupus", ("disease",)),
        ("Exercise in patients with multiple sclerosis", ("drug", "action near a drug")),
        ("Fingolimod in mice: its effect in a model of multiple sclerosis", ("people",)),
    ],
)
def test_what_is_missing_is_said(title: str, missing: tuple[str, ...]) -> None:
    assert judge_relevance(cite(title)).missing == missing


def test_a_word_of_action_far_from_the_drug_does_not_count() -> None:
    far = cite("Multiple sclerosis", f"Ocrelizumab. {'Neutral words stand here. ' * 20}We switched tables.")
    assert judge_relevance(far).missing == ("action near a drug",)


def test_people_may_be_studied_beside_animals() -> None:
    both = cite("Rituximab treatment in multiple sclerosis",
                "Patients were treated; patients improved; participants agreed. A mouse model is named.")
    assert judge_relevance(both).is_relevant
