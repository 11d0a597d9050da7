"""The rule files are whole: each row has a known effect, known facts, and sources that resolve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from stepdown.decisions.alerts import read_alerts
from stepdown.decisions.refusing import read_refusals
from stepdown.decisions.rules.conditions import facts_used
from stepdown.decisions.rules.judging import EFFECTS, read_rules
from stepdown.decisions.sourcing import expand_sources, resolve_sources
from stepdown.ms.therapies import read_groups, read_therapies
from stepdown.patients.history import QUESTIONS

ROWS = [*read_rules(), *read_alerts()]
KEYS = {
    "id",
    "strategies",
    "directions",
    "left",
    "drugs",
    "to",
    "to_drugs",
    "treatments",
    "options",
    "extend_status",
    "step_down",
    "all",
    "any",
    "none_of",
    "effect",
    "if_unknown",
    "alert",
    "pushes_to",
    "strength",
    "text",
    "text_unknown", "about",
    "would_change",
    "sources",
    "level",
    "ms_only", "may_be_on", "two_drugs",
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_rule_uses_only_keys_facts_and_groups_that_exist(row: Mapping[str, Any]) -> None:
    assert set(row) <= KEYS
    assert set(facts_used(row)) <= set(QUESTIONS)
    assert set(row.get("left", ())) | set(row.get("to", ())) <= {*read_groups(), "none"}
    assert set(row.get("drugs", ())) | set(row.get("to_drugs", ())) <= set(read_therapies())


@pytest.mark.parametrize("row", read_rules(), ids=lambda row: row["id"])
def test_a_rule_has_an_effect_a_direction_and_a_strength(row: Mapping[str, Any]) -> None:
    assert row["effect"] in EFFECTS and row.get("if_unknown", "note") in EFFECTS
    assert row["pushes_to"] in ("continue", "extend", "switch", "stop", "none")
    assert row["strength"] in "ABC" and row.get("alert", "note") in ("urgent", "check", "note")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_source_of_a_rule_resolves(row: Mapping[str, Any]) -> None:
    for drug in read_therapies() if any("self." in key for key in row["sources"]) else ("natalizumab",):
        keys = expand_sources(row["sources"], drug, "natalizumab")
        assert resolve_sources(keys) or drug not in ("natalizumab", "cladribine", "alemtuzumab")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_row_of_the_catalogue_that_is_cited_exists(row: Mapping[str, Any]) -> None:
    named = [key for key in row["sources"] if key.startswith("therapies:") and "#" in key]
    for key in named:
        drugs = [drug for drug in read_therapies() if expand_sources([key], drug, drug)]
        assert drugs, key


def test_no_two_rules_share_an_id() -> None:
    ids = [row["id"] for row in read_rules()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("row", read_rules(), ids=lambda row: row["id"])
def test_a_rule_that_may_hold_back_says_what_would_change_it(row: Mapping[str, Any]) -> None:
    holds_back = row.get("if_unknown", "note") in ("cannot-say", "not-reasonable")
    assert not holds_back or row.get("would_change")


def test_what_is_known_of_other_diseases_has_sources_that_resolve() -> None:
    rows = [row for known in read_refusals()["known"].values() for row in known]
    assert all(resolve_sources(row["sources"]) for row in rows)
