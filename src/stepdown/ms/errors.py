"""Errors that a person can mend: one sentence, no traceback, no clinical value."""

from __future__ import annotations


class UserError(Exception):
    """The input is wrong: the sentence says what, where, and how to mend it. Exit code 2."""

    exit_code = 2


class MissingExtra(UserError):
    """An optional part is not installed: the sentence gives the install line. Exit code 3."""

    exit_code = 3

    def __init__(self, extra: str, needed_for: str) -> None:
        super().__init__(f"{needed_for} needs the extra {extra!r}: pip install 'stepdown[{extra}]'")
