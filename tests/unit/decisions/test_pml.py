"""PML figures: the period now and the next, the range over what is not known, never a silent none."""

from __future__ import annotations

from typing import Any

import pytest

from invented import answer, on

NOW = "2026-09-01"


def cells(
    start: str, labs: list[dict[str, Any]], suppressed: bool | None = False
) -> list[tuple[str, float, float]]:
    found = answer(treatments=on("natalizumab", start), labs=labs, prior_immunosuppressant=suppressed)
    return [(c.period_months, round(c.per_1000_low, 3), round(c.per_1000_high, 3)) for c in found.pml]


NEGATIVE = [{"date": NOW, "test": "jcv-antibody", "value": "negative"}]
HIGH = [{"date": NOW, "test": "jcv-index", "value": 2.1, "unit": "index"}]
LOW = [{"date": NOW, "test": "jcv-index", "value": 1.2, "unit": "index"}]


# Expected figures: the published table by index, months and earlier immunosuppressant (uptodate_pml_table).
@pytest.mark.parametrize(
    ("start", "labs", "suppressed", "expected"),
    [
        ("2025-09-01", NEGATIVE, False, [("1-24", 0.02, 0.02), ("25-48", 0.2, 0.2)]),
        ("2025-09-01", HIGH, False, [("1-24", 1.2, 1.2), ("25-48", 8.8, 8.8)]),
        ("2023-09-01", HIGH, False, [("25-48", 8.8, 8.8), ("49-72", 10.1, 10.1)]),
        ("2023-09-01", LOW, False, [("25-48", 1.1, 1.1), ("49-72", 1.4, 1.4)]),
        ("2023-09-01", HIGH, True, [("25-48", 12.0, 12.0), ("49-72", 13.0, 13.0)]),
        ("2023-09-01", [], None, [("25-48", 0.2, 12.0), ("49-72", 0.2, 13.0)]),
        ("2016-09-01", HIGH, False, [("49-72", 10.1, 10.1)]),
    ],
)
def test_the_figures_follow_the_published_table(
    start: str, labs: list[dict[str, Any]], suppressed: bool | None, expected: list[tuple[str, float, float]]
) -> None:
    assert cells(start, labs, suppressed) == expected


def test_an_old_negative_test_counts_as_not_known() -> None:
    old = [{"date": "2025-09-01", "test": "jcv-antibody", "value": "negative"}]
    assert cells("2023-09-01", old)[0][2] == 8.8


def test_treatment_beyond_the_table_says_that_the_table_ended() -> None:
    found = answer(treatments=on("natalizumab", "2016-09-01"), labs=HIGH)
    assert found.pml_notes[0].rule == "pml-table-ended"


def test_a_cell_that_nobody_published_is_said_to_be_unknown() -> None:
    found = answer(treatments=on("natalizumab"), labs=NEGATIVE, prior_immunosuppressant=True)
    assert found.pml == () and found.pml_notes[0].rule == "pml-no-figure"


def test_the_effect_of_longer_intervals_stands_beside_the_figures() -> None:
    found = answer(treatments=on("natalizumab"), labs=HIGH)
    assert "pml-extended-dosing-beside" in [note.rule for note in found.pml_notes]


def test_nobody_else_gets_pml_figures() -> None:
    assert answer().pml == () and answer().pml_notes == ()
