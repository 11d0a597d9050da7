"""What if? The controls of the answer page, and how the answer moves with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stepdown.decisions.answer import Answer
from stepdown.decisions.assess import assess
from stepdown.interfaces.web.asking import Asked, Posted
from stepdown.interfaces.web.form_drawing import say_for_form
from stepdown.interfaces.web.form_reading import read_word
from stepdown.interfaces.web.refusing import Refused
from stepdown.ms.therapies import read_therapies
from stepdown.patients.checking import check_value
from stepdown.patients.faults import Fault, errors_among
from stepdown.patients.history import History
from stepdown.patients.what_if import LAST_MRI, WhatIf, suppose
from stepdown.reports.before_after import Movement, compare_before_after

_NUMBER = {"type": "number"}
#: The names of the controls, in the order of ``WhatIf``.
CONTROLS = ("if_age", "if_quiet", "if_mri", "if_drug", "if_interval")
_ALLOWED = {"if_age": (0, 120), "if_quiet": (0, 60), "if_interval": (1, 1000)}
_LABELS = {"if_age": "Age", "if_quiet": "Years without a relapse", "if_interval": "Days between two doses"}


@dataclass(frozen=True)
class Supposed:
    """What the controls say, what is wrong with it, and how the answer moves; None before that."""

    controls: dict[str, str]
    errors: tuple[str, ...] = ()
    movement: Movement | None = None


def suppose_posted(posted: Posted, asked: Asked, answer: Answer) -> Supposed:
    """How the answer moves with what the controls of the page say."""
    controls = {name: posted.get(name).strip() for name in CONTROLS}
    if not any(controls.values()):
        return Supposed(controls)
    wrong = _find_wrong(controls)
    patient = asked.checked.patient
    if wrong or patient is None:
        return Supposed(controls, wrong)
    values = suppose(asked.values, patient, asked.checked.at, read_controls(controls))
    checked = check_value(values, asked.checked.at)
    if checked.patient is None or checked.errors:
        return Supposed(controls, tuple(_say_error(fault) for fault in errors_among(checked.faults)))
    then = assess(History(checked.patient, checked.at), checked.faults)
    return Supposed(controls, (), compare_before_after(answer, then))


def read_controls(controls: dict[str, str]) -> WhatIf:
    """The controls as what is supposed; Refused for a choice that the page does not offer."""
    if controls["if_mri"] not in ("", *LAST_MRI) or controls["if_drug"] not in ("", *read_therapies()):
        raise Refused(400, "The page does not offer that choice.")
    numbers: dict[str, Any] = {name: read_word(controls[name], _NUMBER) for name in _ALLOWED}
    return WhatIf(
        numbers["if_age"],
        numbers["if_quiet"],
        controls["if_mri"] or None,
        controls["if_drug"] or None,
        numbers["if_interval"],
    )


def _find_wrong(controls: dict[str, str]) -> tuple[str, ...]:
    """The numbers that are none, or that no person has."""
    wrong = []
    for name, (low, high) in _ALLOWED.items():
        value = read_word(controls[name], _NUMBER)
        if isinstance(value, str) or (value is not None and not low <= value <= high):
            wrong.append(f"{_LABELS[name]}: write a number from {low} to {high}.")
    return tuple(wrong)


def _say_error(fault: Fault) -> str:
    return f"This cannot be of this person: {say_for_form(fault.sentence)} ({fault.path})."
