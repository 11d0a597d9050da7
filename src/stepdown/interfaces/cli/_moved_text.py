"""What moved between two answers for one person, and through which studies: as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from stepdown.reports.answer_changes import (
    AnswerChange,
    StudyChange,
    compare_answers,
    find_movers,
    find_study_changes,
)
from stepdown.reports.text_layout import wrap, write_heading, write_list

if TYPE_CHECKING:
    from stepdown.decisions.answer import Answer

_NO_DEVICE = "Not a medical device. A clinician decides, with the person; nobody stops alone."
_NOT_NAMED = ("The earlier answer does not say on which studies it rested: it is of an older stepdown. "
              "Which study moved what cannot be told.")
_FACTS_TOO = ("The person's facts or the day changed too: what moved below may have moved with them and not "
              "with the studies.")
_PROGRAM_TOO = "The answers are of two versions of stepdown: what moved may have moved with the program."


def write_moved_json(old: Answer, new: Answer) -> dict[str, Any]:
    """What moved as plain data: both libraries, the studies that changed, each change with its movers."""
    studies = find_study_changes(old, new)
    changes = list(compare_answers(old, new))
    return {
        "schema_version": "1",
        "person": new.person,
        "then": _name(old),
        "now": _name(new),
        "studies": None if studies is None else [asdict(study) for study in studies],
        "facts_moved_too": _have_facts_moved(old, new, changes),
        "changes": [{**asdict(change), "moved_by": find_movers(change, studies or ())} for change in changes],
    }


def _name(answer: Answer) -> dict[str, str]:
    return {"at": answer.at, "stepdown": answer.stepdown_version, "evidence_version": answer.evidence_version,
            "evidence_hash": answer.evidence_hash}


def write_moved_text(old: Answer, new: Answer) -> str:
    """What moved, for a clinician in a terminal."""
    studies, changes = find_study_changes(old, new), list(compare_answers(old, new))
    title = write_heading(f"stepdown: what moved for {new.person} since the earlier answer")
    lines = [*title[1:], *_write_head(old, new), *_write_studies(studies), *_write_caveats(old, new, changes)]
    return "\n".join([*lines, *_write_changes(changes, studies or ()), *_write_still(new, changes)]) + "\n"


def _write_head(old: Answer, new: Answer) -> list[str]:
    then, now = (f"of {answer.at}, evidence {answer.evidence_version} ({answer.evidence_hash[:12]})"
                 for answer in (old, new))
    return [*wrap(f"Earlier answer: {then}."), *wrap(f"Now: {now}."), *wrap(_NO_DEVICE)]


def _write_studies(studies: tuple[StudyChange, ...] | None) -> list[str]:
    if studies is None:
        return ["", *wrap(_NOT_NAMED)]
    head = write_heading("Studies that came, changed or went in between", 2)
    return head + write_list([_say_study(study) for study in studies] or ["none"])


def _say_study(study: StudyChange) -> str:
    if study.kind == "gone":
        return f"{study.id}: no longer in the library"
    return f"{study.id}: {study.kind}; {study.title} (log, {study.log})"


def _have_facts_moved(old: Answer, new: Answer, changes: Sequence[AnswerChange]) -> bool:
    return old.at != new.at or any(change.kind == "fact" for change in changes)


def _write_caveats(old: Answer, new: Answer, changes: Sequence[AnswerChange]) -> list[str]:
    said = [_FACTS_TOO] if _have_facts_moved(old, new, changes) else []
    said += [_PROGRAM_TOO] if old.stepdown_version != new.stepdown_version else []
    return [line for text in said for line in ("", *wrap(text))]


def _write_changes(changes: Sequence[AnswerChange], studies: tuple[StudyChange, ...]) -> list[str]:
    if not changes:
        return ["", "Nothing moved: every standing, risk, reason and alert is as it was."]
    lines = write_heading("What moved", 2)
    for place in dict.fromkeys(change.place for change in changes):
        own = [change for change in changes if change.place == place]
        lines += [*wrap(f"{place[:1].upper()}{place[1:]}"), *write_list(_say_changes(own, studies), "  ")]
    return lines


def _say_changes(changes: Sequence[AnswerChange], studies: tuple[StudyChange, ...]) -> Iterator[str]:
    for change in changes:
        why = _say_why(change, studies)
        what = _say_change(change)
        yield f"{what.rstrip('.') if why else what}{f'; {why}' if why else ''}"


def _say_change(change: AnswerChange) -> str:
    if change.kind == "offered":
        return "newly offered" if change.after else "no longer offered"
    if change.kind == "words" and change.after is None:
        return f"{change.what}: no longer said: {change.before}"
    if change.kind == "words":
        return f"{change.what}: now said: {change.after}"
    return f"{change.what}: {change.before} -> {change.after}"


def _say_why(change: AnswerChange, studies: tuple[StudyChange, ...]) -> str:
    """Through which studies: those it counts itself, else those that the risk model was fitted anew with."""
    movers = find_movers(change, studies)
    if movers:
        return f"through {', '.join(movers)}"
    if change.is_modelled and studies:
        names = ", ".join(study.id for study in studies)
        return f"through the risk model, fitted anew after {names}"
    return ""


def _write_still(new: Answer, changes: Sequence[AnswerChange]) -> list[str]:
    """The options that read as before, so that nobody takes silence for an oversight."""
    from stepdown.reports.wording import name_option

    moved = [change.place for change in changes]
    names = [name_option(option) for option in new.options]
    still = [name for name in names if not any(place.startswith(f"option {name}") for place in moved)]
    if not changes or not still:
        return []
    return write_heading("What did not move", 2) + write_list(still)
