"""Ask a server politely: never faster than it allows, again after a while when it is busy, then no more."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from stepdown.ms.errors import UserError

#: How often one question is asked, and the seconds before the second time; they double each time.
TRIES, FIRST_WAIT = 5, 1.0
LONGEST_WAIT, TIMEOUT = 60.0, 60.0
_BUSY = (429, 500, 502, 503, 504)


@dataclass
class Server:
    """A server by its address, how many questions a second it allows, and when it was last asked."""

    url: str
    a_second: float
    sleep: Callable[[float], object] = time.sleep
    now: Callable[[], float] = time.monotonic
    last: float = field(default=float("-inf"), init=False)

    def ask(self, path: str, values: Mapping[str, str]) -> bytes:
        """The answer to a question, posted; UserError in one sentence when there is none after five times."""
        wait = FIRST_WAIT
        for left in range(TRIES - 1, -1, -1):
            self._take_turn()
            try:
                return self._post(path, values)
            except urllib.error.HTTPError as error:
                if error.code not in _BUSY:
                    raise UserError(f"{self.url}{path} answered {error.code}; look at the query.") from error
                told = error.headers.get("Retry-After", "")
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                told = ""
            if left:
                self.sleep(min(float(told) if told.isdigit() else wait, LONGEST_WAIT))
                wait *= 2
        raise UserError(f"{self.url} does not answer, or is too busy; try again later. Nothing was lost.")

    def _take_turn(self) -> None:
        """Wait until the server may be asked again."""
        due = self.last + 1 / self.a_second
        if due > self.now():
            self.sleep(due - self.now())
        self.last = self.now()

    def _post(self, path: str, values: Mapping[str, str]) -> bytes:
        request = urllib.request.Request(self.url + path, urlencode(values).encode())
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return bytes(answer.read())


def check_address(url: str) -> str:
    """The address of a server, ending in /; UserError when it cannot be one."""
    if not url.startswith(("https://", "http://")):
        raise UserError(f"{url}: an address begins with https://")
    return url if url.endswith("/") else f"{url}/"
