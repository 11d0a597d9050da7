"""Where one person stands before any option is judged: the facts, the drug, and the state of treatment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stepdown.ms.facts import Fact, State
from stepdown.ms.therapies import Therapy, read_therapies
from stepdown.patients.facts_drug_before import REBOUND_GROUPS
from stepdown.patients.facts_treatment import taken_now
from stepdown.patients.history import History


class Treatment(StrEnum):
    """What the person is on: a continuous drug, a course or transplant behind them, nothing, or not clear."""

    ON_DRUG = "on-drug"
    COURSE_OPEN = "course-open"
    COURSE_DONE = "course-done"
    OFF_DRUG = "off-drug"
    NEVER_TREATED = "never-treated"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Situation:
    """The facts of one person at the index date, with the drug that the options start from."""

    history: History
    treatment: Treatment
    therapy: Therapy | None
    unclear_because: str = ""

    @property
    def at(self) -> date:
        """The index date."""
        return self.history.at

    @property
    def facts(self) -> Mapping[str, Fact]:
        """Every fact by its name."""
        return self.history.by_name

    def fact(self, name: str) -> Fact:
        """One fact by its name; KeyError for a name that no History gives."""
        return self.facts[name]

    @property
    def group(self) -> str | None:
        """The therapy group of the drug taken or last taken."""
        return self.therapy.group if self.therapy else None

    @property
    def open_therapies(self) -> tuple[Therapy, ...]:
        """The drugs of the catalogue that may be taken now, where it is not clear which; else none."""
        if self.treatment is not Treatment.UNCLEAR:
            return ()
        sure, unsure = taken_now(self.history.view)
        return tuple(dict.fromkeys(period.therapy for period in (*sure, *unsure) if period.therapy))

    @property
    def takes_two(self) -> bool:
        """Whether two drugs or more stand as surely taken now."""
        sure, _ = taken_now(self.history.view)
        return len({period.name for period in sure}) > 1

    @property
    def may_rebound(self) -> bool:
        """Whether the drug taken or last taken is one after which activity returns within weeks."""
        return self.group in REBOUND_GROUPS


def _course_state(therapy: Therapy, facts: Mapping[str, Fact]) -> Treatment:
    """Whether the courses of a course drug are complete; not known counts as still open."""
    needed = therapy.courses_to_complete or 1
    return Treatment.COURSE_DONE if facts["course_count"].at_least(needed) else Treatment.COURSE_OPEN


def _named_therapy(fact: Fact) -> Therapy | None:
    """The catalogue entry that a fact names, or None for ``other:NAME`` and for no name."""
    return read_therapies().get(str(fact.value)) if fact.is_known else None


def _on_or_after(facts: Mapping[str, Fact]) -> tuple[Treatment, Therapy | None, str]:
    """The treatment state, its drug, and why it is unclear where it is."""
    current, left = facts["current_therapy"], facts["therapy_left"]
    if not current.is_known:
        return Treatment.UNCLEAR, None, current.reason
    if current.value != "none":
        therapy = _named_therapy(current)
        if therapy is None:
            return Treatment.UNCLEAR, None, f"{current.value} is not in the drug catalogue"
        if therapy.kind in ("course", "once"):
            return _course_state(therapy, facts), therapy, ""
        return Treatment.ON_DRUG, therapy, ""
    return _off_drug(facts, left)


def _off_drug(facts: Mapping[str, Fact], left: Fact) -> tuple[Treatment, Therapy | None, str]:
    """The state of somebody who takes nothing now: after a course, after a drug, or never treated."""
    if left.state is State.KNOWN and left.value == "none":
        return Treatment.NEVER_TREATED, None, ""
    therapy = _named_therapy(left)
    if therapy is None:
        return Treatment.OFF_DRUG, None, left.reason or "the last drug is not known"
    if therapy.kind in ("course", "once"):
        return _course_state(therapy, facts), therapy, ""
    return Treatment.OFF_DRUG, therapy, ""


def find_situation(history: History) -> Situation:
    """The situation of a patient at the index date of a History."""
    treatment, therapy, because = _on_or_after(history.by_name)
    return Situation(history, treatment, therapy, because)
