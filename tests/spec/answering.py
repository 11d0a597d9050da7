"""The answer for one person as a row sees it: the options that are meant, and every sentence they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from stepdown.decisions.answer import Answer, Option
from stepdown.decisions.assess import assess
from stepdown.ms.therapies import read_therapies
from stepdown.patients.checking import Checked, check_value
from stepdown.patients.history import History
from stepdown.reports.text_clinician import write_clinician_text
from stepdown.reports.text_patient import write_patient_text

TODAY = date(2026, 11, 20)
#: From worst to best; an option that cannot be judged stands beside one that is advised against.
RANKS = {"not-advised": 0, "cannot-say": 0, "possible": 1, "reasonable": 2}
OPEN = ("reasonable", "possible")
Selection = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """One person file with its check and, when nothing forbids it, its answer."""

    person: Mapping[str, Any]
    checked: Checked
    selections: tuple[Selection, ...] = ()

    @cached_property
    def history(self) -> History:
        assert self.checked.patient is not None, "no patient could be read"
        return History(self.checked.patient, self.checked.at)

    @cached_property
    def answer(self) -> Answer:
        assert not self.checked.errors, [str(fault) for fault in self.checked.errors]
        return assess(self.history, self.checked.faults)

    @cached_property
    def options(self) -> list[Option]:
        """The options that are meant; all without a selection."""
        return select_options(self.answer, self.selections)

    @cached_property
    def clinician(self) -> str:
        return one_line(write_clinician_text(self.answer))

    @cached_property
    def patient(self) -> str:
        return one_line(write_patient_text(self.answer))


def ask(person: Mapping[str, Any], at: date | None = None, selections: Iterable[Selection] = ()) -> Asked:
    """Check a person at an index date; the answer comes when it is looked at."""
    return Asked(person, check_value(dict(person), at, TODAY), tuple(selections))


def select_options(answer: Answer, selections: Iterable[Selection]) -> list[Option]:
    """Options that fit at least one selection."""
    wanted = tuple(selections)
    return [each for each in answer.options if not wanted or any(fits(each, one) for one in wanted)]


def fits(option: Option, selection: Selection) -> bool:
    """Whether an option has every property of a selection; a list gives alternatives."""
    return all(_has(option, key, value) for key, value in selection.items())


def _has(option: Option, key: str, value: Any) -> bool:
    if key == "interval_over":
        return option.interval_days is not None and option.interval_days > value
    found = group_of(option.therapy) if key == "group" else getattr(option, key)
    return found in (value if isinstance(value, list) else [value])


def group_of(therapy: str | None) -> str | None:
    """The group of a drug of the catalogue."""
    found = read_therapies().get(therapy or "")
    return found.group if found else None


def one_line(text: str) -> str:
    """A text without its line breaks, so that words are found across them."""
    return re.sub(r"\s+", " ", text)


def lacking(words: Iterable[str], text: str) -> list[str]:
    """The patterns that a text does not hold."""
    return [word for word in words if not re.search(word, text, re.IGNORECASE)]


def found_in(words: Iterable[str], text: str) -> list[str]:
    """What a text holds of the patterns, with a little around it."""
    hits = [re.search(rf".{{0,40}}(?:{word}).{{0,40}}", text, re.IGNORECASE) for word in words]
    return [hit[0] for hit in hits if hit]


def plan_text(option: Option) -> str:
    """What is to be done around an option, before and after, with the reasons to start again."""
    steps = [f"{step.what} ({step.due})" for step in (*option.plan, *option.follow_up)]
    return " ".join([*steps, *(trigger.text for trigger in option.restart_triggers)])


def option_text(option: Option) -> str:
    """Every sentence of an option."""
    reasons = [reason.text for reason in (*option.reasons_for, *option.reasons_against)]
    rules = [rule.text for rule in option.rules if rule.fired is not False]
    unknowns = [f"{each.fact} {each.would_change}" for each in option.unknowns]
    return " ".join([option.meaning, *reasons, *rules, *unknowns, plan_text(option)])


def alert_text(answer: Answer) -> str:
    """Every alert with its id."""
    return " ".join(f"{alert.id} {alert.text}" for alert in answer.alerts)


def best_rank(options: Iterable[Option]) -> int | None:
    """How the best of some options stands; None without any."""
    return max((RANKS[option.standing] for option in options), default=None)
