"""Why a request is not answered: its status, and one sentence that holds nothing of the request."""

from __future__ import annotations


class Refused(Exception):
    """A request that is not answered, with the HTTP status and a sentence that says what to do."""

    def __init__(self, status: int, sentence: str, retry_after: int | None = None) -> None:
        """Keep the sentence for the page; the exception itself says only the status."""
        super().__init__(status)
        self.status = status
        self.sentence = sentence
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[type[Refused], tuple[int, str, int | None]]:
        """The same when it comes from a worker."""
        return type(self), (self.status, self.sentence, self.retry_after)
