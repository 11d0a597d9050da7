"""What a figure is about where its own sentence does not say: told by title, aim, or the sentence before.

What is taken from elsewhere is proposed in doubt, with the place it comes from; where that place names two
things, nothing is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from stepdown.literature.drafting.contexts import PLACEBO, Context
from stepdown.literature.drafting.draft import DraftField, DraftFinding, DraftGroup
from stepdown.literature.drafting.words import Word, find_nearest, read_words

#: What was done before what the title is about: "a switch after cessation".
_PAST = re.compile(
    r"\b(?:after|following|upon|post)[ -](?:(?!or\b|versus\b|vs\b)[\w-]+ ){0,5}$", re.IGNORECASE)
#: Two drugs that a title sets against each other, before what came first.
_DRUGS_COMPARED = re.compile(
    r"\b(?:compared (?:with|to)|versus|vs\.?|or) [\w -]{1,40} (?:after|following|upon) ", re.IGNORECASE)
_WASHOUT = re.compile(r"washout|WO", re.IGNORECASE)
_DMT = re.compile(r"\bDMTs?\b|disease-modifying")
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
#: Strategies that change something.
CHANGES = frozenset({"stop", "extend", "switch", "start-checkpoint-inhibitor"})
#: Those another group is set against, of whom their own sentence says no more.
COMPARATOR = "comparator"
_EITHER = frozenset({"relapse", "mri_activity"})
_TOKEN = re.compile(r"[^\W\d_#§]+(?:-[^\W\d_#§]+)*")


@dataclass(frozen=True, slots=True)
class Topic:
    """A sentence that says what the study is about: the title, or its aim."""

    name: str
    context: Context


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence with results: its place among the sentences, its words, and its findings."""

    place: int
    context: Context
    findings: tuple[DraftFinding, ...]


def fill_topic(finding: DraftFinding, context: Context, topics: Sequence[Topic]) -> DraftFinding:
    """The finding with strategy and drug of title or aim, where they name one and its own sentence none."""
    found: dict[str, Any] = {}
    for name in ("strategy", "therapy"):
        topic, word = _find_topic_word(topics, name)
        own: DraftField | None = getattr(finding, name)
        if name == "strategy" and context.is_before and finding.measure is None:
            continue
        is_weak = context.is_weak and name == "strategy" and _is_said_here(own, finding)
        is_of_dmt = word is not None and word.kind == "start-checkpoint-inhibitor" and _tells_dmt(context)
        if topic is None or word is None or not _may_take(own, word.kind, is_weak, is_of_dmt):
            continue
        if name == "therapy" and PLACEBO in {drug.kind for drug in (word, *context.drugs)}:
            continue
        said = f", the sentence says {own.value}" if own else " only"
        found[name] = _take(topic, word, f"named in the {topic.name}{said}")
    return _name_switch(replace(finding, **found), topics)


def _is_said_here(own: DraftField | None, finding: DraftFinding) -> bool:
    return own is None or finding.sentence[0] <= own.spans[0][0] < finding.sentence[1]


def _tells_dmt(context: Context) -> bool:
    return bool(_DMT.search(context.masked.text))


def fill_group(group: DraftGroup, title: Topic) -> DraftGroup:
    """The group as one that switched, where its drug is all that is said of it and the title names that."""
    kinds = {word.kind for word in find_main(title.context)}
    if group.therapy is None or group.strategy is not None or kinds != {"switch"}:
        return group
    return replace(group, strategy=_take(title, find_main(title.context)[0], "named in the title only"))


def _may_take(own: DraftField | None, kind: str, is_weak: bool, is_of_dmt: bool) -> bool:
    """Whether a sentence names nothing, a step of what the topic names, or only being on a drug.

    Beside checkpoint inhibitors a stop of the treatment of MS (``is_of_dmt``) is one of its own.
    """
    if own is None:
        return True
    is_step = kind in ("switch", "start-checkpoint-inhibitor") and own.value == "stop" and not is_of_dmt
    return is_step or (is_weak and own.value != kind)


