"""The form as the template draws it: groups of fields, each with its value and what is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from stepdown.interfaces.web.form_reading import name_none
from stepdown.ms.comorbidities import read_comorbidities
from stepdown.ms.therapies import read_therapies
from stepdown.patients.faults import Fault, errors_among
from stepdown.patients.keys import Key, list_keys
from stepdown.patients.patient import Patient


@dataclass(frozen=True)
class Field:
    """One field: its name is the path in the person file; ``choices`` are value and word, empty for text."""

    name: str
    id: str
    label: str
    hint: str
    value: str
    choices: tuple[tuple[str, str], ...]
    suggestions: str | None
    errors: tuple[str, ...]


@dataclass(frozen=True)
class Entries:
    """A list of the file: its entries, a tick for known to be none, and the word for one more."""

    name: str
    id: str
    label: str
    none_name: str
    none_label: str
    none_ticked: bool
    entry: str
    entries: tuple[tuple[Field, ...], ...]
    errors: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """A headed group of fields, then the lists that belong to it."""

    id: str
    title: str
    text: str
    fields: tuple[Field, ...]
    lists: tuple[Entries, ...]


@dataclass(frozen=True)
class Complaint:
    """One error for the list at the top of the page, with the field it leads to where there is one."""

    place: str
    id: str | None
    sentence: str


@dataclass(frozen=True)
class Form:
    """The whole form, the errors at its top, and the words that its fields suggest."""

    groups: tuple[Group, ...]
    complaints: tuple[Complaint, ...]
    suggestions: Mapping[str, tuple[str, ...]]


_SUGGESTED = {"treatments.therapy": "drugs", "comorbidities.name": "diseases"}


@cache
def read_form() -> dict[str, Any]:
    """Groups, labels and words of the form."""
    return tomllib.loads((files("stepdown.interfaces.web") / "form.toml").read_text(encoding="utf-8"))


def draw_form(values: Mapping[str, Any], faults: Sequence[Fault] = (), more: str = "") -> Form:
    """The form filled with a person; ``more`` names the list that gets one more empty entry."""
    errors = errors_among(faults)
    keys = {key.name: key for key in list_keys(Patient)}
    groups = tuple(_draw_group(row, keys, values, errors, more) for row in read_form()["group"])
    return Form(groups, _list_complaints(groups, errors), _list_suggestions())


def name_id(path: str) -> str:
    """A path of the person file as the id of its field."""
    return "f-" + re.sub(r"[^a-z0-9_]+", "-", path.lower()).strip("-")


def _draw_group(
    row: Mapping[str, Any], keys: Mapping[str, Key], values: Mapping[str, Any], errors: Iterable[Fault],
    more: str,
) -> Group:  # fmt: skip
    chosen = [keys[name] for name in row["keys"]]
    fields = [field for key in chosen for field in _draw_fields(key, key.name, values.get(key.name), errors)]
    lists = [_draw_list(key, values.get(key.name), errors, more) for key in chosen if _is_table(key)]
    return Group(row["id"], row["title"], row["text"], tuple(fields), tuple(lists))


def _is_table(key: Key) -> bool:
    """Whether a key of the file itself is drawn as a list that can grow, with a tick for none."""
    return key.is_list


def _draw_fields(key: Key, path: str, value: Any, errors: Iterable[Fault]) -> list[Field]:
    """The fields of a key: one, those of its group, or one for each place of an order of words."""
    if _is_table(key) and path == key.name:
        return []
    if key.group:
        inside = value if isinstance(value, Mapping) else {}
        drawn = [_draw_fields(one, f"{path}.{one.name}", inside.get(one.name), errors) for one in key.group]
        return [field for fields in drawn for field in fields]
    if key.is_list:
        return _draw_order(key, path, value, errors)
    return [_draw_field(key, path, value, errors)]


def _draw_order(key: Key, path: str, value: Any, errors: Iterable[Fault]) -> list[Field]:
    """An order of words: as many fields as there are words."""
    given = value if isinstance(value, list) else []
    places = range(len(key.form.schema["enum"]) if key.form else 0)
    return [
        _draw_field(key, f"{path}[{place}]", given[place] if place < len(given) else None, errors)
        for place in places
    ]


def _draw_list(key: Key, value: Any, errors: Iterable[Fault], more: str) -> Entries:
    given = value if isinstance(value, list) else []
    rows = [*given, None] if not given or more == key.name else given
    places = [f"{key.name}[{place}]" for place in range(len(rows))]
    entries = tuple(
        _draw_entry(key, place, row, errors) for place, row in zip(places, rows, strict=True)
    )
    form = read_form()
    return Entries(
        key.name, name_id(key.name), form["label"][key.name], name_none(key.name), form["none"][key.name],
        value == [], form["entry"][key.name], entries, _errors_at(errors, key.name, *places),
    )  # fmt: skip


def _draw_entry(key: Key, place: str, row: Any, errors: Iterable[Fault]) -> tuple[Field, ...]:
    """The fields of one entry of a list: those of its group, or the one word or text that it is."""
    if not key.group:
        return (_draw_field(key, place, row, errors),)
    inside = row if isinstance(row, Mapping) else {"name": row}
    return tuple(_draw_field(one, f"{place}.{one.name}", inside.get(one.name), errors) for one in key.group)


def _draw_field(key: Key, path: str, value: Any, errors: Iterable[Fault]) -> Field:
    plain = re.sub(r"\[\d+\]", "", path)
    schema = key.form.schema if key.form else {}
    return Field(
        path, name_id(path), _name_field(plain, path), read_form()["hint"].get(plain, ""), write_word(value),
        _list_choices(schema), _SUGGESTED.get(plain), _errors_at(errors, path),
    )  # fmt: skip


def _name_field(plain: str, path: str) -> str:
    label = str(read_form()["label"][plain])
    place = re.search(r"\[(\d+)\]$", path)
    return f"{label}: {int(place[1]) + 1}" if place else label


def _list_choices(schema: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What a field offers to choose from; nothing where it is written."""
    if schema.get("type") == "boolean":
        return (("yes", "yes"), ("no", "no"))
    words = read_form()["word"]
    return tuple((write_word(item), words.get(item, write_word(item))) for item in schema.get("enum", ()))


