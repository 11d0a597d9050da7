"""A cohort from its protocol and a registry to its results, stage by stage, each kept until all is done.

When a run is killed, the next one finds the stages that are complete and goes on from there: what it finds is
what it would have worked out.
"""

from __future__ import annotations

import ctypes
import gc
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from stepdown.cohorts.analysis.covariates import Design, build_design
from stepdown.cohorts.analysis.results import CohortResult, Estimated
from stepdown.cohorts.engines import Engine, Expression, open_engine
from stepdown.cohorts.parts import cut_people, take_part
from stepdown.cohorts.population.analysis_table import (
    AnalysisTable,
    Built,
    build_tables,
    join_tables,
    read_analysis_table,
)
from stepdown.cohorts.population.attrition import (
    AttritionStep,
    Population,
    add_steps,
    count_steps,
    select_population,
)
from stepdown.cohorts.population.index import count_outside, find_index_days
from stepdown.cohorts.population.tables import read_tables
from stepdown.cohorts.protocol.model import Outcome, Protocol
from stepdown.cohorts.protocol.reading import find_disease, hash_protocol
from stepdown.cohorts.registry.reading import Registry, is_simulated, read_registry
from stepdown.cohorts.stages import (
    PACKAGES,
    Found,
    fingerprint_registry,
    load_found,
    open_stages,
    save_found,
    write_whole,
)
from stepdown.ms.errors import UserError

Report = Callable[[str], None]
#: What is reported last of the first part of the people; of the others how far they are.
_LAST_OF_A_PART = "outcomes and covariates"


@dataclass(frozen=True)
class Choice:
    """On which engine a cohort is worked out."""

    engine: str = "duckdb"
    master: str = "local[2]"

    @property
    def kind(self) -> str:
        """The engine without an address, which may hold a password."""
        return self.engine.partition("://")[0]


def run_cohort(protocol: Protocol, registry: Path, choice: Choice, work: Path,
               report: Report = lambda _: None) -> tuple[CohortResult, Found]:
    """All results of a cohort, kept stage by stage in ``work``; UserError when nobody is left.

    The caller has ``remove_stages`` when the results are written: until then a killed run can be finished.
    """
    report("reading the registry")
    data = fingerprint_registry(registry)
    with open_stages(work, protocol, data, choice.kind) as stages:
        found = find_analysis_table(protocol, registry, choice, stages, report)
        design = build_design(found.table.covariates, protocol)
        found = replace(found, table=_leave_known(found.table, design, protocol))
        # One after another: threads wait for each other, and two outcomes at a time hold twice the weights.
        estimated = [_estimate_or_load(found.table, design, outcome, protocol, stages, report)
                     for outcome in protocol.outcomes]
        result = _gather(protocol, data, choice, found, design, estimated)
        return replace(result, simulated=is_simulated(registry)), found


def _leave_known(table: AnalysisTable, design: Design, protocol: Protocol) -> AnalysisTable:
    """Without the covariates that are in the design and that nothing has to be drawn for."""
    if protocol.missing.method == "indicator" or design.complete.all():
        return replace(table, covariates={})
    return table


def remove_stages(work: Path) -> None:
    """Remove what a finished run kept: it holds people one by one, beside results that are published."""
    shutil.rmtree(work, ignore_errors=True)


def count_reports(protocol: Protocol) -> int:
    """How often a run reports what it is at, for a bar."""
    return 4 + len(protocol.population) + len(protocol.outcomes) * (2 if protocol.subgroups else 1)


def check_cohort(protocol: Protocol, registry: Path, choice: Choice,
                 report: Report = lambda _: None) -> tuple[tuple[AttritionStep, ...], dict[str, int]]:
    """The attrition flow, and how many trials follow each strategy from their index day: counts only."""
    with open_engine(choice.engine, master=choice.master) as engine:
        steps, tables = _find_parts(engine, protocol, registry, report)
    acted = np.concatenate([table.acted for table in tables]) <= protocol.target.grace_days
    if len(protocol.strategies) == 1:
        return steps, {protocol.target.name: len(acted)}
    return steps, {protocol.target.name: int(acted.sum()), str(protocol.comparator): int((~acted).sum())}


def _find_parts(engine: Engine, protocol: Protocol, folder: Path,
                report: Report) -> tuple[tuple[AttritionStep, ...], list[AnalysisTable]]:
    """The flow and the analysis tables of the people part by part; UserError if nobody is left.

    The statements that the first part is asked are the same for every other.
    """
    registry = read_registry(engine.connection, folder)
    _refuse_missing_tables(registry, protocol)
    parts = cut_people(engine, registry)
    population, built, outside = _build(engine, protocol, take_part(engine, registry, parts[0]), report)
    flows = [_with_outside(engine, population.steps, outside)]
    tables = [read_analysis_table(built, protocol)]
    for number, part in enumerate(parts[1:], 2):
        report(f"{_LAST_OF_A_PART}, part {number} of {len(parts)}")
        take_part(engine, registry, part)
        engine.run_again()
        flows.append(_with_outside(engine, count_steps(engine, population), outside))
        tables.append(read_analysis_table(built, protocol, part.before))
    steps = add_steps(flows)
    if steps[-1].trials_left == 0:
        raise UserError(_say_where_they_went(steps))
    return steps, tables


