"""Cancer immunotherapy in somebody with MS: what the studies counted, and the question of the MS drug."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from stepdown.decisions.answer import Reason
from stepdown.decisions.situation import Situation
from stepdown.decisions.sourcing import expand_sources
from stepdown.decisions.withdrawing import WITHDRAWN, is_withdrawn, say_withdrawn
from stepdown.evidence.meta.exact import find_clopper_pearson
from stepdown.evidence.reading import read_library


@lru_cache(maxsize=1)
def read_immunotherapy() -> dict[str, Any]:
    """The findings and sentences shown, from ``immunotherapy.toml``."""
    return tomllib.loads((files("stepdown.decisions") / "immunotherapy.toml").read_text("utf-8"))


def _say_percent(share: float) -> str:
    """A share in whole people of 100; one that would round to none is not none."""
    return "fewer than 1" if 0 < share < 0.005 else str(round(100 * share))


def _count(row: dict[str, Any]) -> Reason:
    """One count with its exact 95 % interval (Clopper and Pearson 1934), in a whole sentence."""
    study_id, _, finding_id = row["source"].partition("#")
    if is_withdrawn(study_id):
        return Reason(say_withdrawn(study_id), f"immunotherapy{WITHDRAWN}", (study_id,))
    finding = read_library()[study_id].finding(finding_id)
    if finding.events is None or finding.n is None:
        raise LookupError(f"{row['source']} has no counts")
    low, high = find_clopper_pearson(finding.events, finding.n, 0.95)
    text = read_immunotherapy()["count"].format(
        events=finding.events,
        n=finding.n,
        what=row["what"],
        who=row["who"],
        low=_say_percent(low),
        high=_say_percent(high),
    )
    return Reason(text, "immunotherapy-count", (row["source"], *row.get("more", ())))


def find_immunotherapy(situation: Situation) -> tuple[Reason, ...]:
    """What is said when immunotherapy for cancer is given or planned; empty for everybody else."""
    if situation.fact("cancer_immunotherapy").value not in ("now", "planned"):
        return ()
    table = read_immunotherapy()
    counts = tuple(_count(row) for row in table["finding"])
    sentences = [Reason(row["text"], row["id"], expand_sources(row["sources"])) for row in table["sentence"]]
    return (*counts, *sentences)
