"""Errors: the sentence is shown, the details are not, and each kind has its exit code."""

from __future__ import annotations

from stepdown.ms.errors import MissingExtra, StepdownError, UserError


def test_details_never_stand_in_the_sentence() -> None:
    error = UserError("The file has 1 fault.", ("edss[0].score",))
    assert str(error) == "The file has 1 fault." and error.details == ("edss[0].score",)


def test_each_kind_has_its_exit_code() -> None:
    assert (StepdownError.exit_code, UserError.exit_code, MissingExtra.exit_code) == (1, 2, 3)


def test_a_missing_part_comes_with_the_line_that_installs_it() -> None:
    assert "pip install 'stepdown[pdf]'" in MissingExtra("A PDF", "pdf").sentence
