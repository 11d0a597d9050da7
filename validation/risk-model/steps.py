"""What does each part of the risk model buy? Coverage beside width, step by step, studies left out in turn.

Usage: python validation/risk-model/steps.py [--write]

Step 1 is the plain model: outcome, age, whether quiet was asked for, drug and strategy, normal study effects.
Each further step adds one part, the last is the model as it stands. With ``--write`` the table goes to
steps.md beside this file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np

from stepdown.evidence.meta.distributions import Floats
from stepdown.evidence.model import calibration, design, fit, predicting, settings, training
from stepdown.evidence.model.arms import ArmFacts
from stepdown.evidence.model.calibration import LeftOut, leave_out_each
from stepdown.evidence.model.training import Training, gather_training
from stepdown.evidence.model.verdict import Figure, bootstrap, rank_correlation
from stepdown.evidence.reading import read_library

TABLE = Path(__file__).with_suffix(".md")
NEVER = 1e-4
#: Coefficients that each step brings, and the value they are held at before.
STEPS = (
    ("plain: outcome, drug, strategy, age, quiet asked for or not", ()),
    ("+ how the risk spreads over time", ("exponent", "exponent_rebound", "exponent_anti_cd20")),
    ("+ years of quiet, MRI, course", ("quiet", "mri", "progressive", "worsening_progressive")),
    (
        "+ the next drug, longer intervals, how events were counted",
        ("to_mild", "to_high", "extended", "strict", "repeated"),
    ),
)
BEFORE = {"exponent": 1.0, "exponent_rebound": 1.0, "exponent_anti_cd20": 1.0}
NORMAL = 200.0


def _no_baseline(_rest: Training, asked: Sequence[ArmFacts], points: Floats, _by_drug: bool) -> Floats:
    """The baselines are not asked for here, and take two thirds of the time."""
    return np.full((len(asked), points.size), 0.2)


@contextmanager
def held(names: Sequence[str], df: float, wider: float) -> Iterator[None]:
    """The model with these coefficients held, study effects with so many degrees of freedom, wider priors."""
    rows = tuple(
        replace(row, mean=BEFORE.get(row.name, 0.0), sd=NEVER)
        if row.name in names
        else replace(row, sd=row.sd * wider)
        for row in settings.read_coefficients()
    )
    chosen = {**settings.read_settings(), "study_degrees_of_freedom": df}
    means, sds = np.array([row.mean for row in rows]), np.array([row.sd for row in rows])
    with (
        mock.patch.object(fit, "prior_means", lambda: means),
        mock.patch.object(fit, "prior_sds", lambda: sds),
        mock.patch.object(design, "prior_means", lambda: means),
        mock.patch.object(fit, "read_settings", lambda: chosen),
        mock.patch.object(predicting, "read_settings", lambda: chosen),
        mock.patch.object(training, "read_settings", lambda: chosen),
        mock.patch.object(calibration, "predict_baseline", _no_baseline),
    ):
        yield


def write_row(name: str, rows: Sequence[LeftOut], spread: float) -> str:
    """One step as a line of the table."""

    def show(figure: Figure) -> str:
        return f"{figure.value:.0f} ({figure.low:.0f} to {figure.high:.0f})"

    known = [row for row in rows if row.status == "estimated"]
    coverage = bootstrap(rows, lambda some: float(np.mean([100 * row.covered(0.8) for row in some])))
    width = bootstrap(rows, lambda some: float(np.mean([row.risk_width80 for row in some])))
    narrow = bootstrap(known, lambda some: float(np.mean([row.risk_width80 for row in some])))
    score = np.mean([row.log_score for row in rows])
    return (
        f"| {name} | {show(coverage)} | {show(width)} | {show(narrow)} | {score:.2f} "
        f"| {rank_correlation(rows):.2f} | {spread:.2f} |"
    )


def run() -> list[str]:
    """Every step as a line."""
    whole = gather_training(read_library().values())
    plain = Training(whole.arms, ())
    added = [name for _, names in STEPS for name in names]
    after = [name for _, names in STEPS[1:] for name in names]
    lines = [_run_one("the plain model below, priors four times as wide", plain, after, NORMAL, 4.0)]
    for label, names in STEPS:
        added = [name for name in added if name not in names]
        lines.append(_run_one(label, plain, added, NORMAL))
    lines.append(_run_one("+ contrasts inside studies", whole, [], NORMAL))
    lines.append(
        _run_one(
            "+ heavy tails of the study effects: the model",
            whole,
            [],
            settings.read_settings()["study_degrees_of_freedom"],
        )
    )
    lines.append(
        _run_one(
            "the model, priors twice as wide",
            whole,
            [],
            settings.read_settings()["study_degrees_of_freedom"],
            2.0,
        )
    )
    return lines


def _run_one(label: str, data: Training, names: Sequence[str], df: float, wider: float = 1.0) -> str:
    with held(names, df, wider):
        found = fit.fit_training(data, 1000)
        line = write_row(label, leave_out_each(data), float(np.exp(found.weights @ found.log_spread)))
    print(line, flush=True)
    return line


if __name__ == "__main__":
    table = (
        "\n".join(
            [
                "# What each part of the risk model buys",
                "",
                "`python validation/risk-model/steps.py --write`; studies left out in turn, "
                "bootstrap intervals over studies. Widths: 80 % intervals of the risk, in points of 100.",
                "",
                "| model | coverage of 80 % | width | width where estimated | log score | rank "
                "| spread between studies |",
                "|---|---|---|---|---|---|---|",
                *run(),
            ]
        )
        + "\n"
    )
    if "--write" in sys.argv:
        TABLE.write_text(table, encoding="utf-8")
