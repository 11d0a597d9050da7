"""No row of never/ may come true: each is a person and the answers that would be unsafe for them."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from spec.answering import ask
from spec.forbidden import CHECKERS, find_happened

FOLDER = Path(__file__).with_name("never")
BASE = tomllib.loads((FOLDER / "people.toml").read_text(encoding="utf-8"))["quiet"]
CHECKOUT = Path(__file__).resolve().parents[2]
LIST = Path(os.environ.get("STEPDOWN_REFERENCE", CHECKOUT.parent / "shared")) / "evidence/never.json"
KEYS = {"id", "case", "because", "at", "person", "variant", "options", "forbidden"}


def read_rows() -> list[dict[str, Any]]:
    files = sorted(path for path in FOLDER.glob("*.toml") if path.name != "people.toml")
    return [row for path in files for row in tomllib.loads(path.read_text(encoding="utf-8"))["row"]]


ROWS = read_rows()


def build_person(*layers: dict[str, Any]) -> dict[str, Any]:
    """The quiet person with the keys of each layer; the last ``absent`` says what is not there."""
    person = {key: value for layer in (BASE, *layers) for key, value in layer.items()}
    absent = person.pop("absent", [])
    return {key: value for key, value in person.items() if key not in absent}


def list_cases() -> Iterator[Any]:
    for row in ROWS:
        name = " ".join(filter(None, [row["id"], row.get("case")]))
        for number, variant in enumerate([{}, *row.get("variant", [])]):
            yield pytest.param(row, build_person(row["person"], variant), id=f"{name} {number}")


@pytest.mark.parametrize(("row", "person"), list(list_cases()))
def test_nobody_gets_this_answer(row: dict[str, Any], person: dict[str, Any]) -> None:
    at = date.fromisoformat(row.get("at", "2026-11-01"))
    asked = ask(person, at, row.get("options", ()))
    happened = [each for outcome in row["forbidden"] for each in find_happened(asked, outcome)]
    assert not happened, row["because"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_row_says_why_and_forbids_something(row: dict[str, Any]) -> None:
    assert set(row) <= KEYS and row["because"] and row["forbidden"]
    assert {word for outcome in row["forbidden"] for word in outcome} <= {*CHECKERS, "from-years"}


def test_every_word_is_used_and_explained() -> None:
    explained = set(re.findall(r"`([a-z-]+) = ", (FOLDER / "README.md").read_text(encoding="utf-8")))
    used = {word for row in ROWS for outcome in row["forbidden"] for word in outcome} - {"from-years"}
    assert explained == set(CHECKERS) == used


@pytest.mark.skipif(not LIST.exists(), reason="the list of unsafe answers is not beside this checkout")
def test_every_unsafe_answer_of_the_list_has_a_row() -> None:
    listed = {entry["id"] for entry in json.loads(LIST.read_text(encoding="utf-8"))}
    assert len(listed) == 86 and listed <= {row["id"] for row in ROWS}
