"""What is missing is named with what it would change, the fact that holds back most first."""

from __future__ import annotations

from invented import answer, on, option


def test_a_missing_scan_is_the_most_important_gap() -> None:
    found = answer(mri=[])
    assert found.missing_ranked[0].fact in ("brain_mri_last_12_months", "mri_active_last_12_months")


def test_an_option_that_hangs_on_a_fact_names_it() -> None:
    unknowns = option(answer(relapses=None), "stop").unknowns
    assert "relapse_last_12_months" in {item.fact for item in unknowns}
    assert all(item.would_change for item in unknowns)


def test_natalizumab_without_a_jcv_test_asks_for_it() -> None:
    found = answer(treatments=on("natalizumab"), prior_immunosuppressant=None)
    assert {"jcv_index"} <= {item.fact for item in found.missing_ranked}


def test_each_fact_is_ranked_once() -> None:
    facts = [item.fact for item in answer(mri=[], relapses=None, comorbidities=None).missing_ranked]
    assert len(facts) == len(set(facts)) and facts
