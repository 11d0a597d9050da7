"""``stepdown literature screen``: the rule, the learned order, and labels asked for in the terminal."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("isal")
pytest.importorskip("lxml")
pytest.importorskip("sklearn")

from stepdown.interfaces.cli import main
from unit.literature.invented_pubmed import save, write_record, write_set

Run = Callable[..., tuple[int, str, str]]
TITLES = {1: "Stopping rituximab in patients with multiple sclerosis", 2: "Yoga in multiple sclerosis",
          3: "Stopping ocrelizumab in multiple sclerosis", 4: "Sleep, invented"}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: object) -> tuple[int, str, str]:
        code = main(["literature", *map(str, arguments)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run_command


@pytest.fixture
def store(run: Run, tmp_path: Path) -> Path:
    records = [write_record(pmid, title=title) for pmid, title in TITLES.items()]
    run("import", save(tmp_path / "a.xml", write_set(*records)), "--store", tmp_path / "s")
    return tmp_path / "s"


def test_without_labels_the_rule_says_what_to_read(run: Run, store: Path) -> None:
    code, out, _ = run("screen", "--store", store)
    assert code == 0 and [line.split()[0] for line in out.splitlines()] == ["1", "3"]
    rest = run("screen", "--store", store, "--all")[1].splitlines()
    assert rest[-1].endswith("Sleep, invented  [no disease, no drug, no action near a drug]")


def test_with_labels_the_order_is_learned_and_a_line_says_whether_to_stop(
    run: Run, store: Path, tmp_path: Path
) -> None:
    labels = tmp_path / "labels.tsv"
    labels.write_text("pmid\tlabel\treason\n1\trelevant\t\n2\tirrelevant\t\n")
    code, out, err = run("screen", "--store", store, "--labels", labels, "--format", "json")
    answer = json.loads(out)
    assert code == 0 and [row["pmid"] for row in answer["citations"]] == ["3", "4"]
    assert answer["stopping"]["may_stop"] is False and "labelled 2, relevant 1, left 2: go on" in err


def test_asking_adds_each_label_and_stops_at_q(
    run: Run, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("r\nwhat?\ni\nq\n"))
    labels = tmp_path / "labels.tsv"
    code, out, _ = run("screen", "--store", store, "--labels", labels, "--ask")
    assert code == 0 and "PMID 1" in out
    assert labels.read_text().splitlines()[1:] == ["1\trelevant\t", "3\tirrelevant\t"]


def test_asking_without_a_file_for_the_labels_is_refused(run: Run, store: Path) -> None:
    code, _, err = run("screen", "--store", store, "--ask")
    assert code == 2 and "--ask needs --labels FILE" in err
