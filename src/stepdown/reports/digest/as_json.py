"""A summary as JSON for other programs: everything a reader sees, and what each sentence stands on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from stepdown.literature.summaries.summary import PlainLanguageSummary
from stepdown.reports.digest.reading import measure_summary


def to_summary_json(summary: PlainLanguageSummary) -> dict[str, Any]:
    """The summary as a dictionary of plain values, with how it reads."""
    return {"schema_version": "1", "summary": asdict(summary), "reading": asdict(measure_summary(summary))}
