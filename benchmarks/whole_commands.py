"""One person's answer as a whole command, from the start of Python to the end, beside the start of R."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from table import Row
from timing import COMMAND, time_commands

FORMS = (
    ("text", "clinician", 1.0),
    ("text", "patient", 1.0),
    ("json", "clinician", 1.0),
    ("html", "clinician", 3.0),
    ("html", "patient", 3.0),
    ("pdf", "clinician", 8.0),
    ("pdf", "patient", 8.0),
)
ROUNDS = 5
PEER = "start of R with metafor"
START_R = ("Rscript", "-e", "suppressMessages(library(metafor))")


def measure_commands(person: Path, day: str, has_metafor: bool) -> list[Row]:
    """A row for each form of the answer; R is started in the same rounds, where it is installed."""
    with TemporaryDirectory() as folder:
        ours = [_write_command(person, day, form, audience, Path(folder)) for form, audience, _ in FORMS]
        seconds = time_commands([*ours, START_R] if has_metafor else ours, ROUNDS)
    start = seconds[len(FORMS)] if has_metafor else None
    return [Row(f"{form}, for the {audience}, whole command", taken, PEER, start, aim_seconds=aim)
            for (form, audience, aim), taken in zip(FORMS, seconds, strict=False)]


def _write_command(person: Path, day: str, form: str, audience: str, folder: Path) -> tuple[str, ...]:
    output = str(folder / f"{audience}.{form}")
    return (*COMMAND, "assess", str(person), "--at", day, "--format", form, "--for", audience, "-o", output)
