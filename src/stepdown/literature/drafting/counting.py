"""How many people, of how many, and how many per cent: the counts and shares that a sentence prints.

Forms are tried from the most to the least certain; a number that one has read, the next does not see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from stepdown.literature.drafting.bare_counts import find_bare_counts
from stepdown.literature.drafting.listed_counts import find_listed, join_lists
from stepdown.literature.drafting.masked_text import MaskedText
from stepdown.literature.drafting.shares import NO_INTERVAL, SCALES, Count, find_shares
from stepdown.literature.drafting.words import NO_THING, PEOPLE, find_all, find_words, read_words

_K, _N, _P = r"(?<![\w./])(?P<k>(?<![#§])#++)", r"(?P<n>(?<![#§])#++)", r"(?P<p>(?<!§)§++)"
_OF = r"(?:out )?of (?:the |these |those |all |our |other |remaining |a total of |whom )*"
#: A share in brackets that is not the first of as many as there are counts before it.
_SHARE = rf"{_P}(?!,? (?:§+,? )*(?:and|vs\.?|versus) §)"
#: A number of events, and no least number of them for each person.
_COUNTED = rf"(?<!least )(?<!most )(?<!than )(?<![<>] )(?<![<>-]){_K}"
_FEW_WORDS = r"(?:(?!and |vs |versus |or |to |than |in |with )[^\W\d#§][\w+/-]*,? ){0,4}"
_DID = (
    r"(?:who |that |also |only |eventually |have |had |has )*(?:had|have|has|experienc|develop|suffer|"
    r"show|report|"
    r"relaps|died|were deceased|present|discontinu|stopp|receiv(?!ing)|restart|re-?start|re-?initiat|remain|"
    r"return|"
    r"achiev|reach|switch|recover|improv|contract|progress|met\b|maintain|continu|failed|did not|need|"
    r"requir|"
    r"flare|underwent|complet|lost|withdrew|withdrawn|were lost|became|worsen|convert|test|resum|went back|"
    r"were still)"
)
#: People of whom something is told before what they did: those of a group, not those who entered a study.
_IN_GROUP = (
    r"(?:(?:in|on|receiving|following|under) (?:the |an? )?(?:[\w-]+ ){0,4}?"
    r"(?:group|arm|cohort|dosing|schedule|regimen|treatment|therapy) |(?:on|under|receiving|taking) [\w-]+ )?"
)
#: What tells two arms of a sentence apart, right behind their people.
_ON_AN_ARM = r"(?:on|in|under|receiving|after) (?:the )?(?:[\w-]+ ){1,3}?"
_NO_ENTRY = (
    r"(?! (?:who|that|with|treated|receiving)\b[^.;§]{0,90} (?:was|were) (?:\w+ )?"
    r"(?:randomi|assigned|allocated|included|enrolled|recruited|analy[sz]ed))"
)
_SEEN = (
    r"occurred|seen|observed|detected|found|reported|documented|noted|present|demonstrated|identified|developed|"
    r"recorded|experienced|confirmed|abnormal|positive|high|low|achieved|diagnosed|discontinued|stopped|affected|"
    r"required|needed|tested|given|performed|received|started|initiated|restarted|resumed|withdrawn|interrupted|"
    r"progressed|worsened|deteriorated|improved|recurred|returned|increased|mild|moderate|severe|serious|fatal|"
    r"complete|partial|absent|stable|unchanged"
)
#: Not behind words that introduce the whole group: among, of, in, the, included, enrolled, followed, studied.
_NOT_WHOLE = "".join(f"(?<!{end} )" for end in (
    "mong", "of", "in", "the", "cluded", "rolled", "lowed", "died", "fied", "cruited", "lected"))
#: What happened, of the words for outcomes, right before "(n = 5)": that many events, and no group.
_DISEASES = ("COVID-19", "malignancy", "pregnancy", "improvement")
NAMED = "|".join(
    word for table in ("outcomes", "other_outcomes") for kind, words in read_words()[table].items()
    for word in words if kind not in _DISEASES)
_SURELY_DID = (
    r"(?:(?:were|was) (?:switched|restarted|hospitali[sz]ed|retreated)|had|experienced|developed|relapsed|"
    r"resumed|"
    r"died|suffered|showed|restarted|worsened|progressed|recovered|were left with)\b"
)
_HAPPENED = (
    r"(?:relapses|attacks|flares|deaths|cases of|(?:(?:serious|severe) )?(?:infections|adverse events))"
)
#: So many events in so many people; the people are fewer where they are those who had them.
_EVENTS_IN_PEOPLE = (
    rf"{_K} (?:\w+ ){{0,2}}(?:{_HAPPENED}|events) (?:(?:occurred|(?:was|were) (?:{_SEEN})) )?"
    rf"in (?:the |all )?{_N} (?:\w+ )?{PEOPLE}"
)
#: Groups: k events of n people, p per cent; ``none`` is a word that says nobody.
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_K} ?/ ?{_N}(?: {PEOPLE})?(?:[,;]| ?\((?:i\.e\.,? )?) ?{_P}{NO_INTERVAL}",
        rf"(?<!grade )(?<!grades ){_K} ?/ ?{_N}{NO_THING}(?: [^\W\d#§][\w/-]*){{1,7}} "
        rf"\({_SHARE}{NO_INTERVAL}",
        rf"{_P}(?: of (?:the |all )?(?:\w+ )?{PEOPLE})?(?: \(|, )(?:n ?= ?)?{_K} ?/ ?{_N}{NO_THING}",
        rf"{_P}(?: of (?:the |all )?(?:\w+ )?{PEOPLE})? \((?:n ?= ?)?{_K} {_OF}{_N}{NO_THING}",
        rf"{_P}(?: [^\W\d#§][\w/-]*){{1,4}} \((?:n ?= ?)?{_K} ?/ ?{_N}\)",
        rf"{_K} \({_P}\) ?/ ?{_N}{NO_THING}",
        rf"{_K} \({_P}\)(?: {PEOPLE})? {_OF}{_N}{NO_THING}",
        rf"{_K}(?: {PEOPLE})? {_OF}{_N}{NO_THING}(?: [^\W\d#§][\w/-]*){{0,7}} ?\({_SHARE}{NO_INTERVAL}",
        rf"{_K} \({_P}{NO_INTERVAL}",
        rf"{_P}(?: of (?:the |all )?(?:\w+ )?{PEOPLE})? ?\(n ?= ?(?P<k>(?<![#§])#++)",
        rf"{_P}(?: of (?:the |all )?(?:\w+ )?{PEOPLE})? \((?P<k>(?<![#§])#++)\)",
        rf"\((?P<k>(?<![#§])#++)[,;] ?{_P}{NO_INTERVAL}",
        rf"\bn ?= ?(?P<k>(?<![#§])#++)[,;]? \(?{_P}{NO_INTERVAL}",
        rf"{_K}{NO_THING} {_FEW_WORDS}\({_SHARE}{NO_INTERVAL}",
        rf"{_NOT_WHOLE}{_K} (?:\w+ )?{PEOPLE}(?: [^\W\d#§][\w/-]*){{1,6}} \({_SHARE}{NO_INTERVAL}",
        rf"(?<!grade )(?<!grades ){_K} ?/ ?{_N}(?![#/]){NO_THING}(?! ?(?:mm|ml|cm|kg|day|week|month|"
        rf"year))",
        rf"{_K}(?: {PEOPLE})? {_OF}{_N}{NO_THING}",
        rf"\b(?:of|among) (?:the |these |all |"
        rf"our )*{_N} (?:\w+ ){{0,3}}?{PEOPLE}[^#§.;]{{0,40}}?{_K}{NO_THING} (?:{PEOPLE} )?{_DID}",
        _EVENTS_IN_PEOPLE,
        rf"\b(?:{_SEEN}) in {_K} (?=and #+ (?:\w+ )?{PEOPLE})",
        rf"\b(?:{_SEEN}) in #+ and {_K} (?:\w+ )?{PEOPLE}",
        rf"\b(?:{_SEEN})(?: [^\W\d#§]\w*){{0,2}} (?:in|by) (?:only |all )?{_K} (?:{_FEW_WORDS})?{PEOPLE}",
        rf"{_K}{NO_THING} (?:[\w-]+ ){{0,2}}and (?=#+ (?:[\w-]+ ){{0,2}}{PEOPLE} {_DID})",
        rf"{_K}, (?=(?:#+, )*#+,? and #+ (?:[\w-]+ ){{0,2}}{PEOPLE} {_DID})",
        rf"(?:{NAMED})[^#§.;]{{0,25}} {_K}(?: {PEOPLE})? (?:v|vs\.?|versus|and) (?=#+ {PEOPLE})",
        rf"(?:{NAMED})[^#§.;]{{0,25}} #+(?: {PEOPLE})? (?:v|vs\.?|versus|and) {_K} {PEOPLE}",
        rf"{_K} {PEOPLE} {_ON_AN_ARM}(?:and|vs\.?|versus) (?=#+ (?:{PEOPLE} )?{_ON_AN_ARM}{_DID})",
        rf"(?:(?<=and )|(?<=versus )|(?<=vs )|(?<=vs\. )){_K} (?:{PEOPLE} )?{_ON_AN_ARM}{_DID}",
        rf"{_COUNTED} (?:{NAMED}) cases\b",
        rf"{_K} {PEOPLE} (?:was|were) (?:diagnosed with|found to have|hospitali[sz]ed)\b",
        rf"(?<=and ){_K} among (?:the )?(?:[\w-]+ ){{0,2}}{PEOPLE}",
        rf"\bof (?:whom|these|them),? {_K} and (?=#+ (?:from|of|due to|because of|with|{_DID}))",
        rf"\bof (?:whom|these|them),? #+ and {_K} (?:from|of|due to|because of|with|{_DID})",
        rf"{_K} {PEOPLE} in the (?:[\w-]+ ){{1,3}}?(?:group|arm|cohort) and (?=#+ {PEOPLE} in the)",
        rf"{_NOT_WHOLE}{_K}{NO_THING} (?:{_FEW_WORDS})?{PEOPLE}{_NO_ENTRY} "
        rf"{_IN_GROUP}{_DID}",
        rf"{_K} of the (?:\w+ )?{PEOPLE} (?:with|without|on|in|from) (?:[\w-]+ ){{1,5}}?{_DID}",
        rf"(?<=\w\) ){_K} {_DID}",
        rf"(?:^|(?<=\ball )|(?<=, )|(?<=and )|(?<=; )|(?<=: )|(?<=only )){_K} "
        rf"(?:of (?:them|these|those) )?{_SURELY_DID}",
        rf"\b(?:was|were) (?:only )?(?:{_SEEN}) in (?:only )?{_K}(?=[.;])",
        rf"(?<![\w-])(?:{NAMED}) \(n ?= ?(?P<k>(?<![#§])#++)(?= ?[),;])(?!\) (?:patients|groups?))",
        rf"\b(?P<none>no) (?:{NAMED})(?: (?:was|were))? (?:{_SEEN}) (?:in|among) (?:any of )?"
        rf"(?:the |these |all ){_N} (?:\w+ )?{PEOPLE}",
        r"\b(?P<none>no) (?:[\w-]+ ){0,2}?(?:relapses?|attacks?|deaths?|flares?|infections?|adverse events?)"
        rf"(?: (?:was|were))? (?:{_SEEN})\b",
        rf"\b(?P<none>no) (?:[\w-]+ )?{PEOPLE} (?:[\w-]+ ){{0,3}}?{_DID}",
        rf"\b(?P<none>no) {PEOPLE} (?:on|in|under|receiving) (?:the )?(?:[\w-]+ ){{1,4}}?"
        rf"(?=(?:and|vs\.?|versus) [^.;]{{0,60}} {_DID})",
        rf"\bwere (?P<none>no) (?:\w+ )?{_HAPPENED}",
        rf"\b(?P<none>nobody|no[ -]one) {_SURELY_DID}",
        rf"{_COUNTED} (?:\w+ )?{_HAPPENED}\b(?! per #)",
        rf"{_COUNTED} and (?=#+ (?:\w+ )?{_HAPPENED}\b)",
        rf"\bthere were (?:\w+ )?{_K} (?!and )(?:[\w-]+ ){{0,2}}events\b(?! per #)",
        rf"{_COUNTED} (?:\w+ ){{0,2}}(?:relapse|attack|infection|event|death)s? (?:occurred|was|were)\b",
        rf"\bof (?:which|whom|these,?) (?:only )?{_K} (?:occurred|{_DID})",
        rf"{_K} (?:observed|reported|seen) in the",
        rf"(?:vs\.?|versus) {_K} in (?:those|the)\b",
        rf"(?:(?<=and )|(?<=or )){_K} (?:in|on|under) (?:the )?(?:[\w-]+ ){{1,2}}"
        r"(?:group|arm|dosing|dose|schedule)\b",
    )
)
#: The marks of numbers without which a form cannot fit: most sentences are passed over by most forms.
_NEEDED = {
    form: "".join(mark for group, mark in (("k", "#"), ("p", "§")) if group in form.groupindex)
    for form in _FORMS
}
#: The whole of a count that is named before it, with no other number between.
_WHOLE_BEFORE = re.compile(
    rf"\b(?:of|among|in) (?:the |these |all |our )*{_N} (?:[\w-]+ ){{0,3}}?{PEOPLE}[^#§.;]{{0,60}}$",
    re.IGNORECASE)
_ENTERED_BEHIND = re.compile(
    rf"(?: {PEOPLE})? in the (?:[\w-]+ ){{1,3}}(?:and #+ (?:{PEOPLE} )?in the (?:[\w-]+ ){{1,3}})?"
    r"(?:were|was) (?:\w+ )?(?:randomi[sz]|assign|allocat|includ|enrol|recruit|analy[sz]ed|evaluated|"
    r"eligible|available)",
    re.IGNORECASE)
_ROUNDED = 0.6
_NOBODY_UP_TO_BRACKET = re.compile(r" [\w -]{1,40}\(")
_UP_TO_BRACKET = re.compile(rf" (?:\w+ )?{PEOPLE} \(", re.IGNORECASE)
#: The number behind it is a grade, not a number of people: "grade 1 or 2 events".
_GRADE = re.compile(r"\bgrades? [<>]? ?(?:#+ ?(?:or|and|to|-|/) ?)?$", re.IGNORECASE)
_SEX = r"(?:(?:fe)?males?|wom[ae]n|m[ae]n|girls?|boys?)\b"
#: A share of women or men tells who was studied, not what became of them.
_SEX_BEHIND = re.compile(
    rf"\)? ?(?:(?:of [\w ]{{0,25}}?)?\b(?:were|was|are|being) )?{_SEX}(?! (?:\w+ )?{_DID})", re.IGNORECASE)
_SEX_BEFORE = re.compile(
    rf"\b{_SEX}(?: (?:patients|participants|sex|gender))?[:,=]? ?\(?(?:n ?= ?#+[,;:]? ?)?$", re.IGNORECASE)
def find_counts(masked: MaskedText, taken: list[tuple[int, int]]) -> tuple[Count, ...]:
    """Every count and share of a sentence; ``taken`` are places read as something else, and grows."""
    forms = (form for form, needed in _NEEDED.items() if all(mark in masked.text for mark in needed))
    read = [_to_count(masked, match) for form in forms for match in find_all(form, masked.text, taken)]
    counted = [_add_whole(masked, part) for count in read for part in _split_events(count)]
    whole = [count for count in counted
             if _is_possible(count) and not _only_entered(masked.text, count)
             and not _GRADE.search(masked.text, 0, count.start)]
    listed = (*find_listed(masked, taken), *find_bare_counts(masked, taken))
    found = [count for count in (*whole, *listed, *find_shares(masked, taken))
             if not _is_sex(masked.text, count) and not _is_said_again(masked.text, count, whole)]
    return join_lists(sorted(found, key=lambda count: count.start), masked.text)


def _only_entered(text: str, count: Count) -> bool:
    """Whether a bare number of people is of those who were taken into the study or its analysis."""
    return count.of is None and count.percent is None and bool(_ENTERED_BEHIND.match(text, count.end))


def _split_events(count: Count) -> Iterator[Count]:
    """A count; more events than people are two, of events and of the people who had them."""
    events, people = count.events, count.of
    if count.is_of_events and events is not None and people is not None and events.value >= people.value:
        yield replace(count, of=None)
        yield Count(people.start, people.end, people)
    else:
        yield count


def _is_said_again(text: str, count: Count, others: list[Count]) -> bool:
    """Whether the brackets behind a bare count say it again with its share: "nine patients (18% (9/50))"."""
    if count.of is not None or count.percent is not None or (count.events is None and count.zero is None):
        return False
    value = count.events.value if count.events else 0
    same = [other for other in others if other.events is not None and other.events.value == value]
    up_to = _UP_TO_BRACKET if count.events else _NOBODY_UP_TO_BRACKET
    return any(up_to.fullmatch(text, count.end, other.start) for other in same)


def _is_sex(text: str, count: Count) -> bool:
    """Whether a share is one of women or men; behind their name only where the sentence tells no outcome."""
    if count.percent is None:
        return False
    if _SEX_BEHIND.match(text, count.percent.end):
        return True
    return bool(_SEX_BEFORE.search(text, 0, count.percent.start)) and not find_words("outcomes", text)


def _to_count(masked: MaskedText, match: re.Match[str]) -> Count:
    held = match.groupdict()
    events, of, percent = (masked.number(match, name) if held.get(name) else None for name in ("k", "n", "p"))
    zero = match.span("none") if held.get("none") else None
    places = [match.span(name) for name in ("k", "n", "p", "none") if held.get(name)]
    if events is not None and percent is not None and events.value % 1 and percent.start < events.start:
        events = None
    is_of_events = match.re.pattern == _EVENTS_IN_PEOPLE
    return Count(min(places)[0], max(place[1] for place in places), events, of, percent, zero,
                 is_of_events=is_of_events)


def _add_whole(masked: MaskedText, count: Count) -> Count:
    """The count with the whole that is named before it, if it fits ("of the 41 patients, 10 (24.4%)")."""
    if count.events is None or count.percent is None or count.of is not None:
        return count
    before = _WHOLE_BEFORE.search(masked.text, 0, count.start)
    whole = masked.number(before, "n") if before else None
    if whole is None or whole.value < count.events.value or whole.value % 1 or not whole.value:
        return count
    fits = abs(100 * count.events.value / whole.value - count.percent.value) <= _ROUNDED
    return replace(count, of=whole) if fits else count


def _is_possible(count: Count) -> bool:
    """Whether events are whole, and not more than those they are part of."""
    if count.events is None:
        return True
    if count.events.value % 1 or (count.of is not None and count.of.value % 1):
        return False
    return count.of is None or (count.events.value <= count.of.value and count.of.value not in SCALES)
