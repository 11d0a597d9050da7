"""Facts about infections and other diseases."""

from __future__ import annotations

from stepdown.ms.comorbidities import (
    Comorbidity,
    ComorbidityNotFound,
    find_comorbidity,
    has_condition,
    read_comorbidities,
)
from stepdown.ms.facts import Fact, bounded, known, unknown
from stepdown.patients.facts_person import true_now
from stepdown.patients.periods import OTHER
from stepdown.patients.view import Event, View, any_within, count_within

ONE_YEAR, TWO_YEARS = 12, 24


def _infections(view: View, *, serious: bool) -> list[Event] | None:
    """The infections as events; of the serious ones, whether each is one."""
    if view.patient.infections is None:
        return None
    return [
        Event(f"infections[{position}]", infection.date, infection.serious if serious else True)
        for position, infection in enumerate(view.patient.infections)
        if view.is_visible(infection.date)
    ]


def serious_infection_last_24_months(view: View) -> Fact:
    """Whether an infection needed hospital or treatment into a vein in the last 24 months."""
    return any_within(view, "serious_infection_last_24_months", _infections(view, serious=True), TWO_YEARS)


def infections_last_12_months(view: View) -> Fact:
    """How many infections there were in the last 12 months."""
    return count_within(view, "infections_last_12_months", _infections(view, serious=False), ONE_YEAR)


def serious_infection_ongoing(view: View) -> Fact:
    """Whether a serious infection goes on; ongoing is meant of the day of the file."""
    name, infections = "serious_infection_ongoing", view.patient.infections
    if infections is None:
        return unknown(name, "infections were not asked about")
    paths: dict[bool | None, list[str]] = {True: [], None: [], False: []}
    for position, infection in enumerate(infections):
        if view.is_visible(infection.date):
            answers = (infection.serious, infection.ongoing)
            truth = False if False in answers else None if None in answers else True
            paths[truth].append(f"infections[{position}]")
    if view.at < view.recorded_on:
        return unknown(name, f"the file speaks of {view.recorded_on} only; not known of the index date")
    if paths[True]:
        return known(name, True, *paths[True])
    if paths[None] or not view.is_on_record_day:
        return unknown(name, "not on file whether an infection is serious or goes on", *paths[None])
    return known(name, False, reason="none on file")


def read_condition(name: str | None) -> Comorbidity | ComorbidityNotFound:
    """The condition that an entry names; "other:NAME" is read too where the list has that name after all."""
    written = (name or "").strip()
    bare = written[len(OTHER) :] if written.lower().startswith(OTHER) else written
    return find_comorbidity(bare)


def conditions_of(view: View, *, active: bool) -> dict[str, str]:
    """The conditions of the published list that the person has (or, not active, had), each with its place."""
    found = {}
    for position, entry in enumerate(view.patient.comorbidities or ()):
        match = read_condition(entry.name)
        seen = entry.since.earliest <= view.at if entry.since else view.at >= view.recorded_on
        if isinstance(match, Comorbidity) and seen and (entry.active is not False) is active:
            found[match.name] = f"comorbidities[{position}]"
    return found


def has_comorbidity(view: View, name: str) -> Fact:
    """Whether the person has a condition now; what is not on a list that was asked for is absent."""
    if view.patient.comorbidities is None:
        return unknown(name, "comorbidities were not asked about")
    found = conditions_of(view, active=True)
    truth = has_condition(set(found), name)
    if truth:
        return known(name, True, *found.values() if name not in found else (found[name],))
    if truth is None:
        return unknown(name, "a milder or unspecified form is on file", *found.values())
    if not view.is_on_record_day:
        return unknown(name, f"not on file on {view.recorded_on}; not known of the index date")
    if unread := unread_comorbidities(view):
        return unknown(name, WHY_UNREAD, *unread)
    return known(name, False, "comorbidities")


#: Why a condition that is not on file is not absent.
WHY_UNREAD = "an entry on file cannot be read, and may be this"


def unread_comorbidities(view: View) -> tuple[str, ...]:
    """The places of the entries that may be any condition: without a name, or not on the published list."""
    return tuple(
        f"comorbidities[{position}]"
        for position, entry in enumerate(view.patient.comorbidities or ())
        if not isinstance(read_condition(entry.name), Comorbidity)
        and (entry.since is None or entry.since.earliest <= view.at)
    )


def had_comorbidity(view: View, name: str) -> Fact:
    """Whether the person once had a condition that is not active now."""
    past = conditions_of(view, active=False)
    if view.patient.comorbidities is None:
        return unknown(name, "comorbidities were not asked about")
    if name in past:
        return known(name, True, past[name])
    if unread := unread_comorbidities(view):
        return unknown(name, WHY_UNREAD, *unread)
    if not view.is_on_record_day:
        return unknown(name, "not on file")
    return known(name, False, "comorbidities")


def cancer(view: View) -> Fact:
    """Whether there is or was a cancer."""
    now, past = has_comorbidity(view, "cancer"), had_comorbidity(view, "cancer")
    for fact in (now, past):
        if fact.is_true:
            return known("cancer", True, *fact.sources)
    if now.is_false and past.is_false:
        return known("cancer", False, "comorbidities")
    return unknown("cancer", now.reason or past.reason)


def conditions_of_kind(view: View, name: str, *kinds: str) -> Fact:
    """How many conditions of some kinds the person has now."""
    if view.patient.comorbidities is None:
        return unknown(name, "comorbidities were not asked about", unit="count")
    known_kinds = {each.name: each.kind for each in read_comorbidities().values()}
    found = {
        condition: path
        for condition, path in conditions_of(view, active=True).items()
        if known_kinds[condition] in kinds
    }
    unread = unread_comorbidities(view)
    if view.is_on_record_day:
        most = len(found) + len(unread)
        return bounded(name, len(found), most, *found.values(), *unread, unit="count",
                       reason=WHY_UNREAD if unread else "")
    if not found:
        return unknown(name, "not known of the index date", unit="count")
    return bounded(name, len(found), None, *found.values(), unit="count")


def smoking(view: View) -> Fact:
    """Whether the person smokes; smoking may stand among the comorbidities."""
    listed = conditions_of(view, active=True).get("smoking")
    if view.patient.smoking is None and listed:
        return known("smoking", True, listed)
    return true_now(view, "smoking", view.patient.smoking, "smoking")
