"""Runs our engine on each reference case and compares, result by result.

``check_case`` gives one ``Verdict`` a result: reproduced, not offered (with the reason), or skipped
because metafor disagrees with itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from reference import Case, Expected, read_bayesmeta, read_case
from tolerances import (
    CLOSED_FORM,
    EXACT_MIXED,
    FEW_NODES,
    ITERATED,
    ITERATED_SPREAD,
    LARGEST_TAU2,
    MIXED,
    MULTILEVEL,
    SPREAD_FIELDS,
    find_excess,
)

from stepdown.evidence.meta import diagnostics, effect_sizes, glmm, mantel_haenszel, multilevel, regression
from stepdown.evidence.meta.effect_sizes import EffectSizes
from stepdown.evidence.meta.two_stage import fit_two_stage

TWO_ARMS, TWO_RATES = ("ai", "n1i", "ci", "n2i"), ("x1i", "t1i", "x2i", "t2i")
MEANS = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
NOT_OFFERED_MEASURES = {
    "PFT": "Freeman-Tukey proportions: the back-transformation depends on the sample size put in",
    "IRFT": "Freeman-Tukey rates: as for proportions",
    "PAS": "arcsine proportions: no scale a clinician can read",
    "IRS": "square-root rates: no scale a clinician can read",
    "SMD": "standardised mean differences: no outcome here is measured on different scales",
}
NOT_OFFERED_METHODS = {"HE": "Hedges", "HS": "Hunter and Schmidt", "SJ": "Sidik and Jonkman"}
TWO_STAGE = {
    "coef": "coef",
    "se": "se",
    "stat": "stat",
    "pval": "pval",
    "ci_low": "ci_low",
    "ci_high": "ci_high",
    "df": "df",
    "tau2": "tau2",
    "se_tau2": "se_tau2",
    "I2": "i2",
    "H2": "h2",
    "Q": "q",
    "Q_p": "q_p",
    "QM": "qm",
    "QM_p": "qm_p",
    "R2": "r2",
    "loglik_ml": "log_likelihood",
    "loglik_reml": "restricted_log_likelihood",
    "tau2_ci_qprofile": "tau2_interval",
    "I2_ci_qprofile": "i2_interval",
    "pi_default": "prediction_interval",
    "pi_hts_t_km2": "prediction_interval_t",
}
COMMON = {
    "estimate": "estimate",
    "se": "se",
    "ci_low": "ci_low",
    "ci_high": "ci_high",
    "stat": "stat",
    "p": "p",
    "Q": "q",
    "Q_p": "q_p",
    "I2": "i2",
    "cmh_chi2": "cmh_chi2",
    "cmh_p": "cmh_p",
    "tarone": "tarone",
    "tarone_p": "tarone_p",
}
MIXED_FIELDS = {
    "coef": "coef",
    "se": "se",
    "stat": "stat",
    "pval": "pval",
    "ci_low": "ci_low",
    "ci_high": "ci_high",
    "tau2": "tau2",
    "I2": "i2",
    "H2": "h2",
    "Q_wald": "q_wald",
    "Q_lrt": "q_lrt",
    "pi_default": "prediction_interval",
}
MULTILEVEL_FIELDS = {
    "coef": "coef",
    "se": "se",
    "ci_low": "ci_low",
    "ci_high": "ci_high",
    "sigma2": "sigma2",
    "Q": "q",
    "loglik": "log_likelihood",
    "pi_default": "prediction_interval",
}


@dataclass(frozen=True)
class Verdict:
    """What became of one reference result; ``excess`` maps fields to multiples of their tolerance."""

    case: str
    index: int
    what: str
    status: str
    reason: str
    excess: Mapping[str, float]

    @property
    def holds(self) -> bool:
        """Whether every compared field lies within its tolerance."""
        return all(value <= 1 for value in self.excess.values())


def check_case(case: Case) -> list[Verdict]:
    """One verdict for every result of a case."""
    return [_check(case, index, expected) for index, expected in enumerate(case.results)]


def _check(case: Case, index: int, expected: Expected) -> Verdict:
    what = " ".join(
        str(expected[key])
        for key in ("analysis", "measure", "method", "test", "model", "nAGQ", "mods", "arm", "kind")
        if expected.get(key) is not None
    )
    if index in case.skipped:
        return Verdict(case.name, index, what, "do not test", "metafor disagrees with itself", {})
    reason = _find_reason_not_offered(expected)
    if reason:
        return Verdict(case.name, index, what, "not offered", reason, {})
    return Verdict(case.name, index, what, "reproduced", "", CHECKS[expected["analysis"]](case, expected))


def _find_reason_not_offered(expected: Expected) -> str:
    if expected.get("struct") == "UN":
        return "unstructured multivariate model: too few studies report two outcomes with their covariance"
    if expected.get("method") in NOT_OFFERED_METHODS:
        return f"{NOT_OFFERED_METHODS[expected['method']]}: dominated by REML and PM"
    return NOT_OFFERED_MEASURES.get(expected.get("measure", ""), "")


def _compare(
    ours: Any,
    expected: Expected,
    fields: Mapping[str, str],
    tolerance: Callable[[str], float],
    leave: tuple[str, ...] = (),
) -> dict[str, float]:
    stats = np.ravel(np.array(expected.get("stat", 0.0), dtype=float))
    stat = float(np.max(np.abs(stats)))
    return {
        theirs: find_excess(theirs, getattr(ours, mine), expected[theirs], tolerance(theirs), stat)
        for theirs, mine in fields.items()
        if expected.get(theirs) is not None and theirs not in leave
    }


def to_effects(case: Case, measure: str, arm: str | None = None, months: int | None = None) -> EffectSizes:
    """Our effect sizes of a case, or its ready estimates."""
    rows = [row for row in case.rows if months is None or int(row["months"]) == months]
    if measure == "GEN":
        return EffectSizes("GEN", case.column("yi"), case.column("vi"))
    if measure in effect_sizes.TWO_ARM_COUNTS:
        return effect_sizes.from_two_arm_counts(measure, *[case.column(c, rows) for c in TWO_ARMS])
    if measure in effect_sizes.TWO_ARM_RATES:
        return effect_sizes.from_two_arm_rates(measure, *case.columns(*TWO_RATES))
    if measure in effect_sizes.ONE_ARM_COUNTS:
        return effect_sizes.from_one_arm_counts(measure, *case.columns("xi", "ni"))
    if measure == "MD":
        return effect_sizes.from_means(measure, *case.columns(*MEANS))
    return effect_sizes.from_one_arm_rates(measure, *case.columns(*str(arm).split("/")))


def _check_escalc(case: Case, expected: Expected) -> dict[str, float]:
    effects = to_effects(case, expected["measure"], expected.get("arm"))
    return {
        "yi": find_excess("yi", effects.y, expected["yi"], CLOSED_FORM),
        "vi": find_excess("vi", effects.v, expected["vi"], CLOSED_FORM),
    }


def _to_moderators(case: Case, mods: str) -> np.ndarray:
    if "alloc" in mods:
        return np.column_stack(
            [[float(row["alloc"] == kind) for row in case.rows] for kind in ("random", "systematic")]
        )
    if "age (dummies)" in mods:
        return np.array([[float(row["age"] == "children")] for row in case.rows])
    if mods == "design==cohort":
        return np.array([[float(row["design"] == "cohort")] for row in case.rows])
    return np.column_stack(case.columns(*mods.split("+")))


def _check_two_stage(case: Case, expected: Expected) -> dict[str, float]:
    effects = to_effects(case, expected["measure"], expected.get("arm"), expected.get("months"))
    kept = effects.usable
    if "subgroup" in expected:
        field, _, label = (
            ("alloc=" + expected["subgroup"]).rpartition("=")
            if "=" not in expected["subgroup"]
            else expected["subgroup"].partition("=")
        )
        kept = np.array([row[field] == label for row in case.rows])
    mods = _to_moderators(case, expected["mods"])[kept] if "mods" in expected else None
    fit = fit_two_stage(effects.y[kept], effects.v[kept], mods, expected["method"], expected["test"])
    closed = expected["method"] in ("FE", "DL")
    leave = _find_capped(fit.tau2_interval, expected)
    return _compare(fit, expected, TWO_STAGE, lambda field: _two_stage_tolerance(field, closed), leave)


def _two_stage_tolerance(field: str, closed: bool) -> float:
    if "qprofile" in field or (not closed and field in SPREAD_FIELDS):
        return ITERATED_SPREAD
    return CLOSED_FORM if closed else ITERATED


def _find_capped(interval: tuple[float, float] | None, expected: Expected) -> tuple[str, ...]:
    """The Q-profile fields to leave where metafor's search ended at its limit and ours lies beyond it."""
    theirs = expected.get("tau2_ci_qprofile")
    if theirs and interval and theirs[1] >= LARGEST_TAU2 * (1 - 1e-6) and interval[1] >= LARGEST_TAU2:
        return "tau2_ci_qprofile", "I2_ci_qprofile"
    return ()


