"""Whether a citation is about people on a therapy for MS and what becomes of it, by its title and abstract.

Words come first: fresh records have no MeSH. Four things are asked of the text: it names MS, NMOSD or MOGAD;
it names a drug; near the drug stands a word for what is done or what happens; and people, not animals, were
studied.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from stepdown.literature.citation import Citation
from stepdown.ms.therapies import read_therapies

NEAR = 160
"""How many characters may lie between a drug and its word: about two lines of print."""

# Every pattern is in small letters and reads a text in small letters: twice as fast as ignoring case.
_DISEASE = re.compile(
    r"multiple sclerosis|disseminated sclerosis|clinically isolated syndrome|neuromyelitis optica|\bnmosd\b"
    r"|\bmogad\b|\bmog[- ]?(?:igg|ad)\b|myelin oligodendrocyte glycoprotein[- ](?:antibod|immunoglobulin)")
_OTHER_DRUGS = (
    r"azathioprine|mycophenolate|methotrexate|cyclophosphamide|tocilizumab|inebilizumab|satralizumab"
    r"|eculizumab|ravulizumab|disease[- ]modifying (?:therap|treatment|drug|agent)\w*|\bdmts?\b"
    r"|s1p (?:receptor )?modulators?"
    r"|sphingosine[- ]1[- ]phosphate (?:receptor )?modulators?|anti-?cd20|stem[- ]cell transplant\w*"
    r"|immunosuppressive (?:therap|treatment)\w*|b[- ]cell deplet\w+"
)
_ACTION = re.compile(
    r"\b(?:discontinu|stop|cessation|withdraw|interrupt|suspen|switch|de-?escalat|escalat|extend|interval|dose"
    r"|dosing|reduc|initiat|start|treat|therap|receiv|on |efficacy|effect|safety|adverse|risk|infect|relapse"
    r"|rebound|resum|lymphop|associated|tolerab|personali[sz])")
_ANIMAL = re.compile(
    r"\b(?:mice|mouse|murine|rats?|zebrafish|marmosets?|in vitro|cuprizone"
    r"|experimental (?:autoimmune|allergic) encephalomyelitis|eae|cell lines?|stem cell line)\b")
_PEOPLE = re.compile(
    r"\b(?:patients?|people|persons?|participants?|women|men|adults?|children|individuals|cohort|case report"
    r"|year-old)\b")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rule found; ``is_relevant`` when nothing is missing."""

    names_disease: bool
    names_drug: bool
    has_action: bool
    is_human: bool

    @property
    def is_relevant(self) -> bool:
        """Whether all four are there."""
        return self.names_disease and self.names_drug and self.has_action and self.is_human

    @property
    def missing(self) -> tuple[str, ...]:
        """What the rule misses, in words."""
        words = (("disease", self.names_disease), ("drug", self.names_drug),
                 ("action near a drug", self.has_action), ("people", self.is_human))
        return tuple(word for word, there in words if not there)


def judge_relevance(citation: Citation) -> Verdict:
    """The verdict of the rule on a citation's title and abstract."""
    text = f"{citation.title}\n{citation.abstract_text}".lower()
    drugs = list(_drug_names().finditer(text))
    near = any(_ACTION.search(text, max(0, drug.start() - NEAR), drug.end() + NEAR) for drug in drugs)
    return Verdict(_DISEASE.search(text) is not None, bool(drugs), near, is_human(citation))


def is_human(citation: Citation) -> bool:
    """Whether people were studied: animals and cells are named in the title, or nobody but them anywhere."""
    title = citation.title.lower()
    text = f"{title}\n{citation.abstract_text.lower()}"
    if _ANIMAL.search(title):
        return not names_animals(title)
    return _ANIMAL.search(text) is None or len(_PEOPLE.findall(text)) > len(_ANIMAL.findall(text))


def names_animals(title: str) -> bool:
    """Whether a title names animals or cells, and no people."""
    small = title.lower()
    return _ANIMAL.search(small) is not None and _PEOPLE.search(small) is None


@lru_cache(maxsize=1)
def _drug_names() -> re.Pattern[str]:
    """Every drug of the catalogue by its names, hyphens as spaces too, and the words for whole groups."""
    every = read_therapies().values()
    names = {name for therapy in every for name in (therapy.name, *therapy.brands, *therapy.synonyms)}
    written = sorted({re.escape(name.lower()).replace(r"\-", "[- ]") for name in names if len(name) > 3})
    return re.compile(rf"\b(?:{'|'.join(reversed(written))}|{_OTHER_DRUGS})")
