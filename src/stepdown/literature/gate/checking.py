"""The gate: may a text about a study be published? Each objection names a sentence and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from stepdown.evidence.study import Study
from stepdown.literature.gate.licence import Frame, Licence, make_licence
from stepdown.literature.gate.mentions import (
    Mention,
    find_mentions,
    find_scale_in,
    split_parts,
    split_sentences,
)
from stepdown.literature.gate.own import OwnSentence, find_own, squeeze
from stepdown.literature.gate.promises import find_advice, find_promises, says_outcome_of_people
from stepdown.literature.gate.slots import find_missing_slots
from stepdown.literature.gate.spelling import find_strange_letters, find_unknown_drugs, fold, normalise
from stepdown.literature.gate.terms import find_directions, find_diseases, find_drugs, find_kinds, find_words
from stepdown.literature.summaries.summary import PlainLanguageSummary

#: Numbers that belong to one finding; the others are facts around it.
_OF_A_FINDING = frozenset({
    "scaled", "percent", "count", "none-of", "all-of", "rest", "range", "bound", "ratio", "ratio-range",
    "rate", "rate-count",
})  # fmt: skip
_POOLED = re.compile(
    r"\b(put together|pooled|those studies|new study|library|other studies|they say)\b", re.I
)
_QUIET = re.compile(r"\b(no activity|quiet|stable|free of|without activity)\b", re.I)
_FROM_TO = re.compile(r"\bfrom ([\w -]+?) to ([\w -]+)", re.I)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w-]+")
_GENERAL = frozenset({"i", "mri", "ms", "doi", "pmid", "pubmed"})


@dataclass(frozen=True)
class Objection:
    """One reason why a text is rejected: its kind, the sentence (empty where one is missing), and why."""

    kind: str
    sentence: str
    what: str


@dataclass
class _Reader:
    """What has been read so far: the last anchor of our own, the frames last spoken of, what was told."""

    licence: Licence
    own: dict[str, OwnSentence]
    anchor: str | None = None
    spoken: tuple[Frame, ...] = ()
    told: set[str] = field(default_factory=set)


def check_text(
    text: str, study: Study, summary: PlainLanguageSummary, framing: Iterable[str] = ()
) -> tuple[Objection, ...]:
    """Every objection against a text about a study; none means that it may be published.

    ``summary`` is our own of the same study: it licenses its sentences, and the facts around the findings.
    ``framing`` are other texts of ours about the study (its tables, its sources), allowed word for word.
    """
    if study.retracted:
        return (Objection("retracted", "", "the paper was withdrawn; no result of it may be published"),)
    text = normalise(text)
    around = [_drop_addresses(normalise(other), study) for other in framing]
    reader = _Reader(make_licence(study, summary), find_own(summary, around))
    sentences = split_sentences(_drop_addresses(text, study))
    found = [objection for sentence in sentences for objection in _read_sentence(reader, sentence)]
    missing = find_missing_slots(text, reader.licence, reader.told)
    return (*found, *(Objection("missing", "", slot) for slot in missing))


def _drop_addresses(text: str, study: Study) -> str:
    """The text without the numbers under which the paper is found."""
    for address in (*study.urls, study.doi, study.pmid):
        text = text.replace(address, "") if address else text
    return text


def _read_sentence(reader: _Reader, sentence: str) -> Iterator[Objection]:
    own = reader.own.get(squeeze(sentence))
    if own is None:
        yield from _check_free(reader, sentence)
        return
    if own.anchor not in (None, reader.anchor) and not _speaks_of(reader, own):
        yield Objection("place", sentence, "this sentence speaks of other people than those named before it")
        return
    reader.told.add(own.role)
    if own.is_anchor:
        reader.anchor = squeeze(sentence)
    finding = own.source.partition("#")[2]
    reader.spoken = (
        tuple(frame for frame in reader.licence.frames if frame.finding == finding) or reader.spoken
    )


def _speaks_of(reader: _Reader, own: OwnSentence) -> bool:
    """Whether the text has just told, in its own words, the finding that a sentence of ours goes on about."""
    finding = own.source.partition("#")[2]
    return reader.anchor is None and any(frame.finding == finding for frame in reader.spoken)


def _check_free(reader: _Reader, sentence: str) -> Iterator[Objection]:
    """A sentence that is not ours: its words, its names, its direction, then its numbers part by part."""
    yield from _check_words(sentence)
    yield from _check_spelling(reader.licence, sentence)
    yield from _check_promises(sentence)
    yield from _check_names(reader.licence, sentence)
    yield from _check_direction(reader.licence, sentence)
    for part in split_parts(sentence):
        yield from _check_numbers(reader, sentence, part)


def _check_words(sentence: str) -> Iterator[Objection]:
    for word in find_words("words", "never", sentence):
        yield Objection("word", sentence, f'"{word}" may not stand in a summary')
    if re.search(r"\bsure\b", sentence, re.I):
        yield Objection(
            "word", sentence, "how sure one can be is said in one of our four sentences, word for word"
        )
    has_number = any(mention.role in _OF_A_FINDING for mention in find_mentions(sentence))
    for word in find_words("words", "ours", sentence):
        if not has_number:
            yield Objection("word", sentence, f'"{word}" is said in our own sentence only, word for word')
    for word in find_words("words", "with_number", sentence):
        if not has_number:
            yield Objection("word", sentence, f'"{word}" needs the number beside it')


def _check_spelling(licence: Licence, sentence: str) -> Iterator[Objection]:
    """Letters of another alphabet, and words that may be meant for a drug."""
    for word in find_strange_letters(sentence):
        if word.lower() not in licence.words:
            yield Objection("letters", sentence, f"{word!r} has a letter of another alphabet")
    for word in find_unknown_drugs(sentence):
        if word not in licence.words:
            yield Objection("drug", sentence, f"{word!r} may be meant for a drug, and no drug is called so")


def _check_promises(sentence: str) -> Iterator[Objection]:
    """Advice, a promise, a word on everybody, and what became of people without its number."""
    for what in find_advice(sentence):
        yield Objection("advice", sentence, what)
    for part in split_parts(sentence):
        mentions = [mention for mention in find_mentions(part) if mention.role in _OF_A_FINDING]
        for what in find_promises(part, mentions):
            yield Objection("promise", sentence, what)
    has_number = any(mention.role in _OF_A_FINDING for mention in find_mentions(sentence))
    if not has_number and not find_directions(sentence) and says_outcome_of_people(sentence):
        yield Objection("number", sentence, "what became of people needs the number of the study beside it")


def _check_names(licence: Licence, sentence: str) -> Iterator[Objection]:
    """Drugs, illnesses, people and names that are not those of the study."""
    named = (
        ("drug", find_drugs(fold(sentence)) - licence.drugs),
        ("illness", find_diseases(sentence) - licence.diseases),
        ("people", find_kinds("people", sentence) - licence.people),
    )
    for kind, strange in named:
        for word in sorted(strange):
            yield Objection(kind, sentence, f"{word} is not in this study")
    words = {word.lower() for word in _NAME.findall(sentence)} - licence.words - _GENERAL
    for word in sorted(words - {name for _, names in named for name in names}):
        yield Objection("name", sentence, f"the name {word!r} is not in this study")


def _check_direction(licence: Licence, sentence: str) -> Iterator[Objection]:
    """A claim of more, less or the same: only as the study's own contrast says it, first group first."""
    for direction in sorted(find_directions(sentence)):
        if direction != licence.direction or not _names_both_groups(licence, sentence):
            yield Objection("direction", sentence, f'the study does not show "{direction}" in this way')


