"""``stepdown literature verify``: the numbers of two studies beside their real abstracts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("isal")
pytest.importorskip("lxml")

from stepdown.interfaces.cli import main
from unit.literature.invented_pubmed import save, write_record, write_set


def test_the_sum_accounts_for_every_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = write_record(33370478, abstract="<AbstractText>x</AbstractText>")
    path = save(tmp_path / "a.xml", write_set(record))
    main(["literature", "import", str(path), "--store", str(tmp_path / "s")])
    capsys.readouterr()
    code = main(["literature", "verify", "--store", str(tmp_path / "s")])
    lines = capsys.readouterr().out.splitlines()
    total, found, missing, unchecked = map(int, re.findall(r"(?:numbers|found|checked) (\d+)", lines[-1]))
    assert code == 2 and total == found + missing + unchecked
    assert found == 0 and missing == len(lines) - 1 > 0


def test_the_numbers_of_two_studies_stand_in_their_abstracts(
    reference: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """boremalm2021 (PMID 33475825) and lucchini2021 (PMID 33496861) are in the sample."""
    store = str(tmp_path / "s")
    main(["literature", "import", str(reference / "data" / "pubmed" / "ms-sample.xml"), "--store", store])
    capsys.readouterr()
    main(["literature", "verify", "--store", store, "--format", "json"])
    checks = json.loads(capsys.readouterr().out)["checks"]
    asked = [row for row in checks if row["verdict"] in ("found", "not found")]
    assert {row["study"] for row in asked} == {"boremalm2021", "lucchini2021"}
    assert [row for row in asked if row["verdict"] == "not found"] == []
