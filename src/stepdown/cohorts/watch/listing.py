"""The list of the people who stepped down, most urgent first: written to one file, for the clinic alone."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import asdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from stepdown.cohorts.watch.counting import WatchCounts
from stepdown.cohorts.watch.watching import Watch, to_date
from stepdown.ms.errors import UserError
from stepdown.ms.monitoring import find_next_step, read_monitoring, read_restart_signs
from stepdown.ms.stepping_down import OPEN_REASONS
from stepdown.patients.watching import URGENCIES

#: Columns whose words come from the registry.
_WORDS = ("source_id", "centre", "left", "to")
#: With these a spreadsheet begins a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
NOTE = "People, one by one: not for release."
#: Why somebody is not judged, beside the reasons of ``ms.stepping_down``.
REASONS = {**OPEN_REASONS, "diagnosis-unknown": "the diagnosis is not on file: rules for MS may not speak"}
#: The order of the list: those who are watched by urgency, then the others.
_ORDER = {name: place for place, name in enumerate((*URGENCIES, "observation-ended", "not-judged"))}
#: The states of a schedule that are listed, each with its column.
_LISTED = {"overdue": "overdue", "due": "due", "ask": "cannot_tell"}
#: By what a clinic finds somebody.
_MARKS = ("person_id", "source_id", "centre")


def list_people(watch: Watch) -> list[dict[str, Any]]:
    """One row a person, the most urgent first: see ``_rank``."""
    items = _list_items(watch)
    earlier = _list_earlier(watch)
    rows = [_tell_person(row, items.get(row["person_id"], {}), earlier.get(row["person_id"], ()), watch)
            for row in watch.people.to_pylist()]
    rows += [_tell_open(row) for row in watch.open.to_pylist()]
    return sorted(rows, key=_rank)


def _rank(row: dict[str, Any]) -> tuple[int, int, int, int]:
    """Who is watched by urgency, then who left, then who is not judged.

    Those with a sign by its day, the latest first; the others by days overdue, the longest first.
    """
    on = row["sign_seen_on"] if row["stands"] == "sign" else None
    latest = date.fromisoformat(on).toordinal() if on else 0
    return _ORDER[row["stands"]], -latest, -(row["days_overdue"] or 0), row["person_id"]


def _list_items(watch: Watch) -> dict[int, dict[str, list[str]]]:
    """What each person has overdue, due and to be asked about, in words; the latest overdue first."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kept = watch.items.filter(pc.is_in(watch.items["state"], value_set=pa.array(_LISTED)))
    kept = kept.sort_by([("person_id", "ascending"), ("place", "ascending")])
    items: dict[int, dict[str, list[str]]] = {}
    columns = [kept[name].to_pylist() for name in ("person_id", "place", "state", "due", "by")]
    for person, place, state, due, by in zip(*columns, strict=True):
        told = _tell_item(place, state, by if state == "overdue" else due)
        items.setdefault(person, {}).setdefault(state, []).append(told)
    return items


def _list_earlier(watch: Watch) -> dict[int, tuple[tuple[str, int], ...]]:
    """The drugs before the one left that may decide what is next, with the days since the last dose."""
    found: dict[int, tuple[tuple[str, int], ...]] = {}
    for row in watch.earlier.to_pylist():
        gone = (watch.at - (to_date(row["dose_last"]) or watch.at)).days
        found[row["person_id"]] = (*found.get(row["person_id"], ()), (row["therapy"], gone))
    return found


@cache
def _tell_item(place: int, state: str, day: int | None) -> str:
    """One row of a schedule in words, with the day on which it is due, or its window closed."""
    row = read_monitoring()[place]
    what = f"{row.what.rstrip('.')}{f' (only if {row.only_if})' if row.only_if else ''}"
    return what if day is None else f"{what}: {'by ' if state == 'overdue' else ''}{_write_day(day)}"


