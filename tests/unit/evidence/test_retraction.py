"""A retraction says what it changes, and its mark changes nothing else in the file."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from scipy.special import betaincinv

from stepdown.evidence.reading import library_folder, read_folder, read_study
from stepdown.evidence.retraction import (
    PoolChange,
    find_changes,
    find_lost_contrasts,
    mark_retracted,
    write_whole,
)
from stepdown.evidence.study import Change, Study
from stepdown.ms.errors import UserError
from unit.evidence.invented_studies import finding, ratio, study

ON, TODAY = "2026-01-02", date(2026, 11, 21)
FIRST_LINE = ("injectable", "teriflunomide", "fumarate")
TEXT = """# An invented study.
id = "one"
title = "An invented study"
design = "rct"
disease = "MS"
read = "abstract"
published = "2024"
added = "2026-11-21"
topic = "stopping"

[population]
n = 40 # as printed
"""


def changes_without(study_id: str, *studies: Study) -> tuple[PoolChange, ...]:
    return find_changes({item.id: item for item in studies}, study_id)


def test_a_pool_that_loses_its_only_study_becomes_unknown() -> None:
    (change,) = changes_without("one", study("one", finding()))
    assert change.question == "relapse, stop, chosen elective-stable, observational"
    assert change.groups == FIRST_LINE
    assert change.before is not None and change.before.studies == 1
    assert change.after is None


def test_the_value_after_is_that_of_the_studies_left() -> None:
    """4 of 40 in 2 years left alone: the upper bound is Clopper-Pearson's, as a rate of 100 person-years."""
    (change,) = changes_without("gone", study("stays", finding()), study("gone", finding(events=20)))
    assert change.before is not None and change.before.studies == 2
    assert change.after is not None and change.after.studies == 1
    upper = betaincinv(5, 36, 0.975)
    assert change.after.high == pytest.approx(-100 / 2 * math.log1p(-upper), rel=1e-4)


def test_a_study_that_was_in_no_pool_changes_nothing() -> None:
    silent = study("gone", finding(time_years=None))
    assert changes_without("gone", study("stays", finding()), silent) == ()


def test_a_study_that_was_left_out_for_a_better_one_comes_back() -> None:
    worse = study("worse", finding(events=20), overlaps=("gone",))
    trials, cohorts = changes_without("gone", study("gone", finding(), design="rct"), worse)
    assert trials.question.endswith("randomised") and cohorts.question.endswith("observational")
    assert trials.before is not None and trials.after is None
    assert cohorts.before is None and cohorts.after is not None
    assert cohorts.after.estimate > trials.before.estimate


def test_each_way_of_a_switch_and_each_extended_drug_is_a_pool_of_its_own() -> None:
    switched = finding("s", strategy="switch", groups=("natalizumab",), to_groups=("fumarate",))
    extended = finding("e", strategy="extend", groups=("anti-cd20",), therapies=("rituximab",))
    questions = {change.question for change in changes_without("one", study("one", switched, extended))}
    assert questions == {
        "relapse, switch to any milder drug, chosen elective-stable, observational",
        "relapse, switch to fumarate, chosen elective-stable, observational",
        "relapse, extend rituximab, chosen elective-stable, observational",
    }


def test_a_ratio_against_continuing_changes_too() -> None:
    (change,) = changes_without("one", study("one", ratio()))
    assert change.question == "relapse, stop against continue" and change.measure == "ratio"
    assert change.before is not None and change.before.estimate == 2.0 and change.after is None


def test_contrasts_that_go_with_a_study_are_named() -> None:
    assert find_lost_contrasts("dmsr_deescalation") == ("age",)
    assert find_lost_contrasts("bsteh2017") == ("mri_active",)
    assert find_lost_contrasts("corboy2023") == ()


def test_the_mark_is_a_day_and_a_line_in_the_log_of_changes_and_nothing_else() -> None:
    marked = mark_retracted(TEXT, "one.toml", ON, TODAY)
    change = Change("2026-11-21", "marked as retracted; it enters no pool")
    wanted = replace(read_study(TEXT, "one.toml"), retracted="2026-01-02", changes=(change,))
    assert read_study(marked, "one.toml") == wanted
    added = [line for line in marked.splitlines() if line not in TEXT.splitlines()]
    assert added == ['retracted = "2026-01-02"', "[[changes]]", 'on = "2026-11-21"',
                     'what = "marked as retracted; it enters no pool"']  # fmt: skip


@pytest.mark.parametrize("on", ["2026", "2026-01", "unknown"])
def test_a_retraction_is_dated_no_closer_than_it_is_known(on: str) -> None:
    assert read_study(mark_retracted(TEXT, "one.toml", on, TODAY), "one.toml").retracted == on


def test_an_earlier_change_stays_in_the_log() -> None:
    logged = TEXT + '\n[[changes]]\non = "2026-11-22"\nwhat = "a slip"\n'
    assert len(read_study(mark_retracted(logged, "one.toml", ON, TODAY), "one.toml").changes) == 2


def test_a_file_without_tables_and_without_a_last_line_break_is_marked_too() -> None:
    bare = TEXT.partition("\n[population]")[0].rstrip("\n")
    assert read_study(mark_retracted(bare, "one.toml", ON, TODAY), "one.toml").retracted == "2026-01-02"


def test_every_file_of_the_library_can_be_marked() -> None:
    for path in Path(str(library_folder())).glob("*.toml"):
        text = path.read_text("utf-8")
        if not read_study(text, path.name).retracted:
            assert 'retracted = "2026-01-02"\n' in mark_retracted(text, path.name, ON, TODAY)


def test_a_study_is_not_retracted_twice() -> None:
    with pytest.raises(UserError, match="marked as retracted on 2026-01-02 already"):
        mark_retracted(mark_retracted(TEXT, "one.toml", ON, TODAY), "one.toml", ON, TODAY)


def test_a_layout_that_the_mark_would_break_is_left_to_a_person() -> None:
    odd = TEXT.replace('title = "An invented study"', 'title = """An\n[invented] study"""')
    with pytest.raises(UserError, match="cannot be marked by this command"):
        mark_retracted(odd, "one.toml", ON, TODAY)


def test_a_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "one.toml"
    path.write_text(TEXT, "utf-8")
    write_whole(path, mark_retracted(TEXT, path.name, ON, TODAY))
    assert read_folder(tmp_path)["one"].retracted == "2026-01-02"
    assert list(tmp_path.iterdir()) == [path]
