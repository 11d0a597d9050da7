"""Take files of PubMed XML into the store: each whole or not at all, in the order of their numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from stepdown.literature.citation_json import write_citation
from stepdown.literature.notices import find_notices_in, may_hold_notice
from stepdown.literature.pubmed_file import BOOK, DELETIONS, Piece, check_md5, hash_file, read_pieces
from stepdown.literature.pubmed_record import NotARecord, cut_references, cut_subject, read_key, read_record
from stepdown.literature.store import drop_unfinished, say_when_full
from stepdown.literature.topic import is_about_ms
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.literature.citation import Citation
    from stepdown.literature.store import Store

BATCH = 1_000
ALL, MS = "all", "ms"
OTHER_TOPIC, BOOK_CHAPTER, NO_PMID, KNOWN_FILE = "other topic", "book", "no PMID", "file imported before"
_NUMBERED = re.compile(r"pubmed(\d\d)n(\d{4,})\.xml(?:\.gz)?")
_PMIDS = re.compile(rb'<PMID(?:\s+Version="(\d{1,9})")?[^<>]*>\s*(\d{1,9})\s*</PMID>')
_RECORDS = {"pmid": "BIGINT", "version": "INTEGER", "file": "INTEGER", "sequence": "BIGINT",
            "place": "INTEGER", "skipped": "VARCHAR"}
_TEXTS = {"pmid": "BIGINT", "file": "INTEGER", "place": "INTEGER", "title": "VARCHAR", "citation": "VARCHAR"}
_NOTICES = {"pmid": "BIGINT", "file": "INTEGER", "place": "INTEGER", "kind": "VARCHAR", "about": "BIGINT",
            "notice": "BIGINT", "source": "VARCHAR", "published": "VARCHAR"}
_DELETIONS = {"pmid": "BIGINT", "version": "INTEGER", "file": "INTEGER", "sequence": "BIGINT"}


@dataclass(frozen=True)
class Tally:
    """What became of the records of one or more files: records = stored + older versions + skipped."""

    records: int = 0
    stored: int = 0
    deleted: int = 0
    older: int = 0
    skipped: dict[str, int] = field(default_factory=dict)

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(self.records + other.records, self.stored + other.stored, self.deleted + other.deleted,
                     self.older + other.older, dict(Counter(self.skipped) + Counter(other.skipped)))

    def __str__(self) -> str:
        """The last line of the command."""
        return (f"records {self.records}, stored {self.stored}, deleted {self.deleted}, "
                f"older versions {self.older}, skipped {sum(self.skipped.values())}")


@dataclass(frozen=True, slots=True)
class Read:
    """A record as read: where it stands, its key, why it is skipped, and the citation when it was parsed."""

    place: int
    pmid: int
    version: int
    skipped: str
    citation: Citation | None


def sort_files(paths: Iterable[Path]) -> list[Path]:
    """PubMed's numbered files by year and number; the others after them, as given."""
    return sorted(paths, key=lambda path: _number(path) or 1 << 60)


def _number(path: Path) -> int | None:
    """Where a numbered file stands: by year, then number; with room between two for files without one."""
    match = _NUMBERED.fullmatch(path.name)
    return (int(match[1]) * 100_000 + int(match[2])) * 1_000 if match else None


def import_file(
    store: Store, path: Path, topic: str = ALL, on_bytes: Callable[[int], object] = lambda _: None
) -> Tally:
    """Take one file into the store, and count what became of its records.

    With ``topic`` MS, records that name no such disease are counted and their notices kept, not their text.
    UserError when the file cannot be read to its end: then nothing of it counts.
    """
    checksum = hash_file(path)
    check_md5(path)
    known = _find_known(store, checksum, topic)
    if known is not None:
        return Tally(known, skipped={KNOWN_FILE: known} if known else {})
    file, sequence = _begin(store, path, checksum, topic)
    try:
        with say_when_full(store.path):
            records, deleted, unread = _take_pieces(
                store, read_pieces(path, on_bytes), path, file, sequence, topic)
    except BaseException:
        drop_unfinished(store)
        raise
    tally = _count(store, file, sequence, records, deleted, unread)
    store.ask("UPDATE files SET is_whole = TRUE, records = ?, imported = now()::TIMESTAMP WHERE id = ?",
              [records, file])
    return tally


def _find_known(store: Store, checksum: str, topic: str) -> int | None:
    """The records of a file that is in the store with at least this topic; None when it is not."""
    rows = store.ask("SELECT max(records) FROM files WHERE is_whole AND sha256 = ? AND topic IN (?, ?)",
                     [checksum, topic, ALL])
    return None if rows[0][0] is None else int(rows[0][0])


