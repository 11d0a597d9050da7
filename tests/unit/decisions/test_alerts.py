"""What is said before any option: PML first, rebound, pregnancy, urgent matters on top."""

from __future__ import annotations

from typing import Any

import pytest

from invented import answer, left, on

HIGH = [{"date": "2026-09-01", "test": "jcv-index", "value": 2.1, "unit": "index"}]


@pytest.mark.parametrize(
    ("changes", "alert_id", "level"),
    [
        ({"treatments": on("natalizumab"), "new_neurological_signs": True}, "exclude-pml-first", "urgent"),
        (
            {"treatments": on("dimethyl-fumarate"), "new_neurological_signs": True},
            "exclude-pml-first",
            "urgent",
        ),
        ({"treatments": on("fingolimod"), "new_neurological_signs": True}, "exclude-pml-first", "urgent"),
        ({"new_neurological_signs": True}, "new-signs-first", "urgent"),
        ({"new_neurological_signs": None}, "new-signs-not-asked", "check"),
        ({"treatments": left("natalizumab", "2026-08-15")}, "pml-watch-after-natalizumab", "check"),
        ({"treatments": left("fingolimod", "2026-10-10")}, "rebound-time-running", "urgent"),
        ({"treatments": on("natalizumab"), "labs": HIGH}, "natalizumab-jcv-high", "check"),
        ({"treatments": None}, "treatment-not-clear", "check"),
        ({"plans": {"cancer_immunotherapy": "planned"}}, "cancer-immunotherapy", "check"),
        ({"plans": {"pregnancy": "now"}, "birth_date": "1990-03-01"}, "pregnancy-now", "urgent"),
        (
            {
                "treatments": on("fingolimod"),
                "comorbidities": [{"name": "myocardial-infarction", "since": "2026-08"}],
            },
            "fingolimod-myocardial-infarction",
            "check",
        ),
        ({"treatments": on("natalizumab"), "comorbidities": ["cancer"]}, "natalizumab-cancer", "urgent"),
    ],
)
def test_an_alert_is_raised(changes: dict[str, Any], alert_id: str, level: str) -> None:
    levels = {alert.id: alert.level for alert in answer(**changes).alerts}
    assert levels.get(alert_id) == level, levels


def test_urgent_alerts_come_first() -> None:
    found = answer(treatments=on("natalizumab"), new_neurological_signs=True, labs=HIGH)
    order = [("urgent", "check", "note").index(alert.level) for alert in found.alerts]
    assert order == sorted(order) and order[0] == 0


def test_a_stable_person_gets_no_urgent_alert() -> None:
    assert "urgent" not in {alert.level for alert in answer().alerts}


def hbv(hbsag: str, core: str) -> list[dict[str, str]]:
    return [{"date": "2026-09-01", "test": "hbsag", "value": hbsag},
            {"date": "2026-09-01", "test": "anti-hbc", "value": core}]


@pytest.mark.parametrize(
    ("drug", "labs", "alert_id"),
    [
        ("ozanimod", hbv("positive", "positive"), "hepatitis-b-antigen-on-drug"),
        ("glatiramer-acetate", hbv("positive", "positive"), "hepatitis-b-antigen"),
        ("glatiramer-acetate", hbv("negative", "positive"), "hepatitis-b-in-the-past"),
    ],
)
def test_a_positive_hepatitis_test_is_an_alert(drug: str, labs: list[dict[str, str]], alert_id: str) -> None:
    raised = {alert.id for alert in answer(treatments=on(drug), labs=labs).alerts}
    assert alert_id in raised


@pytest.mark.parametrize("labs", [hbv("negative", "negative"), []])
def test_negative_or_missing_hepatitis_tests_raise_nothing(labs: list[dict[str, str]]) -> None:
    raised = {alert.id for alert in answer(labs=labs).alerts}
    assert not [name for name in raised if "hepatitis" in name]
