"""The rows of tests/spec as tables of a registry: every row is a person with one index day."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from stepdown.ms.dates import PartialDate

SPEC = Path(__file__).parents[1] / "spec"
EPOCH = date(1970, 1, 1)
AT = "2026-06-01"
Row = dict[str, Any]

INDEX = {"trial_id": pa.int64(), "person_id": pa.int64(), "index_day": pa.int32(), "seen_first": pa.int32(),
         "seen_last": pa.int32()}
RELAPSES = {"person_id": pa.int64(), "relapse_id": pa.int64(), "onset": pa.int32(), "onset_last": pa.int32(),
            "lasted_24h": pa.bool_(), "fever_or_infection": pa.bool_()}
SCORES = {"person_id": pa.int64(), "visit_id": pa.int64(), "day": pa.int32(), "day_last": pa.int32(),
          "value": pa.float64(), "during_relapse": pa.bool_()}
SCANS = {"person_id": pa.int64(), "mri_id": pa.int64(), "day": pa.int32(), "day_last": pa.int32(),
         "region": pa.string(), "any_new_t2": pa.bool_(), "any_enlarging_t2": pa.bool_(),
         "any_gd_enhancing": pa.bool_()}
TREATMENTS = {"person_id": pa.int64(), "treatment_id": pa.int64(), "therapy": pa.string(),
              "start": pa.int32(), "start_last": pa.int32(), "stop": pa.int32(), "stop_last": pa.int32(),
              "last_dose": pa.int32(),
              "still_taking": pa.bool_()}


def read_rows(name: str) -> list[Row]:
    rows: list[Row] = tomllib.loads((SPEC / f"{name}.toml").read_text(encoding="utf-8"))["row"]
    return rows


def to_day(day: date) -> int:
    return (day - EPOCH).days


def days(text: str | None) -> tuple[int | None, int | None]:
    """The first and the last day that a date can be."""
    if text is None:
        return None, None
    given = PartialDate.parse(text)
    return to_day(given.earliest), to_day(given.latest)


def day(text: str | None) -> int | None:
    return days(text)[0]


def to_periods(rows: Iterable[Row]) -> pa.Table:
    """Observation periods from ``since`` to ``until``."""
    return to_table({"person_id": pa.int64(), "first_day": pa.int32(), "last_day": pa.int32()},
                    [(number, to_day(row["since"]), to_day(row["until"])) for number, row in enumerate(rows)])


def to_truth(word: bool | str) -> bool | None:
    return None if word == "unknown" else bool(word)


def to_bounds(given: Any) -> tuple[float | None, float | None]:
    """A number, two bounds, or unknown; no upper bound where it is "at least"."""
    if given == "unknown":
        return None, None
    low, high = given if isinstance(given, list) else (given, given)
    return float(low), None if high == "at least" else float(high)


def to_table(schema: dict[str, pa.DataType], rows: Iterable[Sequence[Any]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table({name: pa.array(column, kind)
                     for (name, kind), column in zip(schema.items(), columns, strict=True)})


def to_index(rows: list[Row]) -> pa.Table:
    def one(number: int, row: Row) -> Sequence[Any]:
        at = row.get("at", AT)
        return number, number, day(at), day(row.get("since")), day(row.get("recorded", at))
    return to_table(INDEX, [one(number, row) for number, row in enumerate(rows)])


def gather(rows: list[Row], key: str, one: Callable[[Row], Sequence[Any]]) -> list[Sequence[Any]]:
    """The entries of every row as ``person_id, number, ...``."""
    entries = [(person, entry) for person, row in enumerate(rows) for entry in row[key]]
    return [(person, number, *one(entry)) for number, (person, entry) in enumerate(entries)]


def to_births(dates: list[str]) -> pa.Table:
    return to_table({"person_id": pa.int64(), "born": pa.int32(), "born_last": pa.int32()},
                    [(number, *days(text)) for number, text in enumerate(dates)])


def to_relapses(rows: list[Row]) -> pa.Table:
    return to_table(RELAPSES, gather(rows, "episodes", lambda each: (
        *days(each.get("onset")), each.get("h24"), each.get("fever"))))


def to_stability(rows: list[Row]) -> pa.Table:
    return to_table(RELAPSES, gather(rows, "relapses", lambda each: (
        *days(each.get("onset")), True if each.get("sure", True) else None, False)))


def to_scores(rows: list[Row]) -> pa.Table:
    return to_table(SCORES, gather(rows, "scores", lambda each: (
        *days(each[0]), float(each[1]), len(each) == 3)))


def to_scans(rows: list[Row]) -> pa.Table:
    dated = [{**row, "scans": [each for each in row["scans"] if each.get("day")]} for row in rows]
    return to_table(SCANS, gather(dated, "scans", lambda each: (
        *days(each["day"]), each.get("region", "brain") or None,
        *(None if each.get(key) is None else bool(each[key]) for key in ("t2", "big", "gd")))))


def to_treatments(rows: list[Row]) -> pa.Table:
    return to_table(TREATMENTS, gather(rows, "periods", lambda each: (
        each.get("therapy", "x"), *days(each.get("start")), *days(each.get("stop")), day(each.get("last")),
        each.get("on"))))
