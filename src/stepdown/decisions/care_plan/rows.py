"""Each heading of the plan for this person: what its facts let it say, and which facts it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stepdown.decisions.care_plan.asking import fill_slots, is_missing
from stepdown.decisions.care_plan.knowledge import Table, list_rows, read_knowledge
from stepdown.decisions.planned_care import MissingFact, PlanLine, PlanRow
from stepdown.decisions.rules.conditions import all_hold
from stepdown.decisions.sourcing import expand_sources
from stepdown.ms.facts import Fact
from stepdown.patients.facts_care import name_symptom_fact

#: The strength, and the source, of what rests on no publication.
OURS = "reasoning"
_PRESENT = ("mild", "moderate", "severe")
_CONDITIONS = ("all", "any", "none_of")


@dataclass(frozen=True)
class Reader:
    """The facts of one person, the words they give to sentences, and whether MS studies speak for them."""

    facts: Mapping[str, Fact]
    slots: Mapping[str, Any]
    is_ms: bool

    def holds(self, row: Table) -> bool:
        """Whether the conditions of a row or a line are true; unknown is not true."""
        return all_hold(row, self.facts) is True

    def speaks(self, row: Table) -> bool:
        """Whether something said may be said for the disease of this person."""
        if self.is_ms:
            return not row.get("others_only")
        return bool(row.get("others") or row.get("others_only"))

    def rest_on(self, strength: str, sources: Sequence[str]) -> tuple[str, tuple[str, ...]]:
        """How sure something is, and its sources; what comes from MS is only ours for another disease."""
        return (strength, expand_sources(sources)) if self.is_ms else (OURS, (OURS,))

    def name_role(self, role: str) -> str:
        """What a role is called in the team of this person."""
        row = read_knowledge()["team"][role]
        return str(row["title"] if self.is_ms else row.get("other_title", row["title"]))

    def fill(self, sentence: str, **more: str) -> str:
        """A sentence with its slots filled."""
        return sentence.format_map({**self.slots, **more})


def make_reader(facts: Mapping[str, Fact], *, is_ms: bool) -> Reader:
    """What reads the data file for one person."""
    return Reader(facts, fill_slots(facts), is_ms)


def find_rows(reader: Reader) -> tuple[PlanRow, ...]:
    """Every row of the plan; for another disease than MS only those that hold for it too."""
    found = (_to_row(row, reader) for row in list_rows() if _concerns(row, reader))
    return tuple(row for row in found if row.lines or row.missing)


def _concerns(row: Table, reader: Reader) -> bool:
    """Whether a row has anything that may be said for this person's disease."""
    return any(reader.speaks(line) for line in row["line"])


def _to_row(row: Table, reader: Reader) -> PlanRow:
    """One row with the lines that hold."""
    severity = _find_severity(row, reader.facts)
    lacking = [name for name in row["needs"] if is_missing(reader.facts[name])]
    missing = tuple(_to_missing(name, reader.facts[name]) for name in lacking)
    lines = (*_shared_lines(row, severity, reader), *_own_lines(row, severity, reader))
    return PlanRow(
        row["id"],
        row["group"],
        row["title"],
        row["plain_title"],
        _name_status(row["needs"], missing),
        severity,
        missing,
        lines,
        tuple(reader.name_role(role) for role in row.get("team", ()) if severity in _PRESENT),
        bool(row.get("private")),
    )


def _name_status(needs: Sequence[str], missing: Sequence[MissingFact]) -> str:
    if not missing:
        return "assessed"
    return "not-assessed" if len(missing) == len(needs) else "partly-assessed"


def _find_severity(row: Table, facts: Mapping[str, Fact]) -> str | None:
    """How far the symptom of a row hinders; None for another row, and where it is not known."""
    if "symptom" not in row:
        return None
    value = facts[name_symptom_fact(row["symptom"])].value
    return str(value) if value is not None else None


def _to_missing(name: str, fact: Fact) -> MissingFact:
    words = read_knowledge()["fact"][name]
    return MissingFact(name, words["text"], words["plain"], words["key"], fact.reason)


def _own_lines(row: Table, severity: str | None, reader: Reader) -> Iterator[PlanLine]:
    """The lines of the row itself that hold for this person."""
    for line in row["line"]:
        has_condition = any(part in line for part in _CONDITIONS)
        fits = reader.holds(line) if has_condition else "symptom" not in row or severity in _PRESENT
        if fits and reader.speaks(line):
            yield _to_line(line, row, reader)


def _to_line(line: Table, row: Table, reader: Reader) -> PlanLine:
    plain = line.get("plain", "")
    if line["kind"] == "with-drugs" and "symptom" in row and not plain:
        plain = read_knowledge()["symptom"]["drugs_plain"]
    return PlanLine(
        line["kind"],
        reader.fill(line["text"]),
        reader.fill(plain),
        reader.fill(line.get("caregiver", "")),
        *reader.rest_on(line.get("strength", row["strength"]), line.get("source", row["source"])),
    )


def _shared_lines(row: Table, severity: str | None, reader: Reader) -> Iterator[PlanLine]:
    """What every symptom row says: how far it hinders, that it does not, that it grew lately."""
    if severity is None:
        return
    words = read_knowledge()["symptom"]
    fact = reader.facts[name_symptom_fact(row["symptom"])]
    score = f" ({fact.reason})" if fact.reason else ""
    yield _shared("finding", words["none" if severity == "none" else "found"], severity, score)
    if reader.facts[f"{fact.name}_worse"].is_true:
        yield _shared("caution", words["worse"], severity, score)


def _shared(kind: str, words: Table, severity: str, score: str) -> PlanLine:
    text = words["text"].format(severity=severity.capitalize(), score=score)
    return PlanLine(kind, text, words["plain"], words.get("caregiver", ""), OURS, (OURS,))
