"""What is counted, where a sentence tells of groups alone: the outcome that was named before it.

What is taken from elsewhere is proposed in doubt, with the place it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from stepdown.literature.drafting.contexts import Context
from stepdown.literature.drafting.draft import DraftField, DraftFinding
from stepdown.literature.drafting.topics import Topic, take_word
from stepdown.literature.drafting.words import read_words

_PRIMARY = re.compile(r"\bprimary (?:\w+ )?(?:outcome|end-?point)", re.IGNORECASE)
_DEFINED = re.compile(
    rf"{_PRIMARY.pattern}s?\b[^.;]{{0,25}}? (?:was|were|is)\b(?P<what>[^.;]{{0,80}})", re.IGNORECASE)
_COMPOSITE = re.compile(r"\bcomposite|\bcombin|\bor\b|\band\b|,|\bplus\b", re.IGNORECASE)
#: What a title names as the time or the people of a study, not as its outcome.
_NO_TOPIC = frozenset(f"other:{name}" for name in ("covid-19", "pregnancy", "malignancy", "improvement"))
#: How a sentence begins that tells more of what the one before told.
_GOES_ON = re.compile(
    r"(?:It|This|These|They) (?:occurred|happened|appeared|(?:was|were) (?:seen|found|observed|reported|"
    r"noted|recorded|present))\b|The (?:corresponding|respective) (?:figures|rates|proportions|numbers)\b")
#: What contrasts may be of that the library has no word for.
_MEASURED = re.compile(
    r"\b(?:EDSS|disability|scor\w+|scale|quality|volume|atrophy|costs?|levels?|counts?|titres?|concentrations?|walk\w*|"
    r"work\w*|satisf\w+|adheren\w+|persisten\w+|time to|age)\b", re.IGNORECASE)
_EITHER = frozenset({"relapse", "mri_activity"})
_TOKEN = re.compile(r"[^\W\d_#§]+(?:-[^\W\d_#§]+)*")


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence with results: its place among the sentences, its words, and its findings."""

    place: int
    context: Context
    findings: tuple[DraftFinding, ...]


def fill_outcomes(
    told: Sequence[Told], contexts: Iterable[Context], title: Topic
) -> Iterator[DraftFinding]:
    """The findings; where a sentence tells of groups alone, with the outcome that was named before it."""
    primary, before = _find_primary(contexts), None
    for sentence in told:
        source = _find_source(sentence, before, primary, title)
        for finding in sentence.findings:
            yield _add_outcome(finding, source)
        shared = source or _share_outcome(sentence.findings)
        before = (sentence.place, shared) if shared else None


def _add_outcome(finding: DraftFinding, source: dict[str, DraftField]) -> DraftFinding:
    """The finding with an outcome from elsewhere, if it has none; contrasts and rates turn nothing round."""
    if finding.outcome is not None or not source:
        return finding
    is_free = source.get("is_free") if finding.measure is None and finding.rate is None else None
    return replace(finding, outcome=source["outcome"], is_free=is_free)


def _find_source(
    sentence: Told, before: tuple[int, dict[str, DraftField]] | None, primary: DraftField | None, title: Topic
) -> dict[str, DraftField]:
    """The outcome that the findings of a sentence may take, and whether people without it are counted."""
    if any(finding.outcome is not None for finding in sentence.findings):
        return {}
    if primary is not None and _PRIMARY.search(sentence.context.masked.text):
        return {"outcome": primary}
    tells_nothing = is_bare(sentence.context) or goes_on(sentence.context)
    if not (tells_nothing or _compares_only(sentence)):
        return {}
    if before is not None and before[0] == sentence.place - 1:
        doubted = replace(before[1]["outcome"], doubt="named in the sentence before")
        return {**before[1], "outcome": doubted}
    return _find_titled(title) if tells_nothing else {}


def _compares_only(sentence: Told) -> bool:
    """Whether a sentence has contrasts and rates alone, of what was told before: it names nothing else."""
    if _MEASURED.search(sentence.context.masked.text):
        return False
    return all(finding.measure is not None or finding.rate is not None for finding in sentence.findings)


def _find_titled(title: Topic) -> dict[str, DraftField]:
    """The outcome that a title names, if it names one that studies are about, and not turned round."""
    words = title.context.outcomes
    if len({word.kind for word in words}) != 1 or words[0].kind in _NO_TOPIC or title.context.free:
        return {}
    return {"outcome": take_word(title, words[0], "named in the title only")}


def _share_outcome(findings: Sequence[DraftFinding]) -> dict[str, DraftField]:
    """The outcome that all findings of a sentence have in common, with the word that turns it round."""
    first = findings[0]
    kinds = {(one.outcome.value if one.outcome else None, one.is_free is None) for one in findings}
    if len(kinds) != 1 or first.outcome is None:
        return {}
    return {"outcome": first.outcome} | ({"is_free": first.is_free} if first.is_free else {})


def _find_primary(contexts: Iterable[Context]) -> DraftField | None:
    """What the abstract says its primary outcome is: one outcome, or relapse or lesions as any activity."""
    for context in contexts:
        match = _DEFINED.search(context.masked.text)
        start, end = match.span("what") if match else (0, 0)
        words = [word for word in context.outcomes if start <= word.start < end]
        if match is None or not words:
            continue
        kinds = {word.kind for word in words}
        kind = "any_activity" if kinds == _EITHER else words[0].kind
        is_one = kinds == _EITHER or (len(kinds) == 1 and not _COMPOSITE.search(match["what"]))
        place = context.masked.place(words[0].start, words[-1].end)
        return DraftField(kind, (place,), "named as the primary outcome") if is_one else None
    return None


def is_bare(context: Context) -> bool:
    """Whether a sentence tells of groups, times and figures alone, and of nothing that happened."""
    letters = list(context.masked.text)
    for word in (*context.strategies, *context.drugs):
        letters[word.start:word.end] = " " * (word.end - word.start)
    bare = re.compile(rf"(?:{'|'.join(read_words()['bare']['words'])})", re.IGNORECASE)
    return all(bare.fullmatch(token) for token in _TOKEN.findall("".join(letters)))


def goes_on(context: Context) -> bool:
    """Whether a sentence goes on with what the one before tells of: "It occurred in ..."."""
    return bool(_GOES_ON.match(context.masked.text))


def group_findings(
    findings: Iterable[DraftFinding], contexts: dict[int, tuple[int, Context]]
) -> Iterator[Told]:
    """The findings by sentence; ``contexts`` gives the place and words of each by where it starts."""
    for start, same in groupby(findings, key=lambda finding: finding.sentence[0]):
        yield Told(*contexts[start], tuple(same))
