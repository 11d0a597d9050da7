"""One therapy and nothing else is a name; whatever could be another thing is not guessed at."""

from __future__ import annotations

import pytest

from stepdown.cohorts.registry.importing.drug_texts import find_generic_name


@pytest.mark.parametrize(("text", "name"), [
    ("Tysabri®", "natalizumab"),
    ("TYSABRI 300 mg", "natalizumab"),
    ("Natalizumab (Tysabri)", "natalizumab"),
    ("Avonex 30 Mikrogramm/0,5 ml Injektionslösung", "interferon-beta"),
    ("Interféron bêta-1a 44 µg", "interferon-beta"),
    ("Interferon beta-1b 8 Mio. I.E.", "interferon-beta"),
    ("Kesimpta 20 mg/0,4 ml, Fertigpen", "ofatumumab"),
    ("Acétate de glatiramère", "glatiramer-acetate"),
    ("Glatirameracetat 40 mg", "glatiramer-acetate"),
])
def test_strength_form_brand_and_language_do_not_hide_a_therapy(text: str, name: str) -> None:
    assert find_generic_name(text) == name


@pytest.mark.parametrize("text", [
    "", "300 mg", "Tysbari", "Tysabri/Avonex", "Tysabri 300 mg / Avonex 30 µg", "Tysabri 300 mg placebo",
    "Natalizumab (placebo)", "Natalizumab (Avonex)", "Wundermittel 5 mg", "x " * 5000 + "1 mg",
])
def test_two_drugs_a_placebo_or_a_slip_are_no_name(text: str) -> None:
    assert find_generic_name(text) is None
