"""The answer for one person, as frozen data: the shape that JSON, text, HTML and PDF all print."""

from __future__ import annotations

from dataclasses import dataclass, field

from stepdown.decisions.planned_care import CarePlan
from stepdown.decisions.source import Source

SCHEMA_VERSION = "1"
#: Whom a number is about: by the risk model, people like this one; the people in the studies; or, by the
#: risk model too, this person beyond what was studied.
PEOPLE_LIKE_THIS, PEOPLE_IN_STUDIES, BEYOND_PEOPLE_STUDIED = (
    "people_like_this",
    "people_in_studies",
    "beyond_people_studied",
)
SPEAKS_FOR = (PEOPLE_LIKE_THIS, PEOPLE_IN_STUDIES, BEYOND_PEOPLE_STUDIED)


@dataclass(frozen=True)
class Per100:
    """Events per 100 people, with the 95 % interval; unrounded, the reports round once."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Studied:
    """Who the people in the studies were, in words for the reader; None where the studies do not say."""

    ages: str | None
    years_quiet: str | None
    therapies: str | None


@dataclass(frozen=True)
class StudyWeight:
    """A study in a combined estimate: its worst concern of bias, its power, and its share of the weight."""

    study: str
    design: str
    concern: str
    power: float
    weight: float


@dataclass(frozen=True)
class Beside:
    """Another number for the same question: of the people in the studies, of one design or of both."""

    design: str | None
    status: str
    reason: str
    per_100: Per100 | None
    studies: int
    people: int | None
    events: int | None
    method: str
    studied: Studied
    sources: tuple[str, ...]
    weights: tuple[StudyWeight, ...] = ()
    speaks_for: str | None = PEOPLE_IN_STUDIES


@dataclass(frozen=True)
class Risk:
    """One risk of one option: estimated, extrapolated, or unknown with the reason.

    ``speaks_for`` is whom the number is about: people like this one, the people in the studies, or this
    person beyond what was studied. ``studies``, ``people``, ``events`` and ``sources`` are of those who took
    this step with this drug, chosen alike and of such an age; ``moved_by`` are the contrasts inside studies
    that move a number of the risk model. ``beside`` holds what the studies alone say, each design apart.
    """

    outcome: str
    definition: str
    time_years: float
    status: str
    reason: str
    per_100: Per100 | None
    studies: int
    people: int | None
    events: int | None
    method: str
    studied: Studied
    sources: tuple[str, ...]
    speaks_for: str | None
    design: str | None
    moved_by: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One rule that looked at the person: whether it fired, where it pushes, how strongly, and why."""

    id: str
    fired: bool | None
    pushes_to: str
    strength: str
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Reason:
    """One reason for or against an option, the rule it comes from, and its sources."""

    text: str
    rule: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Unknown:
    """A fact that is missing, and what knowing it would change."""

    fact: str
    would_change: str


@dataclass(frozen=True)
class Bridge:
    """The next drug that must follow, and the longest gap allowed from the last dose."""

    therapies: tuple[str, ...]
    max_gap_days: int
    sources: tuple[str, ...]


@dataclass(frozen=True)
class FollowUp:
    """One thing to do after the decision: due as an ISO date or as words; stated in a source, or proposed.

    ``id`` is the row of the schedule or the step of the plan that it comes from.
    """

    what: str
    due: str
    window_days: int | None
    basis: str
    sources: tuple[str, ...]
    id: str = ""


@dataclass(frozen=True)
class Trigger:
    """What should make the team think of starting again."""

    text: str
    basis: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Option:
    """A strategy with its details, how it stands for this person, and everything that decided it."""

    id: str
    strategy: str
    direction: str
    therapy: str | None
    interval_days: int | None
    bridge: Bridge | None
    standing: str
    decided_by: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    risks: tuple[Risk, ...] = ()
    reasons_for: tuple[Reason, ...] = ()
    reasons_against: tuple[Reason, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    plan: tuple[FollowUp, ...] = ()
    follow_up: tuple[FollowUp, ...] = ()
    restart_triggers: tuple[Trigger, ...] = ()
    meaning: str = ""


@dataclass(frozen=True)
class Alert:
    """Something to act on before any option: urgent, check, or note."""

    id: str
    level: str
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class FactLine:
    """One fact as the answer used it."""

    name: str
    value: bool | float | str | None
    unit: str | None
    state: str
    reason: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Refusal:
    """Why the MS model does not answer, and what is known for that disease."""

    reason: str
    what_is_known: tuple[Reason, ...]


@dataclass(frozen=True)
class PmlCell:
    """Natalizumab PML per 1,000 for one period of treatment: the range over the cells the facts allow."""

    period_months: str
    per_1000_low: float
    per_1000_high: float
    reason: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """The whole answer for one person at one index date.

    ``studies`` holds every study of the library that answered, with a mark of what it said: by it a later
    answer tells which studies came, changed or went.
    """

    schema_version: str
    stepdown_version: str
    evidence_version: str
    evidence_hash: str
    at: str
    recorded_on: str
    person: str
    status: str
    refusal: Refusal | None
    alerts: tuple[Alert, ...]
    facts: tuple[FactLine, ...]
    options: tuple[Option, ...]
    pml: tuple[PmlCell, ...] = ()
    pml_notes: tuple[Reason, ...] = ()
    missing_ranked: tuple[Unknown, ...] = ()
    preferences: tuple[str, ...] = ()
    cancer_immunotherapy: tuple[Reason, ...] = ()
    sources: dict[str, Source] = field(default_factory=dict)
    care_plan: CarePlan | None = None
    studies: dict[str, str] = field(default_factory=dict)
