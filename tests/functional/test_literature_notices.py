"""``stepdown literature notices``: a retraction reaches the study, the pools, the summary and the options."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("isal")
pytest.importorskip("lxml")

from stepdown.decisions.assess import assess
from stepdown.evidence.reading import library_folder, read_folder
from stepdown.evidence.supposing import supposing
from stepdown.interfaces.cli import main
from stepdown.patients.checking import check_file
from stepdown.patients.history import History
from unit.literature.invented_pubmed import save, write_links, write_record, write_set

Run = Callable[..., tuple[int, str, str]]
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: object) -> tuple[int, str, str]:
        code = main(["literature", *map(str, arguments)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run_command


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy of the library that may be written."""
    return Path(shutil.copytree(str(library_folder()), tmp_path / "library"))


@pytest.fixture
def store(run: Run, tmp_path: Path, library: Path) -> Path:
    """A store for MS alone: three invented notices about studies of the library, one about nobody."""
    ids = read_folder(library)
    corboy, coerver, bsteh = (int(ids[name].pmid or 0) for name in ("corboy2023", "coerver2025", "bsteh2021"))
    day = "<ArticleDate><Year>2025</Year><Month>3</Month><Day>4</Day></ArticleDate>"
    text = write_set(
        write_record(900, title="Notice", medline=write_links(("RetractionOf", corboy)), article=day),
        write_record(901, title="Doubt", medline=write_links(("ExpressionOfConcernFor", coerver))),
        write_record(bsteh, title="MS, invented", medline=write_links(("ErratumIn", 902))),
        write_record(903, title="Retraction of nobody knows what",
                     types='<PublicationType UI="D016440">Retraction of Publication</PublicationType>'),
    )
    run("import", save(tmp_path / "pubmed30n0001.xml", text), "--store", tmp_path / "s", "--topic", "ms")
    return tmp_path / "s"


def test_each_study_hit_stands_on_its_line_and_the_unresolved_are_said(run: Run, store: Path) -> None:
    code, out, err = run("notices", "--store", store)
    lines = out.splitlines()
    assert code == 0 and len(lines) == 3
    assert lines[0].startswith("bsteh2021 (PMID 33370478): erratum, notice PMID 902; not marked")
    assert lines[2].startswith("corboy2023 ")
    assert lines[2].endswith(": retracted, notice PMID 900, 2025-03-04; not marked")
    assert "PMID 903 retracts something and does not say what" in err


def test_as_json_the_same(run: Run, store: Path) -> None:
    answer = json.loads(run("notices", "--store", store, "--format", "json")[1])
    assert {row["study"]: row["kind"] for row in answer["notices"]} == {
        "bsteh2021": "erratum", "coerver2025": "concern", "corboy2023": "retracted"}
    assert [row["notice"] for row in answer["unresolved"]] == ["903"]


@pytest.mark.validate
def test_marking_reaches_the_study_the_pools_the_summary_and_the_sources_of_options(
    run: Run, store: Path, library: Path
) -> None:
    before = list_sources(library)
    _, out, err = run("notices", "--store", store, "--library", library, "--mark")
    assert read_folder(library)["corboy2023"].retracted == "2025-03-04"
    assert " -> " in out and "rules that cite it, to be judged anew: " in out
    assert "corboy2023.toml: marked as retracted" in err
    assert "corboy2023" in before and "corboy2023" not in list_sources(library)
    summary = run("summarise", "corboy2023", "--library", library)[1]
    assert "retracted" in summary.lower()


def list_sources(library: Path) -> set[str]:
    """The studies behind the risks of one invented person's options."""
    checked = check_file(EXAMPLES / "01-injectable-stable-61.json", None)
    assert checked.patient is not None
    with supposing(read_folder(library)):
        answer = assess(History(checked.patient, checked.at), checked.faults)
    risks = [risk for option in answer.options for risk in option.risks]
    return {source.partition("#")[0] for risk in risks for source in risk.sources}


def test_a_concern_and_a_correction_go_into_file_and_log_once_and_leave_the_figures(
    run: Run, store: Path, library: Path
) -> None:
    (library / "corboy2023.toml").unlink()
    before = read_folder(library)
    run("notices", "--store", store, "--library", library, "--mark")
    after = read_folder(library)
    for study_id, words in (("coerver2025", "expression of concern (PMID 901)"), ("bsteh2021", "PMID 902")):
        assert words in after[study_id].changes[-1].what
        as_before = replace(after[study_id], changes=(), concern=None, corrected=None)
        assert as_before == replace(before[study_id], changes=())
    assert after["coerver2025"].concern and after["bsteh2021"].corrected
    first = {path.name: path.read_bytes() for path in library.iterdir()}
    out = run("notices", "--store", store, "--library", library, "--mark")[1]
    assert all(line.endswith("; marked already") for line in out.splitlines())
    assert {path.name: path.read_bytes() for path in library.iterdir()} == first
