"""Orders, statements and doses of one therapy as the periods of a person file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby, pairwise
from statistics import median

from stepdown.patients.fhir.record import GivenDose, Record, Taking
from stepdown.patients.fhir.values import Json

#: So many doses with exact days tell an interval; two may be one dose given in halves.
_ENOUGH_DOSES = 3


def list_treatments(record: Record) -> list[Json]:
    """The periods on each therapy, oldest first; notes of what was put together go to the record."""
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
        period = _to_period(therapy, group, given)
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
    """Entries in one period, until one begins after the stop of all before it."""
    groups: list[list[Taking]] = []
    for taking in takings:
        stops = [each.stop for each in groups[-1]] if groups else []
        has_ended = bool(stops) and all(stop and taking.start and stop < taking.start for stop in stops)
        if groups and not has_ended:
            groups[-1].append(taking)
        else:
            groups.append([taking])
    return groups


def _to_period(therapy: str, group: list[Taking], doses: list[GivenDose]) -> Json:
    """One period: from the first start to the last stop, still taken where any entry says so."""
    starts = [each.start for each in group if each.start] + [each.on for each in doses[:1]]
    period: Json = {"therapy": therapy}
    period |= {"start": min(starts)} if starts else {}
    stops = [each.stop for each in group]
    is_taken = any(each.still_taking for each in group)
    if stops and all(stops) and not is_taken:
        period["stop"] = max(stop for stop in stops if stop)
    elif is_taken:
        period["still_taking"] = True
    elif group and group[-1].still_taking is False:
        period["still_taking"] = False
    return period | _last_known(group, doses)


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
