"""The coverage gates: nine lines in ten overall, every line of a definition and of a rule."""

from __future__ import annotations

from check_coverage import WHOLE, find_shortfalls

ALL_RUN = {f"{folder}a.py": {"missing_lines": []} for folder in WHOLE}


def test_a_report_that_meets_every_gate_has_no_shortfall() -> None:
    assert find_shortfalls(ALL_RUN, 90.0) == []


def test_too_little_overall_is_a_shortfall() -> None:
    assert find_shortfalls(ALL_RUN, 89.9) == ["89.9 % of lines run under test; the gate is 90 %"]


def test_one_line_of_a_definition_that_never_ran_is_a_shortfall() -> None:
    (sentence,) = find_shortfalls(ALL_RUN | {f"{WHOLE[0]}b.py": {"missing_lines": [7, 9]}}, 99.0)
    assert sentence.startswith(f"{WHOLE[0]}b.py: lines 7, 9 did not run")


def test_a_folder_where_nothing_was_measured_is_a_shortfall_and_not_a_pass() -> None:
    assert len(find_shortfalls({}, 99.0)) == len(WHOLE)
