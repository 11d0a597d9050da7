"""The page of the care plan is that of its data file, and every topic of the outline leads to a row."""

from __future__ import annotations

from pathlib import Path

from stepdown.decisions.care_plan.knowledge import list_rows
from write_care_plan_reference import PAGE, find_topics, write_current_page

OUTLINE = "003_ad0442fe024cd334.txt"
#: What looks like a heading of the outline and is none: its publisher's sign, and its own title.
NO_TOPIC = ("AnalysisForge logo", "Severe Multiple Sclerosis Treatment: An In-Depth Analysis")


def find_headings(text: str) -> list[str]:
    """Short lines that stand alone, once, and end in no mark; the captions of pictures stand twice."""
    lines = [line.strip() for line in text.splitlines()]
    return [
        line
        for place, line in enumerate(lines)
        if line[:1].isupper()
        and len(line) < 70
        and line[-1] not in ".:,!?\"”"
        and lines.count(line) == 1
        and (place == 0 or not lines[place - 1])
    ]


def test_the_page_of_the_care_plan_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == write_current_page(), "run `make docs`"


def test_every_heading_of_the_outline_leads_to_a_row(reference: Path) -> None:
    headings = find_headings((reference / "seeds" / OUTLINE).read_text(encoding="utf-8"))
    assert len(headings) > 35
    assert set(headings) - set(NO_TOPIC) == set(find_topics())


def test_every_row_but_that_of_other_diseases_answers_a_topic() -> None:
    assert [row["id"] for row in list_rows() if not row["headings"]] == ["other-disease"]
