"""The page about a registry: a share of rows is never rounded to all or none, and years are kept readable."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepdown.cohorts.registry.checking import CheckedRegistry, Violation
from stepdown.cohorts.registry.completeness import Completeness
from stepdown.cohorts.registry.importing.account import Account, Imported, count_reasons
from stepdown.patients.faults import Grade
from stepdown.reports.registry_page import draw_missing, write_registry_page

BY_YEAR = ((2019, 1000, 999), (2020, 1000, 1), (2021, 10, 0))
EDSS = Completeness("visits", "edss", 2010, 1000, BY_YEAR)
FAULT = Violation("order", Grade.ERROR, "visits", ("date",), "must not <b>lie</b>", 2, (4, 9))
CHECKED = CheckedRegistry(Path("somewhere/mine"), {"patients": 5}, ("labs",), (FAULT,), (EDSS,))


def test_a_share_is_all_or_none_only_when_it_is() -> None:
    ((_, cells),) = draw_missing([EDSS])[0].lines
    assert [cell.text for cell in cells] == ["50", "99", "1", "0"]
    assert [cell.shade for cell in cells] == [2, 4, 0, 0]


def test_many_years_are_shown_as_one_and_nothing_is_lost() -> None:
    years = tuple((year, 10, 5) for year in range(1990, 2025))
    picture = draw_missing([Completeness("visits", "edss", 350, 175, years)])[0]
    assert picture.years[0] == "to 2010" and picture.years[-1] == "2024" and len(picture.years) == 15
    assert {cell.text for cell in picture.lines[0][1]} == {"50"}


def test_a_table_without_rows_has_no_picture() -> None:
    assert draw_missing([Completeness("labs", "value", 0, 0, ())]) == ()


def test_the_page_names_rows_escapes_text_and_says_what_has_no_file() -> None:
    page = write_registry_page(CHECKED)
    assert "4, 9" in page and "must not &lt;b&gt;" in page
    assert "unknown for everybody: labs" in page
    assert "What became of each row" not in page


def test_the_page_of_an_import_accounts_for_every_row() -> None:
    reasons = count_reasons(["edss: no score", "edss: no score"])
    account = Account("visits.csv", "visits", 10, 7, 2, 1, reasons)
    imported = Imported(Path("mine"), (account,), (("Copaxone 40", 3),), ("a note",))
    page = write_registry_page(CHECKED, imported)
    assert "2: edss: no score" in page and "3: Copaxone 40" in page and "a note" in page


def test_an_account_that_loses_a_row_cannot_be_made() -> None:
    with pytest.raises(ArithmeticError):
        Account("visits.csv", "visits", 10, 7, 2)
