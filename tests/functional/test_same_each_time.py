"""The same file gives the same answer to the letter on any run: nothing hangs on the order of a set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def run_assess(person: Path, form: str, seed: str) -> bytes:
    program = "import sys; from stepdown.interfaces.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "assess", str(person), "--format", form]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(command, env=environment, check=True, capture_output=True).stdout


@pytest.mark.parametrize(
    ("person", "form"), [("02-natalizumab-jcv-high-38.json", "html"), ("12-mostly-missing-78.yaml", "json")]
)
def test_two_runs_print_the_same_answer(checkout: Path, person: str, form: str) -> None:
    file = checkout / "examples" / person
    assert run_assess(file, form, "1") == run_assess(file, form, "2")
