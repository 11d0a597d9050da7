"""The pages for who treats: the whole plan with its sources, one page for the team, the doctor's letter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from stepdown.decisions.answer import Answer
from stepdown.decisions.planned_care import CarePlan, MissingFact, PlanLine, PlanRow, Referral
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
from stepdown.reports.care_plan.words import say
from stepdown.reports.clinic import Clinic

GROUPS = ("disease", "symptoms", "living", "team")


def write_clinician(answer: Answer, plan: CarePlan, clinic: Clinic) -> Sheet:
    """The whole plan: every row with its lines, how sure they are, and where they can be read."""
    sections = (
        _act(answer, plan),
        _flags(plan),
        _goals(plan),
        _referrals(plan),
        *(_rows(plan, group) for group in GROUPS),
        _team(plan),
        _review(plan),
        Section("pictures", say("clinician.pictures"), shows="pictures"),
    )
    return _to_sheet("clinician", say("clinician.title", person=plan.person), plan, sections, clinic)


def write_team(answer: Answer, plan: CarePlan, clinic: Clinic) -> Sheet:
    """One page for the team: what comes first, who does what by when, what hinders, what nobody asked."""
    sections = (
        _act(answer, plan),
        _flags(plan),
        _goals(plan),
        _referrals(plan),
        _state(plan, "team"),
        _present(plan),
        _not_assessed(plan),
        _team(plan),
        _review(plan),
    )
    return _to_sheet("team", say("team.title", person=plan.person), plan, sections, clinic)


def write_letter(answer: Answer, plan: CarePlan, clinic: Clinic) -> Sheet:
    """The letter to the general practitioner."""
    asks = ("infection", "steroids", "never_stop", "vaccines", "mood", "bladder", "general")
    others = ("refusal", "vaccines", "mood", "general")
    asked = tuple(say(f"gp.{key}") for key in (others if plan.not_ms else asks))
    opening = make_block(
        say("gp.greeting"), say("gp.opening", person=plan.person, at=plan.at), *_not_ms(plan)
    )
    sections = (
        Section("opening", "", "letter", (opening,)),
        _act(answer, plan),
        _goals(plan),
        _state(plan, "gp"),
        Section("ask", say("gp.ask"), "letter", (make_block(entries=list_items(*asked)),)),
        _present(plan),
        Section("for-us", say("gp.for_us"), "letter", (make_block(entries=_tell_referrals(plan)),)),
        _not_assessed(plan),
        _review(plan),
        Section(
            "closing", "", "letter", (make_block(say("gp.closing"), say("gp.sign"), say("gp.copy")),)
        ),
    )
    return _to_sheet("gp", say("gp.title", person=plan.person), plan, sections, clinic)


def _to_sheet(
    audience: str, title: str, plan: CarePlan, sections: tuple[Section, ...], clinic: Clinic
) -> Sheet:
    made = say("common.made", at=plan.at, recorded_on=plan.recorded_on, review=plan.review_due)
    kept = tuple(each for each in sections if each.blocks or each.rows or each.shows)
    intro = (made, say("common.device"))
    phones = list_phones(clinic)
    sources = tuple(plan.sources) if audience == "clinician" else ()
    return Sheet(audience, title, intro, kept, phones, say("common.device"), sources)


def _act(answer: Answer, plan: CarePlan) -> Section:
    """What this person's facts ask for today: the urgent alerts of the answer, and those of the plan."""
    urgent = [Entry(alert.text, sources=alert.sources) for alert in answer.alerts if alert.level == "urgent"]
    raised = [Entry(flag.text, "", say(f"strength.{flag.strength}"), flag.sources) for flag in plan.raised]
    entries = (*urgent, *raised)
    words = () if entries else (say("clinician.none_raised"),)
    kind = "alarm" if entries else "part"
    return Section("act", say("clinician.act"), kind, (make_block(*words, entries=entries),))


def _flags(plan: CarePlan) -> Section:
    emergency, same_day = tell_red_flags(plan, "clinician")
    whose = make_block(say("clinician.emergency_ours"))
    blocks = (replace(emergency, heading=""), same_day, whose)
    return Section("flags", say("clinician.emergency"), blocks=blocks)


def _goals(plan: CarePlan) -> Section:
    words = () if plan.goals else (tell_no_goals(plan, "clinician"),)
    block = make_block(*words, entries=list_items(*plan.goals))
    return Section("goals", say("clinician.goals"), blocks=(block,))


def _referrals(plan: CarePlan) -> Section:
    if not plan.referrals:
        block = make_block(say("clinician.no_referrals"))
        return Section("referrals", say("clinician.referrals"), blocks=(block,))
    head = (say("clinician.who"), say("clinician.when"), say("clinician.why"))
    rows = tuple((item.title, _tell_when(item), item.why) for item in plan.referrals)
    return Section("referrals", say("clinician.referrals"), head=head, rows=rows)


