"""VIAADISC points from age, MRI activity and years of clinical stability; a range when a fact is unknown.

The score was made for interferon and glatiramer and tried on other continuous drugs. After natalizumab and
S1P modulators it cannot tell people apart, and course drugs are not stopped: there it refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from stepdown.ms.facts import Fact, State, bounded, unknown
from stepdown.ms.sources import read_data

NAME = "viaadisc_points"


@cache
def read_rules() -> dict[str, Any]:
    """The bands and points of the score."""
    return read_data("viaadisc.toml")


def viaadisc_points(*, age: Fact, mri_active: Fact, years_stable: Fact, group: str | None) -> Fact:
    """The points, 0 to 6, or their range; unknown with the reason when the drug is not one of the score's."""
    rules = read_rules()
    if group is None:
        return unknown(NAME, "the drug that would be stopped is not known")
    if group in rules["refused_groups"]:
        return unknown(NAME, f"the score does not hold after {group}")
    ranges = [
        points_of_number(rules["age"], age),
        points_of_truth(rules["mri_active_points"], mri_active),
        points_of_number(rules["years_stable"], years_stable),
    ]
    facts = (age, mri_active, years_stable)
    missing = [fact.name for fact, (low, high) in zip(facts, ranges, strict=True) if low < high]
    places = [place for fact in facts for place in fact.sources]
    low, high = (sum(points) for points in zip(*ranges, strict=True))
    return bounded(
        NAME,
        low,
        high,
        *places,
        unit="points",
        reason=f"not known exactly: {', '.join(missing)}" if missing else "",
    )


def points_of_truth(points: int, fact: Fact) -> tuple[int, int]:
    """The fewest and the most points of a yes or no."""
    return (0 if not fact.is_true else points), (0 if fact.is_false else points)


def points_of_number(bands: Sequence[dict[str, Any]], fact: Fact) -> tuple[int, int]:
    """The fewest and the most points of a number that may be known only within bounds."""
    every = [band["points"] for band in bands]
    if fact.state is not State.KNOWN or fact.low is None:
        return min(every), max(every)
    fewest = min(every) if fact.high is None else points_in_bands(bands, fact.high)
    return fewest, points_in_bands(bands, fact.low)


def points_in_bands(bands: Sequence[dict[str, Any]], number: float) -> int:
    """The points of the first band that holds a number; the last band holds all that is left."""
    for band in bands:
        if number < band.get("below", number) or number <= band.get("up_to", number - 1):
            return int(band["points"])
    return int(bands[-1]["points"])
