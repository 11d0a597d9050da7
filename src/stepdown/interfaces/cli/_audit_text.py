"""An audit as text: the verdicts first, then what they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

from stepdown.reports.audit.words import (
    find_exceptions,
    find_leaders,
    read_wording,
    say_chance,
    say_grounds,
    say_number,
    say_power,
    say_question,
    say_ratio,
    say_unseen,
    say_verdict,
)

Published = Mapping[str, Any]


def write_audit(published: Published) -> str:
    """All of an audit that may be published, as lines of at most 100 characters."""
    lines = [f"Predicted against observed, up to {published['at']}", "",
             *_write_steps(published), *_write_parts(published), *_write_end(published)]
    return "\n".join(lines).rstrip()


def _write_steps(published: Published) -> Iterator[str]:
    steps = ", ".join(f"{name} {say_number(count)}" for name, count in published["steps"].items())
    yield f"steps on file: {steps}; of {say_number(published['people'])} people"
    for reason, count in published["refused"].items():
        yield f"  not asked about: {say_number(count):>8}  {reason}"
    for sentence in say_unseen(published):
        yield from wrap(sentence, 100)
    yield ""


def _write_parts(published: Published) -> Iterator[str]:
    for part in published["parts"]:
        yield say_question(part)
        if not part["horizons"]:
            yield f"  {read_wording()['verdict']['no_prediction']}"
        for horizon in part["horizons"]:
            yield from _write_horizon(horizon, published["rule"])
        yield ""


def _write_horizon(horizon: Published, rule: Published) -> Iterator[str]:
    account = horizon["account"]
    years = "year" if horizon["years"] == 1 else "years"
    yield f"  {horizon['years']} {years}: {say_verdict(horizon)}"
    for sentence in (*say_grounds(horizon, rule), say_power(horizon)):
        yield from wrap(sentence, 100, initial_indent="    ", subsequent_indent="    ")
    yield (f"    observed {say_number(horizon['observed'])}, expected "
           f"{say_number(horizon['expected'])}, ratio {say_ratio(horizon)}")
    asked, estimated, followed, extrapolated, none = (
        say_number(account[name]) for name in
        ("asked", "estimated", "followed", "extrapolated", "no_number"))
    yield (f"    steps: {asked} asked about, {estimated} estimated ({followed} followed), {extrapolated} "
           f"extrapolated, {none} without a number")
    for reason, count in account["left_out"].items():
        yield from wrap(f"not followed: {say_number(count)}, {reason}", 100, initial_indent="      ",
                        subsequent_indent="        ")
    yield f"    extrapolated, apart: ratio {say_ratio(horizon['extrapolated'])}"
    for words, found in (("not so for", find_exceptions(horizon)),
                         ("most of all for", find_leaders(horizon))):
        for fact, label, kind in found:
            yield f"    {words} {fact}: {label}, ratio {say_ratio(kind)}"


def _write_end(published: Published) -> Iterator[str]:
    if any(part["horizons"] for part in published["parts"]):
        yield from wrap(say_chance(published), 100)
    rules = published["disclosure"]
    yield from wrap(f"Counts under {rules['threshold']} are not shown, others are rounded to multiples of "
                    f"{rules['round_to']}. An audit is no medical device: it says where numbers held, and "
                    "decides nothing about a person.", 100)
