"""Rows of pools, histories and files carry their own numbers, nothing else."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from stepdown.evidence.apart import pool_apart
from stepdown.evidence.cells import Cell, gather
from stepdown.evidence.history import follow_pool
from stepdown.evidence.meta.csv_input import pool_csv
from stepdown.evidence.study import Study
from stepdown.reports.evidence_plots.from_csv import find_csv_sections, find_cumulative_sections, name_axis
from stepdown.reports.evidence_plots.rows import PlotSection, find_pool_sections, find_step_sections
from unit.evidence.invented_studies import finding, study

CELL = Cell("relapse", "stop", "injectable", selection="elective-stable")


def sections_of(*studies: Study) -> list[PlotSection]:
    return find_pool_sections("asked", pool_apart(CELL, gather(CELL, studies)).pools)


def test_each_kind_of_evidence_is_a_section_with_studies_pool_and_prediction() -> None:
    trial = study("trial", finding(), design="rct")
    first, second = sections_of(study("a", finding()), study("b", finding(events=8)), trial)
    assert [row.kind for row in first.rows] == ["study"]
    assert [row.kind for row in second.rows] == ["study", "study", "pooled", "predicted"]
    assert (first.title, second.title) == ("asked; randomised", "asked; observational")


def test_a_row_is_the_rate_per_100_person_years() -> None:
    """4 of 40 in two years: -log(36/40)/2 = 5.268 per 100 person-years."""
    (row,) = sections_of(study("a", finding()))[0].rows
    assert row.estimate == pytest.approx(-100 * math.log(36 / 40) / 2)
    assert (row.label, row.detail, row.weight) == ("a (cohort)", "4 of 40", 1.0)


def test_a_study_without_events_has_a_row_and_no_point() -> None:
    (section,) = sections_of(study("a", finding()), study("none", finding(events=0)))
    assert len(section.points) == 1 and section.undrawn == 1
    assert [row.estimate for row in section.rows if row.label == "none (cohort)"] == [0]


def test_a_history_has_a_row_for_what_moved_the_pool_alone() -> None:
    silent = study("silent", finding(time_years=None), published="2021")
    gone = study("gone", finding(), published="2022", retracted="2023-01-01")
    studies = {item.id: item for item in (study("a", finding(), published="2020"), silent, gone)}
    (section,) = find_step_sections([("t", follow_pool(CELL, studies, "published", "observational"))])
    assert [row.label for row in section.rows] == ["2020 + a", "2022 + gone", "2023-01-01 − gone"]
    assert [row.detail for row in section.rows] == ["1 study", "2 studies", "1 study"]


@pytest.fixture
def trials(tmp_path: Path) -> Path:
    path = tmp_path / "trials.csv"
    path.write_text("study,ai,n1i,ci,n2i\na,3,30,6,30\nb,30,300,60,300\nc,9,90,NA,90\n", "utf-8")
    return path


def test_ratios_of_a_file_are_shown_as_ratios(trials: Path) -> None:
    """Both trials have a risk ratio of 0.5; the third says nothing."""
    pool = pool_csv(trials, "RR", "FE")
    (section,) = find_csv_sections(pool)
    assert [row.estimate for row in section.rows] == pytest.approx([0.5, 0.5, 0.5])
    assert (name_axis(pool), section.is_log, section.no_difference) == ("RR", True, 1.0)


def test_proportions_of_a_file_are_shown_per_100(tmp_path: Path) -> None:
    path = tmp_path / "arms.csv"
    path.write_text("study,xi,ni\na,10,100\nb,30,100\n", "utf-8")
    pool = pool_csv(path, "PLO", "REML")
    (section,) = find_csv_sections(pool)
    assert [row.estimate for row in section.rows[:2]] == pytest.approx([10, 30])
    assert name_axis(pool) == "per 100" and section.no_difference is None


def test_differences_of_a_file_stay_as_they_are(trials: Path) -> None:
    pool = pool_csv(trials, "RD", "MH")
    (section,) = find_csv_sections(pool)
    assert section.rows[0].estimate == pytest.approx(-0.1) and section.rows[0].weight is None
    assert (name_axis(pool), section.is_log, section.no_difference) == ("RD (raw)", False, 0.0)


def test_the_last_cumulative_row_is_the_pool_itself(trials: Path) -> None:
    pool = pool_csv(trials, "RR", "FE")
    (section,) = find_cumulative_sections(pool)
    assert [row.detail for row in section.rows] == ["1 study", "2 studies"]
    assert section.rows[-1].low == pytest.approx(math.exp(pool.fitted.ci_low[0]))
