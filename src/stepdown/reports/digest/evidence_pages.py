"""What do all studies of a question say together? A page for each outcome and choice, with forest plot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from stepdown.evidence.apart import Apart, fit_apart
from stepdown.evidence.cells import Cell
from stepdown.evidence.meta.pooled import to_risk
from stepdown.evidence.pool import Pool
from stepdown.evidence.questions import find_questions
from stepdown.evidence.study import Study
from stepdown.literature.summaries.describing import show_figure
from stepdown.literature.summaries.pooled import is_open
from stepdown.literature.summaries.words import name_outcome, name_time, read_words, show_bound, show_share
from stepdown.ms.errors import MissingExtra
from stepdown.reports.digest.entries import to_slug
from stepdown.reports.digest.narrow_forest import NarrowForest, draw_narrow_forest
from stepdown.reports.digest.words import say
from stepdown.reports.evidence_plots.forest import draw_pooled_forest
from stepdown.reports.evidence_plots.rows import PlotSection, find_pool_sections
from stepdown.reports.figures import embed_figure

#: The longest time for which a pooled figure is told, in years.
_YEARS = 2.0


@dataclass(frozen=True)
class MemberRow:
    """A study behind a pooled figure: how it was made, and what it found."""

    study: str
    design: str
    figure: str


@dataclass(frozen=True)
class EvidencePart:
    """One group of drugs: what its studies say together, each of them, and what was left out."""

    title: str
    sentences: tuple[str, ...]
    members: tuple[MemberRow, ...]
    excluded: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class EvidencePage:
    """One outcome after one choice, its parts, a wide picture where one can be drawn, and one for a phone."""

    name: str
    title: str
    parts: tuple[EvidencePart, ...]
    picture: str | None
    narrow: NarrowForest
    alt: str


def make_evidence_pages(studies: Mapping[str, Study]) -> Iterator[EvidencePage]:
    """A page for each outcome and choice that the library in place has a pooled figure for."""
    for (outcome, strategy), answers in _group_answers(studies).items():
        title = say("evidence.title_of", outcome=_upfirst(name_outcome(outcome, "events")),
                    strategy=say(f"evidence.strategy_{strategy}"))
        parts = tuple(_to_part(cell, apart) for cell, apart in answers)
        sections = tuple(_find_sections(answers))
        picture, narrow = _draw(sections), draw_narrow_forest(sections)
        yield EvidencePage(to_slug(f"{strategy}-{outcome}"), title, parts, picture, narrow, _write_alt(parts))


def _upfirst(text: str) -> str:
    return text[:1].upper() + text[1:]


def _group_answers(studies: Mapping[str, Study]) -> dict[tuple[str, str], list[tuple[Cell, Apart]]]:
    """The questions with a pool, by outcome and choice; groups answered by the same findings once."""
    found: dict[tuple[str, str], list[tuple[Cell, Apart]]] = {}
    seen = set()
    for cell in find_questions(studies.values()):
        apart = fit_apart(cell)
        key = (cell.outcome, cell.strategy, _find_members(apart))
        if apart.pools and key not in seen:
            seen.add(key)
            found.setdefault(key[:2], []).append((cell, apart))
    return dict(sorted(found.items()))


def _find_members(apart: Apart) -> frozenset[tuple[str, str]]:
    members = (member for _, pool in apart.pools for member in pool.gathered.members)
    return frozenset((member.study.id, member.finding.id) for member in members)


def _to_part(cell: Cell, apart: Apart) -> EvidencePart:
    members = [member for _, pool in apart.pools for member in pool.gathered.members]
    designs = read_words("facts")["design"]
    rows = tuple(
        MemberRow(member.study.id, designs.get(member.study.design, "-"), show_figure(member.finding))
        for member in members
    )
    told = tuple(_tell_pool(kind, pool) for kind, pool in apart.pools)
    excluded = dict.fromkeys((left.study, left.reason) for left in apart.gathered.excluded)
    return EvidencePart(_name_groups(cell, apart), told, rows, tuple(excluded))


def _name_groups(cell: Cell, apart: Apart) -> str:
    """The groups of drugs that the members were on, or the group that was asked about."""
    names = read_words("people")["group"]
    groups = {group for _, pool in apart.pools for group in pool.studied.groups} or {cell.group}
    return ", ".join(str(names[group]) for group in sorted(groups))


def _tell_pool(kind: str, pool: Pool) -> str:
    """What trials, or studies that watched, say together; they are never put together with each other."""
    years = min(_YEARS, pool.watched) or _YEARS
    estimate, low, high = (100 * to_risk(value, years) for value in pool.predicted)
    key = "evidence.pooled" if pool.pooled.k > 1 else "evidence.alone"
    key += "_open" if is_open(low, high) else ""
    words = {"x": show_share(estimate, 100), "low": show_bound(low, 100), "high": show_bound(high, 100)}
    return say(key, **words, kind=say(f"evidence.kind_{kind}"), k=pool.pooled.k, time=name_time(years))


def _find_sections(answers: list[tuple[Cell, Apart]]) -> list[PlotSection]:
    """The rows of every part, trials and other studies apart."""
    return [
        section
        for cell, apart in answers
        for section in find_pool_sections(
            _name_groups(cell, apart), [(say(f"evidence.kind_{kind}"), pool) for kind, pool in apart.pools]
        )
    ]


@lru_cache(maxsize=64)
def _draw(sections: tuple[PlotSection, ...]) -> str | None:
    """The forest plot of all parts; None without matplotlib. The same parts are drawn once in a process."""
    try:
        return embed_figure(draw_pooled_forest(sections, say("evidence.axis")))
    except MissingExtra:
        return None


def _write_alt(parts: tuple[EvidencePart, ...]) -> str:
    members = [row for part in parts for row in part.members]
    rows = [say("evidence.alt_row", study=row.study, figure=row.figure) for row in members]
    told = [sentence for part in parts for sentence in part.sentences]
    key = "evidence.alt_1" if len(rows) == 1 else "evidence.alt"
    return say(key, k=len(rows), rows="; ".join(rows), pooled=" ".join(told))
