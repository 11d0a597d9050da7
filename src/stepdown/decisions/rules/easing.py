"""Which rules no longer close an option because the drug taken must end in a pregnancy."""

from __future__ import annotations

from dataclasses import replace

from stepdown.decisions.options import Draft
from stepdown.decisions.rules.contraindication_words import read_words
from stepdown.decisions.rules.judging import Judged
from stepdown.decisions.situation import Situation


def ease_for_pregnancy(
    situation: Situation, draft: Draft, judged: tuple[Judged, ...]
) -> tuple[Judged, ...]:
    """The rules against a milder drug, no longer closing one that fits a pregnancy which is there now."""
    eased = read_words()["eased_in_pregnancy"]
    fits = draft.target is not None and draft.target.group in eased["to"]
    if not (situation.fact("pregnancy_now").is_true and fits and situation.group in eased["left"]):
        return judged
    return tuple(
        replace(item, effect="not-reasonable")
        if item.rule.id in eased["rules"] and item.effect == "not-advised"
        else item
        for item in judged
    )
