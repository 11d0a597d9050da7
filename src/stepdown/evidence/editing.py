"""A study file that somebody writes or changes: where it starts from, and what became different."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from importlib.resources import files

from stepdown.evidence.study import Finding, Study


def write_skeleton(study_id: str, today: date) -> str:
    """The text of a new study file: every key with its meaning, those that are needed still empty."""
    text = (files("stepdown.evidence") / "new_study.toml").read_text("utf-8")
    return text.replace("{id}", study_id).replace("{today}", today.isoformat())


def describe_changes(before: Study, after: Study) -> str:
    """What became different between two versions of a study, by the names of its fields and findings."""
    return "; ".join((*_changed_fields(before, after), *_changed_findings(before, after)))


def _changed_fields(before: Study, after: Study) -> Iterator[str]:
    """The fields of the study itself that differ; findings and the log of changes apart."""
    names = [item.name for item in fields(Study) if item.name not in ("findings", "changes")]
    different = [name for name in names if getattr(before, name) != getattr(after, name)]
    if different:
        yield f"changed {', '.join(different)}"


def _changed_findings(before: Study, after: Study) -> Iterator[str]:
    """Findings that came, went, or changed, with the fields that did."""
    old, new = ({finding.id: finding for finding in study.findings} for study in (before, after))
    yield from (f"added finding {name}" for name in new if name not in old)
    yield from (f"removed finding {name}" for name in old if name not in new)
    for name in new:
        if name in old and old[name] != new[name]:
            yield f"finding {name}: changed {', '.join(_different(old[name], new[name]))}"


def _different(one: Finding, other: Finding) -> list[str]:
    return [item.name for item in fields(Finding) if getattr(one, item.name) != getattr(other, item.name)]