def _check_common(case: Case, expected: Expected) -> dict[str, float]:
    measure = expected["measure"]
    if measure == "PETO":
        ours = mantel_haenszel.pool_peto(*case.columns(*TWO_ARMS))
    elif measure == "IRR":
        ours = mantel_haenszel.pool_mantel_haenszel_rates(measure, *case.columns(*TWO_RATES))
    else:
        ours = mantel_haenszel.pool_mantel_haenszel(measure, *case.columns(*TWO_ARMS))
    return _compare(ours, expected, COMMON, lambda _: CLOSED_FORM)


def _check_mixed(case: Case, expected: Expected) -> dict[str, float]:
    measure, model, nodes = expected["measure"], expected["model"], expected["nAGQ"]
    exact = model == "CM.EL" and measure == "OR"
    nodes = 25 if exact else nodes
    if measure in glmm.ONE_ARM_MEASURES:
        mods = case.column(expected["mods"])[:, None] if "mods" in expected else None
        names = str(expected["arm"]).split("/") if expected.get("arm") else ["xi", "ni"]
        ours = glmm.fit_one_arm(
            measure, *case.columns(*names), None, mods, nodes=nodes, test=expected["test"]
        )
    else:
        names = list(TWO_ARMS if measure == "OR" else TWO_RATES)
        ours = glmm.fit_two_arms(measure, *case.columns(*names), model=model, nodes=nodes)
    tolerance = MIXED if nodes >= 15 else FEW_NODES
    # metafor's Wald statistic of the exact conditional model rests on a numerical Hessian that fails;
    # random study effects have no saturated model of ours
    leave = ("Q_wald",) if exact else ("Q_wald", "Q_lrt") if model == "UM.RS" else ()
    return _compare(ours, expected, MIXED_FIELDS, lambda _: tolerance, leave)


