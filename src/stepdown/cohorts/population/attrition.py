"""Through the criteria one by one: how many meet each, do not, or cannot be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.population.facts import find_fact
from stepdown.cohorts.population.tables import Tables
from stepdown.cohorts.protocol.model import FACT_KINDS, Criterion, Protocol


@dataclass(frozen=True)
class AttritionStep:
    """One step of the flow: trials and people left after it, and those it took, refused or unknown.

    People are counted where their last trial goes: ``people_refused`` and ``people_unknown``, the second
    where at least one of these trials was not refused but unknown.
    """

    name: str
    trials_left: int
    people_left: int
    trials_refused: int = 0
    trials_unknown: int = 0
    people_refused: int = 0
    people_unknown: int = 0
    unknown_kept: bool = False


@dataclass(frozen=True)
class Population:
    """Those who are left, with the flow that led to them."""

    index: Expression
    steps: tuple[AttritionStep, ...]


def select_population(engine: Engine, tables: Tables, index: Expression, protocol: Protocol,
                      report: Callable[[str], None] = lambda _: None) -> Population:
    """Take the candidates through the criteria in order; ``trials: first`` keeps each person's first."""
    steps = [_count_all(engine, index)]
    for criterion in protocol.population:
        report(criterion.name)
        index, step = apply_criterion(engine, tables, index, criterion)
        steps.append(step)
    if protocol.index.trials == "first":
        index = engine.keep(_keep_first(index), "first")
        trials, people = _count(engine, index)
        taken = steps[-1].trials_left - trials
        steps.append(AttritionStep("first-eligible-day", trials, people, taken))
    return Population(index, tuple(steps))


def apply_criterion(engine: Engine, tables: Tables, index: Expression,
                    criterion: Criterion) -> tuple[Expression, AttritionStep]:
    """The candidates that meet a criterion, and the step that it makes."""
    answer = find_fact(engine, tables, index, criterion)
    joined = index.left_join(answer, "trial_id").drop("trial_id_right")
    judged = engine.keep(joined.mutate(met=judge(joined, criterion)).drop(
        *(name for name in ("answer", "low", "high") if name in joined.columns)), "judged")
    keeps_unknown = criterion.if_unknown == "include"
    stays = judged.met.fill_null(keeps_unknown)
    left = engine.keep(judged.filter(stays).drop("met"), "left")
    return left, _count_step(engine, judged, left, criterion)


def judge(rows: Expression, criterion: Criterion) -> Expression:
    """Whether each row meets a criterion; NULL where its bounds do not decide or nothing is known."""
    kind = FACT_KINDS[criterion.fact]
    if kind == "truth":
        return rows.answer == criterion.holds
    if kind == "word":
        if criterion.any_of is not None:
            return rows.answer.isin(list(criterion.any_of))
        return ~rows.answer.isin(list(criterion.none_of or ()))
    return _judge_number(rows, criterion)


def _judge_number(rows: Expression, criterion: Criterion) -> Expression:
    ibis = load_ibis()
    truth = ibis.literal(True)
    low, high = rows.low, rows.high
    unknown = ibis.null("boolean")
    if criterion.at_least is not None:
        truth = truth & ibis.cases((low >= criterion.at_least, True), (high < criterion.at_least, False),
                                   else_=unknown)
    if criterion.less_than is not None:
        truth = truth & ibis.cases((low >= criterion.less_than, False), (high < criterion.less_than, True),
                                   else_=unknown)
    if criterion.at_most is not None:
        truth = truth & ibis.cases((low > criterion.at_most, False), (high <= criterion.at_most, True),
                                   else_=unknown)
    return truth


def _keep_first(index: Expression) -> Expression:
    ibis = load_ibis()
    first = index.mutate(rank=ibis.row_number().over(ibis.window(group_by="person_id", order_by="index_day")))
    return first.filter(first["rank"] == 0).drop("rank")


def _count(engine: Engine, index: Expression) -> tuple[int, int]:
    sql = f"SELECT count(*), count(DISTINCT person_id) FROM {index.get_name()}"
    answer = engine.run_sql(sql)
    row = answer.fetchone() if engine.name == "duckdb" else answer.collect()[0]
    return int(row[0]), int(row[1])


def _count_all(engine: Engine, index: Expression) -> AttritionStep:
    return AttritionStep("candidate-days", *_count(engine, index))


def _count_step(engine: Engine, judged: Expression, left: Expression, criterion: Criterion) -> AttritionStep:
    gone = judged.anti_join(left.select("person_id").distinct(), "person_id")
    lost = gone.group_by("person_id").agg(unknown=gone.met.isnull().max())
    people = engine.keep(lost.group_by("unknown").agg(people=lost.person_id.count()), "gone")
    by_unknown = {row["unknown"]: row["people"] for row in people.to_pyarrow().to_pylist()}
    trials = engine.keep(judged.group_by("met").agg(trials=judged.trial_id.count()), "met")
    by_met = {row["met"]: row["trials"] for row in trials.to_pyarrow().to_pylist()}
    return AttritionStep(criterion.name, *_count(engine, left), by_met.get(False, 0), by_met.get(None, 0),
                         by_unknown.get(False, 0), by_unknown.get(True, 0),
                         criterion.if_unknown == "include")