@cache
def _write_day(day: int | None) -> str:
    return str(to_date(day) or "")


@cache
def _find_step(
    when: str, left: str, gone: int, earlier: tuple[tuple[str, int], ...] = ()
) -> tuple[str, str]:
    """The next step in words, and its sources."""
    step = find_next_step(when, left, gone, dict(earlier))
    return step.text, " ".join(step.source)


def _tell_person(
    row: dict[str, Any], items: dict[str, list[str]], earlier: tuple[tuple[str, int], ...], watch: Watch
) -> dict[str, Any]:
    seen = [sign.id for sign in read_restart_signs() if row[sign.id] == "yes"]
    stands = "observation-ended" if row["left_registry"] else row["urgency"]
    gone = 0 if row["strategy"] == "extend" else (watch.at - (to_date(row["dose_last"]) or watch.at)).days
    step, sources = _find_step(seen[0] if stands == "sign" else stands, row["left"], gone, earlier)
    return {
        **{name: row[name] for name in _MARKS}, "stands": stands, "next_step": step,
        "next_step_sources": sources, "sign_seen_on": _write_day(row["seen_on"]),
        "days_overdue": row["days_overdue"], "strategy": row["strategy"], "left": row["left"],
        "to": row["to"], "changed_on": _tell_days(row, "change"), "last_dose": _tell_days(row, "dose"),
        "never_seen": row["never_seen"],
        **{f"sign_{sign.id}": row[sign.id] for sign in read_restart_signs()},
        **{name: "; ".join(items.get(state, ())) for state, name in _LISTED.items()},
        "observed_until": _write_day(row["recorded"]),
    }


def _tell_days(row: dict[str, Any], name: str) -> str:
    first, last = row[name], row[f"{name}_last"]
    return _write_day(first) if first == last else f"{_write_day(first)} to {_write_day(last)}"


def _tell_open(row: dict[str, Any]) -> dict[str, Any]:
    """Somebody of whom it cannot be told whether they stepped down: only why, and what to mend."""
    step, sources = _find_step("not-judged", "any", 0)
    told = {**{name: row[name] for name in _MARKS}, "stands": "not-judged", "next_step_sources": sources,
            "next_step": f"{step} ({REASONS[row['reason']]})"}
    return {name: told.get(name) for name in name_columns()}


@cache
def name_columns() -> tuple[str, ...]:
    """The columns of the list in their order."""
    return (*_MARKS, "stands", "next_step", "next_step_sources", "sign_seen_on", "days_overdue", "strategy",
            "left", "to", "changed_on", "last_dose", "never_seen",
            *(f"sign_{sign.id}" for sign in read_restart_signs()), *_LISTED.values(), "observed_until")


def write_list(watch: Watch, counts: WatchCounts, path: Path) -> int:
    """Write the list, as JSON with the exact counts or else as CSV; only its owner may read the file.

    Gives the number of people in it; UserError where the file cannot be written.
    """
    rows = list_people(watch)
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.unlink(missing_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8",
                  newline="") as file:
            if path.suffix.lower() == ".json":
                json.dump({"schema_version": "1", "note": NOTE, "registry": watch.folder, "at": str(watch.at),
                           "counts": asdict(counts), "people": rows}, file, indent=1, ensure_ascii=False)
            else:
                writer = csv.writer(file)
                writer.writerow(name_columns())
                writer.writerows(_guard(row).values() for row in rows)
        os.replace(draft, path)
    except OSError as problem:
        raise UserError(f"{path}: cannot be written; give another file with -o.") from problem
    return len(rows)


def _guard(row: dict[str, Any]) -> dict[str, Any]:
    """A row for a spreadsheet: what it would take for a formula in words of the registry gets a mark."""
    texts = {name: row[name] for name in _WORDS if isinstance(row[name], str)}
    return row | {name: f"'{text}" for name, text in texts.items() if text[:1] in _FORMULA}
