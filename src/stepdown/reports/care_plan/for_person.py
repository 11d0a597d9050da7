"""The pages for the person and for who helps: plain words, no doses, nothing private on the caregiver's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from stepdown.decisions.answer import Answer
from stepdown.decisions.planned_care import CarePlan, PlanRow, Referral
from stepdown.ms.drug_words import read_drug_words
from stepdown.ms.therapies import read_therapies
from stepdown.reports.care_plan.sheet import (
    Block,
    Entry,
    Section,
    Sheet,
    list_items,
    list_phones,
    make_block,
    tell_no_goals,
    tell_red_flags,
)
from stepdown.reports.care_plan.words import read_words, say
from stepdown.reports.clinic import Clinic
from stepdown.reports.patient_words import ILLNESSES, plain_alert
from stepdown.reports.readability import Readability, measure_readability

#: Words that readers of these pages learn as names; each counts as two syllables.
NAMES = (*ILLNESSES, "Flesch-Kincaid", "ClinicalTrials.gov", "physiotherapist", "occupational therapist")


def write_person(answer: Answer, plan: CarePlan, clinic: Clinic) -> Sheet:
    """The page for the person."""
    sections = (
        _act(answer, plan),
        Section("flags", say("person.emergency"), "alarm", _flag_blocks(plan, "person")),
        _goals(plan),
        _next(plan),
        _rows_section(plan, "disease"),
        _symptoms(plan),
        _rows_section(plan, "living"),
        _missing(plan),
        _rows_section(plan, "team"),
        Section("pictures", say("person.pictures"), shows="pictures"),
    )
    sheet = Sheet(
        "person",
        say("person.title"),
        (say("person.intro"), say("common.plain_device")),
        tuple(each for each in sections if each.blocks or each.shows),
        list_phones(clinic),
        say("common.plain_device"),
        tuple(plan.sources),
    )
    return _with_about(sheet, plan)


def write_caregiver(answer: Answer, plan: CarePlan, clinic: Clinic) -> Sheet:
    """The page for who helps; what the person said in private is not on it."""
    urgent = any(alert.level == "urgent" for alert in answer.alerts)
    flags = [flag.caregiver for flag in plan.raised]
    raised = list_items(say("caregiver.urgent") if urgent else "", *flags)
    sections = (
        Section("act", say("caregiver.act"), "alarm", (make_block(entries=raised),) if raised else ()),
        Section("flags", say("caregiver.emergency"), "alarm", _flag_blocks(plan, "caregiver")),
        _help(plan),
        Section("you", say("caregiver.you"), blocks=(make_block(entries=_for_yourself(plan)),)),
        Section("next", say("caregiver.next"), blocks=(make_block(entries=_dates(plan)),)),
    )
    sheet = Sheet(
        "caregiver",
        say("caregiver.title"),
        (say("caregiver.intro"), say("common.plain_device")),
        tuple(each for each in sections if each.blocks),
        list_phones(clinic),
        say("common.plain_device"),
        _caregiver_sources(plan),
    )
    return _with_about(sheet, plan)


def list_prose(sheet: Sheet) -> Iterator[str]:
    """Every block of prose of a page: what readability measures."""
    yield from (sheet.title, *sheet.intro)
    for section in sheet.sections:
        yield section.heading
        for block in section.blocks:
            yield from (block.heading, *block.sentences)
            for entry in block.entries:
                yield from (entry.lead, entry.text)


def measure_sheet(sheet: Sheet) -> Readability:
    """How hard a page is to read; names of drugs, illnesses and callings are learnt as names."""
    drugs = {*read_therapies(), *read_drug_words()["drug_words"].values()}
    names = (*NAMES, *sorted(drug.replace("-", " ") for drug in drugs))
    return measure_readability((text for text in list_prose(sheet) if text), names)


def _flag_blocks(plan: CarePlan, voice: str) -> tuple[Block, ...]:
    """The lists of the emergency number and of the same day, the first under the section's own heading."""
    emergency, same_day = tell_red_flags(plan, voice)
    return replace(emergency, heading=""), same_day


def _act(answer: Answer, plan: CarePlan) -> Section:
    """What this person's facts ask for today: those of the plan, and the urgent alerts of the answer."""
    urgent = [alert for alert in answer.alerts if alert.level == "urgent"]
    told = [flag.plain for flag in plan.raised]
    told += [sentence for alert in urgent for sentence in plain_alert(alert)]
    entries = list_items(*told)
    return Section("act", say("person.act"), "alarm", (make_block(entries=entries),) if entries else ())


