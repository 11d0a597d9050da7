"""What changes when a study is retracted: every pool before and after, and the mark in the study's file."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

from stepdown.evidence.contrasts import read_contrast_table
from stepdown.evidence.questions import find_questions, say_cell
from stepdown.evidence.reading import read_study
from stepdown.evidence.refitting import Value, refit_pools, to_value
from stepdown.evidence.relative import find_relative_risk
from stepdown.evidence.study import Change, Study
from stepdown.evidence.vocabulary import GROUPS
from stepdown.ms.dates import say_when
from stepdown.ms.errors import UserError

#: What the log of changes says of a study that is taken out.
RETRACTED_NOTE = "marked as retracted; it enters no pool"


@dataclass(frozen=True)
class PoolChange:
    """One pool that moves: its question in words, and its value before and after; None is unknown."""

    question: str
    groups: tuple[str, ...]
    measure: str
    before: Value | None
    after: Value | None


def find_changes(studies: Mapping[str, Study], study_id: str) -> tuple[PoolChange, ...]:
    """Every pool and ratio that a study's retraction moves, groups with the same values put together."""
    after = {key: study for key, study in studies.items() if key != study_id}
    return compare_libraries(studies, after, (studies[study_id],))


def compare_libraries(
    before: Mapping[str, Study], after: Mapping[str, Study], changed: Sequence[Study]
) -> tuple[PoolChange, ...]:
    """Every pool and ratio that differs between two libraries, asked the questions of the changed studies."""
    merged: dict[tuple[str, str, Value | None, Value | None], list[str]] = {}
    for group, question, measure, old, new in (
        *_compare_pools(before, after, changed),
        *_compare_ratios(before, after, changed),
    ):
        if old != new:
            merged.setdefault((question, measure, old, new), []).append(group)
    return tuple(PoolChange(key[0], tuple(groups), *key[1:]) for key, groups in merged.items())


def find_lost_contrasts(study_id: str) -> tuple[str, ...]:
    """The covariates by which risks are moved to one person through a finding of this study."""
    rows = read_contrast_table()
    return tuple(row["covariate"] for row in rows if row["finding"].partition("#")[0] == study_id)


_Row = tuple[str, str, str, Value | None, Value | None]


def _compare_pools(
    before: Mapping[str, Study], after: Mapping[str, Study], changed: Sequence[Study]
) -> Iterator[_Row]:
    """The pool of each cell that the changed studies answer, in both libraries."""
    cells = find_questions(changed)
    old, new = refit_pools(before, cells), refit_pools(after, cells)
    for cell, kind in old:
        was, will_be = (to_value(pools[cell, kind]) for pools in (old, new))
        yield cell.group, f"{say_cell(cell)}, {kind}", "per 100 person-years", was, will_be


def _compare_ratios(
    before: Mapping[str, Study], after: Mapping[str, Study], changed: Sequence[Study]
) -> Iterator[_Row]:
    """Each ratio against continuing that the changed studies give, in both libraries."""
    findings = [finding for study in changed for finding in study.findings]
    seen = {(finding.outcome, finding.strategy) for finding in findings if finding.report == "ratio"}
    for (outcome, strategy), group in product(sorted(seen), (None, *GROUPS)):
        direction = "down" if strategy == "switch" else None
        values = [_ratio_value(outcome, strategy, group, direction, studies) for studies in (before, after)]
        question = f"{outcome}, {strategy}{' to any milder drug' if direction else ''} against continue"
        yield group or "drugs not told apart", question, "ratio", values[0], values[1]


def _ratio_value(
    outcome: str, strategy: str, group: str | None, direction: str | None, studies: Mapping[str, Study]
) -> Value | None:
    """The pooled ratio against continuing; None where there is none."""
    risk = find_relative_risk(outcome, strategy, group=group, direction=direction, studies=studies.values())
    if risk.ratio is None or risk.low is None or risk.high is None:
        return None
    return Value(risk.ratio, risk.low, risk.high, risk.studies)


def mark_retracted(text: str, name: str, on: str, today: date) -> str:
    """The text of a study file with the date of its retraction and an entry in its log of changes.

    ``on`` is as exact as it is known: YYYY, YYYY-MM, YYYY-MM-DD or "unknown". Everything else stays as it
    was, comments too. Raises UserError when the study is retracted already, or when the file is laid out so
    that the mark cannot be set without changing something else.
    """
    study = read_study(text, name)
    if study.retracted:
        when = say_when(study.retracted)
        raise UserError(f"{name}: the study has been marked as retracted {when} already.")
    return mark_study(text, name, "retracted", on, Change(today.isoformat(), RETRACTED_NOTE))


def mark_study(text: str, name: str, field: str, on: str, change: Change) -> str:
    """The text of a study file with a dated notice (retracted, concern or corrected) and a line in its log.

    UserError when the file is laid out so that the mark cannot be set without changing something else.
    """
    study = read_study(text, name)
    marked = _insert(text, f'{field} = "{on}"\n', change)
    noticed: dict[str, Any] = {field: on, "changes": (*study.changes, change)}
    if read_study(marked, name) != replace(study, **noticed):
        raise UserError(f'{name}: cannot be marked by this command; write  {field} = "{on}"  by hand.')
    return marked


def _insert(text: str, line: str, change: Change) -> str:
    """The text with a line before its first table, and the change after all of them."""
    lines = text.rstrip("\n").splitlines(keepends=True)
    lines[-1] += "\n"
    first = next((i for i, row in enumerate(lines) if row.startswith("[")), len(lines))
    while first > 0 and not lines[first - 1].strip():
        first -= 1
    return log_change("".join([*lines[:first], line, *lines[first:]]), change)


def log_change(text: str, change: Change) -> str:
    """The text of a study file with one more entry at the end of its log of changes."""
    what = json.dumps(change.what, ensure_ascii=False)
    return text.rstrip("\n") + f'\n\n[[changes]]\non = "{change.on}"\nwhat = {what}\n'


def write_whole(path: Path, text: str) -> None:
    """Put a text in place of a file, all at once: a break half-way leaves the old one."""
    beside = path.with_suffix(".part")
    beside.write_text(text, "utf-8")
    os.replace(beside, path)
