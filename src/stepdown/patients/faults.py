"""What is wrong with a person file: an error, a doubt or a note, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from stepdown.ms.errors import UserError

#: How many characters of a wrong value are repeated.
_LONGEST_SHOWN = 40


class Grade(StrEnum):
    """How far a fault reaches: no answer at all, one fact unknown, or only something to know."""

    ERROR = "error"
    DOUBT = "doubt"
    NOTE = "note"


@dataclass(frozen=True)
class Fault:
    """One thing to mend: ``path`` is where (``edss[2].score``), ``fact`` what it puts in doubt.

    The sentence is for the owner of the file and may repeat a value as a hint; it is never logged.
    """

    grade: Grade
    path: str
    sentence: str
    fact: str | None = None

    def __str__(self) -> str:
        """The fault as one line of the terminal."""
        place = f"{self.path}: " if self.path else ""
        return f"{self.grade}: {place}{self.sentence}"


def error(path: str, sentence: str) -> Fault:
    """A fault that forbids any answer."""
    return Fault(Grade.ERROR, path, sentence)


def doubt(path: str, sentence: str, fact: str) -> Fault:
    """A fault that makes one fact unknown."""
    return Fault(Grade.DOUBT, path, sentence, fact)


def note(path: str, sentence: str) -> Fault:
    """A fault that changes nothing but should be known."""
    return Fault(Grade.NOTE, path, sentence)


def show_value(value: object) -> str:
    """What is written in the file, for its owner's eyes: in quotation marks if text, cut where it is long."""
    number = f"{value:g}" if isinstance(value, float) else str(value)
    text = f'"{value}"' if isinstance(value, str) else number
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def errors_among(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Those faults that forbid an answer."""
    return tuple(fault for fault in faults if fault.grade is Grade.ERROR)


def to_path(place: Iterable[object]) -> str:
    """A place in the file as text: keys joined by dots, positions in brackets from 0."""
    path = ""
    for step in place:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.removeprefix(".")


class FaultyPersonFile(UserError):
    """A person file with errors; all of them at once in ``faults`` and, as lines, in ``details``."""

    def __init__(self, name: str, faults: Iterable[Fault]) -> None:
        """Say in which file and how many; the details are for its owner's terminal only."""
        self.faults = tuple(faults)
        count = len(errors_among(self.faults))
        number = "1 error" if count == 1 else f"{count} errors"
        super().__init__(
            f"{name}: {number} in this person file; no answer is given until mended",
            tuple(str(fault) for fault in self.faults),
        )