def _names_both_groups(licence: Licence, sentence: str) -> bool:
    """Whether the main choice is named before the one it is compared with, and nothing is denied."""
    if licence.chosen.comparator is None or find_words("words", "negations", sentence):
        return False
    first, _, rest = sentence.partition(" than ")
    second = licence.chosen.comparator.finding.strategy
    return licence.main.strategy in _find_choices(first) and second in _find_choices(rest)


def _find_choices(text: str) -> frozenset[str]:
    """The choices that a text names; "took less often" is not staying on a drug."""
    found = find_kinds("choices", text)
    return found - {"continue"} if found & {"extend", "untreated"} else found


def _check_numbers(reader: _Reader, sentence: str, part: str) -> Iterator[Objection]:
    mentions = find_mentions(part)
    of_a_finding = [mention for mention in mentions if mention.role in _OF_A_FINDING]
    for mention in mentions:
        if mention not in of_a_finding and not _is_fact(reader, part, mention):
            yield Objection(
                "number", sentence, f'"{mention.text.strip()}" is not a number of this study in this place'
            )
    if not of_a_finding:
        return
    if _POOLED.search(part):
        pool = reader.licence.facts.get("pool", frozenset())
        wrong = [
            mention for mention in of_a_finding if (mention.role, mention.values, mention.unit) not in pool
        ]
        yield from (
            Objection("number", sentence, f'"{m.text.strip()}" is not our pooled figure') for m in wrong
        )
        return
    frames = tuple(frame for frame in reader.licence.frames if _fits(reader, frame, part, of_a_finding))
    if not frames:
        numbers = "; ".join(mention.text.strip() for mention in of_a_finding)
        yield Objection("number", sentence, f'no finding gives "{numbers}" for these people and this outcome')
        return
    reader.spoken, reader.anchor = frames, None
    reader.told |= {"main" if frame.is_main else "other" for frame in frames}
    reader.told |= {
        f"main-{mention.role}" for mention in of_a_finding if any(frame.is_main for frame in frames)
    }
    reader.told |= {"comparison" for frame in frames if _is_comparator(reader.licence, frame)}


