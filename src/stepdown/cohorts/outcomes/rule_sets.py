"""The rule sets for confirmed worsening by name: a protocol names its choices instead of hiding them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from stepdown.ms.disability import WorseningRule


@dataclass(frozen=True, kw_only=True)
class Association:
    """When an event is put down to a relapse (RAW), and when it is independent of any (PIRA)."""

    name: str
    related_days: int
    event_free: tuple[int, int]
    confirm_free: tuple[int, int]
    seen_before_first_visit: int
    source: str


@dataclass(frozen=True, kw_only=True)
class RuleSet:
    """One definition of confirmed change on the EDSS; ``rule_sets.toml`` says what each field means."""

    name: str
    last_whole_step: float
    confirm_days: float
    source: str
    direction: Literal["worsening", "improvement"] = "worsening"
    earlier_days: float = 0
    later_days: float | None = None
    baseline: Literal["fixed", "roving"] = "fixed"
    baseline_clear_days: int = 0
    confirm_clear_days: int = 0
    use_relapse_scores: bool = True
    improvement: Literal["none", "step", "lower"] = "none"
    after_event: Literal["confirmation", "lowest"] = "confirmation"
    sustained: bool = False
    held_until: Literal["visit", "clear-visit"] = "visit"
    after_relapse: Literal["stay", "move"] = "stay"
    association: Association | None = None

    @property
    def step(self) -> WorseningRule:
        """The least rise that counts, by baseline."""
        return WorseningRule(self.name, self.last_whole_step)

    @property
    def window(self) -> tuple[float, float | None]:
        """From how many to how many days after the change it may be confirmed; None: at any time later."""
        last = None if self.later_days is None else self.confirm_days + self.later_days
        return self.confirm_days - self.earlier_days, last

    @property
    def first_only(self) -> bool:
        """Whether nothing is looked for after the first worsening: a fixed baseline would count it again."""
        return self.baseline == "fixed"


@cache
def read_rule_sets() -> Mapping[str, RuleSet]:
    """Every rule set by name."""
    table = tomllib.loads(files(__package__).joinpath("rule_sets.toml").read_text(encoding="utf-8"))
    associations = {name: _to_association(name, row) for name, row in table["association"].items()}
    return {name: _to_rule_set(name, row, associations) for name, row in table["rules"].items()}


def _to_association(name: str, row: Mapping[str, Any]) -> Association:
    pairs: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Association(name=name, **pairs)


def _to_rule_set(name: str, row: Mapping[str, Any], associations: Mapping[str, Association]) -> RuleSet:
    chosen = associations[row["association"]] if "association" in row else None
    return RuleSet(name=name, **{**row, "association": chosen})
