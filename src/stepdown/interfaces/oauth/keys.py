"""A key for signatures from a JWK or a PEM text: elliptic or RSA, and not too small to be believed."""

from __future__ import annotations

import warnings
from typing import Any

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, KeyParameters, RSAKey

#: Bits of the smallest RSA key that is believed.
_SMALLEST_RSA = 2_048


def import_key(
    kind: type[ECKey | RSAKey], data: Any, parameters: KeyParameters | None = None
) -> ECKey | RSAKey | None:
    """The key of this kind that the data hold; None where they hold none, or one that is too small."""
    try:
        with warnings.catch_warnings():
            # A key that is too small is refused here: nobody has to be warned of it.
            warnings.simplefilter("ignore", SecurityWarning)
            key = kind.import_key(data, parameters)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    is_small = isinstance(key, RSAKey) and key.public_key.key_size < _SMALLEST_RSA
    return None if is_small else key
