"""The pages: the start page with the form, and the clinician's answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from starlette.responses import HTMLResponse, Response

from stepdown.decisions.answer import Answer
from stepdown.evidence.reading import read_library
from stepdown.interfaces.smart.fetched import FetchedRecord
from stepdown.interfaces.web.asking import Asked, Posted, find_answer, find_fetched, find_person
from stepdown.interfaces.web.explorer import cite_in_digest, find_explorer_pages, find_summary
from stepdown.interfaces.web.form_drawing import draw_form, say_for_form
from stepdown.interfaces.web.form_reading import read_fields
from stepdown.interfaces.web.person_text import list_examples, write_person
from stepdown.interfaces.web.ranking import rank_posted
from stepdown.interfaces.web.settings import Settings
from stepdown.interfaces.web.supposing import CONTROLS, Supposed, suppose_posted
from stepdown.interfaces.web.templating import render
from stepdown.ms.errors import UserError
from stepdown.ms.therapies import read_therapies
from stepdown.patients.faults import Fault
from stepdown.patients.fhir import FhirPerson
from stepdown.reports.comparison import choose_columns, find_scale
from stepdown.reports.html.clinician import draw_forests
from stepdown.reports.html.page import name_anchor
from stepdown.reports.number_pictures import draw_pictures


def warm_up(settings: Settings) -> None:
    """Answer for two invented people: what is read and fitted once is there before anybody waits.

    Two, since a drug with rebound asks for other studies than a mild one; the next twelve would save little.
    """
    for example in list_examples()[:2]:
        show_answer(Posted({"example": example.name}), settings)


def write_start(settings: Settings, complaint: str = "") -> str:
    """The start page: what this is, the three ways in, and the empty form."""
    return _write_form(settings, {}, (), complaint=say_for_form(complaint), is_start=True)


def _write_form(
    settings: Settings, values: Mapping[str, Any], faults: Sequence[Fault], more: str = "",
    complaint: str = "", is_start: bool = False, bundle: FhirPerson | None = None,
    source: str = "the FHIR bundle",
) -> str:  # fmt: skip
    return render(
        "form.html",
        form=draw_form(values, faults, more),
        examples=list_examples(),
        complaint=complaint,
        is_start=is_start,
        bundle=bundle,
        source=source,
        **settings.frame,
    )


def show_form(posted: Posted, settings: Settings) -> Response:
    """The form filled with what was posted, with one more entry or one fewer where that was asked."""
    if posted.get("add") or posted.get("remove"):
        values, _ = read_fields(_without(posted.fields, posted.get("remove")))
        return HTMLResponse(_write_form(settings, values, (), posted.get("add")))
    try:
        asked = find_person(posted, settings)
    except UserError as problem:
        return HTMLResponse(write_start(settings, complaint=problem.sentence), 422)
    return HTMLResponse(_write_form(settings, asked.values, asked.faults, bundle=asked.bundle))


def _without(fields: Mapping[str, str], entry: str) -> dict[str, str]:
    """The fields but those of one entry."""
    return {
        name: value
        for name, value in fields.items()
        if not entry or (name != entry and not name.startswith(f"{entry}."))
    }


def show_record(record: FetchedRecord, settings: Settings) -> Response:
    """The form filled with the record of a launch: somebody looks it through before there is an answer."""
    asked = find_fetched(record, settings)
    form = _write_form(settings, asked.values, asked.faults, bundle=asked.bundle, source="the record system")
    return HTMLResponse(form)


def show_answer(posted: Posted, settings: Settings) -> Response:
    """The clinician's page; the form with its errors where there is something to mend."""
    try:
        asked = find_person(posted, settings)
    except UserError as problem:
        return HTMLResponse(write_start(settings, complaint=problem.sentence), 422)
    if asked.bundle is not None:
        # What a bundle says is looked at by somebody before there is an answer.
        return HTMLResponse(_write_form(settings, asked.values, asked.faults, bundle=asked.bundle))
    if asked.has_errors:
        return HTMLResponse(_write_form(settings, asked.values, asked.faults), 422)
    answer = find_answer(asked)
    return HTMLResponse(_write_answer(settings, asked, answer, Supposed(dict.fromkeys(CONTROLS, "")), posted))


def show_what_if(posted: Posted, settings: Settings) -> Response:
    """The answer page with what moved; that part alone where a script of the page asks for it."""
    asked = find_person(posted, settings)
    answer = find_answer(asked)
    supposed = suppose_posted(posted, asked, answer)
    if posted.is_part:
        return HTMLResponse(render("moved.html", supposed=supposed))
    return HTMLResponse(_write_answer(settings, asked, answer, supposed, posted))


def show_ranking(posted: Posted, settings: Settings) -> Response:
    """The answer page with another set of options ranked; that part alone where a script asks for it."""
    asked = find_person(posted, settings)
    answer = find_answer(asked)
    if posted.is_part:
        return HTMLResponse(render("ranking.html", ranking=rank_posted(posted, answer)))
    return HTMLResponse(_write_answer(settings, asked, answer, Supposed(dict.fromkeys(CONTROLS, "")), posted))


def show_findings(posted: Posted, settings: Settings) -> Response:
    """The forest plots of an answer: each finding at its own time, then the pooled numbers."""
    asked = find_person(posted, settings)
    answer = find_answer(asked)
    pictures, note = draw_forests(answer, read_library())
    return HTMLResponse(
        render(
            "findings.html",
            answer=answer,
            pictures=pictures,
            note=note,
            questions=partial(find_explorer_pages, settings, answer),
            person=write_person(asked.values),
            **settings.frame,
        )
    )


def _write_answer(
    settings: Settings, asked: Asked, answer: Answer, supposed: Supposed, posted: Posted
) -> str:
    columns = choose_columns(answer.options)
    return render(
        "answer.html",
        answer=answer,
        supposed=supposed,
        therapies=tuple(read_therapies()),
        ranking=rank_posted(posted, answer),
        groups=draw_pictures(answer.options),
        columns=columns,
        scales=[find_scale(answer.options, column) for column in columns],
        pictures=[],
        note="",
        cite=cite_in_digest(settings, answer),
        summary_of=partial(find_summary, settings),
        questions=partial(find_explorer_pages, settings, answer),
        anchor=partial(name_anchor, answer),
        person=write_person(asked.values),
        **settings.frame,
    )
