"""Pools a CSV file of studies by any classical measure and method: ``stepdown evidence pool --csv``.

The columns are metafor's: ai n1i ci n2i (or ai bi ci di), xi ni, xi ti, x1i t1i x2i t2i, m1i sd1i n1i
m2i sd2i n2i, yi vi (or sei); published ratios are value low high (with level). Reports of several kinds, row
by row, are the measure ``hazard`` (see ``csv_hazards``). Results stay on the scale they are pooled on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from stepdown.evidence.meta import effect_sizes as sizes
from stepdown.evidence.meta.csv_defaults import (
    ARMS,
    LOG_RATIOS,
    choose_csv_method,
    pool_arms,
    pool_log_ratios,
)
from stepdown.evidence.meta.csv_effects import CsvEffects, read_effects
from stepdown.evidence.meta.csv_hazards import pool_mixed_reports
from stepdown.evidence.meta.csv_result import AnyResult, CsvPool, DirectPool, to_csv_pool
from stepdown.evidence.meta.csv_table import read_table
from stepdown.evidence.meta.distributions import Floats
from stepdown.evidence.meta.glmm import ONE_ARM_MEASURES, TWO_ARM_MODELS, MixedPool, fit_one_arm, fit_two_arms
from stepdown.evidence.meta.mantel_haenszel import (
    CommonEffect,
    pool_mantel_haenszel,
    pool_mantel_haenszel_rates,
    pool_peto,
)
from stepdown.evidence.meta.many_sets import TAU2_METHODS
from stepdown.evidence.meta.refusals import NotPoolable, ReportError, check_choice
from stepdown.evidence.meta.two_stage import fit_two_stage

GLMM_MODELS = ("UM.FS", "UM.RS", "CM.EL", "CM.AL")
CSV_METHODS = ("default", *TAU2_METHODS, "MH", "PETO", "GLMM", *GLMM_MODELS, "bayesian")
CSV_TESTS = ("z", "knha", "adhoc", "t")


def pool_csv(path: Path | str, measure: str, method: str = "default", test: str | None = None,
             level: float = 0.95, moderators: Sequence[str] = (),
             columns: Mapping[str, str] | None = None) -> CsvPool:
    """Pool the studies of a file.

    ``columns`` maps a field name to the name it has in the file (xi: x1i). Without a test, z is used,
    and adhoc where the default method is REML. Raises ReportError, NotPoolable and UnknownChoice, each
    with one sentence.
    """
    if measure == "hazard":
        if test or moderators:
            raise NotPoolable("hazard takes neither a test nor moderators")
        return pool_mixed_reports(path, method, level, columns)
    check_choice("method", method, CSV_METHODS)
    if test is not None:
        check_choice("test", test, CSV_TESTS)
    table = read_table(path, columns)
    data = read_effects(table, measure, moderators)
    if method == "PETO" and data.measure == "OR" and data.arms:
        data = replace(data, effects=sizes.to_peto(*data.arms))
    extra = np.column_stack([data.numbers.columns[m] for m in moderators]) if moderators else None
    if extra is not None:
        _check_moderators(table.path, extra[data.effects.usable], moderators)
    default = "REML" if moderators else choose_csv_method(data)
    chosen = default if method == "default" else method
    result = _run(data, chosen, test or ("adhoc" if method == "default" and chosen == "REML" else "z"), level,
                  extra, tuple(moderators))
    data = replace(data, notes=(*table.notes, *data.notes))
    return to_csv_pool(table.path, data, method, result, level, ("intercept", *moderators))


def _check_moderators(file: str, values: Floats, names: Sequence[str]) -> None:
    """ReportError for a moderator that is the same in all studies, or follows from the others."""
    design = np.column_stack([np.ones(len(values)), values])
    for place, name in enumerate(names, start=2):
        if np.linalg.matrix_rank(design[:, :place]) < place:
            raise ReportError(f"{file}, field {name}: the same in all studies, too few studies, or a "
                              "combination of the other moderators; leave it out")


def _run(data: CsvEffects, method: str, test: str, level: float, extra: Floats | None,
         names: tuple[str, ...]) -> AnyResult:
    if method in TAU2_METHODS:
        usable = data.effects.usable
        return fit_two_stage(data.effects.y[usable], data.effects.v[usable],
                             None if extra is None else extra[usable], method, test, level, names)
    if method in ("GLMM", *GLMM_MODELS):
        return _run_mixed(data, method, test, level, extra)
    if extra is not None:
        raise NotPoolable(f"{method} takes no moderators; use {', '.join(TAU2_METHODS)} or GLMM")
    check_choice(f"test of {method}", test, ("z",))
    if method == "hazard":
        return pool_arms(data, "default", level)
    return _run_bayesian(data, level) if method == "bayesian" else _run_common(data, method, level)


def _run_mixed(data: CsvEffects, method: str, test: str, level: float, extra: Floats | None) -> MixedPool:
    if not data.arms:
        raise NotPoolable(f"{method} needs counts or rates, not ready estimates")
    _check_whole(data)
    if data.measure in ONE_ARM_MEASURES:
        check_choice(f"method for {data.measure}", method, ("GLMM", *TAU2_METHODS))
        return fit_one_arm(data.measure, data.arms[0], data.arms[1], None, extra, test=test, level=level)
    check_choice(f"measure of {method}", data.measure, (*ONE_ARM_MEASURES, *TWO_ARM_MODELS))
    if extra is not None:
        raise NotPoolable(f"{method} of two arms takes no moderators; use {', '.join(TAU2_METHODS)}")
    model = "UM.FS" if method == "GLMM" else method
    return fit_two_arms(data.measure, *data.arms, model=model, test=test, level=level)


def _check_whole(data: CsvEffects) -> None:
    """NotPoolable for the first study whose events are no whole number."""
    for events in data.arms[::2]:
        broken = np.flatnonzero(events % 1)
        if broken.size:
            raise NotPoolable(f"{data.numbers.labels[int(broken[0])]}: a mixed model needs whole numbers of "
                              "events (ai, ci, xi, x1i, x2i); use REML")


def _run_common(data: CsvEffects, method: str, level: float) -> CommonEffect:
    if not data.arms:
        raise NotPoolable(f"{method} needs counts or rates, not ready estimates")
    if method == "PETO":
        check_choice("measure of PETO", data.measure, ("OR", "PETO"))
        return pool_peto(*data.arms, level=level)
    if data.measure in sizes.TWO_ARM_RATES:
        return pool_mantel_haenszel_rates(data.measure, *data.arms, level=level)
    check_choice("measure of MH", data.measure, ("OR", "RR", "RD", "IRR"))
    return pool_mantel_haenszel(data.measure, *data.arms, level=level)


def _run_bayesian(data: CsvEffects, level: float) -> DirectPool:
    """With the priors of log ratios, or of hazards; on other scales neither fits."""
    if data.measure in ARMS and data.arms:
        return pool_arms(data, "bayesian", level)
    if data.measure not in (*LOG_RATIOS, "GEN"):
        offered = ", ".join((*LOG_RATIOS, *ARMS))
        raise NotPoolable(f"bayesian has priors for {offered}, and GEN where these are log ratios; use REML")
    return pool_log_ratios(data, level)
