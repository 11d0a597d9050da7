"""Facts about the person: age, diagnosis, plans, wishes - true on the day on which the file was true."""

from __future__ import annotations

from stepdown.ms.facts import Fact, Value, bounded, doubtful, known, unknown
from stepdown.patients.view import View

#: The ages between which the file's silence on pregnancy matters: outside them the answer is plain.
_FERTILE_UNTIL = 55
#: From this age on a pregnancy on file is a slip more often than true.
_PREGNANCY_DOUBTED_FROM = 60
_PREGNANT_AGAINST = "pregnant now, although sex or age speaks against it; one of them is wrong, or ask"


def age(view: View) -> Fact:
    """Completed years at the index date; between bounds from a year of birth or an age."""
    if view.birth is None:
        return unknown("age", "no age on file", unit="years")
    low, high = view.birth.ages_on(view.at)
    reason = "" if low == high else f"from {view.birth.source} alone"
    return bounded("age", low, high, view.birth.source, unit="years", reason=reason)


def said(name: str, value: Value | None, path: str) -> Fact:
    """A fact that does not change with time, as the file says it."""
    return unknown(name, "not on file") if value is None else known(name, value, path)


def _of_another_day(view: View) -> str:
    """Why what the file says is not known of the index date."""
    return f"the file speaks of {view.recorded_on} only; not known of the index date"


def true_now(view: View, name: str, value: bool | None, path: str) -> Fact:
    """A state of the day of the file; a yes is still said later, a no is not, and neither earlier."""
    if value is None:
        return unknown(name, "not on file")
    if view.is_on_record_day:
        return known(name, value, path)
    if value and view.at > view.recorded_on:
        return known(name, True, path, reason=f"so on {view.recorded_on}; not known since")
    return unknown(name, _of_another_day(view), path)


def of_file_day(view: View, name: str, value: str | None, path: str) -> Fact:
    """A word that was true on the day of the file and later, and may not have been earlier."""
    if value is not None and view.at < view.recorded_on:
        return unknown(name, _of_another_day(view), path)
    return said(name, value, path)


def number_now(view: View, name: str, value: float | None, path: str, unit: str) -> Fact:
    """A number of the day of the file; not known of any other day."""
    if value is None:
        return unknown(name, "not on file", unit=unit)
    if not view.is_on_record_day:
        return unknown(name, _of_another_day(view), path, unit=unit)
    return known(name, value, path, unit=unit)


def plan(view: View, name: str, written: str | None, wanted: str, path: str) -> Fact:
    """Whether a plan is the wanted one: now or planned."""
    return true_now(view, name, None if written is None else written == wanted, path)


def cancer_immunotherapy(view: View) -> Fact:
    """now, planned or no: immune checkpoint inhibitors for a cancer."""
    plans = view.patient.plans
    written = plans.cancer_immunotherapy if plans else None
    path = "plans.cancer_immunotherapy"
    if written is None:
        return unknown("cancer_immunotherapy", "not on file")
    if view.is_on_record_day or (view.at > view.recorded_on and written != "no"):
        return known("cancer_immunotherapy", written, path)
    return unknown("cancer_immunotherapy", _of_another_day(view), path)


def could_become_pregnant(view: View) -> Fact:
    """Whether a pregnancy is possible by sex and age alone; the limit of 55 years is meant to be too wide."""
    name, sex, years = "could_become_pregnant", view.patient.sex, age(view)
    if _is_pregnant_against(view):
        return doubtful(name, _PREGNANT_AGAINST, "plans.pregnancy")
    if sex == "male":
        return known(name, False, "sex")
    too_old = years.at_least(_FERTILE_UNTIL)
    if too_old:
        return known(name, False, *years.sources)
    if sex == "female" and too_old is False:
        return known(name, True, "sex", *years.sources)
    return unknown(name, "sex or age does not decide")


def pregnancy_now(view: View) -> Fact:
    """Whether the person is pregnant; in doubt where sex or age speaks against it."""
    plans = view.patient.plans
    if _is_pregnant_against(view):
        return doubtful("pregnancy_now", _PREGNANT_AGAINST, "plans.pregnancy")
    return plan(view, "pregnancy_now", plans.pregnancy if plans else None, "now", "plans.pregnancy")


def _is_pregnant_against(view: View) -> bool:
    """Whether the file says pregnant now of a man, or of somebody surely of 60 or more."""
    plans = view.patient.plans
    is_now = plans is not None and plans.pregnancy == "now"
    return is_now and (view.patient.sex == "male" or age(view).at_least(_PREGNANCY_DOUBTED_FROM) is True)


def wishes(view: View) -> tuple[Fact, Fact]:
    """What matters most, and the whole order as words joined by commas."""
    group = view.patient.preferences
    path = "preferences.most_important_first"
    order = [concern for concern in (group.most_important_first if group else None) or () if concern]
    if not order:
        return unknown("first_preference", "not on file"), unknown("most_important_first", "not on file")
    return known("first_preference", order[0], path), known("most_important_first", ", ".join(order), path)
