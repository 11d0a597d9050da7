"""How did a pooled estimate move, study by study, and what did the library say on some day?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from stepdown.evidence.cells import Cell, Gathered, answers, gather
from stepdown.evidence.pool import kind_of, to_pool
from stepdown.evidence.refitting import Value, to_value
from stepdown.evidence.retraction import RETRACTED_NOTE
from stepdown.evidence.study import Study
from stepdown.ms.dates import PartialDate

_NEVER = "9999-12-31"
ORDERS = ("published", "added")


@dataclass(frozen=True)
class Step:
    """One study that came or went: the day, what entered or why nothing did, the pool after it."""

    on: str
    study: str
    what: str
    entered: tuple[str, ...]
    reason: str
    members: tuple[str, ...]
    value: Value | None


def known_on(studies: Iterable[Study], day: str) -> dict[str, Study]:
    """The library of a day (YYYY-MM-DD): studies added by then, those taken out later still in it.

    Figures are those of today's files; ``changed_since`` names the studies that were changed later.
    """
    known = (study for study in studies if study.added <= day)
    return {study.id: study if _left_on(study, "added") <= day else _restore(study) for study in known}


def changed_since(studies: Iterable[Study], day: str) -> tuple[tuple[str, str, str], ...]:
    """Study, day and words of each later change to a study that was there on a day."""
    return tuple(
        (study.id, change.on, change.what)
        for study in studies
        if study.added <= day
        for change in study.changes
        if change.on > day
    )


def follow_pool(cell: Cell, studies: Mapping[str, Study], by: str, kind: str) -> tuple[Step, ...]:
    """Each study about a question, in the order in which it came or went, with the pool of its kind after it.

    ``by`` orders by the day of publication or by the day a study was added; ``kind`` is the kind of
    evidence. An unknown day of publication comes last.
    """
    about = [s for s in studies.values() if any(answers(s, finding, cell) for finding in s.findings)]
    live: dict[str, Study] = {}
    steps: list[Step] = []
    for on, study, what in sorted(_find_events(about, by), key=lambda event: (event[0], event[1].id)):
        if what == "retracted":
            live.pop(study.id)
        else:
            live[study.id] = _restore(study)
        if kind_of(study) == kind:
            steps.append(_to_step(on, study, what, gather(cell, live.values()), cell))
    return tuple(steps)


def _find_events(studies: Iterable[Study], by: str) -> Iterator[tuple[str, Study, str]]:
    """When each study came, and when it went; one that went before it came never was in the pool."""
    for study in studies:
        came, left = (study.published if by == "published" else study.added), _left_on(study, by)
        if study.retracted and (came >= left or came == "unknown"):
            continue
        yield came, study, "added"
        if study.retracted:
            yield left, study, "retracted"


def _left_on(study: Study, by: str) -> str:
    """The day a study was taken out: of its retraction, or of the entry in its log; far off if never.

    Of a retraction that is known to the month or year, the last day it can have been; of an unknown one, the
    entry in the log.
    """
    if not study.retracted:
        return _NEVER
    logged = [change.on for change in study.changes if change.what == RETRACTED_NOTE]
    if logged and (by == "added" or study.retracted == "unknown"):
        return logged[-1]
    return _NEVER if study.retracted == "unknown" else PartialDate.parse(study.retracted).latest.isoformat()


def _restore(study: Study) -> Study:
    """A study as it was before it was taken out."""
    return replace(study, retracted=None) if study.retracted else study


def _to_step(on: str, study: Study, what: str, gathered: Gathered, cell: Cell) -> Step:
    kind = kind_of(study)
    members = tuple(member for member in gathered.members if kind_of(member.study) == kind)
    entered = tuple(member.finding.id for member in members if member.study.id == study.id)
    left_out = [row.reason for row in gathered.excluded if row.study == study.id]
    reason = left_out[0] if what == "added" and not entered and left_out else ""
    value = to_value(to_pool(cell, replace(gathered, members=members)))
    return Step(on, study.id, what, entered, reason, tuple(member.study.id for member in members), value)
