"""Who is in the team, to whom the person is referred and how soon, and when the plan is looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from stepdown.decisions.care_plan.knowledge import Table, list_rows, read_knowledge
from stepdown.decisions.care_plan.rows import Reader
from stepdown.decisions.planned_care import PlanRow, RaisedFlag, RedFlag, Referral, TeamMember
from stepdown.ms.dates import add_months

_BY_SEVERITY = {"severe": "soon", "moderate": "routine"}
_PRIORITIES = ("now", "soon", "routine")


def find_raised(reader: Reader) -> tuple[RaisedFlag, ...]:
    """What in this person's facts is to be acted on now."""
    return tuple(
        RaisedFlag(
            row["id"],
            row["text"],
            row["plain"],
            row.get("caregiver", ""),
            *reader.rest_on(row["strength"], row["source"]),
        )
        for row in read_knowledge()["raised"]
        if reader.speaks(row) and reader.holds(row)
    )


def list_red_flags() -> tuple[RedFlag, ...]:
    """What everybody is told to act on."""
    return tuple(
        RedFlag(row["act"], row["text"], row["plain"], row["caregiver"])
        for row in read_knowledge()["red_flag"]
    )


def find_referrals(reader: Reader, rows: Iterable[PlanRow], at: date) -> tuple[Referral, ...]:
    """Every referral, the most pressing first; each role once, with all its reasons under the highest."""
    found = [
        *_of_urgent(reader, at),
        *_of_raised(reader, at),
        *_of_rules(reader, at),
        *_of_symptoms(reader, rows, at),
    ]
    return tuple(sorted(_join(found), key=lambda item: _PRIORITIES.index(item.priority)))


def _join(found: Iterable[Referral]) -> list[Referral]:
    """One referral for each role and priority, its reasons together."""
    joined: dict[tuple[str, str, bool], Referral] = {}
    for item in found:
        key = (item.role, item.priority, item.private)
        joined[key] = _merge(joined[key], item) if key in joined else item
    return list(joined.values())


def _merge(first: Referral, second: Referral) -> Referral:
    """Two referrals to the same role, as one."""
    return Referral(
        first.role,
        first.title,
        first.plain_title,
        first.priority,
        first.due,
        f"{first.why} {second.why}",
        " ".join(dict.fromkeys((first.plain, second.plain))),
        first.strength,
        tuple(dict.fromkeys((*first.sources, *second.sources))),
        first.private,
    )


def _refer(role: str, priority: str, at: date, why: Table, reader: Reader) -> Referral:
    """A referral to a role; ``why`` holds the reason for the team and for the person, and its sources."""
    days = read_knowledge()["priority"][priority]["days"]
    return Referral(
        role,
        reader.name_role(role),
        read_knowledge()["team"][role]["plain"],
        priority,
        (at + timedelta(days=days)).isoformat(),
        why["why"],
        why["plain"],
        *reader.rest_on(why["strength"], why["source"]),
        bool(why.get("private")),
    )


def _of_urgent(reader: Reader, at: date) -> Iterator[Referral]:
    """What the answer calls urgent is somebody's to see to."""
    if reader.facts["urgent"].is_true:
        row = read_knowledge()["urgent"]
        yield _refer(row["to"], "now", at, row, reader)


def _of_raised(reader: Reader, at: date) -> Iterator[Referral]:
    for row in read_knowledge()["raised"]:
        if reader.speaks(row) and reader.holds(row):
            private = "caregiver" in row.get("keep_from", ())
            why = {**row, "why": row["text"], "private": private}
            yield _refer(row["to"], "now", at, why, reader)


def _of_rules(reader: Reader, at: date) -> Iterator[Referral]:
    for row in read_knowledge()["referral"]:
        if reader.speaks(row) and reader.holds(row):
            yield _refer(row["to"], row["priority"], at, row, reader)


def _of_symptoms(reader: Reader, rows: Iterable[PlanRow], at: date) -> Iterator[Referral]:
    """A symptom that hinders moderately or severely goes to who is named in its row."""
    known = {row["id"]: row for row in list_rows()}
    for row in rows:
        if row.severity in _BY_SEVERITY:
            why = {
                "why": f"{row.title}: {row.severity}.",
                "plain": f"For {row.plain_title.lower()}.",
                "strength": "reasoning",
                "source": known[row.id]["source"],
                "private": row.private,
            }
            yield _refer(known[row.id]["refer"], _BY_SEVERITY[row.severity], at, why, reader)


def find_team(
    reader: Reader, rows: Iterable[PlanRow], referrals: Iterable[Referral]
) -> tuple[TeamMember, ...]:
    """Who is in the team: those of every team, of the symptoms that are there, and of the referrals."""
    known = {row["id"]: row for row in list_rows()}
    wanted = {role for row in rows if row.severity not in (None, "none") for role in known[row.id]["team"]}
    wanted |= {item.role for item in referrals}
    return tuple(
        TeamMember(role, reader.name_role(role), row["plain"], row["what"])
        for role, row in read_knowledge()["team"].items()
        if role != "source" and (row.get("always") or role in wanted)
    )


def find_review(reader: Reader, at: date) -> tuple[date, tuple[str, ...]]:
    """The day of the next review, at least yearly, and why it is sooner."""
    review = read_knowledge()["review"]
    sooner = [row for row in review["sooner"] if reader.holds(row)]
    months = min([review["months"], *(row["months"] for row in sooner)])
    return add_months(at, months), tuple(row["why"] for row in sooner if row["months"] == months)
