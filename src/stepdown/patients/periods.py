"""The treatments of a person with their drugs in the catalogue, and which was taken on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from stepdown.ms.dates import PartialDate
from stepdown.ms.facts import both
from stepdown.ms.therapies import Therapy
from stepdown.ms.therapy_names import TherapyFound, find_therapy
from stepdown.patients.patient import Patient, Treatment

OTHER = "other:"


@dataclass(frozen=True)
class Period:
    """One treatment: where it stands in the file, its drug, and its days.

    ``name`` is that of the catalogue, or as written for one outside it; ``therapy`` is None outside it.
    """

    path: str
    name: str
    therapy: Therapy | None
    written: Treatment

    @property
    def start(self) -> PartialDate | None:
        """The day of the first dose."""
        return self.written.start

    @property
    def stop(self) -> PartialDate | None:
        """The day on which it was given up."""
        return self.written.stop

    @property
    def last_dose(self) -> PartialDate | None:
        """The day of the latest dose; a therapy given once has only one."""
        if self.written.last_dose is None and self.therapy is not None and self.therapy.kind == "once":
            return self.start
        return self.written.last_dose

    @property
    def is_course(self) -> bool:
        """Whether it is given as courses or once, so that there is nothing to stop when they are done."""
        return self.therapy is not None and self.therapy.is_course


def find_periods(patient: Patient) -> tuple[Period, ...]:
    """Every treatment of the file, in its order."""
    return tuple(
        _to_period(f"treatments[{position}]", treatment)
        for position, treatment in enumerate(patient.treatments or ())
    )


def _to_period(path: str, treatment: Treatment) -> Period:
    """One treatment with its drug."""
    name = treatment.therapy or "unknown"
    found = None if name.lower().startswith(OTHER) else find_therapy(name)
    if isinstance(found, TherapyFound):
        return Period(path, found.therapy.name, found.therapy, treatment)
    return Period(path, name, None, treatment)


def started_by(period: Period, day: date) -> bool | None:
    """Whether it had begun by a day; None when the start is missing or too coarse."""
    if period.start is None:
        return (
            True if any(other and other.latest <= day for other in (period.stop, period.last_dose)) else None
        )
    if period.start.latest <= day:
        return True
    return False if period.start.earliest > day else None


def is_taken_on(period: Period, at: date, recorded_on: date) -> bool | None:
    """Whether the drug was being taken on a day; None when the file does not decide.

    After recorded_on what was still taken is unknown; a course is over with its last dose.
    """
    if period.start is not None and period.start.earliest > at:
        return False
    return both([_goes_on(period, at, recorded_on), _begun(period, at)])


def _begun(period: Period, at: date) -> bool | None:
    """Whether it had begun; a drug that goes on without a start has."""
    return True if period.start is None else started_by(period, at)


def _goes_on(period: Period, at: date, recorded_on: date) -> bool | None:
    """Whether it had not ended by a day."""
    written = period.written
    if period.stop is not None:
        # The day of the stop is the first day without it.
        if period.stop.latest <= at or period.stop.earliest > at:
            return period.stop.earliest > at
        return _still_taking(False, at, recorded_on) if written.still_taking is False else None
    if written.last_dose is not None and written.last_dose.earliest >= at:
        return True
    if written.still_taking is not None:
        return _still_taking(written.still_taking, at, recorded_on)
    if period.is_course and period.last_dose is not None and period.last_dose.latest <= at:
        return False
    return None


def _still_taking(still_taking: bool, at: date, recorded_on: date) -> bool | None:
    """What "still taking on recorded_on" says about another day."""
    if still_taking:
        return True if at <= recorded_on else None
    return False if at >= recorded_on else None
