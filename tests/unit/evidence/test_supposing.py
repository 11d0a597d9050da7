"""Another library answers for as long as it is supposed, and no longer."""

from __future__ import annotations

import pytest

from stepdown.evidence.apart import fit_pool
from stepdown.evidence.cells import Cell, Gathered
from stepdown.evidence.pool import Pool
from stepdown.evidence.reading import read_library
from stepdown.evidence.supposing import supposing
from unit.evidence.invented_studies import finding, study

CELL = Cell("relapse", "stop", "injectable", selection="elective-stable")


def test_pools_are_those_of_the_supposed_library_and_then_of_the_real_one() -> None:
    real = fit_pool(CELL)
    with supposing({"one": study("one", finding())}):
        inside = fit_pool(CELL)
        assert set(read_library()) == {"one"}
    assert isinstance(inside, Pool) and inside.pooled.sources == ("one#relapse-stop",)
    again = fit_pool(CELL)
    assert isinstance(real, Pool) and isinstance(again, Pool) and again.pooled.sources == real.pooled.sources


def test_a_fault_inside_brings_the_real_library_back() -> None:
    with pytest.raises(KeyError), supposing({}):
        assert isinstance(fit_pool(CELL), Gathered)
        read_library()["nobody"]
    assert "corboy2023" in read_library()


def test_one_supposition_inside_another_ends_with_the_outer_one() -> None:
    with supposing({"one": study("one")}):
        with supposing({"two": study("two")}):
            assert set(read_library()) == {"two"}
        assert set(read_library()) == {"one"}
