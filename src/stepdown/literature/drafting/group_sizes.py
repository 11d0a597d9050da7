"""How many people are in each of the groups that a study names: in brackets, given to an arm, as controls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stepdown.literature.drafting.contexts import write_drug_pattern
from stepdown.literature.drafting.masked_text import MaskedText
from stepdown.literature.drafting.totals import GROUP_N, N
from stepdown.literature.drafting.words import PEOPLE, THINGS
from stepdown.literature.numbers import TextNumber

#: Drugs, and words for those who go on and those who do not.
_GIVEN = (
    r"(?:(?:first|second|third)-line|(?:high|higher|moderate|low|lower)[- ]efficacy|"
    rf"{write_drug_pattern()}|(?-i:EID|SID)\b|placebo|extended[- ]interval|standard[- ]interval)"
)
_KINDS_OF_PEOPLE = r"(?:discontinu?ers|stoppers|stayers|persisters|continu?ers|switchers|non-?users)\b"
_NO_UNIT = rf"(?![-/§])(?! ?(?:\w+ )?{THINGS})"
CONTROLS = (
    rf"{N} (?:age[- ]\w+ |age-? |sex[- ]\w+ |gender[- ]\w+ |and |matched |healthy |normal |non-?\w+ |"
    rf"unaffected |\w+-matched ){{0,5}}(?:healthy|controls?|(?-i:HCs?)|comparators|siblings|carers)\b"
)
_LABEL = r"(?: (?-i:[A-Z]))?(?: \([^()#§]*\))?"
_HELD = r"(?:included|comprised|consisted of|contained|had|numbered)"
_GROUPS = tuple(re.compile(form, re.IGNORECASE) for form in (
    rf"{N} (?:\w+ )?(?:were|was) (?:randomly )?(?:assigned|allocated|randomi[sz]ed) to",
    rf"(?<=and ){N} to (?:receive|continue|go on|stay|remain|stop|discontinue|extend|switch)\b",
    CONTROLS,
    rf"(?<=to )(?:\w+ ){{0,4}}\({N}\)",
    rf"{N} (?:{PEOPLE} )?(?:to|in|into|on) (?:the |an? )?(?:[\w-]+ ){{1,5}}?(?:groups?|arms?|cohorts?)\b",
    rf"(?:group|arm|cohort|{_GIVEN}) \({N} (?!(?:wo)?men\b|(?:fe)?males?\b|girls|boys){PEOPLE}",
    rf"{N} {_KINDS_OF_PEOPLE}",
    rf"\b(?:group|arm){_LABEL} {_HELD} {N}{_NO_UNIT}",
    rf"\b{_HELD} #+[^.;]{{0,60}} (?:group|arm|cohort|one){_LABEL} {N}{_NO_UNIT}",
    rf"\b(?:(?-i:EID|SID)|{_KINDS_OF_PEOPLE}|(?:group|arm)(?: (?-i:[A-Z]))?) ?(?:[:=]|,(?= #+ {PEOPLE}))"
    rf" ?{N}{_NO_UNIT}",
    rf"\b(?:groups|arms|cohorts) of {N}{_NO_UNIT}",
    rf"{N} (?:{PEOPLE} )?as (?:an? |the )?(?:[\w-]+ ){{0,2}}(?:controls?|comparators?)\b",
    rf"\b(?:compared|matched) (?:with|to) {N} (?:[\w-]+ ){{0,2}}{PEOPLE}",
    rf"{N} (?:{PEOPLE} )?(?:(?:in|per) (?:each|both|every|either)(?: of the)?|per) (?:group|arm|cohort)\b",
    rf"{N} (?:[\w-]+ )?cases (?:with [\w ]{{1,20}} )?(?=and #+ (?:[\w-]+ ){{0,4}}controls)",
    rf"(?<!the )(?<!in )(?<!since )(?<!dose of ){N} (?:{PEOPLE} )?"
    rf"(?:(?:on|to|with|receiving|treated with|taking|using|given|under) )?{_GIVEN}"
    r"(?:[- ]treated|[- ]exposed| users)?(?! ?(?:-|for|in|within|infusions?|doses?|trials?|studies|mg|#))",
))
#: People with one course or disease; groups where a sentence sets two of them apart.
SIDE_BY_SIDE = re.compile(
    rf"{N} (?:{PEOPLE} )?(?:with |had |were )?(?:[RSP]{{0,2}}MS|CIS|RIS|NMOSD|MOGAD)\b"
    r"(?! (?:and|or) [RSP]{0,2}MS)")
#: People in brackets behind what was done with them; groups where a sentence has two of them.
_IN_BRACKETS = re.compile(
    rf"(?<!trials) \({N} (?:{PEOPLE})(?:\)|[,;](?! ?§))", re.IGNORECASE)
_DIVIDED = re.compile(
    r"\b(?:group|arm|received|underwent|treated|who|allocated|assigned|randomi[sz]ed)", re.IGNORECASE)
#: What people did with a drug, so many and so many: groups where a sentence tells two things.
#: "per 1000 participants in the placebo group" is a scale.
_SCALE = re.compile(r"\bper $", re.IGNORECASE)
#: Right before a number: it is a scale, a group's, or that of people who were left out.
_LEFT_OUT = re.compile(
    r"\bexclud(?:ed|ing)[ (:]*(?:n ?= ?)?$|\bgroups (?:#+,? (?:and )?)+$", re.IGNORECASE)
#: Fewer are mostly single events or studies, not a group that was set apart.
_SMALLEST = 5


def find_groups(masked: MaskedText, taken: list[tuple[int, int]]) -> Iterator[TextNumber]:
    """Sizes of groups: in brackets behind their name, healthy controls, people given to an arm."""
    several = [list(form.finditer(masked.text)) for form in (SIDE_BY_SIDE, _IN_BRACKETS)]
    if not _DIVIDED.search(masked.text):
        del several[1]
    found = (match for form in (GROUP_N, *_GROUPS) for match in form.finditer(masked.text))
    for match in (*found, *(match for matches in several if len(matches) > 1 for match in matches)):
        number = masked.number(match, "n")
        place = number.start, number.end
        if place not in taken and may_be_group(masked.text, number):
            taken.append(place)
            yield number


def may_be_group(text: str, number: TextNumber) -> bool:
    """Whether a number may be the size of a group: whole, not small, no scale, not of people left out."""
    is_size = number.value % 1 == 0 and number.value >= _SMALLEST and not _SCALE.search(text, 0, number.start)
    return is_size and not _LEFT_OUT.search(text, 0, number.start)
