"""Counts without a share, told by their clause: "three needed plasma exchange", "in the other group two".

Such a number may be anything; it is a count where it begins a clause with a verb, ends one that says what
happened, or stands in a list of one form. What happened to those who are counted is looked for in their own
clause alone (``Count.own``), save where it only points back ("in the other group two").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from stepdown.literature.drafting.contexts import find_drugs
from stepdown.literature.drafting.masked_text import MaskedText
from stepdown.literature.drafting.shares import Count
from stepdown.literature.drafting.words import NO_THING, PEOPLE, find_all, find_words, read_words
from stepdown.literature.numbers import TextNumber

_K = r"(?<![\w./-])(?P<k>(?<![#§])#++)(?![-/§\w])(?!(?:, #+)*,? (?:and |vs\.? )?§)"
_END = r"(?= ?(?:[,;.)]|$)| and\b| but\b| while\b| whereas\b| \()"
#: How a study comes by its people, and what they are: no result.
_ENTERED = (
    r"(?:(?:was|were|had been|have been|are) (?:\w+ )?)?(?:randomi[sz]|assign|allocat|includ|enrol|recruit|"
    r"analy[sz]|screen|invit|consent|match|eligible|select|identif|evaluat|studi|assess|follow|review|regist|"
    r"(?:wo)?m[ae]n\b|(?:fe)?male|aged|excluded)"
)
_VERB = (
    rf"(?!{_ENTERED})(?:had|have|did|were|needed|went|got|lost|came|took|began|felt|chose|gave|left|kept|"
    r"fell|walk|live|became|underwent|withdrew|(?<=one )(?:has|was)|required|received|developed|showed|"
    r"experienced|reported|suffered|resumed|restarted|stopped|refused|reached|"
    r"[a-z]+ed(?= (?:in|on|at|by|to|with|after|before|during|within|until|from|for|of|again|an?|the|their|"
    r"his|her|all|no|it|and|but|despite|because|[a-z]+ly)\b| ?[,.;)]|$))\b"
)
_OTHERS = r"(?:(?:only|just|another|a further|the (?:other|remaining)|other) )?"
#: Numbers that begin a clause, by themselves or as some of those before; what they did stands behind them.
_BEGINNING = tuple(re.compile(form, re.IGNORECASE) for form in (
    r"(?:^|(?<=[,;:] )|(?<=of which )|(?<=of whom )|\b(?:and|but|while|whereas|although|though) )"
    rf"{_OTHERS}{_K} (?:(?:more|others|further|additional) |(?:of|among) (?:them|these|those) )?{_VERB}",
    rf"(?<!using )(?<!each )(?<!any ){_K} (?:of|among) (?:them|these|those|whom)"
    rf"(?= ?[,.;:)]|$| (?:{_VERB}|died|twice|again|only|who|because|due|"
    r"in|on|at|with|within|during|before|after|from|for|of)\b)",
    rf"\b(?:including|among them|amongst them) {_K} (?:who|with|that|cases?|after|on)\b",
))
#: Numbers that end a clause which says, or points back to, what happened.
_ENDING = tuple(re.compile(form, re.IGNORECASE) for form in (
    r"\b(?!included|published|done|conducted|recruited|enrolled|followed|carried|located|based|born)"
    rf"(?:was|were|been|had|occurred|showed|[a-z]+ed|with)\b[^#§.;:()]{{0,60}} in (?:only |just )?{_K}{_END}",
    rf"\b[a-z]+ed (?:(?:up|again|back) )*by (?:only )?{_K} (?:\w+ )?{PEOPLE}",
    rf"\bin (?:the )?(?:[\w-]+ ){{0,3}}(?:group|arm|cohort|others?|rest),? (?:only )?{_K}"
    rf"(?:{_END}| (?:did|had|relaps\w+)\b)",
    rf"\bnumber of {PEOPLE} [^#§.;]{{1,40}} (?:was|were) {_K}",
    rf"{_K}{NO_THING} (?:did(?: so)?|had (?:one|none))\b",
))
#: A whole with its count at the end of the clause: "of the 48 who went on, three."
_OF_A_WHOLE = re.compile(
    rf"\b(?:of|among) (?:the |those )?#++ [^#§.;,]{{1,60}}, (?:only )?{_K}(?= ?[;.]|$)", re.IGNORECASE)
#: Words that say nobody of a group.
_NOBODY = tuple(re.compile(form, re.IGNORECASE) for form in (
    rf"\b(?P<none>nobody|no[ -]one|none) (?:of|in|on|among|under) [^#§.;,]{{1,50}}? {_VERB}",
    r"\bthere (?:was|were|had been) (?P<none>no) (?:[\w-]+ )?(?:cases? of )?"
    rf"(?:{'|'.join(word for words in read_words()['outcomes'].values() for word in words)})",
))
#: Items of a list that each name something and how many: "melanoma (13)", "lymphopenia (n = 11)".
_ITEM = re.compile(rf"(?P<what>[a-z][^#§().;:,]{{1,45}}) \((?P<n>n ?= ?)?{_K}\)", re.IGNORECASE)
_BARE_ITEM = re.compile(rf"(?P<what>[a-z][a-z -]{{2,40}}) {_K}(?= ?[,;.)]|$| and )", re.IGNORECASE)
_VERBS_OF_A_LIST = re.compile(r"\b(?:was|were|are|is|included)\b", re.IGNORECASE)
_JOINED = re.compile(r",? (?:and |or )?|, ", re.IGNORECASE)
_REASONS = re.compile(r"\b(?:reasons?|causes?|because of|due to|types?|motives?)\b", re.IGNORECASE)
_OPENED = re.compile(r"[:(] ?$")
#: A list of numbers before one noun: "in 5, 4 and 2 patients".
_BEFORE_PEOPLE = re.compile(rf"\b(?:in|by) (?P<list>#+(?:, #+)+,? and #+) (?:\w+ )?{PEOPLE}", re.IGNORECASE)
_CLAUSE_ENDS = re.compile(r"[,;:.](?!\d)|\b(?:and|but|while|whereas) (?=(?:\w+ ){0,2}#)")
#: Years of the calendar are no counts; fewer items are no list, unless reasons are told.
_MOST, _PAIR = 1900, 2
#: Right before a number: the group it names, or things that it counts.
_NAMED_BY_NUMBER = re.compile(r"\b(?:group|arm|cohort) $", re.IGNORECASE)
_OF_THINGS = re.compile(
    r"\b(?:scans|lesions|studies|trials|articles|papers|features|variables|genes|samples|images|cells|items|"
    r"candidates|biomarkers|tests|centers|centres|hospitals|eyes|antibodies|records)\b[^#.;]{0,45}$", re.I)


def find_bare_counts(masked: MaskedText, taken: list[tuple[int, int]]) -> Iterator[Count]:
    """The counts that their clause tells; their places become taken."""
    yield from _find_items(masked, taken)
    yield from _find_before_people(masked, taken)
    for form in (*_BEGINNING, *_ENDING):
        for match in find_all(form, masked.text, taken):
            number = masked.number(match, "k")
            if _may_be_count(number) and not _is_label(masked.text, number):
                own = _find_clause(masked.text, number) if form in _BEGINNING else None
                yield Count(number.start, number.end, number, own=own)
    for match in find_all(_OF_A_WHOLE, masked.text, taken):
        number, whole = masked.number(match, "k"), masked.numbers[match.start() + match[0].index("#")]
        if _may_be_count(number) and number.value <= whole.value:
            yield Count(whole.start, number.end, number, whole)
    for form in _NOBODY:
        for match in find_all(form, masked.text, taken):
            yield Count(*match.span("none"), zero=match.span("none"))


def _may_be_count(number: TextNumber) -> bool:
    return number.value % 1 == 0 and number.value < _MOST and not number.is_percent


def _is_label(text: str, number: TextNumber) -> bool:
    """Whether a number names a group ("in cohort 2"), or is one of things ("of the studies, 12 were")."""
    is_name = _NAMED_BY_NUMBER.search(text, 0, number.start) and not number.is_word
    return bool(is_name or _OF_THINGS.search(text, 0, number.start))


def _find_clause(text: str, number: TextNumber) -> tuple[int, int]:
    """The clause that a number begins: up to the next comma, or the next number that begins one."""
    end = _CLAUSE_ENDS.search(text, number.end)
    return number.start, end.start() if end else len(text)


def _find_items(masked: MaskedText, taken: list[tuple[int, int]]) -> Iterator[Count]:
    """The items of lists that name what each number counts, but no drugs or arms: those are groups."""
    reasons = _REASONS.search(masked.text)
    for form in (_ITEM, _BARE_ITEM):
        for run in _find_runs(list(form.finditer(masked.text)), masked.text):
            has_n = form is _ITEM and any(match["n"] for match in run)
            is_list = (len(run) > _PAIR and not has_n) or (reasons is not None and form is _ITEM)
            is_opened = form is _ITEM or bool(_OPENED.search(masked.text, 0, run[0].start()))
            if is_list and is_opened and not any(_names_arm(match["what"]) for match in run):
                for match in run:
                    yield from _take_item(match, masked, taken, is_reason=reasons is not None)


def _names_arm(words: str) -> bool:
    named = _VERBS_OF_A_LIST.split(words)[-1]
    return bool(any(find_drugs(named)) or find_words("strategies", named))


def _find_runs(matches: list[re.Match[str]], text: str) -> Iterator[list[re.Match[str]]]:
    """Runs of two or more items that only a comma or "and" joins."""
    run = matches[:1]
    for one, other in pairwise(matches):
        if not _JOINED.fullmatch(text, one.end(), other.start()):
            if len(run) > 1:
                yield run
            run = []
        run.append(other)
    if len(run) > 1:
        yield run


def _take_item(
    match: re.Match[str], masked: MaskedText, taken: list[tuple[int, int]], *, is_reason: bool
) -> Iterator[Count]:
    number, place = masked.number(match, "k"), match.span("k")
    if place not in taken and _may_be_count(number):
        taken.append(place)
        yield Count(*place, number, own=(0, 0) if is_reason else match.span("what"))


def _find_before_people(masked: MaskedText, taken: list[tuple[int, int]]) -> Iterator[Count]:
    for match in _BEFORE_PEOPLE.finditer(masked.text):
        for item in re.finditer(r"#+", match["list"]):
            number = masked.numbers[match.start("list") + item.start()]
            if (number.start, number.end) not in taken and _may_be_count(number):
                taken.append((number.start, number.end))
                yield Count(number.start, number.end, number)
