"""The stages of a cohort on disk: whole or absent, and never those of another program, protocol or registry.

They hold people, one by one; they are there to finish a run that was interrupted, and go when it is done.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from stepdown.cohorts.population.analysis_table import AnalysisTable
from stepdown.cohorts.population.attrition import AttritionStep
from stepdown.cohorts.population.words import Words
from stepdown.cohorts.protocol.model import Protocol
from stepdown.cohorts.protocol.reading import hash_protocol
from stepdown.cohorts.registry.reading import find_table_files
from stepdown.ms.errors import UserError

#: The packages that results depend on.
PACKAGES = ("stepdown", "ibis-framework", "duckdb", "numpy", "scipy")


@dataclass(frozen=True)
class Found:
    """What left the engine: the flow, the analysis table, and the SQL of every stage."""

    steps: tuple[AttritionStep, ...]
    table: AnalysisTable
    statements: tuple[tuple[str, str], ...]



@cache
def fingerprint_program() -> str:
    """A mark of the program: of its own files, and of the versions of what it computes with."""
    mark = hashlib.sha256(json.dumps([version(name) for name in PACKAGES]).encode())
    home = Path(str(files("stepdown")))
    for path in sorted(home.rglob("*")):
        if path.suffix in (".py", ".toml", ".yaml"):
            mark.update(str(path.relative_to(home)).encode() + path.read_bytes())
    return mark.hexdigest()


def fingerprint_registry(folder: Path) -> str:
    """A mark of the data: of every byte of every table."""
    mark = hashlib.sha256()
    for name, path in sorted(find_table_files(folder).items()):
        mark.update(name.encode())
        for part in sorted(path.glob("*.parquet")) if path.is_dir() else [path]:
            with part.open("rb") as file:
                mark.update(hashlib.file_digest(file, "sha256").digest())
    return mark.hexdigest()


@contextmanager
def open_stages(work: Path, protocol: Protocol, data: str, engine: str) -> Iterator[Path]:
    """The folder of the stages of one program, protocol, registry (its fingerprint) and engine.

    UserError while another run works in it: both would write the same files.
    """
    marks = (fingerprint_program(), hash_protocol(protocol), data)
    folder = work / "-".join((engine, *(mark[:16] for mark in marks)))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        if not _take(lock.fileno()):
            raise UserError(f"{work.parent}: another run of the same protocol is at work there; wait for it, "
                            "or give another folder with -o")
        for left_over in folder.glob("stepdown-*"):  # what a killed run had put aside
            shutil.rmtree(left_over, ignore_errors=True)
        yield folder


def _take(lock: int) -> bool:
    """Whether a file could be locked, until it is closed or its process ends, however it ends."""
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows, where nothing is locked
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def save_found(path: Path, found: Found) -> None:
    """Written beside its place and moved there: a stage is whole or absent."""
    table = found.table
    parts: dict[str, Any] = {name: getattr(table, name) for name in (
        "trial", "person", "index_day", "acted", "left", "end", "death", "has_baseline",
        "last_scan", "relapses_apart")}
    labels: dict[str, tuple[str, ...]] = {}
    for prefix, group in (("day", table.outcomes), ("cov", table.covariates), ("sub", table.subgroups)):
        for name, values in group.items():
            place = f"{prefix}:{name}"
            parts[place] = values.codes if isinstance(values, Words) else values
            if isinstance(values, Words):
                labels[place] = values.labels
    parts |= {f"scans:{place}": values for place, values in enumerate(table.scans)}
    parts |= {f"relapses:{place}": values for place, values in enumerate(table.relapses)}
    parts["about"] = np.array(json.dumps({
        "steps": [asdict(step) for step in found.steps], "statements": found.statements,
        "data_cut": table.data_cut, "labels": labels}))
    draft = path.with_suffix(".part.npz")
    np.savez(draft, **parts)
    os.replace(draft, path)


def load_found(path: Path) -> Found:
    """What ``save_found`` kept."""
    with np.load(path, allow_pickle=False) as parts:
        about = json.loads(str(parts["about"]))
        groups: dict[str, dict[str, Any]] = {"day": {}, "cov": {}, "sub": {}, "scans": {}, "relapses": {}}
        for name in parts.files:
            prefix, _, rest = name.partition(":")
            if rest:
                values = parts[name]
                groups[prefix][rest] = Words(values, tuple(about["labels"][name])) \
                    if name in about["labels"] else values
        plain = {name: parts[name] for name in ("trial", "person", "index_day", "acted", "left", "end",
                                                "death", "has_baseline", "last_scan", "relapses_apart")}
    table = AnalysisTable(
        **plain, outcomes=groups["day"], covariates=groups["cov"], subgroups=groups["sub"],
        data_cut=about["data_cut"], scans=tuple(groups["scans"].values()),
        relapses=tuple(groups["relapses"].values()))
    statements = tuple((name, sql) for name, sql in about["statements"])
    return Found(tuple(AttritionStep(**step) for step in about["steps"]), table, statements)


def write_whole(path: Path, text: str, *, is_private: bool = False) -> None:
    """Written beside its place and moved there: whole or absent; a private one is read by its owner alone."""
    draft = path.with_name(f".{path.name}.part")
    draft.unlink(missing_ok=True)
    mode = 0o600 if is_private else 0o666
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(draft, path)
