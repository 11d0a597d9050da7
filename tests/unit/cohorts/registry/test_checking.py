"""Each rule of a registry, broken by an invented row: found once, in its grade, and named by its number."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stepdown.cohorts.registry.checking import CheckedRegistry, check_registry, count_steps
from stepdown.cohorts.registry.cross_rules import list_cross_rules
from stepdown.cohorts.registry.rules import list_row_rules
from unit.cohorts.registry.invented_registry import TABLES, change, write_registry

Changed = dict[str, Any]


def day(text: str) -> date:
    return date.fromisoformat(text)


def events(*sorts: str, dates: tuple[str | None, ...]) -> Changed:
    """Events of the first person, who is female."""
    return {"events": {"event_id": list(range(1, len(sorts) + 1)), "person_id": [1] * len(sorts),
                       "event": list(sorts), "date": [day(text) if text else None for text in dates]}}


def labs(test: str, value: float | None = None, result: str | None = None) -> Changed:
    return {"labs": {"lab_id": [1], "person_id": [1], "date": [day("2011-03-01")], "test": [test],
                     "value": [value], "result": [result]}}


def relapses(*onsets: str) -> Changed:
    return {"relapses": {"relapse_id": list(range(1, len(onsets) + 1)), "person_id": [1] * len(onsets),
                         "onset": [day(text) for text in onsets]}}


# What is changed in the sound registry; the rule; its grade; the rows that break it.
BROKEN: list[tuple[Changed, str, str, tuple[int, ...]]] = [
    (change("visits", person_id=[1, None]), "missing", "error", (2,)),
    (change("patients", course=["RRMS", "SPMS", "rrms"]), "not-allowed", "error", (3,)),
    (change("visits", edss=[0.5, 25.0]), "not-allowed", "error", (1, 2)),
    (change("visits", sdmt=[54, 111]), "out-of-range", "error", (2,)),
    (change("visits", date=[day("1811-01-05"), day("2013-01-05")]), "impossible-date", "error", (1,)),
    (change("visits", date=[day("2011-01-05"), day("2913-01-05")]), "impossible-date", "error", (2,)),
    (change("patients", birth_date_precision=["year", "year", None]), "not-first-day", "error", (2,)),
    (change("treatments", stop=[day("2010-01-31"), None]), "order", "error", (1,)),
    (change("treatments", therapy=["Avonex", "ocrelizumab"]), "unknown-therapy", "error", (1,)),
    (change("treatments", still_taking=[True, True]), "stopped-and-taken", "error", (1,)),
    (change("treatments", reason_stopped=[None, "cost"]), "reason-and-taken", "error", (2,)),
    (change("treatments", therapy=["ocrelizumab"] * 2, start=[day("2004-02-01"), day("2018-06-01")]),
     "too-early", "doubt", (1,)),
    (change("treatments", start=[None, day("2018-06-01")]), "start-unknown", "note", (1,)),
    (change("treatments", still_taking=[None, None]), "end-unknown", "note", (2,)),
    (change("mri", any_new_t2=[False, None, True]), "lesions-disagree", "error", (1,)),
    (labs("lymphocytes"), "number-missing", "doubt", (1,)),
    (labs("lymphocytes", 1600.0), "unlikely-value", "doubt", (1,)),
    (labs("hbsag", 1.0), "word-missing", "doubt", (1,)),
    (change("patients", secondary_progression_date=[day("2015-01-01"), None, None]), "not-secondary",
     "error", (1,)),
    (change("patients", mog=["positive", None, None]), "other-disease", "doubt", (1,)),
    (change("visits", edss=[2.5, None], sdmt=[None, None]), "nothing-measured", "note", (2,)),
    (change("visits", visit_id=[7, 7]), "doubled-key", "error", (7,)),
    (change("patients", source_id=["A", "A", "C"]), "same-row", "doubt", (2,)),
    (change("visits", person_id=[1, 9]), "stranger", "error", (2,)),
    (change("visits", date=[day("1959-12-31"), day("2013-01-05")]), "before-birth", "error", (1,)),
    (events("death", dates=("2011-01-04",)), "after-death", "error", (1,)),
    (change("visits", date=[day("2009-12-31"), day("2013-01-05")]), "unobserved", "doubt", (1,)),
    (change("observation_periods", person_id=[1, 1]), "periods-overlap", "error", (2,)),
    (events("death", dates=("2020-12-30",)), "observed-after-death", "error", (1,)),
    (change("treatments", therapy=["rituximab"] * 2, start=[day("2010-02-01"), day("2018-04-30")]),
     "same-drug-overlaps", "doubt", (2,)),
    (change("treatments", start=[day("2010-02-01"), day("2018-04-30")]), "drugs-overlap", "doubt", (2,)),
    (change("treatments", stop=[None, None]), "never-ended", "doubt", (2,)),
    (events("death", "death", dates=("2020-12-31", None)), "two-deaths", "error", (2,)),
    (events("pregnancy", dates=("2015-01-01",)) | change("patients", sex=["male", "male", None]),
     "pregnant-man", "doubt", (1,)),
    (relapses("2012-01-01", "2012-01-30"), "close-relapses", "note", (2,)),
    (change("visits", person_id=[1, 1], date=[day("2011-01-05")] * 2, edss=[2.5, 3.0]), "two-scores",
     "doubt", (1, 2)),
]
SOUND = ["never-observed"]


def check(folder: Path, **changed: Any) -> CheckedRegistry:
    return check_registry(write_registry(folder, **changed))


def test_a_sound_registry_breaks_no_rule_but_that_somebody_is_never_observed(tmp_path: Path) -> None:
    checked = check(tmp_path)
    assert [one.name for one in checked.violations] == SOUND
    assert checked.violations[0].rows == (3,)
    assert checked.errors == 0


@pytest.mark.parametrize(("changed", "name", "grade", "rows"), BROKEN, ids=[row[1] for row in BROKEN])
def test_a_broken_rule_is_found(tmp_path: Path, changed: Changed, name: str, grade: str,
                                rows: tuple[int, ...]) -> None:
    found = [one for one in check(tmp_path, **changed).violations if one.name == name]
    assert (grade, rows) in [(str(one.grade), one.rows) for one in found]
    assert all(one.count == len(one.rows) for one in found)


def test_every_rule_has_an_example_that_breaks_it() -> None:
    names = {rule.name for rule in (*list_row_rules(), *list_cross_rules())}
    assert names == {row[1] for row in BROKEN} | set(SOUND)


@pytest.mark.parametrize(
    "changed",
    [
        # The month of the stop may hold the start; a first dose on the day of the last is no overlap.
        change("treatments", start=[day("2018-05-20"), day("2018-06-01")], stop=[day("2018-05-01"), None],
               stop_precision=["month", None]),
        change("treatments", start=[day("2010-02-01"), day("2018-05-01")]),
        # Two visits without a score, and relapses without a date, are not the same.
        change("visits", person_id=[1, 1], date=[day("2011-01-05"), day("2011-02-05")], edss=[None, None]),
        relapses("2012-01-01", "2012-01-31"),
        # A birth known to the year does not forbid what happened in it.
        change("patients", onset_date=[day("1960-01-01"), None, None],
               onset_date_precision=["year", None, None]),
        # A drug begun before anybody watched.
        change("treatments", start=[day("2009-01-01"), day("2018-06-01")]),
    ],
)
def test_what_only_looks_like_a_fault_is_none(tmp_path: Path, changed: Changed) -> None:
    assert [one.name for one in check(tmp_path, **changed).violations] == SOUND


def test_only_the_first_rows_are_named_but_all_are_counted(tmp_path: Path) -> None:
    onsets = [f"2012-0{month}-01" for month in range(1, 9)]
    (found,) = [one for one in check(tmp_path, **relapses(*["2000-01-01"] * 2, *onsets)).violations
                if one.name == "same-row"]
    assert (found.count, found.rows) == (1, (2,))


def test_progress_is_told_for_every_step(tmp_path: Path) -> None:
    told: list[int] = []
    check_registry(write_registry(tmp_path), told.append)
    assert told == list(range(count_steps()))


def test_completeness_counts_what_is_known_by_year(tmp_path: Path) -> None:
    checked = check(tmp_path)
    edss = next(one for one in checked.completeness if (one.table, one.column) == ("visits", "edss"))
    assert (edss.rows, edss.known, edss.by_year) == (2, 1, ((2011, 1, 1), (2013, 1, 0)))
    labs_value = next(one for one in checked.completeness if one.table == "labs")
    assert labs_value.share is None
    assert set(checked.rows) >= set(TABLES)
