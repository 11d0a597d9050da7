"""Which studies of the library PubMed has since retracted, doubted, corrected or updated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stepdown.evidence.retraction import log_change
from stepdown.evidence.study import Change, Study
from stepdown.literature.notices import RETRACTED, Notice, read_notices

if TYPE_CHECKING:
    from datetime import date

    from stepdown.literature.store import Store

#: What the log of a study's file says of a notice that leaves its figures standing.
_NOTES = {
    "concern": "PubMed has an expression of concern",
    "erratum": "PubMed has a correction; its figures must be compared",
    "updated": "PubMed has a later version or update",
}


@dataclass(frozen=True, slots=True)
class StudyNotice:
    """A notice about a study of the library, and whether the study's file says so already."""

    study: Study
    notice: Notice
    is_marked: bool

    @property
    def words(self) -> str:
        """What to write into the log of the study's file."""
        return describe_notice(self.notice)


def describe_notice(notice: Notice) -> str:
    """A notice that leaves the figures of a publication standing, in words."""
    return f"{_NOTES[notice.kind]} (PMID {notice.notice or notice.pmid})"


def find_study_notices(store: Store, studies: Iterable[Study]) -> list[StudyNotice]:
    """Each notice about each study, found by PMID, or by DOI where a study has no PMID."""
    pmids = {study.id: pmid for study in studies if (pmid := study.pmid or _find_pmid(store, study))}
    by_pmid: dict[str, list[Notice]] = {}
    for notice in read_notices(store, sorted(set(pmids.values()))):
        by_pmid.setdefault(notice.pmid, []).append(notice)
    return [
        _judge(study, notice)
        for study in studies
        for notice in by_pmid.get(pmids.get(study.id, ""), ())
    ]


def _find_pmid(store: Store, study: Study) -> str | None:
    """The PMID of the citation in the store that has the study's DOI."""
    if study.doi is None:
        return None
    quoted = f'"{study.doi.lower()}"'
    rows = store.ask("SELECT pmid FROM citations WHERE contains(lower(citation), ?)", [quoted])
    return str(rows[0][0]) if len(rows) == 1 else None


def _judge(study: Study, notice: Notice) -> StudyNotice:
    if notice.kind == RETRACTED:
        return StudyNotice(study, notice, study.retracted is not None)
    found = StudyNotice(study, notice, False)
    return StudyNotice(study, notice, any(found.words in change.what for change in study.changes))


def log_notice(text: str, found: StudyNotice, today: date) -> str:
    """The text of a study's file with an entry in its log for a notice that leaves its figures standing."""
    return log_change(text, Change(today.isoformat(), found.words))


def find_unresolved(store: Store) -> list[Notice]:
    """Notices of retraction that do not say by PMID whom they are about: somebody has to read them."""
    return [notice for notice in read_notices(store) if not notice.pmid and notice.kind == RETRACTED]
