"""Facts about doses: whether doses were missed, and whether the interval is one that was ever studied."""

from __future__ import annotations

from stepdown.ms.facts import Fact, known, unknown
from stepdown.ms.therapies import Therapy
from stepdown.patients.facts_treatment import (
    NONE,
    current_therapy,
    days_since_last_dose,
    interval_days,
    period_of_interest,
)
from stepdown.patients.view import View

#: Fewer days than this without a daily or weekly drug are a slip of the calendar, not a gap.
_LEAST_GAP_DAYS = 14
#: A dose is missed when the last one lies two intervals back.
_INTERVALS_BACK = 2
#: Doses up to three tenths later than an interval allows are late, and still that interval.
_LATE = 1.3


def doses_missed(view: View) -> Fact:
    """Whether a dose of the drug that is said to be taken was left out: the last lies two intervals back."""
    name, therapy = "doses_missed", _taken(view)
    if therapy is None:
        return unknown(name, "no drug with a regular interval is known to be taken")
    longest, since = _longest_interval(view, therapy), days_since_last_dose(view)
    if longest is None or not view.is_on_record_day:
        return unknown(name, "the interval, or what was taken since the day of the file, is not known")
    is_missed = since.more_than(max(_INTERVALS_BACK * longest, _LEAST_GAP_DAYS))
    if is_missed is None:
        return unknown(name, since.reason or "the day of the latest dose is not exact", *since.sources)
    reason = f"more than two intervals of {longest:g} days since the last dose" if is_missed else ""
    return known(name, is_missed, *since.sources, reason=reason)


def interval_not_studied(view: View) -> Fact:
    """Whether the interval on file is longer than the label's and than any that was studied."""
    name, therapy, own = "interval_not_studied", _taken(view), interval_days(view)
    longest = _longest_of(therapy) if therapy else None
    if longest is None or not own.is_known:
        return unknown(name, own.reason or "no drug with a regular interval is known to be taken")
    is_longer = own.more_than(_LATE * longest)
    reason = f"longer than every {longest:g} days" if is_longer else ""
    return known(name, bool(is_longer), *own.sources, reason=reason)


def _taken(view: View) -> Therapy | None:
    """The continuous drug that is taken now, where one is known."""
    current, period = current_therapy(view), period_of_interest(view)
    if not current.is_known or current.value == NONE or period is None or period.therapy is None:
        return None
    return None if period.therapy.is_course else period.therapy


def _longest_of(therapy: Therapy) -> float | None:
    """The longest interval of the labels and studies of a drug, in days."""
    labelled = [row.interval_days for row in therapy.dosing]
    studied = therapy.extend.interval_days if therapy.extend else ()
    days = [day for day in (therapy.usual_interval_days, *labelled, *studied) if day]
    return max(days) if days else None


def _longest_interval(view: View, therapy: Therapy) -> float | None:
    """The interval on file, or the usual one where it is longer or nothing is on file."""
    own = interval_days(view)
    days = [day for day in (own.low if own.is_known else None, therapy.usual_interval_days) if day]
    return max(days) if days else None
