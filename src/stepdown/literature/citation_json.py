"""A Citation as JSON text and back: the form in which the store keeps it."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from stepdown.literature.citation import (
    AbstractSection,
    Accession,
    Author,
    Citation,
    Grant,
    Link,
    OtherAbstract,
    RecordDate,
    Term,
)
from stepdown.ms.dates import PartialDate

_LISTS: dict[str, type] = {
    "abstract": AbstractSection, "sections": AbstractSection, "other_abstracts": OtherAbstract,
    "authors": Author, "dates": RecordDate, "mesh": Term, "publication_types": Term, "substances": Term,
    "links": Link, "accessions": Accession, "grants": Grant,
}
_FIELDS: dict[type, tuple[str, ...]] = {
    kind: tuple(item.name for item in fields(kind)) for kind in (Citation, *set(_LISTS.values()))
}
_EMPTY = ("", (), False)


def _to_table(part: Any) -> Any:
    """A dataclass as a table of its fields that hold something; a date as its ISO form."""
    if isinstance(part, PartialDate):
        return str(part)
    values = ((name, getattr(part, name)) for name in _FIELDS[type(part)])
    return {name: value for name, value in values if value not in _EMPTY}


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_to_table).encode


def write_citation(citation: Citation) -> str:
    """The citation as one line of JSON; what is empty is left out."""
    return _encode(citation)


def read_citation(text: str) -> Citation:
    """The citation that ``write_citation`` wrote."""
    return Citation(**_build(json.loads(text)))


def _build(table: dict[str, Any]) -> dict[str, Any]:
    return {name: _convert(name, value) for name, value in table.items()}


def _convert(name: str, value: Any) -> Any:
    if name in _LISTS:
        return tuple(_LISTS[name](**_build(row)) for row in value)
    if name == "date":
        return None if value is None else PartialDate.parse(value)
    return tuple(value) if isinstance(value, list) else value
