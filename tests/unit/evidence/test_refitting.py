"""All pools at once are those that one question at a time gives, and quick enough to follow an edit."""

from __future__ import annotations

import time

from stepdown.evidence.cells import Gathered
from stepdown.evidence.reading import read_library
from stepdown.evidence.refitting import refit_pools, to_value
from stepdown.evidence.risk import Pool, fit_pool
from unit.evidence.invented_studies import finding, study


def test_each_pool_is_that_of_its_question_alone() -> None:
    for cell, pool in refit_pools(read_library()).items():
        alone = fit_pool(cell)
        assert pool.cell == cell if isinstance(pool, Pool) else isinstance(alone, Gathered)
        assert to_value(pool) == to_value(alone)


def test_questions_with_the_same_members_keep_their_own_cell_and_exclusions() -> None:
    pools = refit_pools({"one": study("one", finding(), finding("again"))})
    assert [cell.group for cell in pools] == ["injectable", "teriflunomide", "fumarate"]
    for cell, pool in pools.items():
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
