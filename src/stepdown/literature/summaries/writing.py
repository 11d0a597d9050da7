"""The plain-language summary of a study, put together: what it says, what it shows, where it is from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from stepdown.evidence.study import Study
from stepdown.literature.summaries.advising import tell_action, tell_caregiver, tell_other_harms
from stepdown.literature.summaries.choosing import Chosen, choose_results, find_results
from stepdown.literature.summaries.describing import (
    find_facts,
    find_results_table,
    find_topics,
    tell_banners,
    tell_notice,
    tell_source,
    tell_who,
)
from stepdown.literature.summaries.fitting import MOST_WORDS, Draft, count_needed, fit_drafts, to_chunks
from stepdown.literature.summaries.from_record import quote_publisher, require_printed
from stepdown.literature.summaries.judging import tell_how_sure, tell_limits
from stepdown.literature.summaries.picturing import draw_pictures, tell_picture
from stepdown.literature.summaries.pooled import tell_pool
from stepdown.literature.summaries.related import Neighbours, Profile, make_profile
from stepdown.literature.summaries.reviewing import NO_REVIEWS, Reviews
from stepdown.literature.summaries.summary import Chunk, Claim, Correction, PlainLanguageSummary, Related
from stepdown.literature.summaries.telling import (
    MOST_PARTS,
    find_scale,
    name_first,
    tell_comparison,
    tell_found,
    tell_main,
    tell_others,
    tell_parts,
)
from stepdown.literature.summaries.words import name_disease, name_outcome, name_people, read_words, say
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.literature.citation import Citation

_ADVICE = {"recommendation", "washout", "washout-advice", "mri-schedule", "mri-protocol"}
_REASONS = {
    "words": "reports its results in words, and no number that can be shown as a count, a rate or a ratio",
    "advice": "gives advice, and reports no number that can be shown as a count, a rate or a ratio",
    "nothing": "has no finding on file",
}
_LISTS = ("cannot", "caregiver")
_WANTED = {"found": ("other",), "others": ("pool-age", "pool-inside"), "who": ("quiet",)}


def make_summary(
    study: Study,
    neighbours: Neighbours | None = None,
    reviews: Reviews = NO_REVIEWS,
    citation: Citation | None = None,
) -> PlainLanguageSummary:
    """The summary of one study; UserError when it reports no number, and so nothing that can be checked, and
    when its people are invented.

    ``citation`` is PubMed's record of the paper: with it the publisher's own summary comes first, who paid is
    told, and a main result that its abstract should print and does not is refused. ``neighbours`` are the
    studies among which related ones are looked for; the pooled evidence is that of the library in place
    (``evidence.supposing`` exchanges it).
    """
    if study.simulated:
        raise UserError(f"{study.id} comes from a simulated registry: nothing is told of invented people.")
    chosen = choose_results(study)
    if chosen is None:
        raise UserError(
            f"{study.id} {why_no_summary(study)}; stepdown evidence show {study.id} prints what it says."
        )
    require_printed(study, chosen.main.finding, citation)
    scale = find_scale(chosen)
    summary = PlainLanguageSummary(
        study=study.id,
        disease=study.disease,
        headline=write_headline(study, chosen),
        banners=tell_banners(study),
        publisher=None if study.retracted else quote_publisher(citation),
        chunks=() if study.retracted else _write_body(study, chosen, scale),
        facts=find_facts(study, chosen),
        pictures=() if study.retracted else draw_pictures(study, chosen, scale),
        picture_note=tell_picture(chosen),
        results=() if study.retracted else find_results_table(study, citation),
        source=tell_source(study, citation),
        related=_find_related(study, chosen, neighbours),
        corrections=tuple(Correction(change.on, change.what) for change in study.changes),
        notice=tell_notice(study),
        topics=find_topics(study, chosen),
        drugs=tuple(dict.fromkeys((*chosen.main.finding.therapies, *chosen.main.finding.to_therapies))),
        published=study.published,
        added=study.added,
        updated=find_updated(study),
        retracted=study.retracted,
        version="",
    )
    return reviews.sign(replace(summary, version=_hash(summary)))


def find_updated(study: Study) -> str:
    """The last day on which something of a study changed; dates that are not known to the day say nothing."""
    return max(day for day in (study.added, *(change.on for change in study.changes)) if len(day) == 10)


def why_no_summary(study: Study) -> str:
    """Why a study gets no summary, to follow its name."""
    return _REASONS[sort_unsummarised(study)]


def sort_unsummarised(study: Study) -> str:
    """What a study without a summary has instead: nothing, advice, or results in words."""
    if not study.findings:
        return "nothing"
    outcomes = {finding.outcome.removeprefix("other:") for finding in study.findings}
    return "advice" if study.design == "guideline" or outcomes <= _ADVICE else "words"


def find_neighbours(studies: Mapping[str, Study]) -> Neighbours:
    """All studies that report a number, to look for related ones among."""
    found = ((study, choose_results(study)) for study in studies.values())
    return Neighbours({study.id: _profile(study, chosen) for study, chosen in found if chosen is not None})


def _profile(study: Study, chosen: Chosen) -> Profile:
    return make_profile(study, chosen, write_headline(study, chosen), find_results(study))


def write_headline(study: Study, chosen: Chosen) -> str:
    """The headline, a question with the disease first; the paper's title where it was withdrawn."""
    if study.retracted:
        return say("page.headline_retracted", title=study.title)
    finding, is_ratio = chosen.main.finding, chosen.main.measured.kind in ("ratio", "difference")
    people = name_first(study, finding) if is_ratio else name_people(study, finding)
    key = "page.headline_ratio" if is_ratio else "page.headline"
    return say(key, disease=name_disease(study), people=people, ask=name_outcome(finding.outcome, "ask"))


