"""A cohort worked out person by person in plain Python, with the definitions of one person's answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from parity.invented_registry import Person, Row
from stepdown.ms.course import course_activity
from stepdown.ms.dates import PartialDate, add_months, age_on
from stepdown.ms.facts import Fact, bounded
from stepdown.ms.imaging import Scan, active_on_last_scan, active_on_mri, classify_scans
from stepdown.ms.relapse import Relapse, classify_relapses, had_relapse
from stepdown.ms.stability import years_clinically_stable
from stepdown.ms.therapies import read_therapies
from stepdown.ms.treatment import Period, years_on_treatment
from stepdown.ms.viaadisc import viaadisc_points

EPOCH = date(1970, 1, 1)
GAP_DAYS = 90
NEVER = date.max


def to_day(day: date) -> int:
    return (day - EPOCH).days


def partial(row: Row, name: str) -> PartialDate | None:
    day, precision = row.get(name), row.get(f"{name}_precision") or "day"
    if day is None:
        return None
    return PartialDate(day.year, None if precision == "year" else day.month,
                       day.day if precision == "day" else None)


def relapses_of(person: Person) -> list[Relapse]:
    return [Relapse(partial(row, "onset"), row["lasted_24h"], row["fever_or_infection"])
            for row in person.relapses]


def scans_of(person: Person) -> list[Scan]:
    return [Scan(partial(row, "date"), row["region"], row["any_new_t2"], row["any_enlarging_t2"],
                 row["any_gd_enhancing"]) for row in person.mri]


def courses_of(person: Person) -> list[tuple[str, date, date, bool]]:
    """Therapy, start, stop (NEVER while it goes on) and whether the end is known; no pause is bridged."""
    found: list[tuple[str, date, date, bool]] = []
    for drug in sorted({row["therapy"] for row in person.treatments}):
        merged: list[list[Any]] = []
        for row in sorted((row for row in person.treatments if row["therapy"] == drug),
                          key=lambda row: row["start"]):
            stop, sure = row["stop"] or NEVER, row["stop"] is not None or row["still_taking"] is True
            near = merged and (merged[-1][1] == NEVER or (row["start"] - merged[-1][1]).days <= 1)
            if near:
                merged[-1][1:] = [max(merged[-1][1], stop), merged[-1][2] and sure]
            else:
                merged.append([row["start"], stop, sure])
        found += [(drug, start, stop, sure) for start, stop, sure in merged]
    return found


def index_days(person: Person) -> list[date]:
    days = {row["date"] for row in person.visits}
    return sorted(day for day in days if person.first_day <= day <= person.last_day)


def month_starts(first: date, last: date, every: int) -> list[date]:
    """The first day of every so many months, counted from January, from one day to another."""
    return [day for year in range(first.year, last.year + 1) for month in range(1, 13, every)
            if first <= (day := date(year, month, 1)) <= last]


def calendar_year(day: date) -> float:
    """The year, and how many of its twelve months of 31 days have passed."""
    return day.year + ((day.month - 1) * 31 + day.day - 1) / 372


def therapy_on(person: Person, day: date) -> tuple[str | None, date]:
    """What is taken ("none"; None: unknown) and when it is left."""
    on = [course for course in courses_of(person) if course[1] < day <= course[2]]
    if not on:
        return "none", NEVER
    drug, _, stop, sure = min(on, key=lambda course: (-to_day(course[1]), course[0]))
    return (drug if sure else None), stop


def at_least(fact: Fact, limit: float) -> bool | None:
    return fact.at_least(limit)


def judge(person: Person, day: date) -> list[bool | None]:
    """The criteria of the test's protocol, in order."""
    drug, _ = therapy_on(person, day)
    when: dict[str, Any] = {"at": day, "recorded_on": person.last_day}
    stable = years_clinically_stable(relapses_of(person), observed_since=person.first_day, **when)
    active = active_on_mri(scans_of(person), months=24, **when)
    periods = [Period(row["therapy"], PartialDate.of(row["start"]),
                      PartialDate.of(row["stop"]) if row["stop"] else None, row["still_taking"])
               for row in person.treatments]
    diagnosis = person.patient["diagnosis"]
    return [
        None if diagnosis is None else diagnosis == "MS",
        None if drug is None else drug != "none",
        at_least(stable, 0.5),
        None if drug is None else at_least(years_on_treatment(periods, drug, **when), 0.25),
        {True: False, False: True}.get(active.value) if active.is_known else None,
    ]


