"""What a registry writes where a drug belongs: name or code, strength or brand beside it, in its language.

Taken is a text that names one therapy of the catalogue and nothing that could be another thing: a second
drug, the word placebo, a note in brackets leave it what it was.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from stepdown.ms.therapies import read_therapies
from stepdown.ms.therapy_names import TherapyFound, find_therapy

_NUMBER = r"\d+(?:[.,]\d+)?"
_UNIT = (r"(?:mg|[\u00b5\u03bcu]g|mcg|mikrogramm|micrograms?|milligrams?|ml|g|"
         r"(?:mio\.?\s?|m)?(?:i\.?e|i\.?u)\.?)")
#: Words that may follow a strength, by how they begin: forms of a drug and ways to give it.
_FORM = (r"(?:konz|infus|inj|l\u00f6sung|losung|solut|conc|tab|kaps|caps|comp|film|fert|spritz|pen|syr|hart|"
         r"magen|gastro|retard|modif|delayed|release|oral|pre|filled|i\.?v|s\.?c|i\.?m|zur|for|herst|einer)[^\W\d]*\.?")
_WITH_STRENGTH = re.compile(rf"(.*?[^\s,])[\s,]*\b{_NUMBER}\s?{_UNIT}(?:\s?/\s?(?:{_NUMBER}\s?)?{_UNIT})?"
                            rf"(?:[\s,-]+{_FORM})*", re.IGNORECASE)
_LONGEST = 200
_WITH_BRACKETS = re.compile(r"([^()]+)\(([^()]+)\)")


def find_generic_name(text: str) -> str | None:
    """The generic name of the one therapy that a text names; None where it names none, or more than it."""
    whole = _find(text)
    both = _WITH_BRACKETS.fullmatch(text.strip())
    if whole is not None or both is None:
        return whole
    outside, inside = map(_find, both.groups())
    return outside if outside == inside else None


def _find(text: str) -> str | None:
    """The therapy of a name, or of the name before a strength."""
    plain = text.strip()
    strong = _WITH_STRENGTH.fullmatch(plain) if len(plain) <= _LONGEST else None
    for name in (plain, strong[1]) if strong else (plain,):
        folded = _fold(name)
        found = find_therapy(folded)
        if isinstance(found, TherapyFound):
            return found.therapy.name
        if folded in _spellings():
            return _spellings()[folded]
    return None


def _fold(text: str) -> str:
    """Without accents and trade marks, in lower case, one space between words."""
    parted = unicodedata.normalize("NFD", text.casefold())
    return " ".join(re.sub(r"[\u0300-\u036f\u00ae\u2122]", "", parted).split())


@cache
def _spellings() -> Mapping[str, str]:
    """The generic name of each spelling of another language."""
    text = files("stepdown.cohorts.registry.importing").joinpath("therapy_spellings.toml").read_text("utf-8")
    known = read_therapies()
    return {spelling: name for name, row in tomllib.loads(text).items() if name in known
            for spelling in row["spellings"]}
