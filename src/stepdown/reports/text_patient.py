"""The patient's aid for a terminal: the same sentences and numbers as the page, 80 columns wide."""

from __future__ import annotations

from stepdown.decisions.answer import Answer
from stepdown.reports.clinic import Clinic
from stepdown.reports.patient_aid import PatientAid, Section, build_patient_aid
from stepdown.reports.patient_choices import Choice
from stepdown.reports.patient_numbers import NumberGroup
from stepdown.reports.text_layout import wrap, write_heading, write_list
from stepdown.reports.wording import say_plainly

#: The sections before and after the choices and numbers, in the order of the page.
FIRST = ("main", "alerts", "known", "decision", "about_ms")
LAST = ("pml", "cancer", "unknown", "matters", "steps", "questions", "stopped", "call")


def write_patient_text(answer: Answer, clinic: Clinic | None = None) -> str:
    """The whole aid in plain text."""
    aid = build_patient_aid(answer, clinic)
    lines = [*write_heading(aid.title)[1:], *wrap(aid.made_for), *wrap(say_plainly("page.device"))]
    lines += _write_sections(aid, FIRST)
    if aid.choices:
        lines += _write_sections(aid, ("options",))
        for choice in aid.choices:
            lines += _write_choice(choice)
    if aid.numbers:
        lines += _write_sections(aid, ("numbers",))
        for group in aid.numbers:
            lines += _write_numbers(group)
    lines += _write_sections(aid, LAST) + _write_phones(aid) + _write_sections(aid, ("caregiver",))
    return "\n".join(lines + _write_words(aid) + _write_sections(aid, ("page",)) + _write_sources(aid)) + "\n"


def _write_sections(aid: PatientAid, keys: tuple[str, ...]) -> list[str]:
    return [line for key in keys if key in aid.sections for line in _write_section(aid.sections[key])]


def _write_section(section: Section) -> list[str]:
    lines = write_heading(section.heading, 2)
    lines += wrap(" ".join(section.sentences)) if section.sentences else []
    if section.ordered:
        return lines + [
            line for number, item in enumerate(section.items, 1) for line in wrap(item, "   ", f"{number}. ")
        ]
    return lines + write_list(section.items)


def _write_choice(choice: Choice) -> list[str]:
    lines = ["", *wrap(f"{choice.letter}. {choice.name} [{choice.label}]")]
    for part in choice.parts:
        lines += [f"   {part.heading}:", *write_list(part.items, "   ")]
        for dated in part.groups:
            lines += [f"   {dated.heading}:", *write_list(dated.items, "   ")]
    return lines


def _write_numbers(group: NumberGroup) -> list[str]:
    lines = ["", *wrap(f"{group.title}, {group.time}"), *wrap(group.explain)]
    for number in group.choices:
        lines += wrap(
            f"{number.letter}. {number.name}: {' '.join((*number.frames, *number.sentences))}", "  ", "- "
        )
    if len(group.table.times) > 1:
        lines += wrap(say_plainly("number.table_caption") + ":")
        for name, cells in group.table.rows:
            told = "; ".join(f"{time}: {cell}" for time, cell in zip(group.table.times, cells, strict=True))
            lines += write_list([f"{name}: {told}"])
    return lines


def _write_phones(aid: PatientAid) -> list[str]:
    return [
        *wrap(say_plainly("call.emergency")),
        *(line for label, value, _ in aid.phones for line in wrap(f"{label}: {value}")),
    ]


def _write_words(aid: PatientAid) -> list[str]:
    return write_heading(say_plainly("section.words"), 2) + write_list(
        f"{word}: {text}" for word, text in aid.words
    )


def _write_sources(aid: PatientAid) -> list[str]:
    if not aid.answer.sources:
        return []
    sources = [
        f"{source.title} ({source.year or '-'}){f', PMID {source.pmid}' if source.pmid else ''}"
        f"{f', doi {source.doi}' if source.doi else ''}"
        for source in aid.answer.sources.values()
    ]
    return write_heading(say_plainly("section.sources"), 2) + write_list(dict.fromkeys(sources))
