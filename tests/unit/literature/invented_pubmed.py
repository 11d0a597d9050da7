"""Invented PubMed files: records of nobody's papers, in the form of the DTD of 2025."""

from __future__ import annotations

import gzip
from pathlib import Path

PROLOG = (
    '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE PubmedArticleSet PUBLIC '
    '"-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)
TYPES = (
    '<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType>{}'
    "</PublicationTypeList>"
)


def write_record(
    pmid: int = 1,
    version: int = 1,
    title: str = "Multiple sclerosis, invented",
    abstract: str = "",
    *,
    article: str = "",
    medline: str = "",
    data: str = "",
    types: str = "",
    issue: str = "<Year>2030</Year>",
) -> str:
    """One PubmedArticle; what is given besides goes where the DTD puts it."""
    held = f"<Abstract>{abstract}</Abstract>" if abstract else ""
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM">'
        f'<PMID Version="{version}">{pmid}</PMID>'
        f'<Article PubModel="Print"><Journal><JournalIssue CitedMedium="Print"><PubDate>{issue}</PubDate>'
        f"</JournalIssue><Title>Invented Journal</Title></Journal><ArticleTitle>{title}</ArticleTitle>"
        f"{held}<Language>eng</Language>{TYPES.format(types)}{article}</Article>"
        "<MedlineJournalInfo><MedlineTA>Invent J</MedlineTA></MedlineJournalInfo>"
        f"{medline}</MedlineCitation><PubmedData><ArticleIdList>"
        f'<ArticleId IdType="pubmed">{pmid}</ArticleId>{data}</ArticleIdList></PubmedData></PubmedArticle>'
    )


def write_links(*links: tuple[str, int]) -> str:
    """A list of comments and corrections: (kind, PMID)."""
    rows = "".join(
        f'<CommentsCorrections RefType="{kind}"><RefSource>Invent J</RefSource>'
        f'<PMID Version="1">{pmid}</PMID>'
        "</CommentsCorrections>"
        for kind, pmid in links
    )
    return f"<CommentsCorrectionsList>{rows}</CommentsCorrectionsList>"


def write_set(*records: str, deleted: tuple[int, ...] = ()) -> str:
    """A whole file."""
    pmids = "".join(f'<PMID Version="1">{pmid}</PMID>' for pmid in deleted)
    tail = f"<DeleteCitation>{pmids}</DeleteCitation>" if deleted else ""
    return f"{PROLOG}<PubmedArticleSet>\n" + "\n".join(records) + f"\n{tail}</PubmedArticleSet>\n"


def save(path: Path, text: str) -> Path:
    """The text as a file, gzipped when its name says so."""
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path
