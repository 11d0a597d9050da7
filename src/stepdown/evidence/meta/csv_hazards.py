"""Pools the hazards in a CSV file: counts, rates and survival probabilities, row by row, in one likelihood.

A row is read by the fields it fills: ``events n years`` (counts), ``events person_years`` or ``value
low high`` (a rate per person-year), ``survival low high years`` (a probability of staying free of
the event). ``study`` is needed; ``finding`` is the row's number unless given; ``level`` is 95 unless given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from stepdown.evidence.meta.csv_result import CsvPool, CsvStudy, Fitted, Pair
from stepdown.evidence.meta.csv_table import Table, read_number, read_table
from stepdown.evidence.meta.defaults import HAZARD_SPREAD, LEVEL
from stepdown.evidence.meta.distributions import critical_value
from stepdown.evidence.meta.hazard_scale import HazardReport
from stepdown.evidence.meta.pool_hazard import pool_hazard
from stepdown.evidence.meta.pooled import PooledHazard
from stepdown.evidence.meta.refusals import ReportError
from stepdown.evidence.meta.reports import Counts, Rate, SurvivalProbability

FIELDS = ("study", "finding", "events", "n", "years", "person_years", "value", "survival", "low", "high",
          "level")


def pool_hazard_csv(path: Path | str, method: str = "default", level: float = LEVEL,
                    prior_scale: float = HAZARD_SPREAD.scale,
                    columns: Mapping[str, str] | None = None) -> PooledHazard:
    """The pooled hazard of a file; raises ReportError, NotPoolable and UnknownChoice, one sentence each."""
    return pool_hazard(read_hazards(path, columns), method=method, level=level, prior_scale=prior_scale)


def read_hazards(path: Path | str, columns: Mapping[str, str] | None = None) -> list[HazardReport]:
    """The reports of a file, one a row."""
    return to_hazards(read_table(path, columns))


def to_hazards(table: Table) -> list[HazardReport]:
    """The reports of a table, one a row."""
    if table.find("study") is None:
        raise ReportError(f"{table.path}, row 1: field study is missing; the fields are {', '.join(FIELDS)}")
    return [_read_row(table, index) for index in range(len(table.rows))]


def pool_mixed_reports(path: Path | str, method: str, level: float,
                       columns: Mapping[str, str] | None = None) -> CsvPool:
    """The same in the shape of every other pool of a file: log hazards per person-year."""
    table = read_table(path, columns)
    pooled = pool_hazard(to_hazards(table), method=method, level=level)
    spread = pooled.spread.estimate
    fitted = Fitted(
        pooled.method, {"bayesian": "posterior", "exact": "exact"}.get(pooled.method, "likelihood"), pooled.k,
        (pooled.estimate,), (), (), (), (pooled.low,), (pooled.high,), None if spread is None else spread**2,
        True, prediction_interval=pooled.predict()[1:] if pooled.k > 1 else None)
    reasons = tuple(f"{step.asked} was asked for, {step.ran} ran: {step.why}" for step in pooled.fallbacks)
    left_out = tuple(f"{row.study}: {row.reason}" for row in pooled.excluded)
    reach = 2 * critical_value(level)
    studies = tuple(_to_line(line.study, line.value, (line.low, line.high), reach) for line in pooled.studies)
    return CsvPool(table.path, "hazard", method, level, "log", ("intercept",), fitted, studies, left_out,
                   (*table.notes, *reasons, *pooled.notes), pooled.data_hash)


def _to_line(study: str, value: float, interval: Pair, reach: float) -> CsvStudy:
    """One study's log hazard; none where nobody had the event."""
    width = interval[1] - interval[0]
    if not (math.isfinite(value) and math.isfinite(width)):
        return CsvStudy(study, None, None)
    return CsvStudy(study, value, (width / reach) ** 2)


def _read_row(table: Table, index: int) -> HazardReport:
    place = f"{table.path}, row {table.numbers[index]}"
    study = table.read_text(index, "study")
    finding = table.read_text(index, "finding") or f"row {table.numbers[index]}"
    read = {field: read_number(table, index, field) for field in FIELDS[2:]}
    values = {field: None if math.isnan(value) else value for field, value in read.items()}
    if not study:
        raise ReportError(f"{place}, field study: missing")
    try:
        return _to_report(study, finding, values)
    except ReportError as error:
        raise ReportError(f"{place}: {error}") from None


def _to_report(study: str, finding: str, given: Mapping[str, float | None]) -> HazardReport:
    level = given["level"] or 95.0
    level = level / 100 if level > 1 else level
    people = None if given["n"] is None else _to_whole("n", given["n"])
    if given["survival"] is not None:
        low, high, years = (_need(given, field) for field in ("low", "high", "years"))
        return SurvivalProbability(study, finding, given["survival"], low, high, years, level, people)
    if given["person_years"] is not None or given["value"] is not None:
        return Rate(study, finding, given["events"], given["person_years"], given["value"], given["low"],
                    given["high"], level, people)
    events, n = (_to_whole(field, _need(given, field)) for field in ("events", "n"))
    return Counts(study, finding, events, n, _need(given, "years"))


def _need(given: Mapping[str, float | None], field: str) -> float:
    value = given[field]
    if value is None:
        raise ReportError(f"field {field} is missing; give events with n and years, events with "
                          "person_years, value with low and high, or survival with low, high and years")
    return value


def _to_whole(field: str, value: float) -> int:
    if value != int(value):
        raise ReportError(f"field {field} must be a whole number")
    return int(value)
