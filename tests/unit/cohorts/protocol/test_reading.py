"""What a protocol with one slip is told: the field, what is wrong, and how to mend it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from stepdown.cohorts.protocol.model import Protocol
from stepdown.cohorts.protocol.reading import (
    find_shipped,
    hash_protocol,
    parse_protocol,
    read_shipped,
    read_shipped_text,
)
from stepdown.ms.errors import UserError


def change(**parts: Any) -> str:
    """The shipped protocol for people of 50, with some parts replaced (None: taken away)."""
    value = yaml.safe_load(read_shipped_text("stopping-at-50"))
    kept = {key: part for key, part in {**value, **parts}.items() if part is not None}
    return yaml.safe_dump(kept)


@pytest.mark.parametrize("name", find_shipped())
def test_every_shipped_protocol_is_a_protocol_and_has_the_name_of_its_file(name: str) -> None:
    assert read_shipped(name).name == name


def test_the_mark_of_a_protocol_is_that_of_what_it_says() -> None:
    protocol = read_shipped("stopping-at-50")
    same = parse_protocol("# a remark\n" + change(), "mine")
    other = parse_protocol(change(title="another"), "mine")
    assert hash_protocol(same) == hash_protocol(protocol) != hash_protocol(other)


SLIPS = {
    "a key that is not there": (
        {"folow_up": {"years": 2}}, 'folow_up: there is no such key; did you mean "follow_up"?'),
    "a key that is missing": ({"outcomes": None}, "outcomes: is missing"),
    "a drug that is not in the catalogue": (
        {"population": [{"name": "a", "fact": "therapy", "any_of": ["ocrelizumap"]}]},
        'did you mean "ocrelizumab"?'),
    "a rule set that does not exist": (
        {"definitions": {"relapse": {"source": "x"}, "worsening": {"rules": "pymsprg", "source": "x"},
                         "treatment": {"source": "x"}}}, 'did you mean "pymsprog"?'),
    "a number asked of a word": (
        {"population": [{"name": "a", "fact": "sex", "at_least": 2}]},
        "sex is a word: at_least cannot be asked"),
    "an impossible criterion": (
        {"population": [{"name": "a", "fact": "age", "at_least": 60, "at_most": 50}]},
        "nobody can be at least 60 and at most 50"),
    "no time to look back": (
        {"population": [{"name": "a", "fact": "had_relapse", "holds": True}]}, "had_relapse needs months"),
    "a comparator that is no strategy": (
        {"comparator": "nothing"}, "name one of the strategies, stop or continue"),
    "a clock that starts when only one group can": ({"index": {"event": "stop"}}, "use visit or landmark"),
    "a calendar without its step": ({"index": {"event": "calendar"}}, "needs every_months"),
    "trials of a month that does not go into a year": (
        {"index": {"event": "calendar", "every_months": 5}}, "index.every_months"),
    "a start on which nobody decides": (
        {"index": {"event": "calendar", "every_months": 3}}, "give stop grace_days"),
    "a comparator where nothing is compared": (
        {"strategies": [{"name": "stop", "action": "stop"}]}, "comparator: continue is no strategy"),
    "the only strategy compared with itself": (
        {"strategies": [{"name": "continue", "action": "stop"}]}, "leave comparator out, or add a strategy"),
    "a report after the end of follow-up": (
        {"follow_up": {"years": 2, "report_years": [1, 5]}}, "report_years: 5 lies after the end"),
    "a word that the fact does not have": (
        {"population": [{"name": "women", "fact": "sex", "none_of": ["woman"]}]},
        "population[0] (women): woman is no sex; it is one of female, male"),
    "a word that is nearly one of a fact": (
        {"population": [{"name": "a", "fact": "course", "any_of": ["RMS"]}]}, 'did you mean "RRMS"?'),
    "a diagnosis in small letters": (
        {"population": [{"name": "a", "fact": "diagnosis", "any_of": ["ms"]}]},
        'ms is no diagnosis; did you mean "MS"?'),
    "a word of the criterion that makes a group": (
        {"strategies": [{"name": "stop", "action": "group", "in_group": {
            "name": "tier", "fact": "efficacy_tier", "any_of": ["hihg"]}}, {
                "name": "continue", "action": "continue"}]},
        'strategies[0].in_group (tier): hihg is no efficacy_tier; did you mean "high"?'),
    "a fact that does not exist": (
        {"population": [{"name": "a", "fact": "agee", "at_least": 2}]}, 'agee is none of'),
    "a criterion is named": (
        {"population": [{"name": "old", "fact": "age"}]}, "population[0] (old): age is a number"),
    "two of the same name": (
        {"outcomes": [{"name": "a", "kind": "relapse"}, {"name": "a", "kind": "death"}]},
        'two have the name "a"'),
    "an outcome nobody knows": (
        {"outcomes": [{"name": "a", "kind": "relapses"}]}, 'did you mean "relapse"?'),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_named_with_its_field_and_the_way_out(slip: str) -> None:
    parts, words = SLIPS[slip]
    with pytest.raises(UserError) as caught:
        parse_protocol(change(**parts), "mine.yaml")
    assert words in caught.value.sentence
    assert caught.value.sentence.startswith("mine.yaml")


def test_all_slips_are_told_at_once() -> None:
    with pytest.raises(UserError) as caught:
        parse_protocol(change(title=None, question=None), "mine.yaml")
    assert "2 faults" in caught.value.sentence


def test_what_is_no_yaml_is_told_its_line() -> None:
    with pytest.raises(UserError, match="line 2"):
        parse_protocol("name: a\n b: [", "mine.yaml")


def test_the_published_schema_is_that_of_today() -> None:
    page = Path(__file__).parents[4] / "docs" / "reference" / "protocol.schema.json"
    assert json.loads(page.read_text(encoding="utf-8")) == Protocol.model_json_schema(), (
        "run tools/write_schemas.py")
