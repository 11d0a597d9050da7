"""Runs the peers, each in its own program, and reads what they took. One that is not there says so."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(__file__).parent / "peers"
PYMARE_PYTHON = Path(__file__).parents[1] / "out" / "peers" / "bin" / "python"


@dataclass(frozen=True)
class Timed:
    """What one task took a peer, in seconds, and the estimate it came to."""

    seconds: float
    estimate: float


@dataclass(frozen=True)
class Peer:
    """A program to compare with: its name and version (None: not installed), and how to start it."""

    name: str
    version: str | None
    command: tuple[str, ...]
    script: str

    @property
    def label(self) -> str:
        """Its name with its version."""
        return f"{self.name} {self.version}" if self.version else f"{self.name} (not installed)"

    def run(self, folder: Path) -> dict[str, Timed]:
        """The timings of each task it does on the tables of a folder; empty when it is not installed."""
        if self.version is None:
            return {}
        command = (*self.command, str(SCRIPTS / self.script), str(folder))
        lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
        fields = [line.split("\t") for line in lines]
        return {name: Timed(float(seconds), float(estimate)) for name, seconds, estimate in fields}


def take_faster(first: dict[str, Timed], second: dict[str, Timed]) -> dict[str, Timed]:
    """The faster of two runs of a peer, task by task."""
    return {name: min(first[name], second[name], key=lambda timed: timed.seconds) for name in first}


def find_metafor() -> Peer:
    """metafor in R, if both are installed."""
    ask = ("Rscript", "-e", "cat(as.character(packageVersion('metafor')))")
    version = _read_output(ask) if shutil.which("Rscript") else ""
    return Peer("metafor", version or None, ("Rscript",), "time_metafor.R")


def find_pymare() -> Peer:
    """PyMARE, in the environment that install_peers builds for it."""
    ask = (str(PYMARE_PYTHON), "-c", "import pymare; print(pymare.__version__)")
    version = _read_output(ask).strip() if PYMARE_PYTHON.exists() else ""
    return Peer("PyMARE", version or None, (str(PYMARE_PYTHON),), "time_pymare.py")


def find_peer(name: str, command: tuple[str, ...], ask: tuple[str, ...], script: str, is_there: bool) -> Peer:
    """A peer that tells its version when its command is asked; none if it is not there."""
    version = _read_output((*command, *ask)).strip() if is_there else ""
    return Peer(name, version or None, command, script)


def _read_output(command: Sequence[str]) -> str:
    """What a command prints; nothing when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""
