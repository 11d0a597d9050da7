"""The findings behind a number: exact intervals, rates as risks, and nothing drawn from nothing."""

from __future__ import annotations

import math
import sys

import pytest

from stepdown.evidence.study import Finding, Study
from stepdown.ms.errors import MissingExtra
from stepdown.reports.figures import open_figure
from stepdown.reports.forest import draw_forest, exact_interval, find_forest, find_rows
from stepdown.reports.html.clinician import write_clinician_page
from unit.reports.invented_answers import injectable, option, risk


def invented_study(**details: object) -> dict[str, Study]:
    finding = Finding("stop-2y", "relapse", "stop", "counts", "as defined", "table 2", **details)  # type: ignore[arg-type]
    study = Study(
        "invented-trial", "Invented", "rct", "RRMS", "abstract", "2020", "2026-01-01", "stopping", (finding,)
    )
    return {"invented-trial": study}


@pytest.mark.parametrize(
    ("events", "people", "low", "high"),
    [(0, 12, 0.0, 26.46), (4, 41, 2.72, 23.13), (10, 41, 12.36, 40.30), (12, 12, 73.54, 100.0)],
)
def test_exact_intervals_agree_with_published_ones(events: int, people: int, low: float, high: float) -> None:
    """Clopper-Pearson: 0 of n has the upper bound 1 - 0.025^(1/n); the others from binom.test of R."""
    assert exact_interval(events, people) == pytest.approx((low, high), abs=0.02)


def test_counts_become_a_row_with_their_own_time() -> None:
    (row,) = find_rows(risk("relapse", 2, (5, 2, 9)), invented_study(events=3, n=131, time_years=2.0))
    assert row.label == "invented-trial: 3 of 131, 2 years"
    assert row.estimate == pytest.approx(300 / 131)


def test_a_rate_becomes_a_risk_over_the_time_of_the_number() -> None:
    """10 per 100 person-years over 2 years: 100 (1 - exp(-0.2)) = 18.13."""
    (row,) = find_rows(risk("relapse", 2, (5, 2, 9)), invented_study(rate=10.0, rate_low=5.0, rate_high=20.0))
    assert row.estimate == pytest.approx(100 * (1 - math.exp(-0.2)))


def test_a_printed_proportion_keeps_its_printed_interval() -> None:
    shares = {"proportion": 0.45, "proportion_low": 0.41, "proportion_high": 0.49}
    (row,) = find_rows(risk("relapse", 1, (45, 41, 49)), invented_study(**shares))
    assert (row.low, row.high) == pytest.approx((41.0, 49.0))


@pytest.mark.parametrize("numbers", [None, (5.0, 2.0, 9.0)])
def test_nothing_readable_draws_nothing(numbers: tuple[float, float, float] | None) -> None:
    assert find_rows(risk("relapse", 2, numbers), invented_study(effect=None)) == ()
    assert find_forest((option("stop", "possible", (risk("relapse", 2, numbers),)),), "relapse", {}) == ()


def test_a_number_that_two_options_share_is_drawn_once_with_its_pooled_row_last() -> None:
    shared = (risk("relapse", 2, (5, 2, 9)),)
    options = (option("stop", "possible", shared), option("continue", "possible", shared))
    (group,) = find_forest(options, "relapse", invented_study(events=3, n=131, time_years=2.0))
    assert [row.pooled for row in group.rows] == [False, True]
    assert group.rows[-1].label == "Pooled, 2 years: 5 (2 to 9) of every 100"


def test_the_figure_can_be_restyled() -> None:
    groups = find_forest(
        (option("stop", "possible", (risk("relapse", 2, (5, 2, 9)),)),),
        "relapse",
        invented_study(events=3, n=131, time_years=2.0),
    )
    axes = draw_forest(groups, "of every 100").axes[0]
    assert axes.get_xlabel() == "of every 100"
    assert any("3 of 131" in text.get_text() for text in axes.texts)


def test_the_page_draws_the_findings_and_says_them_to_a_screen_reader() -> None:
    """Three outcomes of the invented answer have numbers from the invented trial."""
    page = write_clinician_page(injectable(), invented_study(events=3, n=131, time_years=2.0))
    assert page.count("data:image/svg+xml") == 3
    assert "invented-trial: 3 of 131, 2 years" in page


def test_without_matplotlib_the_page_says_what_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise MissingExtra("A picture", "plots")

    monkeypatch.setattr("stepdown.reports.html.clinician.draw_forest", refuse)
    page = write_clinician_page(injectable(), invented_study(events=3, n=131, time_years=2.0))
    assert "the extra &#39;plots&#39; is not installed" in page


def test_without_matplotlib_the_picture_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtra, match=r"pip install 'stepdown\[plots\]'"):
        open_figure(4.0, 3.0)
