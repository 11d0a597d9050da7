"""How long people have been on a therapy: periods with short gaps between them count as one.

The rules are those of ``ms.treatment``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

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
    ibis = load_ibis()
    wanted = ibis.literal(therapy) if isinstance(therapy, str) else therapy
    asked = index.select("trial_id", "person_id", "index_day", "seen_last", asked=wanted)
    rows = asked.join(treatments, "person_id")
    rows = rows.filter((rows.therapy == rows.asked) & (rows.start.isnull() | (rows.start <= rows.index_day)))
    order = ibis.window(group_by="trial_id", order_by=[rows.start.notnull(), rows.start, rows.treatment_id])
    rows = engine.keep(rows.mutate(seq=ibis.row_number().over(order).cast("int32")), "periods")
    gaps = [(rows.asked == name, days) for name, days in gap_days_by_therapy.items()]
    gap = ibis.cases(*gaps, else_=gap_days) if gaps else gap_days
    run = engine.keep(_last_unbroken(rows, gap), "run")
    measured = _measure(run)
    everybody = asked.select("trial_id").left_join(measured, "trial_id").drop("trial_id_right")
    return engine.keep(everybody, "years_on")


def _last_unbroken(rows: Expression, gap_days: Expression | int) -> Expression:
    """The first and the last period of the latest treatment; ``broken`` where a gap cannot be measured."""
    ibis = load_ibis()
    order = ibis.window(group_by="trial_id", order_by="seq")
    everywhere = ibis.window(group_by="trial_id")
    previous_first, previous_last = rows.stop.lag().over(order), rows.stop_last.lag().over(order)
    far = at_least_days(rows.start - previous_last, rows.start_last - previous_first, gap_days + 1)
    rows = rows.mutate(far=ibis.ifelse(rows.seq == 0, True, far))
    rows = rows.mutate(begins=ibis.ifelse(rows.far.fill_null(False), rows.seq, ibis.null("int32")))
    rows = rows.mutate(run_from=rows.begins.max().over(everywhere), run_to=rows.seq.max().over(everywhere),
                       undated=rows.start.isnull().max().over(everywhere))
    kept = rows.filter(rows.seq >= rows.run_from)
    return kept.mutate(open=(kept.far.isnull() & (kept.seq > kept.run_from)).max().over(
        ibis.window(group_by="trial_id")) | kept.undated)


def _measure(run: Expression) -> Expression:
    ibis = load_ibis()
    opening = run.filter(run.seq == run.run_from).select(
        "trial_id", "open", begin="start", begin_last="start_last")
    last = run.filter(run.seq == run.run_to).drop("open")
    rows = last.join(opening, "trial_id")
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
