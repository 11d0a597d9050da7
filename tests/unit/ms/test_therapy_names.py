"""Names: INN, brands, codes old and new find their drug; a slip gets suggestions and never an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.ms.therapies import read_therapies
from stepdown.ms.therapy_names import TherapyFound, TherapyNotFound, find_therapy

FOUND = [
    ("natalizumab", "natalizumab", "name"), ("Tysabri", "natalizumab", "brand"),
    ("TYRUKO", "natalizumab", "brand"), ("Riulvy", "tegomil-fumarate", "brand"),
    ("Interferon Beta", "interferon-beta", "name"), ("interferon beta-1a", "interferon-beta", "synonym"),
    ("Dimethyl Fumarate", "dimethyl-fumarate", "name"), ("L04AX07", "dimethyl-fumarate", "atc"),
    ("N07XX09", "dimethyl-fumarate", "atc_old"), ("l04aa27", "fingolimod", "atc_old"),
    ("L04AG08", "ocrelizumab", "atc"), ("ocrevus-zunovo", "ocrelizumab", "brand"),
    ("1876381", "ocrelizumab", "rxnorm"),
    ("L03AB08", "interferon-beta", "atc"), ("HSCT", "ahsct", "synonym"),
]


@pytest.mark.parametrize(("text", "name", "by"), FOUND)
def test_a_name_brand_or_code_finds_its_drug(text: str, name: str, by: str) -> None:
    found = find_therapy(text)
    assert isinstance(found, TherapyFound)
    assert (found.therapy.name, found.by) == (name, by)


@pytest.mark.parametrize(("text", "suggestion"), [("Tysabi", "Tysabri"), ("ocrelizumb", "ocrelizumab"),
                                                  ("fingolimd", "fingolimod"), ("Mavenclade", "Mavenclad")])
def test_a_slip_is_answered_by_suggestions(text: str, suggestion: str) -> None:
    found = find_therapy(text)
    assert isinstance(found, TherapyNotFound)
    assert suggestion in found.suggestions


@pytest.mark.parametrize("text", ["L01BB04", "L01FA02", "Arzerra"])
def test_an_oncology_product_is_said_to_be_one_and_nothing_is_suggested(text: str) -> None:
    found = find_therapy(text)
    assert isinstance(found, TherapyNotFound)
    assert "oncology" in found.reason and found.suggestions == ()


@pytest.mark.parametrize("text", ["L04AA99", "L01FA03", "1876382", "", "aspirin", "evobrutinib"])
def test_an_unknown_code_or_drug_is_not_mapped_to_a_near_one(text: str) -> None:
    assert find_therapy(text) == TherapyNotFound()


def test_no_spelling_names_two_drugs() -> None:
    words = [text for each in read_therapies().values()
             for text in (each.name, *each.brands, *each.synonyms, *each.atc, *each.atc_old, *each.rxnorm)]
    spellings = [text.casefold().replace(" ", "-") for text in words]
    assert len(set(spellings)) == len(spellings)


@given(st.sampled_from([text for text, _, _ in FOUND]), st.sampled_from([" ", "-", ""]))
def test_case_spaces_and_hyphens_do_not_matter(text: str, between: str) -> None:
    found = find_therapy(between.join(text.upper().split("-")))
    assert isinstance(found, TherapyFound)
