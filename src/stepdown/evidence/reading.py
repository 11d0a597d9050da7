"""Which studies are in the library, read from their data files once."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from stepdown.evidence.study import Appraisal, Arm, Change, Effect, Finding, Population, Study
from stepdown.ms.errors import UserError

T = TypeVar("T")

_PARTS: dict[str, type] = {"effect": Effect, "population": Population}
_LISTS: dict[str, type] = {"findings": Finding, "arms": Arm, "appraisal": Appraisal, "changes": Change}


def _build(kind: type[T], table: Mapping[str, Any], where: str) -> T:
    """A dataclass from a table; UserError names a key that it does not have or lacks."""
    allowed: dict[str, Field[Any]] = {item.name: item for item in fields(kind)}  # type: ignore[arg-type]
    strange = sorted(set(table) - set(allowed))
    if strange:
        raise UserError(f"{where}: unknown key {strange[0]!r}; allowed are {', '.join(sorted(allowed))}.")
    needed = [
        name
        for name, item in allowed.items()
        if item.default is MISSING and item.default_factory is MISSING and name not in table
    ]
    if needed:
        raise UserError(f"{where}: the key {needed[0]!r} is missing.")
    return kind(**{name: _convert(name, value, f"{where}.{name}") for name, value in table.items()})


def _convert(name: str, value: Any, where: str) -> Any:
    """A value of a table as its dataclass wants it: tables built, lists frozen."""
    if name in _PARTS:
        return _build(_PARTS[name], value, where)
    if name in _LISTS:
        return tuple(_build(_LISTS[name], row, f"{where}[{i}]") for i, row in enumerate(value))
    return tuple(value) if isinstance(value, list) else value


# A command that changes one file of a library reads all others twice; a text is read once.
@lru_cache(maxsize=1024)
def read_study(text: str, name: str) -> Study:
    """A study from the TOML text of its file; UserError says what is wrong and where."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{name}: not valid TOML ({error}).") from error
    return _build(Study, table, name)


def library_folder() -> Traversable:
    """The folder of the embedded library."""
    return files("stepdown.evidence") / "library"


#: The library that stands in place of the embedded one, if any, with the hash it goes by; a list so that it
#: can be exchanged.
_in_place: list[tuple[dict[str, Study], str] | None] = [None]


def read_library() -> dict[str, Study]:
    """Every study of the library by its id, retracted ones included, in the order of ids."""
    other = _in_place[0]
    return _read_embedded() if other is None else other[0]


def name_library() -> str:
    """The hash of the library that is read now: of its files, or of its studies where it has no files."""
    other = _in_place[0]
    if other is None:
        return library_hash()
    return other[1] or hashlib.sha256(repr(mark_studies()).encode()).hexdigest()[:16]


def mark_studies() -> Mapping[str, str]:
    """A mark for each study of the library that is read now; another when anything of the study differs."""
    return _mark_embedded() if has_embedded_library() else _mark(read_library())


@lru_cache(maxsize=1)
def _mark_embedded() -> Mapping[str, str]:
    return _mark(_read_embedded())


def _mark(studies: Mapping[str, Study]) -> Mapping[str, str]:
    return {key: hashlib.sha256(repr(study).encode()).hexdigest()[:8] for key, study in studies.items()}


@lru_cache(maxsize=1)
def _read_embedded() -> dict[str, Study]:
    return read_folder(library_folder())


def has_embedded_library() -> bool:
    """Whether the embedded library is the one that is read."""
    return _in_place[0] is None


def find_absent() -> Mapping[str, Study]:
    """The studies of the embedded library that the library in place does not hold, by their id."""
    other = _in_place[0]
    if other is None:
        return {}
    return {key: study for key, study in _read_embedded().items() if key not in other[0]}


def put_in_place(library: tuple[dict[str, Study], str] | None) -> tuple[dict[str, Study], str] | None:
    """Let these studies stand for the library (None: the embedded one again), and give what stood before.

    Beside the studies stands the hash of their files, "" where they have none. Studies that are those of the
    embedded library put that one in place. For ``supposing`` alone, which also drops what was fitted to the
    studies before.
    """
    is_embedded = library is None or library[0] == _read_embedded()
    before, _in_place[0] = _in_place[0], None if is_embedded else library
    return before


def read_folder(folder: Traversable) -> dict[str, Study]:
    """Every study of a folder by its id, in the order of the files, read anew each time.

    UserError names two files that hold the same study: one of them would be lost.
    """
    held: dict[str, tuple[str, Study]] = {}
    for name in sorted(item.name for item in folder.iterdir() if item.name.endswith(".toml")):
        study = read_study((folder / name).read_text("utf-8"), name)
        if study.id in held:
            other = held[study.id][0]
            raise UserError(f"{other} and {name} both hold the study {study.id!r}; give one another id.")
        held[study.id] = name, study
    return {key: study for key, (_, study) in held.items()}


@lru_cache(maxsize=1)
def library_hash() -> str:
    """The hash of the embedded library."""
    return hash_folder(library_folder())


def hash_folder(folder: Traversable) -> str:
    """The first 16 hex digits of the SHA-256 over all study files: the same text gives the same hash."""
    digest = hashlib.sha256()
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.name.endswith(".toml"):
            digest.update(item.name.encode() + b"\0" + item.read_bytes())
    return digest.hexdigest()[:16]
