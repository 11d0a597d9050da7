"""Invented studies and findings for the tests of evidence: nothing here was ever published."""

from __future__ import annotations

from typing import Any

from stepdown.evidence.study import Effect, Finding, Population, Study


def finding(name: str = "relapse-stop", **changes: Any) -> Finding:
    """An invented finding: 4 of 40 people with a relapse within two years of stopping an injectable."""
    fields: dict[str, Any] = {
        "id": name,
        "outcome": "relapse",
        "strategy": "stop",
        "report": "counts",
        "definition": "any relapse",
        "locator": "abstract",
        "groups": ("injectable",),
        "selection": "elective-stable",
        "events": 4,
        "n": 40,
        "time_years": 2.0,
        "time_kind": "fixed",
    }
    return Finding(**{**fields, **changes})


def rate(name: str = "infection-rate", **changes: Any) -> Finding:
    """An invented rate: 2 serious infections per 100 person-years on an injectable."""
    fields: dict[str, Any] = {
        "outcome": "serious_infection",
        "strategy": "continue",
        "report": "rate",
        "events": None,
        "n": None,
        "time_years": None,
        "time_kind": "unknown",
        "selection": "unknown",
        "rate": 2.0,
    }
    return finding(name, **{**fields, **changes})


def ratio(name: str = "relapse-ratio", **changes: Any) -> Finding:
    """An invented hazard ratio of 2 (1 to 4) against people who continued."""
    fields: dict[str, Any] = {
        "report": "ratio",
        "events": None,
        "n": None,
        "time_years": None,
        "time_kind": "unknown",
        "effect": Effect("HR", 2.0, "continue", 1.0, 4.0, 0.95),
    }
    return finding(name, **{**fields, **changes})


def study(name: str, *findings: Finding, **changes: Any) -> Study:
    """An invented cohort of people with MS, mean age 50."""
    fields: dict[str, Any] = {
        "title": f"An invented study ({name})",
        "design": "cohort",
        "disease": "MS",
        "read": "abstract",
        "published": "2024",
        "added": "2026-11-21",
        "topic": "stopping",
        "findings": findings,
        "population": Population(age_mean=50.0),
    }
    return Study(name, **{**fields, **changes})
