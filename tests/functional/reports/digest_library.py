"""A small library for the tests of the site: real studies beside invented ones for what the real lack."""

from __future__ import annotations

from dataclasses import replace

from stepdown.evidence.reading import read_library
from stepdown.evidence.study import Change, Study
from unit.evidence.invented_studies import finding, study

REAL = (
    "aan2018", "bourjeily2023", "chan2020", "coerver2023", "coerver2024ocr", "coerver2025", "corboy2023",
    "foley2022", "jouvenot2024", "meta2022-hvi", "mogad_korea2025", "quinn2024", "tysedmus2016", "yano2019",
    "zhu2023",
)  # fmt: skip


def make_digest_library(copies: int = 0) -> dict[str, Study]:
    """Fifteen real studies; one withdrawn, changed, later, simulated each, and copies to fill a list."""
    library = read_library()
    found = {name: library[name] for name in REAL}
    gone = study("invented-gone", finding(), retracted="2026-11-25", title="An invented paper, withdrawn")
    moved = study("invented-changed", finding(), added="2026-01-02",
                  changes=(Change("2026-11-26", "the number of people was corrected"),))
    later = study("invented-later", finding(), added="2027-01-01")
    nobody = study("invented-simulated", finding(), simulated=True)
    many = [replace(library["corboy2023"], id=f"invented-{place:03}") for place in range(copies)]
    return {**found, **{one.id: one for one in (gone, moved, later, nobody, *many)}}
