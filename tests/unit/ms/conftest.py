"""Here every line must run: what is kept once read is read again."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module", autouse=True)
def _read_anew(tables_read_anew: None) -> None:
    """Nothing of a test that coverage did not watch is taken over."""
