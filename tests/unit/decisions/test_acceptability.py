"""Ranks over weightings, against shares that geometry gives."""

from __future__ import annotations

from dataclasses import replace

import pytest

from invented import answer, on
from stepdown.decisions.acceptability import find_criteria, rank_over_weightings, rank_risks
from stepdown.decisions.answer import Option, Per100


def sure(*estimates: float) -> list[Per100]:
    """Risks without any width."""
    return [Per100(value, value, value) for value in estimates]


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [
        # w * 10 + (1 - w) * 20 < w * 20 + (1 - w) * 10 for w > 1/2; against (15, 10) for w > 2/3.
        (sure(10, 20), sure(20, 10), 1 / 2),
        (sure(10, 20), sure(15, 10), 1 / 3),
        (sure(10, 10), sure(20, 20), 1.0),
    ],
)
def test_sure_risks_rank_by_the_part_of_all_weightings(
    first: list[Per100], second: list[Per100], share: float
) -> None:
    shares = rank_risks([first, second])
    assert shares[0][0] == pytest.approx(share, abs=0.012)
    assert shares[1][0] == pytest.approx(1 - share, abs=0.012)


def test_one_criterion_ranks_by_the_chance_that_its_risk_is_the_lowest() -> None:
    """Two logits one standard deviation of their difference apart: the normal law says 0.841."""
    # logit(20 %) = -1.3863 and 0.7071 above it; each spread is 0.5, that of the difference 0.7071.
    low = Per100(20.0, 8.58, 39.97)
    high = Per100(33.64, 15.98, 57.46)
    assert rank_risks([[low], [high]])[0][0] == pytest.approx(0.8413, abs=0.012)


def test_every_option_has_one_rank_and_every_rank_one_option() -> None:
    shares = rank_risks([sure(5, 30, 2), [Per100(10, 5, 20)] * 3, sure(8, 8, 8)])
    assert [sum(row) for row in shares] == pytest.approx([1.0] * 3)
    assert [sum(column) for column in zip(*shares, strict=True)] == pytest.approx([1.0] * 3)


def open_options() -> list[Option]:
    found = answer(treatments=on("glatiramer-acetate", "2012-03-01"))
    return [option for option in found.options if option.strategy in ("continue", "stop")]


def test_options_are_ranked_only_by_what_each_of_them_has_estimated() -> None:
    staying, stopping = open_options()
    assert [each.outcome for each in find_criteria([staying, stopping])] == ["relapse", "mri_activity"]
    less = replace(stopping, risks=tuple(risk for risk in stopping.risks if risk.outcome != "relapse"))
    assert "relapse" not in [each.outcome for each in find_criteria([staying, less])]
    assert find_criteria([staying, replace(stopping, risks=())]) == ()
    assert find_criteria([staying]) == ()


def test_an_outcome_that_holds_others_does_not_count_beside_its_parts() -> None:
    named = [each.outcome for each in find_criteria(open_options())]
    assert "any_activity" not in named
    only = [replace(option, risks=tuple(risk for risk in option.risks if risk.outcome == "any_activity"))
            for option in open_options()]  # fmt: skip
    assert [each.outcome for each in find_criteria(only)] == ["any_activity"]


def test_the_same_question_has_the_same_answer_twice() -> None:
    options = open_options()
    criteria = find_criteria(options)
    assert rank_over_weightings(options, criteria) == rank_over_weightings(options, criteria)