def _is_comparator(licence: Licence, frame: Frame) -> bool:
    comparator = licence.chosen.comparator
    return comparator is not None and comparator.finding.id == frame.finding


def _is_fact(reader: _Reader, part: str, mention: Mention) -> bool:
    """Whether a number is one of the facts around the findings, in the place where it belongs."""
    facts, key = reader.licence.facts, (mention.role, mention.values, mention.unit)
    if mention.role == "time":
        return _is_time(reader, part, key)
    if mention.role == "year":
        return mention.values[0] == reader.licence.study.year
    role = {"people": "people", "age": "age", "studies": "pool"}.get(mention.role)
    if mention.role == "people" and re.search(r"\b(?:counted|rests)\b", part):
        role = "because"
    if mention.role == "age" and _POOLED.search(part):
        role = "pool"
    told = role is not None and key in facts.get(role, frozenset())
    if told and role is not None:
        reader.told.add(role)
    return told


def _is_time(reader: _Reader, part: str, key: tuple[str, tuple[float, ...], str]) -> bool:
    """A time is that of the quiet years before, of the pool, or of the follow-up, by the words around it."""
    facts = reader.licence.facts
    if _POOLED.search(part):
        return key in facts.get("pool", frozenset())
    if _QUIET.search(part):
        return key in facts.get("quiet", frozenset())
    if key in facts.get("time", frozenset()):
        reader.told.add("time")
        return True
    return False


def _fits(reader: _Reader, frame: Frame, part: str, mentions: list[Mention]) -> bool:
    """Whether a finding gives all these numbers, for the people, drugs and outcome that the part names."""
    plain = re.sub(re.escape(frame.part), " ", part, flags=re.I) if frame.part else part
    negated = bool(find_words("words", "negations", plain))
    fewer, scale = "fewer than" in part, find_scale_in(part) or reader.licence.scale
    return (
        all(frame.gives(mention, scale, negated=negated, fewer=fewer) for mention in mentions)
        and _fits_choice(reader, frame, part)
        and _fits_people(reader, frame, part)
        and _fits_drugs(frame, part)
        and _fits_outcome(reader, frame, part)
    )


def _fits_choice(reader: _Reader, frame: Frame, part: str) -> bool:
    choices = _find_choices(part)
    if choices:
        return frame.strategy in choices
    if reader.spoken and not find_kinds("people", part):
        return any((frame.strategy, frame.arm) == (spoken.strategy, spoken.arm) for spoken in reader.spoken)
    main = reader.licence.main
    return (frame.strategy, frame.arm) == (main.strategy, main.arm)


def _fits_people(reader: _Reader, frame: Frame, part: str) -> bool:
    """A part of the people must be named as such, and nobody else."""
    named = find_kinds("people", part)
    if not frame.part:
        return named <= frame.people
    if frame.part.lower() in part.lower() or (frame.people and frame.people <= named):
        return named <= frame.people | find_kinds("people", frame.part)
    return not named and frame in reader.spoken


def _fits_drugs(frame: Frame, part: str) -> bool:
    if not find_drugs(part) <= frame.drugs:
        return False
    way = _FROM_TO.search(part)
    if way is None or not frame.from_to[1]:
        return True
    pairs = zip((find_drugs(way[1]), find_drugs(way[2])), frame.from_to, strict=True)
    return all(named in (frozenset(), drugs) for named, drugs in pairs)


def _fits_outcome(reader: _Reader, frame: Frame, part: str) -> bool:
    kinds = find_kinds("outcomes", part)
    if not kinds:
        told = {spoken.outcome for spoken in reader.spoken} or {reader.licence.main.outcome}
        return frame.outcome in told
    if frame.outcome_kind == "any_activity":
        return "any_activity" in kinds or {"relapse", "mri_activity"} <= kinds
    if frame.outcome_kind == "infection" and ("serious" in part) != (frame.outcome == "serious_infection"):
        return False
    return frame.outcome_kind in kinds and (len(kinds) == 1 or frame.outcome_kind != "any_activity")
