"""Every key of the person file as data: its meaning, an example, how its value is written, its group.

The template and the form of the web page are both made from these, so that neither can forget a key.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from stepdown.patients.forms import Form, Meaning
from stepdown.patients.reading import group_type


@dataclasses.dataclass(frozen=True)
class Key:
    """One key of the person file: its meaning, and an example with its form, or the keys of its group."""

    name: str
    meaning: str
    example: Any
    form: Form | None
    group: tuple[Key, ...]
    is_list: bool


@cache
def list_keys(kind: Any) -> tuple[Key, ...]:
    """The keys of a class of the person file, in order."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(_key_of(kind, field.name, hints[field.name]) for field in dataclasses.fields(kind))


def _key_of(kind: Any, name: str, hint: Any) -> Key:
    """One key from its annotation."""
    meaning = next(part for part in get_args(hint) if isinstance(part, Meaning))
    group = group_type(kind, name)
    is_list = any(get_origin(part) is tuple for part in get_args(get_args(hint)[0]))
    example = "unknown" if meaning.example is None else meaning.example
    form = None if group else next(_find_forms(hint), None)
    return Key(name, meaning.text, example, form, list_keys(group) if group else (), is_list)


def _find_forms(hint: Any) -> Iterator[Form]:
    """The forms that an annotation names, at any depth."""
    for part in get_args(hint):
        if isinstance(part, Form):
            yield part
        else:
            yield from _find_forms(part)
