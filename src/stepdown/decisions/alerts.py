"""What must be said before any option: urgent matters first."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from stepdown.decisions.answer import Alert
from stepdown.decisions.rules.conditions import all_hold
from stepdown.decisions.rules.judging import Judged, may_be_on
from stepdown.decisions.situation import Situation
from stepdown.decisions.sourcing import expand_sources

_LEVELS = ("urgent", "check", "note")


@lru_cache(maxsize=1)
def _read_file() -> dict[str, Any]:
    """The content of ``alerts.toml``."""
    return tomllib.loads((files("stepdown.decisions") / "alerts.toml").read_text("utf-8"))


def read_alerts() -> tuple[Mapping[str, Any], ...]:
    """Every alert that the facts alone can raise."""
    return tuple(_read_file()["alert"])


def read_alert_ids(*, asking: bool) -> frozenset[str]:
    """The alerts of the facts: those that only ask for what is missing, or those that a fact raises."""
    return frozenset(
        row["id"]
        for row in read_alerts()
        if asking is any(condition.get("missing") for condition in (*row.get("all", ()), *row.get("any", ())))
    )


def _concerns(row: Mapping[str, Any], situation: Situation) -> bool:
    """Whether an alert is about this person's drug and state of treatment."""
    drug = situation.therapy.name if situation.therapy else "none"
    return (
        ((situation.group or "none") in row["left"] if "left" in row else True)
        and (drug in row["drugs"] if "drugs" in row else True)
        and (situation.treatment.value in row["treatments"] if "treatments" in row else True)
        and (situation.takes_two if row.get("two_drugs") else True)
        and may_be_on(row, situation)
    )


def _is_raised(row: Mapping[str, Any], situation: Situation) -> bool:
    """Whether the facts raise an alert; some are raised by what is not known as well."""
    holds = all_hold(row, situation.facts)
    return bool(row.get("if_unknown", False)) if holds is None else holds


def _alert(row: Mapping[str, Any], level: str, situation: Situation) -> Alert:
    """An alert of the answer from a row of rules or alerts."""
    therapy = situation.therapy.name if situation.therapy else None
    drugs = " and ".join(each.name for each in situation.open_therapies)
    text = row["text"].replace("{drugs}", drugs[:1].upper() + drugs[1:])
    return Alert(row["id"], level, text, expand_sources(row["sources"], therapy))


def _sorted(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Each alert once, urgent ones first; none that says less than another."""
    unique = {alert.id: alert for alert in alerts}
    for weaker, stronger in _read_file()["superseded"].items():
        if stronger in unique:
            unique.pop(weaker, None)
    return tuple(sorted(unique.values(), key=lambda alert: _LEVELS.index(alert.level)))


def find_alerts(
    situation: Situation, judged: Iterable[Judged], others: Iterable[Alert] = (), *, is_ms: bool = True
) -> tuple[Alert, ...]:
    """Every alert: of the facts, of the rules that fired for some option, and of the file itself.

    For another disease those that speak of MS alone are left out.
    """
    found = [
        _alert(row, row["level"], situation)
        for row in read_alerts()
        if (is_ms or not row.get("ms_only")) and _concerns(row, situation) and _is_raised(row, situation)
    ]
    for item in judged:
        if item.alert and (is_ms or not item.ms_only):
            text = f"{item.rule.text} {item.act}".strip()
            found.append(Alert(item.rule.id, item.alert, text, item.rule.sources))
    return _sorted([*found, *others])