def write_word(value: Any) -> str:
    """A value of the person file as its field shows it; empty for what is not known or no single value."""
    if value is None or value == "unknown" or isinstance(value, list | Mapping):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _errors_at(errors: Iterable[Fault], *paths: str) -> tuple[str, ...]:
    return tuple(say_for_form(fault.sentence) for fault in errors if fault.path in paths)


def say_for_form(sentence: str) -> str:
    """A sentence about a person file for somebody who fills in the form: keys as they are called there."""
    for row in read_form()["instead"]:
        sentence = sentence.replace(row["file"], row["form"])
    return sentence


def _list_complaints(groups: Iterable[Group], errors: Iterable[Fault]) -> tuple[Complaint, ...]:
    """The errors as links to their fields."""
    places = {name: (label, field_id) for group in groups for name, label, field_id in _list_places(group)}
    named = [(*places.get(fault.path, (fault.path, None)), say_for_form(fault.sentence)) for fault in errors]
    return tuple(Complaint(place, field_id, sentence) for place, field_id, sentence in named)


def _list_places(group: Group) -> Iterator[tuple[str, str, str]]:
    """Where an error may stand: its path in the file, what it is called here, and its field."""
    yield from ((field.name, field.label, field.id) for field in group.fields)
    for listed in group.lists:
        yield listed.name, listed.label, listed.id
        for place, entry in enumerate(listed.entries):
            named = f"{listed.label} {place + 1}"
            yield f"{listed.name}[{place}]", named, listed.id
            yield from ((field.name, f"{named}, {field.label.lower()}", field.id) for field in entry)


@cache
def _list_suggestions() -> Mapping[str, tuple[str, ...]]:
    return {"drugs": tuple(read_therapies()), "diseases": tuple(sorted(read_comorbidities()))}
