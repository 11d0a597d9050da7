"""The folder of a cohort: what may be published, and beside it the exact results that may not."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from stepdown.cohorts.analysis.results import CohortResult
from stepdown.cohorts.disclosure import Published, publish
from stepdown.cohorts.protocol.model import Protocol
from stepdown.cohorts.stages import write_whole

EXACT = "NOT-FOR-RELEASE-exact-results.json"


def write_folder(folder: Path, result: CohortResult, protocol: Protocol,
                 statements: Iterable[tuple[str, str]]) -> tuple[Path, ...]:
    """Write results.json, tables as CSV, the protocol, the SQL of each stage, and the exact file."""
    folder.mkdir(parents=True, exist_ok=True)
    published = publish(result, protocol.disclosure)
    exact = {"note": "Not for release: counts as they are. Keep it where the registry is kept.",
             **_plain(asdict(result))}
    written = [
        _write(folder / "results.json", _to_json(published)),
        _write(folder / EXACT, _to_json(exact), is_private=True),
        _write(folder / "protocol.json", _to_json(protocol.model_dump(mode="json"))),
        _write(folder / "stages.sql", "\n\n".join(f"-- {name}\n{sql};" for name, sql in statements) + "\n"),
        *(_write_table(folder / f"{name}.csv", rows) for name, rows in _find_tables(published).items()),
    ]
    return tuple(written)


def _to_json(value: Any) -> str:
    return json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    """Plain values with null for what is not a number."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _write(path: Path, text: str, *, is_private: bool = False) -> Path:
    write_whole(path, text, is_private=is_private)
    return path


def _find_tables(published: Published) -> dict[str, list[Published]]:
    outcomes = published["outcomes"]
    return {
        "attrition": published["attrition"],
        "balance": published["balance"],
        "groups": [_flat({"outcome": each["name"], **group}, leave=("curve", "reasons_by_year"))
                   for each in outcomes for group in each["groups"]],
        "contrasts": [_flat({"outcome": each["name"], **row}) for each in outcomes
                      for row in each["contrasts"]],
        "curves": [{"outcome": each["name"], "group": group["name"], **point} for each in outcomes
                   for group in each["groups"] for point in group["curve"]],
        "subgroups": [_flat({"outcome": each["name"], **row}) for each in outcomes
                      for row in each["subgroups"]],
        "relapse_rates": [{"outcome": each["name"], **_flat(row)} for each in outcomes
                          if each["relapse_rates"] for row in each["relapse_rates"]["groups"]],
        "predictors": [_flat({"outcome": each["name"], **row}) for each in outcomes
                       for row in each["predictors"]],
        "censoring": [{"outcome": each["name"], "group": group["name"], "year": number, **year}
                      for each in outcomes for group in each["groups"]
                      for number, year in enumerate(group["reasons_by_year"], 1)],
    }


def _flat(row: Published, leave: Sequence[str] = ()) -> Published:
    """A row without groups of its own: risk.low, risk.high."""
    flat: Published = {}
    for key, value in row.items():
        if key in leave:
            continue
        if isinstance(value, Mapping):
            flat |= {f"{key}.{name}": part for name, part in value.items()}
        elif isinstance(value, list):
            flat |= {f"{key}.{place}": part for place, part in enumerate(value)}
        else:
            flat[key] = value
    return flat


def _write_table(path: Path, rows: list[Published]) -> Path:
    names = list(dict.fromkeys(name for row in rows for name in row))
    draft = path.with_name(f".{path.name}.part")
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    os.replace(draft, path)
    return path
