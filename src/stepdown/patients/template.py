"""An empty form to start from: every key of a person file, explained, with an invented person in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from stepdown.patients.keys import Key, list_keys
from stepdown.patients.patient import Patient

_HEAD = (
    "An invented person: replace every value, delete what you do not know (unknown is a fair answer),",
    "delete entries that do not apply, and give id your own mark. Dates: YYYY-MM-DD, YYYY-MM or YYYY.",
)


def write_template(form: str) -> str:
    """The template as json, toml or yaml."""
    return WRITERS[form](list_keys(Patient))


def _write_json(keys: tuple[Key, ...]) -> str:
    """JSON has no remarks: the explanations stand under "$comment", which is never read."""
    return (
        json.dumps({"$comment": {"": " ".join(_HEAD), **_explain(keys)}, **_examples(keys)}, indent=2) + "\n"
    )


def _explain(keys: tuple[Key, ...]) -> dict[str, str]:
    """What each key means."""
    return {key.name: key.meaning for key in keys}


def _examples(keys: tuple[Key, ...]) -> dict[str, Any]:
    """The invented value of each key; a group explains its own keys."""
    values: dict[str, Any] = {}
    for key in keys:
        inner = {"$comment": _explain(key.group), **_examples(key.group)}
        values[key.name] = ([inner] if key.is_list else inner) if key.group else key.example
    return values


def _write_toml(keys: tuple[Key, ...]) -> str:
    """TOML: single values first, since whatever follows a group belongs to it."""
    lines = [f"# {line}" for line in _HEAD] + [""]
    lines += [f"{_scalar(key, ' = ')}" for key in keys if not key.group]
    for key in keys:
        if key.group:
            title = f"[[{key.name}]]" if key.is_list else f"[{key.name}]"
            lines += ["", f"# {key.meaning}", title, *(_scalar(inner, " = ") for inner in key.group)]
    return "\n".join(lines) + "\n"


def _write_yaml(keys: tuple[Key, ...]) -> str:
    """YAML, with each explanation beside its key."""
    return "\n".join([*(f"# {line}" for line in _HEAD), "", *_yaml_lines(keys)]) + "\n"


def _yaml_lines(keys: tuple[Key, ...]) -> Iterator[str]:
    """The lines of all keys; the first key of a list entry carries the dash."""
    for key in keys:
        if not key.group:
            yield _scalar(key, ": ")
            continue
        yield f"{key.name}:  # {key.meaning}"
        for position, inner in enumerate(key.group):
            yield ("  - " if key.is_list and position == 0 else "    ") + _scalar(inner, ": ")


def _scalar(key: Key, sign: str) -> str:
    """One key with its value and its explanation; a JSON value is one in TOML and YAML too."""
    return f"{key.name}{sign}{json.dumps(key.example)}  # {key.meaning}"


WRITERS: dict[str, Callable[[tuple[Key, ...]], str]] = {
    "json": _write_json,
    "toml": _write_toml,
    "yaml": _write_yaml,
}
