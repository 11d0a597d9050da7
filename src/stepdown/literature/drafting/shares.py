"""Shares that stand by themselves: per cent, as fractions, of a thousand; and what a count is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stepdown.literature.drafting.masked_text import MaskedText
from stepdown.literature.drafting.words import THINGS, find_all
from stepdown.literature.numbers import TextNumber

#: Not the level of an interval; behind "(CI 95% 84-92)" it is a share.
NO_INTERVAL = (
    r"(?! ?\)?,? ?\(?(?:ci\b(?! ?§++[:,]? ?[#§]+ ?(?:-|to|,) ?[#§])|cis\b|confidence|credible|cri\b))"
)
#: What stands below the line of "0.2/1000" is a scale.
SCALES = (1_000, 10_000, 100_000)
_PER_THOUSAND = re.compile(
    r"(?<![\w./-])(?P<k>(?<![#§])#++) ?(?:/|per) ?(?P<n>(?<![#§])#++)"
    r"(?! ?-?(?:person|patient|py|population|inhabitants|people|live))", re.IGNORECASE)
_PAIRED = re.compile(
    r"(?<![\w.#-])(?<!\bat )(?<!year )(?<!years )(?<!month )(?<!months )(?P<p>(?<![#§])#++) "
    r"(?:vs\.?|versus|and|or) (?=§)|"
    r"(?<![\w.#-])(?P<q>(?<![#§])#++), (?=(?:#+, )*(?:#+,? )?and §)",
    re.IGNORECASE,
)
#: What joins a share to the one before in a list: "fell by 60%, 40% and 20%".
_GOES_ON = re.compile(r",? (?:and )?")
_ALONE = re.compile(rf"(?P<p>(?<!§)§++){NO_INTERVAL}", re.IGNORECASE)
_FRACTION = re.compile(
    r"(?:\b(?:proportions?|probabilit(?:y|ies)|share|free of|free from)\b"
    r"(?:[^#§;]|#+(?=-month|-year|-week)){0,70}?"
    r"|\bsurvival(?: rates?| probabilit(?:y|ies))? (?:was|were|of) )"
    r"(?P<p>(?<![\w.-])(?<![#§])#++)(?![§#/])(?! ?(?:days?|weeks?|months?|years?)\b)"
    r"(?: (?:vs\.?|versus|and|"
    r"or) (?:< ?)?(?P<q>(?<![#§])#++)(?: and (?:< ?)?(?P<r>(?<![#§])#++))?)?", re.IGNORECASE)
#: A number between nought and one that is no share: a p-value, a coefficient.
_SYMBOL = re.compile(
    r"(?:\b[a-z]{1,3}[²2]?|[β-ω]|alpha|kappa|ratio|coefficient)(?: ?[<=>]| of| was) ?$", re.IGNORECASE)
_OF_THINGS = re.compile(rf"\b{THINGS}", re.IGNORECASE)
_UNCOUNTED = r"scans|lesions|samples|cells|eyes|studies|trials|images|visits|infusions|mice|rats|items"
#: A change, a measure of a test, a share of something that is no person.
_NO_SHARE_BEFORE = re.compile(
    rf"(?:(?:reduc|increas|decreas|f[ae]ll|rose|rais|drop|declin|lower|higher|greater|improv|chang)[^.;#§]{{0,60}}\bby|"
    rf"\b(?:{_UNCOUNTED}) ?\(|"
    r"reduc\w+(?: in [\w -]+)?(?: of)?|increas\w+(?: of)?|decreas\w+(?: of)?|improv\w+ of|power(?: of)?|"
    r"sensitivity[^.;]{0,25}|specificity[^.;]{0,25}|accuracy[^.;]{0,25}|predictive value[^.;]{0,25}|"
    r"variance[^.;]{0,15}|differences?(?: of|:|,)?|\bI[2²](?: of|:)?|[-/]|"
    r"confidence of|level of|score of|[<>=]|\bdice [^.;]{0,15}) ?\(?~?$", re.IGNORECASE)
_NO_SHARE_AFTER = re.compile(
    r" ?\)?-? ?(?:(?:higher|lower|greater|less|more|closer|farther|longer|shorter|increase|decrease|"
    r"reduction|risk reduction|"
    r"of (?:the )?(?:\w+ )?(?:variance|variation|"
    r"cells|lesions|scans|samples|mice|(?:the )?time)|-?\d|fold)\b|-)|§", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Count:
    """So many people of so many, the share as printed, and where it stands in the sentence.

    ``zero`` is the place of a word that says nobody ("no patient relapsed"); ``scale`` brings the
    share to per cent; ``is_of_events`` says that events were counted beside the people, not people;
    ``own`` is the stretch in which what happened to them is named, where that cannot stand elsewhere.
    """

    start: int
    end: int
    events: TextNumber | None = None
    of: TextNumber | None = None
    percent: TextNumber | None = None
    zero: tuple[int, int] | None = None
    scale: float = 1.0
    is_of_events: bool = False
    own: tuple[int, int] | None = None


def find_shares(masked: MaskedText, taken: list[tuple[int, int]]) -> Iterator[Count]:
    """Every share of a sentence without its count; ``taken`` are places read as something else, and grows."""
    yield from _find_paired(masked, taken)
    yield from _find_alone(masked, taken)
    yield from _find_fractions(masked, taken)
    yield from _find_per_thousand(masked)


def _find_paired(masked: MaskedText, taken: list[tuple[int, int]]) -> Iterator[Count]:
    """The first of two shares that have their sign in common: "63.9 vs 41.4 %", "94, 73 and 70 %"."""
    for match in find_all(_PAIRED, masked.text, taken):
        name = "p" if match["p"] else "q"
        yield Count(*match.span(name), percent=masked.number(match, name))


def _find_alone(masked: MaskedText, taken: list[tuple[int, int]]) -> Iterator[Count]:
    end = -1
    for match in find_all(_ALONE, masked.text, taken):
        goes_on = end >= 0 and _GOES_ON.fullmatch(masked.text, end, match.start())
        if goes_on or _is_no_share(masked.text, match):
            end = match.end()
        else:
            yield Count(*match.span("p"), percent=masked.number(match, "p"))


def _find_per_thousand(masked: MaskedText) -> Iterator[Count]:
    """Shares of a thousand or ten thousand, of people and not of their years: "0.2/1000"."""
    for match in _PER_THOUSAND.finditer(masked.text):
        share, of = masked.number(match, "k"), masked.number(match, "n").value
        if of in SCALES[:2] and share.value < of:
            yield Count(*match.span("k"), percent=share, scale=100 / of)


def _is_no_share(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start("p") - 60):match.start("p")]
    return bool(_NO_SHARE_BEFORE.search(before) or _NO_SHARE_AFTER.match(text, match.end("p")))


def _find_fractions(masked: MaskedText, taken: list[tuple[int, int]]) -> Iterator[Count]:
    """Shares printed as fractions, where the sentence calls them a proportion or a probability."""
    for match in find_all(_FRACTION, masked.text, taken):
        if _OF_THINGS.search(masked.text, match.start(), match.start("p")) or _SYMBOL.search(
            masked.text, match.start(), match.start("p")
        ):
            continue
        for name in ("p", "q", "r"):
            number = masked.number(match, name) if match[name] else None
            if number is not None and 0 < number.value < 1:
                yield Count(*match.span(name), percent=number, scale=100.0)
