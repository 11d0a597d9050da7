"""The same table by hand-written SQL, in the form of stepdown's, so that both can be held to each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np

from stepdown.cohorts.population.columns import to_integers, to_values
from stepdown.cohorts.population.words import Words

if TYPE_CHECKING:
    from stepdown.cohorts.stages import Found

SQL = Path(__file__).parent / "peers" / "build_same_cohort.sql"
#: The counts of a step of the flow, in the order of both.
COUNTED = ("trials_left", "people_left", "trials_refused", "trials_unknown", "people_refused",
           "people_unknown")
#: The key of an entry: days of a person told apart by so many.
_DAYS = 131_072
Columns = dict[str, Any]
Flow = list[tuple[int, ...]]


def build_by_hand(registry: Path, work: Path) -> tuple[Columns, Flow]:
    """Every column in order of entries, those of later scans and relapses too, and the counts of the flow."""
    connection = duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(work), "threads": 2,
                                        "preserve_insertion_order": False})
    for statement in SQL.read_text(encoding="utf-8").replace("{folder}", str(registry)).split(";"):
        if statement.strip():
            connection.execute(statement)
    found = _read(connection, "analysis", "") | _read(connection, "later_scans", "scan ")
    found |= _read(connection, "later_relapses", "relapse ")
    periods = f"'{registry}/observation_periods.parquet'"
    cut = connection.sql(f"SELECT max(last_day) - DATE '1970-01-01' FROM {periods}").fetchall()[0][0]
    flow = connection.sql(f"SELECT {', '.join(COUNTED)} FROM flow ORDER BY stage, place").fetchall()
    return found | {"data_cut": cut or 0}, [tuple(int(count or 0) for count in step) for step in flow]


def _read(connection: Any, table: str, name: str) -> Columns:
    rows = connection.sql(f"SELECT * REPLACE ((index_day - DATE '1970-01-01')::INT AS index_day) FROM {table}"
                          ).to_arrow_table()
    found = {each: to_integers(rows[each]) if each in ("person_id", "index_day") else to_values(rows[each])
             for each in rows.column_names}
    key = found["person_id"] * _DAYS + found["index_day"]
    places = np.lexsort((found["after"], key)) if "after" in found else np.argsort(key)
    return {name + each: column[places] for each, column in found.items()}


def list_columns(found: Found) -> tuple[Columns, Flow]:
    """The same of what stepdown has found."""
    table = found.table
    one = {"person_id": table.person, "index_day": table.index_day, "end": table.end, "acted": table.acted,
           "death": table.death, **table.outcomes, "has_baseline": table.has_baseline,
           "last_scan": table.last_scan, "apart": table.relapses_apart,
           "efficacy": table.subgroups["efficacy"], "data_cut": table.data_cut}
    renamed = {"years_on_treatment": "years_on"}
    one |= {renamed.get(name, name): values for name, values in table.covariates.items()}
    for name, part in (("scan ", table.scans), ("relapse ", table.relapses)):
        place = np.searchsorted(table.trial, part[0])
        one |= {f"{name}person_id": table.person[place], f"{name}index_day": table.index_day[place],
                f"{name}after": part[1]}
    one["scan active"] = table.scans[2]
    return one, [tuple(getattr(step, name) for name in COUNTED) for step in found.steps]


def mark(columns: Columns, flow: Flow) -> str:
    """A mark of every value of every column, the same for the same values in whatever form."""
    found = hashlib.sha256(repr(flow).encode())
    for name in sorted(columns):
        found.update(name.encode())
        for part in _to_bytes(columns[name]):
            found.update(part)
    return found.hexdigest()


def _to_bytes(values: Any) -> Iterator[bytes]:
    if isinstance(values, Words):
        used = sorted(values.labels)
        yield repr(used).encode()
        values = np.array([used.index(label) for label in values.labels])[values.codes]
    yield np.ascontiguousarray(values, dtype=np.float64).tobytes()
