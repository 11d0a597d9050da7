"""What a finding says in numbers that can be pooled: a typed report, or the reason why there is none."""

from __future__ import annotations

from stepdown.evidence.meta.hazard_scale import HazardReport
from stepdown.evidence.meta.refusals import ReportError
from stepdown.evidence.meta.reports import Counts, Rate, SurvivalProbability
from stepdown.evidence.study import OUTCOMES, Finding, Study


def _counts(study: Study, finding: Finding) -> HazardReport | str:
    """Events of n people, as printed or worked out from a printed percentage of a printed n."""
    if finding.time_years is None:
        return "how long people were watched is not reported"
    if finding.events is not None and finding.n is not None:
        return Counts(study.id, finding.id, finding.events, finding.n, finding.time_years)
    if finding.proportion is not None and finding.n is not None:
        return Counts(
            study.id, finding.id, round(finding.proportion * finding.n), finding.n, finding.time_years
        )
    return "the number of people is not reported"


def _survival(study: Study, finding: Finding) -> HazardReport | str:
    """The probability of staying free of the event at a time, with its interval; counts where it has none."""
    low, high, risk = finding.proportion_low, finding.proportion_high, finding.proportion
    if risk is None or low is None or high is None or not 0 < risk < 1:
        return _counts(study, finding)
    if finding.time_years is None:
        return "how long people were watched is not reported"
    free = (1 - risk, 1 - high, 1 - low)
    return SurvivalProbability(study.id, finding.id, *free, finding.time_years, n=finding.n)


def _rate(study: Study, finding: Finding) -> HazardReport | str:
    """Events per person-year, by its interval or by the person-years behind it."""
    if finding.rate is None:
        return "the rate is not reported"
    value, n, person_years = finding.rate / 100, finding.n, finding.person_years
    low, high = finding.rate_low, finding.rate_high
    if person_years is None and low is not None and high is not None:
        return Rate(study.id, finding.id, value=value, low=low / 100, high=high / 100, n=n)
    if person_years is None and n is not None and finding.time_years is not None:
        person_years = n * finding.time_years
    if person_years is not None:
        return Rate(study.id, finding.id, value=value, person_years=person_years, n=n)
    return "neither an interval nor the person-years of the rate are reported"


_READERS = {"counts": _counts, "proportion": _survival, "survival": _survival, "rate": _rate}


def to_report(study: Study, finding: Finding) -> HazardReport | str:
    """The report of a finding about one group of people over time, or why it has none that can be pooled.

    A percentage of a printed number of people becomes a count, rounded to whole people; a rate whose
    person-years are not printed takes people times their follow-up.
    """
    if finding.not_pooled:
        return finding.not_pooled
    if finding.outcome not in OUTCOMES:
        return "this outcome is shown, not pooled"
    if finding.time_kind == "window":
        return "a rate within a window around its peak says nothing about other times"
    reader = _READERS.get(finding.report)
    if reader is None:
        return "it is a contrast or words, not a risk over time"
    try:
        return reader(study, finding)
    except ReportError as error:
        return str(error)
