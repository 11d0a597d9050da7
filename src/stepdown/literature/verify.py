"""Do the numbers of the library stand in the abstracts? And how many could not be asked?

A number is found when the abstract prints it in one of its scales: a share as a fraction, per cent or per
thousand, a rate per 1 to 100,000 person-years. That the abstract prints it for the same thing is for a
person to see. What a finding calls computed or misprinted is no printed number and is not looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from stepdown.evidence.study import Finding, Study
from stepdown.literature.citation import Citation
from stepdown.literature.numbers import read_numbers

_SHARE, _RATE = (1, 100, 1000), (0.01, 1, 10, 100, 1000)
#: The fields of a finding that are printed numbers, with the scales in which a paper may print them.
FIELDS: dict[str, tuple[float, ...]] = {
    "events": (1,), "n": (1,), "proportion": _SHARE, "proportion_low": _SHARE, "proportion_high": _SHARE,
    "rate": _RATE, "rate_low": _RATE, "rate_high": _RATE, "person_years": (1,),
    "effect.value": (1, 100), "effect.low": (1, 100), "effect.high": (1, 100),
}
FOUND, NOT_FOUND = "found", "not found"
#: Why a number could not be checked.
NO_PMID, NOT_HELD, NO_ABSTRACT, ELSEWHERE = (
    "study without a PMID", "citation not in the store", "citation without an abstract",
    "read elsewhere than in the abstract")


@dataclass(frozen=True, slots=True)
class Check:
    """One number of one finding: whether the abstract prints it, or why that could not be asked."""

    study: str
    finding: str
    field: str
    verdict: str


def verify_studies(studies: Iterable[Study], citations: Mapping[str, Citation]) -> Iterator[Check]:
    """A verdict for each printed number of each finding; ``citations`` are by PMID."""
    for study in studies:
        citation = citations.get(study.pmid or "")
        numbers = {number.value for number in read_numbers(_all_text(citation))} if citation else set()
        for finding in study.findings:
            for field, value in find_printed(finding):
                verdict = _find_obstacle(study, finding, citation) or _judge(field, value, numbers)
                yield Check(study.id, finding.id, field, verdict)


def _all_text(citation: Citation) -> str:
    return f"{citation.title}\n{citation.abstract_text}"


def find_printed(finding: Finding) -> Iterator[tuple[str, float]]:
    """The fields of a finding that a paper prints, with their values."""
    for field in FIELDS:
        whole, _, part = field.partition(".")
        value = getattr(finding, whole)
        value = getattr(value, part) if part and value is not None else value
        if value is not None and not {field, whole} & set(finding.computed) and not finding.misprinted:
            yield field, float(value)


def _find_obstacle(study: Study, finding: Finding, citation: Citation | None) -> str | None:
    if study.pmid is None:
        return NO_PMID
    if citation is None:
        return NOT_HELD
    if not finding.locator.startswith("abstract"):
        return ELSEWHERE
    return None if citation.abstract else NO_ABSTRACT


def _judge(field: str, value: float, numbers: set[float]) -> str:
    return FOUND if any(is_printed_as(field, value, number) for number in numbers) else NOT_FOUND


def is_printed_as(field: str, value: float, number: float) -> bool:
    """Whether a printed number is that value in one of the scales of its field; signs are not compared."""
    wanted = (abs(value) * scale for scale in FIELDS[field])
    return any(abs(number - target) < 1e-6 * max(1, target) for target in wanted)


def find_unprinted(study: Study, finding: Finding, citation: Citation) -> tuple[str, ...]:
    """The fields of a finding that its abstract should print and does not."""
    numbers = {number.value for number in read_numbers(_all_text(citation))}
    return tuple(
        field
        for field, value in find_printed(finding)
        if _find_obstacle(study, finding, citation) is None and _judge(field, value, numbers) == NOT_FOUND
    )
