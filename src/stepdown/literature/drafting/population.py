"""Who was studied, as a sentence prints it: mean or median age, and the share of women."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stepdown.literature.drafting.masked_text import MaskedText
from stepdown.literature.drafting.words import find_words
from stepdown.literature.numbers import TextNumber

_AGE = r"(?P<age>(?<![\w.])(?<![#§])#++)(?![#§/])(?! years? (?:more|older|younger))"
_SPREAD = r"(?: ?\([^()#§]{0,20}\)| ?(?:\+/-|±) ?SD)?"
#: Not the age at which the disease began, nor one that divides the people.
_OF_THESE = r"(?! (?:at|of) (?:[\w-]+ ){0,3}(?:onset|diagnosis|first|death|menopause))"
_WORDS = r"(?: (?:of|at|in|for) [\w -]{0,45}?)?(?: \([^()#§]{0,20}\))?(?:,|:| ?=| was| were| is| of)? "
_AGES = tuple(re.compile(form, re.IGNORECASE) for form in (
    rf"\b(?P<kind>mean|average|median){_SPREAD}(?: patient| participant)? ages?\b{_OF_THESE}{_WORDS}{_AGE}",
    rf"\bages?\b{_OF_THESE}(?:,|:)? ?\(?(?P<kind>mean|average|median)\b[^#§;.]{{0,25}}?{_AGE}",
))
#: No age of a group of people with MS lies outside.
_YOUNGEST, _OLDEST = 5, 100
_FEMALE = r"(?:females?|wom[ae]n|girls)\b"
_FEMALE_BEHIND = re.compile(
    rf"(?P<share>§++)\)? ?(?:(?:of (?:the )?\w+ )?(?:were|was|are|being) )?{_FEMALE}"
    r"(?! (?:\w+ )?(?:had|have|has|relaps|experienc|develop|show|report|died|progress))", re.IGNORECASE)
_FEMALE_BEFORE = re.compile(
    rf"(?<!in )(?<!among )(?<!of )\b{_FEMALE}(?: (?:sex|gender|patients|participants))?[:,=]? ?\(?"
    r"(?:n ?= ?)?(?:#+(?:/#+)?[,;:]? ?\(?)?(?P<share>§++)(?= ?[);,.])", re.IGNORECASE)


def find_ages(masked: MaskedText) -> Iterator[tuple[str, TextNumber]]:
    """The ages of a sentence, each ``age_mean`` or ``age_median``, in order of its forms."""
    for form in _AGES:
        for match in form.finditer(masked.text):
            number = masked.number(match, "age")
            if _YOUNGEST <= number.value <= _OLDEST:
                yield "age_median" if match["kind"].lower() == "median" else "age_mean", number


def find_female_shares(masked: MaskedText) -> Iterator[tuple[str, TextNumber]]:
    """The shares of women in a sentence that tells of no outcome; those of men are not turned round."""
    for form in (_FEMALE_BEHIND, _FEMALE_BEFORE):
        for match in form.finditer(masked.text):
            if form is _FEMALE_BEHIND or not find_words("outcomes", masked.text):
                yield "female_percent", masked.number(match, "share")
