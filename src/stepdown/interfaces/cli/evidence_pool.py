"""``stepdown evidence pool``: what the studies say together about one question, or those of a CSV file."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli._pictures import (
    PICTURES,
    check_picture,
    draw_file,
    draw_questions,
    save_figure,
)
from stepdown.interfaces.cli._question import (
    QUESTION,
    add_library_arguments,
    add_question_arguments,
    find_cells,
    print_json,
    read_asked_library,
)
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.evidence.apart import Apart
    from stepdown.evidence.meta.csv_result import CsvPool
    from stepdown.evidence.study import Study

_POOL_HELP = """examples:
  stepdown evidence pool --outcome relapse --strategy stop --group injectable --years 2
  stepdown evidence pool --outcome relapse --strategy stop --group each --plot by-drug.svg
  stepdown evidence pool --outcome relapse --strategy switch --group natalizumab --to-group milder
  stepdown evidence pool --outcome mri_activity --strategy extend --group natalizumab --interval-days 42
  stepdown evidence pool --findings corboy2023#relapse-stop-2y coerver2025#relapse-stop
  stepdown evidence pool --csv trials.csv --measure RR --method REML --test knha
  stepdown evidence pool --csv trials.csv --measure PLO --method GLMM --columns xi=ai ni=n1i --moderators year
  stepdown evidence pool --csv arms.csv --measure hazard     counts, rates and survival, row by row

