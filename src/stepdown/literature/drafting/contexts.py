"""What a number is about: the words for outcome, strategy and drug that stand nearest to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from stepdown.literature.drafting.draft import DraftField
from stepdown.literature.drafting.masked_text import MaskedText
from stepdown.literature.drafting.negation import (
    find_denial,
    find_free,
    find_free_word,
    find_side_doubt,
    overlap,
)
from stepdown.literature.drafting.shares import Count
from stepdown.literature.drafting.words import PEOPLE, Word, find_nearest, find_words
from stepdown.ms.therapies import read_therapies

#: Short forms of drugs as papers on MS print them; a paper's own are not looked up.
_SHORT_FORMS = {
    "NTZ": "natalizumab", "NZ": "natalizumab", "FTY": "fingolimod", "FTM": "fingolimod", "OCR": "ocrelizumab",
    "RTX": "rituximab", "DMF": "dimethyl-fumarate", "TERI": "teriflunomide", "TFM": "teriflunomide",
    "GA": "glatiramer-acetate", "IFN": "interferon-beta", "IFNb": "interferon-beta", "ALEM": "alemtuzumab",
    "CLAD": "cladribine", "OFA": "ofatumumab",
}


#: Beside a figure it keeps the drug of another group away.
PLACEBO = "placebo"
#: Behind it stands what is predicted, before it may stand what predicts.
_PREDICTS = re.compile(
    r"\b(?:predict(?:s|ed|ors? of|ive of)?|associated with|risk factors? for|"
    r"(?:risk|hazard|odds|likelihood) of) "
    r"(?:(?:an?|the|higher|lower|increased|reduced|greater|risk of|first|new|further|subsequent) )*",
    re.IGNORECASE,
)
#: People of a count, and what they had.
_HAD = re.compile(
    rf"\)?(?: (?:\w+ )?{PEOPLE})? (?:had|experienced|developed|suffered|showed|reported)"
    r"(?P<what>(?: [\w-]+){0,2} )", re.IGNORECASE)
#: What a time is counted from: "relapses within 3 months of infection".
_DATES = re.compile(
    r"\b(?:(?:days?|weeks?|months?|years?) (?:of|after|before|following|from) (?:the |an? |their )?(?:\w+ )?"
    r"|(?:during|after|before|following|since|until) (?:the |an? |their |first |last )*)$", re.IGNORECASE)
#: A time before is set against one after: both are of the strategy that lies between.
_COMPARED = re.compile(r"\b(?:after|following|since|compared|versus|vs|from)\b", re.IGNORECASE)
_BRACKETS = re.compile(r"(?:-#)?,? ?\([^()#§]*\)")
#: Grades of harm from which it is severe (CTCAE).
_SEVERE_FROM = 3


@dataclass(frozen=True, slots=True)
class Context:
    """The words of one sentence by which its numbers are told apart.

    ``is_weak`` says that no strategy is named more plainly than by being on a drug, ``is_before`` that the
    sentence tells of a time before one.
    """

    masked: MaskedText
    outcomes: tuple[Word, ...]
    strategies: tuple[Word, ...]
    drugs: tuple[Word, ...]
    free: tuple[Word, ...]
    is_weak: bool = False
    is_before: bool = False


def read_context(masked: MaskedText, plain: str) -> Context:
    """The words of a sentence; ``plain`` is its text with numbers, in which drugs are looked for."""
    outcomes = [word for word in find_words("outcomes", masked.text) if _is_severe(word, plain)]
    others = [word for word in find_words("other_outcomes", masked.text) if not overlap(word, outcomes)]
    named = [*outcomes, *(Word(f"other:{word.kind.lower()}", word.start, word.end) for word in others)]
    named = list(_leave_definitions(named, masked.text))
    is_compared = bool(_COMPARED.search(masked.text))
    unused = [word for word in find_words("no_strategy", masked.text)
              if word.kind != "before" or not is_compared]
    strategies = tuple(word for word in find_words("strategies", masked.text) if not overlap(word, unused))
    return Context(
        masked, tuple(named), strategies or find_words("on_a_drug", masked.text), tuple(find_drugs(plain)),
        find_free(masked.text), is_weak=not strategies,
        is_before=any(word.kind == "before" for word in unused))


def _leave_definitions(outcomes: Sequence[Word], text: str) -> tuple[Word, ...]:
    """The outcomes without those in brackets behind another: "disease activity (relapse or lesions)"."""
    brackets = [(word, _BRACKETS.match(text, word.end)) for word in outcomes]
    defined = [match.span() for _, match in brackets if match]
    kept = tuple(word for word in outcomes
                 if not any(start <= word.start < end for start, end in defined))
    surer = tuple(word for word in kept if not _DATES.search(text, 0, word.start)) or kept
    return tuple(word for word in surer if word.kind != "other:pregnancy") or surer


def _is_severe(word: Word, plain: str) -> bool:
    """Whether a word of severe harm that gives a grade begins with 3 or more; true of any other word."""
    grade = re.match(r"grades?\D*(\d)", plain[word.start:word.end], re.IGNORECASE)
    return word.kind != "severe_adverse_event" or grade is None or int(grade[1]) >= _SEVERE_FROM


def find_drugs(text: str) -> Iterator[Word]:
    """The drugs of the catalogue that a text names, and placebo, each place; short forms in capitals only."""
    for match in _drug_pattern().finditer(text):
        yield Word(_drug_names()[match[0].lower()], *match.span())
    for match in re.finditer(rf"\b(?:{'|'.join(_SHORT_FORMS)})\b", text):
        yield Word(_SHORT_FORMS[match[0]], *match.span())
    for match in re.finditer(rf"\b{PLACEBO}\b", text, re.IGNORECASE):
        yield Word(PLACEBO, *match.span())


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
    return re.compile(write_drug_pattern(), re.IGNORECASE)


def write_drug_pattern() -> str:
    """A pattern that fits the name of any drug of the catalogue, the longest name first."""
    names = sorted(_drug_names(), key=len, reverse=True)
    return rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w])"


def find_about(
    context: Context, start: int, end: int, outcome: Word | None = None
) -> dict[str, DraftField]:
    """Outcome, strategy and drug nearest to a stretch, and whether people without the outcome are meant."""
    text = context.masked.text
    nearest = {"outcome": outcome or find_nearest(context.outcomes, text, start, end),
               "strategy": find_nearest(context.strategies, text, start, end),
               "therapy": find_nearest(context.drugs, text, start, end)}
    found = {name: DraftField(word.kind, (context.masked.place(word.start, word.end),))
             for name, word in nearest.items() if word is not None and word.kind != PLACEBO}
    free = find_free_word(text, context.free, nearest["outcome"])
    if free is not None:
        found["is_free"] = DraftField("yes", (context.masked.place(free.start, free.end),))
    return found


def find_predicted(context: Context, start: int) -> DraftField | None:
    """The outcome that a sentence says is predicted, if the word nearest to a contrast stands before that."""
    text = context.masked.text
    nearest = find_nearest(context.outcomes, text, start, start)
    for match in _PREDICTS.finditer(text):
        word = next((word for word in context.outcomes if word.start == match.end()), None)
        if word is not None and nearest is not None and nearest.start < match.start():
            return DraftField(word.kind, (context.masked.place(word.start, word.end),))
    return None


def find_about_count(context: Context, count: Count) -> dict[str, DraftField]:
    """What a count is about; in doubt where a negation near it, or a word before it, leaves that open.

    A word that says nobody ("no patient relapsed") counts none with the outcome, and turns nothing round.
    """
    text = context.masked.text
    if count.own is not None:
        first, last = count.own
        context = replace(context, outcomes=tuple(
            word for word in context.outcomes if first <= word.start < last))
    outcome = _find_had(context, count.end) or find_nearest(context.outcomes, text, count.start, count.end)
    found = find_about(context, count.start, count.end, outcome)
    if outcome is None:
        return found
    doubt = find_side_doubt(text, outcome, count.end)
    if count.zero is not None and "is_free" in found:
        del found["is_free"]
        if _is_denied_twice(context, outcome, count.zero):
            doubt = "the sentence denies twice: were those with or without it counted?"
    elif count.zero is None and "is_free" not in found:
        denial = find_denial(text, outcome, count.start, count.end)
        doubt = doubt or (denial and f'"{denial}" stands near it: were those with or without it counted?')
    if doubt:
        found["outcome"] = replace(found["outcome"], doubt=doubt)
    return found


def _find_had(context: Context, end: int) -> Word | None:
    """The outcome that the people of a count had, where the words behind it say so: "22 had a relapse"."""
    had = _HAD.match(context.masked.text, end)
    first, last = (had.start("what"), had.end()) if had else (1, 0)
    return next((word for word in context.outcomes if first <= word.start <= last), None)


def _is_denied_twice(context: Context, outcome: Word, zero: tuple[int, int]) -> bool:
    """Whether another word than the one that says nobody turns the outcome round too."""
    others = [word for word in context.free if word.end <= zero[0] or word.start >= zero[1]]
    return find_free_word(context.masked.text, others, outcome) is not None
