"""An entry in the list of other diseases that cannot be read may be one that forbids the drug."""

from __future__ import annotations

from stepdown.decisions.answer import Rule
from stepdown.decisions.options import Draft
from stepdown.decisions.rules.contraindication_words import read_words
from stepdown.decisions.rules.judging import Judged
from stepdown.decisions.situation import Situation
from stepdown.ms.comorbidities import read_comorbidities
from stepdown.ms.therapies import Contraindication, Therapy
from stepdown.patients.facts_health import unread_comorbidities


def _forbidding(therapy: Therapy) -> tuple[Contraindication, ...]:
    """The contraindications of a drug that are diseases of the list; cautions are left out."""
    return tuple(
        row
        for row in therapy.contraindications
        if row.strength != "caution" and row.condition in read_comorbidities()
    )


def _name_entries(situation: Situation, paths: tuple[str, ...]) -> str:
    """The entries as they stand in the file, each with its place."""
    entries = situation.history.patient.comorbidities or ()
    names = {f"comorbidities[{place}]": entry.name for place, entry in enumerate(entries)}
    no_name: str = read_words()["unread"]["no_name"]
    return ", ".join(f'"{names[path]}" ({path})' if names[path] else f"{no_name} ({path})" for path in paths)


def judge_unread_comorbidities(situation: Situation, draft: Draft) -> tuple[Judged, ...]:
    """Neither going on nor a start is reasonable while an unread disease may be one that forbids the drug."""
    paths, therapy = unread_comorbidities(situation.history.view), draft.target
    rows = _forbidding(therapy) if therapy else ()
    if not paths or therapy is None or not rows:
        return ()
    going_on = draft.strategy in ("continue", "extend") and draft.direction != "up"
    words = read_words()["unread"]
    conditions = dict.fromkeys(row.condition.replace("-", " ") for row in rows)
    text = words["going_on" if going_on else "start"].format(
        entries=_name_entries(situation, paths),
        drug=therapy.name.capitalize(),
        conditions=", ".join(conditions),
    )
    sources = tuple(dict.fromkeys(key for row in rows for key in row.source))
    rule = Rule("comorbidity-not-read", None, "switch" if going_on else "continue", "A", text, sources)
    change = words["would_change"].format(drug=therapy.name)
    alert = "check" if going_on else None
    return (Judged(rule, "not-reasonable", alert, ("comorbidities",), change),)
