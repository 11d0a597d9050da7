"""Which numbers stand side by side? One outcome, one time, every option: what tables and pictures print.

Numbers are compared only at the same time. The time of a column is the one at which most options
have a number; an option without one there shows "unknown", and its numbers for other times beside.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from stepdown.decisions.answer import Option, Risk
from stepdown.reports.rounding import Shown, show_risk

#: The outcomes of the first page, in its order; the others follow in the basis.
MAIN_OUTCOMES = (
    "relapse",
    "any_activity",
    "mri_activity",
    "reactivation",
    "confirmed_worsening",
    "serious_infection",
)
#: Which time wins when several have equally many numbers.
PREFERRED_TIMES = (2.0, 1.0, 5.0)


@dataclass(frozen=True)
class Column:
    """One outcome at one time, in years."""

    outcome: str
    time_years: float


@dataclass(frozen=True)
class Cell:
    """What one option has for a column: the risk there, how it is shown, and known risks at other times."""

    risk: Risk | None
    shown: Shown | None
    elsewhere: tuple[Risk, ...]


def choose_columns(
    options: tuple[Option, ...], outcomes: tuple[str, ...] = MAIN_OUTCOMES
) -> tuple[Column, ...]:
    """The columns of a comparison: each outcome that any option speaks of, at its best-covered time."""
    columns = []
    for outcome in outcomes:
        risks = [risk for option in options for risk in option.risks if risk.outcome == outcome]
        if risks:
            columns.append(Column(outcome, _choose_time(risks)))
    return tuple(columns)


def find_cell(option: Option, column: Column) -> Cell:
    """What an option has for a column."""
    risks = [risk for risk in option.risks if risk.outcome == column.outcome]
    here = [risk for risk in risks if risk.time_years == column.time_years]
    known = [risk for risk in here if risk.per_100 is not None]
    best = next(iter(known or here), None)
    others = tuple(
        risk for risk in risks if risk.per_100 is not None and risk.time_years != column.time_years
    )
    return Cell(best, show_risk(best) if best is not None else None, others)


def find_scale(options: tuple[Option, ...], column: Column) -> float:
    """The upper end of the little bars of a column, per 100, so that its rows compare."""
    shown = [find_cell(option, column).risk for option in options]
    highs = [risk.per_100.high for risk in shown if risk is not None and risk.per_100 is not None]
    return max([*highs, 10.0])


def find_outcomes(options: tuple[Option, ...]) -> tuple[str, ...]:
    """Every outcome that any option speaks of: the main ones first, the others as they come."""
    seen = dict.fromkeys(risk.outcome for option in options for risk in option.risks)
    main = [outcome for outcome in MAIN_OUTCOMES if outcome in seen]
    return tuple(main + [outcome for outcome in seen if outcome not in MAIN_OUTCOMES])


def _choose_time(risks: list[Risk]) -> float:
    known = Counter(risk.time_years for risk in risks if risk.per_100 is not None)
    counts = known or Counter(risk.time_years for risk in risks)
    return max(counts, key=lambda time: (counts[time], -_preference(time), -time))


def _preference(time: float) -> int:
    return PREFERRED_TIMES.index(time) if time in PREFERRED_TIMES else len(PREFERRED_TIMES)


def find_known(option: Option, outcome: str) -> tuple[Risk, ...]:
    """The risks of one outcome that have a number, by time, one a time."""
    by_time: dict[float, Risk] = {}
    for risk in option.risks:
        if risk.outcome == outcome and risk.per_100 is not None:
            by_time.setdefault(risk.time_years, risk)
    return tuple(by_time[time] for time in sorted(by_time))
