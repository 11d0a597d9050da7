"""The whole audit of a registry: each step and outcome, at each time, with its verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from stepdown.cohorts.audit.asked import find_refused
from stepdown.cohorts.audit.comparing import Ratio, compare, find_power
from stepdown.cohorts.audit.following import OUTCOMES, Watched, count_ends, find_looks, find_span, watch
from stepdown.cohorts.audit.grouping import Counted, find_slope, group_by_risk, split
from stepdown.cohorts.audit.kinds import list_facts
from stepdown.cohorts.audit.moves import STRATEGIES
from stepdown.cohorts.audit.predicting import (
    ESTIMATED,
    EXTRAPOLATED,
    HORIZONS,
    NO_NUMBER,
    Predicted,
    draw_ratio,
    predict,
)
from stepdown.cohorts.audit.results import (
    Account,
    AuditResult,
    Drift,
    HorizonResult,
    PartResult,
    Share,
    Verdict,
)
from stepdown.cohorts.audit.rules import Rules, read_rules
from stepdown.cohorts.audit.steps import Flags, Found, Numbers, Steps, Words, find_steps
from stepdown.cohorts.audit.timeline import find_drift
from stepdown.cohorts.audit.verdict import Grounds, judge
from stepdown.cohorts.stages import PACKAGES, fingerprint_registry
from stepdown.cohorts.study import Choice
from stepdown.evidence.clinics import draw_clinic_lots
from stepdown.evidence.model.drawing import Lots
from stepdown.evidence.reading import library_hash

Report = Callable[[str], None]
#: So many people are enough to see where clinics lie; of more, every so-many-th is taken.
_ENOUGH_TO_DRAW = 500


@dataclass(frozen=True, eq=False)
class Part:
    """One step and outcome while it is worked on: who is asked about, and what was predicted."""

    steps: Steps
    outcome: str
    asked: Flags
    predicted: Predicted
    lots: Lots
    rules: Rules


def count_reports(outcomes: tuple[str, ...] = OUTCOMES) -> int:
    """How often an audit reports what it is at, for a bar."""
    return 4 + len(outcomes)


def audit_registry(folder: Path, choice: Choice, at: date | None = None,
                   outcomes: tuple[str, ...] = OUTCOMES, report: Report = lambda _: None) -> AuditResult:
    """Predicted against observed in the people of a registry, by a day (None: by its last).

    UserError where the registry cannot be read, or lacks the tables without which nobody can be followed.
    """
    report("reading the registry")
    fingerprint = fingerprint_registry(folder)
    found = find_steps(folder, choice, at, report)
    return audit_steps(found, fingerprint, choice.kind, outcomes, report)


def audit_steps(found: Found, fingerprint: str, engine: str, outcomes: tuple[str, ...] = OUTCOMES,
                report: Report = lambda _: None) -> AuditResult:
    """The same for steps that were found; ``fingerprint`` and ``engine`` say where."""
    steps, refused = found.steps, find_refused(found.steps)
    unseen = {outcome: sorted(set(_NEEDS[outcome]) & set(found.absent)) for outcome in outcomes}
    parts = tuple(part for outcome in outcomes if not unseen[outcome]
                  for part in _audit_outcome(steps, refused, outcome, report))
    return AuditResult(
        at=found.at.isoformat(), ran_on=datetime.now(UTC).date().isoformat(), engine=engine,
        data_fingerprint=fingerprint, library=library_hash(),
        versions={name: version(name) for name in PACKAGES},
        steps={name: int((steps.strategy == name).sum()) for name in STRATEGIES},
        people=len(np.unique(steps.table.person)), refused=_count(refused), parts=parts,
        unseen={outcome: lacks[0] for outcome, lacks in unseen.items() if lacks})


#: The tables without which an outcome cannot be seen, and would look as if it never came.
_NEEDS = {"relapse": ("relapses",), "mri_activity": ("mri",), "any_activity": ("relapses", "mri"),
          "confirmed_worsening": ("visits",)}


def _count(words: Words) -> dict[str, int]:
    names, counts = np.unique(words[words != ""], return_counts=True)
    return dict(zip(names.tolist(), counts.tolist(), strict=True))


def _audit_outcome(steps: Steps, refused: Words, outcome: str, report: Report) -> Iterator[PartResult]:
    """Every kind of step for one outcome."""
    report(outcome.replace("_", " "))
    rules = read_rules()
    predicted = predict(steps, refused, outcome)
    lots = draw_clinic_lots(rules.clinics_drawn, rules.clinics_seed)
    for strategy in STRATEGIES:
        asked = (refused == "") & (steps.strategy == strategy)
        if asked.any():
            yield audit_part(Part(steps, outcome, asked, predicted, lots, rules), strategy)


def audit_part(part: Part, strategy: str) -> PartResult:
    """One step and outcome; the drift is of the longest time for which there are estimated predictions.

    Of any activity it would mix what comes to notice by itself with what is seen when somebody looks: its two
    parts have charts of their own.
    """
    known = [years for years in HORIZONS
             if (part.asked & (part.predicted.status[years] == ESTIMATED)).any()]
    drift = _find_drift(part, known[-1]) if known and part.outcome != "any_activity" else None
    horizons = tuple(_audit_horizon(part, years, drift) for years in known)
    return PartResult(strategy, part.outcome, horizons, drift)


def _audit_horizon(part: Part, years: int, drift: Drift | None) -> HorizonResult:
    """One time: everything that is counted and compared, and the verdict."""
    rules = part.rules
    estimated = part.asked & (part.predicted.status[years] == ESTIMATED)
    watched = watch(part.steps, estimated, part.outcome, years)
    counted = count(part.predicted, watched, find_span(part.outcome, years))
    found = compare_counted(counted, _draw_ratios(part, watched),
                            drift if drift and drift.years == years else None, rules)
    through = part.predicted.at(watched.time_through, watched.row)
    return HorizonResult(
        years, _account(part, estimated, watched, years), float(watched.time.sum()),
        float(part.predicted.at(watched.time_without, watched.row).sum()), found.ratio, found.clinics,
        compare(int(watched.event_through.sum()), float(through.sum()), rules.level),
        _compare_beyond(part, years), int(part.predicted.is_personal[years][watched.row].sum()),
        count_ends(watched), found.slope, group_by_risk(counted, rules),
        split(counted, list_facts(part.steps, watched.row), rules),
        find_power(found.ratio.expected, rules), found.verdict)


@dataclass(frozen=True)
class Compared:
    """What a verdict rests on, with it."""

    ratio: Ratio
    clinics: Share
    slope: Share | None
    verdict: Verdict


def compare_counted(counted: Counted, ratios: Numbers, drift: Drift | None, rules: Rules) -> Compared:
    """The ratio of followed people with both its intervals, the slope, and the verdict.

    ``ratios`` are those of the clinics that the evidence allows for, before the chance of counts.
    """
    ratio, slope = counted.compare(rules.level), find_slope(counted, rules)
    clinics, beyond = _compare_clinics(ratio, ratios, rules)
    return Compared(ratio, clinics, slope, judge(Grounds(ratio, beyond, slope, drift), rules))


def count(predicted: Predicted, watched: Watched, years: float) -> Counted:
    """Followed steps with their events and predicted hazards; the whole one up to the last time seen."""
    until = min(years, float(watched.time.max(initial=0.0)))
    whole = predicted.at(np.full(len(watched.row), until), watched.row)
    return Counted(watched.time, watched.event, predicted.at(watched.time, watched.row), whole, until)


def _find_drift(part: Part, years: int) -> Drift | None:
    estimated = part.asked & (part.predicted.status[years] == ESTIMATED)
    watched = watch(part.steps, estimated, part.outcome, years)
    index_day = part.steps.table.index_day[watched.row].astype(np.int64)
    looks = find_looks(part.steps, part.outcome)
    return find_drift(part.predicted, watched, index_day, looks, years, part.rules)


def _draw_ratios(part: Part, watched: Watched) -> Numbers:
    """By what events of the people may exceed their prediction, in the drawn clinics."""
    every = max(1, len(watched.row) // _ENOUGH_TO_DRAW)
    return draw_ratio(part.predicted, watched.row[::every], watched.time[::every], part.lots)


def _compare_clinics(ratio: Ratio, ratios: Numbers, rules: Rules) -> tuple[Share, str]:
    """Where the ratio of clinics lies that the evidence allows for, and whether the count lies beyond."""
    if ratio.expected <= 0:
        return Share(np.nan, np.nan, np.nan), "more" if ratio.observed else ""
    counts = np.random.default_rng(rules.clinics_seed).poisson(np.minimum(ratio.expected * ratios, 1e9))
    tail = (1 - rules.clinics_level) / 2
    low, middle, high = np.quantile(counts, [tail, 0.5, 1 - tail], method="inverted_cdf")
    beyond = "more" if ratio.observed > high else "fewer" if ratio.observed < low else ""
    return Share(*(float(value) / ratio.expected for value in (middle, low, high))), beyond


def _compare_beyond(part: Part, years: int) -> Ratio:
    """The ratio of people whose prediction is called extrapolated."""
    chosen = part.asked & (part.predicted.status[years] == EXTRAPOLATED)
    watched = watch(part.steps, chosen, part.outcome, years)
    expected = float(part.predicted.at(watched.time, watched.row).sum())
    return compare(int(watched.event.sum()), expected, part.rules.level)


def _account(part: Part, estimated: Flags, watched: Watched, years: int) -> Account:
    status = part.predicted.status[years][part.asked]
    return Account(int(part.asked.sum()), int(estimated.sum()), int((status == EXTRAPOLATED).sum()),
                   int((status == NO_NUMBER).sum()), watched.left_out, len(watched.row),
                   len(np.unique(part.steps.table.person[watched.row])))
