"""What an earlier time on the same drug says: it was given up for a reason that may come back."""

from __future__ import annotations

from stepdown.decisions.answer import Rule
from stepdown.decisions.options import Draft
from stepdown.decisions.rules.judging import Judged
from stepdown.decisions.situation import Situation

#: Reasons for giving a drug up that speak against starting it again, in words.
_REASONS = {"side-effects": "side effects", "infection": "infection", "activity": "active disease"}


def _reasons_given(situation: Situation, name: str) -> list[str]:
    """Why a drug was given up before, where the reason speaks against it, each once."""
    written = [
        period.written.reason_stopped for period in situation.history.view.periods if period.name == name
    ]
    return list(dict.fromkeys(_REASONS[reason] for reason in written if reason in _REASONS))


def judge_earlier_treatment(situation: Situation, draft: Draft) -> tuple[Judged, ...]:
    """A drug that was given up for side effects, infection or activity is not reasonable without a word."""
    if draft.strategy != "switch" or draft.target is None:
        return ()
    reasons = _reasons_given(situation, draft.target.name)
    if not reasons:
        return ()
    text = f"{draft.target.name.capitalize()} was given up before, because of {' and '.join(reasons)}."
    rule = Rule("given-up-before", True, "continue", "C", text, ("reasoning",))
    return (Judged(rule, "not-reasonable"),)
