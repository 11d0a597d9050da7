"""``stepdown literature import`` and ``status``: what is printed, and what a broken-off command leaves."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("isal")
pytest.importorskip("lxml")

from stepdown.interfaces.cli import main
from stepdown.literature.citation import Citation
from stepdown.literature.store import FILE_NAME, open_store
from unit.literature.invented_pubmed import save, write_record, write_set

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: object) -> tuple[int, str, str]:
        code = main(["literature", *map(str, arguments)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run_command


def read_store(folder: Path) -> dict[str, Citation]:
    with open_store(folder) as store:
        return {citation.pmid: citation for citation in store.read_citations()}


def test_the_last_line_is_the_sum_and_each_file_has_its_own_on_standard_error(
    run: Run, tmp_path: Path
) -> None:
    one = save(tmp_path / "pubmed30n0001.xml.gz", write_set(write_record(1), write_record(2)))
    two = save(
        tmp_path / "pubmed30n0002.xml.gz", write_set(write_record(2, 2), write_record(2), deleted=(1,))
    )
    code, out, err = run("import", two, one, "--store", tmp_path / "s")
    assert (code, out) == (0, "records 4, stored 3, deleted 1, older versions 1, skipped 0\n")
    assert err.splitlines()[0] == (
        "stepdown: pubmed30n0001.xml.gz: records 2, stored 2, deleted 0, older versions 0, skipped 0"
    )


def test_status_names_the_files_in_their_order_and_the_last_one(run: Run, tmp_path: Path) -> None:
    path = save(tmp_path / "pubmed30n0001.xml", write_set(write_record(1)))
    run("import", path, "--store", tmp_path / "s")
    out = run("status", "--store", tmp_path / "s")[1]
    assert "pubmed30n0001.xml  1 records  topic all  sha256 " in out
    assert out.endswith("1 citations count; last file pubmed30n0001.xml\n")
    answer = json.loads(run("status", "--store", tmp_path / "s", "--format", "json")[1])
    assert (answer["citations"], answer["last_file"]) == (1, "pubmed30n0001.xml")


def test_a_faulty_file_is_one_sentence_and_the_files_before_it_stay(run: Run, tmp_path: Path) -> None:
    good = save(tmp_path / "pubmed30n0001.xml", write_set(write_record(1)))
    bad = save(tmp_path / "pubmed30n0002.xml", "<html></html>")
    code, out, err = run("import", good, bad, "--store", tmp_path / "s")
    assert (code, out) == (2, "") and err.splitlines()[-1].startswith(
        f"stepdown: {bad}: is not a file of PubMed"
    )
    assert list(read_store(tmp_path / "s")) == ["1"]


def test_a_command_killed_at_any_point_and_run_again_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Killed six times at moments drawn with a fixed seed, each time going on with what was left."""
    files = [
        save(
            tmp_path / f"pubmed30n000{number}.xml.gz",
            write_set(
                *(
                    write_record(
                        pmid,
                        title=f"MS {number}",
                        abstract=f"<AbstractText>{'words ' * 200}</AbstractText>",
                    )
                    for pmid in range(number * 700, number * 700 + 900)
                ),
                deleted=(number * 700,),
            ),
        )
        for number in (1, 2, 3)
    ]
    command = [
        sys.executable,
        "-c",
        "from stepdown.interfaces.cli import main; raise SystemExit(main())",
        "literature",
        "import",
        *map(str, files),
        "--store",
    ]
    begun = time.monotonic()
    subprocess.run([*command, str(tmp_path / "whole")], check=True, capture_output=True)
    whole_seconds = time.monotonic() - begun
    draw = random.Random(20_261_130)
    for _ in range(6):
        kill_after(draw.uniform(0.2, 1.0) * whole_seconds, [*command, str(tmp_path / "broken")])
    subprocess.run([*command, str(tmp_path / "broken")], check=True, capture_output=True)
    assert read_store(tmp_path / "broken") == read_store(tmp_path / "whole")
    assert count_lines(tmp_path / "broken") == count_lines(tmp_path / "whole")


def kill_after(seconds: float, command: list[str]) -> None:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)


def count_lines(folder: Path) -> list[int]:
    """How many lines each table has."""
    with open_store(folder) as store:
        return [
            store.ask(f"SELECT count(*) FROM {table}")[0][0]
            for table in ("files", "records", "texts", "deletions", "notices")
        ]


def test_the_store_is_one_file(run: Run, tmp_path: Path) -> None:
    path = save(tmp_path / "a.xml", write_set(write_record(1)))
    run("import", path, "--store", tmp_path / "s")
    assert [item.name for item in (tmp_path / "s").iterdir()] == [FILE_NAME]


