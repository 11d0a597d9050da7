"""Every reference row of three other programs for confirmed worsening, under the rule set of their name.

A failure means that a rule set no longer holds the rules of the program it is named for. Scores and days are
compared exactly: they are copied or subtracted, never estimated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stepdown.cohorts.engines import Engine, open_engine, to_rows
from stepdown.cohorts.outcomes.association import label_worsening
from stepdown.cohorts.outcomes.rule_sets import RuleSet, read_rule_sets
from stepdown.cohorts.outcomes.worsening import find_changes
from unit.cohorts.outcomes.reference_edss import (
    Followed,
    from_day,
    read_msoutcomes,
    read_pymsprog_msclinical,
    read_sample,
    read_toy,
)

RULES = read_rule_sets()
READERS = {"sample": read_sample, "toy": read_toy}
Row = dict[str, Any]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine() as opened:
        yield opened


def find(engine: Engine, people: Followed, rules: RuleSet) -> tuple[list[Row], list[Row]]:
    scores = engine.load("given", people.score_table())
    relapses = engine.load("given", people.relapse_table())
    changes = find_changes(engine, scores, relapses, rules)
    events = to_rows(label_worsening(engine, changes, relapses, rules))
    return sorted(events, key=lambda row: (row["person_id"], row["number"])), to_rows(changes.pending)


def as_msoutcomes(row: Row) -> tuple[Any, ...]:
    return (f"ipt {row['person_id']:02d}", row["base_value"], from_day(row["base_day"]), row["value"],
            from_day(row["day"]), row["held_day"] - row["day"])


@pytest.mark.parametrize("sustained", [True, False])
@pytest.mark.parametrize("days", [84, 168])
@pytest.mark.parametrize(("name", "key", "lasted"), [("msoutcomes", "CDW", "sust.prog"),
                                                     ("msoutcomes-improvement", "CDI", "sust.reg")])
def test_msoutcomes(engine: Engine, reference: Path, name: str, key: str, lasted: str, days: int,
                    sustained: bool) -> None:
    rules = replace(RULES[name], confirm_days=days, sustained=sustained)
    expected = read_msoutcomes(reference)[f"{key}_{days}_sust{str(sustained).upper()}"]
    events, _ = find(engine, read_sample(reference), rules)
    assert [as_msoutcomes(row) for row in events] == [
        (row["ID"], row["bEDSS"], row["base.date"], row["EDSS"], row["dateEDSS"], row[lasted])
        for row in expected]


@pytest.mark.parametrize("days", [84, 168])
def test_msoutcomes_pira(engine: Engine, reference: Path, days: int) -> None:
    events, _ = find(engine, read_sample(reference), replace(RULES["msoutcomes-pira"], confirm_days=days))
    assert [as_msoutcomes(row) for row in events] == [
        (row["ID"], row["bEDSS"], row["base.date"], row["EDSS"], row["dateEDSS"], row["sust.prog"])
        for row in read_msoutcomes(reference)[f"PIRA_{days}"]]


def as_pymsprog(people: Followed, row: Row) -> tuple[Any, ...]:
    person = row["person_id"]
    kind = "CDI" if row["kind"] == "improvement" else "CDW"
    return (person, kind, row["association"] or "", row["day"] - people.first_day(person),
            row["day"] - row["base_day"], row["held_day"] - row["day"],
            row["held_day"] == people.last_day(person))


@pytest.mark.parametrize("days", [84, 168])
@pytest.mark.parametrize("data", ["sample", "toy"])
@pytest.mark.parametrize(("name", "key"), [("pymsprog", "fixed_firstCDW"),
                                           ("pymsprog-roving", "roving_multiple")])
def test_pymsprog(engine: Engine, reference: Path, name: str, key: str, data: str, days: int) -> None:
    people = READERS[data](reference)
    expected = read_pymsprog_msclinical(reference)[f"pymsprog_{data}_{days}_{key}"]
    events, _ = find(engine, people, replace(RULES[name], confirm_days=days))
    kept = [row for row in events if key != "fixed_firstCDW" or row["kind"] == "worsening"]
    assert [as_pymsprog(people, row) for row in kept] == [
        (int(str(row.get("ID", row.get("id"))).split()[-1]), row["event_type"], row["CDW_type"],
         row["time2event"], row["bl2event"], row["sust_days"], row["sust_last"])
        for row in expected if row["nevent"]]
    stable = {int(str(row.get("ID", row.get("id"))).split()[-1]) for row in expected if not row["nevent"]}
    assert stable.isdisjoint(row["person_id"] for row in kept)


@pytest.mark.parametrize("days", [84, 168])
@pytest.mark.parametrize("data", ["sample", "toy"])
@pytest.mark.parametrize(("name", "key"), [("msclinical", "fixed"), ("msclinical-roving", "roving")])
def test_msclinical(engine: Engine, reference: Path, name: str, key: str, data: str, days: int) -> None:
    expected = read_pymsprog_msclinical(reference)[f"msclinical_{data}_{days}_{key}"]
    events, pending = find(engine, READERS[data](reference), replace(RULES[name], confirm_days=days))
    worse = [row for row in events if row["kind"] == "worsening"]
    ours = [("confirmed", row["person_id"], *_dated(row, "base"), *_dated(row, ""), *_dated(row, "confirm"))
            for row in worse]
    ours += [("unconfirmed", row["person_id"], *_dated(row, "base"), *_dated(row, ""), None, None)
             for row in pending]
    assert sorted(ours) == sorted(
        (row["status"], int(str(row["patient"]).split()[-1]), row["reference_date"][:10],
         row["reference_value"], row["onset_date"][:10], row["onset_value"],
         row["confirmation_date"] and row["confirmation_date"][:10], row["confirmed_value"])
        for row in expected)


def _dated(row: Row, name: str) -> tuple[str, float]:
    prefix = f"{name}_" if name else ""
    return from_day(row[f"{prefix}day"]), row[f"{prefix}value"]
