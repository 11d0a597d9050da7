"""The VIAADISC points of a person beside a stop, with the risks of the groups as its study prints them."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from stepdown.decisions.answer import Rule
from stepdown.decisions.options import Draft
from stepdown.decisions.rules.judging import Judged
from stepdown.decisions.situation import Situation
from stepdown.decisions.withdrawing import is_withdrawn, say_withdrawn
from stepdown.evidence.reading import read_library
from stepdown.ms.facts import Fact, unknown
from stepdown.ms.viaadisc import NAME, viaadisc_points


@lru_cache(maxsize=1)
def read_score_table() -> dict[str, Any]:
    """The sentence and the findings behind it, from ``score.toml``."""
    return tomllib.loads((files("stepdown.decisions") / "score.toml").read_text("utf-8"))


def find_points(situation: Situation) -> Fact:
    """The VIAADISC points of a person, their range, or why the score does not hold."""
    study: str = read_score_table()["study"]
    if is_withdrawn(study):
        return unknown(NAME, say_withdrawn(study).rstrip("."))
    return viaadisc_points(
        age=situation.fact("age"),
        mri_active=situation.fact("mri_active_last_12_months"),
        years_stable=situation.fact("years_clinically_stable"),
        group=situation.group,
    )


def _percent(finding_ids: list[str]) -> str:
    """The printed risks of one group in people of 100, lowest and highest cohort."""
    study = read_library()[read_score_table()["study"]]
    shares = [study.finding(finding_id).proportion for finding_id in finding_ids]
    numbers = sorted({round(100 * share) for share in shares if share is not None})
    return " to ".join(str(number) for number in numbers)


def _say_points(points: Fact) -> str:
    """The points, or their range."""
    if points.is_known:
        return f"{points.low:g}"
    return f"{points.low:g} to {points.high:g}"


def judge_score(situation: Situation, draft: Draft) -> tuple[Judged, ...]:
    """The score as a note beside a stop; nothing where it does not hold."""
    points = find_points(situation) if draft.strategy == "stop" else None
    if points is None or points.low is None:
        return ()
    table = read_score_table()
    keys = [table["low"], *table["moderate"], *table["high"]]
    text = table["text"].format(
        points=_say_points(points),
        low=_percent([table["low"]]),
        moderate=_percent(table["moderate"]),
        high=_percent(table["high"]),
    )
    sources = [f"{table['study']}#{key}" for key in keys]
    if situation.group != "injectable" and not is_withdrawn(table["other_source"]):
        text, sources = f"{text} {table['other']}", [*sources, table["other_source"]]
    return (Judged(Rule("viaadisc-points", True, "none", "B", text, tuple(sources)), "note"),)
