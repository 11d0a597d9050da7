"""The sentences of an audit, each from its template and what may be published."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

Published = Mapping[str, Any]


@cache
def read_wording() -> Mapping[str, Mapping[str, str]]:
    """The templates, from ``wording.toml``."""
    return tomllib.loads(files("stepdown.reports.audit").joinpath("wording.toml").read_text("utf-8"))


def say_unseen(published: Published) -> list[str]:
    """The outcomes that were not looked at, and why; and whether there is nothing at all to compare."""
    words = read_wording()
    said = [words["nothing"]["unseen"].format(outcome=words["outcome"][outcome], table=table)
            for outcome, table in published["unseen"].items()]
    if not any(part["horizons"] for part in published["parts"]):
        said.append(words["nothing"]["text"])
    return said


def say_question(part: Published) -> str:
    """One step and outcome, as a heading."""
    words = read_wording()
    return f"People who {words['title'][part['step']]}: {words['outcome'][part['outcome']]}"


def say_verdict(horizon: Published) -> str:
    """The verdict in a few words: its direction, and whether some kinds of people are excepted."""
    words, verdict = read_wording()["verdict"], horizon["verdict"]
    said = words["open" if "open" in verdict["grounds"] else verdict["word"]]
    if verdict["direction"]:
        return f"{said}: {words[verdict['direction']]}"
    if verdict["word"] == "agrees" and find_exceptions(horizon):
        return words["agrees_but"]
    return said


def find_exceptions(horizon: Published) -> list[tuple[str, str, Published]]:
    """Kinds of people whose ratio is off in another way than that of all: fact, kind, and their numbers."""
    direction = horizon["verdict"]["direction"]
    return [(split["fact"], kind["label"], kind) for split in horizon["kinds"] for kind in split["kinds"]
            if kind["differs"] and _find_direction(kind) != direction]


def find_leaders(horizon: Published) -> list[tuple[str, str, Published]]:
    """Kinds of people that are off as all are, and twice as far: what is wrong may lie there."""
    if not horizon["verdict"]["direction"] or not isinstance(horizon["ratio"], Mapping):
        return []
    least = 2 * max(horizon["ratio"]["value"], 1 / max(horizon["ratio"]["value"], 0.01))
    return [(split["fact"], kind["label"], kind) for split in horizon["kinds"] for kind in split["kinds"]
            if kind["differs"] and _find_direction(kind) == horizon["verdict"]["direction"]
            and max(kind["ratio"]["value"], 1 / max(kind["ratio"]["value"], 0.01)) >= least]


def _find_direction(kind: Published) -> str:
    return "more" if kind["ratio"]["value"] > 1 else "fewer"


def say_grounds(horizon: Published, rule: Published) -> list[str]:
    """Why the verdict is as it is, a sentence for each ground."""
    verdict, templates = horizon["verdict"], read_wording()["grounds"]
    facts = _list_facts(horizon, rule)
    names = list(verdict["grounds"])
    if set(names) & {"more", "fewer"} and "beyond" not in names and horizon["clinics"] is not None:
        names.append("within")
    return [templates[name].format(**facts, **verdict["drifts"].get(name, {})) for name in names]


def _list_facts(horizon: Published, rule: Published) -> dict[str, Any]:
    """Every number that a sentence may name."""
    ratio = horizon["ratio"] if isinstance(horizon["ratio"], Mapping) else {}
    clinics, slope, expected = horizon["clinics"] or {}, horizon["slope"] or {}, horizon["expected"]
    needed = horizon["power"]["expected_needed"]
    return {
        "tolerated_low": rule["tolerated"][0], "tolerated_high": rule["tolerated"][1],
        "agreed_low": rule["agreed"][0], "agreed_high": rule["agreed"][1],
        "clinics_low": clinics.get("low"), "clinics_high": clinics.get("high"),
        "slope_low": slope.get("low"), "slope_high": slope.get("high"),
        "low": ratio.get("low"), "high": ratio.get("high"),
        "expected": expected, "needed": needed, "times": needed / max(expected, 0.1)}


def say_power(horizon: Published) -> str:
    """How large a shift would have been seen."""
    power, templates = horizon["power"], read_wording()["power"]
    if power["more"] is None:
        return templates["none"]
    return templates["both" if power["fewer"] else "more"].format(**power)


def say_chance(published: Published) -> str:
    """How often a verdict is against predictions that hold."""
    verdicts = sum(len(part["horizons"]) for part in published["parts"])
    return read_wording()["chance"]["text"].format(alarms=published["rule"]["false_alarms"],
                                                   verdicts=verdicts)


def say_number(value: Any) -> str:
    """A count, a number to the digits that may be published, or why it is not shown."""
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else value


def say_ratio(found: Published) -> str:
    """Observed over expected with its interval, or why not."""
    ratio = found["ratio"]
    if not isinstance(ratio, Mapping):
        return str(ratio)
    if ratio["value"] is None:
        return "no event was expected"
    value, low, high = (_to_two_digits(ratio[name]) for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def _to_two_digits(value: float | None) -> str:
    return "unknown" if value is None else f"{value:#.2g}".rstrip(".") if value < 100 else f"{value:g}"
