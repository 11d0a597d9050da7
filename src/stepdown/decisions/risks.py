"""The risks of one option for one person: the cells of evidence that speak of it, most specific first."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from itertools import product
from typing import Any

from stepdown.decisions.answer import Beside, Per100, Risk, Studied, StudyWeight
from stepdown.decisions.options import Draft
from stepdown.decisions.situation import Situation
from stepdown.evidence.asking import choose_cell, list_extend_cells, list_own_cells, list_switch_cells
from stepdown.evidence.cells import Cell
from stepdown.evidence.people import to_people
from stepdown.evidence.person import Person
from stepdown.evidence.pool import Studied as PeopleStudied
from stepdown.evidence.pool_risk import RiskEstimate
from stepdown.evidence.risk import find_risks as find_risks_of_people
from stepdown.ms.facts import Fact

#: So many days after natalizumab or an S1P modulator the studies of the next drug do not speak yet: the first
#: year, in which activity returns (tysedmus2016, roos2022), as in the guards.
REBOUND_DAYS = 365


@lru_cache(maxsize=1)
def read_risk_table() -> dict[str, Any]:
    """The times and outcomes of an answer, from ``risks.toml``."""
    return tomllib.loads((files("stepdown.decisions") / "risks.toml").read_text("utf-8"))


def _truth(fact: Fact) -> bool | None:
    """A fact as true, false or unknown."""
    return True if fact.is_true else False if fact.is_false else None


def to_person(situation: Situation, draft: Draft, outcome: str) -> Person:
    """The facts that studies speak about, as bounds, with the drugs that the outcome hangs on.

    A serious infection hangs on the drug taken from now on; every other outcome on the drug that is
    taken or left, and on the one a switch leads to.
    """
    age, quiet, course = (situation.fact(name) for name in ("age", "years_clinically_stable", "course"))
    own = situation.therapy.name if situation.therapy else None
    target = draft.target.name if draft.target else None
    drugs = (target, None) if outcome == "serious_infection" else (own, target)
    return Person(
        age.low,
        age.high,
        _truth(situation.fact("mri_active_last_12_months")),
        quiet.low,
        quiet.high,
        str(course.value) if course.is_known else None,
        *drugs,
        other_form=_other_form(situation),
    )


def _other_form(situation: Situation) -> str:
    """The form in which a drug was studied, where this person is given another; empty where they agree.

    A drug given under the skin was studied as infusion, and the biosimilar has no study of its own.
    """
    routes = situation.therapy.routes if situation.therapy else ()
    if len(routes) > 1 and situation.fact("subcutaneous_form").is_true:
        return "infusions"
    written = {(entry.therapy or "").strip().lower() for entry in situation.history.patient.treatments or ()}
    biosimilars = set(read_risk_table()["biosimilars"])
    return "the original product" if written & biosimilars and situation.group == "natalizumab" else ""


def _infection_cells(situation: Situation, draft: Draft) -> list[Cell]:
    """Serious infection is a matter of the drug taken from now on, whatever was taken before."""
    if draft.strategy == "stop" or draft.target is None:
        return [Cell("serious_infection", "stop", situation.group or "none")]
    target, name = draft.target.group, draft.target.name
    if draft.strategy == "extend":
        return [Cell("serious_infection", "extend", target, therapy=name, interval_days=draft.interval_days)]
    return [
        Cell("serious_infection", "continue", target, therapy=name),
        Cell("serious_infection", "continue", target),
    ]


def find_cells(outcome: str, situation: Situation, draft: Draft) -> list[Cell]:
    """The cells of evidence that speak of an outcome of an option, most specific first; none for no drug."""
    therapy, course = situation.therapy, situation.fact("course")
    known_course = str(course.value) if course.is_known else None
    if outcome == "serious_infection":
        return _infection_cells(situation, draft)
    if therapy is None:
        return []
    if draft.strategy == "switch":
        target = draft.target.group if draft.target else None
        is_down = draft.direction == "down"
        return list_switch_cells(outcome, therapy.group, target, is_down=is_down, course=known_course)
    if draft.strategy == "extend":
        return list_extend_cells(outcome, therapy, draft.interval_days, known_course)
    return list_own_cells(outcome, draft.strategy, therapy, known_course)


def _say_span(low: float | None, high: float | None) -> str | None:
    """Ages in words: from the youngest to the oldest a study speaks for."""
    if low is None or high is None:
        return None
    return f"about {low:.0f} to {high:.0f}"


def _describe(people: PeopleStudied | None) -> Studied:
    """Who was studied, in words; None where the studies do not say."""
    if people is None:
        return Studied(None, None, None)
    ages = _say_span(people.age_low, people.age_high)
    if people.age_mean is not None:
        ages = f"mean {people.age_mean:.0f} ({ages} years)" if ages else f"mean {people.age_mean:.0f}"
    quiet = f"at least {people.years_quiet_min:g} years" if people.years_quiet_min else None
    return Studied(ages, quiet, ", ".join(people.therapies) or ", ".join(people.groups) or None)


def _to_per_100(found: RiskEstimate) -> Per100 | None:
    """The number per 100 people; None where there is none."""
    if found.estimate is None or found.low is None or found.high is None:
        return None
    return Per100(100 * found.estimate, 100 * found.low, 100 * found.high)


def _to_risk(outcome: str, years: float, found: RiskEstimate) -> Risk:
    """One risk of the answer from an estimate."""
    definition: str = found.definition or read_risk_table()["definition"][outcome]
    return Risk(
        outcome,
        definition,
        years,
        found.status,
        found.reason,
        _to_per_100(found),
        found.studies,
        found.people,
        found.events,
        found.method,
        _describe(found.studied),
        found.sources,
        found.speaks_for,
        found.design,
        found.moved_by,
        tuple(map(_to_beside, found.beside)),
    )


def _to_beside(found: RiskEstimate) -> Beside:
    """What else the studies say of the same question."""
    return Beside(
        found.design,
        found.status,
        found.reason,
        _to_per_100(found),
        found.studies,
        found.people,
        found.events,
        found.method,
        _describe(found.studied),
        found.sources,
        tuple(
            StudyWeight(row.study, row.design, row.concern, row.power, row.weight) for row in found.weighed
        ),
        found.speaks_for,
    )


def find_risks(
    situation: Situation, drafts: Iterable[Draft], is_asked: Callable[[Draft], bool] = lambda _: True
) -> dict[str, tuple[Risk, ...]]:
    """Every risk of each option at every time shown, by the option's id; a question is asked once.

    The risks of an option that is not asked for are unknown, and say so; those of going on are worked out
    all the same where a stop is asked for, which is held against them.
    """
    asked: dict[tuple[Cell, Person], list[RiskEstimate]] = {}
    all_drafts = tuple(drafts)
    is_compared = any(draft.strategy == "stop" and is_asked(draft) for draft in all_drafts)
    found = {
        draft.id: tuple(_find_risks_of(situation, draft, asked))
        for draft in all_drafts
        if is_asked(draft) or (is_compared and draft.strategy == "continue")
    }
    kept = without_contradiction(found, [draft for draft in all_drafts if draft.id in found])
    return {draft.id: kept[draft.id] if is_asked(draft) else _not_asked() for draft in all_drafts}


def _find_risks_of(
    situation: Situation, draft: Draft, asked: dict[tuple[Cell, Person], list[RiskEstimate]]
) -> Iterator[Risk]:
    """Every risk of one option at every time shown, as the studies and the model give it."""
    table = read_risk_table()
    for outcome in table["definition"]:
        found = _estimate(situation, draft, outcome, asked)
        yield from (_to_risk(outcome, years, each) for years, each in zip(table["years"], found, strict=True))


@lru_cache(maxsize=1)
def _not_asked() -> tuple[Risk, ...]:
    """The risks of an option that nobody asked for."""
    table = read_risk_table()
    unknown = RiskEstimate("unknown", table["not_asked"])
    places = product(table["definition"], table["years"])
    return tuple(_to_risk(outcome, years, unknown) for outcome, years in places)


def without_contradiction(
    found: Mapping[str, tuple[Risk, ...]], drafts: Iterable[Draft]
) -> dict[str, tuple[Risk, ...]]:
    """The risks of every option, without those that contradict another one and would be read as safety.

    Different studies can print any activity rarer than a part of it, and a stop with less activity than
    going on with the drug. Of such a pair the number that is carried beyond what was studied is left
    unknown; where both are or neither is, that of the whole, or that of the stop.
    """
    table, kept = read_risk_table(), dict(found)
    for key, risks in found.items():
        parts = [risk for risk in risks if risk.outcome in ("relapse", "mri_activity")]
        wholes = [risk for risk in risks if risk.outcome == "any_activity"]
        kept[key] = _leave_unknown(risks, _find_weaker(wholes, parts), table["rarer_than_its_part"])
    stops, going_on = ([risk for draft in drafts if draft.strategy == strategy for risk in kept[draft.id]
                        if risk.outcome != "serious_infection"] for strategy in ("stop", "continue"))
    weaker = _find_weaker(stops, going_on, same_outcome=True)
    return {key: _leave_unknown(risks, weaker, table["rarer_than_going_on"]) for key, risks in kept.items()}


def _find_weaker(rarer: Iterable[Risk], others: Iterable[Risk], *, same_outcome: bool = False) -> set[int]:
    """Which of two numbers is weaker, by its identity, wherever the first lies below the second."""
    return {
        id(other) if (risk.status, other.status) == ("estimated", "extrapolated") else id(risk)
        for risk, other in product(rarer, others)
        if _is_below(risk, other) and (risk.outcome == other.outcome or not same_outcome)
    }


def _leave_unknown(risks: tuple[Risk, ...], which: Container[int], reason: str) -> tuple[Risk, ...]:
    """The risks, those of some identities without their number."""
    return tuple(_unknown_risk(risk, reason) if id(risk) in which else risk for risk in risks)


def _is_below(risk: Risk, other: Risk) -> bool:
    """Whether both have a number for the same time, and that of the first is smaller."""
    if risk.per_100 is None or other.per_100 is None or risk.time_years != other.time_years:
        return False
    return risk.per_100.estimate < other.per_100.estimate


def _estimate(
    situation: Situation, draft: Draft, outcome: str, asked: dict[tuple[Cell, Person], list[RiskEstimate]]
) -> list[RiskEstimate]:
    """The risks of an outcome at every time; unknown where the drug that it would start from is not known."""
    years = [float(time) for time in read_risk_table()["years"]]
    reason = _why_not_studied(situation, draft, outcome)
    if reason:
        return [RiskEstimate("unknown", read_risk_table()[reason])] * len(years)
    cell = choose_cell(find_cells(outcome, situation, draft))
    if cell is None:
        return [RiskEstimate("unknown", "the drug it would start from is not known")] * len(years)
    person = to_person(situation, draft, outcome)
    if (cell, person) not in asked:
        found = find_risks_of_people(cell, years, to_people([person] * len(years)))
        asked[cell, person] = [found.of(row) for row in range(len(years))]
    return asked[cell, person]


def _why_not_studied(situation: Situation, draft: Draft, outcome: str) -> str:
    """Why no study speaks of where this person stands, by its key in ``risks.toml``; empty where one may."""
    if draft.strategy == "continue" and situation.fact("interval_not_studied").is_true:
        return "interval_not_studied"
    fact = situation.fact("days_since_rebound_drug_before")
    is_soon_after = fact.low is not None and fact.low < REBOUND_DAYS
    return "rebound_drug_before" if is_soon_after and outcome != "serious_infection" else ""


def without_numbers(risks: tuple[Risk, ...]) -> tuple[Risk, ...]:
    """The same risks with nothing in them: figures of MS never speak for another disease."""
    reason = "the figures are for MS and do not speak for this disease"
    return tuple(_unknown_risk(risk, reason) for risk in risks)


def _unknown_risk(risk: Risk, reason: str) -> Risk:
    """A risk with its number and all that stood behind it taken out."""
    where = (risk.outcome, risk.definition, risk.time_years)
    return Risk(*where, "unknown", reason, None, 0, None, None, "", Studied(None, None, None), (), None, None)
