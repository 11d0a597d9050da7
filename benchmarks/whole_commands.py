"""One person's answer as a whole command, from the start of Python to the end, beside the start of R."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from table import Row
from timing import COMMAND, time_command

FORMS = (
    ("text", "clinician", 1.0),
    ("text", "patient", 1.0),
    ("json", "clinician", 1.0),
    ("html", "clinician", 3.0),
    ("html", "patient", 3.0),
    ("pdf", "clinician", 8.0),
    ("pdf", "patient", 8.0),
)
R_START = "start of R with metafor"


def measure_commands(person: Path, day: str, r_start: float | None) -> list[Row]:
    """A row for each form of the answer."""
    with TemporaryDirectory() as folder:
        return [_measure(person, day, form, audience, aim, Path(folder), r_start)
                for form, audience, aim in FORMS]


def _measure(person: Path, day: str, form: str, audience: str, aim: float, folder: Path,
             r_start: float | None) -> Row:
    command = (*COMMAND, "assess", str(person), "--at", day, "--format", form, "--for", audience, "-o",
               str(folder / f"answer.{form}"))
    seconds = time_command(command, 3 if form == "pdf" else 5)
    return Row(f"{form}, for the {audience}, whole command", seconds, R_START, r_start, aim_seconds=aim)
