"""``stepdown evidence pool``: what the studies say together about one question, or those of a CSV file."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.evidence.study import OUTCOMES, SELECTIONS
from stepdown.evidence.vocabulary import GROUPS
from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.evidence.cells import Cell
    from stepdown.evidence.meta.csv_result import CsvPool

_STRATEGIES = ("continue", "extend", "switch", "stop")
_MILDER = "milder"
_POOL_HELP = """examples:
  stepdown evidence pool --outcome relapse --strategy stop --group injectable --years 2
  stepdown evidence pool --outcome relapse --strategy switch --group natalizumab --to-group milder
  stepdown evidence pool --outcome mri_activity --strategy extend --group natalizumab --interval-days 42
  stepdown evidence pool --csv trials.csv --measure RR --method REML

People chosen because they were quiet and people with any reason are never pooled together: without
--selection each has a pool of its own. Not poolable is an answer, with its reason and exit code 0.
"""


def add_pool_command(actions: Any) -> None:
    """Add ``pool`` to the commands of ``stepdown evidence``."""
    parser = actions.add_parser(
        "pool",
        help="what the studies say together about one question, or pool a CSV file",
        epilog=_POOL_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--outcome", choices=OUTCOMES, help="what happened")
    parser.add_argument("--strategy", choices=_STRATEGIES, help="what was done")
    parser.add_argument("--group", choices=GROUPS, help="drug group taken, or left by a stop or switch")
    parser.add_argument("--to-group", choices=(*GROUPS, _MILDER), help="where a switch leads")
    parser.add_argument("--therapy", metavar="DRUG", help="only studies of this drug, such as ocrelizumab")
    parser.add_argument("--interval-days", type=int, metavar="DAYS", help="how long an extended interval is")
    parser.add_argument("--selection", choices=SELECTIONS, help="only people chosen in this way")
    parser.add_argument("--years", type=_read_years, metavar="N", help="also the risk within so many years")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="pool the studies of this file instead")
    parser.add_argument("--measure", help="with --csv: such as RR, OR, HR, PLO, IRLN, GEN")
    parser.add_argument("--method", default="default", help="with --csv: such as REML, bayesian, MH, GLMM")
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


def pool_studies(arguments: argparse.Namespace) -> int:
    """Print the pools of one question, or the pool of a CSV file."""
    if arguments.csv is not None:
        return _pool_file(arguments)
    from stepdown.evidence.reading import library_hash
    from stepdown.evidence.risk import fit_pool
    from stepdown.interfaces.cli._pool_text import to_data, write_pool

    pools = [(cell, fit_pool(cell)) for cell in _find_cells(arguments)]
    told = [to_data(cell, pool, arguments.years) for cell, pool in pools]
    found = [data for data in told if data["poolable"] or data["excluded"]] or told[:1]
    if arguments.format == "json":
        _print_json({"library": library_hash(), "pools": found})
    else:
        print("\n\n".join(write_pool(data) for data in found))
    return 0


def _find_cells(arguments: argparse.Namespace) -> list[Cell]:
    """The cells that were asked for, one for each way in which people were chosen."""
    from stepdown.evidence.cells import Cell

    _check_question(arguments)
    to_group = None if arguments.to_group == _MILDER else arguments.to_group
    direction = "down" if arguments.to_group == _MILDER else None
    where = (
        arguments.outcome,
        arguments.strategy,
        arguments.group,
        to_group,
        direction,
        _find_drug(arguments),
    )
    chosen = [arguments.selection] if arguments.selection else SELECTIONS
    return [Cell(*where, arguments.interval_days, selection) for selection in chosen]


def _check_question(arguments: argparse.Namespace) -> None:
    """UserError where the question is not whole, or a part belongs to another strategy."""
    if None in (arguments.outcome, arguments.strategy, arguments.group):
        raise UserError("name the question: --outcome, --strategy and --group; or a file with --csv.")
    if arguments.strategy == "switch" and arguments.to_group is None:
        raise UserError("say where the switch leads: --to-group GROUP, or --to-group milder.")
    if arguments.strategy != "switch" and arguments.to_group is not None:
        raise UserError("--to-group belongs to --strategy switch.")
    if arguments.strategy != "extend" and arguments.interval_days is not None:
        raise UserError("--interval-days belongs to --strategy extend.")
    if arguments.measure is not None or arguments.method != "default":
        raise UserError("--measure and --method belong to --csv; a question of the library has its own.")


def _find_drug(arguments: argparse.Namespace) -> str | None:
    """The name of the drug asked for; UserError when the catalogue has none, or it is of another group."""
    from stepdown.ms.therapy_names import TherapyNotFound, find_therapy

    if arguments.therapy is None:
        return None
    found = find_therapy(arguments.therapy)
    if isinstance(found, TherapyNotFound):
        hint = f"did you mean {' or '.join(found.suggestions)}?" if found.suggestions else "use its INN."
        raise UserError(f"no drug goes by the name {arguments.therapy!r}; {hint}")
    if found.therapy.group != arguments.group:
        raise UserError(f"{found.therapy.name} is of the group {found.therapy.group}, not {arguments.group}.")
    return found.therapy.name


def _pool_file(arguments: argparse.Namespace) -> int:
    """Print the pool of a CSV file; what is wrong with it is one sentence."""
    from stepdown.evidence.meta.csv_input import pool_csv
    from stepdown.evidence.meta.refusals import NotPoolable, ReportError, UnknownChoice

    asked = ("outcome", "strategy", "group", "to_group", "therapy", "interval_days", "selection", "years")
    if any(getattr(arguments, name) is not None for name in asked):
        raise UserError("--csv pools a file alone: leave out the question to the library, and --years.")
    if arguments.measure is None:
        raise UserError("say what the file measures: --measure RR, OR, HR, PLO, IRLN, GEN or another.")
    try:
        pool = pool_csv(arguments.csv, arguments.measure, arguments.method)
    except (ReportError, NotPoolable, UnknownChoice) as problem:
        raise UserError(f"{problem}.") from problem
    if arguments.format == "json":
        _print_json(pool.to_json())
    else:
        _print_file(pool)
    return 0


def _print_file(pool: CsvPool) -> None:
    """The pool of a file in a few lines, on the scale it was pooled on."""
    fitted = pool.fitted
    print(f"{pool.file}: {pool.measure} of {fitted.k} studies by {fitted.method}, {pool.scale} scale")
    for name, value, low, high in zip(
        pool.coef_names, fitted.coef, fitted.ci_low, fitted.ci_high, strict=True
    ):
        print(f"  {name}: {value:.4f} ({low:.4f} to {high:.4f})")
    for label, number in (("tau2", fitted.tau2), ("I2", fitted.i2), ("Q", fitted.q), ("p of Q", fitted.q_p)):
        if number is not None:
            print(f"  {label}: {number:.4f}")
    if fitted.prediction_interval:
        low, high = fitted.prediction_interval
        print(f"  another study like these: {low:.4f} to {high:.4f}")
    for study in pool.left_out:
        print(f"  left out: {study}")


def _print_json(answer: dict[str, Any]) -> None:
    print(json.dumps({"schema_version": "1", **answer}, indent=2, ensure_ascii=False, allow_nan=False))
