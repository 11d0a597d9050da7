"""Which studies of the library PubMed has since retracted, doubted, corrected or updated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stepdown.evidence.reading import read_study
from stepdown.evidence.retraction import log_change, mark_study
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


#: The field of a study that holds the date of such a notice.
_FIELDS = {"concern": "concern", "erratum": "corrected"}


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


def read_when(published: str, today: date) -> str:
    """The date of a notice as exact as PubMed gives it; "unknown" where it gives none, or one yet to come."""
    is_known = published and published <= today.isoformat()[: len(published)]
    return published if is_known else "unknown"


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
    """The text of a study's file with a notice that leaves its figures: its date, and a line in the log.

    An update is written into the log only: the paper stands as it is.
    """
    change, field = Change(today.isoformat(), found.words), _FIELDS.get(found.notice.kind)
    if field is None or getattr(read_study(text, found.study.id), field) is not None:
        return log_change(text, change)
    return mark_study(text, found.study.id, field, read_when(found.notice.published, today), change)


def find_unresolved(store: Store) -> list[Notice]:
    """Notices of retraction that do not say by PMID whom they are about: somebody has to read them."""
    return [notice for notice in read_notices(store) if not notice.pmid and notice.kind == RETRACTED]
