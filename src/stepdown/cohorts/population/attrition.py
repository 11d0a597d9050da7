"""Through the criteria one by one: how many meet each, do not, or cannot be told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.population.facts import find_fact, is_in_row, read_row, with_people
from stepdown.cohorts.population.tables import Tables, narrow_tables
from stepdown.cohorts.protocol.model import FACT_KINDS, Criterion, Protocol

#: The name of what the flow begins with.
_CANDIDATES = "candidate-days"


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
class Counted:
    """Criteria that were applied together, with how many trials, and people, each of them took."""

    criteria: tuple[Criterion, ...]
    judged: Expression
    trials: Expression
    people: Expression


@dataclass(frozen=True)
class Population:
    """Those who are left, and the flow to them; ``first`` where each person's first day was taken.

    ``tables`` are those of the people who met the first criteria: all that is asked after them.
    """

    index: Expression
    counted: tuple[Counted, ...]
    first: bool
    tables: Tables
    steps: tuple[AttritionStep, ...] = ()


def select_population(engine: Engine, tables: Tables, index: Expression, protocol: Protocol,
                      report: Callable[[str], None] = lambda _: None) -> Population:
    """Take the candidates through the criteria in order; ``trials: first`` keeps each person's first."""
    counted = list[Counted]()
    groups = list(_group(protocol.population))
    if not groups or not is_in_row(groups[0][0]):
        index = engine.keep(index, "index")
    for criteria in groups:
        for criterion in criteria:
            report(criterion.name)
        index, more = apply_criteria(engine, tables, index, criteria)
        if counted:
            engine.drop([counted[-1].judged])
        else:
            tables = narrow_tables(tables, index)
        counted.append(more)
    first = protocol.index.trials == "first"
    if first:
        index = engine.keep(_keep_first(index), "first")
    found = Population(index, tuple(counted), first, tables)
    return replace(found, steps=count_steps(engine, found))


def count_steps(engine: Engine, population: Population) -> tuple[AttritionStep, ...]:
    """The flow, as the tables of the engine have it now."""
    steps = list[AttritionStep]()
    for counted in population.counted:
        steps += _list_steps(engine, counted, is_first=not steps)
    if not steps:
        steps = [AttritionStep(_CANDIDATES, *_count(engine, population.index))]
    if population.first:
        trials, people = _count(engine, population.index)
        taken = steps[-1].trials_left - trials
        steps.append(AttritionStep("first-eligible-day", trials, people, taken))
    return tuple(steps)


def add_steps(flows: Iterable[tuple[AttritionStep, ...]]) -> tuple[AttritionStep, ...]:
    """The flow of all people from those of parts of them."""
    counts = ("trials_left", "people_left", "trials_refused", "trials_unknown", "people_refused",
              "people_unknown")
    return tuple(replace(each[0], **{key: sum(getattr(step, key) for step in each) for key in counts})
                 for each in zip(*flows, strict=True))


def _group(criteria: Iterable[Criterion]) -> Iterator[tuple[Criterion, ...]]:
    """Criteria in order, those together that follow one another and need no more than their row."""
    for in_row, group in groupby(criteria, is_in_row):
        together = tuple(group)
        yield from [together] if in_row else ((criterion,) for criterion in together)


def apply_criteria(engine: Engine, tables: Tables, index: Expression, criteria: tuple[Criterion, ...]
                   ) -> tuple[Expression, Counted]:
    """The candidates that meet some criteria, and the counts of those who do not."""
    if is_in_row(criteria[0]):
        rows = with_people(index, tables)
        met = [judge(read_row(rows, criterion), criterion) for criterion in criteria]
    else:
        answer = find_fact(engine, tables, index, criteria[0])
        rows = index.left_join(answer, "trial_id").drop("trial_id_right")
        met = [judge(rows, criteria[0])]
    judged = engine.keep(_judge_all(rows.select(*index.columns, **{
        f"met_{place}": each for place, each in enumerate(met)}), criteria), "judged")
    left = judged.filter(judged.fate == 2 * len(criteria)).select(*index.columns)
    return left, _count_fates(engine, judged, criteria)


def _judge_all(rows: Expression, criteria: tuple[Criterion, ...]) -> Expression:
    """With the ``fate`` of each candidate: twice the place of what took it, and one more if unknown.

    Those whom none took have twice their number. ``kept_PLACE`` marks those who were kept though unknown.
    """
    ibis = load_ibis()
    cases, kept = [], {}
    for place, criterion in enumerate(criteria):
        met, keeps = rows[f"met_{place}"], criterion.if_unknown == "include"
        cases += [(met.notnull() & ~met, 2 * place)] + ([] if keeps else [(met.isnull(), 2 * place + 1)])
        if keeps:
            kept[f"kept_{place}"] = met.isnull().cast("int64")
    fate = ibis.cases(*cases, else_=2 * len(criteria)).cast("int8")
    return rows.mutate(fate=fate, **kept).drop(*(f"met_{place}" for place in range(len(criteria))))


def judge(rows: Expression | Mapping[str, Expression], criterion: Criterion) -> Expression:
    """Whether an answer meets a criterion; NULL where its bounds do not decide or nothing is known."""
    kind = FACT_KINDS[criterion.fact]
    if kind == "truth":
        return rows["answer"] == criterion.holds
    if kind == "word":
        if criterion.any_of is not None:
            return rows["answer"].isin(list(criterion.any_of))
        return ~rows["answer"].isin(list(criterion.none_of or ()))
    return _judge_number(rows, criterion)


def _judge_number(rows: Expression | Mapping[str, Expression], criterion: Criterion) -> Expression:
    ibis = load_ibis()
    truth = ibis.literal(True)
    low, high = rows["low"], rows["high"]
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
    trials, people = engine.ask(f"SELECT count(*), count(DISTINCT person_id) FROM {index.get_name()}")
    return trials, people


def _count_fates(engine: Engine, judged: Expression, criteria: tuple[Criterion, ...]) -> Counted:
    """How many trials and people have each fate: a person goes where the last of their candidates goes."""
    kept = {name: judged[name].sum() for name in judged.columns if name.startswith("kept_")}
    trials = engine.keep(judged.group_by("fate").agg(trials=judged.trial_id.count(), **kept), "fates")
    last = judged.group_by("person_id").agg(fate=judged.fate.max())
    people = engine.keep(last.group_by("fate").agg(people=last.person_id.count()), "fates")
    return Counted(criteria, judged, trials, people)


def _list_steps(engine: Engine, counted: Counted, *, is_first: bool) -> list[AttritionStep]:
    """The steps from the fates; before the first of them, all candidates."""
    rows = engine.fetch(counted.trials).to_pylist()
    by_trial = {row["fate"]: row["trials"] for row in rows}
    by_person = {row["fate"]: row["people"] for row in engine.fetch(counted.people).to_pylist()}
    steps = [AttritionStep(_CANDIDATES, sum(by_trial.values()), sum(by_person.values()))] if is_first else []
    for place, criterion in enumerate(counted.criteria):
        refused, unknown = 2 * place, 2 * place + 1
        still = sum(int(row.get(f"kept_{place}", 0)) for row in rows if row["fate"] > unknown)
        steps.append(AttritionStep(
            criterion.name, sum(count for fate, count in by_trial.items() if fate > unknown),
            sum(count for fate, count in by_person.items() if fate > unknown), by_trial.get(refused, 0),
            by_trial.get(unknown, 0) + still, by_person.get(refused, 0), by_person.get(unknown, 0),
            criterion.if_unknown == "include"))
    return steps
