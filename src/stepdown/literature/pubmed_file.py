"""A file of PubMed XML, plain or gzipped, as a stream of its records: one at a time, in constant memory.

The bytes are cut at the tags of records; what lies outside them is checked here, each record when it is
read. So a file of any length needs the memory of its longest record, and a record off topic is not parsed.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

CHUNK = 1 << 18
LONGEST_PROLOG = 1 << 16
LONGEST_RECORD = 64 << 20
ARTICLE, BOOK, DELETIONS = "PubmedArticle", "PubmedBookArticle", "DeleteCitation"
_START = re.compile(rb"<(PubmedArticle|PubmedBookArticle|DeleteCitation)(?=[\s>])")
_ROOT = re.compile(rb"<PubmedArticleSet(?:\s[^<>]*)?>")
_PROLOG = re.compile(
    rb"\s*(?:<\?xml[^<>]*\?>\s*)?(?:<!--(?:(?!-->).)*-->\s*|<\?[^<>]*\?>\s*)*"
    rb"(?:<!DOCTYPE\s[^<>\[]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*", re.DOTALL)
_GAP = re.compile(rb"(?:\s|<!--(?:(?!-->).)*-->|<DeleteCitation\s*/>)*", re.DOTALL)
_END = re.compile(rb"(?:\s|<!--(?:(?!-->).)*-->|<DeleteCitation\s*/>)*</PubmedArticleSet\s*>\s*", re.DOTALL)
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding=["']([^"']+)["']""")
_DECLARED_UTF16 = re.compile(rb"""(\A\s*<\?xml[^>]{0,60}encoding=["'])utf-16(?=["'])""", re.IGNORECASE)
_PLACE = "take pubmedYYnNNNN.xml.gz of the yearly baseline or the daily updates, or efetch with retmode=xml"
_AGAIN = "Fetch it again"
#: How other files begin, and what they are.
_OTHERS = (
    (rb"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html)\b", "an HTML page in place of XML"),
    (rb"PK\x03\x04", "a ZIP archive: unpack it first"),
    (rb"%PDF", "a PDF"),
    (rb"\s*[\[{]", "JSON"),
    (rb"PMID- |\s*\n?PMID- ", "PubMed's text format, not its XML"),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A record, or the list of deletions, of a PubMed file: its tag, and its bytes with the tags."""

    tag: str
    xml: bytes


class _Source(Protocol):
    def read(self, size: int, /) -> bytes:
        """The next bytes, none at the end."""


def hash_file(path: Path) -> str:
    """The SHA-256 of a file as it lies on disk; UserError when it cannot be read."""
    with _open_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_md5(path: Path) -> None:
    """Compare a file with the checksum that NLM puts beside it (FILE.md5), if that is there."""
    beside = path.with_name(path.name + ".md5")
    if not beside.is_file():
        return
    stated = re.search(r"\b[0-9a-f]{32}\b", beside.read_text("utf-8", "replace").lower())
    with _open_file(path) as file:
        if stated and hashlib.file_digest(file, "md5").hexdigest() != stated[0]:
            raise UserError(f"{path}: is not the file that {beside.name} describes. {_AGAIN}.")


def read_pieces(path: Path, on_bytes: Callable[[int], object] = lambda _: None) -> Iterator[Piece]:
    """The records and the list of deletions of a file, in order.

    ``on_bytes`` is told how many bytes of the file on disk have been read. UserError with one sentence when
    the file is none of PubMed's, is damaged or cut off, or declares entities of its own; it may come after
    many pieces.
    """
    with _open_file(path) as raw:
        yield from _cut_pieces(_read_chunks(raw, path, on_bytes), path)


@contextmanager
def _open_file(path: Path) -> Iterator[BufferedReader]:
    try:
        with open(path, "rb") as file:
            yield file
    except FileNotFoundError as error:
        raise UserError(f"{path}: there is no such file.") from error
    except IsADirectoryError as error:
        raise UserError(f"{path}: is a folder; name the files in it, such as {path}/*.xml.gz.") from error
    except PermissionError as error:
        raise UserError(f"{path}: may not be read; ask its owner for permission.") from error


def _read_chunks(raw: BufferedReader, path: Path, on_bytes: Callable[[int], object]) -> Iterator[bytes]:
    """The unpacked bytes, piece by piece; gzip is known by its first bytes, whatever the name says."""
    head = raw.read(2)
    raw.seek(0)
    if head in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        yield from _turn_from_utf16(_tell(raw, raw, on_bytes), path)
        return
    if head != b"\x1f\x8b":
        yield from _tell(raw, raw, on_bytes)
        return
    from isal import igzip, igzip_lib

    try:
        with igzip.GzipFile(fileobj=raw) as unpacked:
            yield from _tell(unpacked, raw, on_bytes)
    except EOFError as error:
        raise UserError(f"{path}: the gzip file is cut off. {_AGAIN}; nothing of it was kept.") from error
    except (OSError, igzip_lib.IsalError) as error:
        raise UserError(f"{path}: the gzip file is damaged. {_AGAIN}; nothing of it was kept.") from error


def _turn_from_utf16(chunks: Iterator[bytes], path: Path) -> Iterator[bytes]:
    """The bytes of a file that another program saved in UTF-16, in UTF-8 as PubMed sends it."""
    decoder = codecs.getincrementaldecoder("utf-16")()
    try:
        for chunk in chunks:
            text = decoder.decode(chunk).encode("utf-8")
            yield _DECLARED_UTF16.sub(rb"\g<1>utf-8", text, count=1)
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise UserError(f"{path}: is cut off, or is not the UTF-16 it begins as. {_AGAIN}.") from error


def _tell(source: _Source, raw: BufferedReader, on_bytes: Callable[[int], object]) -> Iterator[bytes]:
    while chunk := source.read(CHUNK):
        on_bytes(raw.tell())
        yield chunk


class _Cutter:
    """The bytes read but not given away yet, from ``at`` on, and where in the file they are."""

    def __init__(self, chunks: Iterator[bytes], path: Path) -> None:
        self.chunks = chunks
        self.path = path
        self.buffer = b""
        self.at = 0
        self.number = 0

    def grow(self) -> bool:
        """Read on, and let go of what was given away; False at the end of the file."""
        chunk = next(self.chunks, b"")
        self.buffer = self.buffer[self.at:] + chunk
        self.at = 0
        if len(self.buffer) > LONGEST_RECORD:
            raise self.fault(f"more than {LONGEST_RECORD >> 20} MB without the end of a record")
        return bool(chunk)

    def fault(self, what: str) -> UserError:
        """An error about this place of the file."""
        place = f"after record {self.number}" if self.number else "at its beginning"
        return UserError(f"{self.path}: {place}: {what}. {_AGAIN}; nothing of it was kept.")


def _cut_pieces(chunks: Iterator[bytes], path: Path) -> Iterator[Piece]:
    cutter = _Cutter(chunks, path)
    _skip_prolog(cutter)
    while (piece := _cut_piece(cutter)) is not None:
        yield piece


def _skip_prolog(cutter: _Cutter) -> None:
    """Drop what stands before the first record; UserError when this is no file of PubMed."""
    while (root := _ROOT.search(cutter.buffer)) is None and len(cutter.buffer) < LONGEST_PROLOG:
        if not cutter.grow():
            break
    head = cutter.buffer.removeprefix(b"\xef\xbb\xbf")
    root = _ROOT.search(head)
    if root is None:
        raise _say_what_it_is(cutter.path, head)
    if re.search(rb"<!DOCTYPE[^>]*\[|<!ENTITY", head[: root.start()]):
        raise UserError(f"{cutter.path}: declares entities of its own, which PubMed's files never do; "
                        "it was not read.")
    encoding = _ENCODING.match(head)
    if encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"):
        raise UserError(f"{cutter.path}: is not in UTF-8 as PubMed's files are; convert it first.")
    if _PROLOG.fullmatch(head, 0, root.start()) is None:
        raise UserError(f"{cutter.path}: is not a file of PubMed records; {_PLACE}.")
    cutter.buffer, cutter.at = head, root.end()


def _say_what_it_is(path: Path, head: bytes) -> UserError:
    if not head.strip():
        return UserError(f"{path}: is empty; {_PLACE}.")
    what = next((name for pattern, name in _OTHERS if re.match(pattern, head, re.IGNORECASE)), "")
    root = re.search(rb"<([A-Za-z][\w.:-]{0,60})", head)
    if not what and root and head.lstrip().startswith(b"<"):
        what = f"XML whose first element is <{root[1].decode('ascii', 'replace')}>"
    told = f": it is {what}" if what else ""
    return UserError(f"{path}: is not a file of PubMed records (<PubmedArticleSet>){told}; {_PLACE}.")


def _cut_piece(cutter: _Cutter) -> Piece | None:
    """The next record or list of deletions; None at the proper end of the file."""
    while (start := _START.search(cutter.buffer, cutter.at)) is None:
        if not cutter.grow():
            _check_end(cutter)
            return None
    if _GAP.fullmatch(cutter.buffer, cutter.at, start.start()) is None:
        raise cutter.fault("there is something that is no record")
    cutter.at, tag = start.start(), start[1]
    end = _find_end(cutter, b"</" + tag + b">")
    piece = Piece(tag.decode(), cutter.buffer[cutter.at:end])
    cutter.at = end
    cutter.number += piece.tag != DELETIONS
    return piece


def _find_end(cutter: _Cutter, closing: bytes) -> int:
    """Where the element that starts at ``cutter.at`` ends; what was searched is not searched again."""
    seen = 0
    while (at := cutter.buffer.find(closing, cutter.at + seen)) < 0:
        seen = max(0, len(cutter.buffer) - cutter.at - len(closing))
        if not cutter.grow():
            raise cutter.fault(f"the file is cut off inside a <{closing[2:-1].decode()}>")
    return at + len(closing)


def _check_end(cutter: _Cutter) -> None:
    rest = cutter.buffer[cutter.at:]
    if _END.fullmatch(rest) is None:
        what = "the file is cut off" if _GAP.fullmatch(rest) else "there is something that is no record"
        raise cutter.fault(what)
