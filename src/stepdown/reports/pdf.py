"""The same pages on paper: tagged PDF for screen readers (PDF/UA-1), A4, nothing fetched."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from stepdown.ms.errors import MissingExtra

VARIANT = "pdf/ua-1"
#: What a page of ours may read: pictures that stand in it, no file and no address.
PROTOCOLS = ("data",)
#: On paper nothing is folded; within a table the heading of the column says what the summary says.
_UNFOLDED = "td > .fold > summary { display: none }"


def write_pdf(page: str) -> bytes:
    """A page of ours as PDF; MissingExtra when WeasyPrint is not installed."""
    try:
        from weasyprint import CSS, HTML
        from weasyprint.urls import URLFetcher
    except ImportError as error:
        raise MissingExtra("A PDF", "pdf") from error
    document = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=PROTOCOLS))
    with _quiet("weasyprint"), _without_collecting():
        unfolded = [CSS(string=_UNFOLDED)]
        written: bytes = document.write_pdf(stylesheets=unfolded, pdf_variant=VARIANT, pdf_tags=True)
    return written


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Keep a logger to errors: what our style sheets say to screens only is news to nobody."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Leave garbage alone while a page is laid out: its boxes live to the end (a tenth of the time)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
