"""Groups side by side in a sentence that does not name them: parts of a whole, those who did and did not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stepdown.literature.drafting.counting import NAMED
from stepdown.literature.drafting.group_sizes import CONTROLS, SIDE_BY_SIDE, may_be_group
from stepdown.literature.drafting.masked_text import MaskedText
from stepdown.literature.drafting.totals import SEX, SEX_BEHIND, WORDS, N, find_totals
from stepdown.literature.drafting.words import NO_THING, PEOPLE, THINGS
from stepdown.literature.numbers import TextNumber

#: What people did with a drug, so many and so many: groups where a sentence tells two things.
_DID_SO = re.compile(
    rf"{N} (?:{PEOPLE} )?(?:who )?(?:had |have |were )?(?:(?:then|later|subsequently) )?"
    r"(?:(?:chose|preferred|decided|opted|elected|agreed|wished|planned) to )?"
    r"(?P<kind>stop|discontinu|continu|went on|go on|switch|stay|remain|withdr|maintain|extend|restart)"
    r"(?!p?ers)\w*",
    re.IGNORECASE)
#: What so many were given, and so many.
_RECEIVED = re.compile(
    rf"{N} (?:(?:[\w-]+ )?{PEOPLE} )?(?:with [\w -]{{1,50}} )?"
    r"(?:received|were treated|were given|underwent)\b", re.IGNORECASE)
#: A share in brackets behind it makes a number one of what happened: "31 controls (25.8%)".
_SHARE_BEHIND = re.compile(r"[^,.;#§()]{0,30}[(,] ?§")
#: A whole with its parts in brackets, which add up: "74 patients (19 with ..., and 55 with ...)".
_PARTED = re.compile(
    rf"{N} {WORDS}{PEOPLE}(?:(?: (?:with|of|took part in) [\w -]{{1,40}})? \((?P<parts>[^()§]*)\)"
    r"|[^#§.;:()]{0,40}: (?P<listed>[^()§.;]*))", re.IGNORECASE)
_GROUP_WORDS = re.compile(r"\b(?:groups?|arms?|cohorts?)\b", re.IGNORECASE)
_OTHER_PARTS = re.compile(rf"\b{THINGS}|\b(?:{NAMED})", re.IGNORECASE)
#: Behind it stand those in whom something was seen, however they are divided.
_SEEN_IN = re.compile(
    r"\b(?:occurred|(?:was|were) (?:seen|found|recorded|observed|reported|noted|detected|diagnosed)) in $",
    re.IGNORECASE)
#: Right before the whole that a count is part of: "9 of the 36 who stopped".
_SOME_OF = re.compile(
    r"#(?: \(§+\))?(?: (?:[a-z]+ )?(?:patients|participants|people))? (?:out )?of (?:the |these |those )*$",
    re.IGNORECASE)
_MOST_PARTS = 5
#: Forms up to this one tell who entered a study.
_ENTERED = 5
_UNIT_BEHIND = re.compile(rf"[ -]?(?:\w+ )?{THINGS}|[-/]", re.IGNORECASE)
_TELLS_OUTCOME = re.compile(rf"(?<![\w-])(?:{NAMED})", re.IGNORECASE)
#: Controls who are there, not some of them in whom something was found.
_ALL_CONTROLS = re.compile(
    rf"(?<!of )(?<!in )(?<!among ){CONTROLS}"
    r"(?! (?:\w+ )?(?:ha[ds]|have|experienced|developed|showed|died)"
    r"(?! (?:an? )?(?:mri|blood|imaging|scans?|clinical|visits?)))", re.IGNORECASE)
#: People on one schedule and on another.
_SCHEDULED = re.compile(
    rf"{N} (?:{PEOPLE} )?(?:(?:on|with|had|received|receiving|under) )?(?:the )?"
    r"(?:standard|extended|full|reduced|delayed|(?-i:EID|SID))\b", re.IGNORECASE)
#: People with something beside others without it.
_WITH_AND_WITHOUT = re.compile(
    rf"(?<!# of )(?<!t of )(?<!\) of )(?<!in )(?<!among ){N}{NO_THING} (?:[\w-]+ ){{0,2}}{PEOPLE} "
    r"(?:with|without)\b", re.IGNORECASE)


def _find_parted(masked: MaskedText) -> dict[TextNumber, list[TextNumber]]:
    """The wholes whose parts stand behind them in brackets and add up, with their parts; no women and men."""
    found = {}
    for match in _PARTED.finditer(masked.text):
        name = "parts" if match["parts"] else "listed"
        places = [match.start(name) + part.start() for part in re.finditer(r"(?<![#§])#+", match[name])]
        whole, parts = masked.number(match, "n"), [masked.numbers[place] for place in places]
        adds_up = sum(part.value for part in parts) == whole.value and 2 <= len(parts) <= _MOST_PARTS
        told = _GROUP_WORDS.sub("", match[name])
        is_outcome = _SEEN_IN.search(masked.text, 0, match.start())
        if adds_up and not is_outcome and not (SEX.search(told) or _OTHER_PARTS.search(told)):
            found[whole] = parts
    return found


def find_arms(masked: MaskedText, taken: list[tuple[int, int]]) -> Iterator[TextNumber]:
    """Sizes that a sentence sets side by side: parts of a whole, what so many did with a drug and so many."""
    done = [match for match in _DID_SO.finditer(masked.text)
            if not _SOME_OF.search(masked.text, 0, match.start())]
    parted = _find_parted(masked)
    taken += [(whole.start, whole.end) for whole in parted]
    sizes = [part for parts in parted.values() for part in parts]
    sizes += [masked.number(match, "n")
              for form in (SIDE_BY_SIDE, _WITH_AND_WITHOUT, _RECEIVED, _SCHEDULED, _ALL_CONTROLS)
              for match in _find_several(form, masked.text)
              if not _SHARE_BEHIND.match(masked.text, match.end("n"))]
    sizes += _find_rest(masked, taken)
    if len({match["kind"].lower() for match in done}) > 1:
        sizes += [masked.number(match, "n") for match in done]
    for number in sizes:
        place = number.start, number.end
        if place not in taken and may_be_group(masked.text, number):
            taken.append(place)
            yield number


def _find_rest(masked: MaskedText, taken: list[tuple[int, int]]) -> list[TextNumber]:
    """The numbers behind the people of a sentence that add up to them, where it tells no outcome."""
    wholes = [size.number for size in find_totals(masked) if size.rank <= _ENTERED]
    if not wholes or _TELLS_OUTCOME.search(masked.text):
        return []
    whole, held = wholes[0], [place for place, _ in taken]
    behind = [number for number in masked.numbers.values()
              if number.start > whole.start and not number.is_percent and number.start not in held]
    parts = [number for number in behind if not _UNIT_BEHIND.match(masked.text, number.end)]
    for count in range(2, _MOST_PARTS + 1):
        if sum(part.value for part in parts[:count]) == whole.value and len(parts) >= count:
            told = any(SEX_BEHIND.match(masked.text, part.end) or _SHARE_BEHIND.match(masked.text, part.end)
                       for part in parts[:count])
            return [] if told else parts[:count]
    return []


def _find_several(form: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """The matches of a form that sets people side by side: two at least, save of controls, and no outcome."""
    found = list(form.finditer(text))
    if form is _ALL_CONTROLS:
        return found
    return found if len(found) > 1 and not _TELLS_OUTCOME.search(text) else []
