"""What is known about one thing: a value, a range, or unknown with its reason. Missing never becomes no."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How far a fact can be used: ``doubt`` is a value that contradicts itself and counts as unknown."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    DOUBT = "doubt"


Value = bool | float | str


@dataclass(frozen=True)
class Fact:
    """One fact at an index date.

    ``value`` is the fact when it is known as a single value. A number known only within bounds
    (birth year only; quiet for at least three years) has ``low`` and ``high`` and, when they
    differ, no ``value``; ``high`` None beside a ``low`` means "at least". ``sources`` says which
    entries of the person file it rests on, by their path (``relapses[0].onset``).
    """

    name: str
    value: Value | None = None
    state: State = State.UNKNOWN
    reason: str = ""
    unit: str | None = None
    sources: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    @property
    def is_true(self) -> bool:
        """Whether it is known to be true."""
        return self.state is State.KNOWN and self.value is True

    @property
    def is_false(self) -> bool:
        """Whether it is known to be false; unknown is not false."""
        return self.state is State.KNOWN and self.value is False

    @property
    def is_known(self) -> bool:
        """Whether a single value is known."""
        return self.state is State.KNOWN and self.value is not None

    def at_least(self, limit: float) -> bool | None:
        """Whether the number reaches a limit; None when the bounds do not decide."""
        if self.state is not State.KNOWN or self.low is None:
            return None
        if self.low >= limit:
            return True
        return False if self.high is not None and self.high < limit else None

    def more_than(self, limit: float) -> bool | None:
        """Whether the number lies above a limit; None when the bounds do not decide."""
        if self.state is not State.KNOWN or self.low is None:
            return None
        if self.low > limit:
            return True
        return False if self.high is not None and self.high <= limit else None


def known(name: str, value: Value, *sources: str, unit: str | None = None, reason: str = "") -> Fact:
    """A fact with one value; a number is its own lower and upper bound."""
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    return Fact(name, value, State.KNOWN, reason, unit, sources, number, number)


def bounded(name: str, low: float, high: float | None, *sources: str, unit: str | None = None,
            reason: str = "") -> Fact:
    """A number known to lie between bounds; no upper bound means "at least"."""
    if high is not None and low == high:
        return known(name, low, *sources, unit=unit, reason=reason)
    return Fact(name, None, State.KNOWN, reason, unit, sources, low, high)


def unknown(name: str, reason: str, *sources: str, unit: str | None = None) -> Fact:
    """A fact that is not known, and why."""
    return Fact(name, None, State.UNKNOWN, reason, unit, sources)


def doubtful(name: str, reason: str, *sources: str) -> Fact:
    """A fact whose entries contradict each other: used as unknown, and said so."""
    return Fact(name, None, State.DOUBT, reason, None, sources)


def either(truths: list[bool | None]) -> bool | None:
    """Whether any is true: one true decides; otherwise one unknown makes it unknown."""
    if True in truths:
        return True
    return None if None in truths else False


def both(truths: list[bool | None]) -> bool | None:
    """Whether all are true: one false decides; otherwise one unknown makes it unknown."""
    if False in truths:
        return False
    return None if None in truths else True
