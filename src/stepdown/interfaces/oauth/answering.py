"""To the authorization endpoint and back: where to go, and what came with the browser that returned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from stepdown.interfaces.oauth.begun import Begun
from stepdown.interfaces.oauth.failing import NotGranted

#: What an issuer may say of a refusal (RFC 6749, 4.1.2.1; OpenID Connect Core, 3.1.2.6), and the log repeat.
_REFUSALS = frozenset({
    "invalid_request", "unauthorized_client", "access_denied", "unsupported_response_type", "invalid_scope",
    "server_error", "temporarily_unavailable", "interaction_required", "login_required",
    "account_selection_required", "consent_required",
})  # fmt: skip
_BY_PERSON = ("access_denied", "login_required", "interaction_required", "consent_required")


def write_address(endpoint: str, begun: Begun, state: str, **more: str) -> str:
    """The address of the authorization endpoint with what it must know."""
    asked = {
        "response_type": "code",
        **more,
        "state": state,
        "nonce": begun.nonce,
        "code_challenge": begun.challenge,
        "code_challenge_method": "S256",
    }
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def read_parameters(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The parameters of an address, none of them twice; NotGranted else."""
    listed = list(pairs)
    found = dict(listed)
    if len(found) != len(listed):
        raise NotGranted("state")
    return found


def read_code(answer: Mapping[str, str]) -> str:
    """The code that the browser brought back; NotGranted where the issuer refused, or sent none."""
    if error := answer.get("error"):
        said = error if error in _REFUSALS else "other"
        raise NotGranted("denied" if said in _BY_PERSON else f"refused:{said}")
    if not answer.get("code"):
        raise NotGranted("no-code")
    return answer["code"]


def check_issuer(answer: Mapping[str, str], issuer: str) -> None:
    """NotGranted where the answer says that it comes from another issuer (RFC 9207)."""
    if answer.get("iss", issuer) != issuer:
        raise NotGranted("id-token")
