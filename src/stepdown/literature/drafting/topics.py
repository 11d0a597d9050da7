"""What was done with whom, where a sentence does not say: told by title, aim, or the one change of the text.

What is taken from there is proposed in doubt, with its place; where that place names two things, nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from stepdown.literature.drafting.contexts import PLACEBO, Context
from stepdown.literature.drafting.draft import DraftField, DraftFinding, DraftGroup
from stepdown.literature.drafting.words import Word, find_nearest

#: What was done before what the title is about: "a switch after cessation".
_PAST = re.compile(
    r"\b(?:after|following|upon|post)[ -](?:(?!or\b|versus\b|vs\b)[\w-]+ ){0,5}$", re.IGNORECASE)
#: Two drugs that a title sets against each other, before what came first.
_DRUGS_COMPARED = re.compile(
    r"\b(?:compared (?:with|to)|versus|vs\.?|or) [\w -]{1,40} (?:after|following|upon) ", re.IGNORECASE)
_WASHOUT = re.compile(r"washout|WO", re.IGNORECASE)
_DMT = re.compile(r"\bDMTs?\b|disease-modifying")
#: Strategies that change something.
CHANGES = frozenset({"stop", "extend", "switch", "start-checkpoint-inhibitor"})
#: Those another group is set against, of whom their own sentence says no more.
COMPARATOR = "comparator"


@dataclass(frozen=True, slots=True)
class Topic:
    """A sentence that says what the study is about: the title, or its aim."""

    name: str
    context: Context


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
        found[name] = take_word(topic, word, f"named in the {topic.name}{said}")
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
    return replace(group, strategy=take_word(title, find_main(title.context)[0], "named in the title only"))


def _may_take(own: DraftField | None, kind: str, is_weak: bool, is_of_dmt: bool) -> bool:
    """Whether a sentence names nothing, a step of what the topic names, or only being on a drug.

    Beside checkpoint inhibitors a stop of the treatment of MS (``is_of_dmt``) is one of its own.
    """
    if own is None:
        return True
    is_step = kind in ("switch", "start-checkpoint-inhibitor") and own.value == "stop" and not is_of_dmt
    return is_step or (is_weak and own.value != kind)


def take_word(topic: Topic, word: Word, doubt: str) -> DraftField:
    """A word of a topic as a field of a draft, in doubt."""
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
    field = take_word(topics[0], stops[0], f"the title names {stopped.kind} as the drug that was stopped")
    return replace(finding, strategy=replace(field, value="switch"))
