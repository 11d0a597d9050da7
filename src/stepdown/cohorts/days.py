"""Dates of the registry as whole days, with the first and the last day that an inexact one can be."""

from __future__ import annotations

from stepdown.cohorts.engines import FIRST_DAY, Expression, load_ibis

#: A stop that has not come: later than any day.
NEVER = 2_000_000
#: A start that is not on file: earlier than any day.
LONG_AGO = -NEVER


def to_day(date: Expression) -> Expression:
    """A date as the number of days from 1 January 1970."""
    ibis = load_ibis()
    return date.delta(ibis.date(*FIRST_DAY), unit="day").cast("int32")


def to_last_day(date: Expression, precision: Expression) -> Expression:
    """The last day that a date can be: its own, or the end of its month or year where no more was known."""
    ibis = load_ibis()
    end_of_month = (date + ibis.interval(months=1)).cast("date")
    end_of_year = (date + ibis.interval(years=1)).cast("date")
    return ibis.cases(
        (precision == "month", to_day(end_of_month) - 1),
        (precision == "year", to_day(end_of_year) - 1),
        else_=to_day(date),
    ).cast("int32")


def with_days(table: Expression, *dates: str) -> Expression:
    """A table with days for dates: ``onset`` gives ``onset`` and ``onset_last``, as whole numbers."""
    new = {}
    for name in dates:
        new[name] = to_day(table[name])
        new[f"{name}_last"] = to_last_day(table[name], table[f"{name}_precision"])
    return table.mutate(**new).drop(*(f"{name}_precision" for name in dates))
