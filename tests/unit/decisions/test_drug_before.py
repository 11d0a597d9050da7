"""What natalizumab or an S1P modulator leaves behind under the next drug: PML, rebound, no figures."""

from __future__ import annotations

from typing import Any

import pytest

from invented import answer, left, on
from stepdown.decisions.answer import Answer

HELD_BACK = {"relapse", "mri_activity", "any_activity", "confirmed_worsening"}


def after(before: str, last_dose: str, since: str = "2024-12-01", **more: Any) -> Answer:
    """The answer for somebody who went from a drug to teriflunomide."""
    return answer(treatments=[*left(before, last_dose), *on("teriflunomide", since)], **more)


def numbers(found: Answer) -> set[str]:
    """The outcomes with a number in any option."""
    return {risk.outcome for option in found.options for risk in option.risks if risk.per_100}


@pytest.mark.parametrize(("last_dose", "is_watched"), [("2026-06-01", True), ("2026-04-01", False)])
def test_pml_is_watched_for_six_months_under_the_next_drug(last_dose: str, is_watched: bool) -> None:
    found = {alert.id for alert in after("natalizumab", last_dose, since=last_dose).alerts}
    assert ("pml-watch-natalizumab-before" in found) is is_watched


def test_new_signs_soon_after_natalizumab_are_pml_first_on_any_drug() -> None:
    found = after("natalizumab", "2026-08-01", since="2026-08-20", new_neurological_signs=True)
    levels = {alert.id: alert.level for alert in found.alerts}
    assert levels["exclude-pml-first-natalizumab-before"] == "urgent"


@pytest.mark.parametrize("before", ["natalizumab", "fingolimod", "siponimod"])
def test_no_figure_of_the_present_drug_is_lent_to_the_first_year(before: str) -> None:
    assert numbers(after(before, "2026-03-01", since="2026-03-10")) & HELD_BACK == set()
    assert numbers(after(before, "2025-03-01", since="2025-03-10")) & HELD_BACK


def test_a_second_step_down_waits_for_a_year() -> None:
    found = after("fingolimod", "2025-12-01", since="2025-12-10")
    stop = next(option for option in found.options if option.strategy == "stop")
    assert stop.standing == "not-advised" and "rebound-drug-before" in stop.decided_by


def test_a_day_that_is_not_on_file_may_lie_within_the_year() -> None:
    found = answer(treatments=[{"therapy": "natalizumab", "still_taking": False},
                               {"therapy": "teriflunomide", "start": "2026-02-01", "still_taking": True}])
    assert "rebound-drug-before" in {alert.id for alert in found.alerts}
    assert all(option.standing != "reasonable" for option in found.options if option.strategy == "stop")


def test_scans_for_pml_go_on_under_the_next_drug() -> None:
    for option in after("natalizumab", "2026-08-01", since="2026-08-20").options:
        due = [step.due for step in option.follow_up if step.id == "natalizumab-mri-pml"]
        assert due == ["2026-11-14", "2027-02-27", "2027-06-12", "2027-08-01"], option.id


def test_who_never_took_such_a_drug_reads_none_of_it() -> None:
    found = after("interferon-beta", "2026-08-01", since="2026-08-20")
    assert not {alert.id for alert in found.alerts} & {"rebound-drug-before", "pml-watch-natalizumab-before"}
    assert numbers(found) & HELD_BACK
