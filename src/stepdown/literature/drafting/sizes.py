"""How many people a study has, and how many are in each of the groups it sets apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stepdown.literature.drafting.contexts import write_drug_pattern
from stepdown.literature.drafting.counting import PEOPLE, THINGS
from stepdown.literature.drafting.masked_text import MaskedText
from stepdown.literature.numbers import TextNumber

_WORDS = r"(?:(?!and |in |with |of |healthy |control)[^\W\d#§][\w/-]*,? ){0,5}"
_N = r"(?<![\w./-])(?P<n>(?<![#§])#++)(?![/.#§\w-])"
_JOINED = (
    r"(?:included?|enrolled|recruited|identified|analy[sz]ed|evaluated|studied|assessed|followed|participated|"
    r"randomi[sz]ed|completed|eligible|reviewed|selected|collected|observed|were treated|registered)"
)
#: Forms that print the whole number of people, the surest first.
_TOTALS = tuple(re.compile(form, re.IGNORECASE) for form in (
    rf"\b(?:a )?total of {_N} {_WORDS}{PEOPLE}",
    rf"\b(?:cohort|sample|population|series|group) of {_N} {_WORDS}{PEOPLE}",
    rf"\b(?:included?|enrolled|recruited|identified|analy[sz]ed|evaluated|studied|examined|comprising|comprised|randomi[sz]ed|followed|"
    rf"collected data (?:on|from|of)|data (?:of|from)|completed by|reviewed)(?: the| a total of| all|"
    rf" data of| data from)* {_N} {_WORDS}{PEOPLE}",
    rf"{_N} {_WORDS}{PEOPLE}[^.;]{{0,140}}? (?:were|was|have been|had been|are) (?:\w+ )?{_JOINED}",
    rf"{_N} {_WORDS}{PEOPLE} {_JOINED}",
    rf"\b(?:among|of|out of) (?:the |these |a total of )*{_N} {_WORDS}{PEOPLE}",
    rf"\b(?:patients|participants|people|persons|subjects|individuals|"
    rf"pwms)[^#§.;()]{{0,40}}\((?:total )?n ?= ?{_N}",
    rf"\bthere were {_N} {_WORDS}{PEOPLE}",
    rf"\b(?:in|of|to|from|by|on) {_N} {_WORDS}{PEOPLE}",
    rf"{_N} {_WORDS}{PEOPLE}",
    rf"\bn ?= ?{_N}",
))
#: Up to this rank a form tells the whole study even where it is a group's too ("93 were randomised to").
SUREST = 3
_GROUP_N = re.compile(r"\bn ?= ?(?P<n>(?<![#§])#++)", re.IGNORECASE)
#: Drugs, and words for those who go on and those who do not.
_GIVEN = rf"(?:{write_drug_pattern()}|(?-i:EID|SID)\b|placebo|extended[- ]interval|standard[- ]interval)"
_KINDS_OF_PEOPLE = r"(?:discontinu?ers|stoppers|stayers|continu?ers|switchers|non-?users)\b"
_GROUPS = tuple(re.compile(form, re.IGNORECASE) for form in (
    rf"{_N} (?:\w+ )?(?:were|was) (?:randomly )?(?:assigned|allocated|randomi[sz]ed) to",
    rf"(?<=and ){_N} to receive",
    rf"{_N} (?:age[- ]\w+ |age-? |sex[- ]\w+ |gender[- ]\w+ |and |matched |healthy |normal |non-?\w+ |"
    rf"unaffected |\w+-matched ){{0,5}}(?:healthy|controls?|(?-i:HCs?)|comparators|siblings|carers)\b",
    rf"(?<=to )(?:\w+ ){{0,4}}\({_N}\)",
    rf"{_N} (?:{PEOPLE} )?(?:to|in|into|on) (?:the |an? )?(?:[\w-]+ ){{1,5}}?(?:groups?|arms?|cohorts?)\b",
    rf"(?:group|arm|cohort|{_GIVEN}) \({_N} {PEOPLE}",
    rf"{_N} {_KINDS_OF_PEOPLE}",
    rf"(?<!the )(?<!in )(?<!since )(?<!dose of ){_N} (?:{PEOPLE} )?"
    rf"(?:(?:on|receiving|treated with|taking|using|given|under) )?{_GIVEN}"
    r"(?:[- ]treated|[- ]exposed| users)?(?! ?(?:-|for|in|within|infusions?|doses?|trials?|studies|mg|#))",
))
#: People with one course or disease; groups where a sentence sets two of them apart.
_SIDE_BY_SIDE = re.compile(
    rf"{_N} (?:{PEOPLE} )?(?:with |had |were )?(?:[RSP]{{1,2}}MS|CIS|RIS|NMOSD|MOGAD)\b"
    r"(?! (?:and|or) [RSP]{1,2}MS)")
#: "per 1000 participants in the placebo group" is a scale.
_SCALE = re.compile(r"\bper $", re.IGNORECASE)
#: Fewer are mostly single events or studies, not a group that was set apart.
_SMALLEST = 5
_PEOPLE_COUNTED = re.compile(rf"#++ (?:[\w-]+ ){{0,3}}?{PEOPLE}", re.IGNORECASE)
_THING = re.compile(rf"\s*(?:\w+ )?{THINGS}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Size:
    """A number of people, and how sure its form is that it is the whole study: 0 the surest."""

    number: TextNumber
    rank: int


def find_totals(masked: MaskedText) -> Iterator[Size]:
    """Numbers that may be the people of the whole study, the surest form first; several "n =" are groups."""
    groups = [match.span("n") for match in _GROUP_N.finditer(masked.text)]
    for rank, form in enumerate(_TOTALS):
        for match in form.finditer(masked.text):
            if len(groups) > 1 and match.span("n") in groups:
                continue
            number = masked.number(match, "n")
            if len(_PEOPLE_COUNTED.findall(match[0])) > 1:
                continue
            if number.value % 1 == 0 and number.value >= 1 and not _THING.match(masked.text, match.end("n")):
                yield Size(number, rank)


def find_groups(masked: MaskedText, taken: list[tuple[int, int]]) -> Iterator[TextNumber]:
    """Sizes of groups: in brackets behind their name, healthy controls, people given to an arm."""
    side_by_side = tuple(_SIDE_BY_SIDE.finditer(masked.text))
    found = (match for form in (_GROUP_N, *_GROUPS) for match in form.finditer(masked.text))
    for match in (*found, *(side_by_side if len(side_by_side) > 1 else ())):
        number = masked.number(match, "n")
        place = number.start, number.end
        if place not in taken and _is_size(masked.text, number):
            taken.append(place)
            yield number


def _is_size(text: str, number: TextNumber) -> bool:
    """Whether a number may be the size of a group: a whole one, not small, and no scale."""
    return number.value % 1 == 0 and number.value >= _SMALLEST and not _SCALE.search(text, 0, number.start)
