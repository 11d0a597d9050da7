"""Facts from MRI: whether there was a scan, what it showed, and how long there has been nothing new."""

from __future__ import annotations

from stepdown.ms.facts import Fact, known, unknown
from stepdown.patients.patient import Mri
from stepdown.patients.view import Event, View

ONE_YEAR = 12


def _scans(view: View) -> list[tuple[str, Mri]]:
    """The dated scans that the index date can see."""
    return [
        (f"mri[{position}]", scan)
        for position, scan in enumerate(view.patient.mri or ())
        if scan.date is not None and view.is_visible(scan.date)
    ]


def _shows(scan: Mri, region: str) -> bool | None:
    """Whether a scan shows a region; None when the file does not say what was scanned."""
    return None if scan.region is None else scan.region in (region, "both")


def brain_mri_last_12_months(view: View) -> Fact:
    """Whether a brain MRI of the last 12 months is on file."""
    name = "brain_mri_last_12_months"
    events = [Event(path, scan.date, _shows(scan, "brain")) for path, scan in _scans(view)]
    truths = [(event.path, view.is_within(event, ONE_YEAR)) for event in events]
    return _on_file(view, name, truths)


def cord_imaged(view: View) -> Fact:
    """Whether an MRI of the spinal cord is on file."""
    return _on_file(view, "cord_imaged", [(path, _shows(scan, "cord")) for path, scan in _scans(view)])


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
