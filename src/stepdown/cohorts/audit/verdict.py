"""When should predictions not be trusted here? One verdict a step, outcome and time, with its grounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stepdown.cohorts.audit.comparing import Ratio, find_needed
from stepdown.cohorts.audit.results import AGREES, CANNOT_TELL, NOT_TRUSTED, Drift, Share, Verdict
from stepdown.cohorts.audit.rules import Rules


@dataclass(frozen=True)
class Grounds:
    """What a verdict rests on; ``beyond`` is more, fewer or "" by the prediction interval of clinics."""

    ratio: Ratio
    beyond: str
    slope: Share | None
    drift: Drift | None


def judge(grounds: Grounds, rules: Rules) -> Verdict:
    """Not trusted for any reason that holds; else agreement where all else can be ruled out; else open."""
    against = list(_list_against(grounds, rules))
    if against:
        direction = next((way for _, way in against if way), "")
        return Verdict(NOT_TRUSTED, direction, tuple(name for name, _ in against))
    ratio = grounds.ratio
    if ratio.expected <= 0:
        return Verdict(CANNOT_TELL, "", ("nothing-expected",))
    if rules.agreed.holds(ratio.low, ratio.high):
        return Verdict(AGREES, "", ("ruled-out",))
    return Verdict(CANNOT_TELL, "", ("few-events" if ratio.expected < find_needed(rules) else "open",))


def _list_against(grounds: Grounds, rules: Rules) -> Iterator[tuple[str, str]]:
    """Each reason not to trust, with its direction."""
    ratio, slope = grounds.ratio, grounds.slope
    if ratio.low > rules.tolerated.high:
        yield "more", "more"
    if ratio.high < rules.tolerated.low:
        yield "fewer", "fewer"
    if grounds.beyond:
        yield "beyond", grounds.beyond
    if grounds.drift is not None:
        for way, chart in (("more", grounds.drift.more), ("fewer", grounds.drift.fewer)):
            if chart.signal_day is not None:
                yield f"drift-{way}", way
    if slope is not None and slope.high < rules.slope.low:
        yield "ranking-flat", ""
    if slope is not None and slope.low > rules.slope.high:
        yield "ranking-steep", ""
