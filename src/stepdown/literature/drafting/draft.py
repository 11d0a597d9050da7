"""A draft study: what is read from one abstract, each value with the characters it was read from.

A value that the abstract does not print is None. Numbers that contradict each other are all kept, with the
doubt in words; none is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import TypeAlias

#: The fields of a study that say who was studied, as the library's ``[population]`` names them.
POPULATION = ("n", "age_mean", "age_median", "female_percent")
Span: TypeAlias = tuple[int, int]
Value: TypeAlias = str | float


@dataclass(frozen=True, slots=True)
class DraftField:
    """One value, the spans of title and abstract it was read from, and why it may be wrong, if it may."""

    value: Value
    spans: tuple[Span, ...] = ()
    doubt: str = ""

    @property
    def whole(self) -> int:
        """A number of people as such; the value of any other field has no whole form."""
        return round(float(self.value))


@dataclass(frozen=True, slots=True)
class DraftGroup:
    """A group of people that the study sets apart: its size, and what was done with them where it is said."""

    n: DraftField
    strategy: DraftField | None = None
    therapy: DraftField | None = None


@dataclass(frozen=True, slots=True)
class DraftFinding:
    """One result: what was counted, in whom, and the figures as printed.

    ``percent`` is of people, ``rate`` per 100 person-years, ``level`` of the interval as a fraction, ``p`` as
    text. ``is_free`` says that people without the outcome are counted ("remained relapse-free").
    """

    sentence: Span
    outcome: DraftField | None = None
    strategy: DraftField | None = None
    therapy: DraftField | None = None
    events: DraftField | None = None
    n: DraftField | None = None
    percent: DraftField | None = None
    rate: DraftField | None = None
    measure: DraftField | None = None
    value: DraftField | None = None
    low: DraftField | None = None
    high: DraftField | None = None
    level: DraftField | None = None
    p: DraftField | None = None
    time_years: DraftField | None = None
    time_kind: DraftField | None = None
    is_free: DraftField | None = None

    def find_fields(self) -> Iterator[tuple[str, DraftField]]:
        """The fields that were read, by name, in order."""
        for item in fields(self)[1:]:
            value = getattr(self, item.name)
            if value is not None:
                yield item.name, value


def list_sizes(n: DraftField | None, groups: Iterable[DraftGroup]) -> list[DraftField]:
    """The sizes that are printed of a study and its groups."""
    return [field for field in (n, *(group.n for group in groups)) if field is not None]


@dataclass(frozen=True, slots=True)
class DraftStudy:
    """What was read of one citation; ``text`` is its title, a line feed, and its abstract."""

    pmid: str
    text: str
    design: DraftField | None = None
    diseases: tuple[DraftField, ...] = ()
    courses: tuple[DraftField, ...] = ()
    n: DraftField | None = None
    age_mean: DraftField | None = None
    age_median: DraftField | None = None
    female_percent: DraftField | None = None
    follow_up_years: DraftField | None = None
    follow_up_kind: DraftField | None = None
    groups: tuple[DraftGroup, ...] = ()
    findings: tuple[DraftFinding, ...] = ()

    def find_fields(self) -> Iterator[tuple[str, DraftField]]:
        """Every field that was read, by a name such as ``findings.1.events``, in the order of review."""
        for name in ("design", *POPULATION, "follow_up_years", "follow_up_kind"):
            if (value := getattr(self, name)) is not None:
                yield name, value
        for name in ("diseases", "courses"):
            yield from (
                (f"{name}.{place}", value) for place, value in enumerate(getattr(self, name), start=1)
            )
        for place, group in enumerate(self.groups, start=1):
            parts = ((name, getattr(group, name)) for name in ("n", "strategy", "therapy"))
            yield from ((f"groups.{place}.{name}", value) for name, value in parts if value is not None)
        for place, finding in enumerate(self.findings, start=1):
            yield from ((f"findings.{place}.{name}", value) for name, value in finding.find_fields())