def _find_related(study: Study, chosen: Chosen, neighbours: Neighbours | None) -> tuple[Related, ...]:
    if neighbours is None:
        return ()
    return neighbours.find(neighbours.profiles.get(study.id) or _profile(study, chosen))


def _write_body(study: Study, chosen: Chosen, scale: int) -> tuple[Chunk, ...]:
    """The headed body, with as many parts of the people in words as it has room for."""
    for most in range(MOST_PARTS, -1, -1):
        drafts = tuple(_write_drafts(study, chosen, scale, most))
        if count_needed(drafts) <= MOST_WORDS:
            break
    return to_chunks(fit_drafts(drafts), _LISTS)


def _write_drafts(study: Study, chosen: Chosen, scale: int, most_parts: int) -> Iterator[Draft]:
    """Every sentence that a summary may hold, in the order of the page."""
    parts: tuple[tuple[str, Iterator[Claim]], ...] = (
        ("main", tell_main(study, chosen, scale)),
        ("who", tell_who(study)),
        ("found", tell_found(study, chosen, scale)),
        ("found", tell_others(study, chosen, scale)),
        ("found", tell_parts(study, chosen, scale, most_parts)),
        ("found", tell_comparison(study, chosen, scale)),
        ("found", _explain_found(chosen)),
        ("sure", tell_how_sure(study, chosen)),
        ("sure", _explain("interval", "sample", "one_study")),
        ("others", tell_pool(study, chosen)),
        ("others", _explain("library", "changes")),
        ("cannot", tell_limits(study, chosen)),
        ("cannot", _explain("people_differ")),
        ("harms", tell_other_harms(study, chosen)),
        ("action", tell_action(study)),
        ("action", _explain("bring")),
        ("caregiver", tell_caregiver()),
    )
    for chunk, claims in parts:
        for claim in claims:
            yield Draft(chunk, claim, _need(chunk, claim))


def _need(chunk: str, claim: Claim) -> str:
    if claim.role == "explains":
        return "explains"
    return "wanted" if claim.role in _WANTED.get(chunk, ()) else "needed"


def _explain(*keys: str) -> Iterator[Claim]:
    for key in keys:
        yield Claim("explains", say(f"explain.{key}"), "wording")


def _explain_found(chosen: Chosen) -> Iterator[Claim]:
    """What the outcome means, what a ratio is, what the cancer drug is."""
    words, finding = read_words("wording")["explain"], chosen.main.finding
    outcome = finding.outcome.removeprefix("other:")
    keys = [outcome] if outcome in words else []
    keys += ["checkpoint"] if finding.strategy == "start-checkpoint-inhibitor" else []
    keys += ["ratio"] if chosen.main.measured.kind == "ratio" else []
    yield from _explain(*keys, "whole_table")


def _hash(summary: PlainLanguageSummary) -> str:
    """The first eight hex digits of the SHA-256 over everything that a reader sees."""
    return hashlib.sha256(repr(summary).encode()).hexdigest()[:8]
