"""What is kept between leaving for an issuer and coming back: nothing here, all of it sealed in `state`.

The state is encrypted and authenticated (JWE, dir with A256GCM) by a key that lives as long as this process.
It is good for some minutes, once, and only in the browser that holds the cookie whose digest it names.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass, fields

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from stepdown.interfaces.oauth.failing import NotGranted
from stepdown.interfaces.seen_tokens import SeenTokens

_HEADER, _SEAL = {"alg": "dir", "enc": "A256GCM"}, ["dir", "A256GCM"]
_LONGEST_STATE = 8_000


@dataclass(frozen=True)
class Begun:
    """A launch or sign-in on its way: with which issuer, its secrets, and where in our pages it was begun."""

    issuer: str
    verifier: str
    nonce: str
    browser: str
    ends: float
    back: str = ""

    @property
    def challenge(self) -> str:
        """What is sent of the verifier (RFC 7636, S256)."""
        return _digest(self.verifier)


class Journeys:
    """Begins and ends journeys to issuers; of those that came back it remembers a digest for a while."""

    def __init__(self, seconds: float = 600.0) -> None:
        """A new key: what was begun before a restart does not come back."""
        self._key = OctKey.generate_key(256)
        self._seen, self._seconds = SeenTokens(), seconds

    def begin(self, issuer: str, browser: str, back: str = "", now: float | None = None) -> tuple[Begun, str]:
        """What was begun, and the state that carries it."""
        moment = time.time() if now is None else now
        begun = Begun(issuer, secrets.token_urlsafe(32), secrets.token_urlsafe(16), _digest(browser),
                      moment + self._seconds, back)  # fmt: skip
        return begun, jwe.encrypt_compact(_HEADER, json.dumps(asdict(begun)), self._key, _SEAL)

    def end(self, state: str, browser: str, now: float | None = None) -> Begun:
        """What was begun, once; NotGranted where it was not, or elsewhere, or too long ago."""
        moment = time.time() if now is None else now
        begun = self._open(state)
        is_same = secrets.compare_digest(begun.browser, _digest(browser))
        if not is_same or begun.ends < moment:
            raise NotGranted("state")
        if not self._seen.remember("state", begun.verifier, begun.ends, moment):
            raise NotGranted("state")
        return begun

    def _open(self, state: str) -> Begun:
        try:
            if len(state) > _LONGEST_STATE:
                raise ValueError
            found = json.loads(jwe.decrypt_compact(state, self._key, _SEAL).plaintext or b"")
            return Begun(**{each.name: found[each.name] for each in fields(Begun)})
        except (JoseError, KeyError, TypeError, ValueError):
            raise NotGranted("state") from None


def _digest(text: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
