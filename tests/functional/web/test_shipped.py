"""What the pages need is installed with the package, the invented people among it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


def test_the_invented_people_are_in_the_wheel(checkout: Path, tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="hatchling is not installed")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=checkout, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        held = packed.read("stepdown/interfaces/web/examples/12-mostly-missing-78.yaml")
    assert held == (checkout / "examples" / "12-mostly-missing-78.yaml").read_bytes()
