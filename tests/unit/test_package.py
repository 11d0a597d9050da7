"""What is installed is what is here: all data files are in the wheel, and the command starts light."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from stepdown import __version__

HEAVY = "numpy scipy pydantic yaml jinja2 matplotlib weasyprint"


def test_every_file_of_the_package_is_in_the_wheel(checkout: Path, tmp_path: Path) -> None:
    """A template or a study that is left out of the wheel is missed only where it was installed."""
    pytest.importorskip("hatchling", reason="hatchling is not installed")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=checkout, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    here = {
        path.relative_to(checkout / "src").as_posix()
        for path in (checkout / "src" / "stepdown").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert here <= packed, sorted(here - packed)


def test_the_command_starts_without_a_heavy_library(checkout: Path) -> None:
    """What `stepdown --help` loads, a clinic waits for."""
    code = (
        "import sys\nfrom stepdown.interfaces.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in '{HEAVY}'.split() if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=checkout / "src", check=True, capture_output=True, text=True)
    assert result.stdout.endswith("[]\n")


def test_the_version_to_cite_is_the_version_of_the_program(checkout: Path) -> None:
    citation = yaml.safe_load((checkout / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == __version__
    assert f"\n## {__version__}" in (checkout / "CHANGELOG.md").read_text(encoding="utf-8")
