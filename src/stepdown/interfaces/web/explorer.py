"""Where the digest beside the pages tells more: the summary of a study, and all studies of a question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from stepdown.decisions.answer import Answer
from stepdown.interfaces.web.settings import Settings
from stepdown.reports.digest.entries import to_slug
from stepdown.reports.html.page import find_citations
from stepdown.reports.wording import capitalise

Link = tuple[str, str]


def find_summary(settings: Settings, key: str) -> str | None:
    """The address of the summary of the study that a source names; None where the digest has none."""
    return _find_page(settings, f"summaries/{key.partition('#')[0]}.html")


def find_explorer_pages(settings: Settings, answer: Answer, outcome: str) -> tuple[Link, ...]:
    """The pages of the explorer for an outcome, one for each kind of step among the options."""
    strategies = dict.fromkeys(option.strategy for option in answer.options)
    pages = [(name, _find_page(settings, f"evidence/{to_slug(f'{name}-{outcome}')}.html"))
             for name in strategies]  # fmt: skip
    return tuple((capitalise(name), page) for name, page in pages if page)


def cite_in_digest(settings: Settings, answer: Answer) -> Callable[[tuple[str, ...]], list[Link]]:
    """Citations that lead to the summary in the digest where it has one, else to the paper."""

    def cite(keys: tuple[str, ...]) -> list[Link]:
        links = find_citations(answer, keys)
        return [(label, find_summary(settings, label) or address) for label, address in links]

    return cite


def _find_page(settings: Settings, path: str) -> str | None:
    """The address of a page of the digest, where it was built."""
    is_built = settings.digest is not None and (Path(settings.digest) / path).is_file()
    return f"/digest/{path}" if is_built else None
