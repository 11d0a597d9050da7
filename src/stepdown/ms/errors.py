"""The family of errors whose sentence is shown to the person who runs stepdown, without a traceback.

A sentence says what is wrong, where, and how to mend it. It holds no clinical value: errors end up in
logs. What only the owner of a file may read stands in ``details``, which ``str()`` never prints.
"""

from __future__ import annotations


class StepdownError(Exception):
    """Something stepdown can explain in one sentence; ``exit_code`` is what the command returns."""

    exit_code = 1

    def __init__(self, sentence: str, details: tuple[str, ...] = ()) -> None:
        """Keep the sentence for everybody, and the details for the terminal of the file's owner."""
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details


class UserError(StepdownError):
    """The input cannot be used as it is; the sentence says how to mend it."""

    exit_code = 2


class MissingExtra(StepdownError):
    """A command needs an optional part that is not installed; the sentence gives the install line."""

    exit_code = 3

    def __init__(self, what: str, extra: str) -> None:
        """Name what cannot be done and the extra that brings it."""
        super().__init__(f"{what} needs an optional part: run  pip install 'stepdown[{extra}]'")
