"""The reference page of the care plan, made from its data file: docs/reference/care-plan.md.

Usage: python tools/write_care_plan_reference.py
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stepdown.decisions.care_plan.knowledge import find_sources, list_rows, read_knowledge

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "care-plan.md"
OPENING = """# The care plan

Made by `make docs` from `src/stepdown/decisions/care_plan/care_plan.toml`; a test fails when they differ.
No clinician has reviewed it. Not a medical device.

A row says "not assessed" only where the person file lacks a fact that it needs, and it names the fact and
its key. With the fact given it always has content: a test tries every value that each fact can have.

{severe}

The review comes at least once in {months} months{sooner}.
"""
TOPICS = """## Every topic, and the row that answers it

The topics are the headings of an outline of what care in severe MS has to cover.

| topic | row |
|---|---|
"""
ROWS = """
## Every row

| row | needs | strength | sources |
|---|---|---|---|
"""
STRENGTHS = """
Strength: guideline; high, moderate, low or very-low is the certainty of trials as their review graded it;
trials (not graded); studies (not randomised); expert; reasoning is ours, with no publication behind it.
A line of a row may have its own.

## Every source

"""


def write_current_page() -> str:
    """The page as the data file of today would have it."""
    knowledge = read_knowledge()
    severe = knowledge["severe"]["text"].format(limit=knowledge["severe"]["at_least"])
    rules = knowledge["review"]["sooner"]
    sooner = "".join(f"; {row['months']} where there is {row['why']}" for row in rules)
    parts = [OPENING.format(severe=severe, months=knowledge["review"]["months"], sooner=sooner), TOPICS]
    parts += [f"| {topic} | {', '.join(rows)} |\n" for topic, rows in find_topics().items()]
    parts += [ROWS, *map(_write_row, list_rows()), STRENGTHS]
    keys = {key for row in list_rows() for key in _find_keys(row)}
    parts += [
        f"- `{key}`: {source.title}{f' ({source.year})' if source.year else ''}. {source.url or ''}".rstrip()
        + "\n"
        for key, source in find_sources(keys).items()
    ]
    return "".join(parts)


def find_topics() -> dict[str, list[str]]:
    """Each topic with the rows that answer it, in the order of their first row."""
    topics: dict[str, list[str]] = {}
    for row in list_rows():
        for topic in row["headings"]:
            topics.setdefault(topic, []).append(row["id"])
    return topics


def _write_row(row: Mapping[str, Any]) -> str:
    words = read_knowledge()["fact"]
    needs = ", ".join(f"{words[need]['text']} (`{words[need]['key']}`)" for need in row["needs"]) or "nothing"
    return f"| {row['id']} | {needs} | {row['strength']} | {', '.join(_find_keys(row))} |\n"


def _find_keys(row: Mapping[str, Any]) -> list[str]:
    """The sources of a row and of its lines, those of the drug catalogue left to it."""
    keys = [*row["source"], *(key for line in row["line"] for key in line.get("source", ()))]
    return [key for key in dict.fromkeys(keys) if ":" not in key]


if __name__ == "__main__":
    PAGE.write_text(write_current_page(), encoding="utf-8")
