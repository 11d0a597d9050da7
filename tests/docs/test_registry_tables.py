"""The data dictionary is that of the declaration."""

from __future__ import annotations

from write_registry_tables import PAGE, write_current_page


def test_the_data_dictionary_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == write_current_page(), "run `make docs`"