SHOWN = {
    "RetractionIn": lambda c: any(link.kind == "RetractionIn" and link.pmid for link in c.links),
    "RetractionOf": lambda c: any(link.kind == "RetractionOf" for link in c.links),
    "ErratumIn": lambda c: any(link.kind == "ErratumIn" for link in c.links),
    "ErratumFor": lambda c: any(link.kind == "ErratumFor" for link in c.links),
    "CommentIn": lambda c: any(link.kind == "CommentIn" for link in c.links),
    "CommentOn": lambda c: any(link.kind == "CommentOn" for link in c.links),
    "UpdateIn": lambda c: any(link.kind == "UpdateIn" for link in c.links),
    "UpdateOf": lambda c: any(link.kind == "UpdateOf" for link in c.links),
    "ExpressionOfConcernIn": lambda c: any(link.kind == "ExpressionOfConcernIn" for link in c.links),
    "ExpressionOfConcernFor": lambda c: any(link.kind == "ExpressionOfConcernFor" for link in c.links),
    "pt:Retracted Publication": lambda c: any(t.ui == "D016441" for t in c.publication_types),
    "pt:Retraction of Publication": lambda c: any(t.ui == "D016440" for t in c.publication_types),
    "pt:SR": lambda c: any(t.name == "Systematic Review" for t in c.publication_types),
    "no-abstract": lambda c: c.abstract_text == "",
    "mathml": lambda c: "<" not in c.title + c.abstract_text and "mml" not in c.abstract_text,
    "MedlineDate": lambda c: any(d.printed and d.date and d.date.month is None for d in c.dates),
    "Season": lambda c: any(d.printed and d.date and d.date.month is None for d in c.dates),
    "VernacularTitle": lambda c: bool(c.vernacular_title),
    "CollectiveName": lambda c: any(a.collective for a in c.authors),
    "Label-no-NlmCategory": lambda c: any(part.label and not part.category for part in c.abstract),
    "OtherAbstract:plain-language-summary": lambda c: c.plain_language_abstract is not None,
    "OtherAbstract:Publisher": lambda c: any(other.kind == "Publisher" for other in c.other_abstracts),
    "OtherAbstract:PIP": lambda c: any(other.kind == "PIP" for other in c.other_abstracts),
    "DataBank:ClinicalTrials.gov": lambda c: any(i.startswith("NCT") for i in c.trial_ids),
    "DataBank:ISRCTN": lambda c: any(i.startswith("ISRCTN") for i in c.trial_ids),
    "DataBank:IRCT": lambda c: any(i.startswith("IRCT") for i in c.trial_ids),
    "versioned": lambda c: c.version > 1,
}


def test_each_edge_case_of_the_collection_is_read_as_its_index_says(
    reference: Path, run: Run, tmp_path: Path
) -> None:
    folder = reference / "data" / "pubmed"
    run("import", folder / "pubmed-edge-cases.xml", "--store", tmp_path / "s")
    held = read_store(tmp_path / "s")
    rows = [line.split("\t") for line in (folder / "pubmed-edge-cases-index.tsv").read_text().splitlines()]
    standing = [
        (key.partition(".")[0], shows)
        for key, shows in rows
        if held[key.partition(".")[0]].version == int(key.partition(".")[2])
    ]
    wrong = [
        (pmid, what)
        for pmid, shows in standing
        for what in shows.split(",")
        if not (SHOWN[what](held[pmid]) if what in SHOWN else holds_bank(held[pmid], what))
    ]
    assert len(standing) == 100 and not wrong


def holds_bank(citation: Citation, what: str) -> bool:
    """Whether a data set of the bank is named, and not taken for a trial."""
    bank = what.removeprefix("DataBank:")
    numbers = [item.number for item in citation.accessions if item.bank == bank]
    return bool(numbers) and not set(numbers) & set(citation.trial_ids)


@pytest.mark.parametrize("name", ["ms-sample.xml", "ms-near-negatives.xml.gz", "pubmed-edge-cases.xml"])
def test_pmids_titles_and_mesh_agree_with_an_independent_parser(
    reference: Path, run: Run, tmp_path: Path, name: str
) -> None:
    import gzip

    path = reference / "data" / "pubmed" / name
    run("import", path, "--store", tmp_path / "s")
    held = read_store(tmp_path / "s")
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    records = {
        record.findtext(".//PMID"): record
        for record in ElementTree.fromstring(content).iter("PubmedArticle")
    }
    assert set(held) == set(records)
    for pmid, record in records.items():
        names = [item.text for item in record.iterfind(".//MeshHeading/DescriptorName")]
        assert [term.name for term in held[str(pmid)].mesh] == names
