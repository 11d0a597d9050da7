"""Orders, statements and doses of one therapy as the periods of a person file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby, pairwise
from statistics import median

from stepdown.patients.fhir.record import GivenDose, Record, Taking
from stepdown.patients.fhir.values import Json, last_of

#: So many doses with exact days tell an interval; two may be one dose given in halves.
_ENOUGH_DOSES = 3


def list_treatments(record: Record) -> list[Json]:
    """The periods on each therapy, oldest first; the record gets what was put together, and doubts."""
    therapies = dict.fromkeys(
        (*(each.therapy for each in record.takings), *(each.therapy for each in record.doses))
    )
    periods = [period for therapy in therapies for period in _list_periods(therapy, record)]
    return sorted(periods, key=lambda period: str(period.get("start") or period.get("last_dose") or ""))


def _list_periods(therapy: str, record: Record) -> Iterator[Json]:
    takings = sorted(
        (each for each in record.takings if each.therapy == therapy), key=lambda each: each.start or ""
    )
    doses = sorted((each for each in record.doses if each.therapy == therapy), key=lambda each: each.on)
    groups = _merge(takings) or [[]]
    for group, given in zip(groups, _share_doses(groups, doses), strict=True):
        if len(group) > 1:
            record.notes.append(
                f"{therapy}: {len(group)} entries are taken as one period ({group[0].place} to "
                f"{group[-1].place}); gaps between them are not known"
            )
        period = _to_period(therapy, group, given, record)
        if period.get("still_taking") is True and not given:
            since = period.get("start", "a day that is not known")
            record.notes.append(f"{therapy}: still taken by an order or statement of {since} alone; ask")
        yield period


def _share_doses(groups: list[list[Taking]], doses: list[GivenDose]) -> Iterator[list[GivenDose]]:
    """The doses of each period: those before the next one begins, and not before its own but in the first."""
    begins = ["", *(group[0].start or "" for group in groups[1:])]
    for begin, end in zip(begins, [*begins[1:], "9999"], strict=True):
        yield [dose for dose in doses if begin <= dose.on < end]


def _merge(takings: Iterable[Taking]) -> list[list[Taking]]:
    """Entries in one period, until one begins after the last stop on file of those before it."""
    groups: list[list[Taking]] = []
    for taking in takings:
        stops = [last_of(each.stop) for each in groups[-1] if each.stop] if groups else []
        if stops and taking.start and taking.start > max(stops):
            groups.append([taking])
        elif groups:
            groups[-1].append(taking)
        else:
            groups.append([taking])
    return groups


def _to_period(therapy: str, group: list[Taking], doses: list[GivenDose], record: Record) -> Json:
    """One period, from the first start; how it stands at its end."""
    starts = [each.start for each in group if each.start] + [each.on for each in doses[:1]]
    period: Json = {"therapy": therapy}
    period |= {"start": min(starts)} if starts else {}
    return period | _find_end(therapy, group, doses, record) | _last_known(group, doses)


def _find_end(therapy: str, group: list[Taking], doses: list[GivenDose], record: Record) -> Json:
    """Whether the drug was given up, and when; nothing where two entries contradict each other.

    The end on file stands against orders of earlier days that are used up or of unknown state. An entry
    that says "taken" and began before that end, or a dose after it, contradicts it; one that began later
    goes on from there.
    """
    ended = [each for each in group if each.has_ended]
    going = [each for each in group if each.still_taking]
    if not ended:
        return _find_standing(therapy, going, record)
    end = max(ended, key=lambda each: last_of(each.ended_by) if each.ended_by else "")
    if later := [each for each in group if not each.has_ended and _is_later(each, end)]:
        return _find_restart(therapy, later, end, record)
    opposed = [f"{each.place} that it is taken" for each in going]
    opposed += [f"{each.place} that a dose was given on {each.on}" for each in doses if _is_after(each, end)]
    if opposed:
        when = f"ended on {end.stop}" if end.stop else "was ended"
        record.doubts.append(
            f"{therapy}: {end.place} says that it {when}, {' and '.join(opposed[:3])}; "
            "whether it is still taken is left unknown: find out today, and enter stop or still_taking"
        )
        return {}
    return {"stop": end.stop} if end.stop else {"still_taking": False}


def _find_restart(therapy: str, later: list[Taking], end: Taking, record: Record) -> Json:
    """Taken again where a later entry says so; not known where the later ones are used up."""
    if any(each.still_taking for each in later):
        return {"still_taking": True}
    record.notes.append(
        f"{therapy}: {end.place} says that it was ended, {later[-1].place} is of a later day and used up; ask"
    )
    return {}


def _find_standing(therapy: str, going: list[Taking], record: Record) -> Json:
    """Still taken where an entry says so, and none of that day or later says that it is not taken."""
    latest = max((each.start or "" for each in going), default="")
    against = [each for each in record.not_taken if each.therapy == therapy and (each.on or "9") >= latest]
    if going and against:
        record.doubts.append(
            f"{therapy}: {going[-1].place} says that it is taken, {against[-1].place} that it is on hold, "
            "or is not or must not be taken; whether it is still taken is left unknown: find out, and enter "
            "stop or still_taking"
        )
    return {"still_taking": True} if going and not against else {}


def _is_later(taking: Taking, end: Taking) -> bool:
    """Whether an entry without an end began when another had ended: on the day of a stop too, if it goes on.

    Where the end has no day, an order that is used up is later when it began after the ended entry did.
    """
    by = end.ended_by if taking.still_taking or end.ended_by else end.start
    if not (taking.start and by):
        return False
    is_same_day = bool(taking.still_taking and end.stop) and taking.start == last_of(by)
    return is_same_day or taking.start > last_of(by)


def _is_after(dose: GivenDose, end: Taking) -> bool:
    return end.stop is not None and dose.on > last_of(end.stop)


def _last_known(group: list[Taking], doses: list[GivenDose]) -> Json:
    """The last dose, the interval and the amount of a dose: as given, else as ordered last."""
    found: Json = {}
    interval = _find_interval(doses) or next(
        (each.interval_days for each in reversed(group) if each.interval_days), None
    )
    amounts = [each.dose_mg for each in group if each.dose_mg]
    amounts += [each.dose_mg for each in doses if each.dose_mg]
    found |= {"interval_days": interval} if interval else {}
    found |= {"last_dose": doses[-1].on} if doses else {}
    return found | ({"dose_mg": amounts[-1]} if amounts else {})


def _find_interval(doses: list[GivenDose]) -> int | None:
    """The usual number of days between two doses, of three doses and more with exact days."""
    days = [date.fromisoformat(on) for on, _ in groupby(each.on for each in doses) if len(on) == 10]
    if len(days) < _ENOUGH_DOSES:
        return None
    usual = round(median((later - earlier).days for earlier, later in pairwise(days)))
    return usual if usual >= 1 else None
