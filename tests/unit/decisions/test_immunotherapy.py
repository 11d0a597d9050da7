"""Cancer immunotherapy: counts with exact intervals, both sides, the MS drug, and never a personal figure."""

from __future__ import annotations

import pytest

from invented import answer, on
from stepdown.decisions.immunotherapy import read_immunotherapy


@pytest.mark.parametrize("when", ["now", "planned"])
def test_counts_come_with_exact_intervals(when: str) -> None:
    texts = [item.text for item in answer(plans={"cancer_immunotherapy": when}).cancer_immunotherapy]
    # Clopper-Pearson 95 %: 2 of 66 is 0.4 to 10.5 %, 0 of 12 is 0 to 26.5 % (Clopper and Pearson 1934).
    assert any(text.startswith("2 of 66 people") and "fewer than 1 to 11 of 100" in text for text in texts)
    assert any(text.startswith("0 of 12 people") and "0 to 26 of 100" in text for text in texts)


def test_severe_events_are_given_for_both_sides() -> None:
    rules = {item.rule for item in answer(plans={"cancer_immunotherapy": "planned"}).cancer_immunotherapy}
    assert {"immunotherapy-severe-events-both-sides", "immunotherapy-ms-drug"} <= rules


def test_the_ms_drug_is_not_simply_stopped_for_it() -> None:
    found = answer(treatments=on("natalizumab"), plans={"cancer_immunotherapy": "planned"})
    assert {item.standing for item in found.options if item.id == "stop"} == {"not-advised"}


def test_nothing_is_said_to_others() -> None:
    assert answer().cancer_immunotherapy == ()


def test_each_finding_shown_is_a_count_in_people_with_ms() -> None:
    assert all("#" in row["source"] and row["who"] for row in read_immunotherapy()["finding"])
