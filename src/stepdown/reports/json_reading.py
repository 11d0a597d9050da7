"""An answer read back from the JSON that ``to_json`` wrote, so that it can be set beside a later one."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from stepdown.decisions.answer import SCHEMA_VERSION, Answer, Per100
from stepdown.reports.json_answer import RENAMED


def from_json(written: object) -> Answer:
    """The answer of what ``to_json`` wrote, with numbers as rounded there; ValueError where it is none.

    An answer that was written before a field with a default existed is read without it.
    """
    table = dict(_expect(written, dict))
    evidence = _expect(table.pop("evidence", None), dict)
    if table.get("schema_version") != SCHEMA_VERSION:
        raise ValueError("an answer of another version")
    table |= {"evidence_version": evidence.get("version"), "evidence_hash": evidence.get("hash"),
              "studies": evidence.get("studies", {})}
    answer: Answer = _build(Answer, table)
    return answer


def _build(kind: type, table: Mapping[str, Any]) -> Any:
    """A dataclass from its table; ValueError for a key that it lacks or does not know."""
    hints, names = typing.get_type_hints(kind), {RENAMED.get((kind, one.name), one.name): one
                                                 for one in fields(kind)}
    known = {*names, "shown"} if kind is Per100 else set(names)
    needed = {name for name, one in names.items()
              if one.default is MISSING and one.default_factory is MISSING}
    if not needed <= set(table) <= known:
        raise ValueError(f"{kind.__name__} has other keys")
    if kind is Per100 and not all(_fits(float, table[name]) and 0 <= table[name] <= 100 for name in needed):
        raise ValueError("a number per 100 was expected")
    return kind(**{one.name: _read(hints[one.name], table[name])
                   for name, one in names.items() if name in table})


def _read(hint: Any, value: Any) -> Any:
    """A value as its type wants it: tables built, lists frozen; ValueError where it does not fit."""
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _read(next((part for part in inside if _fits(part, value)), inside[0]), value)
    if origin is tuple:
        return tuple(_read(inside[0], item) for item in _expect(value, list))
    if origin is dict:
        return {key: _read(inside[1], item) for key, item in _expect(value, dict).items()}
    if is_dataclass(hint) and isinstance(hint, type):
        return _build(hint, _expect(value, dict))
    if not _fits(hint, value):
        raise ValueError(f"{_name(hint)} was expected")
    return value


def _fits(hint: Any, value: Any) -> bool:
    """Whether a value is of the kind that JSON has for a type."""
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if typing.get_origin(hint) is tuple:
        return isinstance(value, list)
    if typing.get_origin(hint) is dict or is_dataclass(hint):
        return isinstance(value, dict)
    return isinstance(value, hint)


def _expect(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"{_name(kind)} was expected")
    return value


def _name(kind: Any) -> str:
    return getattr(kind, "__name__", str(kind))
