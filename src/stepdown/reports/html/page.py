"""How is a page put together? Templates that escape all they are given, one style sheet, our words."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from stepdown.decisions.answer import Answer
from stepdown.decisions.source import Source
from stepdown.reports import clinician_lines, rounding, wording
from stepdown.reports.care_plan.summary import head_plan, summarise_plan
from stepdown.reports.comparison import find_cell
from stepdown.reports.curve_drawing import draw_curve, draw_curve_key
from stepdown.reports.icon_array import draw_icons, draw_key

if TYPE_CHECKING:
    from jinja2 import Environment

#: What the templates may call; they hold no logic beyond loops and tests.
_CALLED = (
    wording.say, wording.say_plainly, wording.name_word, wording.name_option, wording.name_time,
    clinician_lines.tell_behind, clinician_lines.tell_beside, clinician_lines.tell_bridge,
    clinician_lines.tell_whom, clinician_lines.tell_unknown,
    clinician_lines.find_main_reason, clinician_lines.find_links, clinician_lines.show_value,
    clinician_lines.head_triggers, clinician_lines.show_pml_range,
    clinician_lines.name_fired, clinician_lines.join_follow_up, clinician_lines.split_rules,
    clinician_lines.list_preferences, clinician_lines.list_unknown_facts,
    rounding.show_risk, find_cell, head_plan, summarise_plan,
)  # fmt: skip


def render_page(template: str, **content: Any) -> str:
    """One page from its template; every value is escaped on its way in."""
    return open_templates().get_template(template).render(**content)


@cache
def open_templates() -> Environment:
    """The templates of this folder, with all that they may call."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("stepdown.reports.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update({function.__name__: function for function in _CALLED})
    templates.filters["upfirst"] = wording.capitalise
    for draw in (draw_icons, draw_key, draw_curve, draw_curve_key):
        templates.globals[draw.__name__] = _mark_safe(draw)
    templates.globals["style"] = _mark_safe(lambda *names: "\n".join(map(read_style, names)))
    return templates


def _mark_safe(draw: Callable[..., str]) -> Callable[..., Any]:
    """A function that writes markup of ours, as templates call it: it has escaped what it was given."""
    from markupsafe import Markup

    return lambda *given: Markup(draw(*given))


def read_style(name: str) -> str:
    """One of our style sheets."""
    return (files("stepdown.reports.html") / "templates" / name).read_text(encoding="utf-8")


def find_source(answer: Answer, key: str) -> Source | None:
    """The source that a citation names, by its own key or by the study it belongs to."""
    return answer.sources.get(key) or answer.sources.get(key.partition("#")[0])


def find_citations(answer: Answer, keys: tuple[str, ...]) -> list[tuple[str, str]]:
    """Citations as label and address: the paper itself where it has one, else its line in the list."""
    shown: dict[str, str] = {}
    for key in keys:
        source = find_source(answer, key)
        links = clinician_lines.find_links(source) if source is not None else ()
        shown.setdefault(key.partition("#")[0], links[0][1] if links else f"#{name_anchor(answer, key)}")
    return list(shown.items())


def name_anchor(answer: Answer, key: str) -> str:
    """The place of a source in the list of sources."""
    keys = list(answer.sources)
    near = key if key in answer.sources else key.partition("#")[0]
    return f"source-{keys.index(near) + 1}" if near in answer.sources else "sources"
