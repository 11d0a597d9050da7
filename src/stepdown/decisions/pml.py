"""PML on natalizumab per 1,000 people, for this period and the next: the range the facts allow."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from stepdown.decisions.answer import PmlCell, Reason
from stepdown.decisions.situation import Situation, Treatment
from stepdown.decisions.sourcing import expand_sources
from stepdown.decisions.withdrawing import WITHDRAWN, is_withdrawn, say_withdrawn
from stepdown.evidence.reading import read_library
from stepdown.ms.facts import Fact, bounded

_HIGH_INDEX = 1.5
_MONTHS = 12.0


@lru_cache(maxsize=1)
def read_pml_table() -> dict[str, Any]:
    """The cells of the published table and the notes beside them, from ``pml.toml``."""
    return tomllib.loads((files("stepdown.decisions") / "pml.toml").read_text("utf-8"))


def _possible_jcv(antibody: Fact, index: Fact) -> set[str]:
    """Which rows of the table the JCV facts leave open."""
    if antibody.is_known and antibody.value == "negative":
        return {"negative"}
    high = index.more_than(_HIGH_INDEX)
    if high is not None:
        return {"index-high"} if high else {"index-low"}
    positive = antibody.is_known and antibody.value == "positive"
    return {"index-low", "index-high"} if positive else {"negative", "index-low", "index-high"}


def _possible_immunosuppressant(fact: Fact) -> set[bool]:
    """Whether an immunosuppressant was given before: one answer, or both open."""
    return {True} if fact.is_true else {False} if fact.is_false else {True, False}


def _possible_periods(years: Fact) -> list[str]:
    """The periods to show: the one the person is in and the next; all where the time is unknown."""
    table = read_pml_table()
    if years.low is None:
        return list(table["periods"])
    low, high = years.low * _MONTHS, (years.high if years.high is not None else years.low) * _MONTHS
    first = min(sum(low > end for end in table["period_ends_months"]), len(table["periods"]) - 1)
    last = sum(high > end for end in table["period_ends_months"])
    return list(table["periods"][first : last + 2])


def _figure(finding_id: str) -> float:
    """The published figure of one cell, per 1,000."""
    proportion = read_library()[read_pml_table()["study"]].finding(finding_id).proportion
    if proportion is None:
        raise LookupError(f"{finding_id} has no proportion")
    return proportion * 1000


def _cell(period: str, jcv: set[str], immunosuppressant: set[bool]) -> PmlCell | None:
    """The range over the cells that the facts leave open in one period; None when none is published."""
    table = read_pml_table()
    rows = [
        row
        for row in table["cell"]
        if row["period"] == period and row["jcv"] in jcv and row["immunosuppressant"] in immunosuppressant
    ]
    if not rows:
        return None
    figures = [_figure(row["finding"]) for row in rows]
    open_facts = [
        name
        for name, values in (("JCV status", jcv), ("earlier immunosuppressant", immunosuppressant))
        if len(values) > 1
    ]
    reason = f"range over the open facts: {', '.join(open_facts)}" if open_facts else ""
    sources = tuple(dict.fromkeys(f"{table['study']}#{row['finding']}" for row in rows))
    return PmlCell(period, min(figures), max(figures), reason, sources)


def _may_take_natalizumab(situation: Situation) -> bool:
    """Whether natalizumab is taken, or is among the drugs that may be where it is not clear which."""
    is_taken = situation.group == "natalizumab" and situation.treatment is Treatment.ON_DRUG
    return is_taken or "natalizumab" in {therapy.name for therapy in situation.open_therapies}


def _time_on_natalizumab(situation: Situation) -> Fact:
    """The years on natalizumab; where it is not clear what is taken, by its own entry."""
    months = situation.fact("months_on_natalizumab")
    if not situation.open_therapies or months.low is None:
        return situation.fact("years_on_current_therapy")
    high = None if months.high is None else months.high / _MONTHS
    return bounded("years_on_current_therapy", months.low / _MONTHS, high, *months.sources, unit="years")


def find_pml(situation: Situation) -> tuple[PmlCell, ...]:
    """The published PML figures for somebody on natalizumab; empty for everybody else."""
    if not _may_take_natalizumab(situation):
        return ()
    jcv = _possible_jcv(situation.fact("jcv_antibody"), situation.fact("jcv_index"))
    suppressed = _possible_immunosuppressant(situation.fact("prior_immunosuppressant"))
    periods = _possible_periods(_time_on_natalizumab(situation))
    if is_withdrawn(read_pml_table()["study"]):
        return ()
    cells = [_cell(period, jcv, suppressed) for period in periods]
    return tuple(cell for cell in cells if cell is not None)


def _is_past_the_table(situation: Situation) -> bool:
    """Whether the treatment may have gone on longer than the published table reaches."""
    years = _time_on_natalizumab(situation)
    longest = years.high if years.high is not None else years.low
    return longest is not None and longest * _MONTHS > read_pml_table()["period_ends_months"][-1]


def find_pml_notes(situation: Situation, cells: tuple[PmlCell, ...]) -> tuple[Reason, ...]:
    """What is said beside the figures, and why there is none where the table has no cell."""
    if not _may_take_natalizumab(situation):
        return ()
    notes = tuple(
        Reason(row["text"], row["id"], expand_sources(row["sources"])) for row in read_pml_table()["note"]
    )
    study: str = read_pml_table()["study"]
    if is_withdrawn(study):
        text = f"{say_withdrawn(study)} The risk is not known, not nil."
        return (Reason(text, f"pml{WITHDRAWN}", (study,)), *notes)
    if cells and _is_past_the_table(situation):
        text = (
            "The published table ends at month 72; the last published period is shown. The risk beyond it is "
            "not known, not nil."
        )
        return (Reason(text, "pml-table-ended", (read_pml_table()["study"],)), *notes)
    if cells:
        return notes
    text = (
        "No figure is published for these facts and this period of treatment; the risk is not known, not nil."
    )
    return (Reason(text, "pml-no-figure", (read_pml_table()["study"],)), *notes)