def _build(engine: Engine, protocol: Protocol, registry: Registry,
           report: Report) -> tuple[Population, Built, Expression | None]:
    """The population, what leaves the engine of it, and who is out of view, of people with these tables."""
    with _collect_nothing():
        tables = read_tables(engine, registry, protocol.definitions.treatment)
        report("finding index days")
        outside = count_outside(engine, tables, protocol.index)  # before tables are narrowed
        population = select_population(engine, tables, find_index_days(engine, tables, protocol.index),
                                       protocol, report)
        report(_LAST_OF_A_PART)
        built = build_tables(engine, population.tables, population.index, protocol)
        return population, built, outside


def _with_outside(engine: Engine, steps: tuple[AttritionStep, ...],
                  outside: Expression | None) -> tuple[AttritionStep, ...]:
    """The flow with those who begin it nowhere, as no observation period holds their day."""
    if outside is None:
        return steps
    row = engine.fetch(outside).to_pylist()[0]
    return replace(steps[0], trials_refused=row["days"], people_refused=row["people"]), *steps[1:]


@contextmanager
def _collect_nothing() -> Iterator[None]:
    """Expressions are many small objects that all stay: to look through them for garbage takes half as long
    again as to make them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


_NEEDS = {"relapse": ("relapses",), "mri_activity": ("mri",), "any_activity": ("relapses", "mri"),
          "confirmed_worsening": ("visits",), "pira": ("visits", "relapses"), "raw": ("visits", "relapses"),
          "no_evidence_of_disease_activity_lost": ("relapses", "mri", "visits"), "restart": ("treatments",)}


def _refuse_missing_tables(registry: Registry, protocol: Protocol) -> None:
    """UserError for an outcome whose table the registry does not have: it would look like no event."""
    for outcome in protocol.outcomes:
        for name in _NEEDS.get(outcome.kind, ("events",)):
            if name in registry.absent:
                raise UserError(
                    f"{registry.folder}: there is no {name}.parquet, which the outcome {outcome.name} needs; "
                    f"without it nobody would seem to have had one. Import it, or leave out the outcome.")


def _say_where_they_went(steps: tuple[AttritionStep, ...]) -> str:
    lines = [f"  {step.name}: {step.people_left} people left ({step.trials_refused} days did not meet it, "
             f"{step.trials_unknown} unknown)" for step in steps]
    last = next((step for step in steps if step.trials_left == 0), steps[-1])
    return "\n".join([f"nobody is left after the criterion {last.name}; this is where they went:", *lines])


def find_analysis_table(protocol: Protocol, registry: Path, choice: Choice, stages: Path,
                        report: Report = lambda _: None) -> Found:
    """The analysis table with its flow, worked out, or read where a run before has kept it."""
    kept = stages / "analysis.npz"
    if not kept.exists():
        with open_engine(choice.engine, master=choice.master, folder=str(stages)) as engine:
            steps, tables = _find_parts(engine, protocol, registry, report)
        # Only now, when the engine has given back its memory: for a while some columns are there twice.
        found = Found(steps, join_tables(tables), tuple(engine.statements))
        save_found(kept, found)
        _give_back_memory()
        return found
    return load_found(kept)


def _give_back_memory() -> None:
    """Give back to the system what was used and is not: glibc keeps what lies between things that stay.

    After a build of a million people that is hundreds of megabytes. Nothing where there is no glibc.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def _estimate_or_load(table: AnalysisTable, design: Design, outcome: Outcome, protocol: Protocol,
                      stages: Path, report: Report) -> Estimated:
    from pydantic import TypeAdapter

    from stepdown.cohorts.analysis.estimating import estimate_outcome  # a second, which a count does without

    path = stages / f"outcome-{outcome.name}.json"
    if not path.exists():
        estimated = estimate_outcome(table, outcome, protocol, report, design)
        write_whole(path, json.dumps(asdict(estimated)))
        _give_back_memory()
    return TypeAdapter(Estimated).validate_python(json.loads(path.read_text(encoding="utf-8")))


def _gather(protocol: Protocol, data: str, choice: Choice, found: Found, design: Design,
            estimated: list[Estimated]) -> CohortResult:
    return CohortResult(
        protocol=protocol.name, title=protocol.title, question=protocol.question,
        protocol_hash=hash_protocol(protocol), data_fingerprint=data,
        versions={name: version(name) for name in PACKAGES}, engine=choice.kind,
        ran_on=datetime.now(UTC).date().isoformat(), attrition=found.steps,
        groups=tuple(strategy.name for strategy in protocol.strategies),
        estimand=protocol.weights.estimand, missing=design.missing,
        balance=estimated[0].balance if estimated else (),
        effective_sizes=estimated[0].effective_sizes if estimated else None,
        outcomes=tuple(each.outcome for each in estimated),
        warnings=tuple(dict.fromkeys([*_say_of_disease(protocol), *(
            text for each in estimated for text in each.outcome.warnings)])))


#: Outcomes that mean something else in NMOSD and MOGAD than in MS.
_OF_ONE_DISEASE = ("relapse", "mri_activity", "any_activity", "confirmed_worsening", "pira", "raw",
                   "no_evidence_of_disease_activity_lost")


def _say_of_disease(protocol: Protocol) -> list[str]:
    """What is said where MS and other diseases may be counted as one."""
    disease = find_disease(protocol)
    if disease == "MS" or not any(each.kind in _OF_ONE_DISEASE for each in protocol.outcomes):
        return []
    if disease is not None:
        return [f"These people have {disease}: nothing here speaks for MS."]
    return ["No criterion asks for one disease: people with NMOSD or MOGAD may be among these, and their "
            "relapses never speak for MS. Add a criterion with fact: diagnosis, any_of: [MS]."]
