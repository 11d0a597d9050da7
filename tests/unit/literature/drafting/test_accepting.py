"""What was accepted becomes a study file, and nothing else does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from stepdown.evidence.check import check_study
from stepdown.evidence.reading import read_study
from stepdown.evidence.study import Finding, Study
from stepdown.literature.drafting.accepting import write_study
from stepdown.literature.drafting.proposing import Question
from stepdown.ms.errors import UserError
from unit.literature.drafting.invented_abstracts import make_citation

STUDY = {
    "id": "nemo2031",
    "design": "cohort",
    "diseases.1": "MS",
    "topic": "stopping",
    "limits": "Abstract only.",
}
FINDING = {"outcome": "relapse", "strategy": "stop", "definition": "as the abstract calls it"}


def make(questions: tuple[Question, ...] = (), **others: Any) -> Study:
    """The study of these accepted values beside those that every study needs."""
    accepted = {**STUDY, **{name.replace("__", "."): value for name, value in others.items()}}
    return read_study(write_study(make_citation(), questions, accepted, date(2031, 5, 1)), "the draft")


def make_finding(questions: tuple[Question, ...] = (), **values: Any) -> Finding:
    own = {f"findings__1__{name}": value for name, value in {**FINDING, **values}.items()}
    study = make(questions, **own)
    assert not [fault for fault in check_study(study, ()) if fault.field != "effect" and not study.findings]
    return study.findings[0]


def test_the_citation_fills_in_what_it_says() -> None:
    study = make(n=120.0)
    assert (study.pmid, study.doi, study.year, study.journal) == (
        "7",
        "10.1234/invented",
        2031,
        "Invented Journal",
    )
    assert (study.authors, study.read, study.added, study.population.n) == (
        "Nemö et al.",
        "abstract",
        "2031-05-01",
        120,
    )
    assert not check_study(study, ())


def test_who_was_studied_goes_into_the_population() -> None:
    people = make(n=120.0, age_median=41.0, female_percent=72.5).population
    assert (people.n, people.age_mean, people.age_median, people.female_percent) == (120, None, 41, 72.5)


def test_counts_with_their_share_and_the_time_people_were_watched() -> None:
    study = make(
        follow_up_years=2.0,
        follow_up_kind="median-follow-up",
        **{
            f"findings__1__{name}": value
            for name, value in {
                **FINDING,
                "events": 30.0,
                "n": 120.0,
                "percent": 25.0,
                "therapy": "fingolimod",
            }.items()
        },
    )
    (finding,) = study.findings
    assert (finding.report, finding.events, finding.n, finding.proportion) == ("counts", 30, 120, 0.25)
    assert (finding.time_years, finding.time_kind, finding.groups) == (2, "median-follow-up", ("s1p",))
    assert finding.id == "relapse-stop-fingolimod" and not check_study(study, ())


def test_people_without_the_outcome_are_turned_into_those_with_it_and_marked() -> None:
    finding = make_finding(events=90.0, n=120.0, percent=75.0, low=70.0, high=80.0, is_free="yes")
    assert (finding.events, finding.proportion) == (30, 0.25)
    assert (finding.proportion_low, finding.proportion_high) == (0.2, 0.3)
    assert set(finding.computed) == {"events", "proportion", "proportion_low", "proportion_high"}


def test_a_contrast_keeps_its_interval_and_against_whom() -> None:
    finding = make_finding(
        measure="HR", value=1.4, low=1.1, high=1.8, level=0.95, p="0.01", versus="continuing"
    )
    assert finding.report == "ratio" and finding.effect is not None
    assert (finding.effect.value, finding.effect.low, finding.effect.versus) == (1.4, 1.1, "continuing")


@pytest.mark.parametrize(
    ("values", "report"),
    [
        ({"rate": 22.4, "low": 21.9, "high": 22.9}, "rate"),
        ({"percent": 9.0}, "proportion"),
        ({"events": 9.0}, "words"),
        ({"measure": "MD", "value": 1.0}, "difference"),
    ],
)
def test_the_kind_of_report_follows_from_what_was_accepted(values: dict[str, Any], report: str) -> None:
    assert make_finding(**values).report == report


def test_figures_that_contradict_each_other_are_kept_and_called_misprinted() -> None:
    doubt = "24 % is not 30 of 120 (25.0 %)"
    questions = (
        Question("findings.1.percent", 24.0, (), doubt),
        Question("findings.1.events", 30.0, (), doubt),
    )
    assert make_finding(questions, events=30.0, n=120.0, percent=24.0).misprinted == doubt


def test_a_figure_that_was_edited_is_misprinted_no_more() -> None:
    doubt = "24 % is not 30 of 120 (25.0 %)"
    questions = (
        Question("findings.1.percent", 24.0, (), doubt),
        Question("findings.1.events", 30.0, (), doubt),
    )
    assert make_finding(questions, events=30.0, n=120.0, percent=25.0).misprinted == ""


def test_groups_with_a_strategy_become_arms() -> None:
    study = make(
        groups__1__n=20.0,
        groups__1__strategy="stop",
        groups__2__n=22.0,
        **{f"findings__1__{name}": value for name, value in {**FINDING, "events": 3.0, "n": 20.0}.items()},
    )
    assert [(arm.id, arm.n) for arm in study.arms] == [("stop", 20)] and study.findings[0].arm == "stop"


def test_two_findings_alike_have_two_ids() -> None:
    rows = {f"findings__{place}__{name}": value for place in (1, 2)
            for name, value in {**FINDING, "percent": 9.0}.items()}
    assert [finding.id for finding in make(**rows).findings] == ["relapse-stop", "relapse-stop-2"]


def test_a_study_is_about_one_disease() -> None:
    with pytest.raises(UserError, match="reject all but one of MS, NMOSD"):
        make(diseases__2="NMOSD")
