"""The exact numbers of an audit as a file that is not for release."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stepdown.cohorts.audit.results import AuditResult
from stepdown.cohorts.stages import write_whole

EXACT = "NOT-FOR-RELEASE-exact-audit.json"
EXACT_CHARTS = "NOT-FOR-RELEASE-charts.svg"
_NOTE = "Not for release: counts as they are. Keep it where the registry is kept."


def write_exact(result: AuditResult, path: Path) -> None:
    """Every number of the audit; days of the charts are counted from 1 January 1970."""
    table = {"note": _NOTE, **to_plain(result)}
    write_whole(path, json.dumps(table, indent=1, allow_nan=False) + "\n", is_private=True)


def to_plain(value: Any) -> Any:
    """Dataclasses and arrays as plain values; what is not a finite number is null."""
    if is_dataclass(value):
        return {each.name: to_plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(part) for key, part in value.items()}
    if isinstance(value, np.ndarray):
        return to_plain([round(float(part), 5) for part in value])
    if isinstance(value, list | tuple):
        return [to_plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