def _tell_when(item: Referral) -> str:
    return say(f"priority.{item.priority}", due=item.due)


def _tell_referrals(plan: CarePlan) -> tuple[Entry, ...]:
    """The referrals as a list; that there is none where there is none."""
    told = [f"{item.title} ({_tell_when(item)}): {item.why}" for item in plan.referrals]
    return list_items(*(told or [say("clinician.no_referrals")]))


def _rows(plan: CarePlan, group: str) -> Section:
    blocks = [_to_block(row) for row in plan.rows if row.group == group]
    if group == "disease":
        blocks.insert(0, make_block(*_tell_severity(plan), *_not_ms(plan)))
    return Section(group, say(f"group.{group}"), blocks=tuple(each for each in blocks if each != Block()))


def _tell_severity(plan: CarePlan) -> tuple[str, ...]:
    if not plan.severe_rule:
        return ()
    words = {True: "severe_yes", False: "severe_no", None: "severe_unknown"}[plan.severe]
    return (say(f"clinician.{words}"), plan.severe_rule)


def _not_ms(plan: CarePlan) -> tuple[str, ...]:
    return (say("clinician.not_ms", reason=plan.not_ms),) if plan.not_ms else ()


def _to_block(row: PlanRow) -> Block:
    """A row: what it lacks, then its lines."""
    missing = tuple(_tell_missing(each) for each in row.missing)
    team = (Entry(say("clinician.by_whom", team=", ".join(row.team))),) if row.team else ()
    return Block(row.title, say(f"status.{row.status}"), missing, (*map(_to_entry, row.lines), *team))


def _tell_missing(missing: MissingFact) -> str:
    known = ("not on file", "not asked", "")
    reason = "" if missing.reason in known else f" {missing.reason[:1].upper()}{missing.reason[1:]}."
    return say("clinician.missing", text=missing.text, place=missing.key, reason=reason)


def _to_entry(line: PlanLine) -> Entry:
    return Entry(line.text, say(f"kind.{line.kind}"), say(f"strength.{line.strength}"), line.sources)


def _team(plan: CarePlan) -> Section:
    head = (say("clinician.who"), say("clinician.what"))
    rows = tuple((member.title, member.what) for member in plan.team)
    return Section("team-members", say("clinician.team"), head=head, rows=rows)


def _review(plan: CarePlan) -> Section:
    words = [say("clinician.review_line", review=plan.review_due, text=plan.review)]
    if plan.review_because:
        words.append(say("clinician.review_sooner", because=", ".join(plan.review_because)))
    return Section("review", say("clinician.review"), blocks=(make_block(*words),))


def _state(plan: CarePlan, audience: str) -> Section:
    """The findings of the disease and of the person's life, a line a row."""
    entries = tuple(
        Entry(line.text, row.title)
        for row in plan.rows
        if row.group == "disease" and row.id not in ("new-treatments", "other-disease")
        for line in row.lines
        if line.kind == "finding"
    )
    heading = say("gp.state") if audience == "gp" else say("group.disease")
    return Section("state", heading, blocks=(make_block(entries=entries),) if entries else ())


def _present(plan: CarePlan) -> Section:
    """The symptoms that hinder, with what is looked at first."""
    head = (say("clinician.symptom"), say("clinician.how_far"), say("clinician.look_first"))
    rows = tuple(_symptom_rows(plan))
    symptoms = [row for row in plan.rows if row.group == "symptoms"]
    unasked = str(sum(row.severity is None for row in symptoms))
    words = (
        "" if rows else say("team.none_present"),
        "" if unasked == "0" else say("team.unasked", count=unasked, all=str(len(symptoms))),
    )
    blocks = (make_block(*words),) if any(words) else ()
    return Section("present", say("team.present"), blocks=blocks, head=head if rows else (), rows=rows)


def _symptom_rows(plan: CarePlan) -> Iterator[tuple[str, ...]]:
    order = ("severe", "moderate", "mild")
    present = [row for row in plan.rows if row.group == "symptoms" and row.severity in order]
    for row in sorted(present, key=lambda row: order.index(str(row.severity))):
        first = " ".join(line.text for line in row.lines if line.kind == "assess")
        yield row.title, row.lines[0].text.rstrip("."), first


def _not_assessed(plan: CarePlan) -> Section:
    """Everything that nobody wrote down, in one list."""
    items = list_items(*(missing.text for row in plan.rows for missing in row.missing))
    if not items:
        return Section("missing", say("clinician.missing_list"))
    words = "; ".join(entry.text for entry in items)
    return Section("missing", say("clinician.missing_list"), blocks=(make_block(f"{words}."),))
