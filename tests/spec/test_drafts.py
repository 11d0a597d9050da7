"""Every row of drafts.toml: an invented passage, and each figure that a draft reads from it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from stepdown.literature.citation import AbstractSection, Citation
from stepdown.literature.drafting.draft import DraftField, DraftStudy
from stepdown.literature.drafting.reading import read_draft

ROWS = tomllib.loads(Path(__file__).with_name("drafts.toml").read_text(encoding="utf-8"))["row"]


def read_row(row: dict[str, Any]) -> DraftStudy:
    """The draft of a row's passage, as the results of a citation with its title and objective."""
    sections = [(row.get("objective"), "OBJECTIVE"), (row["text"], "RESULTS")]
    parts = tuple(AbstractSection(text, role, role) for text, role in sections if text)
    return read_draft(Citation("7", 1, title=row.get("title", ""), abstract=parts))


def get(field: DraftField | None) -> Any:
    return field.value if field else None


def find_groups(draft: DraftStudy) -> list[list[Any]]:
    return [[get(group.n), get(group.strategy) or ""] for group in draft.groups]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_passage_is_read_as_its_row_says(row: dict[str, Any]) -> None:
    draft = read_row(row)
    names = {name for finding in row.get("findings", ()) for name in finding}
    wanted = [{name: None if finding.get(name) == "" else finding.get(name) for name in names}
              for finding in row.get("findings", ())]
    found = [{name: get(getattr(one, "is_free" if name == "free" else name)) for name in names}
             for one in draft.findings]
    assert found == [pytest.approx(one, abs=0.005) for one in wanted] or "findings" not in row
    if "groups" in row:
        assert sorted(find_groups(draft)) == sorted(row["groups"])
    if "n" in row:
        assert get(draft.n) == row["n"]
    if "follow_up" in row:
        assert (get(draft.follow_up_years) or "none") == row["follow_up"]
