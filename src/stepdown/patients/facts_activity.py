"""Facts about disease activity: relapses that count, time without them, and the activity of the course."""

from __future__ import annotations

from stepdown.ms import course, stability
from stepdown.ms.facts import Fact, known, unknown
from stepdown.ms.relapse import Relapse, classify_relapses, count_relapses, had_relapse
from stepdown.patients.facts_imaging import mri_active_last_12_months
from stepdown.patients.view import View

ONE_YEAR, TWO_YEARS = 12, 24
_NOT_ASKED = "relapses were not asked about"
_HIGHLY_ACTIVE = 2


def relapses_of(view: View) -> tuple[Relapse, ...]:
    """The episodes on file that may have begun by the index date."""
    return tuple(
        Relapse(each.onset, each.lasted_24h, each.fever_or_infection, f"relapses[{position}]")
        for position, each in enumerate(view.patient.relapses or ())
        if view.is_visible(each.onset)
    )


def relapse_last_12_months(view: View) -> Fact:
    """Whether a relapse began in the last 12 months."""
    name = "relapse_last_12_months"
    if view.patient.relapses is None:
        return unknown(name, _NOT_ASKED)
    return had_relapse(
        relapses_of(view),
        at=view.at,
        months=ONE_YEAR,
        observed_since=view.observed_to_the_end,
        recorded_on=view.recorded_on,
        name=name,
    )


def relapses_last_24_months(view: View) -> Fact:
    """How many relapses began in the last 24 months."""
    name = "relapses_last_24_months"
    if view.patient.relapses is None:
        return unknown(name, _NOT_ASKED, unit="count")
    return count_relapses(
        relapses_of(view),
        at=view.at,
        months=TWO_YEARS,
        observed_since=view.observed_to_the_end,
        recorded_on=view.recorded_on,
        name=name,
    )


def highly_active_before(view: View) -> Fact:
    """Whether two relapses or more began in the year before the first treatment.

    Two relapses in a year are what the EU labels of natalizumab and fingolimod call highly active or
    rapidly evolving disease; lesions and severity, which they ask for too, are not counted here.
    """
    name, starts = "highly_active_before", [period.start for period in view.periods]
    if view.patient.relapses is None or not starts or None in starts:
        return unknown(name, "needs the relapses, and the start of every treatment")
    first = min(start.earliest for start in starts if start is not None)
    count = count_relapses(
        relapses_of(view),
        at=first,
        months=ONE_YEAR,
        observed_since=view.observed_to_the_end,
        recorded_on=view.recorded_on,
        name=name,
    )
    truth = count.at_least(_HIGHLY_ACTIVE)
    if truth is None:
        why = count.reason or "relapses before the first treatment are not known"
        return unknown(name, why, *count.sources)
    return known(name, truth, *count.sources, reason="two relapses or more in the year before treatment")


def uncounted_episodes(view: View) -> Fact:
    """How many episodes of the last 24 months do not count as relapses, or cannot be told."""
    name = "uncounted_episodes"
    if view.patient.relapses is None:
        return unknown(name, _NOT_ASKED, unit="count")
    since = view.months_before(TWO_YEARS)
    found = [
        each
        for each in classify_relapses(relapses_of(view))
        if not each.counted and (each.relapse.onset is None or each.relapse.onset.latest >= since)
    ]
    paths = tuple(each.relapse.source for each in found)
    return known(name, len(found), *paths, unit="count", reason="; ".join(each.reason for each in found))


def last_relapse(view: View) -> Fact:
    """The onset of the latest episode that counts, as it is on file."""
    name = "last_relapse"
    if view.patient.relapses is None:
        return unknown(name, _NOT_ASKED, unit="date")
    episodes = [each for each in classify_relapses(relapses_of(view)) if each.counted is not False]
    if not episodes:
        return unknown(name, "no relapse on file", unit="date")
    last = episodes[-1]
    if last.counted is None or last.relapse.onset is None:
        return unknown(name, last.reason or "a relapse has no date", last.relapse.source, unit="date")
    return known(name, str(last.relapse.onset), last.relapse.source, unit="date")


def years_clinically_stable(view: View) -> Fact:
    """Years without a relapse, between what is sure and what may be."""
    name, seen = "years_clinically_stable", view.observed
    if view.patient.relapses is None:
        return unknown(name, _NOT_ASKED, unit="years")
    last = view.recorded_on if view.patient.observed_since else seen.end
    return stability.years_clinically_stable(
        relapses_of(view), at=view.at, observed_since=seen.start, recorded_on=last, name=name
    )


def course_activity(view: View) -> Fact:
    """active, not active or indeterminate in the last 12 months."""
    return course.course_activity(
        relapse_last_12_months(view), mri_active_last_12_months(view), months=ONE_YEAR
    )