def _check_exact(case: Case, expected: Expected) -> dict[str, float]:
    if expected["measure"] == "PCLL":
        return _check_cloglog(case, expected)
    names = str(expected["arm"]).split("/") if expected.get("arm") else ["xi", "ni"]
    ours = glmm.fit_one_arm(expected["measure"], *case.columns(*names))
    return _compare(ours, expected, MIXED_FIELDS, lambda _: EXACT_MIXED)


def _check_cloglog(case: Case, expected: Expected) -> dict[str, float]:
    rows = [row for row in case.rows if row["one_per_study"] == "1"]
    events, n, months = (case.column(name, rows) for name in ("ci", "n2i", "months"))
    ours = glmm.fit_one_arm("PCLL", events, n, months / 12)
    tolerance = MIXED if expected["analysis"].startswith("glmer") else EXACT_MIXED
    return _compare(ours, expected, MIXED_FIELDS, lambda _: tolerance)


def _check_three_level(case: Case, expected: Expected) -> dict[str, float]:
    fit = _fit_three_level(case, expected["method"])
    excess = _compare(fit, expected, MULTILEVEL_FIELDS, lambda _: MULTILEVEL)
    # R stops its search for a bound at a thousandth of it; a bound it did not find is null
    theirs = [bound for pair in expected["sigma2_ci_profile"] for bound in pair]
    pairs = [
        (f"sigma2 bound {i}", *both)
        for i, both in enumerate(zip(np.ravel(fit.sigma2_intervals), theirs, strict=True))
    ]
    return excess | {name: find_excess(name, a, b, 10 * MULTILEVEL) for name, a, b in pairs if b is not None}


def _fit_three_level(case: Case, method: str) -> multilevel.Multilevel:
    return multilevel.fit_three_level(
        *case.columns("yi", "vi"), [row["district"] for row in case.rows], method=method
    )


