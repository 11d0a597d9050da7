"""A person file as text: JSON, TOML or YAML into plain values, with the line of what cannot be read."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from stepdown.ms.errors import UserError

LARGEST_FILE = 2_000_000
DEEPEST = 40


#: What helps where a person file is not there.
_FORM = "stepdown patient template prints one to fill in"


def read_text(path: Path, largest: int = LARGEST_FILE, where_from: str = _FORM) -> str:
    """The text of a file; raises UserError when it is missing, too large (bytes), or not UTF-8.

    ``where_from`` says how one comes by such a file.
    """
    try:
        if path.is_file() and path.stat().st_size > largest:
            raise UserError(f"{path}: this file is larger than it can be ({largest // 1_000_000} MB)")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{path}: not a text in UTF-8; save it again as UTF-8") from None
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file; {where_from}") from None
    except OSError as problem:
        raise UserError(f"{path}: cannot be read ({problem.strerror})") from None


def parse_text(text: str, name: str) -> Any:
    """The plain value of a text, read by the ending of its name; raises UserError with the line."""
    suffix = Path(name).suffix.lower()
    if suffix not in READERS:
        raise UserError(f"{name}: the name of a person file ends in {', '.join(READERS)}")
    if not text.strip():
        raise UserError(f"{name}: the file is empty; {_FORM}")
    try:
        value = READERS[suffix](text, name)
    except RecursionError:
        _refuse(name, "lists and groups stand too deep inside each other")
    if _depth(value) > DEEPEST:
        _refuse(name, "lists and groups stand too deep inside each other")
    return value


def _refuse(name: str, what: str, line: int | None = None) -> NoReturn:
    """Raise the sentence for a text that cannot be read."""
    place = f"{name}, line {line}" if line else name
    raise UserError(f"{place}: {what}") from None


def _depth(value: Any) -> int:
    """How deep lists and groups stand inside each other, at most one more than allowed."""
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        inner = [
            item.values() if isinstance(item, dict) else item
            for item in level
            if isinstance(item, dict | list)
        ]
        level, depth = [part for parts in inner for part in parts], depth + 1
    return depth


def _read_json(text: str, name: str) -> Any:
    """The value of a JSON text, in which no key stands twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        entry: dict[str, Any] = {}
        for key, value in pairs:
            if key in entry:
                _refuse(name, f"the key {key[:40]!r} stands twice in the same place; keep one")
            entry[key] = value
        return entry

    def no_number(word: str) -> NoReturn:
        _refuse(name, f"{word} is not a number that JSON allows; write unknown in quotation marks")

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=no_number)
    except json.JSONDecodeError as problem:
        _refuse(name, f"not valid JSON: {_json_hint(problem)}", problem.lineno)
    except ValueError:
        _refuse(name, "a number with more digits than can be true")


def _json_hint(problem: json.JSONDecodeError) -> str:
    """What is wrong with a JSON text, and the usual slip behind it."""
    before = problem.doc[: problem.pos].rstrip()[-1:]
    if problem.msg.startswith("Expecting property name") and before in (",", "{"):
        return "a key in double quotation marks is missing, often after a comma too many"
    if problem.msg.startswith("Illegal trailing comma"):
        return "there is a comma too many before a closing bracket"
    if "delimiter" in problem.msg:
        return "a comma or a colon is missing before this place"
    return f"{problem.msg[:1].lower()}{problem.msg[1:]} (column {problem.colno})"


def _read_toml(text: str, name: str) -> Any:
    """The value of a TOML text."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        _refuse(name, f"not valid TOML: {problem}")
    except ValueError:
        _refuse(name, "not valid TOML: a number or date that cannot be; put dates in quotation marks")


def _read_yaml(text: str, name: str) -> Any:
    """The value of a YAML text, in which no key stands twice and nothing refers to another place."""
    import yaml

    from stepdown.patients.yaml_text import load_plain

    try:
        return load_plain(text)
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else None
        _refuse(name, f"not valid YAML: {problem.problem}", line)
    except (yaml.YAMLError, ValueError):
        _refuse(name, "not valid YAML: a character or a value that cannot be read")


READERS: dict[str, Callable[[str, str], Any]] = {
    ".json": _read_json,
    ".toml": _read_toml,
    ".yaml": _read_yaml,
    ".yml": _read_yaml,
}
