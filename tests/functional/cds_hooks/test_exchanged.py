"""What the CDS Hooks Sandbox sent in a browser, sent again: it is answered as it was then.

How the files were made, and how to make them again: validation/cds-hooks-sandbox/README.md. Only the
exchanged JSON is kept. The cards are written anew with each change of the evidence, so their words are not
compared. It is the day of the exchange again: a record grows old.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra 'web' is not installed")

from functional.cds_hooks.hospital import Hospital, hosted
from functional.cds_hooks.test_hooks import holds_invariants
from stepdown.interfaces.cds_hooks.app import HooksSettings
from stepdown.interfaces.cds_hooks.card import App

FOLDER = Path(__file__).parent / "exchanged"
EXCHANGES = [
    (path.stem, number, each)
    for path in sorted(FOLDER.glob("*.json"))
    for number, each in enumerate(json.loads(path.read_text(encoding="utf-8")))
]


class DayOfTheExchange(date):
    """A calendar on which it is that day."""

    @classmethod
    def today(cls) -> DayOfTheExchange:
        return cls(2026, 11, 30)


@pytest.fixture(scope="module")
def demo() -> Iterator[Hospital]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stepdown.interfaces.cds_hooks.cards.date", DayOfTheExchange)
        yield from host()


def host() -> Iterator[Hospital]:
    with hosted(HooksSettings(is_demo=True, app=App("https://stepdown.example/"))) as running:
        yield running


def test_the_sandbox_called_every_hook_and_was_allowed_to_read_every_reply() -> None:
    asked = [each["path"].rpartition("/")[2] for _, _, each in EXCHANGES if each["method"] == "POST"]
    assert set(asked) == {"stepdown-patient-view", "stepdown-order-select", "stepdown-order-sign"}
    assert all(each["status"] == 200 and each["is_allowed_to_the_page"] for _, _, each in EXCHANGES)


@pytest.mark.parametrize(("hook", "number", "exchange"), EXCHANGES, ids=lambda value: str(value)[:14])
def test_what_the_sandbox_sent_is_answered_as_it_was(
    hook: str, number: int, exchange: dict[str, Any], demo: Hospital
) -> None:
    body = json.dumps(exchange["request"]).encode() if exchange["request"] else b""
    reply = demo.ask(exchange["method"], exchange["path"], body, {"Content-Type": "application/json"})
    assert reply.status == exchange["status"], (hook, number)
    now, then = (value.get("cards", []) for value in (json.loads(reply.text), exchange["reply"]))
    assert [card["indicator"] for card in now] == [card["indicator"] for card in then]
    assert all(map(holds_invariants, [*now, *then]))


def test_the_first_pages_that_the_sandbox_sends_are_called_first_pages() -> None:
    details = [card["detail"] for _, _, each in EXCHANGES for card in each["reply"].get("cards", [])]
    assert details
    told = "More pages follow that were not sent: administrations, observations"
    assert all(told in each for each in details)
