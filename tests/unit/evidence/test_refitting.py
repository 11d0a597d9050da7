"""All pools at once are those that one question at a time gives, and quick enough to follow an edit."""

from __future__ import annotations

import time

from stepdown.evidence.apart import fit_apart
from stepdown.evidence.cells import Gathered
from stepdown.evidence.pool import OBSERVATIONAL, Pool
from stepdown.evidence.reading import read_library
from stepdown.evidence.refitting import refit_pools, to_value
from unit.evidence.invented_studies import finding, study


def test_each_pool_is_that_of_its_question_alone() -> None:
    for (cell, kind), pool in refit_pools(read_library()).items():
        alone = dict(fit_apart(cell).pools).get(kind)
        assert pool.cell == cell if isinstance(pool, Pool) else alone is None
        assert to_value(pool) == (to_value(alone) if alone else None)


def test_questions_with_the_same_members_keep_their_own_cell_and_exclusions() -> None:
    pools = refit_pools({"one": study("one", finding(), finding("again"))})
    observed = {cell: pool for (cell, kind), pool in pools.items() if kind == OBSERVATIONAL}
    assert [cell.group for cell in observed] == ["injectable", "teriflunomide", "fumarate"]
    for cell, pool in observed.items():
        assert isinstance(pool, Pool) and pool.cell == cell
        assert pool.pooled.excluded == pool.gathered.excluded != ()


def test_nothing_to_pool_has_no_value() -> None:
    (pool, *_) = refit_pools({"one": study("one", finding(time_years=None))}).values()
    assert isinstance(pool, Gathered) and to_value(pool) is None


def test_all_pools_of_the_library_are_refitted_within_a_second_of_computing() -> None:
    refit_pools(read_library())
    begin = time.process_time()
    refit_pools(read_library())
    assert time.process_time() - begin < 1.0
