"""Computes every result of a survival reference file with stepdown; what is not offered gives None.

A reference file holds R's results on one data set (see README.md). ``reproduce`` walks through it and gives,
for each of its results, the path in the file, R's value, ours and the tolerance.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts import survival
from stepdown.cohorts.weighting import find_treatment_weights, fit_logistic, measure_balance

CLOSED, RESTRICTED, FITTED = 1e-10, 1e-8, 1e-6
NOT_OFFERED = {"cox_zph_km"}
NO_RESULTS = {"dataset", "n", "note", "columns", "curves_thinned", "r", "packages"}
INTERVALS = {"log": "log", "loglog": "log-log", "plain": "plain", "logit": "logit", "arcsin": "arcsin"}
CURVE = {
    "time": "time",
    "n_risk": "n_risk",
    "n_event": "n_event",
    "n_censor": "n_censor",
    "surv": "survival",
    "std_err_surv": "standard_error",
    "lower": "lower",
    "upper": "upper",
    "cumhaz": "cumulative_hazard",
    "std_chaz": "cumulative_hazard_error",
}
ESTIMANDS = {"ate": "ate", "ate_stabilised": "ate-stabilised", "att": "att", "overlap": "overlap"}
Columns = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Result:
    """One result of R beside ours; ``ours`` is None when it is not offered."""

    path: str
    theirs: NDArray[np.float64]
    ours: NDArray[np.float64] | None
    tolerance: float

    @property
    def share(self) -> float:
        """The largest difference as a share of the tolerance; infinite when one is unknown and one is not."""
        if self.ours is None or self.ours.shape != self.theirs.shape:
            return float("inf")
        known = ~np.isnan(self.theirs)
        if (np.isnan(self.ours) == known).any():
            return float("inf")
        apart = np.abs(self.ours - self.theirs)[known] / np.maximum(np.abs(self.theirs[known]), 1e-4)
        return float(apart.max(initial=0.0)) / self.tolerance


def read_columns(path: Path) -> Columns:
    """The columns of a data file; NA becomes not a number."""
    with path.open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    return {
        name: np.array([float("nan") if line[name] == "NA" else float(line[name]) for line in lines])
        for name in lines[0]
    }


def find_cases(folder: Path) -> list[tuple[Path, Path]]:
    """Each reference file of the folder with its data file."""
    files = sorted((folder / "reference" / "survival").glob("*.json"))
    return [(file, folder / "data" / "survival" / f"{file.stem.split('_')[0]}.csv") for file in files]


def reproduce(reference: Path, data: Path) -> list[Result]:
    """All results of one reference file, on its data file."""
    return [*Reproduction(json.loads(reference.read_text(encoding="utf-8")), read_columns(data)).compare()]


def to_array(values: Any) -> NDArray[np.float64]:
    """Numbers of JSON as an array; null becomes not a number."""

    def fill(value: Any) -> Any:
        return (
            [fill(item) for item in value] if isinstance(value, list) else np.nan if value is None else value
        )

    return np.asarray(fill(values), dtype=np.float64)


class Reproduction:
    """One reference file and its data."""

    def __init__(self, reference: dict[str, Any], columns: Columns) -> None:
        """Keep both, and name the columns of the models."""
        self.reference, self.columns = reference, columns
        if "columns" in reference:
            named = reference["columns"]["covariates"]
            names = [named] if isinstance(named, str) else named
            self.covariates = {name: columns[name] for name in names}
            self.adjusted = {"trt": columns["trt"], **self.covariates}
            self.time, self.event = columns["time"], columns["event"] == 1
            self.group = columns["trt"].astype(int)

    def compare(self) -> Iterator[Result]:
        """Each part of the file in turn."""
        for part, theirs in self.reference.items():
            if part in NO_RESULTS:
                continue
            if part in NOT_OFFERED:
                yield from refuse(part, theirs)
                continue
            yield from self._find_part(part)(part, theirs)

    def _find_part(self, part: str) -> Callable[[str, Any], Iterator[Result]]:
        """What reproduces a part of the file."""
        if "start" in self.columns:
            return self._compare_start_stop
        if part.startswith("cox_interaction"):
            return self._compare_interaction
        return getattr(self, f"_compare_{part}")  # type: ignore[no-any-return]

    # Curves

    def _compare_km(self, path: str, theirs: Any) -> Iterator[Result]:
        for kind, groups in theirs.items():
            curves = survival.estimate_survival_by(
                self.group, self.time, self.event, interval=INTERVALS[kind]
            )
            yield from compare_curves(f"{path}/{kind}", groups, curves)

    def _compare_fleming_harrington(self, path: str, theirs: Any) -> Iterator[Result]:
        yield from compare_curves(
            path,
            theirs,
            survival.estimate_survival_by(self.group, self.time, self.event, method="fleming-harrington"),
        )

    def _compare_km_overall(self, path: str, theirs: Any) -> Iterator[Result]:
        yield from compare_curve(
            path + "/all", theirs["all"], survival.estimate_survival(self.time, self.event)
        )

    def _find_log_log(self) -> dict[object, survival.SurvivalCurve]:
        return survival.estimate_survival_by(self.group, self.time, self.event, interval="log-log")

    def _compare_km_table(self, path: str, theirs: Any) -> Iterator[Result]:
        for label, curve in self._find_log_log().items():
            median = curve.find_quantiles([0.5])
            ours = {
                "records": curve.n_rows,
                "n.max": curve.n_risk.max(),
                "n.start": curve.n_risk[0],
                "events": curve.n_event.sum(),
                "median": median.time[0],
                "0.95LCL": median.lower[0],
                "0.95UCL": median.upper[0],
            }
            for name, value in theirs[f"trt={label}"].items():
                yield compare(f"{path}/trt={label}/{name}", value, ours[name])

    def _compare_km_quantiles(self, path: str, theirs: Any) -> Iterator[Result]:
        found = [curve.find_quantiles(theirs["probs"]) for curve in self._find_log_log().values()]
        for name, field in (("q", "time"), ("lower", "lower"), ("upper", "upper")):
            yield compare(f"{path}/{name}", theirs[name], [getattr(q, field) for q in found])

    def _compare_km_at(self, path: str, theirs: Any) -> Iterator[Result]:
        yield from compare_points(
            path,
            theirs,
            self._find_log_log(),
            {"surv": "survival", "lower": "lower", "upper": "upper", "n_risk": "n_risk"},
        )

    def _compare_rmst(self, path: str, theirs: Any) -> Iterator[Result]:
        yield from self._compare_means(path + "/arms", theirs["arms"], theirs["tau"], None)

    def _compare_means(
        self, path: str, theirs: Any, until: float, weights: NDArray[np.float64] | None
    ) -> Iterator[Result]:
        for label in (0, 1):
            inside = self.group == label
            found = survival.estimate_restricted_mean(
                self.time[inside],
                self.event[inside],
                until,
                weights=None if weights is None else weights[inside],
            )
            own = theirs[f"trt={label}"]
            yield compare(f"{path}/trt={label}/rmst", own["rmst"], found.value, RESTRICTED)
            yield compare(f"{path}/trt={label}/se", own["se"], found.model_error, RESTRICTED)

    # Tests

    def _compare_test(self, path: str, theirs: Any, rho: float, strata: Any) -> Iterator[Result]:
        found = survival.compare_survival(self.group, self.time, self.event, rho=rho, strata=strata)
        shape = to_array(theirs["obs"]).shape
        yield compare(f"{path}/obs", theirs["obs"], found.observed.reshape(shape))
        yield compare(f"{path}/exp", theirs["exp"], found.expected.reshape(shape))
        yield compare(f"{path}/chisq", theirs["chisq"], found.chi_square)
        if "var" in theirs:
            yield compare(f"{path}/var", theirs["var"], found.variance)

    def _compare_logrank(self, path: str, theirs: Any) -> Iterator[Result]:
        yield from self._compare_test(path, theirs, 0, None)

    def _compare_peto_peto(self, path: str, theirs: Any) -> Iterator[Result]:
        yield from self._compare_test(path, theirs, 1, None)

    def _compare_logrank_stratified(self, path: str, theirs: Any) -> Iterator[Result]:
        yield from self._compare_test(path, theirs, 0, self.columns[self.reference["columns"]["strata"]])

    # Cox models

    def _fit(self, covariates: Columns, event: Any = None, **options: Any) -> survival.CoxFit:
        return survival.fit_cox(self.time, self.event if event is None else event, covariates, **options)

    def _compare_fit(
        self, path: str, theirs: Any, covariates: Columns, event: Any = None, **options: Any
    ) -> Iterator[Result]:
        event = self.event if event is None else event
        options = {name: value for name, value in options.items() if value is not None}
        fit = survival.fit_cox(self.time, event, covariates, **options)
        score = survival.predict_log_hazard(fit, np.column_stack(list(covariates.values())))
        ranked = {
            name: options[name] for name in ("entry", "weights", "strata", "cluster") if name in options
        }
        yield from compare_cox(
            path, theirs, fit, survival.measure_concordance(self.time, event, score, **ranked)
        )

    def _compare_cox_efron(self, path: str, theirs: Any) -> Iterator[Result]:
        yield from self._compare_fit(path, theirs, self.adjusted)

    def _compare_cox_breslow(self, path: str, theirs: Any) -> Iterator[Result]:
        yield from self._compare_fit(path, theirs, self.adjusted, ties="breslow")

    def _compare_cox_robust(self, path: str, theirs: Any) -> Iterator[Result]:
        yield from self._compare_fit(path, theirs, self.adjusted, robust=True)

    def _compare_cox_strata(self, path: str, theirs: Any) -> Iterator[Result]:
        used = {name: self.adjusted[name] for name in theirs["coef"]}
        yield from self._compare_fit(
            path, theirs, used, strata=self.columns[self.reference["columns"]["strata"]]
        )

    def _compare_cox_cluster(self, path: str, theirs: Any) -> Iterator[Result]:
        cluster = self.columns[self.reference["columns"]["cluster"]]
        yield from self._compare_fit(path, theirs, self.adjusted, cluster=cluster)

    def _compare_interaction(self, path: str, theirs: Any) -> Iterator[Result]:
        first, second, both = theirs["coef"]
        used = {first: self.columns[first], second: self.columns[second]}
        yield from self._compare_fit(path, theirs, used | {both: used[first] * used[second]})

    def _compare_cause_specific_cox(self, path: str, theirs: Any) -> Iterator[Result]:
        for name, own in theirs.items():
            yield from self._compare_fit(
                f"{path}/{name}", own, self.adjusted, self.columns["event"] == int(name[1])
            )

    def _compare_cox_basehaz_uncentered(self, path: str, theirs: Any) -> Iterator[Result]:
        base = self._fit(self.adjusted).baseline[0]
        kept = np.isin(
            base.time, theirs["time"]
        )  # the reference holds every so many of the times of a long curve
        yield compare(f"{path}/time", theirs["time"], base.time[kept])
        yield compare(f"{path}/hazard", theirs["hazard"], base.cumulative_hazard[kept], FITTED)

    def _compare_cox_predict_median(self, path: str, theirs: Any) -> Iterator[Result]:
        medians = [np.median(column) for column in self.covariates.values()]
        people = [[group, *medians] for group in (0, 1)]
        value, error = survival.predict_survival(self._fit(self.adjusted), people, theirs["times"])
        yield compare(f"{path}/surv", theirs["surv"], value.T, FITTED)
        yield compare(f"{path}/se", theirs["se"], error.T, FITTED)

    def _compare_cox_residuals_first20(self, path: str, theirs: Any) -> Iterator[Result]:
        fit = self._fit(self.adjusted)
        for name, own in theirs.items():
            if name in ("martingale", "deviance"):
                yield compare(f"{path}/{name}", own, getattr(fit, name)[:20], FITTED)
            else:
                yield from refuse(f"{path}/{name}", own)

    # Competing events

    def _find_incidence(self, **options: Any) -> dict[object, survival.IncidenceCurves]:
        return survival.estimate_incidence_by(self.group, self.time, self.columns["event"], **options)

    def _compare_aalen_johansen(self, path: str, theirs: Any) -> Iterator[Result]:
        yield from compare_states(path, theirs, self._find_incidence())

    def _compare_aalen_johansen_iptw_stabilised(self, path: str, theirs: Any) -> Iterator[Result]:
        yield from compare_states(path, theirs, self._find_incidence(weights=self._weigh("ate_stabilised")))

    def _compare_aj_mean_time_in_state(self, path: str, theirs: Any) -> Iterator[Result]:
        curves = self._find_incidence()
        ours = []
        for row in theirs["rows"]:
            label, state = row.split(", ")
            curve, place = curves[int(label[4:])], {"(s0)": 0, "e1": 1, "e2": 2}[state]
            events = 0 if place == 0 else curve.n_event[place - 1].sum()
            ours.append([curve.n_rows, events, curve.find_mean_times(theirs["tau"])[place]])
        theirs_here = [row[:3] for row in theirs["values"]]  # R 3.8 adds a standard error
        yield compare(f"{path}/values", theirs_here, ours)

    def _compare_cmprsk_cuminc(self, path: str, theirs: Any) -> Iterator[Result]:
        curves = self._find_incidence(variance="aalen")
        for place, name in enumerate(theirs["curves"]):
            label, cause = (int(word) for word in name.split())
            points = curves[label].at(theirs["times"])
            yield compare(f"{path}/est/{name}", theirs["est"][place], points.probability[cause - 1])
            yield compare(f"{path}/var/{name}", theirs["var"][place], points.standard_error[cause - 1] ** 2)
        tests = [survival.compare_incidence(self.group, self.time, self.columns["event"], cause=cause)
                 for cause in (1, 2)]
        yield compare(f"{path}/gray_test", theirs["gray_test"], [
            [test.chi_square, test.p_value, test.degrees_of_freedom] for test in tests])

    def _compare_fine_gray_crr(self, path: str, theirs: Any) -> Iterator[Result]:
        used = {name: self.columns[name] for name in theirs["coef"]}
        fit = survival.fit_fine_gray(self.time, self.columns["event"], used)
        ours = {"coef": fit.coefficients, "vcov": fit.covariance, "loglik": fit.log_likelihood}
        for name, own in theirs.items():
            values = list(own.values()) if isinstance(own, dict) else own
            yield compare(f"{path}/{name}", values, ours[name], FITTED)

    # Weighting

    def _weigh(self, kind: str) -> NDArray[np.float64]:
        score = fit_logistic(self.group, self.covariates).probabilities
        return find_treatment_weights(self.group, score, ESTIMANDS[kind]).weights

    def _compare_iptw(self, path: str, theirs: Any) -> Iterator[Result]:
        model = fit_logistic(self.group, self.covariates)
        yield compare(f"{path}/ps_coef", list(theirs["ps_coef"].values()), model.coefficients, FITTED)
        yield compare(f"{path}/ps_first20", theirs["ps_first20"], model.probabilities[:20], FITTED)
        for kind, own in theirs["by_weight"].items():
            yield from self._compare_weighted(f"{path}/{kind}", own, self._weigh(kind))

    def _compare_weighted(self, path: str, theirs: Any, weights: NDArray[np.float64]) -> Iterator[Result]:
        balance = measure_balance(self.group, self.covariates, weights)
        yield compare(f"{path}/weight_first20", theirs["weight_first20"], weights[:20], FITTED)
        yield compare(f"{path}/ess", list(theirs["ess"].values()), balance.effective_sizes, FITTED)
        for line in balance.covariates:
            own = theirs["smd_pooled_unweighted_sd"][line.name]
            yield compare(
                f"{path}/smd/{line.name}",
                [own["before"], own["after"]],
                [line.difference_before, line.difference_after],
                FITTED,
            )
        curves = survival.estimate_survival_by(self.group, self.time, self.event, weights=weights)
        yield from compare_points(
            f"{path}/km",
            theirs["km"],
            curves,
            {
                "surv": "survival",
                "se_robust": "standard_error",
                "lower": "lower",
                "upper": "upper",
                "n_risk": "n_risk",
            },
            FITTED,
        )
        until = self.reference["rmst"]["tau"]
        yield from self._compare_means(f"{path}/rmst", theirs["rmst"], until, weights)
        alone = {"trt": self.columns["trt"]}
        for name, used, ties in (
            ("cox", alone, "efron"),
            ("cox_adjusted", self.adjusted, "efron"),
            ("cox_breslow", alone, "breslow"),
        ):
            yield from self._compare_fit(f"{path}/{name}", theirs[name], used, weights=weights, ties=ties)
        survey = self._fit(alone, weights=weights, small_sample=True)
        yield compare(
            f"{path}/svycoxph",
            [theirs["svycoxph"]["coef"], theirs["svycoxph"]["se"]],
            [survey.coefficients[0], survey.standard_errors[0]],
            FITTED,
        )

    # Start-stop rows

    def _compare_start_stop(self, path: str, theirs: Any) -> Iterator[Result]:
        rows = self.columns
        if path == "km_by_transplant":
            curves = survival.estimate_survival_by(
                rows["transplant"].astype(int), rows["stop"], rows["event"], entry=rows["start"]
            )
            for label, curve in curves.items():
                yield from compare_curve(f"{path}/{label}", theirs[f"transplant={label}"], curve)
            return
        used = {name: rows[name] for name in theirs["coef"]}
        options: dict[str, Any] = {"ties": "breslow"} if path == "cox_breslow" else {}
        persons = {"cluster": rows["id"]} if path == "cox_cluster_id" else {}
        fit = survival.fit_cox(rows["stop"], rows["event"], used, entry=rows["start"], **options, **persons)
        score = survival.predict_log_hazard(fit, np.column_stack(list(used.values())))
        yield from compare_cox(
            path,
            theirs,
            fit,
            survival.measure_concordance(rows["stop"], rows["event"], score, entry=rows["start"], **persons),
        )


def compare(path: str, theirs: Any, ours: Any, tolerance: float = CLOSED) -> Result:
    """One result beside ours."""
    return Result(path, to_array(theirs), np.asarray(ours, dtype=np.float64), tolerance)


def refuse(path: str, theirs: Any) -> Iterator[Result]:
    """The results of a part that is not offered."""
    if isinstance(theirs, dict):
        for name, own in theirs.items():
            yield from refuse(f"{path}/{name}", own)
    elif not isinstance(theirs, str) and not (isinstance(theirs, list) and isinstance(theirs[0], str)):
        yield Result(path, to_array(theirs), None, CLOSED)


def compare_curves(path: str, theirs: Any, curves: dict[object, survival.SurvivalCurve]) -> Iterator[Result]:
    """One curve a group."""
    for label, curve in curves.items():
        yield from compare_curve(f"{path}/trt={label}", theirs[f"trt={label}"], curve)


def compare_curve(path: str, theirs: Any, curve: survival.SurvivalCurve) -> Iterator[Result]:
    """Every field of a curve; R 3.8 gives 1 where 3.5 gives none, as we do, while a curve has not moved."""
    for name, values in theirs.items():
        yield compare(f"{path}/{name}", values, getattr(curve, CURVE[name]))


def compare_points(
    path: str,
    theirs: Any,
    curves: dict[object, survival.SurvivalCurve],
    fields: dict[str, str],
    tolerance: float = CLOSED,
) -> Iterator[Result]:
    """Curves read at times, stratum after stratum."""
    strata = np.array(theirs["strata"])
    for name, field in fields.items():
        ours = np.full(len(strata), np.nan)
        for label, curve in curves.items():
            rows = np.flatnonzero(strata == f"trt={label}")
            ours[rows] = getattr(curve.at(np.array(theirs["times"], dtype=float)[rows]), field)
        yield compare(f"{path}/{name}", theirs[name], ours, tolerance)


def compare_states(
    path: str, theirs: Any, curves: dict[object, survival.IncidenceCurves]
) -> Iterator[Result]:
    """Competing events at times: the state without any first."""
    strata = np.array(theirs["strata"])
    for name, free, field in (
        ("pstate", "event_free", "probability"),
        ("se", "event_free_error", "standard_error"),
        ("lower", None, "lower"),
        ("upper", None, "upper"),
    ):
        if name not in theirs:
            continue
        ours = to_array(theirs[name])
        for label, curve in curves.items():
            rows = np.flatnonzero(strata == f"trt={label}")
            points = curve.at(np.array(theirs["times"], dtype=float)[rows])
            ours[rows, 1:] = getattr(points, field).T
            ours[rows, 0] = getattr(points, free) if free else find_free_bound(points, name)
        yield compare(f"{path}/{name}", theirs[name], ours, FITTED if "iptw" in path else CLOSED)


def find_free_bound(points: survival.IncidencePoints, side: str) -> NDArray[np.float64]:
    """The bound of the state without any event, on the logarithmic scale."""
    reach = 1.959963984540054 * points.event_free_error / points.event_free
    return np.minimum(points.event_free * np.exp(reach if side == "upper" else -reach), 1)


def compare_cox(
    path: str, theirs: Any, fit: survival.CoxFit, concordance: survival.Concordance
) -> Iterator[Result]:
    """Every field of a Cox model."""
    score = fit.robust_score_test
    ours: dict[str, partial[Any] | Any] = {
        "coef": fit.coefficients,
        "vcov": fit.covariance,
        "naive_vcov": fit.model_covariance,
        "loglik": [fit.log_likelihood_null, fit.log_likelihood],
        "n": fit.n_rows,
        "nevent": fit.n_events,
        "iter": fit.iterations,
        "score_test": fit.score_test.value,
        "wald_test": fit.wald_test.value,
        "robust_score": None if score is None else score.value,
        "concordance": [concordance.value, concordance.standard_error],
    }
    for name, own in theirs.items():
        if own is None:
            continue
        values = (
            list(own.values())
            if isinstance(own, dict)
            else np.ravel(own)[0]
            if name == "robust_score"
            else own
        )
        yield compare(f"{path}/{name}", values, ours[name], FITTED)
