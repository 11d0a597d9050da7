"""Who took a step in a registry, what was known of them that day, and what happened afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.audit.looks import Looks, join_looks
from stepdown.cohorts.audit.moves import STRATEGIES, find_moves, find_undone
from stepdown.cohorts.engines import Engine, Expression, load_ibis, open_engine
from stepdown.cohorts.history.truth import months_before
from stepdown.cohorts.parts import cut_people, take_part
from stepdown.cohorts.population.analysis_table import (
    AnalysisTable,
    Built,
    build_tables,
    join_tables,
    read_analysis_table,
)
from stepdown.cohorts.population.facts import find_fact, read_row, with_people
from stepdown.cohorts.population.index import DAYS_TOLD_APART, place_days
from stepdown.cohorts.population.tables import Tables, read_tables
from stepdown.cohorts.protocol.model import Asked, Protocol
from stepdown.cohorts.protocol.reading import parse_protocol
from stepdown.cohorts.registry.reading import Registry, read_registry
from stepdown.cohorts.study import Choice
from stepdown.ms.errors import UserError

Numbers = NDArray[np.float64]
Words = NDArray[np.str_]
Flags = NDArray[np.bool_]
Report = Callable[[str], None]
_FIRST = date(1970, 1, 1)
#: How far back MRI activity is asked for, as one person's answer does.
_MRI_MONTHS = 12
#: A scan so many months before a step is one to compare the next with.
BASE_MONTHS = 3
_FACTS = MappingProxyType({"age": Asked(fact="age"), "quiet": Asked(fact="years_stable"),
                           "mri": Asked(fact="active_on_mri", months=_MRI_MONTHS),
                           "course": Asked(fact="course"), "diagnosis": Asked(fact="diagnosis"),
                           "centre": Asked(fact="centre")})


@dataclass(frozen=True, eq=False)
class Steps:
    """One value a step. Ages and quiet are bounds in years, NaN unknown; words are "" where unknown.

    ``left_drug`` is the drug left or spaced out, ``target`` the one gone to, ``interval`` the longer one in
    days. ``undone`` is when the step was no longer followed, in days after it. ``is_vague`` marks a step
    whose day is not known exactly; ``vague_relapse`` and ``vague_scan`` people of whom nobody can say whether
    an episode or a scan lies before or after it; ``base_scan`` those with a scan of the brain shortly before
    it, without which lesions on the next one may be older. ``scans`` are those that tell of activity in the
    brain, or show it anywhere; ``scores`` those outside a relapse that a later one can confirm. ``table``
    holds what happened.
    """

    strategy: Words
    left_drug: Words
    target: Words
    interval: Numbers
    diagnosis: Words
    aqp4: Words
    mog: Words
    course: Words
    centre: Words
    age_low: Numbers
    age_high: Numbers
    quiet_low: Numbers
    quiet_high: Numbers
    mri: Numbers
    undone: Numbers
    is_vague: Flags
    vague_relapse: Flags
    vague_scan: Flags
    base_scan: Flags
    scans: Looks
    scores: Looks
    table: AnalysisTable

    def __len__(self) -> int:
        return len(self.strategy)


@dataclass(frozen=True)
class Found:
    """The steps of a registry, the day to which it was looked at, and the tables that it lacks."""

    steps: Steps
    at: date
    absent: tuple[str, ...]


@cache
def read_protocol() -> Protocol:
    """How people are followed, as a protocol of the cohort engine, from ``followed.yaml``."""
    text = files("stepdown.cohorts.audit").joinpath("followed.yaml").read_text(encoding="utf-8")
    return parse_protocol(text, "followed.yaml")


def find_steps(folder: Path, choice: Choice, at: date | None, report: Report = lambda _: None) -> Found:
    """Every step of a registry by a day (None: by its last), worked out a part of the people at a time.

    UserError where a table is missing without which nobody could be followed, or nothing lies before ``at``.
    """
    with open_engine(choice.engine, master=choice.master) as engine:
        registry = read_registry(engine.connection, folder)
        if "treatments" in registry.absent:
            raise UserError(f"{folder}: there is no treatments.parquet, and without it nobody can be seen to "
                            "stop; import it first")
        registry = _cut_periods(registry, at)
        parts = cut_people(engine, registry)
        report("finding who took a step")
        left = _build(engine, take_part(engine, registry, parts[0]), report)
        read = [_read(left, 0)]
        for part in parts[1:]:
            take_part(engine, registry, part)
            engine.run_again()
            read.append(_read(left, part.before))
        last = _FIRST + timedelta(days=max(each.table.data_cut for each in read))
        return Found(_join(read), min(at or last, last), registry.absent)


def _cut_periods(registry: Registry, at: date | None) -> Registry:
    """The registry as it was on a day: nobody is observed after it."""
    if at is None:
        return registry
    periods, day = registry.tables["observation_periods"], load_ibis().literal(at)
    seen = periods.filter(periods.first_day <= day)
    seen = seen.mutate(last_day=load_ibis().least(seen.last_day, day))
    return replace(registry, tables=MappingProxyType({**registry.tables, "observation_periods": seen}))


@dataclass(frozen=True)
class _Leaving:
    """The tables of the engine that leave it."""

    built: Built
    facts: Expression
    scans: Expression
    scores: Expression


@dataclass(frozen=True)
class _Read:
    """The same of one part of the people, in memory."""

    table: AnalysisTable
    facts: Mapping[str, Any]
    scans: tuple[NDArray[np.intp], Numbers]
    scores: tuple[NDArray[np.intp], Numbers]


def _build(engine: Engine, registry: Registry, report: Report) -> _Leaving:
    """What leaves the engine: what happened after each step, what was known that day, who looked when."""
    protocol = read_protocol()
    tables = read_tables(engine, registry, protocol.definitions.treatment)
    tables = replace(tables, visits=engine.keep(tables.visits, "visits"))
    moves = engine.keep(find_moves(tables), "moves")
    placed = engine.keep(place_days(engine, tables, moves.select("person_id", "index_day")), "index")
    report("what was known that day")
    facts = _find_facts(engine, tables, registry, placed, moves)
    report("what happened afterwards")
    return _Leaving(build_tables(engine, tables, placed, protocol), facts,
                    *_list_looks(engine, tables, placed))


def _find_facts(engine: Engine, tables: Tables, registry: Registry, index: Expression,
                moves: Expression) -> Expression:
    """``trial_id`` with a column for each array of ``Steps``."""
    ibis = load_ibis()
    rows = with_people(index, tables)
    known = {name: read_row(rows, _FACTS[name])["answer"] for name in ("course", "diagnosis", "centre")}
    age = read_row(rows, _FACTS["age"])
    found = rows.select("trial_id", "person_id", "index_day", "therapy", age_low=age["low"],
                        age_high=age["high"], **known)
    for name, columns in (("quiet", {"quiet_low": "low", "quiet_high": "high"}), ("mri", {"mri": "answer"})):
        answer = find_fact(engine, tables, index, _FACTS[name])
        answer = answer.select("trial_id", **{new: answer[old] for new, old in columns.items()})
        found = found.left_join(answer, "trial_id").drop("trial_id_right")
    raw = registry.tables["patients"].select("person_id", "aqp4", "mog")
    found = found.left_join(raw, "person_id").drop("person_id_right")
    found = found.left_join(moves, ["person_id", "index_day"]).drop("person_id_right", "index_day_right")
    left = ibis.coalesce(found.left_drug, ibis.ifelse(found.strategy == 0, found.therapy, None))
    now = ibis.cases((found.strategy == 0, ""), (found.strategy == 1, found.target), else_=found.left_drug)
    found = engine.keep(found.mutate(left_drug=left, now=now).drop("therapy"), "facts")
    for part in (find_undone(tables, found), *_find_vague(tables, found), _find_base_scans(tables, found)):
        found = found.left_join(part, "trial_id").drop("trial_id_right")
    return engine.keep(found, "facts")


def _list_looks(engine: Engine, tables: Tables, index: Expression) -> tuple[Expression, Expression]:
    """``trial_id, after``: the scans and the scores after each step, as far as they were observed."""
    scans = tables.scans.filter(tables.scans.active.notnull() & (tables.scans.brain | tables.scans.active))
    scores = tables.scores.filter(~tables.scores.during_relapse.fill_null(False))
    days = index.select("trial_id", "person_id", "index_day", "seen_last")
    found = []
    for looks in (scans, scores):
        rows = days.join(looks.select("person_id", "day"), "person_id")
        later = rows.filter((rows.day > rows.index_day) & (rows.day <= rows.seen_last))
        found.append(engine.keep(later.select("trial_id", after=later.day - later.index_day).distinct(),
                                 "looks"))
    return found[0], found[1]


def _find_vague(tables: Tables, rows: Expression) -> tuple[Expression, ...]:
    """Whose step, relapse or scan is not dated closely enough to tell what came first."""
    days = rows.select("trial_id", "person_id", "index_day")
    taken = days.join(tables.treatments, "person_id")
    inexact = taken.filter(((taken.stop == taken.index_day) & (taken.stop_last > taken.stop))
                           | ((taken.start == taken.index_day) & (taken.start_last > taken.start)))
    episodes = tables.relapses.filter(tables.relapses.counted.fill_null(True))
    scans = tables.scans.filter(tables.scans.active.fill_null(True))
    return (_mark(inexact, "is_vague"),
            _mark(_straddling(days, episodes.select("person_id", day="onset", day_last="onset_last")),
                  "vague_relapse"),
            _mark(_straddling(days, scans.select("person_id", "day", "day_last")), "vague_scan"))


def _find_base_scans(tables: Tables, rows: Expression) -> Expression:
    """Who had a scan of the brain that could be read in the months before the step."""
    read = tables.scans.filter(tables.scans.brain & tables.scans.read.notnull())
    days = rows.select("trial_id", "person_id", "index_day").join(
        read.select("person_id", "day", "day_last"), "person_id")
    since = months_before(days.index_day, BASE_MONTHS)
    return _mark(days.filter((days.day >= since) & (days.day_last <= days.index_day)), "base_scan")


def _straddling(days: Expression, dated: Expression) -> Expression:
    """The steps before or after which something may lie, nobody knows which."""
    rows = days.join(dated, "person_id")
    return rows.filter(rows.day.isnull() | ((rows.day <= rows.index_day) & (rows.day_last > rows.index_day)))


def _mark(rows: Expression, name: str) -> Expression:
    return rows.select("trial_id").distinct().mutate(**{name: load_ibis().literal(True)})


def _read(left: _Leaving, before: int) -> _Read:
    """The tables of one part in memory; ``before`` people come before them."""
    table = read_analysis_table(left.built, read_protocol(), before)
    trials = table.trial - before * DAYS_TOLD_APART
    return _Read(table, _read_facts(left.facts), _read_looks(left.scans, trials),
                 _read_looks(left.scores, trials))


def _read_looks(looks: Expression, trials: NDArray[np.int64]) -> tuple[NDArray[np.intp], Numbers]:
    """The row of each look among the trials, and its day."""
    rows = looks.order_by(["trial_id", "after"]).to_pyarrow()
    after = rows["after"].to_numpy().astype(np.float64)
    return np.searchsorted(trials, rows["trial_id"].to_numpy()).astype(np.intp), after


def _read_facts(facts: Expression) -> Mapping[str, Any]:
    """The columns of ``Steps`` in order of steps, as arrays."""
    rows = facts.order_by("trial_id").to_pyarrow()
    index_day = rows["index_day"].to_numpy().astype(np.float64)
    columns: dict[str, Any] = {}
    for name in ("left_drug", "target", "diagnosis", "aqp4", "mog", "course", "centre"):
        columns[name] = np.array(rows[name].fill_null("").to_pylist(), dtype=np.str_)
    for name in ("age_low", "age_high", "quiet_low", "quiet_high", "interval", "mri", "undone"):
        columns[name] = rows[name].cast("float64").to_numpy().astype(np.float64)
    for name in ("is_vague", "vague_relapse", "vague_scan", "base_scan"):
        columns[name] = rows[name].fill_null(False).to_numpy(zero_copy_only=False).astype(bool)
    columns["undone"] = columns["undone"] - index_day
    columns["strategy"] = np.array(STRATEGIES)[rows["strategy"].to_numpy().astype(int)]
    return columns


def _join(read: list[_Read]) -> Steps:
    """All parts as one; the tables of the parts are emptied on the way."""
    names = [each.name for each in fields(Steps) if each.name not in ("table", "scans", "scores")]
    sizes = [len(each.table.trial) for each in read]
    scans, scores = (join_looks([getattr(each, name) for each in read], sizes)
                     for name in ("scans", "scores"))
    confirm = 7 * read_protocol().definitions.worsening.confirm_weeks
    return Steps(table=join_tables([each.table for each in read]), scans=scans,
                 scores=scores.keep_confirmable(confirm),
                 **{name: np.concatenate([each.facts[name] for each in read]) for name in names})
