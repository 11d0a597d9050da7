"""Truth with unknown in a table: when any of some rows is true, and when a number lies between bounds."""

from __future__ import annotations

from stepdown.cohorts.engines import Expression, load_ibis
from stepdown.ms.dates import DAYS_PER_MONTH, MONTHS_PER_YEAR

#: What every question about an index day starts from.
INDEX = ("trial_id", "person_id", "index_day", "seen_first", "seen_last")


def any_true(truth: Expression) -> Expression:
    """Whether any row of a group is true: one true decides, else one unknown makes it unknown."""
    ibis = load_ibis()
    return ibis.cases((truth.fill_null(False).max(), True), (truth.isnull().max(), ibis.null("boolean")),
                      else_=False)


def months_before(day: Expression, months: int) -> Expression:
    """The same day so many months earlier, or the last day of a shorter month."""
    ibis = load_ibis()
    date = to_date(day) - ibis.interval(months=months)
    return date.cast("date").delta(ibis.date(1970, 1, 1), unit="day").cast("int32")


def to_date(day: Expression) -> Expression:
    """The date of a whole day."""
    return (load_ibis().date(1970, 1, 1) + day.as_interval("D")).cast("date")


def years_between(first: Expression, last: Expression) -> Expression:
    """Calendar years from one day to another: anniversaries are whole years, as in ``ms.dates``.

    So the whole part of an age is the number of birthdays so far; born on 29 February, people are a year
    older on 1 March of other years.
    """
    whole = load_ibis().literal(float(MONTHS_PER_YEAR * DAYS_PER_MONTH), "float64")
    return (_count(last) - _count(first)).cast("float64") / whole


def _count(day: Expression) -> Expression:
    """A day in days of a calendar whose months all have as many."""
    date = to_date(day)
    return (date.year() * MONTHS_PER_YEAR + date.month()) * DAYS_PER_MONTH + date.day()


def lies_within(first_day: Expression, last_day: Expression, first: Expression, last: Expression,
                recorded: Expression) -> Expression:
    """Whether a date lies in a window, both ends inside; NULL when its missing part decides or it is NULL."""
    ibis = load_ibis()
    latest = ibis.least(last_day, recorded)
    return ibis.cases(
        (first_day.isnull(), ibis.null("boolean")),
        ((first_day >= first) & (latest <= last), True),
        ((latest < first) | (first_day > last), False),
        else_=ibis.null("boolean"),
    )


def at_least_days(fewest: Expression, most: Expression, days: Expression | int) -> Expression:
    """Whether a time reaches so many days; NULL when its bounds do not decide."""
    ibis = load_ibis()
    return ibis.cases((fewest >= days, True), (most < days, False), else_=ibis.null("boolean"))


def was_observed(index: Expression, first: Expression) -> Expression:
    """Whether every day from ``first`` to the index day lies in the observation period."""
    covered = (index.seen_first <= first) & (index.seen_last >= index.index_day)
    return covered.fill_null(False)
