"""The words and figures of an audit, for every verdict and for what may not be shown."""

from __future__ import annotations

from typing import Any

import pytest

from stepdown.cohorts.audit.publishing import WITHHELD
from stepdown.interfaces.cli._audit_text import write_audit
from stepdown.reports.audit.figures import draw_all, draw_calibration, draw_ratios, draw_years
from stepdown.reports.audit.page import write_audit_page
from stepdown.reports.audit.words import (
    find_exceptions,
    find_leaders,
    read_wording,
    say_grounds,
    say_power,
    say_ratio,
    say_unseen,
    say_verdict,
)

RULE = {"interval_level": 0.95, "tolerated": [0.8, 1.25], "agreed": [0.667, 1.5], "clinics_level": 0.95,
        "slope": [0.5, 2.0], "cusum": [2.0, 0.5], "false_alarms": 0.05, "kinds_false_alarms": 0.05}
RATIO = {"value": 1.0, "low": 0.81, "high": 1.2}
DRIFTS = {"since": "2019-Q1", "seen": "2019-Q3"}


def invent(word: str = "agrees", direction: str = "", grounds: tuple[str, ...] = ("ruled-out",),
           **changed: Any) -> dict[str, Any]:
    """One horizon as it is published."""
    counts = dict.fromkeys(("asked", "estimated", "extrapolated", "no_number", "followed", "people"), 100)
    shown = {"observed": 50, "expected": 50.0, "ratio": RATIO}
    return {
        "years": 2, "account": {**counts, "left_out": {"no time observed afterwards": 5}},
        "person_years": 180, **shown, "clinics": {"value": 0.9, "low": 0.2, "high": 4.0},
        "through_undone_steps": shown, "extrapolated": shown, "by_the_risk_model": 100,
        "ended": {"event": 50}, "slope": {"value": 1.0, "low": 0.6, "high": 1.4},
        "risk_groups": [{"steps": 50, "predicted": 0.1, "observed": 0.1, "low": 0.0, "high": 0.2}],
        "kinds": [], "power": {"probability": 0.8, "more": 1.6, "fewer": 0.5, "expected_needed": 26.0},
        "verdict": {"word": word, "direction": direction, "grounds": list(grounds),
                    "drifts": {name: DRIFTS for name in grounds if name.startswith("drift")}}, **changed}


def publish(*horizons: dict[str, Any], drift: Any = None) -> dict[str, Any]:
    """A whole audit of one step and outcome."""
    return {"at": "2024-12-31", "ran_on": "2026-01-01", "engine": "duckdb", "data_fingerprint": "d",
            "library": "l", "versions": {"stepdown": "0"}, "disclosure": {"threshold": 5, "round_to": 5},
            "rule": RULE, "people": 100, "steps": {"stop": 100}, "refused": {}, "unseen": {},
            "parts": [{"step": "stop", "outcome": "relapse", "horizons": list(horizons), "drift": drift}]}


GROUNDS = [name for name in read_wording()["grounds"] if name != "within"]


@pytest.mark.parametrize("ground", GROUNDS)
def test_every_ground_is_a_whole_sentence_with_its_numbers(ground: str) -> None:
    for sentence in say_grounds(invent("not trusted", "", (ground,)), RULE):
        assert sentence[0].isupper() and sentence[-1] == "."
        assert "{" not in sentence and "None" not in sentence


def test_where_the_printed_interval_allows_for_it_that_is_said() -> None:
    said = say_grounds(invent("not trusted", "more", ("more",)), RULE)
    assert any("it is the number in their middle that is off" in sentence for sentence in said)
    beyond = say_grounds(invent("not trusted", "more", ("more", "beyond")), RULE)
    assert any("not even the printed intervals hold" in sentence for sentence in beyond)


def kind(label: str, value: float) -> dict[str, Any]:
    return {"label": label, "steps": 50, "observed": 25, "expected": 20.0, "differs": True,
            "ratio": {"value": value, "low": value / 1.2, "high": value * 1.2}}


def test_agreement_on_the_whole_names_who_is_excepted() -> None:
    horizon = invent(kinds=[{"fact": "drug", "kinds": [kind("ocrelizumab", 2.1)], "one_ratio_p": 0.01}])
    assert "not with all kinds" in say_verdict(horizon)
    assert [label for _, label, _ in find_exceptions(horizon)] == ["ocrelizumab"]


def test_kinds_that_are_off_like_all_are_no_exception() -> None:
    ages = [kind("under 45", 2.0), kind("55 and older", 0.4)]
    kinds = [{"fact": "age", "kinds": ages, "one_ratio_p": 0.01}]
    horizon = invent("not trusted", "more", ("more",), kinds=kinds)
    assert [label for _, label, _ in find_exceptions(horizon)] == ["55 and older"]
    assert [label for _, label, _ in find_leaders(horizon)] == ["under 45"]
    assert find_leaders(invent(kinds=kinds)) == []


def test_an_open_verdict_is_not_called_one_of_too_few() -> None:
    assert say_verdict(invent("cannot tell", "", ("open",))) == "not clear yet"
    assert say_verdict(invent("cannot tell", "", ("few-events",))) == "too few to tell"


@pytest.mark.parametrize(("more", "fewer", "said"), [
    (1.6, 0.5, "or 0.5 times"), (3.0, None, "no fall would"), (None, None, "Nothing was expected")])
def test_the_power_is_said_in_words(more: float | None, fewer: float | None, said: str) -> None:
    power = {"probability": 0.8, "more": more, "fewer": fewer, "expected_needed": 26.0}
    assert said in say_power(invent(power=power))


def test_a_ratio_has_two_digits_or_says_why_not() -> None:
    assert say_ratio({"ratio": RATIO}) == "1.0 (0.81 to 1.2)"
    assert say_ratio({"ratio": WITHHELD}) == WITHHELD
    assert say_ratio({"ratio": {"value": None, "low": 0.0, "high": None}}) == "no event was expected"


def test_an_outcome_without_its_table_is_named() -> None:
    published = {**publish(), "parts": [], "unseen": {"relapse": "relapses"}}
    assert "There is no relapses.parquet" in say_unseen(published)[0]
    assert "nothing to compare" in say_unseen(published)[1]
    assert "nothing to compare" in write_audit(published)


THIN = invent("cannot tell", "", ("too-few-to-show",), observed="<5", expected=3.1, ratio=WITHHELD,
              clinics=None, slope=None, risk_groups=[], ended=WITHHELD, person_years=WITHHELD)


def test_what_is_withheld_is_drawn_and_written_as_such() -> None:
    published = publish(THIN, drift={"years": 2, "by_year": [], "charts": []})
    assert draw_calibration(THIN) is None and draw_years(published["parts"][0]["drift"]) is None
    assert "too few events to show" in {text.get_text() for text in draw_all(published).findobj(_is_text)}
    assert "withheld: too few events" in write_audit_page(published) and "<5" in write_audit(published)


def _is_text(artist: Any) -> bool:
    return hasattr(artist, "get_text")


def test_without_any_verdict_there_is_no_picture_of_ratios() -> None:
    assert draw_ratios(publish()) is None


def test_lines_of_the_text_are_short_enough_for_a_terminal() -> None:
    drift = {"years": 2, "by_year": [], "charts": []}
    off = invent("not trusted", "more", ("more", "drift-more"))
    text = write_audit(publish(invent(), off, THIN, drift=drift))
    assert max(map(len, text.splitlines())) <= 110
