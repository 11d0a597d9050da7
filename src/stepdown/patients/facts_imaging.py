"""Facts from MRI: whether there was a scan, what it showed, and how long there has been nothing new."""

from __future__ import annotations

from stepdown.ms import imaging, stability
from stepdown.ms.facts import Fact, known, unknown
from stepdown.ms.imaging import Scan
from stepdown.patients.view import Event, View

ONE_YEAR = 12


def scans_of(view: View) -> tuple[Scan, ...]:
    """The dated scans that the index date can see."""
    return tuple(
        Scan(scan.date, scan.region, scan.new_t2, scan.enlarging_t2, scan.gd_enhancing, f"mri[{position}]")
        for position, scan in enumerate(view.patient.mri or ())
        if scan.date is not None and view.is_visible(scan.date)
    )


def _seen_without_date(view: View) -> tuple[str, ...]:
    """The scans that show activity on a day that nobody wrote."""
    return tuple(
        f"mri[{position}]"
        for position, scan in enumerate(view.patient.mri or ())
        if scan.date is None and (scan.new_t2 or scan.enlarging_t2 or scan.gd_enhancing)
    )


def _unless_undated(view: View, fact: Fact) -> Fact:
    """The fact, unknown where activity without a date may contradict quiet."""
    undated = _seen_without_date(view)
    if undated and not fact.is_true:
        return unknown(fact.name, "an MRI that shows activity has no date", *undated, unit=fact.unit)
    return fact


def mri_active_last_12_months(view: View) -> Fact:
    """Whether an MRI of the last 12 months shows activity."""
    name = "mri_active_last_12_months"
    if view.patient.mri is None:
        return unknown(name, "MRI is not mentioned")
    fact = imaging.active_on_mri(
        scans_of(view), at=view.at, months=ONE_YEAR, recorded_on=view.recorded_on, name=name
    )
    return _unless_undated(view, fact)


def years_quiet_on_mri(view: View) -> Fact:
    """Years over which brain scans in a row showed nothing new."""
    name = "years_quiet_on_mri"
    if view.patient.mri is None:
        return unknown(name, "MRI is not mentioned", unit="years")
    return _unless_undated(view, stability.years_quiet_on_mri(scans_of(view), at=view.at, name=name))


def brain_mri_last_12_months(view: View) -> Fact:
    """Whether a brain MRI of the last 12 months is on file."""
    name = "brain_mri_last_12_months"
    events = [Event(scan.source, scan.day, scan.shows("brain")) for scan in scans_of(view)]
    truths = [(event.path, view.is_within(event, ONE_YEAR)) for event in events]
    return _on_file(view, name, truths)


def cord_imaged(view: View) -> Fact:
    """Whether an MRI of the spinal cord is on file."""
    return _on_file(view, "cord_imaged", [(scan.source, scan.shows("cord")) for scan in scans_of(view)])


def _on_file(view: View, name: str, truths: list[tuple[str, bool | None]]) -> Fact:
    """Whether one of the scans is what was asked for; a list, even an empty one, says what is on file."""
    if sure := [path for path, truth in truths if truth]:
        return known(name, True, *sure)
    if view.patient.mri is None:
        return unknown(name, "MRI is not mentioned")
    if unsure := [path for path, truth in truths if truth is None]:
        return unknown(name, "the date or the region of a scan is missing", *unsure)
    if view.at > view.recorded_on:
        return unknown(name, f"nothing is known after {view.recorded_on}")
    return known(name, False, "mri", reason="none on file")
