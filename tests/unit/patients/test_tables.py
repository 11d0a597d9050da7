"""The declaration of the registry tables: whole, without doubles, and in the words of the person file."""

from __future__ import annotations

import pytest

from stepdown.ms.disability import EDSS_SCORES
from stepdown.patients.columns import PRECISION_SUFFIX, Table
from stepdown.patients.patient import LAB_TESTS
from stepdown.patients.tables import LESIONS, REQUIRED_TABLES, TABLES

EVERY = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


@EVERY
def test_a_table_numbers_its_rows_and_says_whose_they_are(table: Table) -> None:
    assert table.columns[0].key and table.columns[0].required
    assert [column.name for column in table if column.key] == [table.key]
    assert "person_id" in table.names
    assert table.name == "patients" or table.column("person_id").references == "patients"


@EVERY
def test_a_column_is_named_once_and_says_what_it_means(table: Table) -> None:
    assert len(set(table.names)) == len(table.names)
    assert all(column.meaning for column in table)


@EVERY
def test_a_measured_column_has_its_unit(table: Table) -> None:
    assert not [column.name for column in table if column.type == "number" and column.unit is None]


@EVERY
def test_rules_between_columns_name_dates_of_the_table(table: Table) -> None:
    named = [name for pair in table.in_order for name in pair] + ([table.happened] if table.happened else [])
    assert {table.column(name).type for name in named} <= {"date"}
    assert set(table.same) <= set(table.names)


@EVERY
def test_a_precision_stands_beside_its_date(table: Table) -> None:
    for column in table:
        if column.name.endswith(PRECISION_SUFFIX):
            assert table.column(column.name.removesuffix(PRECISION_SUFFIX)).type == "date"


def test_words_and_bounds_are_those_of_the_person_file() -> None:
    assert TABLES["patients"].column("course").allowed == ("CIS", "RRMS", "SPMS", "PPMS")
    assert "stable" in TABLES["treatments"].column("reason_stopped").allowed
    assert TABLES["visits"].column("edss").allowed == EDSS_SCORES
    assert TABLES["labs"].column("test").allowed == LAB_TESTS
    interval = TABLES["treatments"].column("interval_days")
    assert (interval.low, interval.high) == (1, 1000)


def test_every_count_of_lesions_has_its_yes_or_no_beside_it() -> None:
    assert all(f"any_{name}" in TABLES["mri"].names for name in LESIONS)


def test_a_column_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        TABLES["mri"].column("score")


def test_a_registry_needs_people_and_when_they_were_watched() -> None:
    assert set(REQUIRED_TABLES) <= set(TABLES)
    assert next(iter(TABLES)) == "patients"
