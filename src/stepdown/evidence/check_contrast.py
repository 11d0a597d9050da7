"""Do the counts of two groups and the ratio or difference between them point the same way?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from stepdown.evidence.study import Effect, Finding
from stepdown.evidence.vocabulary import DIFFERENCES


def find_contrast_faults(findings: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
    """Each finding whose contrast says more where the counts of both groups say less, or the reverse.

    Only a contrast whose interval leaves out "no difference" is judged: any other says neither. A contrast
    may be adjusted and the counts not; where that turned it round, ``misprinted`` says so.
    """
    findings = tuple(findings)
    for finding in findings:
        direction = _find_direction(finding.effect)
        if not direction or finding.effect is None or finding.covariate or finding.misprinted:
            continue
        for one, two in _find_groups(finding, findings):
            gap = (one.events or 0) / (one.n or 1) - (two.events or 0) / (two.n or 1)
            if gap * direction < 0:
                yield finding, _say(finding.effect, one, two)


def _find_direction(effect: Effect | None) -> int:
    """1 where the first group has more by the whole interval, -1 where it has less, 0 where neither."""
    if effect is None or effect.low is None or effect.high is None:
        return 0
    none = 0.0 if effect.measure in DIFFERENCES else 1.0
    return (effect.low > none) - (effect.high < none)


def _find_groups(contrast: Finding, findings: Iterable[Finding]) -> Iterator[tuple[Finding, Finding]]:
    """The counts of the group a contrast speaks of, and those of the group it is set against."""
    versus = contrast.effect.versus if contrast.effect else ""
    counted = [f for f in findings if f.events is not None and f.n and _asks_alike(contrast, f)]
    ones = [f for f in counted if (f.strategy, f.arm) == (contrast.strategy, contrast.arm)]
    twos = [f for f in counted if f.strategy != contrast.strategy and _is_named(f.strategy, versus)]
    yield from ((one, two) for one in ones for two in twos)


def _asks_alike(one: Finding, two: Finding) -> bool:
    """Whether two findings count the same event over the same time, in the same part of the people."""
    return (one.outcome, one.definition, one.subgroup, one.time_years) == (
        two.outcome, two.definition, two.subgroup, two.time_years
    )  # fmt: skip


def _is_named(strategy: str, versus: str) -> bool:
    return bool(re.search(rf"\b{re.escape(strategy)}", versus))


def _say(effect: Effect, one: Finding, two: Finding) -> str:
    counts = f"{one.strategy}: {one.events} of {one.n}, {two.strategy}: {two.events} of {two.n}"
    printed = f"{effect.measure} {effect.value} ({effect.low} to {effect.high})"
    return (
        f"{printed} points the other way than the counts ({counts}); "
        f"mend one of them, or say in misprinted why both stand"
    )
