"""Which cells are asked, in which order: the answers of a person and of a registry rest on the same."""

from __future__ import annotations

from stepdown.evidence.asking import choose_cell, list_extend_cells, list_own_cells, list_switch_cells
from stepdown.ms.therapies import read_therapies

OCRELIZUMAB = read_therapies()["ocrelizumab"]


def test_stopping_asks_for_stable_people_first_then_for_the_group() -> None:
    cells = list_own_cells("relapse", "stop", OCRELIZUMAB, "RRMS")
    assert [(cell.therapy, cell.selection) for cell in cells[:2]] == [
        ("ocrelizumab", "elective-stable"), ("ocrelizumab", "unknown")]
    assert cells[-1].therapy is None and {cell.course for cell in cells} == {"RRMS"}


def test_to_a_drug_that_nobody_stopped_nothing_is_lent() -> None:
    cells = list_own_cells("relapse", "stop", read_therapies()["ofatumumab"], None)
    assert {cell.therapy for cell in cells} == {"ofatumumab"}


def test_a_switch_to_a_milder_drug_asks_for_that_group_then_for_any_milder() -> None:
    down = list_switch_cells("relapse", "natalizumab", "teriflunomide", is_down=True, course=None)
    assert [(cell.to_group, cell.direction) for cell in down] == [("teriflunomide", None), (None, "down")]
    assert len(list_switch_cells("relapse", "natalizumab", "s1p", is_down=False, course=None)) == 1


def test_an_extension_names_its_interval() -> None:
    (cell,) = list_extend_cells("relapse", read_therapies()["natalizumab"], 42, None)
    assert (cell.strategy, cell.interval_days) == ("extend", 42)


def test_the_first_cell_with_a_pool_answers_for_all_times() -> None:
    cells = list_own_cells("relapse", "stop", OCRELIZUMAB, None)
    chosen = choose_cell(cells)
    assert chosen in cells and choose_cell([]) is None
