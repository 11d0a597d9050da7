"""The questions about a draft, one after the other, each with the sentence the value was read from."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.literature.drafting.deciding import Decision, Review
    from stepdown.literature.drafting.draft import DraftStudy, Span
    from stepdown.literature.drafting.proposing import Question

_FIELD_KEYS = "[a]ccept, [e]dit, [r]eject, [b]ack, [q]uit: "
_EMPTY_KEYS = "[e]dit, [r]eject, [b]ack, [q]uit: "
_WHOLE_KEYS = "[a]ccept all of it, [f]ield by field, [r]eject it, [b]ack, [q]uit: "
_ACTIONS = {"a": "accept", "r": "reject"}
_QUIT = "q"


@dataclass
class _Dialogue:
    """Where a review stands: what was decided, in which order, which findings are gone through by field."""

    draft: DraftStudy
    questions: Sequence[Question]
    review: Review
    path: Path
    asked: list[str] = field(default_factory=list)
    by_field: set[str] = field(default_factory=set)


def ask_all(draft: DraftStudy, questions: Sequence[Question], review: Review, path: Path) -> Review | None:
    """Ask about each field that is not decided, and write each answer at once; None when the person leaves.

    When the input ends, the decisions stand as they are.
    """
    from stepdown.literature.drafting.deciding import find_pending

    dialogue = _Dialogue(draft, questions, review, path)
    while pending := find_pending(questions, dialogue.review):
        try:
            answer = _ask(dialogue, pending)
        except KeyboardInterrupt:
            answer = _QUIT
            print(file=sys.stderr)
        if answer == _QUIT:
            print(f"stepdown: left; what was decided is in {path}.", file=sys.stderr)
            return None
        if answer == "":
            break
    return dialogue.review


def _ask(dialogue: _Dialogue, pending: Sequence[Question]) -> str:
    """Ask about the next field, or finding as a whole; the letter typed, "" at the end of the input."""
    question = pending[0]
    whole = _find_whole(dialogue, question)
    print(f"\n{len(pending)} fields left of {len(dialogue.questions)}")
    _show(dialogue.draft, whole or (question,))
    keys = _WHOLE_KEYS if whole else _EMPTY_KEYS if question.value is None else _FIELD_KEYS
    answer = _read_letter(keys)
    if answer == "b":
        _go_back(dialogue)
    elif answer == "f":
        dialogue.by_field.add(question.parent)
    elif answer in ("a", "e", "r"):
        _decide(dialogue, question.parent if whole else question.name, answer)
    return answer


def _find_whole(dialogue: _Dialogue, question: Question) -> tuple[Question, ...]:
    """The fields of a finding or group that is to be shown as one; none once any of it was decided on."""
    parent, decisions = question.parent, dialogue.review.decisions
    if not parent or parent in dialogue.by_field or parent in decisions:
        return ()
    fields = tuple(item for item in dialogue.questions if item.parent == parent)
    return () if any(item.name in decisions for item in fields) else fields


def _decide(dialogue: _Dialogue, name: str, answer: str) -> None:
    """Take a decision, and write it at once; an edit whose value is of the wrong kind is asked again."""
    from stepdown.literature.drafting.deciding import Decision, write_review

    decision = _read_edit(name) if answer == "e" else Decision(_ACTIONS[answer])
    if decision is not None:
        dialogue.review = dialogue.review.decide(name, decision)
        dialogue.asked.append(name)
        write_review(dialogue.path, dialogue.review)


def _read_edit(name: str) -> Decision | None:
    from stepdown.literature.drafting.deciding import Decision, read_value

    print("  new value: ", end="", flush=True)
    typed = sys.stdin.readline().strip()
    try:
        return Decision("edit", read_value(name, typed)) if typed else None
    except UserError as problem:
        print(f"  {problem.sentence}")
        return None


def _go_back(dialogue: _Dialogue) -> None:
    """Take back the last decision of this sitting."""
    from stepdown.literature.drafting.deciding import write_review

    if dialogue.asked:
        dialogue.review = dialogue.review.forget(dialogue.asked.pop())
        write_review(dialogue.path, dialogue.review)
    else:
        print("  nothing to take back in this sitting")


def _read_letter(keys: str) -> str:
    """One of the letters in brackets; "" at the end of the input."""
    allowed = [keys[place + 1] for place, letter in enumerate(keys) if letter == "["]
    while True:
        print(keys, end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            print()
            return ""
        if line.strip().lower()[:1] in allowed:
            return line.strip().lower()[0]


def _show(draft: DraftStudy, questions: Sequence[Question]) -> None:
    """The sentences that the values were read from, with the characters marked, and the values below."""
    spans = [span for question in questions for span in question.spans]
    for start, end in _find_sentences(draft.text, spans):
        inside = [span for span in spans if start <= span[0] < end]
        print(textwrap.indent(_mark(draft.text, start, end, inside), "  | "))
    for question in questions:
        value = "(nothing was read)" if question.value is None else f"{question.value:g}" if isinstance(
            question.value, float) else question.value
        print(f"  {question.name}: {value}")
        if question.doubt:
            print(f"    doubt: {question.doubt}")


def _find_sentences(text: str, spans: Sequence[Span]) -> list[Span]:
    """The sentences that hold the spans, each once, in order."""
    from stepdown.literature.drafting.sentences import split_sentences

    found = [(sentence.start, sentence.end) for sentence in split_sentences(text)]
    return [place for place in found if any(place[0] <= start < place[1] for start, _ in spans)]


def _mark(text: str, start: int, end: int, spans: Sequence[Span]) -> str:
    """A sentence with the spans in reverse video on a terminal, between guillemets elsewhere."""
    before, after = (
        ("\033[7m", "\033[0m") if sys.stdout.isatty() and "NO_COLOR" not in os.environ else ("«", "»")
    )
    parts, place = [], start
    for first, last in sorted(set(spans)):
        if first >= place:
            parts += [text[place:first], before, text[first:last], after]
            place = last
    return "".join([*parts, text[place:end]])
