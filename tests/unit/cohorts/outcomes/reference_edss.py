"""The EDSS data and the results of the other programs in the reference folder, as rows of ours."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

EPOCH = date(1970, 1, 1)


def to_day(text: str) -> int:
    return (date.fromisoformat(text[:10]) - EPOCH).days


def from_day(day: int) -> str:
    return (EPOCH + timedelta(day)).isoformat()


@dataclass(frozen=True)
class Followed:
    """Scores as (person, visit, day, EDSS) and the relapses as (person, day)."""

    scores: list[tuple[int, int, int, float]]
    relapses: list[tuple[int, int]]

    def first_day(self, person: int) -> int:
        return min(day for who, _, day, _ in self.scores if who == person)

    def last_day(self, person: int) -> int:
        return max(day for who, _, day, _ in self.scores if who == person)

    def score_table(self) -> pa.Table:
        people, visits, days, values = zip(*self.scores, strict=True)
        return pa.table({
            "person_id": pa.array(people, pa.int64()), "visit_id": pa.array(visits, pa.int64()),
            "day": pa.array(days, pa.int32()), "day_last": pa.array(days, pa.int32()),
            "value": pa.array(values, pa.float64()), "during_relapse": pa.nulls(len(days), pa.bool_()),
        })

    def relapse_table(self) -> pa.Table:
        return pa.table({"person_id": pa.array([who for who, _ in self.relapses], pa.int64()),
                         "onset": pa.array([day for _, day in self.relapses], pa.int32())})


def read_sample(folder: Path) -> Followed:
    """The 40 people of MSoutcomes; a relapse is told by the days since it at each visit."""
    with (folder / "data/ms/MSoutcomes_SampleData.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["EDSS"] != "NA"]
    person = {row["ID"]: int(row["ID"].split()[1]) for row in rows}
    scores = [(person[row["ID"]], number, to_day(row["dateEDSS"]), float(row["EDSS"]))
              for number, row in enumerate(rows)]
    relapses = {(person[row["ID"]], to_day(row["dateEDSS"]) - abs(int(row["daysPostRelapse"])))
                for row in rows if row["daysPostRelapse"] != "NA"}
    return Followed(scores, sorted(relapses))


def read_toy(folder: Path) -> Followed:
    """The 7 people that come with MSprog."""
    with (folder / "data/ms/MSprog_toydata_visits.csv").open() as file:
        scores = [(int(row["id"]), number, to_day(row["date"]), float(row["EDSS"]))
                  for number, row in enumerate(csv.DictReader(file))]
    with (folder / "data/ms/MSprog_toydata_relapses.csv").open() as file:
        relapses = [(int(row["id"]), to_day(row["date"])) for row in csv.DictReader(file)]
    return Followed(scores, relapses)


def read_msoutcomes(folder: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, Any] = json.loads((folder / "reference/edss/msoutcomes.json").read_text())
    return found


def read_pymsprog_msclinical(folder: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, Any] = json.loads((folder / "reference/edss/pymsprog_msclinical.json").read_text())
    return found
