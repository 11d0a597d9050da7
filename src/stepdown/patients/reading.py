"""A person file into a Patient: every error of form at once, each with its place and how to mend it.

What cannot be read is taken out and the rest is read again, so that one slip hides no other. pydantic
is imported only here, inside the functions that need it: starting the command must stay quick.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.patients.faults import Fault, error, show_value, to_path
from stepdown.patients.patient import Patient
from stepdown.patients.syntax import parse_text, read_text

if TYPE_CHECKING:
    from pydantic import TypeAdapter

COMMENT_KEYS = ("$comment", "$schema")
AGE_KEYS = ("birth_date", "birth_year", "age")
_PLACEHOLDER = {"diagnosis": "unknown"}


@dataclass(frozen=True)
class Reading:
    """What could be read of a person file, and what could not.

    ``patient`` holds every part that was readable, so that further checks can look at it; it is fit for
    use only when ``faults`` is empty. None: not even a group of keys.
    """

    patient: Patient | None
    faults: tuple[Fault, ...]


def read_file(path: Path) -> Reading:
    """Read a person file from disk; raises UserError when it is no JSON, TOML or YAML."""
    return read_value(parse_text(read_text(path), str(path)))


def read_value(value: Any) -> Reading:
    """Read a person from plain values, such as parsed JSON."""
    if not isinstance(value, dict):
        return Reading(None, (error("", "a person file is a group of keys; see stepdown patient template"),))
    rest = _without_comments(value)
    faults: list[Fault] = []
    patient: Patient | None = None
    # Each round takes out at least one faulty part; what it hid comes to light in the next.
    while patient is None:
        before = rest
        patient, problems = _validate(rest)
        for problem in problems:
            rest = _take_out(rest, tuple(problem["loc"]), problem["type"])
            faults.append(_to_fault(problem))
        if patient is None and rest == before:
            raise AssertionError("a part of a person file cannot be taken out")
    return Reading(patient, tuple(faults) + _age_faults(value))


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a person file."""
    schema = _adapter().json_schema()
    groups = [schema, *schema.get("$defs", {}).values()]
    for group in groups:
        group["properties"] |= {"$comment": {"description": "for you; never read"}}
        group.pop("title", None)
        group["properties"] = {key: _without_title(part) for key, part in group["properties"].items()}
    schema["properties"]["$schema"] = {"type": "string", "description": "where this schema is; never read"}
    schema["oneOf"] = [{"required": [key], "properties": _only(key)} for key in AGE_KEYS]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "stepdown person file",
        **schema,
    }


def _only(key: str) -> dict[str, Any]:
    """The part of the schema by which one of the three ages is known and the others are not."""
    not_known: dict[str, Any] = {"enum": ["unknown", None]}
    return {other: {"not": not_known} if other == key else not_known for other in AGE_KEYS}


def _without_title(part: dict[str, Any]) -> dict[str, Any]:
    """A part of the schema without the title that pydantic makes of the key."""
    return {key: value for key, value in part.items() if key not in ("title", "default")}


@cache
def _adapter() -> TypeAdapter[Patient]:
    """What reads a Patient; built once."""
    from pydantic import TypeAdapter

    return TypeAdapter(Patient)


def _validate(value: dict[Any, Any]) -> tuple[Patient | None, list[Any]]:
    """The patient, or the problems pydantic found."""
    from pydantic import ValidationError

    try:
        return _adapter().validate_python(value), []
    except ValidationError as problem:
        return None, list(problem.errors(include_url=False))


def _without_comments(value: Any) -> Any:
    """A copy of plain values without the keys that are the writer's own remarks; every key as text.

    YAML has keys that are no text (a lone "?", a number, a date): as text they are found again and named.
    """
    if isinstance(value, dict):
        return {str(key): _without_comments(part) for key, part in value.items() if key not in COMMENT_KEYS}
    return [_without_comments(part) for part in value] if isinstance(value, list) else value


def _take_out(value: Any, place: tuple[Any, ...], kind: str) -> Any:
    """The same values without the part at a place: a key goes, a list keeps its length and its positions."""
    step, further = place[0], place[1:]
    if isinstance(value, str):
        return {}  # an entry written as its bare name
    if kind == "missing" and not further:
        return {**value, step: _PLACEHOLDER[step]}
    if isinstance(value, list):
        inner = _take_out(value[step], further, kind) if further else _blank(kind)
        return [*value[:step], inner, *value[step + 1 :]]
    if further and isinstance(value[step], dict | list):
        return {**value, step: _take_out(value[step], further, kind)}
    left = {key: part for key, part in value.items() if key != step}
    return {**_PLACEHOLDER, **left} if step in _PLACEHOLDER else left


def _blank(kind: str) -> Any:
    """What stands for a list entry that could not be read: an empty group, or no word where words stand."""
    return {} if kind == "dataclass_type" else None


def _to_fault(problem: Any) -> Fault:
    """One problem of pydantic as a fault in our words."""
    place = tuple(problem["loc"])
    kind = problem["type"]
    if kind == "value_error":
        return error(to_path(place), f"{problem['ctx']['error']}{_written(problem.get('input'))}")
    if kind in ("unexpected_keyword_argument", "invalid_key"):
        return error(to_path(place[:-1] + (str(place[-1])[:60],)), f"this key is not known{_near_key(place)}")
    kind = "name_or_group" if kind == "dataclass_type" and "comorbidities" in place else kind
    return error(to_path(place), _SENTENCES.get(kind, "this cannot be read; see stepdown patient template"))


def _written(value: object) -> str:
    """What the file says, for its owner, where it is one value; a group or a list is not repeated."""
    return f" (written: {show_value(value)})" if isinstance(value, str | int | float) else ""


_SENTENCES = {
    "missing": "this key is required; write unknown if it is not known",
    "dataclass_type": "write a group of keys here; see stepdown patient template",
    "name_or_group": "write the name of the disease, or a group of keys; see stepdown patient template",
    "tuple_type": "write a list here, in square brackets; leave the key out if nobody asked",
}


def _near_key(place: tuple[Any, ...]) -> str:
    """A hint with the known key that is nearest to the one written."""
    keys = known_keys(place[:-1])
    near = get_close_matches(str(place[-1]).lower().replace("-", "_"), keys, 1, 0.6)
    if near:
        return f'; did you mean "{near[0]}"?'
    return f"; known here: {', '.join(keys)}"


def known_keys(place: tuple[Any, ...]) -> list[str]:
    """The keys a person file may have at a place."""
    kind: Any = Patient
    for step in place:
        if isinstance(step, str):
            kind = group_type(kind, step)
    return [key.name for key in dataclasses.fields(kind)]


@cache
def group_type(kind: Any, key: str) -> Any:
    """The class of the group, or of the list's entries, under a key; None for a single value."""
    from typing import get_args, get_type_hints

    waiting = [get_type_hints(kind)[key]]
    for hint in waiting:
        if isinstance(hint, type) and hasattr(hint, "__pydantic_config__"):
            return hint
        waiting += get_args(hint)
    return None


def _age_faults(value: dict[Any, Any]) -> tuple[Fault, ...]:
    """What is wrong with the three ways to give an age: exactly one is needed."""
    given = [key for key in AGE_KEYS if value.get(key) not in (None, "unknown")]
    if len(given) == 1:
        return ()
    if given:
        return (error(given[1], f"give one of {', '.join(AGE_KEYS)}, not {' and '.join(given)}"),)
    return (error("birth_date", f"one of {', '.join(AGE_KEYS)} is required"),)
