"""Whether what one key says can stand beside another: a doubt makes the fact unknown, and is said."""

from __future__ import annotations

from collections.abc import Iterator

from stepdown.ms.facts import Fact, State
from stepdown.patients.checks_dates import Moment
from stepdown.patients.death import find_death
from stepdown.patients.facts_person import pregnancy_now
from stepdown.patients.facts_treatment import prior_immunosuppressant
from stepdown.patients.faults import Fault, doubt, note
from stepdown.patients.patient import Patient
from stepdown.patients.view import View


def check_contradictions(patient: Patient, moment: Moment) -> Iterator[Fault]:
    """A pregnancy against sex or age, and no immunosuppressant beside one that was given."""
    view = View(patient, moment.at, moment.recorded_on)
    for path, fact in (
        ("plans.pregnancy", pregnancy_now(view)),
        ("prior_immunosuppressant", prior_immunosuppressant(view)),
    ):
        yield from _say_doubt(path, fact)
    yield from _check_death(view)


def _check_death(view: View) -> Iterator[Fault]:
    """An EDSS of 10 is said, so that a slip is seen; it is doubted where the person was alive later."""
    death = find_death(view)
    if death is not None and death.is_doubted:
        told = "EDSS 10 is death from MS, and the person was alive on that day or later; mend what is wrong"
        yield doubt(f"{death.path}.score", told, "edss")
    elif death is not None:
        yield note(f"{death.path}.score", "EDSS 10 is death from MS: this person is taken to have died")


def _say_doubt(path: str, fact: Fact) -> Iterator[Fault]:
    """The doubt of a fact, if it has one."""
    if fact.state is State.DOUBT:
        yield doubt(path, f"{fact.reason}; it is used as unknown", fact.name)
