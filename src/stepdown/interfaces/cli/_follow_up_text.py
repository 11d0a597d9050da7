"""What ``stepdown follow-up`` found, as text, as JSON, and as a calendar."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from stepdown.decisions.following import ASSESS_AGAIN, Followed, Seen
from stepdown.decisions.tracking import Tracked
from stepdown.ms.monitoring import NextStep, read_restart_signs
from stepdown.ms.stepping_down import OPEN_REASONS
from stepdown.reports.calendar_file import write_calendar

_HEADS = {
    "overdue": "Overdue",
    "due": "Due now",
    "ask": "Its day has come; ask whether it was done",
    "planned": "Planned",
    "no-day": "Without a day yet",
    "done": "Done, by the file",
}
#: What was found of a sign.
_SAID = {
    "yes": "yes",
    "perhaps": "perhaps: an entry points to it and does not decide",
    "no": "not seen",
    "unknown": "not known: the entries are not complete",
    "no-data": "nobody looked: no entry since could have shown it",
}
_KINDS = {
    "mri": "brain MRI",
    "edss": "EDSS",
    "lymphocytes": "blood count with lymphocytes",
    "jcv-index": "JC virus test",
    "igg": "immunoglobulin G",
    "alt": "liver test (ALT)",
    "hbsag": "hepatitis B test",
    "vzv-igg": "varicella antibodies",
    "cd19": "CD19 cells",
    "new-drug": "the first dose",
    "other": "what a file cannot show",
}
_DEVICE = "Not a medical device. The team decides what is still needed."


def write_days(followed: Followed, notes: tuple[str, ...]) -> str:
    """The calendar of what is overdue, due or planned; without an entry after a death."""
    del notes
    open_days = [(each.due, each.window_days) for each in followed.tracked
                 if each.due and each.state in ("overdue", "due", "planned")]  # fmt: skip
    return write_calendar(open_days, followed.at, followed.person)


def write_json(followed: Followed, notes: tuple[str, ...]) -> str:
    """Everything as JSON; ``state`` is followed, or died."""
    death = followed.death
    told = {
        "schema_version": "1",
        "at": followed.at.isoformat(),
        "state": "died" if death else "followed",
        "died": {"on": str(death.day) if death.day else None, "path": death.path} if death else None,
        "option": followed.option,
        "follow_up": [_to_row(each) for each in followed.tracked],
        "since_stepping_down": _to_signs(followed),
        "since_decision": _to_seen(followed.seen_before, ASSESS_AGAIN) if followed.seen_before else None,
        "notes": list(notes),
    }
    return f"{json.dumps(told, indent=2)}\n"


def _to_signs(followed: Followed) -> dict[str, Any] | None:
    """What was found since the step down; None where the file shows none."""
    watched = followed.watched
    if watched is None or watched.standing.step is None or watched.next_step is None:
        return None
    change = {"change": watched.standing.step.strategy, "never_seen": watched.never_seen}
    return change | _to_seen(followed.seen, watched.next_step)


def _to_seen(seen: Iterable[Seen], step: NextStep) -> dict[str, Any]:
    return {
        "signs": {sign.id: sign.state for sign in seen},
        "sign_days": {sign.id: list(sign.days) for sign in seen if sign.days},
        "next_step": {"text": step.text, "sources": list(step.source)},
    }


def _to_row(each: Tracked) -> dict[str, Any]:
    return {
        "id": each.id,
        "what": each.what,
        "due": each.due.isoformat() if each.due else None,
        "when": each.when,
        "window_days": each.window_days,
        "state": each.state,
        "done_on": list(each.done_on),
        "done_parts": dict(each.done_parts),
        "not_shown": list(each.not_shown),
        "sources": list(each.sources),
    }


def write_text(followed: Followed, notes: tuple[str, ...]) -> str:
    """The signs since a step down, then the lines by their state, what is late first."""
    del notes
    lines = _tell_death(followed) if followed.death else _tell_all(followed)
    return "".join(f"{line}\n" for line in (*lines, "", _DEVICE))


def _tell_death(followed: Followed) -> Iterator[str]:
    assert followed.death is not None  # asked before
    yield f"Follow-up on {followed.at}: by the file this person has died"
    yield ""
    yield f"EDSS 10 is death from MS (Kurtzke 1983); it stands in {followed.death.told}."
    yield "Nobody is called to a visit, and nothing is due. If the entry is a slip, mend it and ask again."


def _tell_all(followed: Followed) -> Iterator[str]:
    yield f"Follow-up on {followed.at}, option: {followed.option}"
    yield from _tell_signs(followed)
    yield from _tell_earlier(followed)
    for state, head in _HEADS.items():
        rows = [each for each in followed.tracked if each.state == state]
        if rows:
            yield from ("", f"{head} ({len(rows)})")
            yield from (_tell_line(each) for each in rows)


def _tell_signs(followed: Followed) -> Iterator[str]:
    """What was looked for since the step down, and the next step; why not, where that is not clear."""
    watched = followed.watched
    if watched is None or watched.next_step is None:
        reason = OPEN_REASONS.get(watched.standing.reason) if watched else None
        if reason:
            yield from ("", f"Whether somebody stepped down cannot be told: {reason}.")
        return
    yield from ("", "Since stepping down", *_list_seen(followed.seen))
    if watched.never_seen == "yes":
        yield "- never seen again: nothing on file since, and the first visit and its window have gone by"
    yield _tell_step(watched.next_step)


def _tell_earlier(followed: Followed) -> Iterator[str]:
    """What came after the decision and not after a step down."""
    if followed.seen_before:
        step = followed.watched.standing.step if followed.watched else None
        head = "Between the decision and the change" if step else "Since the decision"
        yield from ("", head, *_list_seen(followed.seen_before), _tell_step(ASSESS_AGAIN))


def _list_seen(seen: Iterable[Seen]) -> Iterator[str]:
    texts = {sign.id: sign.text for sign in read_restart_signs()}
    for sign in seen:
        days = f", on {', '.join(sign.days)}" if sign.state == "yes" and sign.days else ""
        entries = f" ({', '.join(sign.days)})" if sign.days and not days else ""
        yield f"- {texts[sign.id]}: {_SAID[sign.state]}{days}{entries}"


def _tell_step(step: NextStep) -> str:
    return f"Next: {step.text} ({', '.join(step.source)})"


def _tell_line(each: Tracked) -> str:
    """One line with its day; of several parts, which were done on which day and which are missing."""
    window = f", {each.window_days} days either way" if each.due else ""
    parts = ", ".join(f"{_name(kind)} {day}" for kind, day in each.done_parts) or ", ".join(each.done_on)
    lacks = each.not_shown if each.state in ("overdue", "due", "ask") else ()
    missing = ", ".join(_name(kind) for kind in lacks)
    is_part = bool(parts and missing)
    done = f"; {'partly done' if is_part else 'on file'}: {parts}" if parts else ""
    lacking = f"; {'missing' if is_part else 'not on file'}: {missing}" if missing else ""
    what = each.what.rstrip(".") if done or lacking else each.what
    return f"- {each.when}{window}: {what}{done}{lacking}"


def _name(kind: str) -> str:
    return _KINDS.get(kind, kind)
