"""What moved between two answers is what a reader of both would see."""

from __future__ import annotations

from invented import answer, on
from stepdown.reports.before_after import Moved, compare_before_after
from stepdown.reports.comparison import find_cell


def test_an_answer_does_not_move_against_itself() -> None:
    found = answer()
    movement = compare_before_after(found, found)
    assert not movement.changed
    assert [row.name.before for row in movement.options] == [row.name.after for row in movement.options]


def test_every_standing_and_number_is_that_of_the_two_answers() -> None:
    before, after = answer(), answer(birth_date="1990-03-01")
    movement = compare_before_after(before, after)
    assert movement.changed
    for option, row in zip(before.options, movement.options, strict=False):
        assert row.standing.before == option.standing
        for column, moved in zip(movement.columns, row.numbers, strict=True):
            shown = find_cell(option, column).shown
            assert (moved.before or "").startswith(shown.words if shown else "")


def test_options_that_come_and_go_have_one_side_only() -> None:
    movement = compare_before_after(answer(), answer(treatments=on("natalizumab")))
    sides = {(row.standing.before is None, row.standing.after is None) for row in movement.options}
    assert (True, False) in sides
    assert (False, True) in sides


def test_a_refusal_is_said() -> None:
    movement = compare_before_after(answer(), answer(diagnosis="NMOSD"))
    assert movement.status == Moved("answered", "refused")
