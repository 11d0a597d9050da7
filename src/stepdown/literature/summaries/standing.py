"""What became of the papers behind the studies, as PubMed's notices in a store say: withdrawn, corrected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from stepdown.evidence.study import Change, Study
from stepdown.literature.notices import CONCERN, ERRATUM, RETRACTED, Notice, read_notices
from stepdown.literature.standing import read_when
from stepdown.ms.dates import PartialDate

if TYPE_CHECKING:
    from stepdown.literature.store import Store

#: What the log of changes says of a study whose paper was withdrawn.
WITHDRAWN_NOTE = "a notice in PubMed says that the paper was withdrawn"
CORRECTED_NOTE = "a notice in PubMed says that the paper was corrected"
CONCERN_NOTE = "a notice in PubMed says that the journal has doubts about the paper"
_FIELDS = ((RETRACTED, "retracted", WITHDRAWN_NOTE), (CONCERN, "concern", CONCERN_NOTE),
           (ERRATUM, "corrected", CORRECTED_NOTE))


def apply_notices(studies: Mapping[str, Study], store: Store, on: date) -> dict[str, Study]:
    """The studies with what the notices of a store say of their papers, found by PMID.

    A notice is dated as exactly as PubMed dates it; ``on`` is the day it is read, and no date lies after it.
    A study that is marked already keeps its own date.
    """
    pmids = [study.pmid for study in studies.values() if study.pmid]
    found: dict[str, list[Notice]] = {}
    for notice in read_notices(store, pmids):
        found.setdefault(notice.pmid, []).append(notice)
    return {name: _mark(study, found.get(study.pmid or "", []), on) for name, study in studies.items()}


def _mark(study: Study, notices: list[Notice], on: date) -> Study:
    for kind, field, note in _FIELDS:
        when = _find_when(notices, kind, on)
        if when is not None and not getattr(study, field) and not study.retracted:
            log = (*study.changes, Change(when, note))
            marked: dict[str, Any] = {field: when, "changes": log}
            study = replace(study, **marked)
    return study


def _find_when(notices: list[Notice], kind: str, on: date) -> str | None:
    """When the first notice of a kind came, as exact as it is known; None where there is no such notice."""
    dates = [read_when(notice.published, on) for notice in notices if notice.kind == kind]
    known = [when for when in dates if when != "unknown"]
    return min(known, key=lambda when: PartialDate.parse(when).latest, default="unknown") if dates else None
