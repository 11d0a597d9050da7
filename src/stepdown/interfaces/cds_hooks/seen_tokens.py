"""Which tokens were seen? In memory that all workers share, so that a token is good once in all of them."""

from __future__ import annotations

from hashlib import blake2b
from multiprocessing import get_context

#: Places to remember tokens in, and how many of them one token may take.
_PLACES, _TRIED = 65_536, 64
_SIZE = 16
#: Seconds after which a worker that holds the lock counts as lost: then no token is new.
_LOST = 2.0


class SeenTokens:
    """Digests of tokens with the moment at which each runs out; nothing can be read back from them."""

    def __init__(self, places: int = _PLACES) -> None:
        """Begin with none seen."""
        # Workers are started anew (spawn), never forked; locks and memory must be made for that.
        context = get_context("spawn")
        self._lock = context.Lock()
        self._digests = context.RawArray("B", _SIZE * places)
        self._ends = context.RawArray("d", places)

    def remember(self, issuer: str, mark: str, until: float, now: float) -> bool:
        """Whether a token is new; it is remembered until then. Without room left, none counts as new."""
        digest = blake2b(f"{issuer}\n{mark}".encode(), digest_size=_SIZE).digest()
        if not self._lock.acquire(timeout=_LOST):
            return False
        try:
            place = self._find_place(digest, now)
            if place is not None:
                self._digests[_SIZE * place : _SIZE * (place + 1)] = digest
                self._ends[place] = until
            return place is not None
        finally:
            self._lock.release()

    def _find_place(self, digest: bytes, now: float) -> int | None:
        """A place that is free or has run out; None where the token is remembered, or all are taken."""
        first, free = int.from_bytes(digest[:8]), None
        for place in ((first + step) % len(self._ends) for step in range(_TRIED)):
            if self._ends[place] <= now:
                free = place if free is None else free
            elif bytes(self._digests[_SIZE * place : _SIZE * (place + 1)]) == digest:
                return None
        return free
