"""The definitions of tests/spec on tables of a registry: each row gets the answer that one person gets."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from parity import one_by_one
from parity.spec_tables import (
    Row,
    read_rows,
    to_births,
    to_bounds,
    to_day,
    to_index,
    to_periods,
    to_relapses,
    to_scans,
    to_scores,
    to_stability,
    to_table,
    to_treatments,
    to_truth,
)
from stepdown.cohorts.engines import Engine, Expression, to_rows
from stepdown.cohorts.history import disability, imaging, relapses, scores, treatment
from stepdown.cohorts.history.truth import years_between
from stepdown.cohorts.outcomes.rule_sets import read_rule_sets
from stepdown.cohorts.population.index import list_month_starts

WORDS = {True: "yes", False: "no", None: "unclassified"}


@pytest.fixture(params=["duckdb", "spark"])
def engine(request: pytest.FixtureRequest) -> Engine:
    opened: Engine = request.getfixturevalue(request.param)
    return opened


def answers(table: Expression, key: str) -> dict[int, Row]:
    return {row[key]: row for row in to_rows(table)}


def agrees_truth(found: bool | None, expected: Any) -> bool:
    return found is (None if expected == "unknown" else expected)


def agrees_number(low: float | None, high: float | None, expected: Any) -> bool:
    """Whether bounds are the expected ones, to a hundredth."""
    if expected == "unknown":
        return low is None and high is None
    wanted = expected if isinstance(expected, list) else [expected, expected]
    ends = [None if end == "at least" else pytest.approx(end, abs=0.01) for end in wanted]
    return [low, high] == ends


def reaches(low: float, high: float | None, years: float) -> bool | None:
    """Whether bounds reach a number of years; None where they do not decide."""
    return True if low >= years else False if high is not None and high < years else None


def faults(rows: list[Row], found: dict[int, Row], agrees: Any) -> list[str]:
    return [f"{row.get('name', number)}: {found.get(number)}" for number, row in enumerate(rows)
            if number not in found or not agrees(row, found[number])]


def test_which_episodes_count_as_relapses(engine: Engine) -> None:
    rows = read_rows("relapse")
    found = to_rows(relapses.classify_relapses(engine, engine.load("given", to_relapses(rows))))
    found.sort(key=lambda row: (row["onset"] is None, row["onset"] or 0, row["onset_last"] or 0,
                                row["relapse_id"]))
    counted = [[WORDS[row["counted"]] for row in found if row["person_id"] == person]
               for person in range(len(rows))]
    assert counted == [row["counted"] for row in rows]


def test_whether_and_how_often_there_was_a_relapse(engine: Engine) -> None:
    rows = read_rows("relapse")
    episodes = relapses.classify_relapses(engine, engine.load("given", to_relapses(rows)))
    index = engine.load("given", to_index(rows))
    found: dict[int, Row] = {}
    for months in sorted({row["months"] for row in rows}):
        table = answers(relapses.had_relapse(index, episodes, months), "trial_id")
        found.update({number: table[number] for number, row in enumerate(rows) if row["months"] == months})
    assert not faults(rows, found, lambda row, got: agrees_truth(got["had_relapse"], row["had"]))
    assert not faults(rows, found, lambda row, got: agrees_number(
        got["relapses_low"], got["relapses_high"], row["count"]))


def test_years_clinically_stable(engine: Engine) -> None:
    rows = read_rows("stability")
    episodes = relapses.classify_relapses(engine, engine.load("given", to_stability(rows)))
    table = relapses.years_clinically_stable(engine.load("given", to_index(rows)), episodes)
    assert not faults(rows, answers(table, "trial_id"), lambda row, got: agrees_number(
        got["years_stable_low"], got["years_stable_high"], row["years"]))


def test_what_is_active_and_what_is_quiet_on_mri(engine: Engine) -> None:
    rows = read_rows("imaging")
    scans = imaging.classify_scans(engine, engine.load("given", to_scans(rows)))
    index = engine.load("given", to_index(rows))
    active = answers(imaging.active_on_mri(index, scans, 12), "trial_id")
    assert not faults(rows, active, lambda row, got: agrees_truth(got["active_on_mri"], row["active"]))
    quiet = answers(imaging.years_quiet_on_mri(engine, index, scans), "trial_id")
    assert not faults(rows, quiet, lambda row, got: agrees_number(
        got["years_quiet_low"], got["years_quiet_high"], row["quiet"]))


def test_what_the_last_scan_showed(engine: Engine) -> None:
    rows = read_rows("last-scan")
    scans = imaging.classify_scans(engine, engine.load("given", to_scans(rows)))
    found = imaging.active_on_last_scan(engine.load("given", to_index(rows)), scans, 12)
    nothing: dict[int, Row] = {number: {"answer": None} for number in range(len(rows))}
    assert not faults(rows, nothing | answers(found, "trial_id"), lambda row, got: agrees_truth(
        got["answer"], row["active"]))


def test_years_on_treatment(engine: Engine) -> None:
    rows = read_rows("treatment")
    table = treatment.years_on_treatment(engine, engine.load("given", to_index(rows)),
                                         engine.load("given", to_treatments(rows)), "x")
    assert not faults(rows, answers(table, "trial_id"), lambda row, got: agrees_number(
        got["years_on_low"], got["years_on_high"], row["years"]))


def test_when_a_number_of_years_is_full(engine: Engine) -> None:
    rows = [{**row, "episodes": [{"onset": row["since"], "h24": True, "fever": False}], "periods": [
        {"start": row["since"], "on": True}], "scans": [{"day": row["since"], "gd": 1}, {
            "day": row["at"], "t2": 0, "big": 0}]} for row in read_rows("anniversaries")]
    index = engine.load("given", to_index([{"at": row["at"], "since": "1900-01-01"} for row in rows]))
    episodes = relapses.classify_relapses(engine, engine.load("given", to_relapses(rows)))
    scans = imaging.classify_scans(engine, engine.load("given", to_scans(rows)))
    born = engine.load("given", to_births([row["since"] for row in rows]))
    people = index.join(born, "person_id")
    found = [answers(table, "trial_id") for table in (
        relapses.years_clinically_stable(index, episodes),
        treatment.years_on_treatment(engine, index, engine.load("given", to_treatments(rows)), "x"),
        imaging.years_quiet_on_mri(engine, index, scans),
        people.select("trial_id", low=years_between(people.born_last, people.index_day),
                      high=years_between(people.born, people.index_day)))]
    for names, table in zip((("years_stable_low", "years_stable_high"), ("years_on_low", "years_on_high"),
                             ("years_quiet_low", "years_quiet_high"), ("low", "high")), found, strict=True):
        assert not faults(rows, table, lambda row, got, names=names: agrees_truth(
            reaches(got[names[0]], got[names[1]], row["years"]), row["full"]))


def test_when_worsening_is_confirmed(engine: Engine) -> None:
    rows = read_rows("edss")
    none = engine.load("given", to_relapses([{"episodes": []}])).select("person_id", "onset")
    table = disability.confirmed_worsening(
        engine, engine.load("given", to_index(rows)), engine.load("given", to_scores(rows)), none,
        read_rule_sets()["stepdown"])
    assert not faults(rows, answers(table, "trial_id"), lambda row, got: agrees_truth(
        got["confirmed_worsening"], row["expected"]))


def test_on_which_days_sequential_trials_start(engine: Engine) -> None:
    rows = read_rows("calendar")
    assert [one_by_one.month_starts(row["since"], row["until"], row["every"]) for row in rows] == [
        row["days"] for row in rows]
    periods, found = engine.load("given", to_periods(rows)), list[tuple[int, int]]()
    for every in sorted({row["every"] for row in rows}):
        starts = to_rows(engine.keep(list_month_starts(periods, every)))
        found += [(row["person_id"], row["index_day"]) for row in starts
                  if rows[row["person_id"]]["every"] == every]
    assert sorted(found) == [(number, to_day(day)) for number, row in enumerate(rows) for day in row["days"]]


def test_activity_of_the_course(engine: Engine) -> None:
    rows = read_rows("course")
    facts = engine.load("given", to_table(
        {"trial_id": pa.int64(), "relapse": pa.bool_(), "mri": pa.bool_()},
        [(number, to_truth(row["relapse"]), to_truth(row["mri"])) for number, row in enumerate(rows)]))
    table = facts.select("trial_id", activity=scores.course_activity(facts.relapse, facts.mri))
    assert not faults(rows, answers(table, "trial_id"), lambda row, got: got["activity"] == row["activity"])


def test_viaadisc_points(engine: Engine) -> None:
    rows = read_rows("viaadisc")
    names = ("age_low", "age_high", "years_low", "years_high")
    given = [(number, *to_bounds(row["age"]), *to_bounds(row["years"]), to_truth(row["mri"]), "injectable")
             for number, row in enumerate(rows)]
    facts = engine.load("given", to_table(
        {"trial_id": pa.int64(), **dict.fromkeys(names, pa.float64()), "mri_active": pa.bool_(),
         "group": pa.string()}, given))
    found = answers(scores.viaadisc_points(facts), "trial_id")
    assert not faults(rows, found, lambda row, got: agrees_number(got["low"], got["high"], row["points"]))


def test_viaadisc_does_not_hold_after_drugs_with_rebound(engine: Engine) -> None:
    facts = engine.load("given", pa.table({
        "trial_id": [0, 1, 2], "age_low": [50.0] * 3, "age_high": [50.0] * 3, "years_low": [5.0] * 3,
        "years_high": [5.0] * 3, "mri_active": [False] * 3, "group": ["s1p", None, "injectable"]}))
    found = answers(scores.viaadisc_points(facts), "trial_id")
    assert [found[number]["low"] for number in range(3)] == [None, None, 2.0]
