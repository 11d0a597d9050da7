"""A real update file of PubMed, imported whole: counts and fields are those of two other parsers.

The file is pubmed21n1298.xml.gz (2021): 20,788 records, 20 deletions, versions up to the fourth. It is read a
second time with ElementTree, by code that shares nothing with the product, and by pubmed_parser 0.5.1.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("isal")
pytest.importorskip("lxml")

from stepdown.interfaces.cli import main
from stepdown.literature.citation import Citation
from stepdown.literature.store import open_store

pytestmark = pytest.mark.validate
OUT = Path(__file__).resolve().parents[2] / "out"
FILE = OUT / "pubmed" / "pubmed21n1298.xml.gz"
PEER_PYTHON = OUT / "peers" / "bin" / "python"
PEER = """
import json, sys, pubmed_parser
for record in pubmed_parser.parse_medline_xml(sys.argv[1]):
    print(json.dumps(record))
"""


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Citation]:
    """What stands after the import, by PMID."""
    if not FILE.exists():
        pytest.skip("no pubmed21n1298.xml.gz (tools/install_pubmed_file)")
    folder = tmp_path_factory.mktemp("store")
    assert main(["literature", "import", str(FILE), "--store", str(folder)]) == 0
    with open_store(folder) as store:
        return {citation.pmid: citation for citation in store.read_citations()}


def read_independently() -> Iterator[ElementTree.Element]:
    with gzip.open(FILE) as file:
        for _, element in ElementTree.iterparse(file):
            if element.tag == "PubmedArticle":
                yield element
                element.clear()


def write_bare(text: str) -> str:
    """Letters and digits alone, raised and lowered ones as plain ones: what no rule of ours has touched."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text) if letter.isalnum())


def test_the_last_line_accounts_for_every_record(
    held: dict[str, Citation], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """20,788 records and 20 deletions; five are lower versions of PMIDs that occur again."""
    capsys.readouterr()
    main(["literature", "import", str(FILE), "--store", str(tmp_path / "s")])
    assert capsys.readouterr().out == "records 20788, stored 20783, deleted 20, older versions 5, skipped 0\n"
    assert len(held) == 20783


def test_each_field_is_that_of_elementtree(held: dict[str, Citation]) -> None:
    count, wrong = 0, []
    for record in read_independently():
        count += 1
        pmid = record.find("MedlineCitation/PMID")
        assert pmid is not None
        ours = held[str(pmid.text)]
        if ours.version == int(pmid.get("Version", "0")):
            wrong += [(pmid.text, name) for name, same in compare(ours, record) if not same]
    assert count == 20788 and not wrong


def compare(ours: Citation, record: ElementTree.Element) -> Iterator[tuple[str, bool]]:
    """Each field of a citation beside the same one taken from the whole tree."""
    article = record.find("MedlineCitation/Article")
    assert article is not None
    texts = ["".join(part.itertext()) for part in article.iterfind("Abstract/AbstractText")]
    yield "abstract", write_bare("".join(part.text for part in ours.abstract)) == write_bare("".join(texts))
    yield "title", write_bare(ours.title) == write_bare("".join(article.find("ArticleTitle").itertext()))
    for name, mine, path in (
        ("links", [link.kind for link in ours.links], ".//CommentsCorrections"),
        ("accessions", [item.number for item in ours.accessions], ".//AccessionNumber"),
        ("mesh", [term.name for term in ours.mesh], ".//MeshHeading/DescriptorName"),
        ("languages", list(ours.languages), ".//Article/Language"),
        ("keywords", list(filter(None, map(write_bare, ours.keywords))), ".//Keyword"),
    ):
        found = record.findall(path)
        theirs = [item.get("RefType") or "".join(item.itertext()).strip() for item in found]
        words = [bare for word in theirs if (bare := write_bare(str(word)))]
        yield name, mine == (words if name == "keywords" else theirs)
    stamps = [(item.get("PubStatus"), *(int(str(item.findtext(part))) for part in ("Year", "Month", "Day")))
              for item in record.iterfind("PubmedData/History/PubMedPubDate")]
    history = [(d.kind, d.date.year, d.date.month, d.date.day) for d in ours.dates[-len(stamps):] if d.date]
    yield "history", history == stamps


def test_each_field_is_that_of_pubmed_parser(held: dict[str, Citation]) -> None:
    """Allowed to it: no DOI where a pii follows; no text in nested markup, no nested references."""
    asked = subprocess.run([PEER_PYTHON, "-c", "import pubmed_parser"], check=False, capture_output=True)
    if asked.returncode:
        pytest.skip("no pubmed_parser (benchmarks/install_peers)")
    lines = subprocess.run([PEER_PYTHON, "-c", PEER, str(FILE)], check=True, capture_output=True, text=True)
    theirs = [json.loads(line) for line in lines.stdout.splitlines()]
    last = {record["pmid"]: record for record in theirs}
    wrong = [(pmid, name) for pmid, record in last.items()
             for name, same in compare_with_peer(held[pmid], record) if not same]
    assert len(theirs) == 20788 and not wrong


def is_inside(short: str, long: str) -> bool:
    """Whether the letters of one text occur in the other in this order, at least nine in ten of them."""
    rest = iter(long)
    return all(letter in rest for letter in short) and len(short) >= 0.9 * len(long)


def compare_with_peer(ours: Citation, record: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    yield "title", is_inside(write_bare(record["title"]), write_bare(ours.title))
    yield "journal", (ours.journal, ours.journal_abbreviation) == (record["journal"], record["medline_ta"])
    yield "doi", record["doi"] in ("", *ours.dois)
    yield "mesh", "; ".join(f"{term.ui}:{term.name}" for term in ours.mesh) == record["mesh_terms"]
    for name, terms in (("publication_types", ours.publication_types), ("chemical_list", ours.substances)):
        yield name, "; ".join(f"{term.ui}:{term.name}" for term in terms) == record[name]
    yield "authors", [a.last for a in ours.authors] == (
        [name.split("|")[0] for name in record["authors"].split(";")] if ours.authors else [])
    yield "references", set(filter(None, record["references"].split(";"))) <= set(ours.cites)
    issue = next(date.date for date in ours.dates if date.kind == "issue")
    yield "year", issue is not None and str(issue.year) == record["pubdate"]
    yield "pages", (ours.pages, ours.country, ours.issn_linking) == (
        record["pages"], record["country"], record["issn_linking"])
    yield "grants", [g.number for g in ours.grants] == [g["grant_id"].strip() for g in record["grant_ids"]]
