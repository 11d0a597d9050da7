"""The pages of a care plan, one for each reader, and each as plain text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from stepdown.decisions.answer import Answer
from stepdown.decisions.planned_care import CarePlan
from stepdown.ms.errors import UserError
from stepdown.reports.care_plan.for_person import write_caregiver, write_person
from stepdown.reports.care_plan.for_team import write_clinician, write_letter, write_team
from stepdown.reports.care_plan.sheet import Block, Entry, Section, Sheet
from stepdown.reports.care_plan.timeline import tell_course
from stepdown.reports.care_plan.words import say
from stepdown.reports.clinic import Clinic
from stepdown.reports.clinician_lines import find_links
from stepdown.reports.text_layout import wrap, write_heading, write_list, write_table

WRITERS: dict[str, Callable[[Answer, CarePlan, Clinic], Sheet]] = {
    "clinician": write_clinician,
    "person": write_person,
    "caregiver": write_caregiver,
    "team": write_team,
    "gp": write_letter,
}
_WIDTHS = {2: (28, 51), 3: (22, 20, 36)}


def write_sheet(answer: Answer, audience: str, clinic: Clinic | None = None) -> Sheet:
    """The page of the plan of an answer for one reader."""
    plan = find_plan(answer)
    return WRITERS[audience](answer, plan, clinic or Clinic())


def find_plan(answer: Answer) -> CarePlan:
    """The plan of an answer; UserError where there is none, for nobody plans the care of who has died."""
    if answer.care_plan is None:
        raise UserError(answer.refusal.reason if answer.refusal else "This answer holds no care plan.")
    return answer.care_plan


def write_plan_text(answer: Answer, audience: str = "clinician", clinic: Clinic | None = None) -> str:
    """A page of the plan as plain text, 80 columns wide."""
    plan, sheet = find_plan(answer), write_sheet(answer, audience, clinic)
    lines = write_heading(sheet.title)[1:]
    for sentence in sheet.intro:
        lines += wrap(sentence)
    for section in sheet.sections:
        lines += _write_section(section, plan)
    lines += ["", *(f"{label}: {value}" for label, value, _ in sheet.phones)]
    return "\n".join([*lines, *_write_sources(sheet, plan)]) + "\n"


def _write_section(section: Section, plan: CarePlan) -> Iterator[str]:
    if section.shows:
        yield from _write_pictures(plan)
        return
    yield from write_heading(section.heading, 2) if section.heading else [""]
    for block in section.blocks:
        yield from _write_block(block)
    if section.rows:
        yield from write_table(section.head, section.rows, _WIDTHS[len(section.head)])


def _write_block(block: Block) -> Iterator[str]:
    if block.heading:
        mark = f" [{block.mark}]" if block.mark else ""
        yield from ("", *wrap(f"{block.heading}{mark}"))
    for sentence in block.sentences:
        yield from wrap(sentence)
    yield from write_list(_tell_entry(entry) for entry in block.entries)


def _tell_entry(entry: Entry) -> str:
    lead = f"{entry.lead}: " if entry.lead else ""
    notes = "; ".join(part for part in (entry.note, ", ".join(entry.sources)) if part)
    return f"{lead}{entry.text}{f' [{notes}]' if notes else ''}"


def _write_pictures(plan: CarePlan) -> Iterator[str]:
    """A terminal draws no picture: the course in words."""
    yield from write_heading(say("picture.timeline"), 2)
    yield from write_list(tell_course(plan)) or wrap(say("picture.timeline_none"))


def _write_sources(sheet: Sheet, plan: CarePlan) -> Iterator[str]:
    if not sheet.sources:
        return
    yield from write_heading(say("clinician.sources"), 2)
    for key in sheet.sources:
        source = plan.sources[key]
        links = "; ".join(address for _, address in find_links(source))
        year = f" ({source.year})" if source.year else ""
        yield from write_list([f"[{key}] {source.title}{year}. {links}".strip()])
