"""Launches and the sign-in have one public address, and browsers may ask for its host."""

from __future__ import annotations

import pytest

pytest.importorskip("httpx2", reason="the extra 'web' is not installed")

from stepdown.interfaces.oauth.client import Client
from stepdown.interfaces.oauth.outside import Way
from stepdown.interfaces.oauth.settings import make_trust
from stepdown.interfaces.sign_in.allowed import Allowed
from stepdown.interfaces.sign_in.settings import SignInSettings
from stepdown.interfaces.smart.settings import SmartSettings
from stepdown.interfaces.web.doors import Doors
from stepdown.ms.errors import UserError


def make_doors(launched: str, signed_in: str) -> Doors:
    way = Way(frozenset(), make_trust(None))
    sign_in = SignInSettings(signed_in, "https://login.example", Client("x"), way, Allowed())
    return Doors(SmartSettings(launched, {}), sign_in)


@pytest.mark.parametrize(
    ("address", "host"),
    [("https://stepdown.example/", "stepdown.example"), ("https://[::1]:8443/", "[::1]")],
)
def test_the_host_of_the_public_address_may_be_asked_for(address: str, host: str) -> None:
    assert make_doors(address, address).hosts == (host,)


def test_without_doors_no_name_is_added() -> None:
    assert (Doors().address, Doors().hosts) == (None, ())


def test_two_public_addresses_are_refused() -> None:
    with pytest.raises(UserError, match="name two addresses"):
        _ = make_doors("https://a.example/", "https://b.example/").hosts
