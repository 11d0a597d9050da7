"""How often may one address post? A bucket that fills again with time, in memory, for so many addresses."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

#: How many addresses are remembered; the one that was quiet longest is forgotten first.
_MOST_ADDRESSES = 10_000


class RateLimit:
    """So many requests a minute for each address (token bucket); nothing is limited at 0."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with a full bucket for everybody."""
        self._per_minute = per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def seconds_to_wait(self, address: str) -> int:
        """0 when the address may ask now, and it is counted; else after how many seconds it may again."""
        if self._per_minute <= 0:
            return 0
        now = self._clock()
        left, since = self._buckets.pop(address, (float(self._per_minute), now))
        left = min(float(self._per_minute), left + (now - since) * self._per_minute / 60.0)
        allowed = left >= 1.0
        self._buckets[address] = (left - 1.0 if allowed else left, now)
        if len(self._buckets) > _MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        return 0 if allowed else int((1.0 - left) * 60.0 / self._per_minute) + 1
