"""What counts as active on MRI: a new or enlarging T2 lesion, or one that takes up contrast.

New and enlarging need an earlier scan of the same region to compare with: on a first scan, "none" is not
known. With such a scan, no new and no enlarging T2 lesion is quiet also without contrast, because a lesion
that takes up contrast is seen on T2; ``contrast_needed`` asks for contrast all the same.
(Sources: lublin2014, and reasoning for scans without contrast.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from stepdown.ms.dates import PartialDate, add_months
from stepdown.ms.facts import Fact, both, either, known, unknown
from stepdown.ms.observation import window_before

Lesions = bool | int | None


@dataclass(frozen=True)
class Scan:
    """One MRI; lesions are a count, or true or false; without contrast ``gd_enhancing`` is None."""

    day: PartialDate | None = None
    region: str | None = None
    new_t2: Lesions = None
    enlarging_t2: Lesions = None
    gd_enhancing: Lesions = None
    source: str = ""

    def shows(self, region: str) -> bool | None:
        """Whether it shows the brain or the cord; None when the region was not written."""
        return None if self.region is None else self.region in (region, "both")


def is_active_scan(scan: Scan, earlier: Scan | None = None, *, contrast_needed: bool = False) -> bool | None:
    """Whether one scan shows activity; None when it cannot be told, as on a first scan called quiet."""
    new, enlarging, gd = (_any(lesions) for lesions in (scan.new_t2, scan.enlarging_t2, scan.gd_enhancing))
    if earlier is None:
        new, enlarging = new or None, enlarging or None
    elif gd is None and not contrast_needed:
        gd = False
    return either([new, enlarging, gd])


def _any(lesions: Lesions) -> bool | None:
    return None if lesions is None else bool(lesions)


def sort_scans(scans: Iterable[Scan], at: date) -> tuple[Scan, ...]:
    """The dated scans that may have been made by the index date, oldest first."""
    dated = [(scan.day, scan) for scan in scans if scan.day is not None and scan.day.earliest <= at]
    return tuple(scan for _, scan in sorted(dated, key=lambda pair: (pair[0].earliest, pair[0].latest)))


def find_earlier(scan: Scan, scans: Sequence[Scan]) -> Scan | None:
    """The last scan before this one to compare with: of the cord for the cord alone, else of the brain."""
    if scan.region is None:
        return None
    region = "cord" if scan.region == "cord" else "brain"
    before = [each for each in scans if _is_before(each, scan) and each.shows(region)]
    return before[-1] if before else None


def _is_before(one: Scan, other: Scan) -> bool:
    return one.day is not None and other.day is not None and one.day.latest < other.day.earliest


def classify_scans(scans: Iterable[Scan], at: date) -> tuple[tuple[Scan, bool | None], ...]:
    """Each dated scan with whether it shows activity, oldest first."""
    sorted_ = sort_scans(scans, at)
    return tuple((scan, is_active_scan(scan, find_earlier(scan, sorted_))) for scan in sorted_)


def was_imaged(scans: Iterable[Scan], *, at: date, months: int, recorded_on: date, region: str,
               name: str = "was_imaged") -> Fact:
    """Whether the brain or the cord was scanned in the last so many months; no scan on file is unknown."""
    window = window_before(at, months)
    shown = [scan for scan in scans if scan.shows(region) and window.holds(scan.day, recorded_on)]
    if shown:
        return known(name, True, *_places(shown))
    return unknown(name, f"no MRI of the {region} with its date on file in the last {months} months")


def active_on_mri(scans: Iterable[Scan], *, at: date, months: int, recorded_on: date,
                  name: str = "active_on_mri") -> Fact:
    """Whether an MRI of the last so many months shows activity; quiet only by a scan of the brain.

    Activity of the cord counts. No scan at all, and scans of the cord alone, leave it unknown.
    """
    window = window_before(at, months)
    classified = classify_scans(scans, at)
    held = [(scan, both([window.holds(scan.day, recorded_on), active])) for scan, active in classified]
    active = [scan for scan, truth in held if truth]
    if active:
        return known(name, True, *_places(active))
    open_ = [scan for scan, truth in held if truth is None and scan.region != "cord"]
    if open_:
        return unknown(name, _open_reason(open_), *_places(open_))
    quiet = [scan for scan, _ in classified if scan.shows("brain") and window.holds(scan.day, recorded_on)]
    if quiet:
        return known(name, False, *_places(quiet), reason=_quiet_reason(quiet))
    return unknown(name, f"no MRI of the brain on file in the last {months} months")


def active_on_last_scan(scans: Iterable[Scan], *, at: date, months: int,
                        name: str = "active_on_last_scan") -> Fact:
    """Whether the last MRI of so many months showed activity, as it was read; an earlier one is no answer.

    Lesions are activity wherever they are. Quiet needs a scan that shows the brain: one that was compared
    with an earlier scan on file, or one of which new, enlarging and enhancing lesions were all read as none.
    """
    since = add_months(at, -months)
    told = [(scan, active) for scan, active in classify_scans(scans, at)
            if scan.day is not None and scan.day.latest <= at and scan.day.earliest >= since
            and (active or scan.region != "cord")]
    if not told:
        return unknown(name, f"no MRI of the brain on file in the last {months} months")
    last, active = told[-1]
    if active is None and not (last.shows("brain") and _is_read_in_full(last)):
        return unknown(name, _open_reason([last]), *_places([last]))
    return known(name, bool(active), *_places([last]))


def _is_read_in_full(scan: Scan) -> bool:
    return None not in (scan.new_t2, scan.enlarging_t2, scan.gd_enhancing)


def _open_reason(scans: list[Scan]) -> str:
    if any(scan.new_t2 is None and scan.gd_enhancing is None for scan in scans):
        return "what an MRI showed is not written"
    return "an MRI could not be compared with an earlier one, was read in part, or has no exact date"


def _quiet_reason(scans: list[Scan]) -> str:
    if all(scan.gd_enhancing is None for scan in scans):
        return "no new or enlarging T2 lesion against the scan before; no contrast was given"
    return "no new, enlarging or enhancing lesion"


def _places(scans: Iterable[Scan]) -> tuple[str, ...]:
    return tuple(scan.source for scan in scans if scan.source)
