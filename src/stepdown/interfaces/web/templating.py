"""The templates of the pages: ours before those of ``reports``, so that its pages stand in our frame."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from stepdown import __version__
from stepdown.reports.html.page import open_templates, read_style
from stepdown.reports.icon_array import find_colour
from stepdown.reports.patient_matters import say_matters

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, **content: Any) -> str:
    """One page or part of a page; every value is escaped on its way in."""
    return _open().get_template(template).render(version=__version__, **content)


@cache
def write_style(audience: str) -> str:
    """The style sheet of the pages for ``clinician`` or ``patient``: that of the reports, and the form's."""
    ours = (files("stepdown.interfaces.web") / "static" / "web.css").read_text(encoding="utf-8")
    return "\n".join([*map(read_style, ("base.css", f"{audience}.css", "print.css", "care_plan.css")), ours])


@cache
def _open() -> Environment:
    from jinja2 import ChoiceLoader, PackageLoader

    ours, theirs = PackageLoader("stepdown.interfaces.web"), PackageLoader("stepdown.reports.html")
    # base.html of this folder stands before the one of reports: the same pages, with our style sheets linked.
    templates = open_templates().overlay(loader=ChoiceLoader([ours, theirs]))
    templates.globals |= {"say_matters": say_matters, "mark_colour": find_colour}
    return templates
