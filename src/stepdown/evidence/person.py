"""The few facts of a person that the studies speak about, with what is unknown kept apart."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """What a risk may turn on. Ages are bounds in years, None unknown; the others None unknown.

    ``therapy`` is the drug taken or left, ``target`` the drug an option leads to;
    ``other_form`` says in which form the people in the studies had the drug, where this person has another.
    """

    age_low: float | None = None
    age_high: float | None = None
    mri_active: bool | None = None
    years_quiet_low: float | None = None
    years_quiet_high: float | None = None
    course: str | None = None
    therapy: str | None = None
    target: str | None = None
    other_form: str = ""

    @property
    def age(self) -> float | None:
        """The middle of the age bounds; None when no age is known."""
        if self.age_low is None or self.age_high is None:
            return None
        return (self.age_low + self.age_high) / 2
