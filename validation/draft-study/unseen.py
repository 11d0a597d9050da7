"""The thirty invented abstracts: texts, marks, and how many values are read rightly.

Beside the fields of the forty abstracts it asks, of each figure found, its outcome, strategy and time.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from measure import Mark, Score, _fits, is_same, list_given, score_marks

from stepdown.literature.citation import AbstractSection, Citation
from stepdown.literature.drafting.draft import DraftFinding, DraftStudy
from stepdown.literature.drafting.reading import read_draft

FOLDER = Path(__file__).resolve().parent / "unseen"
#: After the first measurement the first half was read, to write rules from; the second half was not.
OPENED = frozenset(f"u{number:02}" for number in range(1, 16))
UNSEEN = frozenset(f"u{number:02}" for number in range(16, 31))
#: A marked outcome that the library does not have.
_OUTSIDE = {"infection": "other", "not:infection": "not:other"}
#: The fields of a finding that hold the figure of a mark.
_FIGURES = {"events": "events", "percent": "percent", "rate": "rate", "effect.value": "value"}


@dataclass(frozen=True)
class Marked:
    """One mark, with what its figure is of; each word or time is one of several where either is right."""

    mark: Mark
    outcomes: tuple[str, ...]
    strategies: tuple[str, ...]
    times: tuple[float, ...]


def read_texts() -> dict[str, Citation]:
    """The invented abstracts by their names."""
    lines = (FOLDER / "abstracts.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line]
    return {row["id"]: Citation(row["id"], 1, title=row["title"], abstract=tuple(
        AbstractSection(part["text"], part["label"] or "", "") for part in row["sections"])) for row in rows}


def read_marked() -> dict[str, list[Marked]]:
    """The marks of each abstract."""
    marked: dict[str, list[Marked]] = {}
    with (FOLDER / "marks.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            place = (int(row["start"]), int(row["end"])) if row["start"] else (None, None)
            mark = (row["field"], *place, row["value"], row["counts"] == "must")
            outcomes, strategies, times = (
                tuple(filter(None, row[key].split("|"))) for key in ("outcome", "strategy", "time"))
            item = Marked(mark, outcomes, strategies, tuple(map(float, times)))
            marked.setdefault(row["id"], []).append(item)
    return marked


def measure_unseen(show: bool, names: Collection[str]) -> dict[str, Score]:
    """The scores by field over some of the abstracts."""
    scores: dict[str, Score] = {}
    texts = read_texts()
    for name, marked in read_marked().items():
        if name not in names:
            continue
        draft = read_draft(texts[name])
        given = list(dict.fromkeys(list_given(draft)))
        score_marks(scores, name, [each.mark for each in marked], given, show)
        for item in marked:
            if item.mark[4] and item.mark[0] in _FIGURES:
                _score_meaning(scores, name, item, draft, show)
    return scores


def _score_meaning(scores: dict[str, Score], name: str, item: Marked, draft: DraftStudy, show: bool) -> None:
    """Outcome, strategy and time of the finding that holds the figure of a mark, where one does."""
    found = next((each for each in draft.findings if _holds(each, item.mark)), None)
    if found is None:
        return
    for field, wanted, given in _compare(item, found, draft):
        score, is_right = scores.setdefault(field, Score()), given is not None and _is_one_of(given, wanted)
        score.wanted, score.found = score.wanted + bool(wanted), score.found + is_right
        score.given, score.right = score.given + (given is not None), score.right + is_right
        if show and not is_right and (wanted or given is not None):
            print(f"WORD {name} {item.mark} {field}: {given}, not {wanted}")


def _holds(finding: DraftFinding, mark: Mark) -> bool:
    field = getattr(finding, _FIGURES[mark[0]])
    return field is not None and _fits(mark, mark[0], field.spans, field.value)


def _compare(
    item: Marked, found: DraftFinding, draft: DraftStudy
) -> Iterator[tuple[str, tuple[str | float, ...], str | float | None]]:
    """What is marked and what is given, by field. An outcome that the library lacks is "other".

    A finding without a time of its own has that of its study, as when it is accepted; a time is asked only
    where one is marked, for many a contrast has none.
    """
    prefix = "not:" if found.is_free else ""
    outcomes = tuple(_OUTSIDE.get(each, each) for each in item.outcomes)
    said = str(found.outcome.value).partition(":")[0] if found.outcome else None
    yield "outcome", outcomes, f"{prefix}{said}" if said else None
    yield "strategy", item.strategies, found.strategy.value if found.strategy else None
    time = found.time_years or draft.follow_up_years
    if item.times:
        yield "time", item.times, time.value if time else None


def _is_one_of(given: str | float, wanted: tuple[str | float, ...]) -> bool:
    return any(type(given) is type(each) and is_same("time", given, each) for each in wanted)
