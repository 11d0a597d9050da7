"""How long people were watched: a number with a unit of time, and what kind of time it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stepdown.literature.drafting.masked_text import MaskedText
from stepdown.literature.numbers import TextNumber

#: By the first letter of a unit: days, weeks, months, years.
_YEARS = {"d": 1 / 365.25, "w": 7 / 365.25, "m": 1 / 12, "y": 1.0}
_UNIT = r"(?P<unit>days?|weeks?|wks?|months?|years?|yrs?)\b"
_NUMBER = r"(?P<t>(?<![#§])#++)"
_MIDDLE = r"(?: ?\([^()]*\)| ?(?:\+/-|±) ?#+)?"
_TIME = rf"(?P<t>(?<![\w.])(?<![#§])#++){_MIDDLE}[ -]?{_UNIT}(?![- ]old)"
_STEPS = r"(?:discontinu|stop|cessation|withdraw|switch|last|interrupt|de-?escalat|extend|initiat|start)\w*"
_ESTIMATES = (
    r"(?:risk|probability|rate|incidence|proportion|outcome|follow-?up|freedom|NEDA|survival|mortality"
    r"|[a-z]+[- ]free\w*|Kaplan-Meier|actuarial|OS|PFS|DFS|RFS|EFS)s?\b"
)
_BRACKET = r"(?: ?\([^()]*\))?"
#: The first of two times with their unit in common: "was 2.1 and 2.4 years".
_SHARED = rf"{_NUMBER}{_BRACKET},?(?: and| vs\.?| versus| or) #+{_BRACKET} ?{_UNIT}"
_OF_FOLLOW_UP = r"[^#§.;]{0,15} follow-?up[^#§.;]{0,60}? (?:was|were|of)"
_RANGE_OF_FOLLOW_UP = rf"\bfollow-?up[^#§.;]{{0,30}} #+ ?(?:-|to) ?#+ {_UNIT}"
_UP_TO = r"\bfollow(?:ed|-?up)\b[^§.;()]{0,60} (?:for|up to) #+ (?:days?|weeks?|months?|years?)"
#: Words before a time that make it the time people were watched, by the kind of time they make it.
_FORMS = tuple(
    (kind, re.compile(form, re.IGNORECASE))
    for kind, form in (
        ("median-follow-up", rf"^After a median{_BRACKET} of {_TIME}(?=,)"),
        ("mean-follow-up", rf"^After a mean{_BRACKET} of {_TIME}(?=,)"),
        ("median-follow-up", rf"\bmedian{_OF_FOLLOW_UP} {_SHARED}"),
        ("mean-follow-up", rf"\b(?:mean|average){_OF_FOLLOW_UP} {_SHARED}"),
        ("median-follow-up", rf"{_RANGE_OF_FOLLOW_UP} \(median,?:? {_NUMBER}\)"),
        ("mean-follow-up", rf"{_RANGE_OF_FOLLOW_UP} \(mean,?:? {_NUMBER}\)"),
        ("median-follow-up", rf"\bfollow-?up\b[^;.()]{{0,30}} (?:patient|person)-years \(median:? {_TIME}"),
        ("median-follow-up", rf"{_UP_TO} \(median,?:? {_TIME}"),
        ("mean-follow-up", rf"{_UP_TO} \(mean,?:? {_TIME}"),
        (
            "median-follow-up",
            rf"\bmedian(?: \([^()]*\))?(?: of)?(?: [\w-]+){{0,5}}?(?: \([^()]*\))?(?: was| were| of|"
            rf":|,)? {_TIME}",
        ),
        (
            "mean-follow-up",
            rf"\b(?:mean|average)(?: ?\([^()]*\))?(?: of)?(?: [\w-]+){{0,7}}?(?: ?\([^()]*\))?(?: was|"
            rf" were| of|:|,)? {_TIME}",
        ),
        (
            "fixed",
            r"\b(?:follow-?(?:ed|ing)?[ -]?up|(?:study|treatment|trial) (?:period|phase|duration)|observed|"
            rf"observation(?: period)?|monitored|followed|"
            rf"treated)\b[^#§.;]{{0,40}}?{_TIME}",
        ),
        (
            "fixed",
            rf"{_TIME}(?:[ -](?:of|clinical|median|mean))*[ -](?:follow-?up|observation|study period|"
            rf"of treatment|of therapy|period\b)",
        ),
        ("fixed", rf"{_TIME},?[ -](?:(?!#)[\w-]+,? ){{0,4}}?(?:trial|study)\b"),
        (
            "window",
            rf"\b(?:within|over|during|across|in|throughout|for|at|after|by)(?: (?:the|a|first|least|next|"
            rf"following|up to|about|a period of|~))*\s*[~<>]? ?{_TIME}(?! (?:before|prior|ago|earlier))",
        ),
    )
)
#: Times at which something was looked at, or within which it happened: never how long a study watched.
_MOMENTS = tuple(re.compile(form, re.IGNORECASE) for form in (
    rf"\b(?:at|by|to|through|until|up to|between|on) (?:the )?(?:end of |study )?{_UNIT} {_NUMBER}(?![-#§])",
    rf"{_TIME} (?:after|following|post) (?:the |their |its )?(?:[\w-]+ ){{0,2}}?{_STEPS}",
    rf"\bwithin (?:the first )?{_TIME} (?:of|after|from|following) (?:the |their |its )?(?:last|final) ",
    rf"(?<![\w.])#+ ?(?:-|to) ?{_TIME}[ -](?:after|following|post)\b",
    rf"{_TIME}(?= (?:(?:cumulative|estimated)\b|(?:(?:relapse|mri|disability)[\w -]{{0,25}})?{_ESTIMATES}))",
    rf"\b{_UNIT} #+ ?(?:-|to) ?{_NUMBER}(?![-#§])",
    r"\bfirst-(?P<t>)(?P<unit>year)\b",
    rf"\b(?:at|after|by) {_NUMBER}(?=,? (?:and )?§+ (?:at|after|by) "
    rf"(?:#+,? (?:and )?§+ (?:at|after|by) )*#+ {_UNIT})",
    r"\b(?:within (?:the|a)|(?:during|over|in) the)(?: first| following| next| (?=year (?:after|following)))?"
    r" (?P<t>)(?P<unit>year)\b(?! (?:before|prior|of\b|#))",
))
#: The earlier ones of several times with their unit in common: "after 24, 48 and 72 months".
_LISTED = re.compile(
    r"\b(?:after|at|over|within) (?P<listed>(?:#+,? (?:and |or )?)+#+)[ -](?P<unit>day|week|month|year)s?\b",
    re.IGNORECASE,
)
#: What a time names where it stands before one of these: a group, not how long it was watched.
_NAMES = re.compile(
    r"[ -]?(?:[\w-]+ )?(?:groups?|arms?|dosing|intervals?|cohort|confirmed|sustained|disability)\b",
    re.IGNORECASE,
)
#: How long it took until something happened: "12 restarted, after a median of 14 months."
_UNTIL_THEN = re.compile(r"(?:^|[^#§.;]{4}),? after a (?:median|mean)(?: of)? $", re.IGNORECASE)
#: What was begun so soon, or happened at so long: no time in which people were watched.
_BEGUN_WITHIN = re.compile(
    r"\b(?:re-?)?(?:start|initiat|commenc|beg[aiu]n|bridg|switch|resum|convert)\w*[^#§.;]{0,60}\bwithin "
    r"(?:the first |a median of |a mean of )?$|\bat a (?:median|mean)(?: of)? $", re.IGNORECASE)
#: How long worsening lasted before it was called confirmed.
_CONFIRMED_OVER = re.compile(
    r"\b(?:sustained|confirmed|persist\w*)(?: (?:disability|EDSS))?(?: (?:worsening|progression))? "
    r"(?:over|for) $", re.IGNORECASE)
_STABLE_FOR = re.compile(
    r"\b(?:stable|quiet|inactive|free|untreated|treated) for (?:at least |more than )?$", re.IGNORECASE)
_OF_ADMISSION = re.compile(r" (?:of|after|from) (?:\w+ )?(?:admission|discharge|hospital|symptom)", re.I)
_BEHIND = re.compile(r" \([^()]{0,30}\)")
_ENDS = re.compile(r"(?: ?\([^()]*\))? ?[.;]|$")
#: No study watches longer, and a larger number is a year of the calendar.
_LONGEST_YEARS, _LATEST = 60, 1900
_CARRIED = re.compile(rf"[^#§.;]{{0,30}}?(?:,|and) {_TIME}(?= in| for)", re.IGNORECASE)
#: Times of something else: age, disease, an interval between doses, the time before.
_NOT_WATCHED = re.compile(
    r"\bages?\b|\baged\b|disease duration|duration of (?:the )?disease|\bonset\b|every|interval|"
    r"\bprior\b|before|"
    r"diagnos|\bold\b|symptom|median time|mean time to|time to|cycles|past|"
    r"last\b|previous|older|younger|delay|"
    r"washout", re.IGNORECASE)
_CALLED = re.compile(r"follow|observ|watch|monitor", re.IGNORECASE)
#: How long people lived, save where it is a time at which that was looked at.
_SURVIVED = re.compile(r"surviv(?!\w* at )|(?-i:\bOS\b|\bPFS\b)", re.IGNORECASE)
_FOLLOW_UP = re.compile(
    r"^after a (?:median|mean)|follow|observ|watch|monitor|period|treat|over |during|throughout|"
    r"after .* initiation|(?:week|month|year),?[ -](?:[\w-]+,? ){0,4}(?:trial|study)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PrintedTime:
    """A length of time in years, how it is printed; whether the words make it a follow-up, and call it so."""

    years: float
    number: TextNumber
    end: int
    kind: str
    is_follow_up: bool
    is_named: bool = False


def find_times(masked: MaskedText, taken: list[tuple[int, int]]) -> tuple[PrintedTime, ...]:
    """The times of a sentence in which people were watched or treated; their places become taken."""
    found: list[PrintedTime] = []
    for kind, form in (*_FORMS, *(("moment", form) for form in _MOMENTS)):
        for match in form.finditer(masked.text):
            if _is_free(match, taken) and not _is_of_another_thing(masked.text, match, kind):
                found += _read(masked, match, kind, taken)
    found += _find_listed(masked, taken)
    return tuple(sorted(found, key=lambda time: time.number.start))


def _find_listed(masked: MaskedText, taken: list[tuple[int, int]]) -> Iterator[PrintedTime]:
    for match in _LISTED.finditer(masked.text):
        for number in re.finditer(r"#+", match["listed"]):
            printed = masked.numbers[match.start("listed") + number.start()]
            if (printed.start, printed.end) not in taken:
                taken.append((printed.start, printed.end))
                years = printed.value * _YEARS[match["unit"][0].lower()]
                yield PrintedTime(years, printed, printed.end, "fixed", is_follow_up=False)


def _is_free(match: re.Match[str], taken: list[tuple[int, int]]) -> bool:
    start, end = match.span("t")
    return not any(start < other[1] and other[0] < end for other in taken)


def _is_of_another_thing(text: str, match: re.Match[str], kind: str) -> bool:
    """Whether a time is an age, a disease's, an interval's, a survival, or names a group."""
    end, around = max(match.end("t"), match.end("unit")), _around(text, match)
    is_survival = kind != "moment" and _SURVIVED.search(around)
    is_until = _UNTIL_THEN.search(text, 0, match.start("t")) and _ENDS.match(text, end)
    is_begun = _BEGUN_WITHIN.search(text, 0, match.start("t")) or _OF_ADMISSION.match(text, end)
    is_lasting = any(form.search(text, 0, match.start("t")) for form in (_CONFIRMED_OVER, _STABLE_FOR))
    if is_lasting or is_survival or is_until:
        return True
    return bool(is_begun or _NOT_WATCHED.search(around) or _NAMES.match(text, end))


def _read_number(masked: MaskedText, match: re.Match[str]) -> TextNumber:
    """The number of a time; "within the year" is one of a year."""
    return masked.number(match, "t") if match["t"] else TextNumber(1.0, *match.span("unit"), is_word=True)


def _around(text: str, match: re.Match[str]) -> str:
    """The words of a match, and some before and behind it."""
    start = max(
        match.start() - 25, text.rfind(";", 0, match.start()) + 1, text.rfind(",", 0, match.start()) + 1, 0
    )
    return text[start:match.start("t")] + text[match.end():match.end() + 12].split(",")[0]


def _read(
    masked: MaskedText, match: re.Match[str], kind: str, taken: list[tuple[int, int]]
) -> Iterator[PrintedTime]:
    """The time of a match, and those it is carried on to ("17 months in the first and 22 months in ...")."""
    bracket = _BEHIND.match(masked.text, match.end())
    words = masked.text[max(0, match.start() - 20):(bracket or match).end() + 25]
    while match is not None:
        number = _read_number(masked, match)
        taken.append((number.start, number.end))
        years = number.value * _YEARS[match["unit"][0].lower()]
        if years > _LONGEST_YEARS or number.value > _LATEST:
            return
        is_follow_up = kind != "moment" and bool(_FOLLOW_UP.search(words))
        end = max(match.end("t"), match.end("unit"))
        kind_of_time, is_named = "window" if kind == "moment" else kind, bool(_CALLED.search(words))
        yield PrintedTime(years, number, end, kind_of_time, is_follow_up, is_named)
        following = _CARRIED.match(masked.text, match.end())
        if following is None or not _is_free(following, taken):
            return
        match = following
