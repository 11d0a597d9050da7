"""How long does a FHIR bundle take to become a person file, beside reading its JSON alone? Prints a table.

The bundles: three synthetic records (Synthea, without MS) and one of 200 entries of kinds that are read, made
from the invented example. Time of the processor, the median of many rounds; the peer is ``json.loads`` of the
same text.

Usage: python benchmarks/fhir.py [--save FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from stepdown.patients.fhir import read_bundle

ENTRIES, ROUNDS = 200, 60
READ = ("Condition", "MedicationStatement", "MedicationRequest", "MedicationAdministration", "Observation")


def make_large_bundle() -> str:
    """A bundle of 200 entries of the kinds that are read, on different days, with its Patient."""
    bundle = json.loads(Path("examples/fhir/invented-ms-bundle.json").read_text(encoding="utf-8"))
    person, *others = bundle["entry"]
    relevant = [entry for entry in others if entry["resource"]["resourceType"] in READ]
    copies = []
    for number, entry in enumerate(islice(cycle(relevant), ENTRIES - 1)):
        day = f"20{10 + number % 15:02d}-{1 + number % 12:02d}-{1 + number % 28:02d}"
        copy = json.loads(json.dumps(entry).replace("2026-09-01", day))
        copy["fullUrl"] += f"-{number}"
        copy["resource"]["id"] = f"invented-{number}"
        copies.append(copy)
    return json.dumps({**bundle, "entry": [person, *copies]})


def time_median(work: Callable[[], object]) -> float:
    """Milliseconds of the processor for one round."""
    took = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        took.append(1000 * (time.process_time() - begun))
    return median(took)


def measure(name: str, text: str, aim: float) -> str:
    """One row of the table."""
    found = read_bundle(json.loads(text))
    alone, whole = time_median(lambda: json.loads(text)), time_median(lambda: read_bundle(json.loads(text)))
    size = f"{len(text) // 1000} kB"
    return (f"| {name} | {size} | {found.entries} | {found.used} | {alone:.2f} | {whole:.2f} | "
            f"{whole / alone:.1f}x | {aim:g}x |")  # fmt: skip


def write_table() -> str:
    """The whole table with date, machine and versions."""
    shared = Path(os.environ.get("STEPDOWN_REFERENCE", "../shared")) / "data" / "fhir"
    files = sorted(path for path in shared.glob("*.json") if "schema" not in path.name)
    rows = [
        measure(f"Synthea {number}", path.read_text(encoding="utf-8"), 3)
        for number, path in enumerate(files, 1)
    ]
    rows.append(measure("200 relevant entries", make_large_bundle(), 10))
    head = "| bundle | size | entries | used | json.loads, ms | read and mapped, ms | ratio | aim |"
    head += "\n|---|---|---|---|---|---|---|---|"
    about = (f"{date.today()}, `python benchmarks/fhir.py`, Python {platform.python_version()}, "
             f"{os.cpu_count()} cores, load before the run {os.getloadavg()[0]:.1f}. Other work "
             "beside makes the ratios too high.")  # fmt: skip
    return "\n".join(
        ["# From a FHIR bundle to a person file, the last run", "", about, "", head, *rows, ""]
    )


def main() -> None:
    """Print the table, and save it where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--save", type=Path)
    arguments = parser.parse_args()
    table = write_table()
    print(table)
    if arguments.save:
        arguments.save.write_text(table, encoding="utf-8")


if __name__ == "__main__":
    main()
