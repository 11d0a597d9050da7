"""Feedback on cards: counted by service, outcome and coded reason; nothing else of it is kept."""

from __future__ import annotations

from collections import Counter
from threading import Lock
from typing import Any

from stepdown.interfaces.cds_hooks.calls import CallRefused
from stepdown.interfaces.cds_hooks.services import read_settings
from stepdown.patients.fhir.values import part, text

_OUTCOMES = ("accepted", "overridden")
_OTHER = "another-reason"


class FeedbackCounts:
    """How often cards were accepted or overridden, and why; in memory only."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._lock = Lock()

    def add(self, service: str, body: Any) -> int:
        """Count the feedback of a request; CallRefused where it is none. Comments are not read."""
        rows = body.get("feedback") if isinstance(body, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise CallRefused(400, "feedback is missing")
        found = []
        for row in rows:
            outcome = text(row, "outcome")
            if outcome not in _OUTCOMES or not text(row, "card") or not text(row, "outcomeTimestamp"):
                raise CallRefused(
                    400, "feedback needs card, outcome (accepted or overridden) and outcomeTimestamp"
                )
            found.append((service, outcome, _find_reason(row) if outcome == "overridden" else ""))
        with self._lock:
            self._counts.update(found)
        return len(found)

    def to_rows(self) -> list[dict[str, Any]]:
        """The counts, one row for each service, outcome and reason."""
        with self._lock:
            rows = sorted(self._counts.items())
        return [{"service": s, "outcome": o, "reason": r, "count": n} for (s, o, r), n in rows]


def _find_reason(row: dict[str, Any]) -> str:
    """The coded reason, if it is one of ours; any other text may name a person."""
    code = text(part(part(row, "overrideReason"), "reason"), "code")
    return code if code in read_settings()["override"]["codes"] else _OTHER
