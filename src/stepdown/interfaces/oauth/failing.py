"""Why a launch or a sign-in ended early: one of a few kinds, and nothing that was sent."""

from __future__ import annotations


class NotGranted(Exception):
    """A launch or a sign-in that ends; ``kind`` is for the log and for the sentence of the page.

    It holds no text of a request or of another server: that may name a person or be a token.
    """

    def __init__(self, kind: str) -> None:
        """Keep the kind."""
        super().__init__(kind)
        self.kind = kind
