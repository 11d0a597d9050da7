"""What the clinic writes down of a chunk: noisy measurements, missing tests, words, as Arrow tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.registry.simulation.chunk import CHUNK, Chunk, open_stream
from stepdown.cohorts.registry.simulation.decisions import REASONS
from stepdown.cohorts.registry.simulation.leaving import COMORBIDITY, SORTS
from stepdown.cohorts.registry.simulation.parameters import Settings
from stepdown.cohorts.registry.simulation.people import COURSES, YEAR
from stepdown.cohorts.registry.simulation.state import NEVER, Columns
from stepdown.ms.therapies import read_therapies

if TYPE_CHECKING:
    import pyarrow as pa

Random = np.random.Generator
RECOVERIES = ("full", "partial", "none")
TESTS = ("lymphocytes", "igg")
NOISE = 1
#: The column by which the rows of a person are ordered.
DATES = MappingProxyType({"treatments": "start", "relapses": "onset"})


def to_tables(chunk: Chunk, settings: Settings) -> dict[str, pa.Table]:
    """The tables of a chunk, rows of a person together and in order, without the number of the row."""
    rng = open_stream(settings, chunk.number, NOISE)
    tables = {"patients": _write_patients(chunk, settings),
              "observation_periods": _write_periods(chunk)}
    for name, write in WRITERS.items():
        rows = _in_order(chunk.state.rows[name].join(), DATES.get(name, "date"))
        if rows:
            ids = rows.pop("person").astype(np.int64)
            tables[name] = write(rng, chunk, settings, ids, rows)
    return tables


def _in_order(rows: Columns, date: str) -> Columns:
    """Rows sorted by person and date."""
    if not rows:
        return rows
    days = rows[date].astype(np.int64) + 100_000
    order = np.argsort(rows["person"].astype(np.int64) * 1_000_000 + days, kind="stable")
    return {name: values[order] for name, values in rows.items()}


def _table(chunk: Chunk, person: NDArray[np.int64], **columns: Any) -> pa.Table:
    import pyarrow as pa

    return pa.table({"person_id": pa.array(person + (chunk.number * CHUNK + 1)), **columns})


def _dates(days: NDArray[Any]) -> pa.Array:
    """Days since 1970 as dates; NEVER is NULL."""
    import pyarrow as pa

    return pa.array(days.astype(np.int32), mask=days == NEVER).view(pa.date32())


def _words(codes: NDArray[Any], words: Sequence[str]) -> pa.Array:
    """Words by number; a number below 0 is NULL."""
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8), mask=codes < 0), list(words))


def _known(values: NDArray[Any], known: NDArray[np.bool_] | None = None) -> pa.Array:
    """Values, NULL where not known; without ``known``, a number below 0 is NULL."""
    import pyarrow as pa

    return pa.array(values, mask=values < 0 if known is None else ~known)


def _write_patients(chunk: Chunk, settings: Settings) -> pa.Table:
    people, state = chunk.people, chunk.state
    centres = [f"centre {number:02d}" for number in range(1, int(settings.parameters.people["centres"]) + 1)]
    return _table(
        chunk,
        np.arange(people.count, dtype=np.int64),
        centre=_words(people.centre - 1, centres),
        birth_date=_dates(people.birth),
        sex=_words((~people.female).astype(np.int8), ("female", "male")),
        diagnosis=_words(np.zeros(people.count, np.int8), ("MS",)),
        course=_words(state.course, COURSES),
        secondary_progression_date=_dates(state.secondary_since),
        onset_date=_dates(people.onset),
        diagnosis_date=_dates(people.diagnosis),
    )


def _write_periods(chunk: Chunk) -> pa.Table:
    person = np.arange(chunk.people.count, dtype=np.int64)
    return _table(chunk, person, first_day=_dates(chunk.people.entry), last_day=_dates(chunk.state.end))


def _write_treatments(_: Random, chunk: Chunk, settings: Settings, person: NDArray[np.int64],
                      rows: Columns) -> pa.Table:
    names = settings.parameters.drugs.names[1:]
    usual = np.array([read_therapies()[name].usual_interval_days or -1 for name in names], dtype=np.int32)
    longer = np.int32(settings.parameters.extending["interval_days"])
    drug, stopped = rows["therapy"] - 1, rows["stop"] != NEVER
    return _table(
        chunk, person,
        therapy=_words(drug, names),
        start=_dates(rows["start"]),
        stop=_dates(rows["stop"]),
        still_taking=_known(np.ones(len(person), bool), ~stopped),
        interval_days=_known(np.where(rows["longer"], longer, usual[drug])),
        reason_stopped=_words(rows["reason"], REASONS),
    )


def _write_relapses(rng: Random, chunk: Chunk, settings: Settings, person: NDArray[np.int64],
                    rows: Columns) -> pa.Table:
    section = settings.parameters.relapse
    recovery, severe, steroids = (rng.random(len(person), dtype=np.float32) for _ in range(3))
    bounds = [section["full_recovery"], section["full_recovery"] + section["partial_recovery"]]
    return _table(
        chunk, person,
        onset=_dates(rows["onset"]),
        lasted_24h=np.ones(len(person), bool),
        fever_or_infection=np.zeros(len(person), bool),
        recovery=_words(np.searchsorted(bounds, recovery), RECOVERIES),
        severe=severe < section["severe"],
        steroids=steroids < section["steroids"],
    )


def _write_visits(rng: Random, chunk: Chunk, settings: Settings, person: NDArray[np.int64],
                  rows: Columns) -> pa.Table:
    section, count = settings.parameters.visits, len(person)
    noise, bump, tested = (rng.random(count, dtype=np.float32) for _ in range(3))
    walk, hand, symbol = (rng.standard_normal(count, dtype=np.float32) for _ in range(3))
    tail = section["edss_noise"] / 2
    shift = np.where(noise < tail, -1, np.where(noise > 1 - tail, 1, 0))
    halves = rows["edss_halves"] + shift + np.where(rows["during_relapse"], 1 + (bump * 4).astype(np.int8), 0)
    halves = np.clip(halves, 0, 19)
    edss = np.where(halves == 1, 2, halves).astype(np.float64) / 2
    speed = chunk.people.speed[person]
    age = (rows["date"] - chunk.people.birth[person]) / YEAR
    known = tested > section["test_missing"]
    answers = 58 - 2.2 * edss - 0.25 * (age - 40) - 6 * speed + 3 * symbol
    return _table(
        chunk, person,
        date=_dates(rows["date"]),
        edss=edss,
        during_relapse=rows["during_relapse"],
        t25fw=_known(_seconds(1.45 + 0.16 * edss + 0.12 * speed + 0.08 * walk), known & (edss < 7)),
        nine_hpt_dominant=_known(_seconds(2.95 + 0.05 * edss + 0.12 * speed + 0.06 * hand), known),
        sdmt=_known(np.clip(np.rint(answers), 0, 110).astype(np.int32), known),
    )


def _seconds(logarithm: NDArray[Any]) -> NDArray[Any]:
    seconds: NDArray[Any] = np.round(np.exp(logarithm), 1)
    return seconds


def _write_mri(_: Random, chunk: Chunk, __: Settings, person: NDArray[np.int64],
               rows: Columns) -> pa.Table:
    """Scans; the first has nothing to compare with. A lesion that grows counts as a new one."""
    return _table(
        chunk, person,
        date=_dates(rows["date"]),
        region=_words(np.zeros(len(person), np.int8), ("brain",)),
        new_t2=_known(rows["new_t2"].astype(np.int32)),
        enlarging_t2=_known(np.where(rows["new_t2"] < 0, -1, 0).astype(np.int32)),
        gd_enhancing=_known(rows["gd_enhancing"].astype(np.int32)),
    )


def _write_labs(rng: Random, chunk: Chunk, settings: Settings, person: NDArray[np.int64],
                rows: Columns) -> pa.Table:
    """Lymphocytes low on fingolimod and lower on dimethyl fumarate; IgG falling with years of anti-CD20."""
    names = settings.parameters.drugs.names
    is_igg = np.isin(rows["therapy"], [names.index("ocrelizumab"), names.index("rituximab")])
    noise = rng.standard_normal(len(person), dtype=np.float32)
    lymphocytes = np.where(rows["therapy"] == names.index("fingolimod"), 0.5, 1.2) * np.exp(0.3 * noise)
    igg = np.maximum(10.5 - 0.35 * rows["years"] + 2.0 * noise, 2)
    return _table(
        chunk, person,
        date=_dates(rows["date"]),
        test=_words(is_igg.astype(np.int8), TESTS),
        value=np.round(np.where(is_igg, igg, lymphocytes), 2),
    )


def _write_events(_: Random, chunk: Chunk, __: Settings, person: NDArray[np.int64],
                  rows: Columns) -> pa.Table:
    return _table(
        chunk, person,
        event=_words(rows["event"], SORTS),
        date=_dates(rows["date"]),
        kind=_words(np.where(rows["event"] == COMORBIDITY, 0, -1), ("autoimmune-disease",)),
        serious=_known(rows["serious"] == 1, rows["serious"] >= 0),
        grade=_known(rows["grade"].astype(np.int32)),
    )


WRITERS: Mapping[str, Callable[..., Any]] = MappingProxyType({
    "treatments": _write_treatments,
    "relapses": _write_relapses,
    "visits": _write_visits,
    "mri": _write_mri,
    "labs": _write_labs,
    "events": _write_events,
})
