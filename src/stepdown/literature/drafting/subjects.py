"""Who was studied and how: diseases, courses of MS, design; unknown where the words do not say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from stepdown.literature.citation import Citation
from stepdown.literature.drafting.draft import DraftField, Span
from stepdown.literature.drafting.sentence_roles import SentenceInRole
from stepdown.literature.screening.study_design import classify_design

_DISEASES = {
    "MS": r"(?i:multiple sclerosis|clinically isolated syndrome)|\b(?:[RSP]{0,2}|[Pp]w)MS\b|\bCIS\b",
    "NMOSD": r"(?i:neuromyelitis optic)|\bNMO(?:SD)?s?\b",
    "MOGAD": r"\bMOGAD\b|\bMOG-?IgG|(?i:mog[- ]antibody|"
             r"myelin oligodendrocyte glycoprotein[- ](?:antibod|associated|igg))",
}
_COURSES = {
    "CIS": r"(?i:clinically isolated syndrome)|\bCIS\b",
    "RRMS": r"(?i:relapsing[- ]+remitting)|\bRRMS\b",
    "SPMS": r"(?i:secondary[- ]progressive)|\bSPMS\b",
    "PPMS": r"(?i:primary[- ]progressive)|\bPPMS\b",
}
#: Who is on them has MS, though nobody says so.
_FOR_MS = (r"\bDMTs?\b|(?i:disease-modifying (?:therap|treatment|drug)|glatiramer|teriflunomide|fingolimod|"
           r"siponimod|ponesimod|ocrelizumab)")
#: What is told of a disease that comes in relapses, beside its drugs.
_OF_COURSE = rf"{_FOR_MS}|\bEDSS\b|(?i:relaps|natalizumab|rituximab|interferon)"
#: The disease of a drug's label, of a model, of other studies: not of the people studied here.
_ELSEWHERE = re.compile(
    r"(?i:models? of|approved (?:for|in)|indicated|such as|treatments? for|used (?:to treat|in|for)|"
    r"therap\w+ (?:for|of)|like|"
    r"including|e\.g\.|standard treatment in|susceptib\w+ to)[^.;]{0,60}$")
_ANIMALS = re.compile(
    r"\b(?:mice|mouse|murine|rats?|rodents?|zebrafish|in vitro|cell lines?|stem cells? derived|"
    r"animal models?)\b"
    r"|\b(?:EAE|cuprizone)\b|autoimmune encephalomyelitis",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\b(?:patients?|participants?|people|persons?|individuals|adults|women|children|pw[Mm][Ss]|cases|cohort|subjects|[Ss]toppers|[Dd]iscontinuers|respondents)\b"
)
_NO_DESIGN = (
    r"cross-?sectional|case[- ]control|case[- ]crossover|\bsurvey\b|questionnaire|interview|diagnostic|"
    r"validat|psychometric|"
    r"prevalence study|mendelian|genome-wide|segmentation|evoked potentials|biomarker|baseline data|"
    r"trial protocol|study protocol")
_WATCHED = (
    r"retrospective|prospective|longitudinal|follow(?:ed)?[- ]?up|followed|cohort|treated with|long-term|"
    r"consecutive|real[- ]world|discontinu|switch"
)
#: Designs told by their words here: what to look for in title, methods and results, the surest first.
_OWN_DESIGNS = (
    (
        "rct",
        r"randomi[sz]ed,? (?:[\w-]+,? ){0,4}trial|underwent randomi[sz]ation|randomly (?:assigned|allocated)",
    ),
    (
        "matched-cohort",
        r"propensity|matched (?:cohort|pairs?|comparators?)|inverse probability|\bIPTW\b|1:1 match",
    ),
    (
        "registry-cohort",
        r"\bregistr(?:y|ies)\b(?! number)|\bregister\b|nationwide|population-based|national \w+ cohort|"
        r"claims data|msbase",
    ),
    ("cohort", _WATCHED),
)
#: The words that show the other designs, for their place.
_SHOWN_BY = {
    "rct": r"randomi[sz]ed|randomly|double-blind",
    "rct-extension": r"extension",
    "meta-analysis": r"meta-?analy",
    "guideline": r"guideline|consensus|recommendations",
    "review": r"review|searche?d?\b|overview",
    "case-series": r"case (?:report|series)|cases?\b|year-old",
}


def find_diseases(roles: Sequence[SentenceInRole]) -> tuple[DraftField, ...]:
    """The diseases of the people studied, each with its first place; none for animals and cells.

    Where only the background names one, or only drugs that are for MS alone, it is proposed in doubt.
    """
    if not _has_people(roles):
        return ()
    own = tuple(item for item in roles if item.role != "BACKGROUND")
    if found := tuple(_find_kinds(_DISEASES, own)):
        return found
    before = tuple(_find_kinds(_DISEASES, roles, "named in the background only"))
    if before:
        is_one = len(before) == 1 and any(re.search(_OF_COURSE, item.sentence.text) for item in own)
        return before if is_one else ()
    return tuple(_find_kinds({"MS": _FOR_MS}, own, "no disease is named; these are drugs for MS"))


def find_courses(roles: Sequence[SentenceInRole]) -> tuple[DraftField, ...]:
    """The courses of MS that are named of the people studied."""
    return tuple(_find_kinds(_COURSES, [item for item in roles if item.role != "BACKGROUND"]))


def _has_people(roles: Sequence[SentenceInRole]) -> bool:
    title, *rest = roles
    own = [item for item in rest if item.role != "BACKGROUND"] or rest
    animals = sum(len(_ANIMALS.findall(item.sentence.text)) for item in (title, *own))
    people = sum(len(_PEOPLE.findall(item.sentence.text)) for item in (title, *own))
    return people > 0 and people > animals and not _ANIMALS.search(title.sentence.text)


def _is_of_these_people(item: SentenceInRole, start: int) -> bool:
    return not _ELSEWHERE.search(item.sentence.text[:start])


def _find_kinds(
    kinds: dict[str, str], roles: Sequence[SentenceInRole], doubt: str = ""
) -> Iterator[DraftField]:
    """The first place in these sentences that names each kind of the people studied."""
    for kind, words in kinds.items():
        for item in roles:
            match = re.search(words, item.sentence.text)
            if match is not None and _is_of_these_people(item, match.start()):
                start = item.sentence.start + match.start()
                yield DraftField(kind, ((start, start + len(match[0])),), doubt)
                break


def find_design(citation: Citation, roles: Sequence[SentenceInRole]) -> DraftField | None:
    """The design in the library's words; None where none of them fits, as for cross-sectional work."""
    design = classify_design(citation)
    if design in ("animal", "notice", "protocol"):
        return None
    if design in _SHOWN_BY:
        return DraftField(design, _find_place(_SHOWN_BY[design], roles))
    if not _has_people(roles) or _find_place(_NO_DESIGN, roles):
        return None
    found = ((own, _find_place(words, roles)) for own, words in _OWN_DESIGNS)
    return next((DraftField(own, place) for own, place in found if place), None)


def _find_place(words: str, roles: Sequence[SentenceInRole]) -> tuple[Span, ...]:
    """The first place of these words in title, methods or results; none where they do not stand there."""
    for item in roles:
        if item.role in ("TITLE", "OBJECTIVE", "METHODS", "RESULTS"):
            match = re.search(words, item.sentence.text, re.IGNORECASE)
            if match is not None:
                start = item.sentence.start + match.start()
                return ((start, start + len(match[0])),)
    return ()
