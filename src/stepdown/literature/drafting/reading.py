"""A citation read into a draft study: sentence by sentence, each number by the surest form that fits it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from stepdown.literature.citation import Citation
from stepdown.literature.drafting.arms import ArmOrder, name_arms, read_order
from stepdown.literature.drafting.choosing import OWN, choose_follow_up, choose_population, choose_total
from stepdown.literature.drafting.comparators import leave_comparators, name_comparators
from stepdown.literature.drafting.doubts import complete_finding, doubt_finding, doubt_groups
from stepdown.literature.drafting.draft import DraftFinding, DraftStudy, list_sizes
from stepdown.literature.drafting.figures import read_figures
from stepdown.literature.drafting.grouping import find_about_group, find_study_groups
from stepdown.literature.drafting.inheriting import fill_outcomes, group_findings
from stepdown.literature.drafting.sentence_reading import Reading, read_sentence
from stepdown.literature.drafting.sentence_roles import find_roles, write_text
from stepdown.literature.drafting.sharing_times import fill_times
from stepdown.literature.drafting.subjects import find_courses, find_design, find_diseases
from stepdown.literature.drafting.topics import Topic, fill_topic, find_only_change

#: Sentences that mostly repeat the figures of others.
_REPEATS = frozenset({"TITLE", "CONCLUSIONS"})
_FIGURES = frozenset({"events", "n", "percent", "rate", "value"})


def read_draft(citation: Citation) -> DraftStudy:
    """The draft of a citation; empty but for its text where nothing that is looked for is printed."""
    roles = find_roles(citation)
    readings = _name_comparators([read_sentence(item) for item in roles if item.role in OWN])
    n, follow_up = choose_total(readings), choose_follow_up(readings)
    groups = tuple(find_study_groups(readings, n))
    told = _inherit(_find_findings(readings), readings)
    findings = leave_comparators(fill_times(tuple(told), readings))
    sizes, text = list_sizes(n, groups), write_text(citation)
    return DraftStudy(
        pmid=citation.pmid,
        text=text,
        design=find_design(citation, roles),
        diseases=find_diseases(roles),
        courses=find_courses(roles),
        n=n,
        **choose_population(readings),
        groups=groups,
        follow_up_years=follow_up[0] if follow_up else None,
        follow_up_kind=follow_up[1] if follow_up else None,
        findings=tuple(doubt_finding(complete_finding(finding, sizes, text)) for finding in findings),
    )


def _name_comparators(readings: Sequence[Reading]) -> list[Reading]:
    contexts = name_comparators([reading.context for reading in readings])
    return [replace(reading, context=context) for reading, context in zip(readings, contexts, strict=True)]


def _find_findings(readings: Sequence[Reading]) -> Iterator[DraftFinding]:
    """The results of all sentences, in order; figures that title or conclusions only repeat are left out."""
    seen: list[dict[str, object]] = []
    orders = [_read_order(reading) for reading in readings]
    places = {reading.sentence.start: place for place, reading in enumerate(readings)}
    for reading in sorted(readings, key=lambda reading: reading.role in _REPEATS):
        found = read_figures(reading)
        told = [order for order in orders[:places[reading.sentence.start]] if order is not None]
        named = name_arms(found, reading.context, told, len(reading.times))
        for finding in doubt_groups(named, reading.context):
            figures: dict[str, object] = {
                name: field.value for name, field in finding.find_fields() if name in _FIGURES
            }
            if reading.role not in _REPEATS or not any(figures.items() <= other.items() for other in seen):
                seen.append(figures)
                yield finding


def _read_order(reading: Reading) -> ArmOrder | None:
    """The arms that a sentence names in order."""
    sizes = [find_about_group(reading, number).get("strategy") for number in reading.groups]
    return read_order(reading.context, sizes)


def _inherit(findings: Iterable[DraftFinding], readings: Sequence[Reading]) -> Iterator[DraftFinding]:
    """The findings with what title, aim and the sentence before say of those whose own sentence does not."""
    contexts = {reading.sentence.start: (place, reading.context) for place, reading in enumerate(readings)}
    aims = [Topic("aim", reading.context) for reading in readings if reading.role == "OBJECTIVE"]
    title = Topic("title", readings[0].context)
    changes = find_only_change([reading.context for reading in readings])
    topics = [title, *aims, *changes]
    told = tuple(group_findings(findings, contexts))
    for finding in fill_outcomes(told, [reading.context for reading in readings], title):
        yield fill_topic(finding, contexts[finding.sentence[0]][1], topics)
