"""What of an audit may leave the house: the rules of ``cohorts.disclosure``, for predicted and observed.

A ratio with its interval is worked out from the counts as they are shown, the interval reaching over every
count that could be shown so: it tells nothing beyond them. Charts show each event as a step; what is
published of them is the quarter of a year in which one spoke, and counts by year. Below the threshold of
events a verdict is that of all counts that could be meant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from stepdown.cohorts.audit.comparing import Ratio, compare, find_power
from stepdown.cohorts.audit.drift import Chart
from stepdown.cohorts.audit.results import (
    CANNOT_TELL,
    AuditResult,
    Drift,
    HorizonResult,
    PartResult,
    RiskGroup,
    Share,
    Split,
    Verdict,
)
from stepdown.cohorts.audit.rules import Rules, read_rules
from stepdown.cohorts.disclosure import WITHHELD, Published, find_unit, hide, hide_parts, is_small, to_step
from stepdown.cohorts.protocol.model import Disclosure

#: No audit names another: the rules of a cohort that says nothing else.
RULES = Disclosure()


def publish(result: AuditResult, rules: Disclosure = RULES) -> Published:
    """The audit as plain data that may be published under the rules."""
    return {
        "schema_version": "1", "at": result.at, "ran_on": result.ran_on, "engine": result.engine,
        "data_fingerprint": result.data_fingerprint, "library": result.library,
        "versions": dict(result.versions),
        "disclosure": {"threshold": rules.threshold, "round_to": rules.step},
        "rule": _describe_rule(read_rules()),
        "people": hide(result.people, rules), "steps": hide_parts(result.steps, rules),
        "refused": hide_parts(result.refused, rules), "unseen": dict(result.unseen),
        "parts": [_publish_part(part, rules) for part in result.parts],
    }


def _describe_rule(rule: Rules) -> Published:
    """The rule by which was judged, for the reader of the numbers."""
    return {
        "interval_level": rule.level, "tolerated": [rule.tolerated.low, rule.tolerated.high],
        "agreed": [round(rule.agreed.low, 3), rule.agreed.high], "clinics_level": rule.clinics_level,
        "slope": [rule.slope.low, rule.slope.high], "cusum": [rule.cusum_more, rule.cusum_fewer],
        "false_alarms": rule.false_alarms, "kinds_false_alarms": rule.kinds_false_alarms}


def _publish_part(part: PartResult, rules: Disclosure) -> Published:
    return {
        "step": part.strategy, "outcome": part.outcome,
        "horizons": [_publish_horizon(each, part.drift, rules) for each in part.horizons],
        "drift": None if part.drift is None else _publish_drift(part.drift, rules)}


def _publish_horizon(found: HorizonResult, drift: Drift | None, rules: Disclosure) -> Published:
    account, thin = found.account, is_small(found.ratio.observed, rules)
    ratio, expected = publish_ratio(found.ratio, rules), _two_digits(found.expected_without) or 0.0
    ratio = ratio | {"expected": expected} if thin else ratio
    own = drift if drift is not None and drift.years == found.years else None
    return {
        "years": found.years,
        "account": {**{name: hide(getattr(account, name), rules) for name in
                       ("asked", "estimated", "extrapolated", "no_number", "followed", "people")},
                    "left_out": hide_parts(account.left_out, rules)},
        "person_years": WITHHELD if thin else _round_to(found.person_years, rules.step),
        **ratio,
        "clinics": None if thin else _publish_share(found.clinics),
        "through_undone_steps": publish_ratio(found.through, rules),
        "extrapolated": publish_ratio(found.beyond, rules),
        "by_the_risk_model": hide(found.personal, rules),
        "ended": WITHHELD if thin else hide_parts(found.ended, rules),
        "slope": None if found.slope is None or thin else _publish_share(found.slope),
        "risk_groups": [] if thin else [_publish_group(group, rules) for group in found.groups],
        "kinds": [] if thin else [_publish_split(each, rules) for each in found.splits],
        "power": _publish_power(ratio["expected"]),
        "verdict": _publish_verdict(found.verdict, own, thin),
    }


def publish_ratio(ratio: Ratio, rules: Disclosure) -> Published:
    """Observed and expected as they are shown, and their ratio from nothing else."""
    observed = hide(ratio.observed, rules)
    if isinstance(observed, str):
        # Each event ends somebody's time at risk: what was expected would tell how many there were.
        return {"observed": observed, "expected": WITHHELD, "ratio": WITHHELD}
    expected = _two_digits(ratio.expected) or 0.0
    reach = (rules.step - 1) / 2 if observed else 0
    fewest, most = max(math.floor(observed - reach), 0), math.ceil(observed + reach)
    level = read_rules().level
    low, high = compare(fewest, expected, level).low, compare(most, expected, level).high
    return {"observed": observed, "expected": expected,
            "ratio": {"value": _two_digits(observed / expected) if expected else None,
                      "low": _two_digits(low, up=False), "high": _two_digits(high, up=True)}}


def _two_digits(value: float, *, up: bool | None = None) -> float | None:
    """A number to two digits: the nearest one, or for a bound the next one outwards."""
    if not math.isfinite(value):
        return None
    if value == 0 or up is None:
        return float(f"{value:.2g}")
    unit = 10.0 ** (math.floor(math.log10(value)) - 1)
    steps = math.ceil(value / unit - 1e-9) if up else math.floor(value / unit + 1e-9)
    return float(f"{steps * unit:.2g}")


def _round_to(value: float, step: int) -> int:
    return step * math.floor(value / step + 0.5)


def _publish_share(found: Share) -> Published:
    return {"value": _two_digits(found.value), "low": _two_digits(found.low, up=False),
            "high": _two_digits(found.high, up=True)}


def _publish_group(group: RiskGroup, rules: Disclosure) -> Published:
    """Shares in steps as wide as the rounding of counts; bounds outwards."""
    unit, seen = find_unit(group.steps, rules), group.observed
    return {"steps": hide(group.steps, rules), "predicted": _two_digits(group.predicted),
            "observed": to_step(seen.value, unit), "low": to_step(seen.low, unit, up=False),
            "high": to_step(seen.high, unit, up=True)}


def _publish_split(found: Split, rules: Disclosure) -> Published:
    """The kinds of one fact; where one is small the largest is withheld with it."""
    steps = hide_parts({kind.label: kind.steps for kind in found.kinds}, rules)
    events = hide_parts({kind.label: kind.ratio.observed for kind in found.kinds}, rules)
    thin = any(is_small(count, rules) for kind in found.kinds for count in (kind.steps, kind.ratio.observed))
    kinds = []
    for kind in found.kinds:
        open_ = isinstance(steps[kind.label], int) and isinstance(events[kind.label], int)
        shown = publish_ratio(kind.ratio, rules)
        shown = shown if open_ else shown | {"observed": events[kind.label], "ratio": WITHHELD}
        kinds.append({"label": kind.label, "steps": steps[kind.label], **shown,
                      "differs": kind.differs and open_})
    p = None if thin or not math.isfinite(found.p) else "<0.01" if found.p < 0.01 else round(found.p, 2)
    return {"fact": found.name, "kinds": kinds, "one_ratio_p": p}


def _publish_power(expected: float) -> Published:
    power = find_power(expected, read_rules())
    return {"probability": power.probability, "more": _two_digits(power.more) if expected else None,
            "fewer": _two_digits(power.fewer) if power.fewer > 0 else None,
            "expected_needed": power.expected_needed}


def _publish_verdict(verdict: Verdict, drift: Drift | None, thin: bool) -> Published:
    """The verdict with the quarters of what drifted; of a handful of events only that it is one."""
    if thin:
        return {"word": CANNOT_TELL, "direction": "", "grounds": ["too-few-to-show"], "drifts": {}}
    drifts = {}
    if drift is not None:
        charts = {"drift-more": drift.more, "drift-fewer": drift.fewer}
        drifts = {name: _say_when(charts[name]) for name in verdict.grounds if name in charts}
    return {"word": verdict.word, "direction": verdict.direction, "grounds": list(verdict.grounds),
            "drifts": drifts}


def _say_when(chart: Chart) -> Published:
    return {"since": to_quarter(chart.since_day or 0), "seen": to_quarter(chart.signal_day or 0)}


def to_quarter(day: int) -> str:
    """The quarter of a year in which a day since 1970 lies, such as 2019-Q3."""
    when = date(1970, 1, 1) + timedelta(days=day)
    return f"{when.year}-Q{(when.month - 1) // 3 + 1}"


def _publish_drift(drift: Drift, rules: Disclosure) -> Published:
    """Counts by year, added up, and the charts without their steps."""
    rows, so_far, expected = [], 0, 0.0
    for year, ratio in drift.by_year:
        so_far, expected = so_far + ratio.observed, expected + ratio.expected
        rows.append({"year": year, **publish_ratio(ratio, rules), "observed_so_far": hide(so_far, rules),
                     "expected_so_far": WITHHELD if is_small(so_far, rules) else _two_digits(expected)})
    if is_small(so_far, rules):  # in how many years there was one would tell how many there were
        return {"years": drift.years, "by_year": [], "charts": []}
    return {"years": drift.years, "by_year": rows,
            "charts": [_publish_chart(chart) for chart in (drift.more, drift.fewer)]}


def _publish_chart(chart: Chart) -> Mapping[str, Any]:
    return {"hazard": chart.ratio, "limit": round(chart.limit, 1), "false_alarms": chart.false_alarms,
            "signal": None if chart.signal_day is None else _say_when(chart)}
