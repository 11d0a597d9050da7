"""Has a clinician looked at a summary? Only a settings file can say so, and only for the version they saw."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from stepdown.literature.summaries.summary import PlainLanguageSummary
from stepdown.ms.errors import UserError

_KEYS = ("by", "on", "version")


@dataclass(frozen=True)
class Review:
    """Who looked at which version of a summary, and on which day."""

    by: str
    on: date
    version: str


@dataclass(frozen=True)
class Reviews:
    """The reviews of a settings file, by study."""

    by_study: Mapping[str, Review] = field(default_factory=dict)

    def sign(self, summary: PlainLanguageSummary) -> PlainLanguageSummary:
        """The summary with its reviewer, if the version that stands is the one they saw."""
        review = self.by_study.get(summary.study)
        if review is None:
            return summary
        words = f"{review.by}, {review.on.isoformat()}"
        if review.version != summary.version:
            words = f"{summary.source.reviewed_by} since it changed ({words} saw version {review.version})"
        return replace(summary, source=replace(summary.source, reviewed_by=words))


NO_REVIEWS = Reviews()


def read_reviews(path: Path) -> Reviews:
    """The reviews of a settings file: a table ``[reviews.STUDY]`` each, with by, on and version."""
    try:
        tables = tomllib.loads(path.read_text("utf-8")).get("reviews", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(
            f"{path}: no settings file in TOML can be read there ({type(error).__name__})."
        ) from error
    if not isinstance(tables, dict):
        raise UserError(f"{path}: reviews must be tables, one a study, such as [reviews.corboy2023].")
    return Reviews({study: _read_review(path, study, table) for study, table in tables.items()})


def _read_review(path: Path, study: str, table: object) -> Review:
    where = f"{path}: reviews.{study}"
    if not isinstance(table, dict) or sorted(table) != sorted(_KEYS):
        raise UserError(f'{where} needs by = "name", on = 2026-01-31 and version = "the version they saw".')
    by, on, version = (table[key] for key in _KEYS)
    if not isinstance(on, date):
        raise UserError(f"{where}.on must be a date without quotes, such as 2026-01-31.")
    if on > date.today():
        raise UserError(f"{where}.on lies in the future; give the day of the review.")
    return Review(str(by), on, str(version))
