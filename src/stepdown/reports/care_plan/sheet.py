"""One page of a care plan as data: headed sections of sentences, lists and tables; text and HTML print it."""

from __future__ import annotations

from dataclasses import dataclass, field

from stepdown.decisions.planned_care import CarePlan
from stepdown.reports.care_plan.words import say
from stepdown.reports.clinic import Clinic

AUDIENCES = ("clinician", "person", "caregiver", "team", "gp")
Phones = tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True)
class Entry:
    """One entry of a list: a lead in bold, what is said, and under it how sure it is and its sources."""

    text: str
    lead: str = ""
    note: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """A part of a section under its own small heading, with a mark such as "Not assessed" beside it."""

    heading: str = ""
    mark: str = ""
    sentences: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Section:
    """A headed section; ``kind`` is part, alarm or letter. ``head`` and ``rows`` are a table."""

    id: str
    heading: str
    kind: str = "part"
    blocks: tuple[Block, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    shows: str = ""


@dataclass(frozen=True)
class Sheet:
    """A whole page for one reader, what stands under its title, its sections and whom to call."""

    audience: str
    title: str
    intro: tuple[str, ...]
    sections: tuple[Section, ...]
    phones: Phones
    device: str
    sources: tuple[str, ...] = field(default=())


def make_block(*sentences: str, entries: tuple[Entry, ...] = (), heading: str = "", mark: str = "") -> Block:
    """A block of sentences and entries, without the empty ones."""
    return Block(heading, mark, tuple(each for each in sentences if each), entries)


def list_items(*items: str) -> tuple[Entry, ...]:
    """Plain entries, without the empty ones, each once."""
    return tuple(Entry(item) for item in dict.fromkeys(items) if item)


def list_phones(clinic: Clinic) -> Phones:
    """Label, number, and whether it is a blank to write on."""
    given = (("team", clinic.name), ("telephone", clinic.telephone), ("urgent", clinic.urgent_telephone))
    blank = say("phones.blank")
    return tuple((say(f"phones.{key}"), value or blank, not value) for key, value in given)


def tell_no_goals(plan: CarePlan, voice: str) -> str:
    """That no goal is on file: because nobody asked, or because none was named."""
    asked = any(row.id == "goals" and row.status == "assessed" for row in plan.rows)
    nobody = {"clinician": "no_goals", "person": "goals_none"}[voice]
    return say(f"{voice}.{'goals_unnamed' if asked else nobody}")


def tell_red_flags(plan: CarePlan, voice: str) -> tuple[Block, Block]:
    """What everybody acts on, in the voice of a page: by the emergency number, then the same day."""
    field_of = {"clinician": "text", "person": "plain", "caregiver": "caregiver"}[voice]
    told = {
        act: list_items(*(getattr(flag, field_of) for flag in plan.red_flags if flag.act == act))
        for act in ("emergency", "same-day")
    }
    return (
        Block(say(f"{voice}.emergency"), "", (), told["emergency"]),
        Block(say(f"{voice}.same_day"), "", (), told["same-day"]),
    )
