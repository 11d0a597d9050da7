"""A result becomes a study record: exact counts with permission, else estimates, nothing of few events."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stepdown.cohorts.protocol.reading import read_shipped
from stepdown.cohorts.to_study import write_study
from stepdown.cohorts.writing import write_folder
from stepdown.evidence.cells import Cell, gather
from stepdown.evidence.reading import read_study
from stepdown.evidence.study import Study
from stepdown.interfaces.cli import main
from stepdown.ms.errors import UserError
from unit.cohorts.invented_result import invent

URL = "https://registry.example.org/report"


def write_result(folder: Path, events: tuple[int, int], permitted_by: str | None = None) -> Path:
    shipped = read_shipped("stopping-at-50")
    disclosure = shipped.disclosure.model_copy(update={"small_counts_permitted_by": permitted_by})
    protocol = shipped.model_copy(update={"outcomes": shipped.outcomes[:1], "disclosure": disclosure})
    write_folder(folder, invent(events), protocol, ())
    return folder


@pytest.mark.parametrize(("permitted_by", "says"), [
    ("the board of the invented registry",
     ['report = "counts"', "events = 3", "events = 60", "permission of: the board of the invented registry"]),
    (None, ['report = "survival"', "proportion_low"]),
])
def test_both_forms_are_taken_by_the_library(tmp_path: Path, permitted_by: str | None, says: list[str],
                                             capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_result(tmp_path / "out", (3, 60), permitted_by)
    text = write_study(folder, url=URL, added=date(2026, 11, 30))
    assert all(words in text for words in says)
    assert ("events = 3" in text) == (permitted_by is not None)
    path = tmp_path / "cohort_stopping_at_50.toml"
    path.write_text(text, encoding="utf-8")
    assert main(["evidence", "check", str(path)]) == 0, capsys.readouterr()


def test_it_refuses_where_every_result_rests_on_few_events(tmp_path: Path) -> None:
    folder = write_result(tmp_path / "out", (3, 4))
    with pytest.raises(UserError, match="small_counts_permitted_by"):
        write_study(folder)


def test_a_folder_that_holds_no_result_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments: list[Any] = ["cohort", "to-study", str(tmp_path), "-o", str(tmp_path / "study.toml")]
    assert main(arguments) == 2
    assert "give the folder that stepdown cohort run has written" in capsys.readouterr().err


def make_study(folder: Path, *, simulated: bool) -> Study:
    """The study of a cohort on people who took ocrelizumab."""
    shipped = read_shipped("stopping-ocrelizumab")
    protocol = shipped.model_copy(update={"outcomes": shipped.outcomes[1:2]})
    found = invent((30, 60))
    stop = replace(found.outcomes[0], groups=found.outcomes[0].groups[:1], contrasts=())
    write_folder(folder, replace(found, outcomes=(stop,), simulated=simulated), protocol, ())
    return read_study(write_study(folder, url=URL), "study")


def test_the_drug_of_the_criteria_names_its_group_so_that_the_study_is_pooled(tmp_path: Path) -> None:
    study = make_study(tmp_path, simulated=False)
    assert study.findings[0].groups == ("anti-cd20",)
    assert gather(Cell("relapse", "stop", "anti-cd20", therapy="ocrelizumab"), [study]).members


def test_a_study_of_a_simulated_registry_says_so_in_id_title_and_limits(tmp_path: Path) -> None:
    study = make_study(tmp_path, simulated=True)
    assert study.simulated and study.id == "simulated_stopping_ocrelizumab"
    assert "invented people" in study.title
    assert study.limits.startswith("The registry is simulated")
