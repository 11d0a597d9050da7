"""Are people with the outcome counted, or those without it? Where the words leave it open, that is said.

A share of people without a relapse taken for one of people with it turns a result round. A negation near an
outcome either is of a form that is surely read, or it makes a doubt; it is never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from stepdown.literature.drafting.words import Word, find_words

#: How far a word that says "free of" may stand from the outcome, in letters.
_NEAR = 22
#: Between "had no" and the outcome: two words at most, none of which leads elsewhere.
_ADJECTIVES = re.compile(
    r" (?:(?!before |after |during |in |on |at |until |despite |with |to |by |for |from |than |because )"
    r"[\w/-]+ ){0,2}(?:(?:evidence|signs?|occurrence) of (?:\w+ )?)?"
)
#: Where a thought of a sentence ends, and a negation reaches no further.
_CLAUSE = re.compile(r"[;:]|, (?:and|but|while|whereas|although|though|with)\b|\b(?:whereas|but|while)\b")


def overlap(word: Word, others: Iterable[Word]) -> bool:
    """Whether a word has letters in common with one of others."""
    return any(word.start < other.end and other.start < word.end for other in others)


def find_free(text: str) -> tuple[Word, ...]:
    """The words that say people without the outcome are counted, save where they are taken back."""
    undone = find_words("undone", text)
    found = [word for table in ("free", "denied_before", "denied_behind") for word in find_words(table, text)]
    return tuple(word for word in found
                 if not any(word.start - 25 < other.end and other.start < word.end for other in undone))


def find_free_word(text: str, free: Iterable[Word], outcome: Word | None) -> Word | None:
    """The word that surely turns an outcome into its absence: beside it, or holding it (NEDA)."""
    if outcome is None:
        return None
    return next((word for word in free if overlap(word, [outcome]) or _denies(text, word, outcome)), None)


def _denies(text: str, word: Word, outcome: Word) -> bool:
    is_before = word.end <= outcome.start
    between = text[word.end:outcome.start] if is_before else text[outcome.end:word.start]
    if word.kind == "before":
        return is_before and bool(_ADJECTIVES.fullmatch(between))
    if word.kind == "behind":
        return not is_before and len(between) <= 1
    return len(between) <= _NEAR and not re.search(r"[;.,]", between)


def find_denial(text: str, outcome: Word, start: int, end: int) -> str:
    """A negation in the thought of a figure and its outcome, whose reach is not sure; empty without one."""
    first, last = min(start, outcome.start), max(end, outcome.end)
    breaks = [match.start() for match in _CLAUSE.finditer(text)]
    left = max((place for place in breaks if place < first), default=0)
    right = min((place for place in breaks if place >= last), default=len(text))
    harmless = (*find_words("no_denial", text), *find_words("undone", text))
    for word in find_words("denials", text):
        if left <= word.start < right and not overlap(word, harmless):
            return text[word.start:word.end]
    return ""


#: Words that make what follows them a reason or a time, not what was counted.
_REASON = re.compile(
    r"\b(?:due to|because of|owing to|related to|caused by|as a result of|in view of|during|amid|following|"
    r"for fear of) (?:the |a |an |their )?(?:\w+ ){0,2}$"
)
_OTHER_THING = re.compile(
    r"\b(?:had|have|experienced|reported|underwent|received|needed|required) (?:a |an |the )?"
    r"(?:delay|postponement|interruption|change|gap|cancellation)\w*"
)


def find_side_doubt(text: str, outcome: Word, end: int) -> str:
    """Why an outcome may not be what was counted: it is named as a reason, or something else was had."""
    before = text[max(0, outcome.start - 60):outcome.start]
    if _REASON.search(before):
        return "it is named as a reason or a time: was it what was counted?"
    other = _OTHER_THING.search(text, end, end + 60)
    if other is None or outcome.start < other.end() <= outcome.end:
        return ""
    return f'"{other.group(0)}" stands there: was that counted?'
