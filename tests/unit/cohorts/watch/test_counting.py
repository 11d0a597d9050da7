"""Counts of a watch as they may be shown: an attack with every known sum gives no small one back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from stepdown.cohorts.disclosure import WITHHELD
from stepdown.cohorts.protocol.model import Disclosure
from stepdown.cohorts.watch.counting import (
    LATE,
    OTHER_DRUGS,
    SPLITS,
    STANDINGS,
    WatchCounts,
    hide_split,
    merge_small,
    publish_watch,
)
from stepdown.cohorts.watch.watching import Watch
from stepdown.ms.monitoring import read_restart_signs
from stepdown.patients.restart_signs import SIGN_STATES
from stepdown.patients.watching import NEVER_SEEN_STATES, URGENCIES

DRUGS = ("fingolimod", "natalizumab", "ocrelizumab")
STRATEGIES = ("stop", "switch", "extend")
RULES = Disclosure()
WATCH = Watch("invented", date(2026, 6, 1), date(2026, 6, 1), "duckdb", {}, None, None, None, None, ())


def split(rng: np.random.Generator, whole: int, names: tuple[str, ...]) -> dict[str, int]:
    shares = rng.dirichlet(np.full(len(names), 0.5))
    return dict(zip(names, map(int, rng.multinomial(whole, shares)), strict=True))


def draw_counts(rng: np.random.Generator) -> WatchCounts:
    """Counts that hang together as those of a registry do, many of them small."""
    everybody = split(rng, int(rng.integers(20, 300)), STANDINGS)
    down = split(rng, everybody["stepped-down"], ("watched", "observation-ended"))
    urgency = split(rng, down["watched"], URGENCIES)
    drugs: dict[str, dict[str, int]] = {drug: {} for drug in DRUGS}
    for name, people in urgency.items():
        for drug, count in split(rng, people, DRUGS).items():
            drugs[drug][name] = count
    return WatchCounts(
        everybody, split(rng, everybody["not-judged"], ("two-drugs", "drug-unknown")), down,
        split(rng, down["watched"], STRATEGIES), urgency, split(rng, urgency["sign"], tuple(LATE)[1:]),
        split(rng, down["watched"], NEVER_SEEN_STATES), split(rng, down["watched"], tuple(LATE)), drugs,
        {sign.id: split(rng, down["watched"], SIGN_STATES) for sign in read_restart_signs()}, {})


class Attack:
    """Everything that a reader knows: what is shown of each count, and which counts add up to which."""

    def __init__(self, published: dict[str, Any]) -> None:
        """Each count that is shown, or not, becomes a number between two bounds."""
        self.names: list[str] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.sums: list[tuple[str, list[str]]] = []
        tables = {name: published[name] for name in SPLITS}
        tables |= {f"sign {name}": parts for name, parts in published["signs"].items()}
        for name, parts in tables.items():
            self.add_split(name, parts)
        for drug, parts in published["by_drug"].items():
            for key, count in parts.items():
                if key != "people":
                    self.add(f"{drug} {key}", count, least=0)  # none is shown as "<5" too
            self.sums.append((f"people {drug}", [f"{drug} {key}" for key in URGENCIES]))
        self.add_split("people", {drug: parts["people"] for drug, parts in published["by_drug"].items()})
        self.add("people", published["people"])
        self.add_sums(tables, list(published["by_drug"]))

    def add(self, name: str, shown: int | str, withheld: tuple[int, int] = (0, 10_000),
            least: int = 1) -> None:
        self.names.append(name)
        known = {0: (0, 0), "<5": (least, 4), 5: (5, 7), WITHHELD: withheld}
        low, high = known[shown] if shown in known else (int(shown) - 2, int(shown) + 2)
        self.low.append(low)
        self.high.append(high)

    def add_split(self, table: str, parts: dict[str, int | str]) -> None:
        """One that is withheld beside others is the largest; all are where the whole is under 15."""
        shown = [count for count in parts.values() if count != WITHHELD]
        largest = max((count for count in shown if isinstance(count, int)), default=0)
        for key, count in parts.items():
            self.add(f"{table} {key}", count, (max(5, largest - 2), 10_000) if shown else (0, 14))

    def add_sums(self, tables: dict[str, Any], drugs: list[str]) -> None:
        wholes = {"everybody": "people", "not_judged": "everybody not-judged",
                  "stepped_down": "everybody stepped-down", "sign_seen": "by_urgency sign"}
        for table, parts in tables.items():
            whole = wholes.get(table, "stepped_down watched")
            self.sums.append((whole, [f"{table} {key}" for key in parts]))
        self.sums += [(f"by_urgency {key}", [f"{drug} {key}" for drug in drugs]) for key in URGENCIES]

    def bound(self, name: str) -> tuple[int, int]:
        """The least and the most that a count can be."""
        rows = np.zeros((len(self.sums), len(self.names)))
        for place, (whole, parts) in enumerate(self.sums):
            rows[place, self.names.index(whole)] -= 1
            for part in parts:
                rows[place, self.names.index(part)] += 1
        aim = np.zeros(len(self.names))
        aim[self.names.index(name)] = 1
        limits = Bounds(np.array(self.low), np.array(self.high))
        ends = [milp(sign * aim, integrality=np.ones(len(aim)), bounds=limits,
                     constraints=LinearConstraint(rows, 0, 0)) for sign in (1, -1)]
        assert all(end.success for end in ends)
        return round(ends[0].fun), round(-ends[1].fun)


def list_small(counts: WatchCounts) -> list[str]:
    """The counts from 1 to 4, under the names of an attack."""
    tables = {name: getattr(counts, name) for name in SPLITS}
    tables |= {f"sign {name}": parts for name, parts in counts.signs.items()}
    tables |= merge_small(counts.by_drug, RULES)
    return [f"{table} {key}" for table, parts in tables.items() for key, count in parts.items()
            if 0 < count < 5]


@pytest.mark.parametrize("seed", range(1, 6))
def test_no_sum_and_no_difference_gives_a_small_count_back(seed: int) -> None:
    counts = draw_counts(np.random.default_rng(seed))
    attack = Attack(publish_watch(WATCH, counts, RULES))
    small = list_small(counts)
    assert small
    for name in small:
        low, high = attack.bound(name)
        assert high > max(low, 1), f"{name} is {low} or {high}"


def test_the_attack_finds_a_count_that_a_sum_gives_back() -> None:
    """Else it would prove nothing: with exact counts beside it a small one follows."""
    counts = draw_counts(np.random.default_rng(1))
    published = publish_watch(WATCH, counts, RULES)
    attack = Attack(published)
    name = next(each for each in list_small(counts) if each.split(" ")[0] in SPLITS)
    table = name.split(" ")[0]
    for key, count in getattr(counts, table).items():
        place = attack.names.index(f"{table} {key}")
        if f"{table} {key}" != name:
            attack.low[place] = attack.high[place] = count
    whole = attack.names.index(next(whole for whole, parts in attack.sums if name in parts))
    attack.low[whole] = attack.high[whole] = sum(getattr(counts, table).values())
    assert len(set(attack.bound(name))) == 1


def test_periods_that_end_with_the_last_visit_are_warned_of() -> None:
    counts = draw_counts(np.random.default_rng(1))
    told = [publish_watch(WATCH, replace(counts, stepped_down={"watched": 20, "observation-ended": ended}),
                          RULES)["warnings"] for ended in (20, 21)]
    assert not told[0] and "observation periods" in told[1][0]


def test_drugs_that_few_left_are_taken_together() -> None:
    splits = {"a": {"due": 40}, "b": {"due": 3}, "c": {"due": 11}, "d": {"due": 20}}
    assert merge_small(splits, RULES) == {"a": {"due": 40}, OTHER_DRUGS: {"due": 34}}
    assert merge_small({"a": {"due": 40}}, RULES) == {"a": {"due": 40}} and merge_small({}, RULES) == {}
    assert merge_small({"a": {"due": 3}}, RULES) == {OTHER_DRUGS: {"due": 3}}


@pytest.mark.parametrize(("parts", "shown"), [
    ({"a": 3, "b": 8}, {"a": WITHHELD, "b": WITHHELD}),
    ({"a": 3, "b": 12, "c": 40}, {"a": "<5", "b": 10, "c": WITHHELD}),
    ({"a": 8, "b": 0}, {"a": 10, "b": 0}),
    ({"a": 0, "b": 0}, {"a": 0, "b": 0}),
])
def test_how_a_split_is_shown(parts: dict[str, int], shown: dict[str, int | str]) -> None:
    assert hide_split(parts, RULES) == shown
