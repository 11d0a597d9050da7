"""The risks of an option come from one set of people for all times, and say who they were."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from invented import answer, history, left, on, option
from stepdown.decisions.answer import Per100, Risk
from stepdown.decisions.options import find_options
from stepdown.decisions.risks import find_cells, to_person, without_contradiction
from stepdown.decisions.situation import find_situation
from stepdown.evidence.cells import Cell
from stepdown.evidence.person import Person
from stepdown.evidence.pool_risk import find_pool_risk


def risk(option_id: str, outcome: str, years: float, **changes: Any) -> Risk:
    found = option(answer(**changes), option_id)
    return next(item for item in found.risks if (item.outcome, item.time_years) == (outcome, years))


def test_each_option_shows_five_outcomes_at_three_times() -> None:
    found = option(answer(), "continue")
    assert {item.time_years for item in found.risks} == {1, 2, 5}
    assert {item.outcome for item in found.risks} == {
        "relapse",
        "mri_activity",
        "any_activity",
        "confirmed_worsening",
        "serious_infection",
    }


def test_a_number_comes_with_its_people_studies_and_findings() -> None:
    found = risk("stop", "relapse", 2)
    assert found.per_100 is not None and found.per_100.low <= found.per_100.estimate <= found.per_100.high
    assert found.speaks_for == "people_like_this" and found.studies and found.people
    assert "corboy2023#relapse-stop-2y" in found.sources and found.studied.ages


def test_the_studies_stand_beside_with_their_counts_trials_and_cohorts_apart() -> None:
    """corboy2023 and coerver2025, 5 of 176; bose2023, 19 of 78; all three, weighed down by risk of bias."""
    beside = {row.design: row for row in risk("stop", "relapse", 2).beside}
    counts = {design: (row.studies, row.people, row.events) for design, row in beside.items()}
    assert counts == {"randomised": (2, 176, 5), "observational": (1, 78, 19), "both": (3, 254, 24)}
    assert all(row.speaks_for == "people_in_studies" and row.per_100 for row in beside.values())
    assert sum(row.weight for row in beside["both"].weights) == pytest.approx(1.0)


def test_a_number_of_the_studies_alone_comes_from_one_kind_of_them() -> None:
    designs = {item.design for item in answer(treatments=on("rituximab")).options[0].risks if item.per_100}
    assert "both" not in {item.design for o in answer(treatments=on("rituximab")).options for item in o.risks
                          if item.speaks_for == "people_in_studies"}  # fmt: skip
    assert designs


def test_what_no_arm_of_the_model_is_about_is_said_of_the_people_in_the_studies() -> None:
    found = risk("continue", "serious_infection", 1)
    assert found.speaks_for == "people_in_studies" and found.design == "observational" and not found.beside


def test_an_unknown_risk_is_about_nobody() -> None:
    found = risk("stop", "serious_infection", 1)
    assert (found.speaks_for, found.design, found.beside) == (None, None, ())


def test_an_unknown_risk_says_why_and_has_no_number() -> None:
    found = risk("stop", "serious_infection", 1)
    assert found.status == "unknown" and found.per_100 is None and found.reason


@pytest.mark.parametrize("outcome", ["relapse", "mri_activity", "any_activity"])
def test_the_same_people_answer_at_every_time(outcome: str) -> None:
    sources = {risk("stop", outcome, years).sources[0] for years in (1, 2)}
    assert len(sources) == 1


def given(outcome: str, estimate: float, status: str = "estimated", years: float = 2.0) -> Risk:
    found = risk("stop", "relapse", 2)
    return replace(found, outcome=outcome, time_years=years, status=status,
                   per_100=Per100(estimate, estimate / 2, estimate * 2))


@pytest.mark.parametrize(("whole", "part", "left_out"), [
    (("estimated", 8.0), ("estimated", 9.0), "any_activity"),
    (("estimated", 8.0), ("extrapolated", 9.0), "mri_activity"),
    (("extrapolated", 8.0), ("extrapolated", 9.0), "any_activity"),
    (("extrapolated", 8.0), ("extrapolated", 8.0), None),
])
def test_of_a_whole_rarer_than_its_part_the_weaker_number_is_left_out(
    whole: tuple[str, float], part: tuple[str, float], left_out: str | None
) -> None:
    risks = (given("any_activity", whole[1], whole[0]), given("mri_activity", part[1], part[0]))
    kept = without_contradiction({"stop": risks}, [])["stop"]
    assert [item.outcome for item in kept if item.per_100 is None] == [left_out] * bool(left_out)


@pytest.mark.parametrize(("stop", "going_on", "left_out"), [
    ("estimated", "estimated", "stop"),
    ("extrapolated", "estimated", "stop"),
    ("extrapolated", "extrapolated", "stop"),
    ("estimated", "extrapolated", "continue"),
])
def test_a_stop_is_never_shown_quieter_than_going_on_but_its_harms_may_be_rarer(
    stop: str, going_on: str, left_out: str
) -> None:
    drafts = [draft for draft in find_options(find_situation(history())) if draft.id in ("continue", "stop")]
    rows = {"continue": (5.0, going_on), "stop": (4.0, stop)}
    found = {key: (given("relapse", *row), given("serious_infection", *row)) for key, row in rows.items()}
    kept = without_contradiction(found, drafts)
    assert {key for key in kept if kept[key][0].per_100 is None} == {left_out}
    assert all(risks[1].per_100 for risks in kept.values())


def test_risks_never_fall_with_time() -> None:
    for item in answer().options:
        for outcome in ("relapse", "any_activity"):
            shown = [r.per_100.estimate for r in item.risks if r.outcome == outcome and r.per_100]
            assert shown == sorted(shown)


def test_elective_stops_come_before_stops_for_any_reason() -> None:
    situation = find_situation(history())
    stop = next(draft for draft in find_options(situation) if draft.id == "stop")
    assert find_cells("relapse", situation, stop)[0].selection == "elective-stable"


def test_nothing_is_known_where_the_last_drug_is_not() -> None:
    found = option(answer(treatments=left("other:study drug", "2024-01-01")), "stay-off")
    assert {item.status for item in found.risks} == {"unknown"}


def test_serious_infection_belongs_to_the_drug_that_follows() -> None:
    found = risk("switch-ocrelizumab", "serious_infection", 1, treatments=on("natalizumab"))
    assert found.sources == ("hauser2021#serious-infection",)


def test_a_person_is_described_by_bounds_where_facts_are_bounds() -> None:
    situation = find_situation(history(birth_date=None, birth_year=1965))
    person = to_person(situation, find_options(situation)[0], "relapse")
    assert (person.age_low, person.age_high) == (60, 61)


@pytest.mark.parametrize("drug", ["ofatumumab", "ublituximab"])
def test_figures_of_ocrelizumab_are_not_lent_to_a_drug_that_nobody_stopped(drug: str) -> None:
    found = option(answer(treatments=on(drug, "2024-01-01")), "stop")
    assert {item.status for item in found.risks} == {"unknown"}


def test_figures_lent_within_a_group_are_called_extrapolated() -> None:
    found = risk("stop", "relapse", 1, treatments=on("rituximab"))
    assert found.status == "extrapolated" and "another drug of the same group" in found.reason


def test_nobody_with_the_event_gives_nil_with_an_upper_bound() -> None:
    # 0 of 44 in 1.28 years (coerver2025): the exact bound 1 - 0.025 ** (1 / 44) is 8.04 %, a year 6.34 %.
    cell = Cell("relapse", "continue", "teriflunomide", therapy="teriflunomide", selection="elective-stable")
    found = find_pool_risk(cell, 1.0, Person(54, 54, False, 6, None))
    assert found.estimate == 0.0 and found.low == 0.0
    assert found.high == pytest.approx(0.0634, abs=0.0005)


def test_no_risk_of_any_option_is_a_number_out_of_bounds() -> None:
    shown = [
        r.per_100 for item in answer(treatments=on("teriflunomide")).options for r in item.risks if r.per_100
    ]
    assert shown and all(0 <= one.low <= one.estimate <= one.high <= 100 for one in shown)
