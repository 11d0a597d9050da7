"""How many people a study has: each number that may be its whole, and how sure its form is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stepdown.literature.drafting.masked_text import MaskedText
from stepdown.literature.drafting.words import PEOPLE, THINGS
from stepdown.literature.numbers import TextNumber

WORDS = r"(?:(?!and |in |with |of |healthy |control)[^\W\d#§][\w/-]*,? ){0,5}"
N = r"(?<![\w./-])(?P<n>(?<![#§])#++)(?![/#§\w-]|\.(?!$))"
_JOINED = (
    r"(?:included?|enrolled|recruited|identified|analy[sz]ed|evaluated|studied|assessed|followed|participated|"
    r"randomi[sz]ed|allocated|assigned|completed|eligible|reviewed|selected|collected|observed|"
    r"were treated|registered)"
)
#: Forms that print the whole number of people, the surest first.
_TOTALS = tuple(re.compile(form, re.IGNORECASE) for form in (
    rf"\b(?:a )?total of {N} {WORDS}{PEOPLE}",
    rf"\b(?:cohort|sample|population|series|group) of {N} {WORDS}{PEOPLE}",
    rf"(?<!group )(?<!arm )\b(?:included?|enrolled|recruited|identified|analy[sz]ed|evaluated|studied|"
    rf"examined|comprising|comprised|randomi[sz]ed|followed|"
    rf"collected data (?:on|from|of)|data (?:of|from)|completed by|reviewed)(?: the| a total of| all|"
    rf" data of| data from)* {N} {WORDS}{PEOPLE}",
    rf"{N} {WORDS}{PEOPLE}(?:[^.;()]|\([^()]*\)){{0,140}}? "
    rf"(?:were|was|have been|had been|are) (?:\w+ )?{_JOINED}",
    rf"{N} {WORDS}{PEOPLE} {_JOINED}",
    rf"\b(?:among|of|out of) (?:the |these |a total of )*{N} {WORDS}{PEOPLE}",
    rf"\b(?:patients|participants|people|persons|subjects|individuals|"
    rf"pwms)[^#§.;()]{{0,40}}\((?:total )?n ?= ?{N}",
    rf"\bthere were {N} {WORDS}{PEOPLE}",
    rf"\b(?:in|of|to|from|by|on) {N} {WORDS}{PEOPLE}",
    rf"{N} {WORDS}{PEOPLE}",
    rf"\bn ?= ?{N}",
))
#: Up to this rank a form tells the whole study even where it is a group's too ("93 were randomised to").
SUREST = 3
GROUP_N = re.compile(r"\bn ?= ?(?P<n>(?<![#§])#++)", re.IGNORECASE)
#: Some of the people, given to one arm and others to another: neither is the whole.
_GIVEN_TO_ONE = re.compile(
    rf" (?:{PEOPLE} )?(?:were|was) (?:\w+ )?(?:randomi[sz]ed|assigned|allocated) to "
    r"[^#§.;]{1,50} and #+ (?:\w+ )?to\b",
    re.IGNORECASE)
#: A size that each of several groups has.
IN_EACH = re.compile(
    rf" (?:{PEOPLE} )?(?:each\b|(?:in|per) (?:each|both|every|either)\b|per (?:group|arm)\b)", re.IGNORECASE)
SEX = re.compile(r"\b[FM]\b|\b(?:fe)?males?\b|\bwom[ae]n\b|\bm[ae]n\b|\bgirls\b|\bboys\b", re.IGNORECASE)
SEX_BEHIND = re.compile(rf" (?:\w+ )?(?:{SEX.pattern})", re.IGNORECASE)
_NO_WHOLE = re.compile(
    r"\b(?:per |(?:compared|matched) (?:with|to) |(?:groups|arms|cohorts) of |"
    r"(?:groups?|arms?|cohorts|(?:group|arm)(?: (?-i:[A-Z]))?(?: \([^()#§]*\))?) "
    r"(?:included|comprised|consisted of|contained|had|numbered) |(?:group|arm): |"
    r"(?:each|(?:sub)?group|arm|controls?|excluded)[ (,:]*(?:each )?n ?= ?)$", re.IGNORECASE)
_PEOPLE_COUNTED = re.compile(rf"#++ (?:[\w-]+ ){{0,3}}?{PEOPLE}", re.IGNORECASE)
_THING = re.compile(rf"\s*(?:\w+ )?{THINGS}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Size:
    """A number of people, and how sure its form is that it is the whole study: 0 the surest."""

    number: TextNumber
    rank: int


def find_totals(masked: MaskedText) -> Iterator[Size]:
    """Numbers that may be the people of the whole study, the surest form first; several "n =" are groups."""
    groups = [match.span("n") for match in GROUP_N.finditer(masked.text)]
    added_up = sum(masked.numbers[start].value for start, _ in groups) / 2 if len(groups) > 2 else None
    for rank, form in enumerate(_TOTALS):
        for match in form.finditer(masked.text):
            number = masked.number(match, "n")
            if len(groups) > 1 and match.span("n") in groups and number.value != added_up:
                continue
            if len(_PEOPLE_COUNTED.findall(match[0])) > 1 or _is_a_part(masked.text, number):
                continue
            if number.value % 1 == 0 and number.value >= 1 and not _THING.match(masked.text, match.end("n")):
                is_sum = match.span("n") in groups and number.value == added_up
                yield Size(number, min(rank, SUREST) if is_sum else rank)


def _is_a_part(text: str, number: TextNumber) -> bool:
    """Whether a number is a scale, or the size of one group or of each."""
    is_sex = text[:number.start].endswith("(") and SEX_BEHIND.match(text, number.end)
    if _GIVEN_TO_ONE.match(text, number.end):
        return True
    return bool(is_sex or _NO_WHOLE.search(text, 0, number.start) or IN_EACH.match(text, number.end))
