"""MRI: one scan at a time, what was imaged, and reasons in words."""

from __future__ import annotations

from datetime import date

import pytest

from stepdown.ms.dates import PartialDate
from stepdown.ms.imaging import Scan, active_on_mri, is_active_scan, was_imaged

AT = date(2026, 6, 1)
BEFORE = Scan(PartialDate(2024, 5, 1), "brain")


@pytest.mark.parametrize(("scan", "earlier", "active"), [
    (Scan(new_t2=0, enlarging_t2=0, gd_enhancing=0), BEFORE, False),
    (Scan(new_t2=0, enlarging_t2=0, gd_enhancing=0), None, None),
    (Scan(new_t2=0, enlarging_t2=0), BEFORE, False),
    (Scan(new_t2=3), None, True), (Scan(enlarging_t2=True), None, True), (Scan(gd_enhancing=1), None, True),
    (Scan(), BEFORE, None),
])
def test_one_scan_is_active_quiet_or_not_known(scan: Scan, earlier: Scan | None, active: bool | None) -> None:
    assert is_active_scan(scan, earlier) is active


def test_contrast_may_be_asked_for() -> None:
    quiet = Scan(new_t2=0, enlarging_t2=0)
    assert is_active_scan(quiet, BEFORE, contrast_needed=True) is None


def test_a_quiet_answer_says_that_no_contrast_was_given() -> None:
    scan = Scan(PartialDate(2026, 5, 1), "brain", 0, 0, None, "mri[1]")
    fact = active_on_mri([BEFORE, scan], at=AT, months=12, recorded_on=AT)
    assert fact.is_false and "no contrast" in fact.reason and fact.sources == ("mri[1]",)


def test_an_unwritten_result_is_said_to_be_one() -> None:
    scan = Scan(PartialDate(2026, 5, 1), "brain")
    assert "not written" in active_on_mri([BEFORE, scan], at=AT, months=12, recorded_on=AT).reason


@pytest.mark.parametrize(("region", "asked", "seen"), [("brain", "brain", True), ("both", "cord", True),
                                                       ("brain", "cord", None), (None, "brain", None)])
def test_what_was_imaged_is_known_only_from_a_scan(region: str | None, asked: str, seen: bool | None) -> None:
    scan = Scan(PartialDate(2026, 5, 1), region, source="mri[0]")
    assert was_imaged([scan], at=AT, months=12, recorded_on=AT, region=asked).value is seen


def test_a_scan_outside_the_window_is_not_recent() -> None:
    fact = was_imaged([BEFORE], at=AT, months=12, recorded_on=AT, region="brain")
    assert fact.value is None and "12 months" in fact.reason
