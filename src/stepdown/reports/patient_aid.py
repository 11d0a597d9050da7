"""The patient's decision aid as data: every section in plain sentences; text, HTML and PDF print it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from stepdown.decisions.answer import Answer
from stepdown.ms.errors import UserError
from stepdown.reports.clinic import Clinic
from stepdown.reports.clinician_lines import show_pml_range
from stepdown.reports.patient_choices import Choice, find_choices
from stepdown.reports.patient_known import (
    find_illness,
    list_cancer_counts,
    list_cancer_text,
    list_known,
    list_questions,
    tell_not_ms,
)
from stepdown.reports.patient_matters import POINTS, UNSURE, say_matters
from stepdown.reports.patient_numbers import NumberGroup, find_number_groups, find_unknown_outcomes
from stepdown.reports.patient_words import find_names, plain_alert, plain_fact
from stepdown.reports.readability import Readability, measure_readability
from stepdown.reports.wording import PATIENT, list_plainly, read_wording, say_plainly


@dataclass(frozen=True)
class Section:
    """A headed section: sentences first, then a list, which may be one of steps in order."""

    id: str
    heading: str
    sentences: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    ordered: bool = False


@dataclass(frozen=True)
class PatientAid:
    """The whole aid: plain sections by id, the choices, the numbers, and who to call."""

    answer: Answer
    title: str
    made_for: str
    sections: dict[str, Section]
    choices: tuple[Choice, ...]
    numbers: tuple[NumberGroup, ...]
    phones: tuple[tuple[str, str, bool], ...]
    words: tuple[tuple[str, str], ...]
    readability: Readability


def build_patient_aid(answer: Answer, clinic: Clinic | None = None) -> PatientAid:
    """The aid for one answer; a refused answer gets no choices and no numbers of MS.

    UserError where the answer is refused without an option: nobody writes to somebody who has died.
    """
    if answer.refusal is not None and not answer.options:
        raise UserError(answer.refusal.reason)
    clinic = clinic or Clinic()
    refused = answer.status == "refused"
    choices = () if refused else find_choices(answer)
    numbers = find_number_groups(choices)
    sections = _refused_sections(answer) if refused else _answered_sections(answer, choices)
    sections += _common_sections(answer)
    aid = PatientAid(
        answer,
        say_plainly("page.title_refused" if refused else "page.title"),
        say_plainly("page.for_person", person=answer.person, at=answer.at, recorded_on=answer.recorded_on),
        {section.id: section for section in sections},
        choices,
        numbers,
        _list_phones(clinic),
        tuple(read_wording(PATIENT)["words"].items()),
        measure_readability(()),
    )
    return _add_about_page(aid, clinic)


def list_blocks(aid: PatientAid) -> Iterator[str]:
    """Every block of prose in the aid (not titles of papers, names or tables): what readability measures."""
    yield aid.title
    for section in aid.sections.values():
        yield from (section.heading, *section.sentences, *section.items)
    for choice in aid.choices:
        yield choice.name
        for part in choice.parts:
            yield from (part.heading, *part.items)
            for dated in part.groups:
                yield from (dated.heading, *dated.items)
    for group in aid.numbers:
        yield from (group.title, group.explain, group.same_time)
        for number in group.choices:
            yield from (*number.frames, *number.sentences, *(picture.alt for picture in number.pictures))
    for word, meaning in aid.words:
        yield from (word, meaning)


def _answered_sections(answer: Answer, choices: tuple[Choice, ...]) -> list[Section]:
    off = not any(choice.option.strategy in ("continue", "extend") for choice in choices)
    names = tuple(f"{choice.letter}. {choice.name}" for choice in choices)
    decision = (say_plainly("decision.off" if off else "decision.text"), say_plainly("decision.list"))
    sections = [
        _section("main", items=list_plainly("main.points")),
        *_alerts(answer),
        _section("decision", decision, names),
        _section("about_ms", list_plainly("about_ms.text")),
        _section("options", (say_plainly("about_page.equal"),)),
        *_numbers(choices),
        *_pml(answer),
        *_cancer(answer),
        _unknown(answer, choices),
        _matters(answer),
        _section("steps", items=list_plainly("steps.items"), ordered=True),
    ]
    return sections


def _refused_sections(answer: Answer) -> list[Section]:
    illness = find_illness(answer)
    return [
        _section("main", items=(tell_not_ms(illness), *list_plainly("main.refused"))),
        *_alerts(answer),
        _section("known", items=list_known(illness)),
    ]


def _common_sections(answer: Answer) -> list[Section]:
    refused = answer.status == "refused"
    questions = list_questions(find_illness(answer)) if refused else list_plainly("questions.items")
    return [
        _section("questions", items=questions),
        _section("stopped", items=list_plainly("stopped.items"), ordered=True),
        _section("call", (say_plainly("call.text"),), list_plainly("call.items")),
        _section("caregiver", items=list_plainly("caregiver.items")),
    ]


def _alerts(answer: Answer) -> list[Section]:
    serious = [alert for alert in answer.alerts if alert.level != "note"]
    told = tuple(dict.fromkeys(sentence for alert in serious for sentence in plain_alert(alert)))
    return [_section("alerts", told)] if told else []


def _numbers(choices: tuple[Choice, ...]) -> list[Section]:
    """What the pictures are about; no section where there is no picture."""
    if not find_number_groups(choices):
        return []
    return [_section("numbers", (say_plainly("page.picture_reference"), say_plainly("number.reference")))]


def _pml(answer: Answer) -> list[Section]:
    if not answer.pml:
        return []
    ranges = tuple(
        say_plainly("pml.range", period=cell.period_months, number=show_pml_range(cell))
        for cell in answer.pml
    )
    return [_section("pml", (say_plainly("pml.text"),), (*ranges, say_plainly("pml.unsure")))]


def _cancer(answer: Answer) -> list[Section]:
    if not answer.cancer_immunotherapy:
        return []
    return [_section("cancer", list_cancer_text(), list_cancer_counts(answer.cancer_immunotherapy))]


def _unknown(answer: Answer, choices: tuple[Choice, ...]) -> Section:
    missing = tuple(dict.fromkeys(plain_fact(item.fact) for item in answer.missing_ranked))
    numbers = find_unknown_outcomes(choices)
    general = (say_plainly("unknown.you"), say_plainly("unknown.long"))
    studies = (*numbers, say_plainly("unknown.studies")) if numbers else ()
    lead = say_plainly("unknown.facts" if missing else "unknown.none")
    return _section("unknown", (*general, *studies, lead), missing)


def _matters(answer: Answer) -> Section:
    names = read_wording(PATIENT)["matters"]
    items = ", ".join(str(names.get(item, item)) for item in answer.preferences)
    given = say_plainly("matters.given", items=items) if items else say_plainly("matters.given_none")
    return _section(
        "matters",
        (say_plainly("matters.text"), say_matters("page.lead"), given),
        tuple(say_matters(f"tick.{key}") for key in (*POINTS, UNSURE)),
    )


def _list_phones(clinic: Clinic) -> tuple[tuple[str, str, bool], ...]:
    """Label, number, and whether it is a blank to write on."""
    given = (("team", clinic.name), ("telephone", clinic.telephone), ("urgent", clinic.urgent_telephone))
    blank = say_plainly("page.blank")
    return tuple((say_plainly(f"call.{key}"), value or blank, not value) for key, value in given)


def _add_about_page(aid: PatientAid, clinic: Clinic) -> PatientAid:
    """The last section states what the page itself is, its reading level included."""
    aid = replace(aid, sections=aid.sections | {"page": _about_page(aid, clinic)})
    measured = measure_readability(list_blocks(aid), find_names(aid.answer))
    aid = replace(aid, readability=measured)
    return replace(aid, sections=aid.sections | {"page": _about_page(aid, clinic)})


def _about_page(aid: PatientAid, clinic: Clinic) -> Section:
    answer = aid.answer
    told = [
        say_plainly("page.device"),
        say_plainly("about_page.date", at=answer.at),
        say_plainly("about_page.evidence", version=answer.evidence_version, stepdown=answer.stepdown_version),
        say_plainly("about_page.update"),
        say_plainly("about_page.selected"),
        _tell_quality(answer),
        say_plainly("about_page.readability", grade=aid.readability.grade),
        *(say_plainly(f"about_page.{key}") for key in ("tested", "funding", "authors", "ipdas")),
    ]
    if clinic.reviewed_by:
        told.append(say_plainly("about_page.reviewed_by", reviewed_by=clinic.reviewed_by))
    return _section("page", tuple(told))


def _tell_quality(answer: Answer) -> str:
    sources = answer.sources.values()
    if not sources:
        return say_plainly("about_page.no_quality")
    full = sum(source.read == "full-text" for source in sources)
    return say_plainly("about_page.quality", full=full, all=len(sources))


def _section(
    key: str, sentences: tuple[str, ...] = (), items: tuple[str, ...] = (), ordered: bool = False
) -> Section:
    return Section(key, say_plainly(f"section.{key}"), sentences, items, ordered)
