"""The desk of an evidence editor: files of PubMed as they come, a store, a library, and what was said."""


import contextlib
import io
import json
import re
import shutil
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("lxml")
pytest.importorskip("isal")
pytest.importorskip("sklearn")

from stepdown.interfaces.cli import main

HERE = Path(__file__).parent
ON = "2026-11-30"
#: The day of a notice, as PubMed prints it.
DAY = '<ArticleDate DateType="Electronic"><Year>2024</Year><Month>02</Month><Day>29</Day></ArticleDate>'


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*args: object) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(a) for a in args])
    return Ran(code, out.getvalue(), err.getvalue())


def record(
    pmid: int | str,
    title: str = "An invented title.",
    abstract: str = "",
    *,
    version: int = 1,
    date: str = "<Year>2024</Year>",
    electronic: str = "",
    types: tuple[str, ...] = ("Journal Article",),
    notices: tuple[tuple[str, int], ...] = (),
    other: str = "",
    author: str = "Invented",
) -> str:
    """One PubmedArticle in the order of elements of the DTD of 2025."""
    kinds = "".join(f'<PublicationType UI="D000000">{t}</PublicationType>' for t in types)
    linked = "".join(
        f'<CommentsCorrections RefType="{kind}"><RefSource>Invented J. 2025</RefSource>'
        f'<PMID Version="1">{to}</PMID></CommentsCorrections>'
        for kind, to in notices
    )
    return (
        '<PubmedArticle><MedlineCitation Status="Publisher" Owner="NLM">'
        f'<PMID Version="{version}">{pmid}</PMID>'
        '<Article PubModel="Print-Electronic"><Journal><JournalIssue CitedMedium="Internet">'
        f"<PubDate>{date}</PubDate>"
        f"</JournalIssue><Title>Invented Journal</Title></Journal><ArticleTitle>{title}</ArticleTitle>"
        "<Pagination><MedlinePgn>1-9</MedlinePgn></Pagination>"
        + (f"<Abstract>{abstract}</Abstract>" if abstract else "")
        + '<AuthorList CompleteYN="Y"><Author ValidYN="Y">'
        f"<LastName>{author}</LastName></Author></AuthorList>"
        f"<Language>eng</Language><PublicationTypeList>{kinds}</PublicationTypeList>{electronic}</Article>"
        "<MedlineJournalInfo><MedlineTA>Invented J</MedlineTA></MedlineJournalInfo>"
        + (f"<CommentsCorrectionsList>{linked}</CommentsCorrectionsList>" if linked else "")
        + f"{other}</MedlineCitation></PubmedArticle>"
    )


def text(words: str, label: str = "") -> str:
    marks = f' Label="{label}" NlmCategory="{label}"' if label else ""
    return f"<AbstractText{marks}>{words}</AbstractText>"


def xml(*records: str, deleted: tuple[int, ...] = (), head: str = "") -> str:
    gone = "".join(f'<PMID Version="1">{p}</PMID>' for p in deleted)
    gone = f"<DeleteCitation>{gone}</DeleteCitation>" if gone else ""
    top = '<?xml version="1.0" encoding="utf-8"?>\n'
    return f"{top}{head}<PubmedArticleSet>{''.join(records)}{gone}</PubmedArticleSet>"


@dataclass
class Desk:
    """A folder of the editor: files, a store, a library."""

    folder: Path
    number: int = 0
    store: Path = field(init=False)
    library: Path = field(init=False)

    def __post_init__(self) -> None:
        self.store = self.folder / "store"
        self.library = self.folder / "library"
        self.library.mkdir()

    def file(self, content: str | bytes, name: str = "") -> Path:
        self.number += 1
        path = self.folder / (name or f"pubmed30n{self.number:04}.xml")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def take(self, *records: str, topic: str = "all", **more: Any) -> Ran:
        return run(
            "literature",
            "import",
            self.file(xml(*records, **more)),
            "--store",
            self.store,
            "--topic",
            topic,
        )

    def studies(self, folder: str) -> None:
        for path in (HERE / folder).glob("*.toml"):
            shutil.copy(path, self.library)

    def titles(self) -> dict[str, str]:
        found = run("literature", "screen", "--store", self.store, "--all", "--format", "json").json
        return {c["pmid"]: c["title"] for c in found["citations"]}

    def draft(self, pmid: int) -> dict[str, Any]:
        args = ("--store", self.store, "--library", self.library, "--format", "json")
        draft: dict[str, Any] = run("literature", "review", pmid, *args).json
        return draft

    def site(self, *more: object, on: str = ON) -> tuple[Path, Ran]:
        ran = run(
            "digest", "build", "-o", self.folder / "site", "--library", self.library, "--on", on, *more
        )
        return self.folder / "site", ran


def last_line(ran: Ran) -> str:
    return ran.out.strip().splitlines()[-1]


def tally(r: int, s: int, d: int, v: int, k: int) -> str:
    return f"records {r}, stored {s}, deleted {d}, older versions {v}, skipped {k}"


def plain(page: Path) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.read_text())).split())


def findings(draft: dict[str, Any]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for one in draft["fields"]:
        if one["name"].startswith("findings."):
            _, number, name = one["name"].split(".", 2)
            rows.setdefault(number, {})[name] = one["value"]
            rows[number]["doubted"] = rows[number].get("doubted", False) or bool(one["doubt"])
    return list(rows.values())


def value(draft: dict[str, Any], name: str) -> Any:
    return next((f["value"] for f in draft["fields"] if f["name"] == name), None)


def diseases(draft: dict[str, Any]) -> set[str]:
    return {f["value"] for f in draft["fields"] if f["name"].startswith("diseases.") and f["value"]}
