"""What does a finding say of 100 people, and how sure is it? Printed figures, and intervals worked out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from stepdown.evidence.study import Finding

#: Reports that say how many people had the event; the others compare, or count events.
SHARES = ("counts", "proportion", "survival")
_Z95 = 1.959964


@dataclass(frozen=True)
class Measured:
    """A figure with its 95 % interval, per 100 people or per 100 person-years, or as a ratio.

    ``kind`` is share, rate, ratio or difference. ``events`` is ``None`` where it is neither printed nor
    worked out from a printed share; ``worked_out`` says that it was. ``low`` and ``high`` are
    ``None`` where nothing printed gives an interval.
    """

    kind: str
    estimate: float
    low: float | None = None
    high: float | None = None
    events: int | None = None
    n: int | None = None
    worked_out: bool = False

    @property
    def width(self) -> float | None:
        """How wide the interval is; None where there is none."""
        return None if self.low is None or self.high is None else self.high - self.low


def measure(finding: Finding) -> Measured | None:
    """The figure of a finding; None where it holds words only, or a figure that is not printed."""
    if finding.report in SHARES:
        return _measure_share(finding)
    if finding.report == "rate" and finding.rate is not None:
        return _measure_rate(finding)
    effect = finding.effect
    if effect is None or effect.value is None:
        return None
    if effect.low is not None and effect.high is not None and not effect.low <= effect.value <= effect.high:
        # Printed so that the range does not hold its own value: nobody can say which of the two is meant.
        return None
    return Measured(finding.report, effect.value, effect.low, effect.high, n=finding.n)


def _measure_share(finding: Finding) -> Measured | None:
    """People with the event of those counted; the printed share where the count is not printed.

    A share that is printed with its own interval is pooled or estimated over time (Kaplan and Meier): it is
    no count, and none is worked out from it.
    """
    events, n, share = finding.events, finding.n, finding.proportion
    is_plain = finding.proportion_low is None and finding.report != "survival"
    worked_out = events is None and share is not None and n is not None and is_plain
    if worked_out and share is not None and n is not None:
        events = round_half_up(share * n)
    if share is None and events is not None and n:
        share = events / n
    if share is None:
        return None
    low, high = _share_interval(finding, events, n)
    if events is not None and n and finding.events is not None and finding.proportion_low is None:
        share = events / n
    return Measured("share", 100 * share, low, high, events, n, worked_out)


def _share_interval(finding: Finding, events: int | None, n: int | None) -> tuple[float | None, float | None]:
    """The printed interval, or the exact one of the count, per 100."""
    low, high = finding.proportion_low, finding.proportion_high
    if low is not None and high is not None:
        return 100 * low, 100 * high
    return (None, None) if events is None or not n else exact_share_interval(events, n)


@lru_cache(maxsize=20_000)
def exact_share_interval(events: int, people: int) -> tuple[float, float]:
    """The exact 95 % interval of a share, per 100 (Clopper and Pearson 1934, Biometrika 26:404)."""
    from scipy.special import betaincinv

    low = float(betaincinv(events, people - events + 1, 0.025)) if events else 0.0
    high = float(betaincinv(events + 1, people - events, 0.975)) if events < people else 1.0
    return 100 * low, 100 * high


def exact_rate_interval(events: int, person_years: float) -> tuple[float, float]:
    """The exact 95 % interval of a rate, per 100 person-years (Garwood 1936, Biometrika 28:437)."""
    from scipy.special import gammaincinv

    low = float(gammaincinv(events, 0.025)) if events else 0.0
    return 100 * low / person_years, 100 * float(gammaincinv(events + 1, 0.975)) / person_years


def _measure_rate(finding: Finding) -> Measured:
    """Events per 100 person-years: the printed interval, else the exact one where the events are printed."""
    rate, low, high = finding.rate or 0.0, finding.rate_low, finding.rate_high
    if (low is None or high is None) and finding.events is not None and finding.person_years:
        low, high = exact_rate_interval(finding.events, finding.person_years)
    if low is None or high is None:
        low = high = None
    return Measured("rate", rate, low, high, finding.events, finding.n)


def round_half_up(value: float) -> int:
    """The nearest whole number, a half going up as people expect (2.5 is 3)."""
    return int(value + 0.5)


def to_yearly_hazard(measured: Measured, years: float | None) -> tuple[float, float] | None:
    """The interval of a share or rate as events per 100 person-years, to set studies beside each other.

    A share becomes a constant hazard, -ln(1 - share) / years; None where time or interval is not known.
    """
    from math import inf, log1p

    low, high = measured.low, measured.high
    if low is None or high is None:
        return None
    if measured.kind == "rate":
        return low, high
    if measured.kind != "share" or not years:
        return None
    hazards = [inf if share >= 100 else -100 * log1p(-share / 100) / years for share in (low, high)]
    return hazards[0], hazards[1]