Trials and observational studies have a pool each; both together, with less weight for a risk of bias,
stand below as an alternative. People chosen because they were quiet and people with any reason are
never pooled together: without --selection each has pools of its own. Not poolable is an answer, with its
reason and exit code 0; findings named with --findings that must not be mixed are refused with exit code 2.
"""


def add_pool_command(actions: Any) -> None:
    """Add ``pool`` to the commands of ``stepdown evidence``."""
    parser = actions.add_parser(
        "pool",
        help="what the studies say together about one question, or pool a CSV file",
        epilog=_POOL_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_question_arguments(parser)
    parser.add_argument("--findings", nargs="+", metavar="STUDY#FINDING", help="pool these findings instead")
    parser.add_argument("--years", type=_read_years, metavar="N", help="also the risk within so many years")
    add_library_arguments(parser)
    parser.add_argument("--csv", type=Path, metavar="FILE", help="pool the studies of this file instead")
    parser.add_argument("--measure", help="with --csv: such as RR, OR, HR, PLO, IRLN, hazard, GEN")
    parser.add_argument("--method", help="with --csv: such as REML, bayesian, MH; default: by the number")
    parser.add_argument("--test", help="with --csv: z, knha, adhoc or t")
    parser.add_argument("--columns", nargs="+", default=(), type=_read_pair, metavar="FIELD=NAME",
                        help="with --csv: what a field is called in the file, such as xi=events study=author")
    parser.add_argument("--moderators", nargs="+", default=(), metavar="NAME",
                        help="with --csv: columns of numbers that may explain differences")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw it: a file .svg, .png or .pdf")
    parser.add_argument("--picture", choices=PICTURES, default="forest",
                        help="what --plot draws; default: forest")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.set_defaults(run=pool_studies)


def _read_years(text: str) -> float:
    """A number of years above zero."""
    try:
        years = float(text)
    except ValueError:
        years = 0.0
    if not 0 < years <= 50:
        raise argparse.ArgumentTypeError("write a number of years above 0, at most 50")
    return years


def _read_pair(text: str) -> tuple[str, str]:
    """A field and its name in the file."""
    field, sign, name = text.partition("=")
    if not (field and sign and name):
        raise argparse.ArgumentTypeError(f"write FIELD=NAME, such as xi=events, for {text!r}")
    return field, name


def pool_studies(arguments: argparse.Namespace) -> int:
    """Print the pools of one question, or the pool of a CSV file."""
    if arguments.plot is not None:
        check_picture(arguments.plot)
    if arguments.csv is not None:
        return _pool_file(arguments)
    if any(getattr(arguments, name) for name in ("measure", "method", "test", "columns", "moderators")):
        raise UserError("--measure, --method, --test, --columns and --moderators belong to --csv; "
                        "a question has its own method.")
    from stepdown.interfaces.cli._pool_text import write_question

    studies, about = read_asked_library(arguments)
    found = _pool_question(arguments, studies)
    told = [data for _, data in found]
    if arguments.format == "json":
        print_json({**about, "questions": told})
    else:
        print("\n\n".join([*_write_changes(about), *map(write_question, told)]))
    if arguments.plot is not None:
        save_figure(draw_questions([apart for apart, _ in found], arguments.picture), arguments.plot)
    return 0


def _pool_question(
    arguments: argparse.Namespace, studies: dict[str, Study]
) -> list[tuple[Apart, dict[str, Any]]]:
    """The pools asked for with what is told of each; questions that no study touches are left out."""
    from stepdown.evidence.apart import pool_apart
    from stepdown.evidence.cells import gather
    from stepdown.evidence.mixing import find_set_aside
    from stepdown.interfaces.cli._pool_data import to_data

    if arguments.findings is not None:
        apart = _pool_named(arguments, studies)
        return [(apart, to_data(apart, arguments.years))]
    found = []
    for cell in find_cells(arguments):
        apart = pool_apart(cell, gather(cell, studies.values()))
        aside = find_set_aside(cell, studies.values())
        found.append((apart, to_data(apart, arguments.years, aside)))
    return [(apart, data) for apart, data in found if data["poolable"] or data["excluded"]] or found[:1]


def _pool_named(arguments: argparse.Namespace, studies: dict[str, Study]) -> Apart:
    """The pools of findings named one by one; UserError with every reason where they must not be mixed."""
    from stepdown.evidence.apart import pool_apart
    from stepdown.evidence.meta.refusals import NotPoolable
    from stepdown.evidence.mixing import gather_named

    if any(getattr(arguments, name) is not None for name in QUESTION):
        raise UserError("--findings names what is pooled: leave out the question.")
    try:
        return pool_apart(*gather_named(arguments.findings, studies))
    except NotPoolable as problem:
        raise UserError(f"not poolable: {problem}.") from problem


def _write_changes(about: dict[str, Any]) -> list[str]:
    """What to know of a library of an earlier day: figures changed since."""
    rows = [f"  {row['study']}, {row['on']}: {row['what']}" for row in about["changed_since"]]
    head = f"figures are of today's files; changed since {about['as_of']}:"
    return ["\n".join([head, *rows])] if rows else []


def _pool_file(arguments: argparse.Namespace) -> int:
    """Print the pool of a CSV file; what is wrong with it is one sentence."""
    from stepdown.evidence.meta.csv_input import pool_csv
    from stepdown.evidence.meta.refusals import NotPoolable, ReportError, UnknownChoice

    asked = (*QUESTION, "years", "findings", "library", "as_of")
    if any(getattr(arguments, name) is not None for name in asked):
        raise UserError("--csv pools a file alone: leave out the question to the library, and --years.")
    if arguments.measure is None:
        raise UserError("say what the file measures: "
                        "--measure RR, OR, HR, PLO, IRLN, hazard, GEN or another.")
    try:
        pool = pool_csv(arguments.csv, arguments.measure, arguments.method or "default", arguments.test,
                        moderators=arguments.moderators, columns=dict(arguments.columns))
    except (ReportError, NotPoolable, UnknownChoice) as problem:
        raise UserError(f"{problem}.") from problem
    if arguments.format == "json":
        print_json(pool.to_json())
    else:
        _print_file(pool)
    if arguments.plot is not None:
        save_figure(draw_file(pool, arguments.picture), arguments.plot)
    return 0


def _print_file(pool: CsvPool) -> None:
    """The pool of a file in a few lines, on the scale it was pooled on."""
    fitted = pool.fitted
    studies = "1 study" if fitted.k == 1 else f"{fitted.k} studies"
    how = f"{fitted.method}, {_TESTS.get(fitted.test, fitted.test)}, {pool.scale} scale"
    print(f"{pool.file}: {pool.measure} of {studies} by {how}")
    for name, value, low, high in zip(
        pool.coef_names, fitted.coef, fitted.ci_low, fitted.ci_high, strict=True
    ):
        print(f"  {name}: {value:.4f} ({low:.4f} to {high:.4f})")
    if pool.scale in ("log", "logit") and len(fitted.coef) == 1:
        print(f"  that is {_show(pool)}")
    for label, number in (("tau2", fitted.tau2), ("I2", fitted.i2), ("Q", fitted.q), ("p of Q", fitted.q_p)):
        if number is not None:
            print(f"  {label}: {number:.4f}")
    if fitted.prediction_interval:
        low, high = fitted.prediction_interval
        print(f"  another study like these: {low:.4f} to {high:.4f}")
    for study in pool.left_out:
        print(f"  left out: {study}")
    for note in pool.notes:
        print(f"  note: {note}")


#: What an interval rests on, in words.
_TESTS = {"z": "normal interval", "t": "t interval", "knha": "Knapp-Hartung interval",
          "adhoc": "Knapp-Hartung interval never narrower than the normal one", "exact": "exact interval",
          "posterior": "posterior interval", "likelihood": "interval of the likelihood"}


def _show(pool: CsvPool) -> str:
    """The pooled value as a ratio, a rate or a number of people in 100."""
    values = (pool.fitted.coef[0], pool.fitted.ci_low[0], pool.fitted.ci_high[0])
    if pool.scale == "log":
        value, low, high = (math.exp(min(x, 700.0)) for x in values)
        of = " events per person-year" if pool.measure == "hazard" else ""
        return f"{value:.3g} ({low:.3g} to {high:.3g}){of}"
    value, low, high = (100 / (1 + math.exp(min(-x, 700.0))) for x in values)
    return f"{value:.3g} in 100 ({low:.3g} to {high:.3g})"
