"""What is wrong in the library of studies: every fault at once, with its study, finding and field."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from stepdown.evidence.check_contrast import find_contrast_faults
from stepdown.evidence.check_finding import find_finding_faults
from stepdown.evidence.study import DESIGNS, READ, STRATEGIES, Study
from stepdown.evidence.vocabulary import CONCERNS, COURSES, DISEASES, DOMAINS, OTHER_STRATEGIES, TOPICS
from stepdown.ms.dates import PartialDate

_ID = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_PMID = re.compile(r"[1-9]\d{0,7}")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_URL = re.compile(r"https?://(?!\d+\.\d+\.\d+\.\d+)[\w.-]+\.[a-z]{2,}(/\S*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Fault:
    """One thing to mend in a study file; ``finding`` is None when it is about the study itself."""

    study: str
    finding: str | None
    field: str
    sentence: str

    def __str__(self) -> str:
        """The fault on one line: study, finding, field, and what is wrong."""
        place = "/".join(part for part in (self.study, self.finding) if part)
        return f"{place}: {self.field}: {self.sentence}"


def check_library(studies: Iterable[Study]) -> tuple[Fault, ...]:
    """Every fault of these studies, in their order; overlaps must name one of them."""
    studies = tuple(studies)
    known = Counter(study.id for study in studies)
    repeated = [name for name, count in known.items() if count > 1]
    return (*(Fault(name, None, "id", "two studies have this id") for name in repeated),
            *(fault for study in studies for fault in check_study(study, known)))


def check_study(study: Study, known: Iterable[str]) -> tuple[Fault, ...]:
    """Every fault of one study; ``known`` are the ids that its overlaps may name."""
    about_study = [*_find_word_faults(study), *_find_date_faults(study), *_find_source_faults(study),
                   *_find_overlap_faults(study, set(known)), *_find_arm_faults(study),
                   *_find_appraisal_faults(study), *_find_repeated_findings(study)]
    own = [Fault(study.id, None, field, sentence) for field, sentence in about_study]
    arms = frozenset(arm.id for arm in study.arms)
    contradicting = find_contrast_faults(study.findings)
    return (*own, *(Fault(study.id, finding.id, field, sentence)
                    for finding in study.findings for field, sentence in find_finding_faults(finding, arms)),
            *(Fault(study.id, finding.id, "effect", sentence) for finding, sentence in contradicting))


def _find_word_faults(study: Study) -> Iterator[tuple[str, str]]:
    if not _ID.fullmatch(study.id):
        yield "id", "write lower-case letters, digits, hyphens and underscores"
    for field in ("title", "limits"):
        if not getattr(study, field).strip():
            yield field, "is empty"
    for field, allowed in (("design", DESIGNS), ("read", READ), ("disease", DISEASES), ("topic", TOPICS)):
        if getattr(study, field) not in allowed:
            yield field, f"{getattr(study, field)!r} is none of {', '.join(allowed)}"
    for course in study.courses:
        if course not in COURSES:
            yield "courses", f"{course!r} is none of {', '.join(COURSES)}"


def _find_date_faults(study: Study) -> Iterator[tuple[str, str]]:
    yield from _find_published_faults(study)
    for field, text in [("added", study.added), *(("changes", change.on) for change in study.changes)]:
        if not _is_day(text):
            yield field, f"{text!r} is no day; write YYYY-MM-DD"
    for field in ("corrected", "concern", "retracted"):
        text = getattr(study, field)
        if text is not None and not _is_date(text):
            yield field, f"{text!r} is no date; write YYYY-MM-DD, YYYY-MM, YYYY, or unknown"


def _find_published_faults(study: Study) -> Iterator[tuple[str, str]]:
    if study.published == "unknown":
        return
    try:
        published = PartialDate.parse(study.published)
    except ValueError as error:
        yield "published", f"{study.published!r}: {error}, or unknown"
        return
    # A paper may be out online in the year before its issue, and an issue rarely comes two years late.
    if study.year is not None and not published.year <= study.year <= published.year + 1:
        yield "year", f"{study.year} does not go with published {study.published}"


def _is_date(text: str) -> bool:
    """Whether a text is a day, a month, a year, or says that none of them is known."""
    try:
        return text == "unknown" or str(PartialDate.parse(text)) == text
    except ValueError:
        return False


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _find_source_faults(study: Study) -> Iterator[tuple[str, str]]:
    if not (study.pmid or study.doi or study.urls):
        yield "urls", "a study needs a PMID, a DOI or an address where it can be read"
    if study.pmid is not None and not _PMID.fullmatch(study.pmid):
        yield "pmid", f"{study.pmid!r} is no PubMed number"
    if study.doi is not None and not _DOI.fullmatch(study.doi):
        yield "doi", f"{study.doi!r} is no DOI; write it from 10. on"
    for url in study.urls:
        if not _URL.fullmatch(url):
            yield "urls", f"{url!r} is no public address"


def _find_overlap_faults(study: Study, known: set[str]) -> Iterator[tuple[str, str]]:
    for other in study.overlaps:
        if other == study.id or other not in known:
            yield "overlaps", f"{other!r} is no other study of the library"


def _find_arm_faults(study: Study) -> Iterator[tuple[str, str]]:
    for name, count in Counter(arm.id for arm in study.arms).items():
        if count > 1:
            yield "arms", f"two arms are called {name!r}"
    for arm in study.arms:
        if arm.strategy not in STRATEGIES + OTHER_STRATEGIES:
            yield "arms", f"{arm.strategy!r} of arm {arm.id!r} is no strategy"
        if arm.n is not None and arm.n < 1:
            yield "arms", f"arm {arm.id!r} has no people"


def _find_appraisal_faults(study: Study) -> Iterator[tuple[str, str]]:
    for row in study.appraisal:
        if row.domain not in DOMAINS:
            yield "appraisal", f"{row.domain!r} is none of {', '.join(DOMAINS)}"
        if row.concern not in CONCERNS:
            yield "appraisal", f"{row.concern!r} is none of {', '.join(CONCERNS)}"
        if not row.reason.strip():
            yield "appraisal", f"{row.domain!r} gives no reason"
    for domain, count in Counter(row.domain for row in study.appraisal).items():
        if count > 1:
            yield "appraisal", f"{domain!r} is appraised twice"


def _find_repeated_findings(study: Study) -> Iterator[tuple[str, str]]:
    for name, count in Counter(finding.id for finding in study.findings).items():
        if count > 1:
            yield "findings", f"two findings are called {name!r}"
