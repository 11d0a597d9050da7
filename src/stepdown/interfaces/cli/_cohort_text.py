"""A cohort in the terminal: its flow of people, and what may be published of its results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stepdown.cohorts.population.attrition import AttritionStep


def write_flow(steps: Sequence[AttritionStep]) -> str:
    """The attrition flow: a line a criterion, unknown in a column of its own."""
    head = f"{'':<32}{'days left':>12}{'people':>12}{'not met':>12}{'unknown':>12}"
    lines = [f"{step.name:<32}{step.trials_left:>12,}{step.people_left:>12,}{step.trials_refused:>12,}"
             f"{step.trials_unknown:>12,}" + (" (kept)" if step.unknown_kept else "") for step in steps]
    return "\n".join([head, *lines])


def write_summary(published: dict[str, Any]) -> str:
    """Groups and contrasts of each outcome, as published."""
    rules = published["disclosure"]
    lines = [published["title"], published["question"], "",
             _say_rules(rules["threshold"], rules["round_to"])]
    for outcome in published["outcomes"]:
        lines += ["", *_write_outcome(outcome)]
    lines += ["", *(f"note: {text}" for text in published["warnings"])] if published["warnings"] else []
    return "\n".join(lines)


def _say_rules(threshold: int, step: int) -> str:
    """What was done to counts."""
    hidden = f"counts from 1 to {threshold - 1} are shown as <{threshold}" if threshold > 1 else (
        "small counts are shown: the protocol has no threshold")
    return f"{hidden}, others rounded to multiples of {step}" if step > 1 else hidden


def _write_outcome(outcome: dict[str, Any]) -> Iterator[str]:
    yield outcome["name"]
    for group in outcome["groups"]:
        did = "" if group["followers"] == group["trials"] else (
            f" (did it: {group['follower_events']} of {group['followers']})")
        yield (f"  {group['name']:<24}{group['events']!s:>8} of {group['trials']!s:<8}"
               f"risk {_write_share(group['risk'])}{did}")
    for contrast in outcome["contrasts"]:
        yield (f"  difference at {contrast['years']:g} years  {_write_share(contrast['risk_difference'])}"
               f"  (without weights {_write_share(contrast['crude_risk_difference'])})")


def _write_share(share: Any) -> str:
    """A share in points of 100 with its interval, or why there is none."""
    if isinstance(share, str):
        return share
    if share["value"] is None:
        return f"not known: {share['why']}"
    if share["low"] is None or share["high"] is None:
        return f"{100 * share['value']:.1f} %, no interval: {share['why']}"
    return f"{100 * share['value']:.1f} % ({100 * share['low']:.1f} to {100 * share['high']:.1f})"
