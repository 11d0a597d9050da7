"""Truth with unknown in a table: when any of some rows is true, and when a number lies between bounds."""

from __future__ import annotations

from stepdown.cohorts.engines import Expression, load_ibis
from stepdown.ms.dates import DAYS_PER_YEAR

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
    date = _to_date(day) - ibis.interval(months=months)
    return date.cast("date").delta(ibis.date(1970, 1, 1), unit="day").cast("int32")


def _to_date(day: Expression) -> Expression:
    return (load_ibis().date(1970, 1, 1) + day.as_interval("D")).cast("date")


def age_on(birth: Expression, day: Expression) -> Expression:
    """Age in years, whose whole part is the number of birthdays so far, as a person counts.

    Days over 365.25 would make people of 50 a day younger around some birthdays. Born on 29 February, they
    are a year older on 1 March of other years, as in ``ms.dates.age_on``.
    """
    ibis = load_ibis()
    born, now = _to_date(birth), _to_date(day)
    before = (now.month() * 100 + now.day()) < (born.month() * 100 + born.day())
    whole = (now.year() - born.year() - before.cast("int32")).cast("float64")
    rest = to_years(day - birth) - whole
    return whole + ibis.least(ibis.greatest(rest, 0.0), 0.999)


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


def to_years(days: Expression) -> Expression:
    """Days as years."""
    return days.cast("float64") / load_ibis().literal(DAYS_PER_YEAR, "float64")