def _goals(plan: CarePlan) -> Section:
    entries = list_items(*plan.goals)
    words = () if entries else (tell_no_goals(plan, "person"),)
    return Section("goals", say("person.goals"), blocks=(make_block(*words, entries=entries),))


def _next(plan: CarePlan) -> Section:
    """The referrals with their reasons, then the day of the review."""
    entries = tuple(_tell_referral(item) for item in plan.referrals)
    review = Entry(say("person.review", review=plan.review_due))
    return Section("next", say("person.next"), blocks=(make_block(entries=(*entries, review)),))


def _tell_referral(item: Referral) -> Entry:
    when = say(f"person.when_{item.priority}")
    text = say("person.referral", when=when, who=item.plain_title, why=item.plain)
    return Entry(text.partition(": ")[2], when)


def _rows_section(plan: CarePlan, group: str) -> Section:
    """The rows of a group that have something to say to the person."""
    key = {"team": "research"}.get(group, group)
    heading = say(f"person.{key}_other" if group == "disease" and plan.not_ms else f"person.{key}")
    blocks = [_tell_row(row) for row in plan.rows if row.group == group]
    return Section(group, heading, blocks=tuple(each for each in blocks if each.sentences))


def _tell_row(row: PlanRow) -> Block:
    return Block(row.plain_title, "", tuple(dict.fromkeys(line.plain for line in row.lines if line.plain)))


def _symptoms(plan: CarePlan) -> Section:
    """The symptoms that hinder, each with what can help."""
    order = ("severe", "moderate", "mild")
    present = [row for row in plan.rows if row.group == "symptoms" and row.severity in order]
    present.sort(key=lambda row: order.index(str(row.severity)))
    blocks = tuple(_tell_row(row) for row in present) or (make_block(say("person.symptoms_none")),)
    asked = any(row.group == "symptoms" and row.severity is not None for row in plan.rows)
    return Section("symptoms", say("person.symptoms"), blocks=blocks if present or asked else ())


def _missing(plan: CarePlan) -> Section:
    items = list_items(*(missing.plain for row in plan.rows for missing in row.missing))
    blocks = (make_block(say("person.missing_lead"), entries=items),) if items else ()
    return Section("missing", say("person.missing"), blocks=blocks)


def _help(plan: CarePlan) -> Section:
    """How to help, row by row; the caregiver's own row stands elsewhere."""
    entries = tuple(
        Entry(line.caregiver, row.plain_title)
        for row in _open_rows(plan)
        if row.id != "caregiver"
        for line in row.lines
        if line.caregiver
    )
    words = () if entries else (say("caregiver.help_none"),)
    return Section("help", say("caregiver.help"), blocks=(make_block(*words, entries=entries),))


def _open_rows(plan: CarePlan) -> Iterable[PlanRow]:
    return (row for row in plan.rows if not row.private)


def _for_yourself(plan: CarePlan) -> tuple[Entry, ...]:
    own = (line.caregiver for row in plan.rows if row.id == "caregiver" for line in row.lines)
    return list_items(*own, *read_words()["caregiver"]["you_items"])


def _dates(plan: CarePlan) -> tuple[Entry, ...]:
    """What comes next, without reasons: they are the person's to tell."""
    told = [
        say("caregiver.next_team", when=say(f"person.when_{item.priority}"), who=item.plain_title)
        for item in plan.referrals
        if not item.private
    ]
    return list_items(*told, say("caregiver.next_review", review=plan.review_due), say("caregiver.alone"))


def _caregiver_sources(plan: CarePlan) -> tuple[str, ...]:
    """The sources of what the page says."""
    keys = [key for row in _open_rows(plan) for line in row.lines if line.caregiver for key in line.sources]
    keys += [key for flag in plan.raised if flag.caregiver for key in flag.sources]
    return tuple(dict.fromkeys(keys))


def _with_about(sheet: Sheet, plan: CarePlan) -> Sheet:
    """The page with what it says of itself at its end, its own reading grade included."""
    first = replace(sheet, sections=(*sheet.sections, _about(sheet, plan, 0.0)))
    return replace(sheet, sections=(*sheet.sections, _about(sheet, plan, measure_sheet(first).grade)))


def _about(sheet: Sheet, plan: CarePlan, grade: float) -> Section:
    made = say("person.about_made", at=plan.at, recorded_on=plan.recorded_on)
    words = (made, say("person.about_no_dose"), say("person.about_grade", grade=grade))
    return Section("about", say(f"{sheet.audience}.about"), blocks=(make_block(*words),))
