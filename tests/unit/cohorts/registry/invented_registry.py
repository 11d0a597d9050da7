"""A registry of three invented people, written as Parquet, for the tests of its readers and checks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Rows = dict[str, list[Any]]

TABLES: dict[str, Rows] = {
    "patients": {
        "person_id": [1, 2, 3],
        "source_id": ["A", "B", "C"],
        "birth_date": [date(1960, 1, 1), date(1970, 5, 6), None],
        "birth_date_precision": ["year", None, None],
        "sex": ["female", "male", None],
        "diagnosis": ["MS", "MS", "MS"],
        "course": ["RRMS", "SPMS", None],
    },
    "observation_periods": {
        "period_id": [1, 2],
        "person_id": [1, 2],
        "first_day": [date(2010, 1, 1), date(2012, 1, 1)],
        "last_day": [date(2020, 12, 31), date(2020, 12, 31)],
    },
    "treatments": {
        "treatment_id": [1, 2],
        "person_id": [1, 1],
        "therapy": ["interferon-beta", "ocrelizumab"],
        "start": [date(2010, 2, 1), date(2018, 6, 1)],
        "stop": [date(2018, 5, 1), None],
        "still_taking": [None, True],
    },
    "visits": {
        "visit_id": [1, 2],
        "person_id": [1, 2],
        "date": [date(2011, 1, 5), date(2013, 1, 5)],
        "edss": [2.5, float("nan")],
        "sdmt": [54.0, 50.0],
    },
    "mri": {
        "mri_id": [1, 2, 3],
        "person_id": [1, 1, 1],
        "date": [date(2011, 2, 1), date(2012, 2, 1), date(2013, 2, 1)],
        "region": ["brain", "brain", "brain"],
        "new_t2": [2, 0, None],
        "any_new_t2": [None, None, True],
    },
}


def write_registry(folder: Path, **changed: Rows | None) -> Path:
    """The invented registry in a folder; a table may be given anew, or left out with None."""
    folder.mkdir(exist_ok=True)
    for name, rows in {**TABLES, **changed}.items():
        if rows is not None:
            pq.write_table(pa.table(rows), folder / f"{name}.parquet")
    return folder


def change(name: str, **columns: list[Any]) -> dict[str, Rows]:
    """A table of the invented registry with some columns given anew."""
    return {name: {**TABLES[name], **columns}}
