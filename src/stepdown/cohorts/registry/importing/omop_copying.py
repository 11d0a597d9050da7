"""The rows of an OMOP database that are needed, copied into tables of the same names in the schema ``cdm``.

Each step asks for no more than the rows that the next one looks at: the concepts that the mapping names,
the people with one of them as diagnosis, and of these the rows about something that is looked for. The
statements that follow see no other database than the copy, so they answer the same for every source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from stepdown.cohorts.registry.importing.omop_columns import CDM_TABLES
from stepdown.cohorts.registry.importing.omop_concepts import OmopMapping, ask_codes, create_meanings
from stepdown.cohorts.registry.importing.omop_drugs import create_drug_meanings
from stepdown.cohorts.registry.importing.omop_layout import Layout, OmopSource, ask_columns, quote

#: The tables of which rows about people are copied, beside those of concepts.
STEPS = ("concept", "condition_occurrence", "person", "observation_period", "drug_exposure", "measurement",
         "observation", "visit_occurrence", "death")
_SORTS = {
    "condition_occurrence": ("diagnosis", "course", "relapses", "events"),
    "drug_exposure": ("drugs",),
    "measurement": ("edss", "labs"),
    "observation": ("edss",),
    "visit_occurrence": ("hospital",),
}
_CONCEPTS = {
    "condition_occurrence": ("condition_concept_id", "condition_source_concept_id"),
    "drug_exposure": ("drug_concept_id",),
    "measurement": ("measurement_concept_id", "measurement_source_concept_id"),
    "observation": ("observation_concept_id", "observation_source_concept_id"),
    "visit_occurrence": ("visit_concept_id",),
}


@dataclass
class Copy:
    """The copy while it is made: where it comes from, and what is told about how far it is."""

    work: Any
    source: OmopSource
    layout: Layout
    report: Callable[[str], None]
    counted: dict[str, int] = field(default_factory=dict)
    stage: str = ""

    def has(self, table: str) -> bool:
        """Whether a table is read at all."""
        return table in self.layout.tables

    def count(self, table: str) -> int:
        """The rows of a table in the source, counted once."""
        if table not in self.counted:
            self.counted[table] = self.source.count_rows(self.find(table))
        return self.counted[table]

    def find(self, table: str) -> str:
        """The full name of a table in the source, as SQL."""
        return f"{self.source.prefix}{self.layout.tables[table].full_name}"

    def ask(self, query: str) -> list[Any]:
        """The first column of a query on the copy, in order."""
        return [row[0] for row in self.work.execute(query).fetchall()]

    def begin(self, table: str) -> None:
        """Tell that a table is read now."""
        self.stage = f"reading {table}"
        self.report(self.stage)

    def take(self, table: str, condition: str) -> None:
        """Copy the rows of a table, called t, that fulfil a condition; nothing where it is not read."""
        if not self.has(table):
            return
        declared, origin = CDM_TABLES[table], self.layout.tables[table]
        columns, sent = ask_columns(origin, declared)
        typed = ", ".join(f"TRY_CAST({name} AS {type_})" for name, type_ in declared.types.items())
        self.source.copy_rows(
            table, f"SELECT {columns} FROM {self.find(table)} t WHERE {condition}", sent,
            f"INSERT INTO cdm.{table} SELECT {typed} FROM ",
            lambda rows: self.report(f"{self.stage}, {rows:,} rows"))

    def take_concepts(self, numbers: Iterable[int]) -> None:
        """Copy the concepts of these numbers that are not there yet."""
        there = set(self.ask("SELECT concept_id FROM cdm.concept"))
        self.take("concept", self.match("concept", ("concept_id",), set(numbers) - there))

    def match(self, table: str, names: Iterable[str], numbers: Iterable[int]) -> str:
        """The condition that one of these columns is among the numbers; of those that the table has."""
        listed = ",".join(map(str, sorted(numbers)))
        columns = self.layout.tables[table].columns if self.has(table) else {}
        among = [f"t.{quote(columns[name].name)} IN "
                 f"(SELECT CAST(unnest(string_to_array('{listed}', ',')) AS BIGINT))"
                 for name in names if listed and name in columns]
        return f"({' OR '.join(among)})" if among else "FALSE"


def copy_cdm(copy: Copy, mapping: OmopMapping) -> int:
    """Copy all that is needed; how many concepts were looked for. Makes the tables ``meanings`` and more."""
    _create_tables(copy.work)
    copy.begin("concept")
    concepts = _copy_meanings(copy, mapping)
    copy.begin("condition_occurrence")
    people = _find_people(copy)
    _copy_rows(copy, "condition_occurrence", people)
    for table in STEPS[2:]:
        copy.begin(table)
        if table == "drug_exposure" and copy.has(table):
            _copy_drug_meanings(copy, people)
        _copy_rows(copy, table, people)
    copy.take_concepts(copy.ask("SELECT DISTINCT condition_concept_id FROM cdm.condition_occurrence UNION "
                                "SELECT DISTINCT unit_concept_id FROM cdm.measurement "
                                "WHERE unit_concept_id IS NOT NULL"))
    return concepts


def _create_tables(work: Any) -> None:
    work.execute("CREATE SCHEMA cdm")
    for table, declared in CDM_TABLES.items():
        columns = ", ".join(f"{name} {type_}" for name, type_ in declared.types.items())
        work.execute(f"CREATE TABLE cdm.{table} ({columns})")


def _copy_meanings(copy: Copy, mapping: OmopMapping) -> int:
    """Copy the concepts that the mapping names, with those below them, and make the table ``meanings``."""
    vocabulary, code = (f"CAST({_name(copy, 'concept', name)} AS VARCHAR)"
                        for name in ("vocabulary_id", "concept_code"))
    copy.take("concept", ask_codes(mapping, vocabulary, code))
    create_meanings(copy.work, mapping)
    named = copy.ask("SELECT DISTINCT concept FROM meanings")
    copy.take("concept_ancestor", copy.match("concept_ancestor", ("ancestor_concept_id",), named))
    return create_meanings(copy.work, mapping)


def _name(copy: Copy, table: str, column: str) -> str:
    return f"t.{quote(copy.layout.tables[table].columns[column].name)}"


def _list_meanings(copy: Copy, sorts: tuple[str, ...]) -> list[int]:
    listed = ", ".join(f"'{sort}'" for sort in sorts)
    return copy.ask(f"SELECT DISTINCT concept FROM meanings WHERE sort IN ({listed})")


def _find_people(copy: Copy) -> list[int]:
    """The people with one of the diagnoses that the mapping names, kept in the table ``named_people``."""
    table, diagnoses = "condition_occurrence", _list_meanings(copy, ("diagnosis",))
    person = _name(copy, table, "person_id")
    copy.work.execute("CREATE TABLE named_people (person_id BIGINT)")
    copy.source.copy_rows(
        table, f"SELECT DISTINCT CAST({person} AS BIGINT) AS person_id FROM {copy.find(table)} t "
        f"WHERE {person} IS NOT NULL AND {copy.match(table, _CONCEPTS[table], diagnoses)}",
        {"person_id": "BIGINT"}, "INSERT INTO named_people SELECT person_id FROM ", lambda _: None)
    return copy.ask("SELECT person_id FROM named_people ORDER BY 1")


def _copy_rows(copy: Copy, table: str, people: list[int]) -> None:
    """Copy the rows of these people, where a table holds many things those about what is looked for."""
    condition = copy.match(table, ("person_id",), people)
    if table in _SORTS:
        condition += f" AND {copy.match(table, _CONCEPTS[table], _list_meanings(copy, _SORTS[table]))}"
    copy.take(table, condition)


def _copy_drug_meanings(copy: Copy, people: list[int]) -> None:
    """Find which of the drugs given to these people are therapies of the catalogue."""
    table = "drug_exposure"
    drug = _name(copy, table, "drug_concept_id")
    copy.work.execute("CREATE TABLE given (concept BIGINT)")
    copy.source.copy_rows(
        table, f"SELECT DISTINCT CAST({drug} AS BIGINT) AS concept FROM {copy.find(table)} t "
        f"WHERE {drug} IS NOT NULL AND {copy.match(table, ('person_id',), people)}",
        {"concept": "BIGINT"}, "INSERT INTO given SELECT concept FROM ", lambda _: None)
    given = copy.ask("SELECT concept FROM given")
    copy.take("concept_ancestor", copy.match("concept_ancestor", ("descendant_concept_id",), given))
    above = copy.ask("SELECT DISTINCT ancestor_concept_id FROM cdm.concept_ancestor "
                     "SEMI JOIN given ON concept = descendant_concept_id")
    copy.take_concepts([*given, *above])
    create_drug_meanings(copy.work)
