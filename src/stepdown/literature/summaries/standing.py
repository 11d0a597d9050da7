"""What became of the papers behind the studies, as PubMed's notices in a store say: withdrawn, corrected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from stepdown.evidence.study import Change, Study
from stepdown.literature.notices import CONCERN, ERRATUM, RETRACTED, Notice, read_notices

if TYPE_CHECKING:
    from stepdown.literature.store import Store

#: What the log of changes says of a study whose paper was withdrawn.
WITHDRAWN_NOTE = "a notice in PubMed says that the paper was withdrawn"
CORRECTED_NOTE = "a notice in PubMed says that the paper was corrected"
CONCERN_NOTE = "a notice in PubMed says that the journal has doubts about the paper"


def apply_notices(studies: Mapping[str, Study], store: Store, on: date) -> dict[str, Study]:
    """The studies with what the notices of a store say of their papers, found by PMID.

    A notice without a whole date counts from ``on``, the day it was read. A study that is marked already
    keeps its own day.
    """
    pmids = [study.pmid for study in studies.values() if study.pmid]
    found: dict[str, list[Notice]] = {}
    for notice in read_notices(store, pmids):
        found.setdefault(notice.pmid, []).append(notice)
    return {name: _mark(study, found.get(study.pmid or "", []), on) for name, study in studies.items()}


def _mark(study: Study, notices: list[Notice], on: date) -> Study:
    withdrawn = _find_day(notices, RETRACTED, on)
    if withdrawn and not study.retracted:
        log = (*study.changes, Change(withdrawn, WITHDRAWN_NOTE))
        return replace(study, retracted=withdrawn, changes=log)
    doubted = _find_day(notices, CONCERN, on)
    if doubted and not study.concern:
        log = (*study.changes, Change(doubted, CONCERN_NOTE))
        study = replace(study, concern=doubted, changes=log)
    corrected = _find_day(notices, ERRATUM, on)
    if corrected and not study.corrected:
        log = (*study.changes, Change(corrected, CORRECTED_NOTE))
        study = replace(study, corrected=corrected, changes=log)
    return study


def _find_day(notices: list[Notice], kind: str, on: date) -> str | None:
    """The first day of a kind of notice, never after ``on``; None where there is no such notice."""
    days = [notice.published for notice in notices if notice.kind == kind]
    whole = [day for day in days if len(day) == len(on.isoformat()) and day <= on.isoformat()]
    return min(whole, default=on.isoformat()) if days else None
