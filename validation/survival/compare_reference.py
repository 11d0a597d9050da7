"""Prints the table of README.md: what of each reference file is reproduced, and how closely.

    STEPDOWN_REFERENCE=../shared python validation/survival/compare_reference.py
"""

from __future__ import annotations

import os
from pathlib import Path

from reproduce_survival import NO_RESULTS, Result, find_cases, reproduce

FOLDER = Path(os.environ.get("STEPDOWN_REFERENCE") or Path(__file__).resolve().parents[3] / "shared")


def write_line(name: str, results: list[Result]) -> str:
    """One line of the table."""
    done = [result for result in results if result.ours is not None]
    worst = max((result.share for result in done), default=0.0)
    return f"| {name} | {len(results)} | {len(done)} | {len(results) - len(done)} | {worst:.1e} |"


def main() -> None:
    """Print the table and every result that is out of its tolerance."""
    everything: list[Result] = []
    print("| file | results | reproduced | not offered | largest difference / tolerance |")
    print("|---|---|---|---|---|")
    for reference, data in find_cases(FOLDER):
        results = reproduce(reference, data)
        everything += results
        print(write_line(reference.stem, results))
    print(write_line("all", everything))
    for result in everything:
        if result.ours is not None and result.share > 1:
            print("out of tolerance:", result.path, result.share)
    print("not results:", ", ".join(sorted(NO_RESULTS)))


if __name__ == "__main__":
    main()
