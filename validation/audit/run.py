"""How often does an audit speak, where predictions hold and where they do not?

Usage: python validation/audit/run.py [--registries N] [--people N] [--save FILE]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
from registries import SINCE, Audited, audit_drawn, audit_simulated, simulate

from stepdown.cohorts.registry.simulation.parameters import Shift

_SINCE_DAY = (SINCE - type(SINCE)(1970, 1, 1)).days
_HEAD = ("| truth | expected events | observed over expected | agrees | not trusted | too few or open | "
         "more | fewer | chart spoke | of these, after the shift |\n" + "|---" * 10 + "|")


def main() -> None:
    """Run every truth and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--registries", type=int, default=200)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--save", type=Path)
    arguments = parser.parse_args()
    lines = [*_open(arguments.registries, arguments.people), _HEAD]
    for line in _run(arguments.registries, arguments.people):
        print(line, flush=True)
        lines.append(line)
    if arguments.save:
        arguments.save.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _open(registries: int, people: int) -> Iterator[str]:
    yield "# How often an audit speaks\n"
    yield (f"{registries} registries of {people:,} invented people each, relapse within two years of "
           f"stopping all therapy; per cent of registries. Run {datetime.now(UTC).date()}, stepdown "
           f"{version('stepdown')}, numpy {np.__version__}, "
           f"`python validation/audit/run.py --registries {registries} --people {people}`.\n")


def _run(registries: int, people: int) -> Iterator[str]:
    steps = simulate(registries * people, 11)
    for hazard in (1.0, 1.5, 2.0, 3.0, 0.5):
        yield _row(f"by the predictions, {hazard:g} times", audit_drawn(steps, registries, hazard, 21))
    yield _row("by the predictions, twice from 2019 on", audit_drawn(steps, registries, 2.0, 22, since=True),
               is_timed=True)
    yield _row("simulator, as assumed", audit_simulated(steps, registries))
    for hazard, since, words in ((2.0, None, "twice after stopping"), (0.5, None, "half after stopping"),
                                 (2.0, SINCE, "twice after stopping, from 2019 on")):
        shifted = simulate(registries * people, 11, Shift(hazard=hazard, since=since))
        yield _row(f"simulator, {words}", audit_simulated(shifted, registries), is_timed=since is not None)


def _row(truth: str, found: list[Audited], *, is_timed: bool = False) -> str:
    share = {word: _percent([each.word == word for each in found])
             for word in ("agrees", "not trusted", "cannot tell")}
    ways = [_percent([each.direction == way for each in found]) for way in ("more", "fewer")]
    spoke = [each for each in found if each.more_day is not None or each.fewer_day is not None]
    after = _percent([(each.more_day or 0) >= _SINCE_DAY for each in spoke]) if is_timed and spoke else ""
    ratio = sum(each.observed for each in found) / sum(each.expected for each in found)
    expected = np.median([each.expected for each in found])
    cells = (truth, f"{expected:.0f}", f"{ratio:.2f}", share["agrees"], share["not trusted"],
             share["cannot tell"], *ways, f"{100 * len(spoke) / len(found):.1f}", after)
    return f"| {' | '.join(cells)} |"


def _percent(flags: list[bool]) -> str:
    return f"{100 * float(np.mean(flags)):.1f}"


if __name__ == "__main__":
    main()
