"""The reference page of the rules, made from the rule files themselves: docs/reference/rules.md.

Usage: python tools/write_rules_reference.py
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stepdown.decisions.alerts import read_alerts
from stepdown.decisions.rules.judging import read_rules

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "rules.md"
OPENING = """# The rules

Made by `make docs` from the rule files in `src/stepdown/decisions/`; a test fails when they differ.
No clinician has reviewed them.

A rule looks at an option when the option's strategy, direction, drug and the state of treatment are among
those it names. It fires when its facts hold: `all` of them, `any` of them, `none_of` them. A fact that
is not known makes the rule unknown, never "not fired".

| effect | what it does to the standing |
|---|---|
| not-advised | the option stands as not-advised |
| cannot-say | it stands as cannot-say, unless something is not-advised |
| not-reasonable | it stands as possible at best |
| for, against | a reason, shown; it does not move the standing |
| note | shown only |

An option that no rule holds back is reasonable. Contraindications come from the drug catalogue and are judged
after these rules: a ban or boxed warning makes an option not-advised, a caution speaks against it.
Strength: A a label, regulator, randomised trial or large registry; B a smaller cohort or consensus;
C reasoning.
"""
_SCOPE = (
    "treatments",
    "strategies",
    "directions",
    "options",
    "left",
    "drugs",
    "to",
    "to_drugs",
    "extend_status",
)


def _say_condition(row: Mapping[str, Any]) -> str:
    words = [f"{word.replace('_', ' ')} {_say(value)}" for word, value in row.items() if word != "fact"]
    return f"`{row['fact']}` {' and '.join(words)}"


def _say(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " or ".join(map(str, value)) if isinstance(value, list) else str(value)


def _say_when(row: Mapping[str, Any]) -> str:
    joined = {"all": " and ", "any": " or ", "none_of": " or "}
    parts = [
        ("not: " if key == "none_of" else "") + word.join(map(_say_condition, row[key]))
        for key, word in joined.items()
        if key in row
    ]
    return "; ".join(parts) or "always"


def _say_scope(row: Mapping[str, Any]) -> str:
    parts = [f"{key.replace('_', ' ')}: {_say(row[key])}" for key in _SCOPE if key in row]
    return "; ".join(parts + (["steps down only"] if row.get("step_down") else [])) or "every option"


def write_rule(row: Mapping[str, Any]) -> str:
    """One rule as a section."""
    effect = row.get("effect") or f"alert, {row['level']}"
    unknown = f"; if unknown: {row['if_unknown']}" if "if_unknown" in row else ""
    strength = f" Strength {row['strength']}." if "strength" in row else ""
    return (
        f"### {row['id']}\n\n{row['text']}\n\n"
        f"- looks at: {_say_scope(row)}\n- fires when: {_say_when(row)}\n"
        f"- effect: {effect}{unknown}.{strength}\n- sources: {', '.join(row['sources'])}\n"
    )


def write_current_page() -> str:
    """The whole page as Markdown."""
    rules = "\n".join(write_rule(row) for row in read_rules())
    alerts = "\n".join(write_rule(row) for row in read_alerts())
    return f"{OPENING}\n## Rules\n\n{rules}\n## Alerts\n\n{alerts}"


if __name__ == "__main__":
    PAGE.write_text(write_current_page(), encoding="utf-8")
