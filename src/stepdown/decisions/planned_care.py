"""The care plan of one person, as frozen data: what every page, letter and bundle of it prints."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.decisions.source import Source


@dataclass(frozen=True)
class PlanLine:
    """One sentence of a row: for the team, for the person, for the caregiver; empty where it is not for them.

    ``kind`` is finding, evidence, assess, without-drugs, with-drugs, do or caution; ``strength`` is how sure
    its sources make it.
    """

    kind: str
    text: str
    plain: str
    caregiver: str
    strength: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class MissingFact:
    """A fact that a row needs and the person file lacks, and under which key it belongs."""

    fact: str
    text: str
    plain: str
    key: str
    reason: str


@dataclass(frozen=True)
class PlanRow:
    """One heading of the plan; ``missing`` holds the facts it needs and the file lacks.

    ``severity`` is that of a symptom, ``team`` who sees to it. A private row is not printed for the
    caregiver.
    """

    id: str
    group: str
    title: str
    plain_title: str
    status: str
    severity: str | None
    missing: tuple[MissingFact, ...]
    lines: tuple[PlanLine, ...]
    team: tuple[str, ...]
    private: bool


@dataclass(frozen=True)
class RaisedFlag:
    """Something in this person's facts to act on now."""

    id: str
    text: str
    plain: str
    caregiver: str
    strength: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class RedFlag:
    """What everybody acts on: by the emergency number, or the team the same day."""

    act: str
    text: str
    plain: str
    caregiver: str


@dataclass(frozen=True)
class TeamMember:
    """Somebody of the team, and what for."""

    role: str
    title: str
    plain: str
    what: str


@dataclass(frozen=True)
class Referral:
    """To whom, how soon and why; ``due`` is the latest day."""

    role: str
    title: str
    plain_title: str
    priority: str
    due: str
    why: str
    plain: str
    strength: str
    sources: tuple[str, ...]
    private: bool


@dataclass(frozen=True)
class CourseEvent:
    """One event of the course: a drug, a relapse, an EDSS score (its ``value``) or a scan.

    Each end is known between two days, and not at all where they are None. ``state`` of a drug is taken,
    ended, course or unclear; of a relapse counts, does-not-count or unclear; of a score counts or
    during-relapse; of a scan new, quiet or unclear.
    """

    kind: str
    label: str
    begins_low: str | None
    begins_high: str | None
    ends_low: str | None
    ends_high: str | None
    value: float | None
    state: str


@dataclass(frozen=True)
class CarePlan:
    """The whole plan: what comes first, the rows, the team, referrals, goals and the day of the review.

    ``status`` is whole, or other-disease where the studies of MS do not speak: then only what holds for any
    disease stands in it, and ``not_ms`` says why. ``severe`` is None where the facts do not decide.
    ``course`` holds the events, ``course_asked`` the kinds of events that the file mentions at all;
    ``therapy`` is the drug taken now, by its name in the catalogue.
    """

    at: str
    recorded_on: str
    person: str
    status: str
    not_ms: str
    severe: bool | None
    severe_rule: str
    raised: tuple[RaisedFlag, ...]
    red_flags: tuple[RedFlag, ...]
    goals: tuple[str, ...]
    rows: tuple[PlanRow, ...]
    team: tuple[TeamMember, ...]
    referrals: tuple[Referral, ...]
    review_due: str
    review: str
    review_because: tuple[str, ...]
    sources: dict[str, Source]
    course: tuple[CourseEvent, ...]
    course_asked: tuple[str, ...]
    course_type: str | None
    onset: str | None
    observed_since: str | None
    active: bool | None
    worsening: bool | None
    therapy: str | None
