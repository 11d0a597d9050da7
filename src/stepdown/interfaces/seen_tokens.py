"""Which tokens were seen? In the memory of the one process that takes calls, until each runs out."""

from __future__ import annotations

from hashlib import blake2b

#: How many tokens are remembered at once.
_MOST = 65_536


class SeenTokens:
    """Digests of tokens with the moment at which each runs out; nothing can be read back from them."""

    def __init__(self, most: int = _MOST) -> None:
        """Begin with none seen."""
        self._most = most
        self._ends: dict[bytes, float] = {}

    def remember(self, issuer: str, mark: str, until: float, now: float) -> bool:
        """Whether a token is new; it is remembered until then. Without room left, none counts as new."""
        digest = blake2b(f"{issuer}\n{mark}".encode(), digest_size=16).digest()
        if self._ends.get(digest, now) > now:
            return False
        if len(self._ends) >= self._most:
            self._ends = {each: end for each, end in self._ends.items() if end > now}
        if len(self._ends) >= self._most:
            return False
        self._ends[digest] = until
        return True
