"""How the answer moves with the definition: docs/explanation/worsening-definitions.md.

The same invented people, each definition in turn. Usage: python tools/write_worsening_definitions.py
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from stepdown.cohorts.engines import Engine, open_engine, to_rows
from stepdown.cohorts.outcomes.association import label_worsening
from stepdown.cohorts.outcomes.rule_sets import RuleSet, read_rule_sets
from stepdown.cohorts.outcomes.worsening import find_changes
from stepdown.cohorts.population.tables import Tables, read_tables
from stepdown.cohorts.protocol.definitions import TreatmentDefinition
from stepdown.cohorts.registry.reading import read_registry
from stepdown.cohorts.registry.simulation.parameters import Settings
from stepdown.cohorts.registry.simulation.writing import simulate_registry

PAGE = Path(__file__).resolve().parents[1] / "docs" / "explanation" / "worsening-definitions.md"
PEOPLE, SEED = 300, 1
HEAD = f"""\
# How much worsening there is depends on the definition

"Confirmed worsening" is many definitions. Here the same {PEOPLE} invented people
(`stepdown registry simulate --people {PEOPLE} --seed {SEED}`) are asked each of them. A protocol names the
rule set it uses, and its choices can be changed one by one.

- **rule set**: `stepdown` is that of one person's answer. `msoutcomes`, `pymsprog` and `msclinical` are the
  rules of these programs; each reference result of theirs that we have comes out under the set of its name.
- **weeks**: how much later the rise must still be there. **step**: up to which EDSS a whole point is asked.
- **people** have an event; **events** counts all of them; a fixed baseline limits them to one each.
- **RAW, PIRA, undefined**: with a relapse in the 90 days before; without one around the rise and around a
  visit that confirms it; neither can be said. Only rule sets that say how have these columns.

| rule set | baseline | weeks | step | people | events | RAW | PIRA | undefined |
|---|---|---|---|---|---|---|---|---|
"""
FOOT = """
`stepdown` leaves out scores marked as made during a relapse, so that none of its events here is RAW. Two
results are comparable only under the same definition. This page is made by
`tools/write_worsening_definitions.py`.
"""


def list_definitions() -> list[RuleSet]:
    """The definitions in the order of the table."""
    rules = read_rule_sets()
    fixed = [replace(rules["stepdown"], confirm_days=weeks * 7, last_whole_step=step)
             for weeks in (12, 24) for step in (5.5, 5.0)]
    names = ("msoutcomes", "pymsprog", "pymsprog-roving", "msclinical", "msclinical-roving")
    others = [replace(rules[name], confirm_days=weeks * 7) for name in names for weeks in (12, 24)]
    return [*fixed, *others]


def write_row(engine: Engine, tables: Tables, rules: RuleSet) -> str:
    """One definition: who has an event under it, and how many there are."""
    onsets = tables.relapses.filter(tables.relapses.counted.fill_null(False)).select("person_id", "onset")
    onsets = engine.keep(onsets, "onsets")
    changes = find_changes(engine, tables.scores, onsets, rules)
    events = [row for row in to_rows(label_worsening(engine, changes, onsets, rules))
              if row["kind"] == "worsening"]
    labels = [sum(row["association"] == label for row in events) if rules.association else "-"
              for label in ("RAW", "PIRA", "undefined")]
    cells = [rules.name, rules.baseline, round(rules.confirm_days / 7), rules.last_whole_step,
             len({row["person_id"] for row in events}), len(events), *labels]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def write_page() -> str:
    """The whole page."""
    with tempfile.TemporaryDirectory() as folder, open_engine() as engine:
        registry = Path(folder) / "invented"
        simulate_registry(Settings(people=PEOPLE, seed=SEED), registry, lambda _: None)
        tables = read_tables(engine, read_registry(engine.connection, registry),
                             TreatmentDefinition(source="not used here"))
        rows = [write_row(engine, tables, rules) for rules in list_definitions()]
    return HEAD + "\n".join(rows) + "\n" + FOOT


if __name__ == "__main__":
    PAGE.write_text(write_page(), encoding="utf-8")
