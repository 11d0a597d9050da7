"""What moves when a study comes, changes or goes, as text: pools, ratios, and risks of one person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stepdown.evidence.refitting import Value
    from stepdown.evidence.retraction import PoolChange
    from stepdown.evidence.study import Study


def print_pool_changes(
    before: Mapping[str, Study], after: Mapping[str, Study], changed: Sequence[Study]
) -> None:
    """Print each pool and ratio that differs between two libraries."""
    from stepdown.evidence.retraction import compare_libraries

    lines = list(write_pool_changes(compare_libraries(before, after, changed)))
    print("\n".join(lines or ["no pool changes"]))


def write_pool_changes(changes: Sequence[PoolChange]) -> Iterator[str]:
    """Each pool that moves, before and after."""
    for change in changes:
        yield f"{change.question}: {', '.join(change.groups)}"
        yield f"  {change.measure}: {_say_value(change.before)} -> {_say_value(change.after)}"


def _say_value(value: Value | None) -> str:
    if value is None:
        return "unknown"
    studies = "1 study" if value.studies == 1 else f"{value.studies} studies"
    return f"{value.estimate:.3g} ({value.low:.3g} to {value.high:.3g}; {studies})"
