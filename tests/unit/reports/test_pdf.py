"""PDF: tagged for screen readers, A4, and a clear sentence when the extra is missing."""

from __future__ import annotations

import builtins
import re
import zlib
from dataclasses import replace
from typing import Any

import pytest

from stepdown.ms.errors import MissingExtra
from stepdown.reports import to_html, to_pdf
from stepdown.reports.pdf import write_pdf
from stepdown.reports.wording import say
from unit.reports.invented_answers import injectable

weasyprint = pytest.importorskip("weasyprint")


def unpack(pdf: bytes) -> bytes:
    """A PDF with its packed streams beside it, so that its dictionaries can be read."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    opened = [zlib.decompressobj().decompress(part) for part in packed if part[:1] == b"x"]
    return b"\n".join([pdf, *opened])


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return unpack(to_pdf(injectable(), "patient"))


def test_it_is_a_tagged_pdf_for_screen_readers(pdf: bytes) -> None:
    assert pdf.startswith(b"%PDF-")
    assert b"pdfuaid:part" in pdf
    assert re.search(rb"/Marked true", pdf)


def test_it_has_a_language_and_a_title(pdf: bytes) -> None:
    assert b"/Lang" in pdf
    assert b"what are my choices" in pdf


def test_a_page_may_read_no_file(tmp_path: Any) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>secret</text></svg>', encoding="utf-8")
    page = '<html lang="en"><title>t</title><img alt="a" src="{}"></html>'
    assert len(write_pdf(page.format(f"file://{secret}"))) == len(write_pdf(page.format("file:///none.svg")))


def test_without_weasyprint_the_sentence_gives_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def refuse(name: str, *rest: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "weasyprint":
            raise ImportError(name)
        return found(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingExtra, match=r"stepdown\[pdf\]"):
        write_pdf("<p>")


def read_page(page: Any) -> str:
    """All text that stands on one laid-out page."""
    boxes = page._page_box.descendants()
    return " ".join(" ".join(getattr(box, "text", "") or "" for box in boxes).split())


def test_five_alerts_and_ten_options_stand_on_the_first_page() -> None:
    """The line under the table of the options is on the first page."""
    alert = replace(injectable().alerts[0], text="A sentence of an alert that takes its two lines. " * 4)
    many = replace(injectable(), alerts=(alert,) * 5, options=injectable().options * 2)
    document = weasyprint.HTML(string=to_html(many)).render()
    assert say("page.reference").split(";")[0] in read_page(document.pages[0])
