"""How far a risk may be carried beyond the time people were watched: estimated, extrapolated, unknown."""

from __future__ import annotations

from stepdown.evidence.cells import read_pool_table

#: A risk is carried at most to this multiple of the longest follow-up.
FURTHEST = 2.0


def judge_horizon(years: float, watched: float, group: str, strategy: str) -> tuple[str, str]:
    """The status of a risk at so many years when people were watched for so long, and the reason in words."""
    if years <= watched + 1e-9:
        return "estimated", ""
    months = round(watched * 12)
    leaving = strategy in ("stop", "switch")
    carry = read_pool_table()["carry"]
    if leaving and group in carry["none"]:
        return "unknown", (
            f"people were watched for {months} months; after this drug the risk changes from month "
            "to month, so nothing is carried further"
        )
    if leaving and group in carry["while-effect-lasts"]:
        return "unknown", f"follow-up ended after {months} months, while the drug may still work"
    if years <= FURTHEST * watched:
        return "extrapolated", f"people were watched for {months} months at most; carried on at the same rate"
    return "unknown", f"people were watched for {months} months at most, less than half of this time"
