"""The table of security requirements names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "asvs.md"
TESTS = Path(__file__).resolve().parents[1]


def test_every_test_named_in_the_table_exists() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text(encoding="utf-8")))
    assert len(named) > 15
    assert sorted(name for name in named if f"def {name}(" not in written) == []


def test_every_row_says_how_it_stands() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [line.split(" | ") for line in lines if re.match(r"\| \d", line)]
    stands = ("met", "does not", "do not", "not", "in part", "limits", "Python", "the clinic", "the proxy")
    assert len(rows) > 60
    assert [row[0] for row in rows if not row[1].startswith(stands)] == []
