"""Facts from the laboratory: the latest result by the index date, in the one unit stepdown uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from stepdown.ms.dates import MONTHS_PER_YEAR, PartialDate, years_between
from stepdown.ms.facts import Fact, bounded, doubtful, known, unknown
from stepdown.patients.facts_health import has_comorbidity
from stepdown.patients.lab_limits import Span, read_limit
from stepdown.patients.patient import Lab
from stepdown.patients.units import convert, find_unit, read_lab_tests
from stepdown.patients.view import View

#: A negative JC virus test is repeated every 6 months (drug catalogue, natalizumab, monitoring).
JCV_VALID_MONTHS = 6
#: Therapies after which a JC virus antibody test is not reliable; the product with another assay.
_DEPLETING = frozenset({"alemtuzumab", "ahsct"})
_OTHER_ASSAY = "tyruko"
#: The limit of the regulator for lymphocytes on fumarates, x10^9/L (drug catalogue, dimethyl-fumarate).
LOW_LYMPHOCYTES = 0.5


@dataclass(frozen=True)
class Result:
    """One dated result; ``value`` is None when its unit is missing, and a span when it is only a limit."""

    path: str
    day: PartialDate
    value: float | str | Span | None


def results_of(view: View, test: str) -> list[Result]:
    """The dated results of a test that the index date can see, oldest first."""
    found = [
        Result(f"labs[{position}]", lab.date, _usable_value(lab))
        for position, lab in view.labs_by_test.get(test, ())
        if lab.value is not None and lab.date is not None and view.is_visible(lab.date)
    ]
    return sorted(found, key=lambda result: (result.day.latest, result.day.earliest))


def _usable_value(lab: Lab) -> float | str | Span | None:
    """The value in the unit stepdown uses; None without a unit it needs."""
    test, limit = read_lab_tests()[lab.test or ""], read_limit(lab.value)
    if lab.value is None or (isinstance(lab.value, str) and limit is None):
        return lab.value
    unit = find_unit(test, lab.unit)
    if limit is not None:
        return limit.span(unit.factor) if unit else None
    assert not isinstance(lab.value, str)
    return convert(test, lab.value, unit).value if unit else None


def latest_lab(view: View, test: str, name: str) -> Fact:
    """The latest result of a test; a range when two may be it, in doubt when they differ."""
    unit = read_lab_tests()[test].unit
    results = results_of(view, test)
    if not results:
        return unknown(name, "no dated result on file", unit=unit)
    newest = max(result.day.earliest for result in results)
    latest = [result for result in results if result.day.latest >= newest]
    paths = tuple(result.path for result in latest)
    values = {result.value for result in latest}
    if None in values:
        return doubtful(name, "the latest result has no unit", *paths)
    if len(values) == 1:
        return _one(name, next(iter(values)), latest[-1].day, paths, unit)
    return _several(name, latest, paths, unit)


def _one(
    name: str, value: float | str | Span | None, day: PartialDate, paths: tuple[str, ...], unit: str | None
) -> Fact:
    """The fact of one result; of a limit, the bounds that it leaves."""
    if isinstance(value, Span):
        reason = f"given as {value.words} {unit or ''}".strip() + f" on {day}"
        return bounded(name, value.low, value.high, *paths, unit=unit, reason=reason)
    return known(name, value or 0.0, *paths, unit=unit, reason=f"of {day}")


def _several(name: str, latest: list[Result], paths: tuple[str, ...], unit: str | None) -> Fact:
    """One fact from different results of which each may be the latest."""
    spans = [span for result in latest if (span := _to_span(result.value))]
    days = [result.day for result in latest if result.day.is_exact]
    if len(spans) < len(latest) or len(set(days)) < len(days):
        return doubtful(name, "different results for the same day", *paths)
    highs = [span.high for span in spans if span.high is not None]
    high = max(highs) if len(highs) == len(spans) else None
    low = min(span.low for span in spans)
    return bounded(name, low, high, *paths, unit=unit, reason="either may be the latest")


def _to_span(value: float | str | Span | None) -> Span | None:
    """What a result can be; None for a word, and without a unit."""
    return Span(value, value, "") if isinstance(value, float) else value if isinstance(value, Span) else None


def lymphocytes_low_months(view: View) -> Fact:
    """For how many months lymphocytes have stayed under 0.5 x10^9/L; 0 when the latest are not."""
    name = "lymphocytes_low_months"
    latest = latest_lab(view, "lymphocytes", name)
    if latest.state.value != "known" or latest.at_least(LOW_LYMPHOCYTES) is None:
        return unknown(name, latest.reason, *latest.sources, unit="months")
    if latest.at_least(LOW_LYMPHOCYTES):
        return known(name, 0, *latest.sources, unit="months", reason="the latest result is not under 0.5")
    return _length_of_low_run(view, name)


def _length_of_low_run(view: View, name: str) -> Fact:
    """Months from the first to the last low result in a row; at most back to the normal one before."""
    results = results_of(view, "lymphocytes")
    run: list[Result] = []
    for result in reversed(results):
        if not _is_low(result):
            break
        run.insert(0, result)
    before = results[len(results) - len(run) - 1] if len(run) < len(results) else None
    paths = tuple(result.path for result in run)
    low = max(0.0, _months(run[0].day.latest, run[-1].day.earliest))
    was_normal = before is not None and _is_low(before) is False
    high = _months(before.day.earliest, view.at) if before is not None and was_normal else None
    return bounded(
        name, round(low, 2), None if high is None else round(max(high, low), 2), *paths, unit="months"
    )


def _is_low(result: Result) -> bool | None:
    """Whether a count of lymphocytes is under the limit; None where that is not known."""
    span = _to_span(result.value)
    return span.is_below(LOW_LYMPHOCYTES) if span else None


def _months(start: date, end: date) -> float:
    """Months between two days."""
    return years_between(start, end) * MONTHS_PER_YEAR


def _why_jcv_is_void(view: View, *, index: bool) -> str:
    """Why a JC virus test says nothing for this person; empty when it can be read.

    Antibodies may be lost with the cells that make them, and the biosimilar's assay has an index of its own.
    """
    names = {period.name for period in view.periods}
    if names & _DEPLETING:
        return "not reliable after alemtuzumab or a transplant"
    written = {(period.written.therapy or "").strip().lower() for period in view.periods}
    if index and _OTHER_ASSAY in written:
        return "the index of the biosimilar's assay is not read against the cut-off of the other"
    return ""


def jcv_antibody(view: View) -> Fact:
    """positive or negative; a negative test older than 6 months is unknown, a positive one stays."""
    name = "jcv_antibody"
    if void := _why_jcv_is_void(view, index=False):
        return unknown(name, void)
    results = [result for result in results_of(view, "jcv-antibody") if isinstance(result.value, str)]
    positive = [result for result in results if result.value == "positive"]
    if positive:
        return known(name, "positive", positive[-1].path, reason=f"of {positive[-1].day}")
    latest = latest_lab(view, "jcv-antibody", name)
    if latest.is_known and latest.value == "negative" and _is_old(view, results[-1].day):
        return unknown(
            name, f"negative on {results[-1].day}: older than {JCV_VALID_MONTHS} months", *latest.sources
        )
    if latest.is_known and latest.value == "indeterminate":
        return unknown(name, "the latest result is indeterminate", *latest.sources)
    return latest


def jcv_index(view: View) -> Fact:
    """The latest index; one older than 6 months may have risen and is a lower bound."""
    name = "jcv_index"
    if void := _why_jcv_is_void(view, index=True):
        return unknown(name, void, unit="index")
    latest = latest_lab(view, "jcv-index", name)
    if latest.low is None:
        return latest
    day = results_of(view, "jcv-index")[-1].day
    if _is_old(view, day):
        return bounded(
            name,
            latest.low,
            None,
            *latest.sources,
            unit="index",
            reason=f"of {day}: older than {JCV_VALID_MONTHS} months, and may have risen since",
        )
    return latest


def _is_old(view: View, day: PartialDate) -> bool:
    """Whether a result may be older than a JC virus test holds."""
    return day.earliest < view.months_before(JCV_VALID_MONTHS)


def hepatitis_b(view: View) -> Fact:
    """positive when a test ever was or the disease is on file; negative when both latest tests are."""
    tests = [results_of(view, test) for test in ("hbsag", "anti-hbc")]
    positive = [result.path for results in tests for result in results if result.value == "positive"]
    if positive:
        return known("hepatitis_b", "positive", *positive)
    if (listed := has_comorbidity(view, "hepatitis-b")).is_true:
        return known("hepatitis_b", "positive", *listed.sources)
    if all(results and results[-1].value == "negative" for results in tests):
        return known("hepatitis_b", "negative", *(results[-1].path for results in tests))
    return unknown("hepatitis_b", "needs a result of both hbsag and anti-hbc")


def hepatitis_b_antigen(view: View) -> Fact:
    """positive or negative: the latest surface antigen (HBsAg), which says that the virus is there."""
    latest = latest_lab(view, "hbsag", "hepatitis_b_antigen")
    if latest.is_known and latest.value == "indeterminate":
        return unknown("hepatitis_b_antigen", "the latest result is indeterminate", *latest.sources)
    return latest


def vzv_immunity(view: View) -> Fact:
    """positive or negative: antibodies against chickenpox."""
    latest = latest_lab(view, "vzv-igg", "vzv_immunity")
    if latest.is_known and latest.value == "indeterminate":
        return unknown("vzv_immunity", "the latest result is indeterminate", *latest.sources)
    return latest
