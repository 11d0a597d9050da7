"""A journey to an issuer: good for its time, once, in its browser, and sealed from everybody else."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

import pytest

pytest.importorskip("joserfc", reason="the extra 'web' is not installed")

from stepdown.interfaces.oauth.begun import Journeys
from stepdown.interfaces.oauth.failing import NotGranted

ISSUER = "https://login.hospital.example"


@pytest.mark.parametrize(("later", "is_good"), [(0, True), (599, True), (601, False), (86_400, False)])
def test_a_journey_is_good_for_ten_minutes(later: int, is_good: bool) -> None:
    journeys = Journeys()
    _, state = journeys.begin(ISSUER, "browser", now=1_000.0)
    if is_good:
        assert journeys.end(state, "browser", now=1_000.0 + later).issuer == ISSUER
        return
    with pytest.raises(NotGranted, match="state"):
        journeys.end(state, "browser", now=1_000.0 + later)


def test_nothing_of_a_journey_can_be_read_or_changed_on_its_way() -> None:
    journeys = Journeys()
    begun, state = journeys.begin(ISSUER, "browser", "/smart/launch?x=1")
    plain = b"".join(urlsafe_b64decode(part + "==") for part in state.split("."))
    assert not any(each.encode() in plain for each in (begun.verifier, begun.nonce, ISSUER, "smart"))
    head, key, vector, sealed, tag = state.split(".")
    turned = "A" if sealed[10] != "A" else "B"
    for wrong in (f"{sealed[:10]}{turned}{sealed[11:]}", sealed[:-4], ""):
        with pytest.raises(NotGranted, match="state"):
            journeys.end(".".join([head, key, vector, wrong, tag]), "browser")
    assert journeys.end(state, "browser") == begun


def test_no_two_journeys_share_a_secret_and_the_challenge_is_that_of_the_standard() -> None:
    journeys = Journeys()
    made = [journeys.begin(ISSUER, "browser")[0] for _ in range(50)]
    assert len({each.verifier for each in made} | {each.nonce for each in made}) == 100
    digest = urlsafe_b64encode(sha256(made[0].verifier.encode()).digest()).rstrip(b"=").decode()
    assert (made[0].challenge, len(made[0].verifier) >= 43) == (digest, True)
