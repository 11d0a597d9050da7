"""Facts about disability: the latest EDSS outside a relapse."""

from __future__ import annotations

from stepdown.ms.dates import PartialDate
from stepdown.ms.facts import Fact, bounded, doubtful, known, unknown
from stepdown.patients.view import View

NEEDS_A_STICK = 6.0


def find_latest_scores(view: View) -> list[tuple[str, PartialDate, float]]:
    """The scores outside relapses that may be the latest: place, day and score of each."""
    visits = [
        (f"edss[{position}]", visit.date, visit.score)
        for position, visit in enumerate(view.patient.edss or ())
        if visit.date and visit.score is not None and not visit.during_relapse and view.is_visible(visit.date)
    ]
    newest = max((day.earliest for _, day, _ in visits), default=None)
    return [visit for visit in visits if newest is not None and visit[1].latest >= newest]


def edss(view: View) -> Fact:
    """The latest EDSS on file that was not taken during a relapse; a range when two may be the latest."""
    latest = find_latest_scores(view)
    if not latest:
        return unknown("edss", "no dated score outside a relapse on file")
    scores = [score for _, _, score in latest]
    paths = tuple(path for path, _, _ in latest)
    exact = [day for _, day, _ in latest if day.is_exact]
    if len(set(scores)) == 1:
        return known("edss", scores[0], *paths, reason=f"of {latest[-1][1]}")
    if len(set(exact)) < len(exact):
        return doubtful("edss", "different scores for the same day", *paths)
    return bounded("edss", min(scores), max(scores), *paths, reason="either may be the latest")


def edss_6_or_more(view: View) -> Fact:
    """Whether the latest EDSS is 6 or more: help is needed to walk 100 metres."""
    score = edss(view)
    reached = score.at_least(NEEDS_A_STICK)
    if reached is None:
        return unknown("edss_6_or_more", score.reason, *score.sources)
    return known("edss_6_or_more", reached, *score.sources)
