"""A simulated registry on disk: chunk after chunk into Parquet, with memory that does not grow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from stepdown import __version__
from stepdown.cohorts.registry.reading import SIMULATION
from stepdown.cohorts.registry.simulation.chunk import find_chunks, simulate_chunk
from stepdown.cohorts.registry.simulation.measuring import to_tables
from stepdown.cohorts.registry.simulation.parameters import Settings
from stepdown.ms.errors import MissingExtra, UserError
from stepdown.patients.tables import TABLES

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

#: Chunks are simulated side by side: numpy lets go of Python's lock while it works on a column.
WORKERS = 2
NOTE = "These people are invented. Nothing here was observed."


@dataclass(frozen=True)
class Simulated:
    """A registry that was written: where, and how many rows each table has."""

    folder: Path
    rows: dict[str, int]


def simulate_registry(settings: Settings, folder: Path,
                      report: Callable[[int], None] = lambda _: None) -> Simulated:
    """Write a registry of invented people; ``report`` is told how many people are done.

    The same settings write the same rows on every machine, whatever the number of workers. UserError for a
    folder that has anything in it, MissingExtra without pyarrow.
    """
    _check(settings, folder)
    writers = _Writers(folder)
    done = 0
    try:
        for count, tables in _simulate_in_order(settings):
            for name, table in tables.items():
                writers.write(name, table)
            done += count
            report(done)
    finally:
        writers.close()
    about = {"note": NOTE, "stepdown": __version__, "settings": describe(settings), "rows": writers.rows}
    (folder / SIMULATION).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    return Simulated(folder, dict(writers.rows))


def describe(settings: Settings) -> dict[str, Any]:
    """The settings as plain data, without the assumptions that ship with the program."""
    table = {name: value for name, value in vars(settings).items() if name != "parameters"}
    shift = asdict(settings.shift)
    shift["since"] = settings.shift.since.isoformat() if settings.shift.since else None
    return table | {"eligible": asdict(settings.eligible) if settings.eligible else None, "shift": shift}


def _check(settings: Settings, folder: Path) -> None:
    try:
        import pyarrow  # noqa: F401
    except ModuleNotFoundError as problem:
        raise MissingExtra("simulating a registry", "cohorts") from problem
    if settings.people < 1:
        raise UserError("a registry needs at least one person: ask for --people 1 or more.")
    if settings.seed < 0:
        raise UserError("a seed is a whole number from 0 on.")
    if settings.stopping_odds <= 0:
        raise UserError("the odds of stopping are above 0; with 1 they are those of the assumptions.")
    if settings.shift.hazard <= 0:
        raise UserError("the shift of the hazard is above 0; with 1 it is that of the assumptions.")
    centres = int(settings.parameters.people["centres"])
    if settings.shift.centre is not None and not 1 <= settings.shift.centre <= centres:
        raise UserError(f"the centres of a simulated registry have the numbers 1 to {centres}.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder}: there is something there already; name a new or empty folder.")
    folder.mkdir(parents=True, exist_ok=True)


def _simulate_in_order(settings: Settings) -> Iterator[tuple[int, dict[str, pa.Table]]]:
    """The tables of each chunk in turn, a few of them being simulated ahead."""
    numbered = iter(enumerate(find_chunks(settings.people)))
    with ThreadPoolExecutor(WORKERS) as pool:
        ahead: list[tuple[int, Future[dict[str, pa.Table]]]] = []
        while True:
            for number, count in islice(numbered, WORKERS + 1 - len(ahead)):
                ahead.append((count, pool.submit(_simulate, settings, number, count)))
            if not ahead:
                return
            count, first = ahead.pop(0)
            yield count, first.result()


def _simulate(settings: Settings, number: int, count: int) -> dict[str, pa.Table]:
    return to_tables(simulate_chunk(settings, number, count), settings)


class _Writers:
    """One Parquet writer a table, opened with the first rows; numbers the rows as they come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = dict.fromkeys(TABLES, 0)
        self._open: dict[str, pq.ParquetWriter] = {}

    def write(self, name: str, table: pa.Table) -> None:
        """Append rows, with their numbers in the key column."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        key = TABLES[name].key
        if key not in table.column_names:
            numbers = np.arange(self.rows[name], self.rows[name] + len(table), dtype=np.int64) + 1
            table = table.add_column(0, key, pa.array(numbers))
        if name not in self._open:
            path = self.folder / f"{name}.parquet"
            self._open[name] = pq.ParquetWriter(path, table.schema, compression="zstd", write_statistics=True)
        self._open[name].write_table(table)
        self.rows[name] += len(table)

    def close(self) -> None:
        """Finish every file."""
        for writer in self._open.values():
            writer.close()
