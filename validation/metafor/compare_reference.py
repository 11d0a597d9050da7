"""Prints what of the reference is reproduced: python validation/metafor/compare_reference.py [--all]."""

from __future__ import annotations

import sys
from collections import Counter

from reference import find_reference, read_cases
from reproduce import Verdict, check_case


def _print_case(name: str, verdicts: list[Verdict]) -> None:
    counts = Counter(v.status for v in verdicts)
    worst = max((e for v in verdicts for e in v.excess.values()), default=0.0)
    print(
        f"{name:34} {len(verdicts):5} {counts['reproduced']:11} {counts['not offered']:12} "
        f"{counts['do not test']:12} {worst:10.3g}"
    )


def main() -> int:
    """Print the table; 1 when a compared field is outside its tolerance, 2 when there is no reference."""
    reference = find_reference()
    if reference is None:
        print("no reference folder; set STEPDOWN_REFERENCE", file=sys.stderr)
        return 2
    print(
        f"{'case':34} {'all':>5} {'reproduced':>11} {'not offered':>12} {'do not test':>12} {'worst/tol':>10}"
    )
    verdicts = []
    for case in read_cases(reference):
        found = check_case(case)
        _print_case(case.name, found)
        verdicts += found
    _print_case("all", verdicts)
    failed = [v for v in verdicts if not v.holds]
    for verdict in failed:
        outside = {k: round(e, 2) for k, e in verdict.excess.items() if e > 1}
        print(f"OUTSIDE {verdict.case} {verdict.index} {verdict.what}: {outside}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
