"""The numbers, as patients read them: one outcome and one time for all choices, in words and pictures."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.decisions.answer import PEOPLE_IN_STUDIES, Per100, Risk
from stepdown.reports.comparison import Column, choose_columns, find_cell, find_outcomes
from stepdown.reports.patient_choices import Choice
from stepdown.reports.patient_words import plain_outcome
from stepdown.reports.rounding import FEWER, Shown, count_icons, show_risk
from stepdown.reports.wording import capitalise, name_time, say_plainly


@dataclass(frozen=True)
class Picture:
    """One icon array: how many of how many figures are filled, its label, and what a screen reader says."""

    outcome: str
    filled: int
    of: int
    label: str
    alt: str


@dataclass(frozen=True)
class ChoiceNumber:
    """What one choice has for one outcome: both frames of the number, how sure it is, and its pictures.

    ``words`` is the number with its range, and ``bar`` the same of 100 to draw; None where it is unknown.
    """

    letter: str
    name: str
    frames: tuple[str, ...]
    sentences: tuple[str, ...]
    pictures: tuple[Picture, ...]
    words: str
    bar: Per100 | None


@dataclass(frozen=True)
class NumberGroup:
    """One outcome at one time for every choice, and the table of the same outcome at every time."""

    outcome: str
    title: str
    time: str
    explain: str
    same_time: str
    choices: tuple[ChoiceNumber, ...]
    table: NumberTable


@dataclass(frozen=True)
class NumberTable:
    """One outcome at every time: a row for each choice."""

    title: str
    times: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def find_number_groups(choices: tuple[Choice, ...]) -> tuple[NumberGroup, ...]:
    """A group for each outcome for which at least one choice has a number."""
    options = tuple(choice.option for choice in choices)
    columns = choose_columns(options, find_outcomes(options))
    known = [column for column in columns if any(find_cell(option, column).shown for option in options)]
    of = 1000 if _all_below_1(choices, known) else 100
    return tuple(_build_group(choices, column, of) for column in known)


def find_unknown_outcomes(choices: tuple[Choice, ...]) -> tuple[str, ...]:
    """The outcomes that are spoken of but have no number for any choice, as plain sentences."""
    options = tuple(choice.option for choice in choices)
    known = {risk.outcome for option in options for risk in option.risks if risk.per_100 is not None}
    return tuple(
        plain_outcome(outcome, "unknown") for outcome in find_outcomes(options) if outcome not in known
    )


def _all_below_1(choices: tuple[Choice, ...], columns: list[Column]) -> bool:
    """Whether every pictured number is below 1 of 100: only then every picture has 1,000 figures."""
    cells = [find_cell(choice.option, column) for choice in choices for column in columns]
    risks = [cell.risk.per_100.estimate for cell in cells if cell.risk and cell.risk.per_100]
    return bool(risks) and 0.0 < max(risks) < 1.0


def _build_group(choices: tuple[Choice, ...], column: Column, of: int) -> NumberGroup:
    time = name_time(column.time_years)
    numbers = tuple(_build_number(choice, column, of) for choice in choices)
    return NumberGroup(
        column.outcome,
        plain_outcome(column.outcome, "title"),
        time,
        plain_outcome(column.outcome, "explain"),
        say_plainly("number.same_time", time=time, of=of),
        numbers,
        _build_table(choices, column.outcome),
    )


def _build_number(choice: Choice, column: Column, of: int) -> ChoiceNumber:
    cell = find_cell(choice.option, column)
    if cell.risk is None or cell.risk.per_100 is None or cell.shown is None:
        sentences = [plain_outcome(column.outcome, "unknown")]
        if cell.elsewhere:
            sentences.append(say_plainly("number.elsewhere"))
        unknown = say_plainly("number.unknown")
        return ChoiceNumber(choice.letter, choice.name, (), tuple(sentences), (), unknown, None)
    frames, told = _both_frames(cell.risk, cell.shown), _tell_how_sure(cell.risk, cell.shown)
    pictures = _draw(column.outcome, cell.risk.per_100, cell.shown, of)
    bar = _to_bar(cell.risk.per_100, cell.shown)
    return ChoiceNumber(choice.letter, choice.name, frames, told, pictures, cell.shown.words, bar)


def _to_bar(per_100: Per100, shown: Shown) -> Per100:
    """The number as a bar shows it: nothing where nobody had the event, and the range above it."""
    return Per100(0.0, 0.0, max(per_100.high, 1.0)) if shown.none_seen else per_100


def _tell_how_sure(risk: Risk, shown: Shown) -> tuple[str, ...]:
    """The range, how many were counted, who they were, and whether the reader lies outside."""
    told = [say_plainly(f"number.{risk.speaks_for}")]
    if not shown.none_seen:
        key = "number.narrow" if shown.low == shown.high else "number.range"
        told.append(say_plainly(key, low=shown.low, high=shown.high))
    if shown.very_wide:
        told.append(say_plainly("number.very_wide"))
    if risk.people is not None:
        told.append(say_plainly("number.counted", people=risk.people))
    if risk.studied.ages:
        told.append(say_plainly("number.ages", ages=risk.studied.ages))
    if risk.status == "extrapolated" and risk.speaks_for == PEOPLE_IN_STUDIES:
        told.append(say_plainly("number.extrapolated"))
    return tuple(told)


def _both_frames(risk: Risk, shown: Shown) -> tuple[str, ...]:
    """How many had it and how many did not."""
    time = name_time(risk.time_years)
    if shown.none_seen:
        return (plain_outcome(risk.outcome, "none", time=time, high=shown.high),)
    happened = plain_outcome(
        risk.outcome, "happened", number=shown.estimate, people=_name_people(risk), time=time
    )
    return (capitalise(happened), capitalise(plain_outcome(risk.outcome, "rest", rest=shown.rest)))


def _name_people(risk: Risk) -> str:
    """Whom the number is about, in two or three words."""
    return say_plainly(f"people.{risk.speaks_for}")


def _draw(outcome: str, per_100: Per100, shown: Shown, of: int) -> tuple[Picture, ...]:
    """The picture of the estimate; between those of the low and the high end when the interval is wide."""
    best = 0.0 if shown.none_seen else per_100.estimate
    ends = [("best", best, shown.estimate)]
    if shown.wide:
        ends = [("low", per_100.low, shown.low), *ends, ("high", per_100.high, shown.high)]
    return tuple(_picture(outcome, key, value, number, of) for key, value, number in ends)


def _picture(outcome: str, key: str, per_100: float, number: str, of: int) -> Picture:
    filled = count_icons(per_100, of)
    label = say_plainly(f"number.{key}", number=number, low=number, high=number)
    if of == 1000:
        label = f"{label} ({say_plainly('number.of_thousand', filled=filled)})"
    alt = f"{label}. {say_plainly('number.alt', filled=filled, of=of)}"
    if number == FEWER and not filled:
        alt = f"{alt} {say_plainly('number.fewer')}"
    return Picture(outcome, filled, of, label, alt)


def _build_table(choices: tuple[Choice, ...], outcome: str) -> NumberTable:
    risks = [risk for choice in choices for risk in choice.option.risks if risk.outcome == outcome]
    times = sorted({risk.time_years for risk in risks if risk.per_100 is not None})
    rows = tuple(
        (f"{choice.letter}. {choice.name}", tuple(_table_cell(choice, outcome, time) for time in times))
        for choice in choices
    )
    return NumberTable(plain_outcome(outcome, "title"), tuple(map(name_time, times)), rows)


def _table_cell(choice: Choice, outcome: str, time: float) -> str:
    cell = find_cell(choice.option, Column(outcome, time))
    shown = show_risk(cell.risk) if cell.risk is not None else None
    return shown.words if shown is not None else say_plainly("number.unknown")
