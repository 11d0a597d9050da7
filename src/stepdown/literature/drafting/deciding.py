"""What a person decided about each field of a draft, kept in a file so that a review can stop and go on.

``{"schema_version": "1", "pmid": "...", "decisions": {"n": {"action": "accept"}, "findings.2": {"action":
"reject"}, "design": {"action": "edit", "value": "cohort"}}}``. A decision on ``findings.2`` or ``groups.1``
holds for its fields that have none of their own. ``"others"``: accept or reject, decides on all that is left.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from stepdown.evidence.retraction import write_whole
from stepdown.literature.drafting.draft import POPULATION, DraftFinding, DraftGroup, Value
from stepdown.literature.drafting.proposing import Question
from stepdown.ms.errors import UserError

ACTIONS = ("accept", "edit", "reject")
#: Fields that hold words; any other is a number.
WORDS = frozenset(
    {
        "id",
        "design",
        "topic",
        "limits",
        "outcome",
        "strategy",
        "therapy",
        "definition",
        "versus",
        "selection",
        "measure",
        "p",
        "time_kind",
        "follow_up_kind",
        "is_free",
        "diseases",
        "courses",
    }
)


_ADDED_TO_FINDINGS = frozenset({"definition", "versus", "selection"})
_OF_FINDINGS = frozenset(item.name for item in fields(DraftFinding)[1:]) | _ADDED_TO_FINDINGS
_OF_GROUPS = frozenset(item.name for item in fields(DraftGroup))
_OF_STUDIES = frozenset({*POPULATION, "follow_up_years", "follow_up_kind"})


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to become of a field: accept, edit (with the value it is to have) or reject."""

    action: str
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """The decisions on one citation, by the name of the field, finding or group."""

    pmid: str
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    others: str | None = None

    def decide(self, name: str, decision: Decision) -> Review:
        """The review with one more decision; an earlier one on the same name is replaced."""
        return Review(self.pmid, {**self.decisions, name: decision}, self.others)

    def forget(self, name: str) -> Review:
        """The review without the decision on a name, nor on the fields of the finding or group it names."""
        kept = {key: item for key, item in self.decisions.items()
                if key != name and not key.startswith(f"{name}.")}
        return Review(self.pmid, kept, self.others)

    def find(self, question: Question) -> Decision | None:
        """The decision on a field: its own, that on its finding or group, or that on all others."""
        own = self.decisions.get(question.name) or self.decisions.get(question.parent)
        return own or (Decision(self.others) if self.others else None)


def is_words(name: str) -> bool:
    """Whether a field holds words; any other holds a number."""
    parts = name.split(".")
    return parts[-1] in WORDS or parts[0] in ("diseases", "courses")


def find_pending(questions: Iterable[Question], review: Review) -> tuple[Question, ...]:
    """The fields without a decision, and accepted ones that have no value to accept."""
    return tuple(question for question in questions if _is_pending(question, review))


def _is_pending(question: Question, review: Review) -> bool:
    decision = review.find(question)
    return decision is None or (decision.action == "accept" and question.value is None)


def find_accepted(questions: Iterable[Question], review: Review) -> dict[str, Value]:
    """The values that were accepted or edited, by field."""
    found = {}
    for question in questions:
        decision = review.find(question)
        if decision is not None and decision.action != "reject":
            value = decision.value if decision.action == "edit" else question.value
            if value is not None:
                found[question.name] = value
    return found | {name: item.value for name, item in review.decisions.items() if item.value is not None}


def read_value(name: str, text: str) -> Value:
    """What a person typed for a field; UserError when a number is wanted and it is none."""
    if is_words(name):
        return text.strip()
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        raise UserError(f"{name}: a number is wanted, such as 12.5; it was left as it is.") from None


def read_review(path: Path, pmid: str) -> Review:
    """The decisions in a file, none where there is no file; UserError says what is wrong in it, and where."""
    if not path.exists():
        return Review(pmid)
    try:
        table = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(
            f"{path}: cannot be read as JSON; mend it, or name another file with --decisions."
        ) from error
    if not isinstance(table, dict) or table.get("pmid") != pmid:
        raise UserError(f'{path}: holds no decisions on PMID {pmid}; its "pmid" must say so.')
    if table.get("others") not in (None, "accept", "reject"):
        raise UserError(f'{path}: "others" is accept or reject, or stays out.')
    rows = table.get("decisions", {})
    return Review(
        pmid, {name: _read_decision(path, name, row) for name, row in rows.items()}, table.get("others")
    )


def _read_decision(path: Path, name: str, row: Any) -> Decision:
    action = row.get("action") if isinstance(row, dict) else None
    if action not in ACTIONS:
        raise UserError(f'{path}: {name}: write {{"action": ...}} with one of {", ".join(ACTIONS)}.')
    if action == "edit" and not isinstance(row.get("value"), str if is_words(name) else int | float):
        kind = "words" if is_words(name) else "a number"
        raise UserError(f'{path}: {name}: an edit needs a "value" that is {kind}.')
    return Decision(action, row.get("value") if action == "edit" else None)


def write_review(path: Path, review: Review) -> None:
    """Put the decisions into their file, all at once."""
    rows = {name: {"action": item.action, **({"value": item.value} if item.action == "edit" else {})}
            for name, item in review.decisions.items()}
    others = {"others": review.others} if review.others else {}
    table = {"schema_version": "1", "pmid": review.pmid, **others, "decisions": rows}
    write_whole(path, json.dumps(table, indent=2, ensure_ascii=False) + "\n")


def check_names(questions: Iterable[Question], review: Review, path: Path) -> None:
    """UserError when a decision is on a field that the draft neither has nor could have.

    A value that the machine did not find may be put in by an edit, such as ``findings.1.time_years``.
    """
    questions = tuple(questions)
    parents = {question.parent for question in questions} - {""}
    known = {question.name for question in questions} | parents
    strange = next(
        (name for name in review.decisions if name not in known and not _could_be(name, parents)), None
    )
    if strange is not None:
        raise UserError(f"{path}: {strange!r} is no field of this draft; --format json prints their names.")


def _could_be(name: str, parents: set[str]) -> bool:
    """Whether a draft with these findings and groups could have a field of this name."""
    parent, _, field_name = name.rpartition(".")
    if parent in parents:
        return field_name in (_OF_FINDINGS if parent.startswith("findings") else _OF_GROUPS)
    return name in _OF_STUDIES or (parent in ("diseases", "courses") and field_name.isdecimal())
