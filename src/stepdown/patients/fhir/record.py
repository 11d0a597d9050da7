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
    """One order or statement of a therapy: its days as written, and whether it still goes on.

    ``ended_by`` is the latest day by which it had ended, where it says that it had: its stop, else the day on
    which that was said or the order that was ended was written.
    """

    place: str
    therapy: str
    start: str | None
    stop: str | None
    still_taking: bool | None
    interval_days: int | None = None
    dose_mg: float | None = None
    ended_by: str | None = None

    @property
    def has_ended(self) -> bool:
        """Whether it says that the drug was given up."""
        return self.stop is not None or self.still_taking is False


@dataclass(frozen=True)
class GivenDose:
    """One dose that was given."""

    place: str
    therapy: str
    on: str
    dose_mg: float | None


@dataclass(frozen=True)
class NotTaken:
    """A drug of which the record says that it is not, or not to be, taken; a day where it gives one."""

    place: str
    therapy: str
    on: str | None


@dataclass(frozen=True)
class Limit:
    """An EDSS that is only known to lie below or above a score: the person file cannot hold it."""

    place: str
    on: str


@dataclass
class Record:
    """Everything read so far; the lists of groups are those of the person file.

    ``doubts`` are notes on which an answer turns: somebody must look at them first.
    """

    person: Json = field(default_factory=dict)
    diseases: list[Disease] = field(default_factory=list)
    relapses: list[Json] = field(default_factory=list)
    takings: list[Taking] = field(default_factory=list)
    doses: list[GivenDose] = field(default_factory=list)
    not_taken: list[NotTaken] = field(default_factory=list)
    drugs_not_sent: list[str] = field(default_factory=list)
    edss: list[Json] = field(default_factory=list)
    mri: list[Json] = field(default_factory=list)
    labs: list[Json] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    antibodies: list[tuple[str, str, str]] = field(default_factory=list)
    comorbidities: list[Json] = field(default_factory=list)
    plans: Json = field(default_factory=dict)
    took_immunosuppressant: bool = False
    is_deceased: bool = False
    smoking: list[tuple[str, bool]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
