"""Does enough of the code run under test? Reads coverage's JSON and fails below the two gates.

Usage: python tools/check_coverage.py out/coverage.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

OVERALL_PERCENT = 90.0
WHOLE = ("src/stepdown/ms/", "src/stepdown/decisions/rules/")
"""Folders whose every line must run: a definition or a rule nobody has tried is a rule nobody knows."""


def find_shortfalls(files: Mapping[str, Any], overall: float) -> list[str]:
    """One sentence for each gate that is not met; empty when all are."""
    shortfalls = []
    if overall < OVERALL_PERCENT:
        shortfalls.append(f"{overall:.1f} % of lines run under test; the gate is {OVERALL_PERCENT:.0f} %")
    for folder in WHOLE:
        shortfalls += _find_unrun_lines(folder, files)
    return shortfalls


def _find_unrun_lines(folder: str, files: Mapping[str, Any]) -> list[str]:
    inside = {name: entry for name, entry in files.items() if name.startswith(folder)}
    if not inside:
        return [f"{folder}: nothing was measured there, so the gate of 100 % proves nothing"]
    return [
        f"{name}: lines {_join(entry['missing_lines'])} did not run; every line of {folder} must"
        for name, entry in sorted(inside.items())
        if entry["missing_lines"]
    ]


def _join(lines: list[int]) -> str:
    return ", ".join(str(line) for line in lines)


def main(path: str) -> int:
    """Print what falls short; 1 if anything does."""
    report = json.loads(Path(path).read_text(encoding="utf-8"))
    overall = report["totals"]["percent_covered"]
    shortfalls = find_shortfalls(report["files"], overall)
    for shortfall in shortfalls:
        print(shortfall, file=sys.stderr)
    if not shortfalls:
        print(f"Coverage: {overall:.1f} % of lines; all of {' and '.join(WHOLE)}")
    return 1 if shortfalls else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
