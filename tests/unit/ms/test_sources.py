"""Sources: each can be found by a reader, each is used, and none carries a mark of the workshop."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from itertools import chain
from typing import Any

import pytest

from stepdown.ms.sources import Source, find_missing_sources, read_data, read_sources

KINDS = {"label", "regulator", "guideline", "study", "code-list", "secondary", "reasoning"}
FOLDER = files("stepdown.ms")
TEXTS = {
    path.name: path.read_text("utf-8")
    for folder in (FOLDER, FOLDER.joinpath("catalogue"))
    for path in folder.iterdir() if path.name.endswith(".toml")
}


def find_keys(value: Any) -> Iterator[str]:
    """Every source key named anywhere in a data file."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("source", "refused_source"):
                yield from inner if isinstance(inner, list) else chain(*inner.values())
            else:
                yield from find_keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from find_keys(inner)


USED = {key for text in TEXTS.values() for key in find_keys(tomllib.loads(text))}


@pytest.mark.parametrize("source", read_sources().values(), ids=lambda source: source.key)
def test_a_reader_can_find_every_source(source: Source) -> None:
    assert source.kind in KINDS
    assert source.title and source.can_be_found


def test_every_key_in_a_data_file_names_a_source() -> None:
    assert not find_missing_sources(USED)


def test_a_key_without_a_source_is_named() -> None:
    assert find_missing_sources(["lublin2014", "nobody-2099"]) == ("nobody-2099",)


def test_no_source_stands_unused() -> None:
    """Those of definitions are named in the code."""
    in_code = {key for path in FOLDER.iterdir() if path.name.endswith(".py")
               for key in re.findall(r"[\w-]+", path.read_text("utf-8")) if key in read_sources()}
    assert set(read_sources()) == USED | in_code


def test_only_our_own_reasoning_has_no_address() -> None:
    addresses = {key: source.url or source.pmid or source.doi for key, source in read_sources().items()}
    assert [key for key, address in addresses.items() if not address] == ["reasoning"]


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_no_mark_of_the_workshop_is_in_a_data_file(name: str) -> None:
    assert not re.search(r"memory|unverified|\bTODO\b|/(?:work|root)/|\bINFERRED\b", TEXTS[name])


def test_a_data_file_is_read_by_its_path() -> None:
    assert read_data("catalogue", "natalizumab.toml")["name"] == "natalizumab"
