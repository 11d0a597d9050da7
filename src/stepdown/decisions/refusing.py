"""When the MS model must not speak: another disease, or antibodies of one, and what is known for it."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from stepdown.decisions.answer import Reason, Refusal, Unknown
from stepdown.decisions.rules.conditions import all_hold
from stepdown.decisions.situation import Situation
from stepdown.decisions.sourcing import expand_sources
from stepdown.patients.death import Death, has_died


@lru_cache(maxsize=1)
def read_refusals() -> dict[str, Any]:
    """The refusals and what is known for each disease, from ``refusals.toml``."""
    return tomllib.loads((files("stepdown.decisions") / "refusals.toml").read_text("utf-8"))


def _known(disease: str, refusal_id: str) -> tuple[Reason, ...]:
    """What is known for a disease, each sentence with its sources."""
    rows = read_refusals()["known"][disease]
    return tuple(Reason(row["text"], refusal_id, expand_sources(row["sources"])) for row in rows)


def find_refusal(situation: Situation) -> Refusal | None:
    """Why the MS model does not answer for this person, or None when it may: a death, or another disease."""
    death = has_died(situation.history.view)
    if death is not None:
        return _refuse_death(death)
    for row in read_refusals()["refusal"]:
        fired = all_hold(row, situation.facts)
        if fired or (fired is None and row.get("if_unknown", False)):
            return Refusal(row["reason"], _known(row["disease"], row["id"]))
    return None


def _refuse_death(death: Death) -> Refusal:
    """One sentence; there is nothing to know of another disease."""
    return Refusal(read_refusals()["death"].format(place=death.told), ())


def find_open_diagnosis(situation: Situation) -> tuple[Unknown, ...]:
    """The one missing fact that matters where MS is not established: which disease it is."""
    if has_died(situation.history.view) or situation.fact("diagnosis").is_known:
        return ()
    return (Unknown("diagnosis", read_refusals()["open_diagnosis"]),)
