"""What does the library say when all its studies of a question are put together, and does this one fit?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stepdown.evidence.apart import fit_pool
from stepdown.evidence.cells import Cell
from stepdown.evidence.meta.pooled import to_risk
from stepdown.evidence.person import Person
from stepdown.evidence.pool import Pool
from stepdown.evidence.questions import find_cells
from stepdown.evidence.relative import find_library_ratio
from stepdown.evidence.risk import find_risk
from stepdown.evidence.study import Finding, Study
from stepdown.literature.summaries.choosing import Chosen, Result
from stepdown.literature.summaries.summary import Claim
from stepdown.literature.summaries.words import name_time, read_words, say, show_bound, show_ratio, show_share

#: The time for which a pooled figure is given where the study itself names none, in years.
_DEFAULT_YEARS = 2.0
#: Mean ages that lie no further apart than this, in years, are told as alike.
SAME_AGE = 5.0


@dataclass(frozen=True)
class Beside:
    """The pooled figure for the same question: per 100 over some years, with its range and its studies."""

    cell: Cell
    estimate: float
    low: float
    high: float
    years: float
    studies: tuple[str, ...]
    age: float | None


def find_beside(study: Study, main: Result) -> Beside | None:
    """The pool of the cell that the main finding answers, at the study's own time; None without one."""
    if main.measured.kind not in ("share", "rate"):
        return None
    pools = [pool for cell in _cells_of(study, main.finding) if isinstance(pool := fit_pool(cell), Pool)]
    if not pools:
        return None
    pool = max(pools, key=lambda found: found.pooled.k)
    years = min(main.finding.time_years or _DEFAULT_YEARS, pool.watched) or pool.watched
    estimate, low, high = (to_risk(value, years) for value in pool.predicted)
    members = tuple(member.study.id for member in pool.gathered.members)
    return Beside(pool.cell, 100 * estimate, 100 * low, 100 * high, years, members, pool.studied.age_mean)


def _cells_of(study: Study, finding: Finding) -> list[Cell]:
    """The questions that this finding answers: its outcome and strategy, for people chosen alike."""
    return [
        cell
        for cell in find_cells(study)
        if (cell.outcome, cell.strategy) == (finding.outcome, finding.strategy)
        and cell.selection == finding.selection
        and (not finding.groups or cell.group in finding.groups)
        and (cell.to_group is None or finding.to_groups == (cell.to_group,))
    ]


def tell_pool(study: Study, chosen: Chosen) -> Iterator[Claim]:
    """The pooled figure beside the study's own, or why there is none."""
    main = chosen.main
    if study.disease != "MS":
        yield Claim("pool", say("pool.not_ms"), "pool")
        return
    if main.measured.kind == "ratio" and main.finding.covariate is None:
        yield from _tell_relative(study, main)
        return
    beside = find_beside(study, main)
    if beside is None:
        yield Claim("pool", say("pool.none"), "pool")
        return
    yield from _tell_beside(study, main, beside)


def _tell_beside(study: Study, main: Result, beside: Beside) -> Iterator[Claim]:
    k, is_member = len(beside.studies), study.id in beside.studies
    if k == 1 and is_member:
        yield Claim("pool", say("pool.only_this"), "pool")
        yield from _tell_of_age(study, main, beside)
        return
    group = read_words("people")["group"][beside.cell.group]
    yield Claim("pool", say("pool.known" if k > 1 else "pool.one_other", k=k, group=group), "pool")
    if is_member:
        yield Claim("pool-member", say("pool.member"), "pool")
    slots = {"x": show_share(beside.estimate, 100), "time": name_time(beside.years)}
    yield Claim("pool-value", say("pool.value" if k > 1 else "pool.value_one", **slots), "pool")
    yield Claim("pool-range", _tell_range(beside, "pool.range" if k > 1 else "pool.range_one"), "pool")
    inside = _lies_inside(main, beside)
    if inside is not None and not is_open(beside.low, beside.high):
        yield Claim("pool-inside", say("pool.inside" if inside else "pool.outside"), "pool")
    of_age = tuple(_tell_of_age(study, main, beside))
    ages = Claim("pool-age", tell_ages(find_age(study, main.finding), beside.age), "pool")
    yield from of_age or (ages,)


def _tell_range(beside: Beside, key: str) -> str:
    if is_open(beside.low, beside.high):
        return say(key.replace("range", "range_open"))
    return say(key, low=show_bound(beside.low, 100), high=show_bound(beside.high, 100))


def is_open(low: float, high: float) -> bool:
    """Whether a range, per 100, goes from fewer than 1 to more than 99: it says nothing."""
    return low < 1 and high > 99


def find_age(study: Study, finding: Finding) -> float | None:
    """The mean or median age of the people of a finding, else of its study; None where it is not known."""
    people = study.population
    ages = (finding.age_mean, people.age_mean, people.age_median)
    return next((age for age in ages if age is not None), None)


def tell_ages(own: float | None, theirs: float | None) -> str:
    """How old the people behind the pool were, and whether those of this study were of about that age."""
    if theirs is None:
        return say("pool.no_ages")
    if own is None or abs(own - theirs) <= SAME_AGE:
        return say("pool.ages" if own is None else "pool.ages_alike", age=round(theirs))
    return say("pool.ages_older" if theirs > own else "pool.ages_younger", age=round(theirs))


def _tell_of_age(study: Study, main: Result, beside: Beside) -> Iterator[Claim]:
    """The figure for people of the age of this study, by the model that learns from all studies.

    Nothing is told where the age is not known, or where the model does not reach to people of that age.
    """
    finding, age = main.finding, find_age(study, main.finding)
    if age is None:
        return
    quiet, drug = finding.years_quiet_min, finding.therapies[0] if len(finding.therapies) == 1 else None
    person = Person(age, age, finding.mri_active, quiet, quiet, None, drug)
    risk = find_risk(beside.cell, beside.years, person)
    if risk.speaks_for != "people_like_this" or risk.estimate is None:
        return
    if risk.low is None or risk.high is None:
        return
    key = "pool.of_age_open" if is_open(100 * risk.low, 100 * risk.high) else "pool.of_age"
    bounds = {"low": show_bound(100 * risk.low, 100), "high": show_bound(100 * risk.high, 100)}
    x = show_share(100 * risk.estimate, 100)
    yield Claim("pool-of-age", say(key, age=round(age), x=x, **bounds), "pool")


def _lies_inside(main: Result, beside: Beside) -> bool | None:
    """Whether the study's own figure lies inside the range of the pool; None where its time is not known."""
    if main.measured.kind != "share" or main.finding.time_years is None:
        return None
    if abs(main.finding.time_years - beside.years) > 0.05:
        return None
    return beside.low <= main.measured.estimate <= beside.high


def _tell_relative(study: Study, main: Result) -> Iterator[Claim]:
    """The pooled ratio against continuing, where more than this study gives one."""
    finding = main.finding
    group = finding.groups[0] if len(finding.groups) == 1 else None
    direction = "down" if finding.strategy == "switch" else None
    risk = find_library_ratio(finding.outcome, finding.strategy, group, direction)
    if risk.ratio is None or risk.low is None or risk.high is None or risk.studies < 2:
        yield Claim("pool", say("pool.none"), "pool")
        return
    value, low, high = (show_ratio(number) for number in (risk.ratio, risk.low, risk.high))
    yield Claim("pool", say("pool.ratio", k=risk.studies, value=value, low=low, high=high), "pool")
    if any(source.partition("#")[0] == study.id for source in risk.sources):
        yield Claim("pool-member", say("pool.member"), "pool")
