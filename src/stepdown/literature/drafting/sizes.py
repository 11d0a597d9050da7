"""How many people a study has, and how many are in each of the groups it sets apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stepdown.literature.drafting.contexts import write_drug_pattern
from stepdown.literature.drafting.counting import NAMED
from stepdown.literature.drafting.masked_text import MaskedText
from stepdown.literature.drafting.words import NO_THING, PEOPLE, THINGS
from stepdown.literature.numbers import TextNumber

_WORDS = r"(?:(?!and |in |with |of |healthy |control)[^\W\d#§][\w/-]*,? ){0,5}"
_N = r"(?<![\w./-])(?P<n>(?<![#§])#++)(?![/#§\w-]|\.(?!$))"
_JOINED = (
    r"(?:included?|enrolled|recruited|identified|analy[sz]ed|evaluated|studied|assessed|followed|participated|"
    r"randomi[sz]ed|allocated|assigned|completed|eligible|reviewed|selected|collected|observed|"
    r"were treated|registered)"
)
#: Forms that print the whole number of people, the surest first.
_TOTALS = tuple(re.compile(form, re.IGNORECASE) for form in (
    rf"\b(?:a )?total of {_N} {_WORDS}{PEOPLE}",
    rf"\b(?:cohort|sample|population|series|group) of {_N} {_WORDS}{PEOPLE}",
    rf"(?<!group )(?<!arm )\b(?:included?|enrolled|recruited|identified|analy[sz]ed|evaluated|studied|"
    rf"examined|comprising|comprised|randomi[sz]ed|followed|"
    rf"collected data (?:on|from|of)|data (?:of|from)|completed by|reviewed)(?: the| a total of| all|"
    rf" data of| data from)* {_N} {_WORDS}{PEOPLE}",
    rf"{_N} {_WORDS}{PEOPLE}(?:[^.;()]|\([^()]*\)){{0,140}}? "
    rf"(?:were|was|have been|had been|are) (?:\w+ )?{_JOINED}",
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
_GIVEN = (
    r"(?:(?:first|second|third)-line|(?:high|higher|moderate|low|lower)[- ]efficacy|"
    rf"{write_drug_pattern()}|(?-i:EID|SID)\b|placebo|extended[- ]interval|standard[- ]interval)"
)
_KINDS_OF_PEOPLE = r"(?:discontinu?ers|stoppers|stayers|persisters|continu?ers|switchers|non-?users)\b"
_NO_UNIT = rf"(?![-/§])(?! ?(?:\w+ )?{THINGS})"
_CONTROLS = (
    rf"{_N} (?:age[- ]\w+ |age-? |sex[- ]\w+ |gender[- ]\w+ |and |matched |healthy |normal |non-?\w+ |"
    rf"unaffected |\w+-matched ){{0,5}}(?:healthy|controls?|(?-i:HCs?)|comparators|siblings|carers)\b"
)
_GROUPS = tuple(re.compile(form, re.IGNORECASE) for form in (
    rf"{_N} (?:\w+ )?(?:were|was) (?:randomly )?(?:assigned|allocated|randomi[sz]ed) to",
    rf"(?<=and ){_N} to receive",
    _CONTROLS,
    rf"(?<=to )(?:\w+ ){{0,4}}\({_N}\)",
    rf"{_N} (?:{PEOPLE} )?(?:to|in|into|on) (?:the |an? )?(?:[\w-]+ ){{1,5}}?(?:groups?|arms?|cohorts?)\b",
    rf"(?:group|arm|cohort|{_GIVEN}) \({_N} (?!(?:wo)?men\b|(?:fe)?males?\b|girls|boys){PEOPLE}",
    rf"{_N} {_KINDS_OF_PEOPLE}",
    rf"\b(?:group|arm) (?:included|comprised|consisted of|contained) {_N}{_NO_UNIT}",
    rf"\b(?:included|comprised|consisted of|contained) #+[^.;]{{0,60}} (?:group|arm|cohort) {_N}{_NO_UNIT}",
    rf"\b(?:(?-i:EID|SID)|{_KINDS_OF_PEOPLE}|(?:group|arm)(?: (?-i:[A-Z]))?) ?(?:[:=]|,(?= #+ {PEOPLE}))"
    rf" ?{_N}{_NO_UNIT}",
    rf"\b(?:groups|arms|cohorts) of {_N}{_NO_UNIT}",
    rf"{_N} (?:{PEOPLE} )?as (?:an? |the )?(?:[\w-]+ ){{0,2}}(?:controls?|comparators?)\b",
    rf"\b(?:compared|matched) (?:with|to) {_N} (?:[\w-]+ ){{0,2}}{PEOPLE}",
    rf"{_N} (?:{PEOPLE} )?(?:(?:in|per) (?:each|both|every|either)(?: of the)?|per) (?:group|arm|cohort)\b",
    rf"{_N} (?:[\w-]+ )?cases (?:with [\w ]{{1,20}} )?(?=and #+ (?:[\w-]+ ){{0,4}}controls)",
    rf"(?<!the )(?<!in )(?<!since )(?<!dose of ){_N} (?:{PEOPLE} )?"
    rf"(?:(?:on|to|with|receiving|treated with|taking|using|given|under) )?{_GIVEN}"
    r"(?:[- ]treated|[- ]exposed| users)?(?! ?(?:-|for|in|within|infusions?|doses?|trials?|studies|mg|#))",
))
#: People with one course or disease; groups where a sentence sets two of them apart.
_SIDE_BY_SIDE = re.compile(
    rf"{_N} (?:{PEOPLE} )?(?:with |had |were )?(?:[RSP]{{0,2}}MS|CIS|RIS|NMOSD|MOGAD)\b"
    r"(?! (?:and|or) [RSP]{0,2}MS)")
#: People in brackets behind what was done with them; groups where a sentence has two of them.
_IN_BRACKETS = re.compile(
    rf"(?<!trials) \({_N} (?:{PEOPLE})(?:\)|[,;](?! ?§))", re.IGNORECASE)
_DIVIDED = re.compile(
    r"\b(?:group|arm|received|underwent|treated|who|allocated|assigned|randomi[sz]ed)", re.IGNORECASE)
#: What people did with a drug, so many and so many: groups where a sentence tells two things.
_DID_SO = re.compile(
    rf"{_N} (?:{PEOPLE} )?(?:who )?(?:had |have |were )?(?:(?:then|later|subsequently) )?"
    r"(?P<kind>stopp|discontinu|continu|switch|stay|remain|withdr|maintain|extend|restart)(?!ers)\w*",
    re.IGNORECASE)
#: What so many were given, and so many.
_RECEIVED = re.compile(
    rf"{_N} (?:(?:[\w-]+ )?{PEOPLE} )?(?:with [\w -]{{1,50}} )?"
    r"(?:received|were treated|were given|underwent)\b", re.IGNORECASE)
#: A share in brackets behind it makes a number one of what happened: "31 controls (25.8%)".
_SHARE_BEHIND = re.compile(r"[^,.;#§()]{0,30}[(,] ?§")
#: A whole with its parts in brackets, which add up: "74 patients (19 with ..., and 55 with ...)".
_PARTED = re.compile(
    rf"{_N} {_WORDS}{PEOPLE}(?:(?: (?:with|of|took part in) [\w -]{{1,40}})? \((?P<parts>[^()§]*)\)"
    r"|[^#§.;:()]{0,40}: (?P<listed>[^()§.;]*))", re.IGNORECASE)
#: A size that each of several groups has.
IN_EACH = re.compile(
    rf" (?:{PEOPLE} )?(?:each\b|(?:in|per) (?:each|both|every|either)\b|per (?:group|arm)\b)", re.IGNORECASE)
_SEX = re.compile(r"\b[FM]\b|\b(?:fe)?males?\b|\bwom[ae]n\b|\bm[ae]n\b|\bgirls\b|\bboys\b", re.IGNORECASE)
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
_SEX_BEHIND = re.compile(rf" (?:\w+ )?(?:{_SEX.pattern})", re.IGNORECASE)
_TELLS_OUTCOME = re.compile(rf"(?<![\w-])(?:{NAMED})", re.IGNORECASE)
#: Controls who are there, not some of them in whom something was found.
_ALL_CONTROLS = re.compile(
    rf"(?<!of )(?<!in )(?<!among ){_CONTROLS}"
    r"(?! (?:\w+ )?(?:ha[ds]|have|experienced|developed|showed|died)"
    r"(?! (?:an? )?(?:mri|blood|imaging|scans?|clinical|visits?)))", re.IGNORECASE)
#: People on one schedule and on another.
_SCHEDULED = re.compile(
    rf"{_N} (?:{PEOPLE} )?(?:(?:on|with|had|received|receiving|under) )?(?:the )?"
    r"(?:standard|extended|full|reduced|delayed|(?-i:EID|SID))\b", re.IGNORECASE)
#: People with something beside others without it.
_WITH_AND_WITHOUT = re.compile(
    rf"(?<!# of )(?<!t of )(?<!\) of )(?<!in )(?<!among ){_N}{NO_THING} (?:[\w-]+ ){{0,2}}{PEOPLE} "
    r"(?:with|without)\b", re.IGNORECASE)
#: "per 1000 participants in the placebo group" is a scale.
_SCALE = re.compile(r"\bper $", re.IGNORECASE)
#: Right before a number: it is a scale, a group's, or that of people who were left out.
_LEFT_OUT = re.compile(
    r"\bexclud(?:ed|ing)[ (:]*(?:n ?= ?)?$|\bgroups (?:#+,? (?:and )?)+$", re.IGNORECASE)
_NO_WHOLE = re.compile(
    r"\b(?:per |(?:compared|matched) (?:with|to) |(?:groups|arms|cohorts) of |"
    r"(?:group|arm) (?:included|comprised|consisted of|contained) |"
    r"(?:each|(?:sub)?group|arm|controls?|excluded)[ (,:]*(?:each )?n ?= ?)$", re.IGNORECASE)
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
    is_sex = text[:number.start].endswith("(") and _SEX_BEHIND.match(text, number.end)
    return bool(is_sex or _NO_WHOLE.search(text, 0, number.start) or IN_EACH.match(text, number.end))


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
        if adds_up and not is_outcome and not (_SEX.search(told) or _OTHER_PARTS.search(told)):
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
              for form in (_SIDE_BY_SIDE, _WITH_AND_WITHOUT, _RECEIVED, _SCHEDULED, _ALL_CONTROLS)
              for match in _find_several(form, masked.text)
              if not _SHARE_BEHIND.match(masked.text, match.end("n"))]
    sizes += _find_rest(masked, taken)
    if len({match["kind"].lower() for match in done}) > 1:
        sizes += [masked.number(match, "n") for match in done]
    for number in sizes:
        place = number.start, number.end
        if place not in taken and _is_size(masked.text, number) and not _is_left_out(masked.text, number):
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
            told = any(_SEX_BEHIND.match(masked.text, part.end) or _SHARE_BEHIND.match(masked.text, part.end)
                       for part in parts[:count])
            return [] if told else parts[:count]
    return []


def _find_several(form: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """The matches of a form that sets people side by side: two at least, save of controls, and no outcome."""
    found = list(form.finditer(text))
    if form is _ALL_CONTROLS:
        return found
    return found if len(found) > 1 and not _TELLS_OUTCOME.search(text) else []


def find_groups(masked: MaskedText, taken: list[tuple[int, int]]) -> Iterator[TextNumber]:
    """Sizes of groups: in brackets behind their name, healthy controls, people given to an arm."""
    several = [list(form.finditer(masked.text)) for form in (_SIDE_BY_SIDE, _IN_BRACKETS)]
    if not _DIVIDED.search(masked.text):
        del several[1]
    found = (match for form in (_GROUP_N, *_GROUPS) for match in form.finditer(masked.text))
    for match in (*found, *(match for matches in several if len(matches) > 1 for match in matches)):
        number = masked.number(match, "n")
        place = number.start, number.end
        if place not in taken and _is_size(masked.text, number) and not _is_left_out(masked.text, number):
            taken.append(place)
            yield number


def _is_left_out(text: str, number: TextNumber) -> bool:
    return bool(_LEFT_OUT.search(text, 0, number.start))


def _is_size(text: str, number: TextNumber) -> bool:
    """Whether a number may be the size of a group: a whole one, not small, and no scale."""
    return number.value % 1 == 0 and number.value >= _SMALLEST and not _SCALE.search(text, 0, number.start)
