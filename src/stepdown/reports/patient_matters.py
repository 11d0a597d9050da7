"""What matters to the patient: how the open choices do on each point that was ticked, with the numbers.

Only choices that are reasonable or possible are compared, with one of them; the others stay beside with
their reason. Numbers are compared at one time and for the same people only, and ranges that overlap are never
called better or worse. It orders nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from stepdown.decisions.answer import Option, Risk
from stepdown.ms.therapies import read_therapies
from stepdown.reports.comparison import Column, choose_columns, find_cell
from stepdown.reports.patient_choices import Choice
from stepdown.reports.patient_words import plain_outcome, plain_rules
from stepdown.reports.rounding import Shown, round_half_up, show_risk
from stepdown.reports.wording import PATIENT_MATTERS, name_time, read_wording, say_plainly

#: The outcome of each point that may be ticked; the work of treatment is counted in doses.
OUTCOMES = {
    "relapse": "relapse", "scan": "mri_activity", "disability": "confirmed_worsening",
    "infection": "serious_infection",
}  # fmt: skip
BURDEN, UNSURE = "burden", "unsure"
POINTS = (*OUTCOMES, BURDEN)
_OPEN = ("reasonable", "possible")
_STAYING = ("continue", "stay-off", "no-further-course")
_NO_DOSES = ("stop", "stay-off", "no-further-course", "no-next-course")
_DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Weighed:
    """One choice on one point: a word for how it does, its number, and what to make of it."""

    letter: str
    name: str
    verdict: str
    label: str
    number: str
    sentence: str


@dataclass(frozen=True)
class Point:
    """One point that was ticked: how it is counted, and each choice on it in the order of the page."""

    key: str
    title: str
    explain: str
    choices: tuple[Weighed, ...]


@dataclass(frozen=True)
class NotCompared:
    """A choice that is left out of the comparison, with how it stands and why."""

    letter: str
    name: str
    label: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Matters:
    """What the page says for what was ticked; the others are compared with ``reference``."""

    reference: str | None
    points: tuple[Point, ...]
    not_compared: tuple[NotCompared, ...]


def say_matters(key: str, **slots: object) -> str:
    """A sentence of this part by its dotted key."""
    table, _, name = key.partition(".")
    return str(read_wording(PATIENT_MATTERS)[table][name]).format(**slots)


def find_matters(choices: Sequence[Choice], ticked: Sequence[str]) -> Matters:
    """How the open choices do on the points ticked; on all of them where somebody does not know yet."""
    compared = [choice for choice in choices if choice.standing in _OPEN]
    others = tuple(_leave_out(choice) for choice in choices if choice.standing not in _OPEN)
    if len(compared) < 2:
        return Matters(None, (), others)
    reference = _choose_reference(compared)
    keys = POINTS if UNSURE in ticked else [key for key in POINTS if key in ticked]
    points = tuple(_weigh_point(key, compared, reference) for key in keys)
    return Matters(_name(reference), points, others)


def _choose_reference(compared: Sequence[Choice]) -> Choice:
    """Going on as now where that is open, else the first open choice."""
    staying = (choice for choice in compared if choice.option.id in _STAYING)
    return next(staying, compared[0])


def _name(choice: Choice) -> str:
    return f"{choice.letter}. {choice.name}"


def _leave_out(choice: Choice) -> NotCompared:
    reasons = plain_rules(choice.option.decided_by) or (say_plainly(f"standing_text.{choice.standing}"),)
    return NotCompared(choice.letter, choice.name, choice.label, reasons)


def _weigh_point(key: str, compared: Sequence[Choice], reference: Choice) -> Point:
    if key == BURDEN:
        rows = tuple(_weigh_doses(choice, reference) for choice in compared)
        return Point(key, say_matters("burden.title"), say_matters("burden.note"), rows)
    outcome = OUTCOMES[key]
    columns = choose_columns(tuple(choice.option for choice in compared), (outcome,))
    column = columns[0] if columns else Column(outcome, 2.0)
    rows = tuple(_weigh_outcome(choice, reference, column) for choice in compared)
    time, title = name_time(column.time_years), plain_outcome(outcome, "title")
    heading = say_plainly("number.heading", title=title, time=time)
    return Point(key, heading, plain_outcome(outcome, "explain"), rows)


def _weigh_outcome(choice: Choice, reference: Choice, column: Column) -> Weighed:
    mine, other = (_find_risk(one.option, column) for one in (choice, reference))
    verdict = "reference" if choice is reference and mine else _judge(mine, other)
    sentence = say_matters(f"sentence.{verdict}", reference=reference.letter)
    shown = show_risk(mine) if mine else None
    return _to_row(choice, verdict, _say_number(shown) if shown else "", sentence)


def _find_risk(option: Option, column: Column) -> Risk | None:
    risk = find_cell(option, column).risk
    return risk if risk is not None and risk.per_100 is not None else None


def _judge(mine: Risk | None, other: Risk | None) -> str:
    """How a number stands to the one that it is compared with."""
    if mine is None or mine.per_100 is None:
        return "unknown"
    if other is None or other.per_100 is None:
        return "no_reference"
    if mine.speaks_for != other.speaks_for:
        return "other_people"
    if mine.per_100.high < other.per_100.low:
        return "fewer"
    if mine.per_100.low > other.per_100.high:
        return "more"
    here, there = (show_risk(risk) for risk in (mine, other))
    if here and there and here.estimate == there.estimate:
        return "same"
    return "maybe_fewer" if mine.per_100.estimate < other.per_100.estimate else "maybe_more"


def _say_number(shown: Shown) -> str:
    if shown.none_seen:
        return say_matters("number.none_seen", high=shown.high)
    return say_matters("number.outcome", number=shown.estimate, low=shown.low, high=shown.high)


def _weigh_doses(choice: Choice, reference: Choice) -> Weighed:
    mine, other = (_count_doses(one) for one in (choice, reference))
    number = "" if mine is None else _say_doses(mine)
    if mine is None:
        return _to_row(choice, "unknown", number, say_matters("burden.unknown"))
    if choice is reference:
        return _to_row(choice, "reference", number, say_matters("sentence.reference"))
    if other is None:
        told = say_matters("sentence.no_reference", reference=reference.letter)
        return _to_row(choice, "no_reference", number, told)
    verdict = "same" if mine == other else "fewer" if mine < other else "more"
    told = say_matters(f"burden.{verdict}", reference=reference.letter)
    # More doses of one drug are not worse than fewer of another: what is counted is said, not judged.
    return replace(_to_row(choice, verdict, number, told), label=say_matters(f"burden.label_{verdict}"))


def _say_doses(doses: int) -> str:
    return say_matters("number.doses", doses=doses) if doses else say_matters("number.no_doses")


def _count_doses(choice: Choice) -> int | None:
    """Doses in a year, where all drugs of a choice take as many; None for courses and unknown intervals."""
    counts = {_count_doses_of(option) for option in choice.options}
    return counts.pop() if len(counts) == 1 else None


def _count_doses_of(option: Option) -> int | None:
    if option.id in _NO_DOSES or option.strategy == "stop":
        return 0
    therapy = read_therapies().get(option.therapy or "")
    if therapy is None or therapy.is_course:
        return None
    interval: Any = option.interval_days or therapy.usual_interval_days
    return round_half_up(_DAYS_A_YEAR / interval) if interval else None


def _to_row(choice: Choice, verdict: str, number: str, sentence: str) -> Weighed:
    label = say_matters(f"verdict.{verdict}")
    return Weighed(choice.letter, choice.name, verdict, label, number, sentence)
