"""The line that says how far a long command is."""

from __future__ import annotations

import sys

import pytest

from stepdown.interfaces.cli._progress import show_stages


def test_the_parts_of_a_stage_are_told_and_not_counted(monkeypatch: pytest.MonkeyPatch,
                                                       capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with show_stages(3) as report:
        for stage in ("reading", "outcomes", "outcomes, part 2 of 3", "outcomes, part 3 of 3", "writing"):
            report(stage)
    lines = capsys.readouterr().err.split("\r\033[K")
    told = [line.partition("] ")[2] for line in lines if line]
    assert told == ["1 of 3: reading", "2 of 3: outcomes", "2 of 3: outcomes, part 2 of 3",
                    "2 of 3: outcomes, part 3 of 3", "3 of 3: writing"]
