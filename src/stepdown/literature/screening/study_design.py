"""What kind of study a citation reports: by PubMed's publication types where they say it, else by its words.

PubMed's types come late and are coarse (a cohort has none), so the title and abstract are asked too. The
first design of the list that fits is the answer; ``other`` when none does.
"""

from __future__ import annotations

import re

from stepdown.literature.citation import Citation
from stepdown.literature.screening.relevance import is_human, names_animals

_TYPES = {
    "Retraction of Publication": "notice", "Published Erratum": "notice", "Expression of Concern": "notice",
    "Meta-Analysis": "meta-analysis", "Practice Guideline": "guideline", "Guideline": "guideline",
    "Clinical Trial Protocol": "protocol", "Randomized Controlled Trial": "rct",
    "Case Reports": "case-series",
}
#: Words of the title first, then of title and abstract: (design, words in the title, words anywhere).
_WORDS = (
    ("protocol", r"\bprotocol\b", r"\bthis (?:study )?protocol\b"),
    ("meta-analysis", r"meta-?analy",
     r"\bwe (?:performed|conducted|did) a (?:systematic review and )?meta-?analysis"),
    ("guideline", r"guideline|consensus (?:recommend|statement)|recommendations", r"(?!)"),
    ("review", r"\breview\b|overview|state of the art|advances in",
     r"\b(?:this|in this) (?:\w+ )?review\b|we reviewed the literature|searched (?:medline|pubmed|embase)"),
    ("rct-extension", r"open-label extension|extension (?:study|trial|phase)",
     r"open-label extension|extension (?:study|phase)"),
    ("rct", r"randomi[sz]ed",
     r"(?:were|was) randomi[sz]ed|randomly (?:assigned|allocated)|double-blind"),
    ("registry-cohort", r"registr|nationwide|population-based", r"msbase|\bregist(?:er|ry)\b|nationwide"),
    ("case-series",
     r"\bcase (?:reports?|series)\b|\b(?:a|two|three|four|five|six) cases? of\b|: (?:\w+ )?cases?\b",
     r"\bcase (?:reports?|series)\b|\bwe (?:report|present|describe) (?:a|an|the|two|three) (?:case|patient)"
     r"|\b\d{1,2}-year-old"),
    ("cohort", r"cohort|real-world|retrospective|prospective|longitudinal|follow-up",
     r"cohort|real-world|retrospective|prospective|longitudinal|follow(?:ed)?[- ]up|consecutive patients"),
)
_PATTERNS = tuple(
    (design, re.compile(title, re.IGNORECASE), re.compile(anywhere, re.IGNORECASE))
    for design, title, anywhere in _WORDS)
DESIGNS = ("animal", "notice", *(design for design, _, _ in _WORDS), "other")


def classify_design(citation: Citation) -> str:
    """One of ``DESIGNS``: what PubMed's types say, else what the title says, else what the abstract says.

    PubMed's type of a review counts after the title: it calls meta-analyses and experiments reviews too. A
    study that looks at people once is no cohort, whatever words it uses.
    """
    if names_animals(citation.title) or not (is_human(citation) or _is_review(citation)):
        return "animal"
    for term in citation.publication_types:
        if term.name in _TYPES:
            return _TYPES[term.name]
    by_title = _find_by_words(citation.title, is_title=True)
    if by_title or _is_review(citation):
        return by_title or "review"
    by_text = _find_by_words(citation.abstract_text, is_title=False) or "other"
    return "other" if by_text == "cohort" and _looks_once(citation) else by_text


def _find_by_words(text: str, is_title: bool) -> str | None:
    patterns = ((design, title if is_title else anywhere) for design, title, anywhere in _PATTERNS)
    return next((design for design, pattern in patterns if pattern.search(text)), None)


def _is_review(citation: Citation) -> bool:
    return any(term.name in ("Review", "Systematic Review") for term in citation.publication_types)


def _looks_once(citation: Citation) -> bool:
    text = f"{citation.title} {citation.abstract_text}".lower()
    return "cross-sectional" in text and "longitudinal" not in text
