"""What is read from one sentence: tables of sentences, each with every figure it prints."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.literature.drafting.draft import DraftFinding
from stepdown.literature.drafting.reading import read_draft
from unit.literature.drafting.invented_abstracts import make_results


def read(text: str, *names: str) -> list[tuple[Any, ...]]:
    """The named fields of each finding in a text; findings with none of them are left out."""
    rows = [
        tuple(get(finding, name) for name in names) for finding in read_draft(make_results(text)).findings
    ]
    return [row for row in rows if any(value is not None for value in row)]


def get(finding: DraftFinding, name: str) -> Any:
    field = getattr(finding, name)
    return None if field is None else field.value


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Relapses were seen in 10/41 (24.4 %).", [(10, 41, 24.4)]),
        ("Relapses were seen in 24,4 % (10/41).", [(10, 41, 24.4)]),
        ("Relapses were seen in 24·4% (10 of 41).", [(10, 41, 24.4)]),
        ("Six (4.7%) of 128 in one arm and 16 (12.2%) of 131 in the other relapsed.",
         [(6, 128, 4.7), (16, 131, 12.2)]),
        ("Eight of 45 participants who stopped (17.8%) vs 0 of 44 who did not had lesions.",
         [(8, 45, 17.8), (0, 44, None)]),
        ("Sixty-three patients (48.5%) had lesions.", [(63, None, 48.5)]),
        ("No patient experienced a relapse.", [(0, None, None)]),
        ("Of 20 patients, five relapsed.", [(5, 20, None)]),
        ("Two patients in the stopping group experienced relapses.", [(2, None, None)]),
        ("There were 5 and 7 relapses in the two groups.", [(5, None, None), (7, None, None)]),
        ("Relapses were rarer (9.6% vs. 16.3%, p = 0.3).", [(None, None, 9.6), (None, None, 16.3)]),
        ("NEDA was kept by 94, 73 and 70%.", [(None, None, 94), (None, None, 73), (None, None, 70)]),
        ("Of these 23 (34%) relapsed (14, 21% severely).", [(23, None, 34), (14, None, 21)]),
        ("17/139 relapsed (12.2%).", [(17, 139, 12.2)]),
        ("17/139 of the patients (12.2%) relapsed.", [(17, 139, 12.2)]),
        ("Relapses were seen in 17/139 patients with a follow-up MRI (12.2%).", [(17, 139, 12.2)]),
        ("Relapses were seen in 12.2% of patients (n = 17/139).", [(17, 139, 12.2)]),
        ("12.2% relapsed (17/139).", [(17, 139, 12.2)]),
        ("17 (12.2%)/139 relapsed.", [(17, 139, 12.2)]),
        ("Twelve relapsed.", [(12, None, None)]),
        ("Only one had clinical and MRI activity.", [(1, None, None)]),
        ("Infections (n = 12) and relapses (n\u200a=\u200a7) were seen.",
         [(12, None, None), (7, None, None)]),
        ("No relapse occurred.", [(0, None, None)]),
        ("Relapse-free survival was 0.73 (95% CI 0.60-0.81).", [(None, None, 73)]),
        ("Risk was 0.2/1000.", [(None, None, 0.02)]),
        ("There were 0.2/1000 person-years.", []),
    ],
)
def test_counts_and_shares(text: str, rows: list[tuple[Any, ...]]) -> None:
    assert read(text, "events", "n", "percent") == rows


@pytest.mark.parametrize(
    "text",
    [
        "The interval was wide (95% CI 1.2-3.4).",
        "Relapses fell by 77% in both groups.",
        "Sensitivity was 85%.",
        "Quality improved for 20 of 22 scans (91%).",
        "Adverse events were of grade 3/4.",
        "Grade 1 or 2 adverse events were seen.",
        "The model explained 40% of the variance.",
        "A total of 24 lesions were found in 3 months.",
        "On 2 of 5 days doses were missed.",
        "Of them 72% were women.",
        "There were 100 women (72%) and 39 men (28%).",
        "In all, 56% of patients were female.",
        "The proportion did not differ (p = 0.03).",
    ],
)
def test_what_is_no_count_of_people_is_not_taken_for_one(text: str) -> None:
    assert read(text, "events", "percent") == []


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Relapse (HR 0.87, 95% CI = 0.44-1.72, p = 0.69)", [("HR", 0.87, 0.44, 1.72, 0.95, "0.69")]),
        ("Relapse (HR 0·72 [95% CI 0·61–0·85]; p<0·001)", [("HR", 0.72, 0.61, 0.85, 0.95, "<0.001")]),
        ("Odds ratio of 1.44 (95% confidence interval: 0.69 to "
         "1.59)", [("OR", 1.44, 0.69, 1.59, 0.95, None)]),
        ("hazard ratio (95% CI) for relapse was 0.57 (0.40 to 0.83) and 1.18 (0.47 to 2.93) for others",
         [("HR", 0.57, 0.4, 0.83, None, None), ("HR", 1.18, 0.47, 2.93, None, None)]),
        ("risk ratio (RR) for infection and grade ≥3 events was 1.74 (95% CI: 1.27-2.37) and 1.43 (95% CI "
         "1.10-1.88)",
         [("RR", 1.74, 1.27, 2.37, 0.95, None), ("RR", 1.43, 1.1, 1.88, 0.95, None)]),
        ("mean difference −0.93 (95% CI −1.51, −0.35)", [("MD", -0.93, -1.51, -0.35, 0.95, None)]),
        ("rate ratio 2.5 (p < 0.0001)", [("IRR", 2.5, None, None, None, "<0.0001")]),
        ("HR 0.72 per 10 years of age (95% CI 0.60-0.86)", [("HR", 0.72, 0.6, 0.86, 0.95, None)]),
        ("HR per 10 years 0.72 (95% CI 0.60-0.86)", [("HR", 0.72, 0.6, 0.86, 0.95, None)]),
        ("HR 2.2 (CI 95%: 1.3-3.9)", [("HR", 2.2, 1.3, 3.9, 0.95, None)]),
        ("risk difference 5.6 percentage points (95% CI 1.2 to 12.3)", [("RD", 5.6, 1.2, 12.3, 0.95, None)]),
        ("the log HR was 0.4", []),
        ("(HR 0.67, 95% CI [0.22,1.97])", [("HR", 0.67, 0.22, 1.97, 0.95, None)]),
        ("Men or women, 12 (3-40), were seen", []),
    ],
)
def test_contrasts_with_interval_and_p(text: str, rows: list[tuple[Any, ...]]) -> None:
    assert read(text, "measure", "value", "low", "high", "level", "p") == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("The ARR was 0.224 (0.219, 0.229).", [(22.4, 21.9, 22.9)]),
        ("Progression was 8.23 (7.72, 8.76) per 100 person-years.", [(8.23, 7.72, 8.76)]),
        ("Rates were 6.7 and 5.8 per 100 patient-years.", [(6.7, None, None), (5.8, None, None)]),
        ("The annualized relapse rate fell from 1.33 to 0.15.", [(133, None, None), (15, None, None)]),
        ("ARR rose 2 months after the last dose (ARR 0.47, 95% CI 0.43-0.51).", [(47, 43, 51)]),
        ("ARRs rose after it (month 2-4 ARR 0.47).", [(47, None, None)]),
        ("Rates were 4.3 versus 8.6 per 1,000 person-years.", [(0.43, None, None), (0.86, None, None)]),
        ("Infections: 26.0 events vs 31.6 events/100 PY.", [(26, None, None), (31.6, None, None)]),
        ("Rates per 1000 patient-years fell from 4.2 (95% CI 2.2-6.3) to 2.8 between 1997 and 2018.",
         [(0.42, 0.22, 0.63), (0.28, None, None)]),
        ("The incidence was 52.5 (95% confidence interval (CI): 49.8, 54.6) per 100 person-years.",
         [(52.5, 49.8, 54.6)]),
        ("There were 1.5 per 100 person-months.", [(18, None, None)]),
        ("They had 0.3 relapses per patient per year.", [(30, None, None)]),
        ("The ARR was 0.06 (95% CI 0.04-0.08); on fingolimod 0.26 (0.12-0.48).", [(6, 4, 8), (26, 12, 48)]),
        ("The absolute risk reduction (ARR) was 0.3.", []),
        ("The annual rate was 3.3 cases per 100,000 adults.", []),
    ],
)
def test_rates_per_100_person_years(text: str, rows: list[tuple[Any, ...]]) -> None:
    assert read(text, "rate", "low", "high") == rows


@pytest.mark.parametrize(
    ("text", "outcome", "strategy"),
    [
        ("After discontinuation relapses occurred in 9 patients (9%).", "relapse", "stop"),
        ("New T2 lesions were seen in 9% on extended interval dosing.", "mri_activity", "extend"),
        ("Disability progression in 9% of those who switched.", "confirmed_worsening", "switch"),
        ("Serious infections in 9% of those who continued.", "serious_infection", "continue"),
        ("Lymphopenia in 9% of patients.", "other:lymphopenia", None),
        ("A relapse or MRI activity in 9% of patients.", "any_activity", None),
        ("New asymptomatic demyelinating lesions in 9% of patients.", "mri_activity", None),
        ("Gadolinium-enhancing (GdE) lesions in 9% of patients.", "mri_activity", None),
        ("EDSS progression in 9% of stoppers.", "confirmed_worsening", "stop"),
        ("Infections requiring hospitalisation in 9% of patients.", "serious_infection", None),
        ("Something in 9% of patients.", None, None),
    ],
)
def test_what_a_figure_is_about(text: str, outcome: str | None, strategy: str | None) -> None:
    assert (read(text, "outcome", "strategy", "percent")) == [(outcome, strategy, 9)]


@pytest.mark.parametrize(
    ("text", "is_free"),
    [
        ("71 % remained free from relapses.", "yes"),
        ("91% were relapse-free after stopping.", "yes"),
        ("No evidence of disease activity was kept by 60%.", "yes"),
        ("12.6% did not maintain NEDA; loss of NEDA in 13.6%.", None),
        ("Relapses in 29 %.", None),
        ("Overall survival was 90%.", "yes"),
    ],
)
def test_people_without_the_outcome_are_told_from_those_with_it(text: str, is_free: str | None) -> None:
    assert read(text, "is_free", "percent")[-1][0] == is_free


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("At 2 years 9% relapsed.", 2),
        ("By month 18 relapses were seen in 9%.", 1.5),
        ("The two-year risk of relapse was 9%.", 2),
        ("Within the first year 9% relapsed.", 1),
        ("Six months after the last infusion 9% had relapsed.", 0.5),
        ("1-6 months after stopping 9% relapsed.", 0.5),
        ("Relapse-free survival at 24 months was 9%.", 2),
        ("In the 16-week washout group 9% relapsed.", None),
        ("In those aged 55 years 9% relapsed.", None),
        ("3-month confirmed disability progression was seen in 9%.", None),
        ("In the years 1999-2010 9% relapsed.", None),
    ],
)
def test_the_time_of_a_figure(text: str, years: float | None) -> None:
    assert read(text, "time_years", "percent") == [(years, 9)]


def test_the_interval_of_a_fraction_is_in_per_cent_too() -> None:
    text = "Relapse-free survival was 0.73 (95% CI 0.60-0.81)."
    assert read(text, "percent", "low", "high") == [(73, 60, 81)]


@given(st.integers(0, 400), st.integers(1, 400))
def test_a_share_that_is_not_its_count_is_in_doubt_and_nothing_is_chosen(events: int, percent: int) -> None:
    (finding,) = read_draft(make_results(f"Relapses were seen in {events}/400 ({percent} %).")).findings
    agrees = abs(100 * events / 400 - percent) <= 0.6
    assert (get(finding, "events"), get(finding, "n"), get(finding, "percent")) == (events, 400, percent)
    assert finding.events is not None and bool(finding.events.doubt) != agrees


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Relapse (HR 3.2, 95% CI 0.5-1.5).", "value"),
        ("Relapses in 45% (95% CI 50-60%).", "percent"),
        ("Relapses were 8.2 (9.1, 9.9) per 100 person-years.", "rate"),
    ],
)
def test_a_figure_outside_its_interval_is_in_doubt(text: str, name: str) -> None:
    (finding,) = read_draft(make_results(text)).findings
    assert "lies outside its interval" in getattr(finding, name).doubt


def test_of_a_sentence_without_end_only_its_beginning_is_read() -> None:
    words = "Relapses were seen in 10/41 (24.4%)" + " and so on" * 300
    assert read(f"{words}, and deaths in 2/41 (4.9%).", "events") == [(10,)]


def test_figures_that_may_belong_to_another_group_are_in_doubt() -> None:
    text = "Relapses were seen in 12% and new lesions in 15% on full dose or off treatment."
    findings = read_draft(make_results(text)).findings
    assert [finding.strategy.doubt for finding in findings if finding.strategy] == [
        "the sentence names stop too"
    ] * 2


def test_figures_go_with_as_many_groups_in_order_when_the_sentence_says_respectively() -> None:
    text = "There were 5 and 7 relapses in the extended and standard dosing groups, respectively."
    assert read(text, "strategy", "events") == [("extend", 5), ("continue", 7)]
