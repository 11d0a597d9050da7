"""A drug that was given up for a reason is not offered again as if nothing had been."""

from __future__ import annotations

from typing import Any

import pytest

from invented import answer, on, option


def given_up(reason: str) -> list[dict[str, Any]]:
    before = {
        "therapy": "interferon-beta",
        "start": "2010-02-01",
        "stop": "2012-02-01",
        "reason_stopped": reason,
    }
    return [before, *on("glatiramer-acetate", "2012-03-01")]


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("side-effects", "side effects"),
        ("infection", "infection"),
        ("activity", "active disease"),
    ],
)
def test_the_reason_is_said_and_keeps_the_drug_from_being_reasonable(reason: str, words: str) -> None:
    found = option(answer(treatments=given_up(reason)), "switch-interferon-beta")
    assert "given-up-before" in found.decided_by
    assert any(words in item.text for item in found.reasons_against if item.rule == "given-up-before")


@pytest.mark.parametrize("reason", ["cost", "preference", "unknown"])
def test_other_reasons_do_not_speak_against_it(reason: str) -> None:
    found = option(answer(treatments=given_up(reason)), "switch-interferon-beta")
    assert "given-up-before" not in {rule.id for rule in found.rules}


def test_every_standing_names_what_decided_it() -> None:
    for drug in ("ocrelizumab", "fingolimod", "natalizumab", "teriflunomide"):
        assert all(item.decided_by for item in answer(treatments=on(drug)).options)
