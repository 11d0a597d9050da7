"""``stepdown registry import`` as somebody runs it, from the template to the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stepdown.interfaces.cli import main

MAPPING = """version: "1"
tables: {visits: {file: v.csv, columns: {person_id: id, date: day, edss: score}}}
derive: {patients: true, observation_periods: first-to-last-contact}
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "v.csv").write_text("id,day,score\nx,2011-01-05,2.5\nx,2012-01-05,25\n", encoding="utf-8")
    (tmp_path / "m.yaml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def run(source: Path, *more: str) -> int:
    return main(["registry", "import", str(source), "--mapping", str(source / "m.yaml"), "-o",
                 str(source / "made"), *more])


def test_an_import_accounts_for_its_rows_and_writes_a_report(source: Path, capsys: Any) -> None:
    assert run(source) == 0
    out = capsys.readouterr().out
    assert ["v.csv", "visits", "2", "1", "1", "0"] in [line.split() for line in out.splitlines()]
    assert "1 set apart: edss: the EDSS is 0, 1, 1.5" in out
    report = (source / "made" / "report.html").read_text(encoding="utf-8")
    assert "What became of each row" in report and "Every row of the sources" in report
    assert (source / "made" / "quarantine" / "visits-1.csv").is_file()


def test_a_slip_in_the_mapping_writes_nothing_and_says_where(source: Path, capsys: Any) -> None:
    (source / "m.yaml").write_text(MAPPING.replace("score", "EDSS"), encoding="utf-8")
    assert run(source) == 2
    assert "v.csv: there is no column 'EDSS'; " in capsys.readouterr().err
    assert not (source / "made").exists()


def test_a_mapping_that_is_not_there_is_said(tmp_path: Path, capsys: Any) -> None:
    assert run(tmp_path) == 2
    assert "m.yaml: cannot be read" in capsys.readouterr().err


def test_the_template_explains_every_key(capsys: Any) -> None:
    assert main(["registry", "template"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# A mapping") and "first-to-last-contact" in out
