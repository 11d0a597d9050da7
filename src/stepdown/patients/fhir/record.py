"""What was read of the entries of one person, before it becomes a person file."""

from __future__ import annotations

from dataclasses import dataclass, field

from stepdown.patients.fhir.values import Json


@dataclass(frozen=True)
class Disease:
    """A recorded disease of the nervous system that stepdown tells apart, with its course where coded."""

    place: str
    diagnosis: str
    course: str | None
    onset: str | None
    recorded: str | None
    is_sure: bool


@dataclass(frozen=True)
class Taking:
    """One order or statement of a therapy: its days as written, and whether it still goes on."""

    place: str
    therapy: str
    start: str | None
    stop: str | None
    still_taking: bool | None
    interval_days: int | None = None
    dose_mg: float | None = None


@dataclass(frozen=True)
class GivenDose:
    """One dose that was given."""

    place: str
    therapy: str
    on: str
    dose_mg: float | None


@dataclass
class Record:
    """Everything read so far; the lists of groups are those of the person file."""

    person: Json = field(default_factory=dict)
    diseases: list[Disease] = field(default_factory=list)
    relapses: list[Json] = field(default_factory=list)
    takings: list[Taking] = field(default_factory=list)
    doses: list[GivenDose] = field(default_factory=list)
    edss: list[Json] = field(default_factory=list)
    mri: list[Json] = field(default_factory=list)
    labs: list[Json] = field(default_factory=list)
    comorbidities: list[Json] = field(default_factory=list)
    plans: Json = field(default_factory=dict)
    took_immunosuppressant: bool = False
    smoking: list[tuple[str, bool]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
