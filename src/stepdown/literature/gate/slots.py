"""What must stand in every text about a study, and is not there?"""

from __future__ import annotations

from collections.abc import Iterator

from stepdown.literature.gate.licence import Licence
from stepdown.literature.gate.mentions import split_sentences
from stepdown.literature.gate.terms import find_diseases, read_terms
from stepdown.literature.summaries.words import find_disease_kind

_ILLNESS = {"cancer-with-autoimmunity": "cancer", "cancer-with-ms": "cancer"}


def find_missing_slots(text: str, licence: Licence, told: set[str]) -> Iterator[str]:
    """What a text lacks, in words. ``told`` holds the roles of what was found in it."""
    words, main = read_terms()["slots"], licence.main.measured
    first = next(split_sentences(text), "")
    kind = find_disease_kind(licence.study)
    counted = main.kind != "share" or main.events is None or main.n is None
    present = {
        "disease": _ILLNESS.get(kind, kind) in find_diseases(first),
        "people": "people" in told or "count" in told,
        "figure": "main" in told and (counted or bool(told & {"count", "main-count"})),
        "interval": main.width is None
        or bool(told & {"interval", "main-range", "main-bound", "main-ratio-range"}),
        "time": "time" in told,
        "comparison": bool(told & {"comparison"}),
        "sure": "sure" in told,
        "cannot": "cannot tell" in text,
        "action": "on your own" in text,
        "source": _names_source(text, licence),
    }
    return (f"it does not say {words[slot]}" for slot, is_there in present.items() if not is_there)


def _names_source(text: str, licence: Licence) -> bool:
    study = licence.study
    plain = " ".join(text.lower().split())
    return any(name and name.lower() in plain for name in (study.doi, study.pmid, study.title))
