"""Once a study is retracted no number that rests on it alone is printed, and nobody is watched less."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from invented import answer, on, option
from stepdown.decisions.answer import Answer, Reason, Rule
from stepdown.decisions.withdrawing import find_withdrawn, withdraw_studies
from stepdown.evidence.reading import read_library
from stepdown.evidence.supposing import supposing
from stepdown.reports.text_clinician import write_clinician_text
from stepdown.reports.text_patient import write_patient_text

DAY = "2026-11-20"
ON_NATALIZUMAB: dict[str, Any] = {"treatments": on("natalizumab", "2024-01-01")}
CANCER: dict[str, Any] = {
    "plans": {"pregnancy": "no", "breastfeeding": False, "cancer_immunotherapy": "planned"}
}
MOGAD: dict[str, Any] = {"diagnosis": "MOGAD"}


def ask_without(*names: str, **changes: Any) -> tuple[Answer, str, str]:
    """The answer with some studies retracted, and its two texts on one line each."""
    studies = {key: replace(study, retracted=DAY) if key in names else study
               for key, study in read_library().items()}  # fmt: skip
    with supposing(studies):
        found = answer(**changes)
        texts = (" ".join(write(found).split()) for write in (write_clinician_text, write_patient_text))
        return (found, *texts)


def sentences(found: Answer) -> Iterator[Rule | Reason]:
    yield from (*found.pml_notes, *found.cancer_immunotherapy)
    yield from found.refusal.what_is_known if found.refusal else ()
    for item in found.options:
        yield from (*item.rules, *item.reasons_for, *item.reasons_against)


def test_pml_figures_of_a_retracted_table_are_unknown_with_the_reason() -> None:
    before = answer(**ON_NATALIZUMAB)
    found, clinician, patient = ask_without("uptodate_pml_table", **ON_NATALIZUMAB)
    assert before.pml and not found.pml
    note = next(note for note in found.pml_notes if note.rule == "pml-withdrawn")
    assert f"retracted on {DAY}" in note.text and "not known, not nil" in note.text
    assert "of every 1,000;" not in clinician and "PML came in" not in patient


def test_the_extended_dosing_beside_pml_loses_the_ratio_of_a_retracted_registry() -> None:
    assert "HR 0.06" in write_clinician_text(answer(**ON_NATALIZUMAB))
    found, clinician, _ = ask_without("ryerson2019", **ON_NATALIZUMAB)
    assert "HR 0.06" not in clinician and "What ryerson2019 counted is withdrawn" in clinician
    assert found.pml


def test_the_score_of_a_retracted_study_gives_no_points_and_no_risks() -> None:
    assert any(rule.id == "viaadisc-points" for rule in option(answer(), "stop").rules)
    found, clinician, _ = ask_without("bsteh2021")
    fact = next(fact for fact in found.facts if fact.name == "viaadisc_points")
    assert fact.state == "unknown" and f"retracted on {DAY}" in fact.reason
    assert not any(rule.id == "viaadisc-points" for rule in option(found, "stop").rules)
    assert "VIAADISC:" not in clinician


def test_a_point_of_the_score_on_other_drugs_goes_with_its_own_study() -> None:
    changes: dict[str, Any] = {"treatments": on("dimethyl-fumarate")}
    assert "1.25-fold" in write_clinician_text(answer(**changes))
    assert "1.25-fold" not in ask_without("bsteh2025", **changes)[1]


def test_counts_of_cancer_drugs_go_for_the_clinician_and_the_patient() -> None:
    assert "66 people" in write_clinician_text(answer(**CANCER))
    found, clinician, patient = ask_without("quinn2024", **CANCER)
    assert "What quinn2024 counted is withdrawn" in clinician
    assert not re.search(r"of 66 people", clinician + patient)
    assert any(reason.rule == "immunotherapy-count" for reason in found.cancer_immunotherapy)


def test_a_sentence_of_cancer_drugs_loses_its_numbers_with_a_study_behind_them() -> None:
    found = ask_without("vanderkooij2021", **CANCER)[0]
    severe = next(r for r in found.cancer_immunotherapy if r.rule == "immunotherapy-severe-events-both-sides")
    assert not re.search(r"\b(17|13|44|48) ", severe.text) and "vanderkooij2021" in severe.text


def test_what_is_known_of_another_disease_goes_too() -> None:
    assert "mogad_korea2025" in str(answer(**MOGAD).refusal)
    found, _, patient = ask_without("mogad_korea2025", **MOGAD)
    assert found.refusal is not None
    cited = [r for r in found.refusal.what_is_known if any("mogad_korea2025" in key for key in r.sources)]
    assert cited and all("withdrawn" in reason.text for reason in cited)
    assert "people with MOGAD stopped" not in patient


def test_a_rule_goes_on_guarding_without_the_numbers_of_a_retracted_trial() -> None:
    before, (found, clinician, _) = answer(), ask_without("corboy2023")
    assert [o.standing for o in before.options] == [o.standing for o in found.options]
    assert "3 of 131" not in clinician and "What corboy2023 counted is withdrawn" in clinician
    assert f"Retracted on {DAY}: " in found.sources["corboy2023"].title


@pytest.mark.parametrize(
    "names", [("corboy2023", "coerver2025"), ("bsteh2021", "bsteh2025"), ("tysedmus2016",)]
)
@pytest.mark.parametrize("changes", [{}, ON_NATALIZUMAB, CANCER])
def test_no_sentence_with_a_number_rests_on_retracted_studies_alone(
    names: tuple[str, ...], changes: dict[str, Any]
) -> None:
    found = ask_without(*names, **changes)[0]
    for item in sentences(found):
        alone = item.sources and all(key.partition("#")[0] in names for key in item.sources)
        left = item.text
        for name in names:
            left = left.replace(f"What {name} counted is withdrawn: the study was retracted on {DAY}.", "")
        assert not (alone and re.search(r"\d", left)), item


def test_nothing_changes_while_no_study_is_retracted() -> None:
    found = answer()
    assert not find_withdrawn() and withdraw_studies(found) is found


@pytest.mark.parametrize("changes", [{}, ON_NATALIZUMAB, CANCER, MOGAD])
def test_a_library_without_our_studies_answers_and_says_what_is_unknown(changes: dict[str, Any]) -> None:
    with supposing({"own2026": replace(read_library()["corboy2023"], id="own2026")}):
        found = answer(**changes)
        clinician = " ".join(write_clinician_text(found).split())
        write_patient_text(found)
    assert "the library in use does not hold this study" in clinician
    ours = [source for name, source in found.sources.items() if name in read_library()]
    assert all(source.title.startswith("Not in the library in use: ") for source in ours)
