"""What a number is about: the words for outcome, strategy and drug that stand nearest to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from stepdown.literature.drafting.draft import DraftField
from stepdown.literature.drafting.masked_text import MaskedText
from stepdown.literature.drafting.words import Word, find_nearest, find_words
from stepdown.ms.therapies import read_therapies

#: Short forms of drugs as papers on MS print them; a paper's own are not looked up.
_SHORT_FORMS = {
    "NTZ": "natalizumab", "NZ": "natalizumab", "FTY": "fingolimod", "FTM": "fingolimod", "OCR": "ocrelizumab",
    "RTX": "rituximab", "DMF": "dimethyl-fumarate", "TERI": "teriflunomide", "TFM": "teriflunomide",
    "GA": "glatiramer-acetate", "IFN": "interferon-beta", "IFNb": "interferon-beta", "ALEM": "alemtuzumab",
    "CLAD": "cladribine", "OFA": "ofatumumab",
}


@dataclass(frozen=True, slots=True)
class Context:
    """The words of one sentence by which its numbers are told apart."""

    masked: MaskedText
    outcomes: tuple[Word, ...]
    strategies: tuple[Word, ...]
    drugs: tuple[Word, ...]
    free: tuple[Word, ...]


def read_context(masked: MaskedText, plain: str) -> Context:
    """The words of a sentence; ``plain`` is its text with numbers, in which drugs are looked for."""
    outcomes = find_words("outcomes", masked.text)
    others = [word for word in find_words("other_outcomes", masked.text) if not _overlap(word, outcomes)]
    named = [*outcomes, *(Word(f"other:{word.kind.lower()}", word.start, word.end) for word in others)]
    return Context(masked, tuple(named), find_words("strategies", masked.text), tuple(find_drugs(plain)),
                   _find_free(masked.text))


def _overlap(word: Word, others: Iterable[Word]) -> bool:
    return any(word.start < other.end and other.start < word.end for other in others)


def _find_free(text: str) -> tuple[Word, ...]:
    """The words that say people without the outcome are counted, save where they are taken back."""
    undone = find_words("undone", text)
    return tuple(word for word in find_words("free", text)
                 if not any(word.start - 25 < other.end and other.start < word.end for other in undone))


def find_drugs(text: str) -> Iterator[Word]:
    """The drugs of the catalogue that a text names, each place; short forms in capitals only."""
    for match in _drug_pattern().finditer(text):
        yield Word(_drug_names()[match[0].lower()], *match.span())
    for match in re.finditer(rf"\b(?:{'|'.join(_SHORT_FORMS)})\b", text):
        yield Word(_SHORT_FORMS[match[0]], *match.span())


@cache
def _drug_names() -> dict[str, str]:
    found = {}
    for therapy in read_therapies().values():
        for name in (therapy.name, therapy.name.replace("-", " "), *therapy.brands, *therapy.synonyms):
            if len(name) > 3:
                found[name.lower()] = therapy.name
    return found


@cache
def _drug_pattern() -> re.Pattern[str]:
    names = sorted(_drug_names(), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w])", re.IGNORECASE)


def find_about(context: Context, start: int, end: int) -> dict[str, DraftField]:
    """Outcome, strategy and drug nearest to a stretch, and whether people without the outcome are meant."""
    text = context.masked.text
    nearest = {"outcome": find_nearest(context.outcomes, text, start, end),
               "strategy": find_nearest(context.strategies, text, start, end),
               "therapy": find_nearest(context.drugs, text, start, end)}
    found = {name: DraftField(word.kind, (context.masked.place(word.start, word.end),))
             for name, word in nearest.items() if word is not None}
    free = find_free_word(context, nearest["outcome"])
    if free is not None:
        found["is_free"] = DraftField("yes", (context.masked.place(free.start, free.end),))
    return found


def find_free_word(context: Context, outcome: Word | None) -> Word | None:
    """The word that turns an outcome into its absence: right before or behind it, or holding it (NEDA)."""
    if outcome is None:
        return None
    text = context.masked.text
    for word in context.free:
        between = text[word.end:outcome.start] if word.end <= outcome.start else text[outcome.end:word.start]
        if _overlap(word, [outcome]) or (len(between) <= 22 and not re.search(r"[;.,]", between)):
            return word
    return None
