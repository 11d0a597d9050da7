"""Observations as EDSS scores and laboratory results of the person file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stepdown.ms.codes import Meaning, find_answer, find_meaning, find_smoking, find_test_by_name
from stepdown.ms.disability import is_edss_score
from stepdown.patients.fhir.bundle import Entry
from stepdown.patients.fhir.record import Limit, Record
from stepdown.patients.fhir.values import (
    Json,
    codings,
    day,
    first_day,
    name_of,
    names,
    number,
    part,
    parts,
    text,
    unit_of,
)
from stepdown.patients.lab_limits import Limit as LabLimit
from stepdown.patients.lab_limits import read_limit
from stepdown.patients.units import find_unit, known_units, read_lab_tests

_NOT_A_RESULT = ("entered-in-error", "cancelled", "registered")
#: Antibodies that speak for another disease; the person file has a place of their own for them.
ANTIBODIES = {"aqp4": "aquaporin-4 antibodies", "mog": "MOG antibodies"}
#: A limit written as text, with its unit where it has one: "<0.5", "<= 0,2 g/L"; nothing else is taken over.
_LIMIT = re.compile(r"([<>]=?\s*\d+(?:[.,]\d+)?)(?:\s*([A-Za-z\d/^*%]{1,12}))?\Z")


def read_observation(entry: Entry, record: Record) -> str | None:
    """Take in one observation and its components; the reason where nothing of it is used."""
    resource, status = entry.resource, text(entry.resource, "status")
    if status in _NOT_A_RESULT:
        return f"its status is {status}"
    on = first_day(resource, "effectiveDateTime", "effectivePeriod", "effectiveInstant")
    if on is None and (issued := day(text(resource, "issued"))):
        record.notes.append(f"{entry.place}: without its own day; the day it was issued is used")
        on = issued
    listed = [each for each in parts(resource, "component") if not each.get("modifierExtension")]
    reasons = [_read_one(each, on, record, entry.place) for each in (resource, *listed)]
    if None in reasons:
        record.notes += [
            f"{entry.place}: part of it is left out: {reason}" for reason in reasons[1:] if reason
        ]
        return None
    return reasons[0]


def _read_one(resource: Json, on: str | None, record: Record, place: str) -> str | None:
    """One result, or one component of it."""
    meaning = find_test(part(resource, "code"))
    if meaning is None:
        return f"{name_of(part(resource, 'code'))}: no result that stepdown uses"
    if meaning.not_this or not meaning.test:
        return f"{name_of(part(resource, 'code'))}: {meaning.not_this or 'a disease, not a result'}"
    if on is None and meaning.test not in ANTIBODIES:
        return f"{meaning.test} without its day"
    reason = _read_value(resource, meaning.test, on or "", record, place)
    if reason is None and meaning.caution:
        record.notes.append(f"{place}: {meaning.caution}")
    return reason


def find_test(concept: Json) -> Meaning | None:
    """What a concept measures: by its codes, else by its name."""
    for system, code, _ in codings(concept):
        found = find_meaning(system, code) if system else None
        if found:
            return found
    test = next((test for name in names(concept) if (test := find_test_by_name(name))), None)
    return Meaning(test=test) if test else None


def _read_value(resource: Json, test: str, on: str, record: Record, place: str) -> str | None:
    """Put the value of a test into the record; the reason where it cannot be."""
    quantity = part(resource, "valueQuantity")
    if test in ANTIBODIES:
        return _read_antibody(resource, test, on, record, place)
    if test == "smoking":
        return _read_smoking(resource, on, record)
    if test != "edss" and read_lab_tests()[test].kind == "result":
        return _read_answer(resource, test, on, record)
    limit, unit = _find_limit(resource, quantity)
    if limit is None and text(quantity, "comparator"):
        return f"{test}: given as below or above what cannot be read"
    if test == "edss":
        return _leave_limit(place, on, record) if limit else _read_edss(resource, quantity, on, record)
    if limit is not None:
        return _add_number(test, limit.number, unit, on, record, str(limit))
    value = next((found for found in _numbers(resource, quantity) if found is not None), None)
    if value is None:
        return f"{test}: without a number"
    return _add_number(test, value, unit_of(quantity), on, record)


def _leave_limit(place: str, on: str, record: Record) -> str:
    """A score that is only a limit: somebody must look at it."""
    record.limits.append(Limit(place, on))
    return "edss: given as below or above a limit, which the person file cannot hold"


def _find_limit(resource: Json, quantity: Json) -> tuple[LabLimit | None, str]:
    """A result that is given as below or above a number, and its unit; None where it is none."""
    if sign := text(quantity, "comparator"):
        value = number(quantity.get("value"))
        return None if value is None else read_limit(f"{sign}{value:.12g}"), unit_of(quantity)
    match = _LIMIT.match(text(resource, "valueString"))
    return (read_limit(match[1].replace(",", ".")), match[2] or "") if match else (None, "")


def _numbers(resource: Json, quantity: Json) -> Iterator[float | None]:
    yield number(quantity.get("value"))
    for key in ("valueInteger", "valueDecimal", "valueString"):
        yield number(resource.get(key))


def _read_edss(resource: Json, quantity: Json, on: str, record: Record) -> str | None:
    """An EDSS score: a number in any of the ways FHIR has, also as text."""
    score = next((found for found in _numbers(resource, quantity) if found is not None), None)
    if score is None:
        return "edss: without a score"
    if not is_edss_score(score):
        return "edss: no score of the scale (0, 1, 1.5 and so on to 10)"
    record.edss.append({"date": on, "score": score})
    return None


def _read_smoking(resource: Json, on: str, record: Record) -> str | None:
    """Whether the person smokes, by the words of the answer."""
    written = " ".join((*names(part(resource, "valueCodeableConcept")), text(resource, "valueString")))
    answer = find_smoking(written)
    if answer is None:
        return "smoking: the answer is not clear"
    record.smoking.append((on, answer))
    return None


def _read_answer(resource: Json, test: str, on: str, record: Record) -> str | None:
    """A result in words: positive, negative or indeterminate."""
    answer = _find_answer(resource)
    if answer is None:
        return f"{test}: neither positive nor negative nor indeterminate"
    record.labs.append({"date": on, "test": test, "value": answer})
    return None


def _find_answer(resource: Json) -> str | None:
    """What a result says, or what the laboratory says of it."""
    concepts = [part(resource, "valueCodeableConcept"), *parts(resource, "interpretation")]
    written = [text(resource, "valueString")]
    for concept in concepts:
        written += [*(code for _, code, _ in codings(concept)), *names(concept)]
    answers = {found for each in written if each and (found := find_answer(each))}
    return answers.pop() if len(answers) == 1 else None


def _read_antibody(resource: Json, test: str, on: str, record: Record, place: str) -> str | None:
    """Aquaporin-4 or MOG antibodies: positive or negative; anything else is left to somebody to look at."""
    answer = _find_answer(resource)
    if answer in ("positive", "negative"):
        record.antibodies.append((test, on, answer))
        return None
    name = ANTIBODIES[test]
    if not parts(resource, "component"):
        record.doubts.append(
            f"{place}: {name} were looked for, and the result is not said to be positive or negative; look, "
            f"and enter it as antibodies.{test}: where they are positive this is another disease than MS"
        )
    return f"{name}: neither positive nor negative"


def _add_number(
    test: str, value: float, unit: str, on: str, record: Record, limit: str | None = None
) -> str | None:
    """A result in numbers, or a limit with this number, with a unit that the test can have."""
    kind = read_lab_tests()[test]
    if kind.kind == "index":
        record.labs.append({"date": on, "test": test, "value": limit or value})
        return None
    known = find_unit(kind, unit or None)
    if known is None:
        why = "its unit is not known" if unit else "without a unit"
        return f"{test}: {why}; known are {', '.join(known_units(kind))}"
    if value < 0 or not known.fits(value):
        return f"{test}: the value cannot be in this unit"
    record.labs.append({"date": on, "test": test, "value": limit or value, "unit": unit})
    return None
