"""How long people have been on a therapy: periods with short gaps between them count as one.

The rules are those of ``ms.treatment``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from stepdown.cohorts.days import LONG_AGO, NEVER
from stepdown.cohorts.engines import Engine, Expression, load_ibis
from stepdown.cohorts.history.truth import at_least_days, years_between
from stepdown.ms.treatment import GAP_MERGED_DAYS


def years_on_treatment(engine: Engine, index: Expression, treatments: Expression, therapy: Expression | str,
                       gap_days: int = GAP_MERGED_DAYS,
                       gap_days_by_therapy: Mapping[str, int] = MappingProxyType({})) -> Expression:
    """``trial_id`` with ``years_on_low, years_on_high`` of the latest unbroken treatment with a therapy.

    ``therapy`` is a name, or the column of ``index`` that holds the therapy of each index day.
    ``treatments``: ``person_id, treatment_id, therapy, start, start_last, stop, stop_last, last_dose,
    still_taking``. Pauses up to ``gap_days`` (of some therapies up to a number of their own) are bridged.
    """
    found = measure_treatment(engine, index, treatments, therapy, gap_days, gap_days_by_therapy)
    return engine.keep(index.select("trial_id").left_join(found, "trial_id").drop("trial_id_right"),
                       "years_on")


def measure_treatment(engine: Engine, index: Expression, treatments: Expression,
                      therapy: Expression | str, gap_days: int,
                      gap_days_by_therapy: Mapping[str, int]) -> Expression:
    """The same, without a row for those of whom no such treatment is known."""
    ibis = load_ibis()
    wanted = ibis.literal(therapy) if isinstance(therapy, str) else therapy
    asked = index.select("trial_id", "person_id", "index_day", "seen_last", therapy=wanted)
    rows_of_runs = engine.keep(_find_runs(treatments, gap_days, gap_days_by_therapy), "runs")
    runs = engine.keep(_with_opening(rows_of_runs), "runs")
    rows = asked.join(runs, ["person_id", "therapy"])
    last = rows.filter((rows.valid_from <= rows.index_day)
                       & (rows.valid_to > rows.index_day))
    found = engine.keep(_measure(last), "years_on")
    engine.drop([rows_of_runs, runs])
    return found


def _find_runs(treatments: Expression, gap_days: int, by_therapy: Mapping[str, int]) -> Expression:
    """Each period in order, with where the unbroken treatment it is the last of begins (``run_from``).

    It is the last from ``valid_from`` until the next one begins; those without a start come first. ``open``
    where a gap cannot be measured, or a start is not known.
    """
    ibis = load_ibis()
    keys = ["person_id", "therapy"]
    rows = treatments.select(*keys, "treatment_id", "start", "start_last", "stop", "stop_last", "last_dose",
                             "still_taking")
    order = ibis.window(group_by=keys, order_by=[rows.start.notnull(), rows.start, rows.treatment_id])
    rows = rows.mutate(seq=ibis.row_number().over(order).cast("int32"),
                       previous_first=rows.stop.lag().over(order),
                       previous_last=rows.stop_last.lag().over(order),
                       valid_from=rows.start.fill_null(LONG_AGO),
                       valid_to=rows.start.fill_null(LONG_AGO).lead().over(order).fill_null(NEVER))
    gaps = [(rows.therapy == name, days) for name, days in by_therapy.items()]
    gap = ibis.cases(*gaps, else_=gap_days) if gaps else gap_days
    far = at_least_days(rows.start - rows.previous_last, rows.start_last - rows.previous_first, gap + 1)
    rows = rows.mutate(far=ibis.ifelse(rows.seq == 0, True, far)).drop(
        "treatment_id", "previous_first", "previous_last")
    so_far, none = ibis.window(group_by=keys, order_by="seq", rows=(None, 0)), ibis.null("int32")
    rows = rows.mutate(run_from=ibis.ifelse(rows.far.fill_null(False), rows.seq, none).max().over(so_far),
                       unsure=ibis.ifelse(rows.far.isnull(), rows.seq, none).max().over(so_far),
                       undated=rows.start.isnull().max().over(so_far))
    unsure = (rows.unsure > rows.run_from).fill_null(False)
    return rows.mutate(open=unsure | rows.undated).drop("far", "unsure", "undated")


def _with_opening(runs: Expression) -> Expression:
    """With the start of the period at which each unbroken treatment begins."""
    opening = runs.select("person_id", "therapy", run_from="seq", begin="start", begin_last="start_last")
    found = runs.join(opening, ["person_id", "therapy", "run_from"])
    return found.drop("seq", "run_from")


def _measure(rows: Expression) -> Expression:
    ibis = load_ibis()
    known_to = ibis.least(rows.index_day, rows.seen_last)
    seen_to = ibis.least(rows.last_dose.coalesce(rows.start), known_to)
    first_end = ibis.cases((rows.stop.notnull(), ibis.least(rows.stop, rows.index_day)),
                           (rows.still_taking.fill_null(False), known_to), else_=seen_to)
    last_end = ibis.cases((rows.stop.notnull(), ibis.least(rows.stop_last, rows.index_day)),
                          ((rows.still_taking == False).fill_null(False), known_to),  # noqa: E712
                          else_=rows.index_day)
    low = ibis.greatest(years_between(ibis.least(rows.begin_last, rows.index_day), first_end), 0.0)
    high = ibis.greatest(years_between(rows.begin, last_end), 0.0)
    none = ibis.null("float64")
    return rows.select("trial_id", years_on_low=ibis.ifelse(rows.open, none, low),
                       years_on_high=ibis.ifelse(rows.open, none, high))
