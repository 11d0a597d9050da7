"""How the answer moves with the choices of the analysis: a row for each way an outcome was worked out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stepdown.cohorts.estimates import find_e_value
from stepdown.cohorts.protocol.model import Protocol

Published = dict[str, Any]
_MISSING = {"indicator": "what is not known marked", "multiple-imputation": "what is not known imputed"}


@dataclass(frozen=True)
class Choice:
    """One analysis in words, with its published difference and ratio of risks (None: not worked out)."""

    name: str
    difference: Any
    ratio: Any


def list_choices(outcome: Published, protocol: Protocol) -> tuple[Choice, ...]:
    """The analyses of an outcome at the end of follow-up, that of the protocol first."""
    return tuple(_list(outcome, protocol)) if outcome["contrasts"] else ()


def _list(outcome: Published, protocol: Protocol) -> Iterator[Choice]:
    last, complete = outcome["contrasts"][-1], outcome["complete_cases"]
    # Copies of the same people are alike from the start: they are weighed for who leaves alone.
    aim = "for who leaves or is lost" if protocol.target.grace_days else f"({protocol.weights.estimand})"
    weights = f"weighted {aim}"
    missing = _MISSING[protocol.missing.method]
    named = weights if complete is None else f"{weights}, {missing}"
    yield Choice(f"{named}: the protocol's", last["risk_difference"], last["risk_ratio"])
    yield Choice("without weights", last["crude_risk_difference"], None)
    if complete is not None:
        yield Choice(f"{weights}, complete cases alone", complete["risk_difference"], complete["risk_ratio"])
        yield Choice("without weights, complete cases alone", complete["crude_risk_difference"], None)


def say_how_strong(outcome: Published) -> str:
    """What something unmeasured would have to be to explain the ratio of risks away; "" if none is shown."""
    ratio = outcome["contrasts"][-1]["risk_ratio"] if outcome["contrasts"] else None
    if not isinstance(ratio, dict):
        return ""
    bounds = ratio["low"], ratio["value"], ratio["high"]
    if None in bounds or not 0 < bounds[0] <= bounds[1] <= bounds[2]:
        return ""
    found = find_e_value(bounds[1], bounds[0], bounds[2])
    nearer = ("the interval includes no effect as it is" if found.bound == 1 else
              f"by {found.bound:.2g} each it would move the interval to no effect")
    return (f"E-value: to explain the ratio of {bounds[1]:g} away, something unmeasured would have to go "
            f"with the choice and with the outcome by a ratio of {found.estimate:.2g} each; {nearer}.")


def say_control(outcome: Published) -> str:
    """What an outcome that the strategies cannot change tells of the others; "" where it is not such a one.

    Lipsitch, Tchetgen Tchetgen and Cohen, Epidemiology 2010;21:383.
    """
    if not outcome["negative_control"] or not outcome["contrasts"]:
        return ""
    found = outcome["contrasts"][-1]["risk_difference"]
    said = "A negative control: the choice cannot change this outcome."
    if not isinstance(found, dict) or None in (found["low"], found["high"]):
        return f"{said} Too few events are shown to say whether the groups differ in it."
    if found["low"] <= 0 <= found["high"]:
        return f"{said} No difference is seen; that does not exclude that the groups differ otherwise."
    return (f"{said} Yet the groups differ in it: they differ in something that was not measured, and the "
            "other differences may come from that.")
