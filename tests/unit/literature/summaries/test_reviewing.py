"""Who looked at a summary: only what a settings file says, and only for the version they saw."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepdown.literature.summaries.reviewing import read_reviews
from stepdown.literature.summaries.writing import make_summary
from stepdown.ms.errors import UserError
from unit.evidence.invented_studies import finding, study

STUDY = study("invented", finding())


def write(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def review(version: str, on: str = "2026-01-31") -> str:
    return f'[reviews.invented]\nby = "an invented clinic"\non = {on}\nversion = "{version}"\n'


def test_a_review_of_the_version_that_stands_is_shown(tmp_path: Path) -> None:
    version = make_summary(STUDY).version
    reviews = read_reviews(write(tmp_path, review(version)))
    summary = make_summary(STUDY, reviews=reviews)
    assert summary.source.reviewed_by == "an invented clinic, 2026-01-31"
    assert summary.version == version


def test_a_review_of_an_older_version_does_not_count(tmp_path: Path) -> None:
    reviews = read_reviews(write(tmp_path, review("00000000")))
    told = make_summary(STUDY, reviews=reviews).source.reviewed_by
    assert told.startswith("not reviewed by a clinician since it changed")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[reviews.invented]\nby = 'x'\n", "needs by"),
        (review("x", on='"2026-01-31"'), "must be a date without quotes"),
        (review("x", on="2999-01-31"), "lies in the future"),
        ("reviews = 3\n", "must be tables"),
        ("not toml", "no settings file in TOML"),
    ],
)
def test_a_faulty_settings_file_is_named_with_the_fault(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(UserError, match=fault):
        read_reviews(write(tmp_path, text))
