"""The values of a person file from the fields of the posted form, each named by its path in that file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from stepdown.patients.faults import Fault, error
from stepdown.patients.keys import Key, list_keys
from stepdown.patients.patient import Patient

#: The most entries of one list that a form may hold.
MOST_ENTRIES = 200
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
#: A comma where a point is due; with three digits behind it, it may part thousands.
_COMMA = re.compile(r"([<>]=? ?)?(0,\d{1,15}|\d{1,15},\d{1,2})")
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}


def read_fields(posted: Mapping[str, str]) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """The person as plain values, and where the form contradicts itself; an empty field is not known."""
    values: dict[str, Any] = {"schema_version": "1"}
    for key in list_keys(Patient)[1:]:
        value = _read_key(posted, key, key.name)
        if value is not None:
            values[key.name] = value
    values.setdefault("diagnosis", "unknown")
    return values, tuple(_find_contradictions(posted, values))


def name_none(place: str) -> str:
    """The name of the tick that says a list is known to be empty."""
    return f"{place}.none"


def read_word(text: str, schema: Mapping[str, Any]) -> Any:
    """What was written in one field, as the person file would hold it; None for an empty field.

    A word that is not of the wanted kind stays as it is, so that the check can say how to write it.
    """
    word = text.strip()
    if not word:
        return None
    kinds = _find_kinds(schema)
    if "boolean" in kinds and word.lower() in _YES_NO:
        return _YES_NO[word.lower()]
    if "number" in kinds and _COMMA.fullmatch(word):
        word = word.replace(",", ".")
    if kinds & {"number", "integer"} and "string" not in kinds and _NUMBER.fullmatch(word):
        return float(word) if "." in word else int(word)
    return word


def _find_kinds(schema: Mapping[str, Any]) -> set[str]:
    """The kinds of JSON that a form takes, text of one form left out; a choice of numbers is a number."""
    kinds = [] if "pattern" in schema else schema.get("type", [])
    found = {kinds} if isinstance(kinds, str) else set(kinds)
    if any(isinstance(item, float) for item in schema.get("enum", ())):
        found.add("number")
    return found.union(*(_find_kinds(part) for part in schema.get("anyOf", ())))


def _read_key(posted: Mapping[str, str], key: Key, place: str) -> Any:
    if key.is_list:
        return _read_list(posted, key, place)
    if key.group:
        return _read_group(posted, key, place) or None
    return read_word(posted.get(place, ""), key.form.schema if key.form else {})


def _read_group(posted: Mapping[str, str], key: Key, place: str) -> dict[str, Any]:
    found = {inner.name: _read_key(posted, inner, f"{place}.{inner.name}") for inner in key.group}
    return {name: value for name, value in found.items() if value is not None}


def _read_list(posted: Mapping[str, str], key: Key, place: str) -> list[Any] | None:
    """The entries that say something; an empty list where it was ticked, None where nothing was said."""
    entries = [_read_entry(posted, key, f"{place}[{position}]") for position in find_positions(posted, place)]
    kept = [entry for entry in entries if entry]
    if kept:
        return kept
    return [] if posted.get(name_none(place)) else None


def _read_entry(posted: Mapping[str, str], key: Key, place: str) -> Any:
    if key.group:
        return _read_group(posted, key, place)
    return read_word(posted.get(place, ""), key.form.schema if key.form else {})


def find_positions(posted: Mapping[str, str], place: str) -> list[int]:
    """The positions of a list that the form has fields for, in order."""
    pattern = re.compile(re.escape(place) + r"\[(\d{1,3})\]")
    found = {int(match[1]) for name in posted if (match := pattern.match(name))}
    return sorted(position for position in found if position < MOST_ENTRIES)


def _find_contradictions(posted: Mapping[str, str], values: Mapping[str, Any]) -> list[Fault]:
    """A list that is ticked as empty and has an entry."""
    ticked = [name for name in values if values[name] and posted.get(name_none(name))]
    return [error(name, "ticked as none, and an entry is written: clear one of them") for name in ticked]