def _begin(store: Store, path: Path, checksum: str, topic: str) -> tuple[int, int]:
    """Note that a file is being read: its id, and its place in the order.

    A file without a number (a search result saved today) comes after everything that is there.
    """
    last = store.ask("SELECT coalesce(max(sequence), 0) FROM files WHERE is_whole")[0][0]
    number = _number(path)
    sequence = last + 1 if number is None else number
    row = store.ask("INSERT INTO files (name, sha256, sequence, topic) VALUES (?, ?, ?, ?) RETURNING id",
                    [path.name, checksum, sequence, topic])
    return int(row[0][0]), int(sequence)


def _take_pieces(
    store: Store, pieces: Iterator[Piece], path: Path, file: int, sequence: int, topic: str
) -> tuple[int, int, dict[str, int]]:
    """Append every piece of the file: how many records and deletions, and those without a line, by reason."""
    unread: Counter[str] = Counter()
    records = deleted = 0
    while batch := list(islice(pieces, BATCH)):
        reads = []
        for piece in batch:
            if piece.tag == DELETIONS:
                deleted += _append_deletions(store, piece, file, sequence)
                continue
            records += 1
            read = read_piece(piece, records, path, topic)
            if isinstance(read, str):
                unread[read] += 1
            else:
                reads.append(read)
        _append_reads(store, reads, file, sequence)
    return records, deleted, dict(unread)


def read_piece(piece: Piece, place: int, path: Path, topic: str) -> Read | str:
    """A record, parsed when its text or a notice in it is wanted; or why it is not read at all."""
    if piece.tag == BOOK:
        return BOOK_CHAPTER
    words = b"" if topic == ALL else cut_subject(piece.xml)
    wanted = topic == ALL or is_about_ms(words)
    try:
        if not wanted and not may_hold_notice(words):
            return Read(place, *read_key(words), OTHER_TOPIC, None)
        citation = read_record(*cut_references(piece.xml))
    except NotARecord as problem:
        if problem.is_damage:
            sentence = f"{path}: record {place} is {problem}. Fetch it again; nothing of it was kept."
            raise UserError(sentence) from problem
        return NO_PMID
    return Read(place, int(citation.pmid), citation.version, "" if wanted else OTHER_TOPIC, citation)


def _append_deletions(store: Store, piece: Piece, file: int, sequence: int) -> int:
    found = sorted({(int(pmid), int(version or 1)) for version, pmid in _PMIDS.findall(piece.xml)})
    store.append("deletions", _DELETIONS, [(*key, file, sequence) for key in found])
    return len(found)


def _append_reads(store: Store, reads: list[Read], file: int, sequence: int) -> None:
    store.append("records", _RECORDS, [
        (read.pmid, read.version, file, sequence, read.place, read.skipped) for read in reads])
    parsed = [(read, read.citation) for read in reads if read.citation is not None]
    store.append("texts", _TEXTS, [
        (read.pmid, file, read.place, citation.title, write_citation(citation))
        for read, citation in parsed if not read.skipped])
    store.append("notices", _NOTICES, [
        (read.pmid, file, read.place, notice.kind, _pmid(notice.pmid), _pmid(notice.notice), notice.source,
         notice.published)
        for read, citation in parsed for notice in find_notices_in(citation)])


def _pmid(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _count(
    store: Store, file: int, sequence: int, records: int, deleted: int, unread: dict[str, int]
) -> Tally:
    """What became of the records of a file that is about to be whole."""
    rows = store.ask(_COUNT_SQL, [sequence, file])
    by_kind = {kind: int(count) for kind, count in rows}
    skipped = Counter(unread) + Counter({OTHER_TOPIC: by_kind.get(OTHER_TOPIC, 0)})
    return Tally(records, by_kind.get("stored", 0), deleted, by_kind.get("older", 0), dict(skipped))


#: A record of the file is older when another one, in a whole file or in this one, stands above it, or when a
#: later file has deleted it.
_COUNT_SQL = """
WITH whole AS (SELECT id FROM files WHERE is_whole),
mine AS (SELECT *, ? AS this FROM records WHERE file = ?),
judged AS (
    SELECT m.skipped, EXISTS (
        SELECT 1 FROM records o WHERE o.pmid = m.pmid AND (o.file = m.file OR o.file IN (FROM whole))
        AND (o.version, o.sequence, o.file, o.place) > (m.version, m.sequence, m.file, m.place)
    ) OR EXISTS (
        SELECT 1 FROM deletions d WHERE d.pmid = m.pmid AND d.version = m.version AND d.sequence > m.this
        AND d.file IN (FROM whole)
    ) AS is_older
    FROM mine m)
SELECT CASE WHEN skipped <> '' THEN skipped WHEN is_older THEN 'older' ELSE 'stored' END AS kind, count(*)
FROM judged GROUP BY kind
"""
