"""What the study files report is answered, and what they do not report is not: read twice, compared here."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from reported_cells import (
    GROUPS,
    MILDER,
    OUTCOMES,
    Question,
    Reported,
    find_gap,
    find_groups,
    find_years,
    is_ratio_against_continuing,
    reaches,
    read_coverage,
    read_tables,
)
from stepdown.evidence.cells import Cell
from stepdown.evidence.person import Person
from stepdown.evidence.pool_risk import RiskEstimate, find_pool_risk
from stepdown.evidence.relative import find_relative_risk
from stepdown.evidence.study import SELECTIONS
from write_coverage import PAGE, TIMES, to_cell, write_current_page

COVERAGE = read_coverage()
SHORT = (0.25, 0.46)
NOBODY = Person()


def is_answered(question: Question, years: float) -> bool:
    return find_pool_risk(to_cell(question), years, NOBODY).estimate is not None


def find_those_that_reach(question: Question, years: float) -> list[Reported]:
    return [reported for reported in COVERAGE.get(question, ()) if reaches(question, reported, years)]


def must_be_answered(question: Question, years: float) -> bool:
    """One randomised trial or two studies report it within the carrying rules."""
    found = find_those_that_reach(question, years)
    return any(reported.design == "rct" for reported in found) or len({r.study for r in found}) > 1


@pytest.mark.parametrize("question", COVERAGE, ids=lambda q: " ".join(filter(None, vars(q).values())))
def test_what_one_trial_or_two_studies_report_is_answered(question: Question) -> None:
    silent = [years for years in (*SHORT, *TIMES) if must_be_answered(question, years)
              and not is_answered(question, years)]  # fmt: skip
    assert not silent, f"unknown at {silent} years, reported by {COVERAGE[question]}"


def find_all_questions() -> list[Question]:
    """Every outcome, strategy, group and selection, with every way of a switch and every drug extended."""
    extended = sorted({question.how for question in COVERAGE if question.strategy == "extend"})
    ways = {"stop": [""], "continue": [""], "switch": [*GROUPS, MILDER], "extend": extended}
    return [Question(outcome, strategy, group, how, selection)
            for outcome, group, selection in product(OUTCOMES, GROUPS, SELECTIONS)
            for strategy, hows in ways.items() for how in hows]  # fmt: skip


def test_no_number_is_given_that_no_study_reports() -> None:
    invented = [(question, years) for question in find_all_questions() for years in TIMES
                if not find_those_that_reach(question, years) and is_answered(question, years)]  # fmt: skip
    assert not invented


def test_every_reported_question_is_among_all_questions() -> None:
    assert set(COVERAGE) <= set(find_all_questions())


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == write_current_page(), "run `make docs`"


@pytest.mark.parametrize(("finding", "gap"), [
    ({"report": "counts", "events": 1, "n": 9, "time_years": 1}, ""),
    ({"report": "counts", "events": 1, "n": 9}, "the time watched is not printed"),
    ({"report": "counts", "events": 1, "time_years": 1}, "the number of people is not printed"),
    ({"report": "survival", "time_years": 1, "proportion": 0, "proportion_low": 0, "proportion_high": 1}, ""),
    ({"report": "rate", "rate": 2, "rate_low": 1, "rate_high": 3}, ""),
    ({"report": "rate", "rate": 2, "n": 9}, "neither an interval nor person-years are printed"),
    ({"report": "rate", "rate": 2, "time_kind": "window", "person_years": 9}, "the rate of a short window"),
    ({"report": "counts", "not_pooled": "own control"}, "own control"),
])  # fmt: skip
def test_a_finding_that_lacks_something_is_read_as_unusable(finding: dict[str, object], gap: str) -> None:
    assert find_gap(finding) == gap


def test_a_mixed_finding_is_read_for_no_single_group_unless_it_is_named_for_one() -> None:
    study, both = {"id": "one"}, {"groups": ["natalizumab", "s1p"]}
    assert find_groups(study, both, {}) == set()
    assert find_groups(study, both, {"one": {"groups": ["s1p"]}}) == {"s1p"}
    assert find_groups(study, {"groups": ["fumarate"]}, {}) == {"injectable", "teriflunomide", "fumarate"}
    infection = {"groups": ["fumarate"], "outcome": "serious_infection"}
    assert find_groups(study, infection, {}) == {"fumarate"}


def test_years_watched_are_read_or_worked_out() -> None:
    assert find_years({"time_years": 2}) == 2.0
    assert find_years({"person_years": 30, "n": 10}) == 3.0
    assert find_years({"events": 4, "rate": 2.0, "n": 100}) == 2.0
    assert find_years({"rate": 2.0}) == 1.0


def risk(outcome: str, strategy: str, group: str, years: float, **details: object) -> RiskEstimate:
    return find_pool_risk(replace(Cell(outcome, strategy, group), **details), years, NOBODY)  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", ["relapse", "any_activity"])
def test_relapse_and_activity_two_years_after_stopping_an_injectable_are_answered(outcome: str) -> None:
    found = risk(outcome, "stop", "injectable", 2.0, selection="elective-stable")
    assert found.status == "estimated" and found.estimate is not None


@pytest.mark.parametrize(("group", "source"), [("natalizumab", "tysedmus2016"), ("s1p", "msbase_fty")])
def test_relapse_in_the_first_year_after_natalizumab_and_fingolimod_is_answered(
    group: str, source: str
) -> None:
    found = risk("relapse", "stop", group, 1.0, selection="any-reason")
    assert found.status == "estimated" and found.sources[0].startswith(source)


def test_activity_sixteen_months_after_ocrelizumab_is_answered() -> None:
    """4 of 53 people within a median of 16 months (printed); 1.33 years in the study file."""
    found = risk("any_activity", "stop", "anti-cd20", 1.33, therapy="ocrelizumab")
    assert found.status == "estimated" and found.estimate == pytest.approx(4 / 53, abs=1e-6)


@pytest.mark.parametrize(
    ("strategy", "interval", "share"), [("extend", 42, 9 / 207), ("continue", None, 8 / 195)]
)
def test_mri_activity_on_six_weekly_and_four_weekly_natalizumab_is_answered(
    strategy: str, interval: int | None, share: float
) -> None:
    """foley2022, 72 weeks: 4.3 % of 207 and 4.1 % of 195."""
    found = risk("mri_activity", strategy, "natalizumab", 1.38, interval_days=interval, selection="unknown")
    assert found.status == "estimated" and found.estimate == pytest.approx(share, abs=1e-6)


@pytest.mark.parametrize(("outcome", "strategy", "share"), [
    ("relapse", "extend", 5 / 104), ("relapse", "continue", 7 / 103),
    ("mri_activity", "extend", 12 / 104), ("mri_activity", "continue", 10 / 103),
])  # fmt: skip
def test_yearly_and_six_monthly_rituximab_are_answered(outcome: str, strategy: str, share: float) -> None:
    """ridose2025, 48 months."""
    found = risk(outcome, strategy, "anti-cd20", 4.0, therapy="rituximab")
    assert found.status == "estimated" and found.estimate == pytest.approx(share, abs=1e-6)


def test_relapse_after_switching_down_against_continuing_is_answered() -> None:
    found = find_relative_risk("relapse", "switch", "continue", None, "down")
    assert found.status == "estimated" and found.sources == ("muller2025#relapse-stepdown-v-continue",)


@pytest.mark.parametrize(("group", "therapy"), [
    ("injectable", "interferon-beta"), ("injectable", "glatiramer-acetate"), ("s1p", "fingolimod"),
    ("natalizumab", "natalizumab"), ("anti-cd20", "rituximab"), ("anti-cd20", "ocrelizumab"),
])  # fmt: skip
@pytest.mark.parametrize("years", [1.0, 2.0])
def test_serious_infection_is_answered_drug_by_drug(group: str, therapy: str, years: float) -> None:
    found = risk("serious_infection", "continue", group, years, therapy=therapy)
    assert found.status in {"estimated", "extrapolated"} and found.estimate is not None


@pytest.mark.parametrize("row", [row for row in read_tables() if is_ratio_against_continuing(*row)],
                         ids=lambda row: f"{row[0]['id']}#{row[1]['id']}")  # fmt: skip
def test_every_printed_ratio_against_continuing_is_answered(row: tuple[dict[str, object], ...]) -> None:
    study, finding = row
    groups = finding.get("groups")
    assert groups is None or isinstance(groups, list)
    for group in groups or [None]:
        found = find_relative_risk(str(finding["outcome"]), str(finding["strategy"]), "continue", group)
        assert f"{study['id']}#{finding['id']}" in found.sources
