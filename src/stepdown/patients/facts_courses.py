"""Facts about drugs given as courses: how many courses there were, and when the last one was."""

from __future__ import annotations

from stepdown.ms.dates import PartialDate, years_between
from stepdown.ms.facts import Fact, bounded, known, unknown
from stepdown.patients.facts_treatment import period_of_interest
from stepdown.patients.periods import Period
from stepdown.patients.view import View

#: Courses of cladribine and alemtuzumab lie about a year apart and last at most two months (drug catalogue):
#: doses further apart than this belong to more than one course.
_ONE_COURSE_DAYS = 300


def course_count(view: View) -> Fact:
    """How many courses of the drug taken or left were given; a long entry of the file is more than one."""
    name, courses = "course_count", find_courses(view)
    if not courses:
        return unknown(name, "no drug given as courses is taken or was the last", unit="count")
    paths = tuple(course.path for course in courses)
    long = [course for course in courses if _may_be_several(course)]
    if long:
        sure = sum(course.last_dose is not None for course in long)
        return bounded(
            name,
            len(courses) + sure,
            None,
            *paths,
            unit="count",
            reason="an entry is longer than one course; write each course as its own entry",
        )
    return known(name, len(courses), *paths, unit="count")


def find_courses(view: View) -> list[Period]:
    """The entries with the drug taken or left, when it is one given as courses."""
    latest = period_of_interest(view)
    if latest is None or not latest.is_course:
        return []
    return [period for period in view.periods if period.name == latest.name]


def _may_be_several(course: Period) -> bool:
    """Whether an entry is longer than one course."""
    end = course.last_dose or course.stop
    return bool(course.start and end and (end.earliest - course.start.latest).days > _ONE_COURSE_DAYS)


def last_course_day(view: View) -> tuple[str, PartialDate] | None:
    """The last known day of the latest course, with its place: the latest dose, or else the start."""
    days = [
        (f"{course.path}.{key}", day)
        for course in find_courses(view)
        for key, day in (("last_dose", course.written.last_dose), ("start", course.start))
        if day is not None and view.is_visible(day)
    ]
    return max(days, key=lambda found: (found[1].latest, found[1].earliest), default=None)


def last_course(view: View) -> Fact:
    """The day of the latest course, as it is on file."""
    found = last_course_day(view)
    if found is None:
        return unknown("last_course", "no dated course on file", unit="date")
    return known("last_course", str(found[1]), found[0], unit="date")


def years_since_last_course(view: View) -> Fact:
    """Years from the latest course to the index date."""
    found = last_course_day(view)
    if found is None:
        return unknown("years_since_last_course", "no dated course on file", unit="years")
    first, last = view.days_of(found[1])
    low, high = (years_between(day, view.at) for day in (last, first))
    return bounded("years_since_last_course", round(max(0.0, low), 3), round(high, 3), found[0], unit="years")