def covariates(person: Person, day: date) -> tuple[str | None, str, float | None, bool | None]:
    """Course, its activity, the fewest points of VIAADISC, and the last scan: what the protocol asks."""
    when: dict[str, Any] = {"at": day, "recorded_on": person.last_day}
    relapse = had_relapse(relapses_of(person), months=12, observed_since=person.first_day, **when)
    active = active_on_mri(scans_of(person), months=12, **when)
    stable = years_clinically_stable(relapses_of(person), observed_since=person.first_day, **when)
    birth = partial(person.patient, "birth_date")
    assert birth is not None  # everybody has one
    drug, _ = therapy_on(person, day)
    group = None if drug in (None, "none") else read_therapies()[drug].group
    points = viaadisc_points(
        age=bounded("age", age_on(birth.latest, day), age_on(birth.earliest, day)), mri_active=active,
        years_stable=stable, group=group)
    return (course_on(person, day), str(course_activity(relapse, active).value), points.low,
            last_scan(person, day))


def course_on(person: Person, day: date) -> str | None:
    since = partial(person.patient, "secondary_progression_date")
    if person.patient["course"] != "SPMS":
        return person.patient["course"]
    if since is None or since.earliest <= day < since.latest:
        return None
    return "SPMS" if day >= since.latest else "RRMS"


def last_scan(person: Person, day: date) -> bool | None:
    fact = active_on_last_scan(scans_of(person), at=day, months=24)
    return bool(fact.value) if fact.is_known else None


def last_told(person: Person, day: date) -> date | None:
    """The last day after this one on which a scan told of activity."""
    return max((scan.day.earliest for scan, active in classify_scans(scans_of(person), date(2100, 1, 1))
                if scan.day is not None and (active or (active is False and scan.shows("brain")))
                and day < scan.day.earliest <= person.last_day), default=None)


def stop_day(person: Person, day: date) -> date | None:
    """The first day from this one on that leaves the person without any therapy, whatever is begun later."""
    courses = courses_of(person)
    stops = [stop for drug, _, stop, _ in courses if stop != NEVER and not any(
        other != drug and begun <= stop < ended for other, begun, ended, _ in courses)]
    return min((stop for stop in stops if stop >= day), default=None)


def first_after(days: list[date], index: date) -> date | None:
    return min((day for day in days if day > index), default=None)


def relapse_days(person: Person) -> list[date]:
    return [each.relapse.onset.earliest for each in classify_relapses(relapses_of(person))
            if each.counted and each.relapse.onset is not None]


def scan_days(person: Person) -> list[date]:
    return [scan.day.earliest for scan, active in classify_scans(scans_of(person), date(2100, 1, 1))
            if active and scan.day is not None]


def worsening_day(person: Person, index: date, months: int = 12) -> tuple[bool, date | None]:
    """Whether there is a score to begin from, and the first day of confirmed worsening (24 weeks, 5.5)."""
    scores = [(row["date"], row["edss"]) for row in person.visits
              if row["edss"] is not None and row["during_relapse"] is not True
              and row["date"] <= person.last_day]
    since = add_months(index, -months)
    before = [score for score in scores if since <= score[0] <= index]
    if not before:
        return False, None
    begin, base = max(before)
    later = [score for score in scores if score[0] > begin]
    step = 1.5 if base == 0 else 1.0 if base <= 5.5 else 0.5
    for place, (day, _) in enumerate(later):
        run = []
        for other, value in later[place:]:
            if value < base + step:
                break
            run.append(other)
        if run and (run[-1] - day).days >= 168:
            return True, (day if day > index else None)
    return True, None
