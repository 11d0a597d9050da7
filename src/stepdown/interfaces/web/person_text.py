"""A person from what was pasted, uploaded, chosen among the examples, or carried in the page itself."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from stepdown.interfaces.web.refusing import Refused
from stepdown.ms.errors import UserError
from stepdown.patients.syntax import LARGEST_FILE, READERS, parse_text

_NAME = "the person file"
#: YAML and TOML are read slowly: more of them would keep a processor busy for seconds.
_LARGEST_SLOW = 200_000


@dataclass(frozen=True)
class Example:
    """An invented person to try the pages with: its file, and what it shows."""

    name: str
    title: str


@cache
def list_examples() -> tuple[Example, ...]:
    """The invented people, in their order."""
    table = tomllib.loads((files("stepdown.interfaces.web") / "examples.toml").read_text(encoding="utf-8"))
    return tuple(Example(row["name"], row["title"]) for row in table["example"])


def read_example(name: str) -> dict[str, Any]:
    """The values of one invented person; Refused for a name that is not on the list."""
    if name not in {example.name for example in list_examples()}:
        raise Refused(400, "There is no such example.")
    return read_person((_folder() / name).read_text(encoding="utf-8"), name)


def _folder() -> Any:
    return files("stepdown.interfaces.web") / "examples"


def is_fhir(text: str) -> bool:
    """Whether a text is a FHIR bundle, or resources one on each line, and no person file."""
    return text.lstrip()[:1] in ("{", "[") and '"resourceType"' in text


def read_person(text: str, file_name: str = "") -> dict[str, Any]:
    """The values in a text: by the ending of its file's name, else by how it begins.

    Raises UserError, with the line, where it cannot be read or holds no group of keys.
    """
    ending = file_name[file_name.rfind(".") :].lower() if "." in file_name else ""
    ending = ending if ending in READERS else _guess_ending(text)
    if len(text) > (LARGEST_FILE if ending == ".json" else _LARGEST_SLOW):
        raise UserError(
            f"This text is larger than one person's file can be: {LARGEST_FILE // 1_000_000} MB, "
            f"in YAML or TOML {_LARGEST_SLOW // 1000} kB."
        )
    # The name itself is not repeated: people name files after patients.
    value = parse_text(text, _NAME + ending)
    if not isinstance(value, dict):
        raise UserError("A person file is a group of keys; this is not one.")
    return value


def _guess_ending(text: str) -> str:
    if text.lstrip().startswith("{"):
        return ".json"
    return ".toml" if re.search(r"^\s*([\w-]+\s*=|\[)", text, re.MULTILINE) else ".yaml"


def read_carried(text: str, most_values: int) -> dict[str, Any]:
    """The values that a page of ours carried; Refused when it is not what a page of ours writes."""
    try:
        value = parse_text(text, _NAME + ".json")
    except UserError:
        value = None
    if not isinstance(value, dict):
        raise Refused(400, "The page carried no person that can be read; go back to the start page.")
    return check_size(value, most_values)


def check_size(value: dict[str, Any], most: int) -> dict[str, Any]:
    """The same values; Refused when there are more of them than one person has."""
    if count_values(value, most) > most:
        raise Refused(413, f"A person file holds at most {most} values; this one holds more.")
    return value


def count_values(value: Any, most: int) -> int:
    """How many single values there are, counted no further than one more than ``most``."""
    waiting, count = [value], 0
    while waiting and count <= most:
        item = waiting.pop()
        inner = list(item.values()) if isinstance(item, dict) else item if isinstance(item, list) else []
        waiting.extend(inner)
        count += 1
    return count


def write_person(value: dict[str, Any]) -> str:
    """The person as a page carries it, and as it may be downloaded."""
    return json.dumps(value, ensure_ascii=False, default=str)
