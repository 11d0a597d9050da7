"""What lies behind a person lately: episodes, infections, what stays in the bladder, how old the EDSS is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from stepdown.ms.dates import add_months
from stepdown.ms.facts import Fact, known, unknown
from stepdown.ms.relapse import classify_relapses
from stepdown.patients.care_needs import RESIDUAL_URINE
from stepdown.patients.facts_activity import relapses_of
from stepdown.patients.facts_disability import find_latest_scores
from stepdown.patients.view import View

#: A relapse is treated within so many days, or not at all (gpnotebook-relapse).
TREATED_WITHIN_DAYS = 14
#: An EDSS older than so many months is asked for anew (ours; a review is at least yearly).
OLD_AFTER_MONTHS = 24
#: What infections of the urine and of the chest are called: the beginnings of words.
_URINE = ("urin", "uti", "bladder", "cystitis", "kidney", "pyeloneph", "urosep")
_CHEST = ("pneumon", "chest", "aspirat", "bronch", "lung", "respirat")


def find_lately(view: View) -> tuple[Fact, ...]:
    """Every fact of the last weeks and months that only a care plan asks for."""
    return (
        _fresh_relapse(view), _uncounted_episode(view), _infection_ongoing(view),
        _count_infections(view, "urine_infections", _URINE),
        _count_infections(view, "chest_infections", _CHEST), _residual_urine(view), *_edss_day(view),
    )  # fmt: skip


def _fresh_relapse(view: View) -> Fact:
    """Whether a relapse that counts may have begun so lately that it can still be treated."""
    name, since = "fresh_relapse", view.at - timedelta(days=TREATED_WITHIN_DAYS)
    if view.patient.relapses is None:
        return unknown(name, "relapses were not asked about")
    fresh = [each.relapse.source for each in classify_relapses(relapses_of(view))
             if each.counted is not False and each.relapse.onset and each.relapse.onset.latest >= since]
    return known(name, bool(fresh), *fresh)


def _uncounted_episode(view: View) -> Fact:
    """Why an episode of the last 12 months is no relapse; unknown where there is none."""
    since = add_months(view.at, -12)
    for each in reversed(classify_relapses(relapses_of(view))):
        if each.counted is False and each.relapse.onset and each.relapse.onset.latest >= since:
            return known("uncounted_episode", each.reason, each.relapse.source)
    return unknown("uncounted_episode", "none on file")


def _infection_ongoing(view: View) -> Fact:
    """Whether the file says of its own day that an infection goes on."""
    going_on = [f"infections[{place}].ongoing" for place, each in enumerate(view.patient.infections or ())
                if each.ongoing and view.is_visible(each.date)]
    if not going_on or not view.is_on_record_day:
        return unknown("infection_ongoing", "none on file as going on that day", *going_on)
    return known("infection_ongoing", True, *going_on)


def _count_infections(view: View, name: str, words: tuple[str, ...]) -> Fact:
    """How many infections of the last 12 months are called so; those that are only dated to a year count."""
    full, since = f"{name}_last_12_months", add_months(view.at, -12)
    if view.patient.infections is None:
        return unknown(full, "infections were not asked about")
    found = [
        f"infections[{place}]"
        for place, each in enumerate(view.patient.infections)
        if each.date and each.date.latest >= since and view.is_visible(each.date)
        and any(word.startswith(words) for word in (each.kind or "").lower().replace("-", " ").split())
    ]  # fmt: skip
    return known(full, len(found), *found, unit="count")


def _residual_urine(view: View) -> Fact:
    """What stays behind in the bladder by the latest measurement, in ml."""
    measured = [
        (entry.date.earliest if entry.date else view.recorded_on, entry.score, f"symptoms[{place}].score")
        for place, entry in enumerate(view.patient.symptoms or ())
        if entry.scale == RESIDUAL_URINE and entry.score is not None and view.is_visible(entry.date)
    ]
    if not measured:
        return unknown("residual_urine", "not measured", unit="ml")
    _, millilitres, path = max(measured)
    return known("residual_urine", millilitres, path, unit="ml")


def _edss_day(view: View) -> Iterator[Fact]:
    """The day of the EDSS that counts, and whether it is old."""
    scores = find_latest_scores(view)
    if not scores:
        yield from (unknown(name, "no score on file") for name in ("edss_day", "edss_old"))
        return
    newest = max(day.latest for _, day, _ in scores)
    yield known("edss_day", str(max((day for _, day, _ in scores), key=lambda day: day.latest)))
    yield known("edss_old", newest < _limit(view.at))


def _limit(at: date) -> date:
    return add_months(at, -OLD_AFTER_MONTHS)
