"""MRI by its day, from ImagingStudy and DiagnosticReport; what was seen is never read from words."""

from __future__ import annotations

import re

from stepdown.patients.fhir.bundle import Entry
from stepdown.patients.fhir.record import Record
from stepdown.patients.fhir.values import Json, codings, day, first_day, names, part, parts, text

_MRI = re.compile(r"\b(mri|mr|mrt|irm|magnetic resonance)\b")
_BRAIN = re.compile(r"\b(brain|head|cranial|cerebral|neurocranium)\b")
_CORD = re.compile(r"\b(cord|spine|spinal|cervical|thoracic)\b")
_NOT_DONE = ("entered-in-error", "cancelled", "registered")


def read_scan(entry: Entry, record: Record) -> str | None:
    """Take in the day and the region of an MRI; the reason where it is none."""
    resource = entry.resource
    status = text(resource, "status")
    if status in _NOT_DONE:
        return f"its status is {status}"
    words = _words(resource)
    if not (_has_modality(resource) or _MRI.search(words)):
        return "no MRI"
    is_brain, is_cord = bool(_BRAIN.search(words)), bool(_CORD.search(words))
    if not (is_brain or is_cord):
        return "an MRI that is not said to be of brain or cord"
    on = first_day(resource, "started", "effectiveDateTime", "effectivePeriod") or day(
        text(resource, "issued")
    )
    if on is None:
        return "an MRI without its day"
    region = "both" if is_brain and is_cord else "brain" if is_brain else "cord"
    if not any(scan["date"] == on and scan["region"] in (region, "both") for scan in record.mri):
        record.mri.append(
            {
                "date": on,
                "region": region,
                "new_t2": "unknown",
                "enlarging_t2": "unknown",
                "gd_enhancing": "unknown",
            }
        )
        record.notes.append(
            f"{entry.place}: an MRI of {on}; enter new, enlarging and enhancing lesions from its report"
        )
    return None


def _has_modality(resource: Json) -> bool:
    """Whether an imaging study, or one of its series, was made by magnetic resonance."""
    listed = [
        *parts(resource, "modality"),
        *(part(series, "modality") for series in parts(resource, "series")),
    ]
    return any(text(each, "code").upper() == "MR" for each in listed)


def _words(resource: Json) -> str:
    """All words that say what was scanned."""
    found = [text(resource, "description"), *names(part(resource, "code"))]
    for concept in (*parts(resource, "procedureCode"), *parts(resource, "reasonCode")):
        found += names(concept)
    for series in parts(resource, "series"):
        site = part(series, "bodySite")
        found += [
            text(series, "description"),
            text(site, "display"),
            *(shown for *_, shown in codings(site)),
        ]
    return " ".join(found).casefold()
