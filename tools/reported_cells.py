"""What the study files report, read without the program: the other half of the test of its answers.

The rules stand here a second time on purpose, in plain tables and nothing of ours imported: which findings
can be used, for which drugs, and how far their follow-up reaches.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EVIDENCE = Path(__file__).resolve().parents[1] / "src" / "stepdown" / "evidence"

OUTCOMES = ("relapse", "mri_activity", "any_activity", "reactivation", "confirmed_worsening",
            "serious_infection", "severe_adverse_event", "restart", "death")  # fmt: skip
STRATEGIES = ("stop", "switch", "extend", "continue")
GROUPS = ("injectable", "teriflunomide", "fumarate", "s1p", "natalizumab", "anti-cd20", "cladribine",
          "alemtuzumab", "mitoxantrone", "ahsct")  # fmt: skip
FIRST_LINE = {"injectable", "teriflunomide", "fumarate"}
MILDER = "any milder drug"
OTHERS_WORK = {"meta-analysis", "review", "guideline"}
#: Nothing is carried beyond the time observed after leaving these.
NEVER_CARRIED = {"natalizumab", "s1p", "anti-cd20", "alemtuzumab", "cladribine"}

Table = dict[str, Any]


@dataclass(frozen=True, order=True)
class Question:
    """One cell: ``how`` is where a switch leads, or the drug whose interval is extended."""

    outcome: str
    strategy: str
    group: str
    how: str
    selection: str


@dataclass(frozen=True)
class Reported:
    """A usable finding, and for how many years its people were watched."""

    study: str
    finding: str
    design: str
    years: float


def read_tables() -> Iterator[tuple[Table, Table]]:
    """Each study file with each of its findings, as plain tables."""
    for path in sorted((EVIDENCE / "library").glob("*.toml")):
        study = tomllib.loads(path.read_text(encoding="utf-8"))
        yield from ((study, finding) for finding in study.get("findings", ()))


def is_about_ms(study: Table, finding: Table) -> bool:
    """Whether a finding is a study's own result about one of the nine outcomes of people with MS."""
    return (
        study["disease"] == "MS"
        and study["design"] not in OTHERS_WORK
        and "retracted" not in study
        and finding["outcome"] in OUTCOMES
        and finding["strategy"] in STRATEGIES
        and finding["report"] in {"counts", "proportion", "survival", "rate"}
        and "covariate" not in finding
    )


def find_gap(finding: Table) -> str:
    """What a finding lacks to be pooled, in words; nothing where it lacks nothing."""
    if finding.get("not_pooled"):
        return str(finding["not_pooled"])
    if finding.get("time_kind") == "window":
        return "the rate of a short window"
    return _find_gap_of_rate(finding) if finding["report"] == "rate" else _find_gap_of_share(finding)


def _find_gap_of_share(finding: Table) -> str:
    if "time_years" not in finding:
        return "the time watched is not printed"
    has_interval = finding["report"] != "counts" and {"proportion_low", "proportion_high"} <= set(finding)
    has_share = "events" in finding or "proportion" in finding
    return "" if has_share and ("n" in finding or has_interval) else "the number of people is not printed"


def _find_gap_of_rate(finding: Table) -> str:
    has_interval = {"rate_low", "rate_high"} <= set(finding)
    has_time = "person_years" in finding or {"n", "time_years"} <= set(finding)
    return "" if has_interval or has_time else "neither an interval nor person-years are printed"


def find_years(finding: Table) -> float:
    """How long people were watched: as printed, or person-years over people; one year for a bare rate."""
    if "time_years" in finding:
        return float(finding["time_years"])
    years = finding.get("person_years")
    if years is None and finding.get("events"):
        years = 100 * finding["events"] / finding["rate"]
    return float(years / finding["n"]) if years and "n" in finding else 1.0


def find_groups(study: Table, finding: Table, stands_for: Table) -> set[str]:
    """The groups that a finding answers for: its own, all first-line ones for one of them, or those it is
    named for in pools.toml."""
    own = set(finding.get("groups", ()))
    if own and own <= FIRST_LINE and finding.get("outcome") != "serious_infection":
        return FIRST_LINE
    named = set(stands_for.get(study["id"], {}).get("groups", ()))
    if len(own) == 1:
        return own
    return named & own if own else named


def find_ways(study: Table, finding: Table, went_down: Iterable[str]) -> list[str]:
    """Where a switch led: to one group, and to milder drugs where all did; which drug was extended."""
    if finding["strategy"] == "extend":
        return list(finding.get("therapies", ()))
    if finding["strategy"] != "switch":
        return [""]
    to_groups = finding.get("to_groups", [])
    is_down = set(to_groups) <= FIRST_LINE if to_groups else study["id"] in went_down
    return [*(to_groups if len(to_groups) == 1 else ()), *((MILDER,) if is_down else ())]


def read_coverage() -> dict[Question, list[Reported]]:
    """Every cell that a usable finding reports, with its findings."""
    pools = tomllib.loads((EVIDENCE / "pools.toml").read_text(encoding="utf-8"))
    found: dict[Question, list[Reported]] = {}
    for study, finding in read_tables():
        if not is_about_ms(study, finding) or find_gap(finding):
            continue
        reported = Reported(study["id"], finding["id"], study["design"], find_years(finding))
        for group in sorted(find_groups(study, finding, pools["stands_for"])):
            for how in find_ways(study, finding, pools["step_down"]["studies"]):
                where = (finding["outcome"], finding["strategy"], group, how)
                found.setdefault(Question(*where, finding.get("selection", "unknown")), []).append(reported)
    return found


def reaches(question: Question, reported: Reported, years: float) -> bool:
    """Whether a finding may be carried as far as some years."""
    is_left = question.strategy in {"stop", "switch"} and question.group in NEVER_CARRIED
    return years <= reported.years * (1 if is_left else 2) + 1e-9


def is_ratio_against_continuing(study: Table, finding: Table) -> bool:
    """Whether a finding is a usable hazard ratio against people who continued."""
    effect = finding.get("effect", {})
    return (
        study["disease"] == "MS"
        and study["design"] not in OTHERS_WORK
        and "retracted" not in study
        and finding["outcome"] in OUTCOMES
        and finding["report"] == "ratio"
        and not {"covariate", "not_pooled"} & set(finding)
        and "continue" in effect["versus"]
        and effect["measure"] == "HR"
        and {"low", "high"} <= set(effect)
    )
