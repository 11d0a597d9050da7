"""What does a site leave out, and why? Invented people, dates in the future, numbers that abstracts deny."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from stepdown.evidence.study import Finding, Study
from stepdown.literature.summaries.choosing import choose_results
from stepdown.literature.verify import find_unprinted

if TYPE_CHECKING:
    from stepdown.literature.citation import Citation

_COMPARE = "compare the study file with the paper, and give the place in locator when it stands elsewhere."


def find_shown(
    studies: Mapping[str, Study], citations: Mapping[str, Citation], on: date
) -> tuple[dict[str, Study], list[tuple[str, str]]]:
    """The studies that a site of a day shows, and what is left out of them: the study, and why.

    A study of a simulated registry is left out whole, one with a date after the day too, and so is one whose
    main result its abstract should print and does not; of another study, the results that its abstract does
    not print. ``citations`` are by PMID.
    """
    shown: dict[str, Study] = {}
    left_out: list[tuple[str, str]] = []
    for name, study in studies.items():
        why = _find_why_whole(study, on)
        if why:
            left_out.append((name, why))
            continue
        denied = _find_denied(study, citations.get(study.pmid or ""))
        left_out += [(name, _say_denied(finding, missing)) for finding, missing in denied]
        chosen = choose_results(study)
        gone = [finding for finding, _ in denied]
        if chosen is None or chosen.main.finding not in gone:
            kept = tuple(finding for finding in study.findings if finding not in gone)
            shown[name] = replace(study, findings=kept) if gone else study
    return shown, left_out


def _find_why_whole(study: Study, on: date) -> str:
    """Why a study is left out whole; empty where it is not."""
    if study.simulated:
        return "its people are invented: it comes from a simulated registry"
    later = _find_later(study, on)
    return f"its date {later} lies after {on}" if later else ""


def _find_later(study: Study, on: date) -> str:
    """The first date of a study that lies after a day; empty where there is none."""
    day = on.isoformat()
    dates = [study.added, study.published, study.retracted or "", *(change.on for change in study.changes)]
    return next((text for text in dates if text != "unknown" and text > day[: len(text)]), "")


def _find_denied(study: Study, citation: Citation | None) -> list[tuple[Finding, tuple[str, ...]]]:
    """The results whose numbers the abstract should print and does not, with the fields that it lacks."""
    if citation is None or study.retracted:
        return []
    found = ((finding, find_unprinted(study, finding, citation)) for finding in study.findings)
    return [(finding, missing) for finding, missing in found if missing]


def _say_denied(finding: Finding, missing: tuple[str, ...]) -> str:
    return f"{finding.id}: the abstract in the store does not print {', '.join(missing)}; {_COMPARE}"