def _check_robust(case: Case, expected: Expected) -> dict[str, float]:
    kind = "CR2" if "CR2" in expected["kind"] else "CR1"
    ours = multilevel.find_robust(_fit_three_level(case, expected["method"]), kind)
    fields = {name: name for name in ("coef", "se", "ci_low", "ci_high", "df")}
    return _compare(ours, expected, fields, lambda _: MULTILEVEL)


def _check_predict(case: Case, expected: Expected) -> dict[str, float]:
    effects = to_effects(case, expected["measure"])
    fit = fit_two_stage(effects.y, effects.v, case.column(expected["mods"])[:, None], expected["method"])
    ours = regression.predict_at(fit, expected["newmods"])
    fields = {
        "pred": "value",
        "se": "se",
        "ci_low": "ci_low",
        "ci_high": "ci_high",
        "pi_low": "pi_low",
        "pi_high": "pi_high",
    }
    return _compare(ours, expected, fields, lambda _: ITERATED)


def _check_subgroups(case: Case, expected: Expected) -> dict[str, float]:
    effects = to_effects(case, "RR")
    ours = regression.compare_subgroups(effects.y, effects.v, [row["age"] for row in case.rows])
    return _compare(ours, expected, {"Q": "q", "df": "df", "p": "p"}, lambda _: ITERATED_SPREAD)


def _check_diagnostics(case: Case, expected: Expected) -> dict[str, float]:
    """Begg's test and trim and fill stand in the same result and are not offered."""
    effects = to_effects(case, expected["measure"])
    y, v = effects.y[effects.usable], effects.v[effects.usable]
    excess = {}
    fields = {
        "estimate": "coef",
        "se": "se",
        "ci_low": "ci_low",
        "ci_high": "ci_high",
        "tau2": "tau2",
        "Q": "q",
        "I2": "i2",
    }
    for name, fits in (
        ("leave1out", diagnostics.leave_one_out(y, v)),
        ("cumulative", diagnostics.pool_cumulatively(y, v)),
    ):
        for theirs, mine in fields.items():
            if theirs in expected[name]:
                # null: metafor's iterations did not converge for that set of studies
                pairs = [
                    (np.ravel(getattr(fit, mine))[0], value)
                    for fit, value in zip(fits, expected[name][theirs], strict=True)
                    if value is not None
                ]
                ours, values = zip(*pairs, strict=True)
                excess[f"{name} {theirs}"] = find_excess(theirs, ours, values, ITERATED_SPREAD)
    return excess | _check_influence(y, v, expected)


def _check_influence(y: np.ndarray, v: np.ndarray, expected: Expected) -> dict[str, float]:
    influence, shrunken = diagnostics.find_influence(y, v), diagnostics.shrink_studies(y, v)
    names = {name: name for name in ("rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "hat", "weight")}
    excess = _compare(
        influence, expected["influence"], names | {"QE_del": "q_del"}, lambda _: ITERATED_SPREAD
    )
    blup = {"pred": "value", "se": "se", "pi_low": "low", "pi_high": "high"}
    excess |= {
        f"blup {k}": e
        for k, e in _compare(shrunken, expected["blup"], blup, lambda _: ITERATED_SPREAD).items()
    }
    for model in diagnostics.EGGER_MODELS:
        ours = diagnostics.find_asymmetry(y, v, model, fewest=3)
        theirs = expected[f"egger_{model}"]
        egger = _compare(
            ours, theirs, {"stat": "stat", "p": "p", "limit": "limit"}, lambda _: ITERATED_SPREAD
        )
        bounds = find_excess("pi", (ours.limit_low, ours.limit_high), theirs["limit_ci"], ITERATED_SPREAD)
        excess |= {f"egger {model} {k}": e for k, e in egger.items()} | {f"egger {model} bounds": bounds}
    return excess


__all__ = ["Verdict", "check_case", "read_bayesmeta", "read_case", "to_effects"]

CHECKS: dict[str, Callable[[Case, Expected], dict[str, float]]] = {
    "escalc": _check_escalc,
    "rma.uni": _check_two_stage,
    "rma.mh": _check_common,
    "rma.peto": _check_common,
    "rma.glmm": _check_mixed,
    "glmm-exact": _check_exact,
    "glmer-cloglog-offset": _check_cloglog,
    "rma.mv": _check_three_level,
    "robust": _check_robust,
    "predict": _check_predict,
    "subgroup-difference": _check_subgroups,
    "diagnostics": _check_diagnostics,
}
