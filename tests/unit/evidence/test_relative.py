"""A ratio between strategies is that of one study as printed, pooled from several, or unknown and why."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from stepdown.evidence.relative import RelativeRisk, find_relative_risk
from stepdown.evidence.study import Effect, Study
from unit.evidence.invented_studies import ratio, study


def find(*studies: Study, group: str | None = "injectable", **changes: Any) -> RelativeRisk:
    return find_relative_risk("relapse", "stop", group=group, studies=studies, **changes)


def effect(measure: str = "HR", value: float = 2.0, versus: str = "continue") -> Effect:
    return Effect(measure, value, versus, value / 2, value * 2, 0.95)


def reasons_of(risk: RelativeRisk) -> list[str]:
    return [row.reason for row in risk.excluded]


def test_one_study_gives_its_ratio_with_the_interval_as_printed() -> None:
    """Printed intervals are rounded, so the one worked out from a standard error would differ."""
    printed = replace(effect(), value=1.1, low=0.3, high=4.8)
    risk = find(study("one", ratio(effect=printed, n=40)))
    assert (risk.measure, risk.ratio, risk.low, risk.high) == ("HR", 1.1, 0.3, 4.8)
    assert (risk.studies, risk.people, risk.predicted) == (1, 40, None)
    assert risk.reason == "one study: how much studies differ is unknown"


def test_several_studies_are_pooled_with_a_prediction_for_another() -> None:
    """Three alike keep their common value, and know it better than one of them does."""
    risk = find(*(study(name, ratio()) for name in "abc"))
    assert risk.studies == 3 and risk.method == "bayesian"
    assert risk.ratio == pytest.approx(2.0, rel=0.02)
    assert risk.low is not None and risk.low > 1.0
    assert risk.predicted is not None and risk.predicted[0] < risk.low


def test_words_for_people_who_continued_mean_continue() -> None:
    matched = ratio(effect=effect(versus="matched people who continued"))
    assert find(study("one", matched)).status == "estimated"


@pytest.mark.parametrize("changes", [
    {"effect": effect(versus="switch to natalizumab")}, {"covariate": "age"}, {"outcome": "restart"},
    {"strategy": "switch"}, {"report": "counts"}, {"groups": ("natalizumab",)}, {"groups": ()},
])  # fmt: skip
def test_a_ratio_about_something_else_does_not_answer(changes: dict[str, Any]) -> None:
    risk = find(study("one", ratio(**changes)))
    assert (risk.status, risk.ratio, risk.excluded) == ("unknown", None, ())
    assert risk.reason == "no study in the library compares this with continue"


@pytest.mark.parametrize(
    "changes", [{"disease": "NMOSD"}, {"design": "meta-analysis"}, {"retracted": "2026"}]
)
def test_another_disease_pooled_work_and_retracted_studies_do_not_answer(changes: dict[str, Any]) -> None:
    assert find(study("one", ratio(), **changes)).status == "unknown"


@pytest.mark.parametrize(("changes", "reason"), [
    ({"not_pooled": "its precision is not trusted"}, "its precision is not trusted"),
    ({"effect": replace(effect(), low=None)}, "the ratio or its interval is not reported"),
    ({"effect": replace(effect(), value=None)}, "the ratio or its interval is not reported"),
    ({"effect": replace(effect(), measure="RD")}, "it is a difference, not a ratio"),
])  # fmt: skip
def test_a_ratio_that_cannot_be_used_says_why(changes: dict[str, Any], reason: str) -> None:
    risk = find(study("one", ratio(**changes)))
    assert risk.status == "unknown" and risk.reason == f"reported, not usable: {reason}"
    assert risk.sources == ("one#relapse-ratio",)


def test_an_interval_that_contradicts_its_ratio_is_not_used() -> None:
    risk = find(study("one", ratio(effect=replace(effect(), low=3.0))))
    assert risk.status == "unknown" and "must lie in its interval" in risk.reason


def test_ratios_of_different_measures_are_never_pooled_together() -> None:
    odds = [study(name, ratio(effect=effect("OR", 5.0))) for name in "ab"]
    risk = find(*odds, study("c", ratio()))
    assert (risk.measure, risk.studies) == ("OR", 2)
    assert reasons_of(risk) == ["HR and OR are different measures"]


def test_hazard_ratios_come_first_where_two_measures_have_as_many_studies() -> None:
    assert find(study("a", ratio(effect=effect("OR"))), study("b", ratio())).measure == "HR"


def test_one_study_gives_one_ratio_of_its_whole_group() -> None:
    risk = find(study("one", ratio("part", subgroup="women", n=90), ratio("whole", n=50)))
    assert risk.sources == ("one#whole",)
    assert reasons_of(risk) == ["the same people are counted in whole"]


def test_studies_that_may_share_people_enter_once() -> None:
    risk = find(study("a", ratio(), design="rct"), study("b", ratio(), overlaps=("a",)))
    assert risk.sources == ("a#relapse-ratio",)
    assert reasons_of(risk) == ["may hold the same people as a, which is kept"]


def test_people_chosen_as_stable_are_never_pooled_with_people_with_any_reason() -> None:
    risk = find(study("a", ratio()), study("b", ratio(selection="any-reason")))
    assert (risk.sources, risk.selection) == (("a#relapse-ratio",), "elective-stable")


def test_people_are_unknown_where_one_study_does_not_print_them() -> None:
    assert find(study("a", ratio(n=50)), study("b", ratio())).people is None
    assert find(study("a", ratio(n=50)), study("b", ratio(n=30))).people == 80


def test_without_a_group_the_studies_that_did_not_tell_drugs_apart_answer() -> None:
    told, untold = study("a", ratio()), study("b", ratio(groups=()))
    assert find(told, untold, group=None).sources == ("b#relapse-ratio",)


def test_relapse_after_switching_down_against_continuing_is_the_ratio_of_the_matched_registry() -> None:
    """Müller et al. 2025 (PMID 39953338): hazard ratio 2.36 (1.79 to 3.11) in 876 matched pairs."""
    risk = find_relative_risk("relapse", "switch", "continue", None, "down")
    assert (risk.status, risk.measure, risk.ratio, risk.low, risk.high) == (
        "estimated",
        "HR",
        2.36,
        1.79,
        3.11,
    )
    assert (risk.people, risk.sources) == (876, ("muller2025#relapse-stepdown-v-continue",))


@pytest.mark.parametrize(("group", "value"), [("natalizumab", 7.2), ("s1p", 4.5), ("anti-cd20", 1.1)])
def test_relapse_after_stopping_against_continuing_stands_for_each_drug_left(
    group: str, value: float
) -> None:
    """Jouvenot et al. 2024: 7.2 after natalizumab, 4.5 after fingolimod, 1.1 after anti-CD20 antibodies."""
    assert find_relative_risk("relapse", "stop", "continue", group).ratio == value


def test_a_pooled_interval_is_even_on_the_log_scale() -> None:
    """Two studies alike, each even on the log scale (1 to 4 about 2), can give nothing lopsided."""
    risk = find(study("a", ratio()), study("b", ratio()))
    assert risk.low is not None and risk.high is not None and risk.ratio is not None
    assert math.log(risk.ratio) == pytest.approx((math.log(risk.low) + math.log(risk.high)) / 2, abs=0.05)
