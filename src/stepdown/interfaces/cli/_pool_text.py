"""A question of the library and its pools as plain text, from the same data as its JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def write_question(data: dict[str, Any]) -> str:
    """One question with its pools as text."""
    return "\n".join(_write_lines(data))


def _write_lines(data: dict[str, Any]) -> Iterator[str]:
    yield data["question"]
    if not data["poolable"]:
        yield f"  not poolable: {data['reason']}"
    for pool in data["pools"]:
        yield f"  {pool['evidence']} evidence{'' if data['alternative'] else ' only'}"
        yield from (f"  {line}" for line in _write_result(pool))
    if data["alternative"]:
        yield from _write_alternative(data["alternative"])
    yield from (f"  left out: {row['study']}#{row['finding']}: {row['reason']}" for row in data["excluded"])


def _write_result(data: dict[str, Any]) -> Iterator[str]:
    studies = "1 study" if data["k"] == 1 else f"{data['k']} studies"
    yield f"  {studies}, {_say(data['n'])} people, {_say(data['events'])} events"
    yield f"  longest follow-up: {data['watched_years']:.2g} years"
    yield f"  per 100 person-years: {say_triple(data['rate_per_100_person_years'])}"
    yield from _write_predicted("", data["predictive_per_100_person_years"], data["k"])
    if data["risk"]:
        yield from _write_risk(data["risk"], data["k"])
    yield f"  method: {data['method']}. {data['methods_sentence']}"
    yield from (f"  {row['ran']} in place of {row['asked']}: {row['why']}" for row in data["fallbacks"])
    yield from map(_write_member, data["members"])
    yield from (f"  note: {note}" for note in data["notes"])


def _write_predicted(of: str, triple: dict[str, float | None], studies: int) -> Iterator[str]:
    """What another study would find; one study alone tells nothing of that, whatever a prior says."""
    if studies > 1:
        yield f"  {of}in another study like these: {say_triple(triple)}"


def _write_risk(risk: dict[str, Any], studies: int) -> Iterator[str]:
    if risk["per_100"] is None:
        yield f"  within {risk['years']:g} years: unknown; {risk['reason']}"
        return
    reason = f"; {risk['reason']}" if risk["reason"] else ""
    per_100 = say_triple(risk["per_100"])
    yield f"  per 100 people within {risk['years']:g} years, {risk['status']}: {per_100}{reason}"
    yield from _write_predicted("per 100 people ", risk["predictive_per_100"], studies)


def _write_member(member: dict[str, Any]) -> str:
    rate = say_triple(member["rate_per_100_person_years"])
    simulated = ", simulated" if member["simulated"] else ""
    return (
        f"  in the pool: {member['study']}#{member['finding']} ({member['design']}{simulated}), "
        f"{_say_people(member)}, weight {100 * member['weight']:.0f} %, per 100 person-years {rate}"
    )


def _write_alternative(data: dict[str, Any]) -> Iterator[str]:
    """Both kinds together: an alternative, never the answer."""
    yield f"  both together, an alternative only: {data['weighing']}"
    yield f"    per 100 person-years: {say_triple(data['rate_per_100_person_years'])}"
    yield f"    in another study like these: {say_triple(data['predictive_per_100_person_years'])}"
    for row in data["studies"]:
        yield (
            f"    {row['study']} ({row['design']}): worst concern {row['concern']}, power {row['power']:g}, "
            f"weight {100 * row['weight']:.0f} %"
        )
    full = data["full_weight"]
    yield (
        "    at full weight: "
        f"{say_triple(full['rate_per_100_person_years'])}; in another study like these: "
        f"{say_triple(full['predictive_per_100_person_years'])}"
    )


def _say_people(member: dict[str, Any]) -> str:
    """How many people, and how many of them had the event where that is printed."""
    if member["events"] is not None:
        return f"{member['events']} of {_say(member['n'])}"
    share = f"{100 * member['proportion']:.3g} % of " if member["proportion"] is not None else ""
    return f"{share}{_say(member['n'])} people"


def _say(value: float | None) -> str:
    """A number of people or events; events worked out from a rate are rarely whole."""
    if value is None:
        return "an unknown number of"
    return f"{value:.0f}" if value == round(value) else f"about {value:.0f}"


def say_triple(triple: dict[str, float | None]) -> str:
    """An estimate with its interval in three digits."""
    low, high = (_say_number(triple[name]) for name in ("low", "high"))
    return f"{_say_number(triple['estimate'])} ({low} to {high})"


def _say_number(value: float | None) -> str:
    return "unbounded" if value is None else f"{value:.3g}"
