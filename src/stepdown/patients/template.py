"""An empty form to start from: every key of a person file, explained, with an invented person in it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from typing import Any, get_args, get_origin, get_type_hints

from stepdown.patients.forms import Meaning
from stepdown.patients.patient import Patient
from stepdown.patients.reading import group_type

_HEAD = (
    "An invented person: replace every value, delete what you do not know (unknown is a fair answer),",
    "delete entries that do not apply, and give id your own mark. Dates: YYYY-MM-DD, YYYY-MM or YYYY.",
)


@dataclasses.dataclass(frozen=True)
class _Key:
    """One key of the form: its meaning, and either an example or the keys of its group."""

    name: str
    meaning: str
    example: Any
    group: tuple[_Key, ...]
    is_list: bool


def write_template(form: str) -> str:
    """The template as json, toml or yaml."""
    return WRITERS[form](_keys_of(Patient))


def _keys_of(kind: Any) -> tuple[_Key, ...]:
    """The keys of a class of the person file, in order."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(_key_of(kind, field.name, hints[field.name]) for field in dataclasses.fields(kind))


def _key_of(kind: Any, name: str, hint: Any) -> _Key:
    """One key from its annotation."""
    meaning = next(part for part in get_args(hint) if isinstance(part, Meaning))
    group = group_type(kind, name)
    is_list = any(get_origin(part) is tuple for part in get_args(get_args(hint)[0]))
    example = "unknown" if meaning.example is None else meaning.example
    return _Key(name, meaning.text, example, _keys_of(group) if group else (), is_list)


def _write_json(keys: tuple[_Key, ...]) -> str:
    """JSON has no remarks: the explanations stand under "$comment", which is never read."""
    return (
        json.dumps({"$comment": {"": " ".join(_HEAD), **_explain(keys)}, **_examples(keys)}, indent=2) + "\n"
    )


def _explain(keys: tuple[_Key, ...]) -> dict[str, str]:
    """What each key means."""
    return {key.name: key.meaning for key in keys}


def _examples(keys: tuple[_Key, ...]) -> dict[str, Any]:
    """The invented value of each key; a group explains its own keys."""
    values: dict[str, Any] = {}
    for key in keys:
        inner = {"$comment": _explain(key.group), **_examples(key.group)}
        values[key.name] = ([inner] if key.is_list else inner) if key.group else key.example
    return values


def _write_toml(keys: tuple[_Key, ...]) -> str:
    """TOML: single values first, since whatever follows a group belongs to it."""
    lines = [f"# {line}" for line in _HEAD] + [""]
    lines += [f"{_scalar(key, ' = ')}" for key in keys if not key.group]
    for key in keys:
        if key.group:
            title = f"[[{key.name}]]" if key.is_list else f"[{key.name}]"
            lines += ["", f"# {key.meaning}", title, *(_scalar(inner, " = ") for inner in key.group)]
    return "\n".join(lines) + "\n"


def _write_yaml(keys: tuple[_Key, ...]) -> str:
    """YAML, with each explanation beside its key."""
    return "\n".join([*(f"# {line}" for line in _HEAD), "", *_yaml_lines(keys)]) + "\n"


def _yaml_lines(keys: tuple[_Key, ...]) -> Iterator[str]:
    """The lines of all keys; the first key of a list entry carries the dash."""
    for key in keys:
        if not key.group:
            yield _scalar(key, ": ")
            continue
        yield f"{key.name}:  # {key.meaning}"
        for position, inner in enumerate(key.group):
            yield ("  - " if key.is_list and position == 0 else "    ") + _scalar(inner, ": ")


def _scalar(key: _Key, sign: str) -> str:
    """One key with its value and its explanation; a JSON value is one in TOML and YAML too."""
    return f"{key.name}{sign}{json.dumps(key.example)}  # {key.meaning}"


WRITERS: dict[str, Callable[[tuple[_Key, ...]], str]] = {
    "json": _write_json,
    "toml": _write_toml,
    "yaml": _write_yaml,
}
