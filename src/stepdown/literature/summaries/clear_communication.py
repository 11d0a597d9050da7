"""Which items of the CDC Clear Communication Index does a summary meet? The 15 of 20 that can be checked.

Source: Clear Communication Index, Centers for Disease Control and Prevention, cdc.gov/ccindex (20 items). The
other five (a captioned picture, the readers' own words, why it matters, the nature of the risk, its risks
and benefits) need a person, and are not counted here.
"""

from __future__ import annotations

import re

from stepdown.literature.summaries.summary import Chunk, PlainLanguageSummary

_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been) \w+(?:ed|en)\b")
_SCALE = re.compile(r"of every ([\d,]+)")
_DECIMAL = re.compile(r"\d\.\d")


def check_clarity(summary: PlainLanguageSummary) -> dict[int, bool]:
    """Each item by its number in the Index, and whether the summary meets it."""
    chunks = {chunk.key: chunk for chunk in summary.chunks}
    main, action = _text(chunks.get("main")), _text(chunks.get("action"))
    found = _text(chunks.get("found"))
    return {
        1: bool(main) and len(chunks["main"].claims) <= 2,
        2: bool(summary.chunks) and summary.chunks[0].key == "main",
        3: bool(main) and summary.takeaway in main,
        5: bool(action),
        6: not _PASSIVE.search(f"{main} {action}"),
        8: all(len(chunk.claims) <= 7 for chunk in summary.chunks if chunk.as_list),
        9: all(chunk.title and chunk.claims for chunk in summary.chunks),
        10: bool(re.search(r"\d", main)) or "ratio" in main,
        11: {"found", "cannot"} <= set(chunks),
        12: "on your own" in action,
        14: "same day" in action,
        15: not _DECIMAL.search(main),
        16: "What counted" in found and bool(chunks.get("sure")),
        17: len(set(_SCALE.findall(f"{main} {found}"))) <= 1,
        20: bool(summary.pictures) or "every" in main or "each" in main,
    }


def _text(chunk: Chunk | None) -> str:
    return " ".join(claim.text for claim in chunk.claims) if chunk else ""
