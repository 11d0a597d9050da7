"""The questions of a study are exactly those cells, of all there are, that one of its findings answers."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from stepdown.evidence.cells import Cell, answers
from stepdown.evidence.questions import OPEN_STRATEGIES, find_cells, find_questions, say_cell
from stepdown.evidence.reading import read_library
from stepdown.evidence.study import OUTCOMES, SELECTIONS
from stepdown.evidence.vocabulary import GROUPS
from unit.evidence.invented_studies import finding, study


def test_no_other_cell_of_all_there_are_is_answered_by_a_study_of_the_library() -> None:
    every = [
        Cell(*where, selection=selection)
        for *where, selection in product(OUTCOMES, OPEN_STRATEGIES, GROUPS, SELECTIONS)
    ]
    for item in (read_library()[name] for name in ("corboy2023", "msbase_fty", "coerver2024ocr")):
        plain = {cell for cell in every if any(answers(item, row, cell) for row in item.findings)}
        assert plain and set(find_cells(item)) == plain


def test_a_switch_is_asked_by_each_target_and_by_milder_drugs() -> None:
    switched = finding("s", strategy="switch", groups=("natalizumab",), to_groups=("fumarate",))
    cell = Cell("relapse", "switch", "natalizumab", selection="elective-stable")
    assert find_cells(study("one", switched)) == (
        replace(cell, direction="down"), replace(cell, to_group="fumarate"))  # fmt: skip


def test_an_extended_interval_is_asked_by_drug() -> None:
    extended = finding("e", strategy="extend", groups=("anti-cd20",), therapies=("rituximab",))
    assert [cell.therapy for cell in find_cells(study("one", extended))] == ["rituximab"]


def test_a_question_of_two_studies_is_asked_once() -> None:
    assert len(find_questions([study("one", finding()), study("two", finding())])) == 3


def test_a_cell_in_words_has_its_target_or_drug() -> None:
    cell = Cell("relapse", "switch", "s1p", direction="down", selection="any-reason")
    assert say_cell(cell) == "relapse, switch to any milder drug, chosen any-reason"
    assert say_cell(Cell("relapse", "extend", "anti-cd20", therapy="rituximab")).startswith(
        "relapse, extend rituximab")  # fmt: skip
