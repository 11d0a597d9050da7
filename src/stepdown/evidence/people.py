"""Many people as arrays: the few facts that studies speak about, NaN where one is not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from stepdown.evidence.meta.distributions import Floats, Indices
from stepdown.evidence.person import Person

#: The courses that a row may have; -1 stands for one that is not known.
COURSES = ("CIS", "RRMS", "SPMS", "PPMS")
_ARRAYS = ("age_low", "age_high", "quiet_low", "quiet_high", "mri_active", "course")


@dataclass(frozen=True, eq=False)
class People:
    """Facts of many people who take one step with one drug, a row each.

    Ages and years of quiet are bounds in years. ``mri_active`` is 1, 0 or NaN; ``course`` a place in COURSES,
    -1 unknown. ``therapy``, ``target`` and ``other_form`` are as for one Person, the same for all.
    """

    age_low: Floats
    age_high: Floats
    quiet_low: Floats
    quiet_high: Floats
    mri_active: Floats
    course: Indices
    therapy: str | None = None
    target: str | None = None
    other_form: str = ""

    def __len__(self) -> int:
        return len(self.age_low)

    @property
    def age(self) -> Floats:
        """The middle of the bounds of age; NaN where one is not known."""
        return np.asarray((self.age_low + self.age_high) / 2)

    def rows(self, chosen: ArrayLike) -> People:
        """The rows chosen, by their numbers or by flags; a number may come more than once."""
        index = np.asarray(chosen)
        return replace(self, **{name: getattr(self, name)[index] for name in _ARRAYS})


def to_people(persons: Sequence[Person]) -> People:
    """The arrays for some people; ValueError where their drugs are not the same."""
    drugs = {(person.therapy, person.target, person.other_form) for person in persons}
    if len(drugs) > 1:
        raise ValueError("people asked about together must take the same step with the same drug")
    course = [COURSES.index(person.course) if person.course else -1 for person in persons]
    therapy, target, other_form = next(iter(drugs), (None, None, ""))
    return People(
        _column(persons, "age_low"),
        _column(persons, "age_high"),
        _column(persons, "years_quiet_low"),
        _column(persons, "years_quiet_high"),
        _column(persons, "mri_active"),
        np.array(course, dtype=np.intp),
        therapy,
        target,
        other_form,
    )


def _column(persons: Sequence[Person], name: str) -> Floats:
    values = [getattr(person, name) for person in persons]
    return np.array([np.nan if value is None else float(value) for value in values])
