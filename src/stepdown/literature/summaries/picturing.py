"""Which icon arrays belong to a summary? Both groups with one denominator, and both ends of a wide range."""

from __future__ import annotations

from collections.abc import Iterator

from stepdown.evidence.study import Study
from stepdown.literature.summaries.choosing import Chosen, Result
from stepdown.literature.summaries.judging import WIDE
from stepdown.literature.summaries.measuring import round_half_up
from stepdown.literature.summaries.summary import Picture
from stepdown.literature.summaries.words import name_outcome, name_people, say, show_bound, show_share

#: An icon array has so many figures; rarer events are said in words alone.
DRAWN = (100, 1000)


def draw_pictures(study: Study, chosen: Chosen, scale: int) -> tuple[Picture, ...]:
    """The pictures of the main figure and its comparison; none for ratios, rates and very rare events."""
    if chosen.main.measured.kind != "share" or scale not in DRAWN:
        return ()
    others = [result for result in (chosen.main, chosen.comparator) if result is not None]
    return tuple(
        picture for result in others for picture in _draw(study, result, scale, result is chosen.main)
    )


def tell_picture(chosen: Chosen) -> str:
    """What filled and empty figures stand for, or why there is no picture."""
    if chosen.main.measured.kind != "share":
        return say("picture.none")
    outcome = chosen.main.finding.outcome
    did, did_not = name_outcome(outcome, "did"), name_outcome(outcome, "did_not")
    return say("picture.caption", did=did, did_not=did_not)


def _draw(study: Study, result: Result, scale: int, is_main: bool) -> Iterator[Picture]:
    measured, outcome = result.measured, result.finding.outcome
    people = name_people(study, result.finding, compared=not is_main)
    x = show_share(measured.estimate, scale)
    yield _to_picture(
        outcome,
        measured.estimate,
        scale,
        say("picture.label", people=people, x=x, scale=f"{scale:,}"),
        people,
    )
    if not is_main or measured.low is None or measured.high is None or measured.high - measured.low <= WIDE:
        return
    for end, value in (("low", measured.low), ("high", measured.high)):
        label = say(f"picture.{end}", x=show_bound(value, scale), scale=f"{scale:,}")
        yield _to_picture(outcome, value, scale, label, people)


def _to_picture(outcome: str, per_100: float, scale: int, label: str, people: str) -> Picture:
    filled = count_icons(per_100, scale)
    alt = say("picture.alt", filled=filled, scale=scale, people=people)
    return Picture(outcome, filled, scale, label, f"{label}. {alt}")


def count_icons(per_100: float, scale: int) -> int:
    """How many figures are filled: none for fewer than 1, never all for less than all."""
    number = per_100 * scale / 100
    if number < 1:
        return 0
    return scale if number >= scale else min(round_half_up(number), scale - 1)
