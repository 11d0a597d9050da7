"""How is a page of the digest put together? Templates that escape all they are given, and one style sheet."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from stepdown.literature.spans import name_places
from stepdown.literature.summaries.summary import Chunk, PlainLanguageSummary
from stepdown.reports.digest.glossary import make_linker, name_anchor
from stepdown.reports.digest.reading import measure_summary
from stepdown.reports.digest.words import find_links, name_language, say
from stepdown.reports.html.page import read_style
from stepdown.reports.icon_array import draw_icons
from stepdown.reports.wording import capitalise

if TYPE_CHECKING:
    from jinja2 import Environment

#: A new paragraph begins with each of these, so that no paragraph tells two things.
_OPENS = frozenset({"definition", "comparison", "part", "other", "explains", "pool-value", "design"})


def write_summary_page(summary: PlainLanguageSummary) -> str:
    """One summary as a page that needs nothing else."""
    return render("standalone.html", summary=summary, reading=measure_summary(summary))


def render(template: str, **content: Any) -> str:
    """One page from its template; every value is escaped on its way in."""
    return open_templates().get_template(template).render(**content)


@cache
def open_templates() -> Environment:
    """The templates of the digest with what they may call."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    templates = Environment(
        loader=PackageLoader("stepdown.reports.digest"),
        auto_reload=False,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update(say=say, find_links=find_links, group_claims=group_claims, unlinked=str,
                             link_words=make_linker, name_anchor=name_anchor, name_places=name_places,
                             name_language=name_language)
    templates.globals["draw_icons"] = lambda *given: Markup(draw_icons(*given))
    templates.globals["style"] = lambda: Markup(read_digest_style())
    templates.filters["upfirst"] = capitalise
    return templates


@cache
def read_digest_style() -> str:
    """The style sheet of the digest: that of all our pages, then its own."""
    own = (files("stepdown.reports.digest") / "templates" / "digest.css").read_text("utf-8")
    return f"{read_style('base.css')}\n{own}"


def group_claims(chunk: Chunk) -> list[str]:
    """The sentences of a part as paragraphs."""
    groups: list[list[str]] = []
    for claim in chunk.claims:
        if not groups or claim.role in _OPENS:
            groups.append([])
        groups[-1].append(claim.text)
    return [" ".join(group) for group in groups]
