"""Parts of a FHIR resource, whatever stands there: a part of the wrong kind counts as not there.

Resources come from JSON, whose groups, lists and texts are of these very types; asked some thousand times
for a record, `type(...) is` is the quicker question.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from stepdown.ms.codes import find_system

Json = dict[str, Any]
_DAY = re.compile(r"(\d{4}(?:-\d{2}(?:-\d{2})?)?)(?:T.*)?\Z", re.S)
_BRACES = re.compile(r"\{[^}]*\}")
#: A number written as text: "3.5", "3,5".
_NUMBER = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*\Z")


def part(value: Json, key: str) -> Json:
    """The group under a key; empty where there is none."""
    found = value.get(key)
    return found if type(found) is dict else {}


def parts(value: Json, key: str) -> list[Json]:
    """The groups in the list under a key; empty where there is none."""
    found = value.get(key)
    return [each for each in found if type(each) is dict] if type(found) is list else []


def text(value: Json, key: str) -> str:
    """The text under a key; empty where there is none."""
    found = value.get(key)
    return found.strip() if type(found) is str else ""


def number(found: object) -> float | None:
    """A finite number, also one that is written as text; no truth value."""
    if isinstance(found, str) and (match := _NUMBER.match(found)):
        return float(match[1].replace(",", "."))
    if isinstance(found, int | float) and not isinstance(found, bool) and math.isfinite(found):
        return float(found)
    return None


def day(written: str) -> str | None:
    """The day, month or year of a FHIR date or time, as precise as it is; None where it is no date."""
    match = _DAY.match(written)
    if match is None:
        return None
    found = match[1]
    try:
        date.fromisoformat(found + "-01-01"[len(found) - 4 :])
    except ValueError:
        return None
    return found


def last_of(written: str) -> str:
    """The last day that a day, month or year may mean, to be compared as text."""
    return written + "-12-31"[len(written) - 4 :] if len(written) < 10 else written


def first_day(value: Json, *keys: str) -> str | None:
    """The first of some dates that is there; ``Period`` keys give their start."""
    for key in keys:
        found = day(text(value, key)) or day(text(part(value, key), "start"))
        if found:
            return found
    return None


#: Where a resource says on which day something was, was noted or began.
_DATED = ("effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued", "authoredOn", "recordedDate",
          "performedDateTime", "performedPeriod", "occurrenceDateTime", "onsetDateTime", "onsetPeriod",
          "started", "dateAsserted", "period")  # fmt: skip


def days_of(resource: Json) -> Iterator[str]:
    """Every day on which a resource says that something was, was noted or began, as exact as it is."""
    for key in _DATED:
        if key in resource and (found := first_day(resource, key)):
            yield found


def codings(concept: Json) -> Iterator[tuple[str | None, str, str]]:
    """Each coding of a concept: our name of its terminology, the code, what it shows."""
    for coding in parts(concept, "coding"):
        yield find_system(text(coding, "system")), text(coding, "code"), text(coding, "display")


def names(concept: Json) -> list[str]:
    """All words by which a concept is called: its own text, then those of its codings."""
    found = [text(concept, "text"), *(text(coding, "display") for coding in parts(concept, "coding"))]
    return [each for each in dict.fromkeys(found) if each]


def name_of(concept: Json) -> str:
    """One name of a concept for a report, at most 80 characters."""
    found = names(concept) or [code for _, code, _ in codings(concept) if code] or ["without a name"]
    return found[0][:80]


def code_of(value: Json, key: str) -> str:
    """The first code of a status that is written as a concept, or the plain code; lower case."""
    coded = (text(coding, "code") for coding in parts(part(value, key), "coding"))
    return (text(value, key) or next(filter(None, coded), "")).casefold()


def unit_of(quantity: Json) -> str:
    """The unit of a quantity: its UCUM code without remarks in braces, else as it is printed."""
    return _without_remarks(text(quantity, "code")) or _without_remarks(text(quantity, "unit"))


def _without_remarks(unit: str) -> str:
    return _BRACES.sub("", unit) if "{" in unit else unit
