"""The choices, as patients read them: each under the same headings, so that none looks better by layout."""

from __future__ import annotations

from dataclasses import dataclass, replace

from stepdown.decisions.answer import Answer, Option, Reason
from stepdown.ms.drug_words import plain_drug, plain_harms
from stepdown.reports.patient_follow_up import DatedGroup, find_dated_groups, tell_once
from stepdown.reports.patient_words import (
    find_current_therapy,
    plain_fact,
    plain_option,
    plain_rules,
)
from stepdown.reports.rounding import show_risk
from stepdown.reports.wording import find_kind, list_plainly, say_plainly


@dataclass(frozen=True)
class Part:
    """One headed part of a choice: a paragraph or a list, then lists of what is due, by kind."""

    heading: str
    items: tuple[str, ...]
    groups: tuple[DatedGroup, ...] = ()


@dataclass(frozen=True)
class Choice:
    """One choice: the options it stands for, its letter and name, how it stands, and its parts in order."""

    letter: str
    name: str
    standing: str
    label: str
    options: tuple[Option, ...]
    parts: tuple[Part, ...]

    @property
    def option(self) -> Option:
        """The option that speaks for those that stand alike."""
        return self.options[0]


def find_choices(answer: Answer) -> tuple[Choice, ...]:
    """The options of an answer as choices, in its order; options that differ only in the drug are one."""
    current = find_current_therapy(answer)
    groups = enumerate(_merge_alike(answer.options))
    choices = [_build_choice(chr(ord("A") + number), group, current, answer.at) for number, group in groups]
    told: dict[DatedGroup, str] = {}
    return tuple(_tell_once(choice, told) for choice in choices)


def _tell_once(choice: Choice, told: dict[DatedGroup, str]) -> Choice:
    parts = (replace(part, groups=tell_once(part.groups, choice.letter, told)) for part in choice.parts)
    return replace(choice, parts=tuple(parts))


def _merge_alike(options: tuple[Option, ...]) -> list[tuple[Option, ...]]:
    groups: dict[object, tuple[Option, ...]] = {}
    for option in options:
        key = _likeness(option)
        groups[key] = (*groups.get(key, ()), option)
    return list(groups.values())


def _likeness(option: Option) -> object:
    """What must be the same for two options to be shown as one choice: all but the drug."""
    numbers = tuple(
        (risk.outcome, risk.time_years, show_risk(risk), risk.status, risk.speaks_for)
        for risk in option.risks
    )
    reasons = tuple(
        plain_rules(reason.rule for reason in side) for side in (option.reasons_for, option.reasons_against)
    )
    kind = find_kind(option)
    alone = option.id if kind not in ("switch", "start", "start-again") else kind
    return (alone, option.direction, option.standing, option.interval_days, option.bridge, numbers, reasons)


def _build_choice(letter: str, options: tuple[Option, ...], current: str | None, at: str) -> Choice:
    option = options[0]
    therapies = tuple(each.therapy for each in options if each.therapy)
    named = therapies or ((current,) if current and option.strategy == "stop" else ())
    label = say_plainly(f"standing_label.{option.standing}")
    parts = _build_parts(options, at)
    return Choice(letter, plain_option(option, named), option.standing, label, options, parts)


def _build_parts(options: tuple[Option, ...], at: str) -> tuple[Part, ...]:
    option, kind = options[0], find_kind(options[0])
    return (
        _part("what", (say_plainly(f"kind.{kind}.what"), *_bridge(option), *_not_alone(option))),
        _part("standing", (say_plainly(f"standing_text.{option.standing}"),)),
        _part("good", list_plainly(f"kind.{kind}.good") + _points(option.reasons_for)),
        _part("bad", list_plainly(f"kind.{kind}.bad") + _points(option.reasons_against)),
        _part("harms", _list_harms(options)),
        _part("living", list_plainly(f"kind.{kind}.living")),
        _part("missing", _list_missing(option)),
        Part(
            say_plainly("option.checks"),
            list_plainly(f"kind.{kind}.checks"),
            find_dated_groups(options, at),
        ),
    )


def _list_missing(option: Option) -> tuple[str, ...]:
    """The facts this choice hangs on that are not on file."""
    facts = tuple(dict.fromkeys(plain_fact(unknown.fact) for unknown in option.unknowns))
    return facts or (say_plainly("option.nothing_missing"),)


def _part(key: str, items: tuple[str, ...]) -> Part:
    return Part(say_plainly(f"option.{key}"), items)


def _points(reasons: tuple[Reason, ...]) -> tuple[str, ...]:
    """The plain sentences of one side; that nothing more was found is said on either side alike."""
    return plain_rules(reason.rule for reason in reasons) or (say_plainly("option.no_reason"),)


def _list_harms(options: tuple[Option, ...]) -> tuple[str, ...]:
    if len(options) == 1:
        is_open = options[0].id == "continue" and options[0].therapy is None
        return plain_harms("a drug that is not clear" if is_open else options[0].therapy)
    return tuple(
        say_plainly("option.harm_of", therapy=plain_drug(option.therapy or ""), harm=harm)
        for option in options
        for harm in plain_harms(option.therapy)
    )


def _bridge(option: Option) -> tuple[str, ...]:
    return (say_plainly("option.bridge", days=option.bridge.max_gap_days),) if option.bridge else ()


def _not_alone(option: Option) -> tuple[str, ...]:
    """Everything but going on unchanged carries the warning not to do it alone."""
    return () if option.strategy == "continue" else (say_plainly("option.not_alone"),)
