"""How a contraindication is said in a whole sentence, and what it asks of somebody who takes the drug."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from stepdown.ms.comorbidities import read_comorbidities
from stepdown.ms.therapies import Contraindication, Therapy
from stepdown.patients.facts_drug_before import REBOUND_GROUPS


@lru_cache(maxsize=1)
def read_words() -> dict[str, Any]:
    """The sentences, from ``contraindications.toml``."""
    return tomllib.loads((files("stepdown.decisions") / "contraindications.toml").read_text("utf-8"))


def say_contraindication(therapy: Therapy, row: Contraindication) -> str:
    """One contraindication with whose label it is."""
    sentence: str = read_words()["says"][row.strength][row.jurisdiction]
    return sentence.format(drug=therapy.name, text=row.text)


def say_what_to_do(therapy: Therapy, row: Contraindication, fired: bool | None, effect: str) -> str:
    """What somebody who takes the drug must do about it, as an alert says it."""
    act = read_words()["act"]
    key = _name_act(row, fired, effect)
    condition = read_comorbidities().get(row.condition)
    said = [act[key]]
    if key in ("open", "started") and condition is not None and condition.kind == "cardiovascular":
        said.append(act["heart"])
    if therapy.group in REBOUND_GROUPS:
        said.append(act["rebound"])
    text: str = " ".join(said).format(drug=therapy.name)
    return text[:1].upper() + text[1:]


def _name_act(row: Contraindication, fired: bool | None, effect: str) -> str:
    """Which sentence says what to do: for a pregnancy its own, else by how sure the ban is."""
    if fired and row.condition == "pregnancy-now":
        return "pregnant"
    if fired and row.condition == "pregnancy-planned":
        return "pregnancy-planned"
    return "open" if fired is None else "forbidden" if effect == "not-advised" else "started"
