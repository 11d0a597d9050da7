"""A token is good once, and is forgotten when it has run out."""

from __future__ import annotations

from stepdown.interfaces.seen_tokens import SeenTokens

HOSPITAL = "https://hospital.example"


def test_a_token_is_new_once_and_again_after_it_has_run_out() -> None:
    seen = SeenTokens(256)
    assert seen.remember(HOSPITAL, "a", until=100.0, now=0.0)
    assert not seen.remember(HOSPITAL, "a", until=100.0, now=99.0)
    assert seen.remember(HOSPITAL, "a", until=200.0, now=100.0)


def test_the_same_mark_of_another_issuer_is_another_token() -> None:
    seen = SeenTokens(256)
    assert seen.remember(HOSPITAL, "a", until=100.0, now=0.0)
    assert seen.remember("https://other.example", "a", until=100.0, now=0.0)


def test_without_room_no_token_is_new_until_one_has_run_out() -> None:
    seen = SeenTokens(64)
    assert all(seen.remember(HOSPITAL, str(number), until=100.0, now=0.0) for number in range(64))
    assert not seen.remember(HOSPITAL, "one more", until=100.0, now=50.0)
    assert not seen.remember(HOSPITAL, "3", until=100.0, now=50.0)
    assert seen.remember(HOSPITAL, "one more", until=200.0, now=100.0)
