"""Why a number is not given: wrong input, a method that does not exist, findings that cannot be pooled."""

from __future__ import annotations

from collections.abc import Iterable


class ReportError(ValueError):
    """A report contradicts itself; the sentence says which, what is wrong and how to mend it."""


class NotPoolable(ValueError):
    """These findings must not be put together; the sentence says why."""


class UnknownChoice(ValueError):
    """An option that does not exist; the sentence lists those that do."""


def check_choice(what: str, asked: str, allowed: Iterable[str]) -> str:
    """The option asked for, if it exists; otherwise UnknownChoice with the allowed list."""
    names = tuple(allowed)
    if asked in names:
        return asked
    raise UnknownChoice(f"{what} {asked!r} is not offered; choose one of: {', '.join(names)}")
