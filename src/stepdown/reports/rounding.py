"""Which number does the reader see? The one place where per-100 numbers become shown numbers.

Text, HTML, PDF and JSON all ask here, so a reader who compares two of them finds the same number.
A whole number per 100; above 0 but below 1 it is "fewer than 1", above 99 but below 100 "more than
99"; when nobody of those studied had the event it is 0 with the upper bound, never a bare 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from stepdown.decisions.answer import PEOPLE_IN_STUDIES, Beside, Risk

FEWER = "fewer than 1"
MORE = "more than 99"
#: Width of an interval, per 100, above which the low and the high picture are drawn as well.
WIDE = 10.0
#: Width above which the words say that the number is very uncertain.
VERY_WIDE = 30.0


@dataclass(frozen=True)
class Shown:
    """One risk per 100 as every format shows it; ``icons`` are the filled figures of 100."""

    estimate: str
    low: str
    high: str
    rest: str
    icons: int
    icons_low: int
    icons_high: int
    none_seen: bool
    wide: bool
    very_wide: bool

    @property
    def words(self) -> str:
        """The number with its interval: "12 (7 to 19)", or "0, but up to 17"."""
        if self.none_seen:
            return f"0, but up to {self.high}"
        return f"{self.estimate} ({self.low} to {self.high})"

    @property
    def compact(self) -> str:
        """The same number for a narrow column: "12 (7-19)", "<1 (0-3)", "0 (0-17)"."""
        estimate, low, high = (_shorten(text) for text in (self.estimate, self.low, self.high))
        return f"{estimate} ({low}-{high})"


def show_risk(risk: Risk | Beside) -> Shown | None:
    """How one risk is shown; None when it has no number."""
    if risk.per_100 is None:
        return None
    per_100 = risk.per_100
    none_seen = _is_none_seen(risk)
    estimate = 0.0 if none_seen else per_100.estimate
    low = 0.0 if none_seen else per_100.low
    high = max(per_100.high, 1.0) if none_seen else per_100.high
    width = per_100.high - per_100.low
    return Shown(
        show_number(estimate),
        show_number(low),
        show_number(high),
        _show_rest(show_number(estimate)),
        count_icons(estimate),
        count_icons(low),
        count_icons(high),
        none_seen,
        width > WIDE,
        width > VERY_WIDE,
    )


def show_number(per_100: float) -> str:
    """A number per 100 as it is printed."""
    _check(per_100)
    if 0.0 < per_100 < 1.0:
        return FEWER
    if 99.0 < per_100 < 100.0:
        return MORE
    return str(round_half_up(per_100))


def count_icons(per_100: float, of: int = 100) -> int:
    """How many of 100 (or 1,000) figures are filled: none for fewer than 1, never all for more than 99."""
    _check(per_100)
    number = per_100 * of / 100.0
    if number < 1.0:
        return 0
    return of if number >= of else min(round_half_up(number), of - 1)


def round_per_100(risk: Risk | Beside) -> dict[str, float] | None:
    """The numbers as JSON writes them: whole, but one significant figure below 1, so none turns into 0."""
    if risk.per_100 is None:
        return None
    none_seen = _is_none_seen(risk)
    estimate = 0.0 if none_seen else risk.per_100.estimate
    low = 0.0 if none_seen else risk.per_100.low
    high = max(risk.per_100.high, 1.0) if none_seen else risk.per_100.high
    return {"estimate": _json_number(estimate), "low": _json_number(low), "high": _json_number(high)}


def round_half_up(value: float) -> int:
    """The nearest whole number, a half going up as people expect (2.5 is 3)."""
    return math.floor(value + 0.5)


def show_per_1000(value: float) -> str:
    """A number per 1,000: whole from 10, one decimal below, "fewer than 0.1" below that."""
    if 0.0 < value < 0.1:
        return "fewer than 0.1"
    return str(round_half_up(value)) if value >= 10.0 or value == 0.0 else f"{value:.1f}"


def _is_none_seen(risk: Risk | Beside) -> bool:
    """Whether nobody of those studied had the event; a number of the risk model is no count of theirs."""
    if risk.per_100 is None or risk.speaks_for != PEOPLE_IN_STUDIES:
        return False
    return risk.per_100.estimate == 0.0 or (risk.events == 0 and risk.per_100.estimate < 1.0)


def _json_number(per_100: float) -> float:
    if 0.0 < per_100 < 1.0:
        return min(float(f"{per_100:.1g}"), 0.9)
    if 99.0 < per_100 < 100.0:
        return max(100.0 - float(f"{100.0 - per_100:.1g}"), 99.1)
    return round_half_up(per_100)


def _show_rest(shown: str) -> str:
    """How many of 100 are left, so that both frames of one number add up."""
    if shown in (FEWER, MORE):
        return MORE if shown == FEWER else FEWER
    return str(100 - int(shown))


def _shorten(shown: str) -> str:
    return shown.replace(FEWER, "<1").replace(MORE, ">99")


def _check(per_100: float) -> None:
    if not 0.0 <= per_100 <= 100.0:
        raise ValueError("a number per 100 lies between 0 and 100")
