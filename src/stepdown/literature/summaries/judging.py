"""How sure can one be of a figure, and what can its study not tell? By design, people, range and rules."""

from __future__ import annotations

from collections.abc import Iterator

from stepdown.evidence.study import Finding, Study
from stepdown.literature.summaries.choosing import Chosen
from stepdown.literature.summaries.measuring import Measured
from stepdown.literature.summaries.summary import Claim
from stepdown.literature.summaries.words import name_time, say

#: A range wider than this, per 100 or as a ratio of its ends, is wide.
WIDE = 10.0
VERY_WIDE = 30.0
WIDE_RATIO = 3.0
SMALL, VERY_SMALL = 100, 20
#: Follow-up up to this many years is short for a question about years to come.
SHORT_YEARS = 2.0
_RANDOMISED = ("rct",)
_MATCHED = ("rct-extension", "matched-cohort", "meta-analysis")
_NOBODY_IN_GROUPS = ("case-series", "review", "guideline", "score")


def tell_how_sure(study: Study, chosen: Chosen) -> Iterator[Claim]:
    """One of four fixed sentences, and the reason for it."""
    level = judge(study, chosen)
    yield Claim("sure", say(f"sure.{level}"), study.id)
    yield Claim("because", _tell_reason(study, chosen, level), study.id)


def judge(study: Study, chosen: Chosen) -> str:
    """fairly, somewhat, not_very or not: steps down from the design by range, people and comparison."""
    measured = chosen.main.measured
    steps = 0 if study.design in _RANDOMISED else 1 if study.design in _MATCHED else 2
    steps += study.design in _NOBODY_IN_GROUPS
    steps += _is_wide(measured, WIDE, WIDE_RATIO) + _is_wide(measured, VERY_WIDE, WIDE_RATIO**2)
    steps += measured.width is None
    steps += measured.n is not None and measured.n < VERY_SMALL
    return ("fairly", "somewhat", "not_very", "not")[min(steps, 3)]


def _is_wide(measured: Measured, width: float, ratio: float) -> bool:
    if measured.low is None or measured.high is None:
        return False
    if measured.kind == "ratio":
        return measured.high > ratio * max(measured.low, 1e-9)
    return measured.high - measured.low > width


def _tell_reason(study: Study, chosen: Chosen, level: str) -> str:
    """Why: the gravest of the reasons first."""
    measured = chosen.main.measured
    if measured.width is None:
        return say("sure.because_no_interval")
    if measured.n is not None and measured.n < SMALL:
        return say("sure.because_small", n=f"{measured.n:,}")
    if _is_wide(measured, WIDE, WIDE_RATIO):
        return say("sure.because_wide")
    if study.design == "meta-analysis":
        return say("sure.because_pooled")
    if level == "fairly":
        return say("sure.because_random")
    alone = chosen.comparator is None and measured.kind in ("share", "rate")
    return say("sure.because_alone" if alone else "sure.because_not_random")


def tell_limits(study: Study, chosen: Chosen) -> Iterator[Claim]:
    """What this study cannot tell, by its design, its rules and what was read of it: at most seven points."""
    keys = list(find_limits(study, chosen))[:7]
    for key in keys:
        years = chosen.main.finding.time_years
        slots = {"time": name_time(years)} if key == "short" and years else {}
        yield Claim(f"cannot-{key}", say(f"cannot.{key}", **slots), study.id)


def find_limits(study: Study, chosen: Chosen) -> Iterator[str]:
    """The keys of the limits that hold, the gravest first."""
    finding, measured = chosen.main.finding, chosen.main.measured
    yield "own"
    if study.disease not in ("MS", "cancer-with-autoimmunity"):
        yield "not_ms"
    if chosen.comparator is None and measured.kind in ("share", "rate"):
        yield "alone"
    elif study.design not in _RANDOMISED:
        yield "differ"
    if study.excluded_early_relapsers:
        yield "survivors"
    if finding.time_years is None:
        yield "no_time"
    elif finding.time_years <= SHORT_YEARS:
        yield "short"
    if measured.kind == "rate":
        yield "repeated"
    yield from _find_rule_limits(study, finding)


def _find_rule_limits(study: Study, finding: Finding) -> Iterator[str]:
    """Limits of what was counted and of what was read."""
    if finding.outcome in ("any_activity", "mri_activity"):
        yield "scan"
    if study.disease == "MS" and study.topic != "checkpoint-inhibitors" and not _has_disability(study):
        yield "disability"
    if "retrospective" in (study.setting or ""):
        yield "looked_back"
    if study.read == "secondary":
        yield "secondary"


def _has_disability(study: Study) -> bool:
    """Whether any finding speaks of getting worse."""
    words = ("worsening", "disability", "edss", "walking", "reactivation")
    return any(any(word in finding.outcome for word in words) for finding in study.findings)
