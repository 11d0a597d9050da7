"""How simulated people agree with published studies: docs/reference/simulated-registry.md.

Usage: python tools/write_simulated_registry.py
It takes half a minute, so it is written only when what it rests on has changed, or with --always.
"""

from __future__ import annotations

import hashlib
import sys
from importlib.resources import files
from pathlib import Path

from stepdown.cohorts.registry.simulation.calibrating import Agreement, compare_targets

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "simulated-registry.md"
PEOPLE, SEED = 40_000, 3
HEAD = """# The simulated registry beside published studies

`stepdown registry simulate` writes registries of invented people. Its assumptions are chosen by hand, so that
people like those of published studies fare about as they did; they are no findings, and no answer about a
person rests on them. Made by `make docs` from {people:,} simulated people (seed {seed}); basis {basis}.

Each row takes the simulated people who are like those of the study at the first visit at which they are,
lets all of them stop (or continue), and counts. The interval is the study's own, or the exact one of its
counts.

| study and finding | simulated people | years | published (95 %) | simulated | inside |
|---|---|---|---|---|---|
"""
FOOT = """
{inside} of {rows} simulated values lie inside the interval of their study. Those that do not are left so:
the studies were small, met their people later than at the first eligible visit, and differ among themselves.

## What is assumed
- Relapses and new lesions come at rates that fall with age, most of all after the age of 53, and are lower in
  SPMS and PPMS, in men, and in people of low frailty. Frailty differs from person to person and is never on
  file; so those who have been stable for long are, on average, those whose disease is mild.
- A drug multiplies the rate. After stopping, its effect fades (ocrelizumab and rituximab: over two years) or
  rebounds above the untreated rate (natalizumab, fingolimod).
- The clinic decides to stop by what is on file at a visit and nothing else: age, years without relapse since
  observation began, the last scan, and whether the drug is one with rebound. Those are the confounders.
- Stepping down from a drug of high to one of moderate efficacy is decided alike, and some take natalizumab
  every six weeks after a quiet year on it; the milder drug has its own rate, the longer interval a slightly
  higher one.
- Some of those with a new cancer are given a checkpoint inhibitor: adverse events in the year after it, more
  of them severe with an autoimmune disease beside MS, and a higher rate of death. No study was fitted.
- A relapse brings many to the clinic; the stable miss visits more often. Loss from sight depends on whether a
  drug is taken. Death depends on age and EDSS.
- Not simulated: functional systems, the other hand of the nine-hole peg test, lesions that grow (each is
  a new one), scans of the cord, doses, antibodies, pregnancies that change the treatment, pauses between two
  drugs.

The values stand in [parameters.toml](../../src/stepdown/cohorts/registry/simulation/parameters.toml).
"""


def find_basis() -> str:
    """A short hash of the assumptions and of the program: the page is stale when it is another."""
    folder = files("stepdown.cohorts.registry.simulation")
    parts = sorted(path.name for path in folder.iterdir() if path.name.endswith((".toml", ".py")))
    left_out = {"measuring.py", "writing.py"}
    text = b"".join(folder.joinpath(name).read_bytes() for name in parts if name not in left_out)
    return hashlib.sha256(text).hexdigest()[:12]


def write_row(row: Agreement) -> str:
    """One line of the table."""
    form = "{:.1f}" if row.target.measure == "hazard-ratio" else "{:.1%}"
    published, low, high, simulated = (form.format(value) for value in
                                       (row.published, row.low, row.high, row.simulated))
    study = row.target.study
    link = f"[{study}#{row.target.finding.id}](../../src/stepdown/evidence/library/{study}.toml)"
    return (f"| {link} | {row.target.like} ({row.people:,}) | {row.target.years:g} | "
            f"{published} ({low} to {high}) | {simulated} | {'yes' if row.is_inside else '**no**'} |\n")


def write_page() -> str:
    """The whole page, simulated anew."""
    rows = list(compare_targets(PEOPLE, SEED))
    inside = sum(row.is_inside for row in rows)
    return (HEAD.format(people=PEOPLE, seed=SEED, basis=find_basis()) + "".join(map(write_row, rows))
            + FOOT.format(inside=inside, rows=len(rows)))


if __name__ == "__main__":
    is_fresh = PAGE.exists() and find_basis() in PAGE.read_text(encoding="utf-8")
    if not is_fresh or "--always" in sys.argv:
        PAGE.write_text(write_page(), encoding="utf-8")