def _take(topic: Topic, word: Word, doubt: str) -> DraftField:
    return DraftField(word.kind, (topic.context.masked.place(word.start, word.end),), doubt)


def _find_topic_word(topics: Sequence[Topic], name: str) -> tuple[Topic | None, Word | None]:
    """The one thing that the first topic that names any is about; None where it names two."""
    for topic in topics:
        words = _find_told(topic) if name == "strategy" else topic.context.drugs
        if words:
            return (topic, words[0]) if len({word.kind for word in words}) == 1 else (None, None)
    return None, None


def _find_told(topic: Topic) -> tuple[Word, ...]:
    """The strategies a topic is about; of an aim those alone that change something."""
    words = find_main(topic.context)
    if topic.name == "title":
        return words
    return tuple(word for word in words if word.kind in CHANGES)


def find_only_change(contexts: Iterable[Context]) -> Iterator[Topic]:
    """The first place of the one strategy of change, where sentences name it twice and no other."""
    told = [(word, context) for context in contexts for word in find_main(context) if word.kind in CHANGES]
    if len(told) > 1 and len({word.kind for word, _ in told}) == 1:
        yield Topic("text", told[0][1])


def find_main(context: Context) -> tuple[Word, ...]:
    """The strategies of a sentence without those that say what went before, or that a drug was begun."""
    words = tuple(word for word in context.strategies if word.kind != COMPARATOR)
    if "start-checkpoint-inhibitor" in {word.kind for word in words}:
        words = tuple(word for word in words if word.kind != "continue")
    main = tuple(word for word in words if not _is_past(context.masked.text, word))
    return main or words


def _is_past(text: str, word: Word) -> bool:
    return bool(_PAST.search(text, 0, word.start) or _WASHOUT.fullmatch(text, word.start, word.end))


def _name_switch(finding: DraftFinding, topics: Sequence[Topic]) -> DraftFinding:
    """The finding as one of a switch, where the title names its drug beside another one that was stopped."""
    title = topics[0].context
    text, stops = title.masked.text, title.strategies
    if {word.kind for word in stops} != {"stop"} or not _PAST.search(text, 0, stops[0].start):
        return finding
    stopped = find_nearest(title.drugs, text, stops[0].start, stops[0].end)
    named = {word.kind for word in title.drugs}
    is_of_other = stopped is not None and (
        bool(_DRUGS_COMPARED.search(text, 0, stops[0].start)) if finding.therapy is None
        else finding.therapy.value in named - {stopped.kind})
    if stopped is None or not is_of_other:
        return finding
    if finding.strategy is not None and finding.strategy.value != "stop":
        return finding
    field = _take(topics[0], stops[0], f"the title names {stopped.kind} as the drug that was stopped")
    return replace(finding, strategy=replace(field, value="switch"))


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
    if not (is_bare(sentence.context) or goes_on(sentence.context)):
        return {}
    if before is not None and before[0] == sentence.place - 1:
        doubted = replace(before[1]["outcome"], doubt="named in the sentence before")
        return {**before[1], "outcome": doubted}
    return _find_titled(title)


def _find_titled(title: Topic) -> dict[str, DraftField]:
    """The outcome that a title names, if it names one that studies are about, and not turned round."""
    words = title.context.outcomes
    if len({word.kind for word in words}) != 1 or words[0].kind in _NO_TOPIC or title.context.free:
        return {}
    return {"outcome": _take(title, words[0], "named in the title only")}


def _share_outcome(findings: Sequence[DraftFinding]) -> dict[str, DraftField]:
    """The outcome that all findings of a sentence have in common, with the word that turns it round."""
    first = findings[0]
    kinds = {(one.outcome.value if one.outcome else None, one.is_free is None) for one in findings}
    if len(kinds) != 1 or first.outcome is None or first.measure is not None:
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
