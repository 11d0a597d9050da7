"""A file of counts, rates and survival probabilities is pooled as the same reports made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepdown.evidence.meta import Counts, NotPoolable, Rate, ReportError, SurvivalProbability, pool_hazard
from stepdown.evidence.meta.csv_hazards import pool_hazard_csv, read_hazards
from stepdown.evidence.meta.csv_input import pool_csv

HEADING = "study,finding,events,n,years,person_years,value,survival,low,high,level\n"
MIXED = "A,1,3,131,2,,,,,,\nB,1,20,,,100,,,,,\nC,1,,,1,,,0.8,0.7,0.88,95\nD,1,,50,,,0.2,,0.1,0.4,0.9\n"


def to_file(folder: Path, text: str) -> Path:
    path = folder / "arms.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_kind_of_row_becomes_its_report(tmp_path: Path) -> None:
    assert read_hazards(to_file(tmp_path, HEADING + MIXED)) == [
        Counts("A", "1", 3, 131, 2),
        Rate("B", "1", events=20, person_years=100),
        SurvivalProbability("C", "1", 0.8, 0.7, 0.88, 1),
        Rate("D", "1", value=0.2, low=0.1, high=0.4, level=0.9, n=50),
    ]


def test_a_file_pools_as_its_reports_do(tmp_path: Path) -> None:
    path = to_file(tmp_path, HEADING + MIXED)
    assert pool_hazard_csv(path).estimate == pool_hazard(read_hazards(path)).estimate


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("events,n,years\n1,2,3\n", r"arms.csv, row 1: field study is missing"),
        ("study,events,n,years\n,1,2,3\n", r"arms.csv, row 2, field study: missing"),
        ("study,events,n,years\nA,x,2,3\n", r"arms.csv, row 2, field events: not a number"),
        ("study,events,n,years\nA,5,2,3\n", r"arms.csv, row 2: A#row 2: 5 events among 2 people"),
        ("study,events,n,years\nA,0.5,2,3\n", r"arms.csv, row 2: field events must be a whole number"),
        ("study,events,n\nA,1,2\n", r"arms.csv, row 2: field years is missing"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=message):
        read_hazards(to_file(tmp_path, text))


def test_the_measure_hazard_pools_mixed_reports_like_any_other_file(tmp_path: Path) -> None:
    path = to_file(tmp_path, HEADING + MIXED)
    pooled, alone = pool_csv(path, "hazard"), pool_hazard_csv(path)
    assert (pooled.fitted.coef, pooled.fitted.ci_low) == ((alone.estimate,), (alone.low,))
    assert [study.study for study in pooled.studies] == ["A", "B", "C", "D"]
    assert pooled.fitted.test == "posterior"


def test_a_study_without_events_has_no_estimate_of_its_own(tmp_path: Path) -> None:
    path = to_file(tmp_path, "study,events,n,years\nA,0,20,1\nB,3,20,1\n")
    assert [study.estimate is None for study in pool_csv(path, "hazard").studies] == [True, False]


def test_a_hazard_takes_no_test(tmp_path: Path) -> None:
    with pytest.raises(NotPoolable, match="neither a test nor moderators"):
        pool_csv(to_file(tmp_path, HEADING + MIXED), "hazard", test="knha")
