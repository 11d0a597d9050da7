"""Every therapy for MS that stepdown knows: what it is, how it may be left, and where that is written.

One file a therapy under ``catalogue/``. A field that is None, or a list that is empty, is unknown:
it never means "no". Facts of the European Union and of the United States are kept apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeVar

from stepdown.ms.sources import read_data

Sources = tuple[str, ...]
Row = TypeVar("Row")


@dataclass(frozen=True)
class Statement:
    """One sentence with its sources."""

    text: str
    source: Sources


@dataclass(frozen=True)
class Dose:
    """How one product is given; ``interval_days`` counts from one day of dosing to the next."""

    product: str
    route: str
    dose: str
    source: Sources
    interval_days: float | None = None


@dataclass(frozen=True)
class EffectAfterLastDose:
    """How long the effect outlasts the last dose, in months; a missing bound or average is unknown."""

    text: str
    source: Sources
    months_low: float | None = None
    months_high: float | None = None
    months_typical: float | None = None


@dataclass(frozen=True)
class GapToNext:
    """How soon the next drug must follow the last dose, in days."""

    aim_days: int
    max_days: int
    text: str
    source: Sources


@dataclass(frozen=True)
class ProductExtension:
    """What is known of longer intervals for one product or route that differs from the main one."""

    product: str
    status: str
    text: str
    source: Sources


@dataclass(frozen=True)
class Extension:
    """Whether doses may be spaced out: studied, extrapolated, cannot-say or not-offered."""

    status: str
    conditions: str
    source: Sources
    interval_days: tuple[int, ...] = ()
    products: tuple[ProductExtension, ...] = ()


@dataclass(frozen=True)
class Contraindication:
    """A condition under which the drug must not be used, or only with caution.

    ``condition`` is a key of ``comorbidities.toml`` or ``situations.toml``. With ``recent_months``
    only an event within so many months counts; ``only_when`` narrows it to the active, uncontrolled
    or untreated form, or to people without a pacemaker.
    """

    id: str
    condition: str
    strength: str
    applies_to: str
    jurisdiction: str
    text: str
    source: Sources
    recent_months: int | None = None
    only_when: str | None = None


@dataclass(frozen=True)
class LabRule:
    """A laboratory value that changes what may be done: below or above a limit, perhaps for some months.

    ``when`` is before-start, before-course-2, on-treatment or after-last-dose.
    """

    id: str
    test: str
    unit: str
    when: str
    action: str
    jurisdiction: str
    text: str
    source: Sources
    below: float | None = None
    above: float | None = None
    for_months: float | None = None


@dataclass(frozen=True)
class Duty:
    """What must go on after the last dose; ``months`` is None when it ends with an event, not a date."""

    id: str
    what: str
    until: str
    source: Sources
    months: float | None = None


@dataclass(frozen=True)
class Approval:
    """For which courses a regulator has approved the drug; ``courses`` None is unknown, empty is none."""

    jurisdiction: str
    text: str
    source: Sources
    courses: tuple[str, ...] | None = None


@dataclass(frozen=True)
class OtherProduct:
    """A code that looks like this drug but is another product, and must not be read as it."""

    code: str
    text: str
    source: Sources


@dataclass(frozen=True)
class Therapy:
    """One therapy. ``source`` maps each plain field to its sources; rows carry their own."""

    name: str
    group: str
    kind: str
    mechanism: str | None = None
    brands: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    atc: tuple[str, ...] = ()
    atc_old: tuple[str, ...] = ()
    rxnorm: tuple[str, ...] = ()
    not_to_map: tuple[OtherProduct, ...] = ()
    routes: tuple[str, ...] = ()
    dosing: tuple[Dose, ...] = ()
    usual_interval_days: float | None = None
    courses_to_complete: int | None = None
    efficacy_tier: str | None = None
    efficacy_tier_note: str | None = None
    rebound: str = "unknown"
    rebound_note: str | None = None
    effect_after_last_dose: EffectAfterLastDose | None = None
    washout: str | None = None
    gap_to_next: GapToNext | None = None
    restart_after_gap: str | None = None
    extend: Extension | None = None
    meaning_of_continue: str = ""
    meaning_of_stop: str = ""
    contraindications: tuple[Contraindication, ...] = ()
    lab_rules: tuple[LabRule, ...] = ()
    stop_before_conception_days: int | None = None
    stop_before_conception: str | None = None
    live_vaccine_delay: str | None = None
    safety: tuple[Statement, ...] = ()
    monitoring: tuple[Statement, ...] = ()
    duties_after_last_dose: tuple[Duty, ...] = ()
    approvals: tuple[Approval, ...] = ()
    first_trial_year: int | None = None
    first_approval_year: int | None = None
    source: Mapping[str, Sources] = field(default_factory=dict, compare=False)

    @property
    def is_course(self) -> bool:
        """Whether it is given as courses or once, so that there is nothing to stop when they are done."""
        return self.kind in ("course", "once")

    @property
    def approved_courses(self) -> Mapping[str, tuple[str, ...] | None]:
        """The approved courses by jurisdiction; None is unknown, empty is not approved for MS."""
        return {row.jurisdiction: row.courses for row in self.approvals}

    def sources_of(self, name: str) -> Sources:
        """The sources of one field: its own, or those of its rows in order."""
        value = getattr(self, name)
        rows = value if isinstance(value, tuple) else (value,)
        found = [key for row in rows for key in getattr(row, "source", ())]
        return tuple(dict.fromkeys([*self.source.get(name, ()), *found]))


_ROWS: dict[str, type[Any]] = {
    "not_to_map": OtherProduct, "dosing": Dose, "contraindications": Contraindication,
    "lab_rules": LabRule, "safety": Statement, "monitoring": Statement,
    "duties_after_last_dose": Duty, "approvals": Approval, "products": ProductExtension,
}
_TABLES: dict[str, type[Any]] = {
    "effect_after_last_dose": EffectAfterLastDose, "gap_to_next": GapToNext, "extend": Extension,
}


def to_row(shape: type[Row], table: Mapping[str, Any]) -> Row:
    """One frozen row from a table of a data file; lists become tuples, inner tables their own rows."""
    return shape(**{key: _value(key, value) for key, value in table.items()})


def _value(key: str, value: Any) -> Any:
    if key in _ROWS:
        return tuple(to_row(_ROWS[key], row) for row in value)
    if key in _TABLES:
        return to_row(_TABLES[key], value)
    if key == "source" and isinstance(value, dict):
        return MappingProxyType({name: tuple(keys) for name, keys in value.items()})
    return tuple(value) if isinstance(value, list) else value


@cache
def read_therapies() -> Mapping[str, Therapy]:
    """Every therapy of the catalogue by its name, in alphabetical order."""
    names = sorted(path.name for path in files("stepdown.ms").joinpath("catalogue").iterdir())
    found = (to_row(Therapy, read_data("catalogue", name)) for name in names if name.endswith(".toml"))
    return MappingProxyType({therapy.name: therapy for therapy in found})


def therapies_in_group(group: str) -> tuple[Therapy, ...]:
    """The therapies of one group, in alphabetical order; empty for a group that does not exist."""
    return tuple(therapy for therapy in read_therapies().values() if therapy.group == group)


def read_groups() -> tuple[str, ...]:
    """The groups that have a therapy, in alphabetical order."""
    return tuple(sorted({therapy.group for therapy in read_therapies().values()}))


def facts_of(therapy: Therapy) -> Iterator[tuple[str, Any]]:
    """Each field that states something, with its value; unknown fields and our own keys are left out."""
    for name in (each.name for each in fields(therapy)):
        value = getattr(therapy, name)
        if name not in ("name", "group", "kind", "source") and value not in (None, (), "", "unknown"):
            yield name, value
