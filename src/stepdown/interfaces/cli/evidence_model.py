"""``stepdown evidence calibrate`` and ``predict``: how well unseen studies are predicted, one arm's risk."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.ms.errors import UserError

if TYPE_CHECKING:
    from stepdown.evidence.model.answering import ModelRisk
    from stepdown.evidence.model.verdict import Calibration

REACHED, NOT_REACHED = 0, 1
_CALIBRATE_HELP = """Each study is left out in turn, with all its arms, and predicted from the others.
Intervals in brackets are bootstrap intervals over studies. Progress goes to standard error.

exit codes: 0 every target reached, 1 not, 2 it could not run
"""
_PREDICT_HELP = """FILE holds one arm; any value may be null:
  {"outcome": "relapse", "strategy": "stop", "therapies": ["fingolimod"], "disease": "MS", "course": "RRMS",
   "n": 60, "time_years": 1, "age_mean": 45, "age_min": null, "age_max": null,
   "stable_years_mean": null, "stable_years_min": 2, "mri_active": false}

For a switch, "to_therapies" may name the drugs gone to. Therapies are drugs, drug groups, or kinds such as
"first-line" or "oral". Intervals hold the doubt about the model, about what is null, and the spread between
studies.

exit codes: 0 answered (also when it is refused), 2 a fault in the file
"""


def add_model_commands(actions: Any) -> None:
    """Add ``stepdown evidence calibrate`` and ``stepdown evidence predict``."""
    calibrate = actions.add_parser(
        "calibrate",
        help="predict each study from all others, and say how well that went",
        epilog=_CALIBRATE_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    calibrate.add_argument(
        "--plot", type=Path, metavar="FILE", help="draw it: a file ending in .svg, .png or .pdf"
    )
    calibrate.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    calibrate.set_defaults(run=calibrate_model)
    predict = actions.add_parser(
        "predict",
        help="the risk of one study arm, with its interval, as JSON",
        epilog=_PREDICT_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    predict.add_argument("file", type=Path, metavar="FILE", help="a JSON file with one arm")
    predict.set_defaults(run=predict_file)


def calibrate_model(arguments: argparse.Namespace) -> int:
    """Leave out each study, print what was found, and return whether the targets are reached."""
    try:
        found = _calibrate(arguments.plot)
    except (ArithmeticError, MemoryError, ValueError) as problem:
        raise UserError(
            f"calibration could not run ({type(problem).__name__}); check the library first: "
            "stepdown evidence check"
        ) from problem
    if arguments.format == "json":
        print(json.dumps(_to_json(found), indent=2))
    else:
        from stepdown.interfaces.cli._calibration_text import write_calibration

        print(write_calibration(found))
    return REACHED if found.is_reached else NOT_REACHED


def _calibrate(plot: Path | None) -> Calibration:
    from stepdown.evidence.model.calibration import leave_out_each
    from stepdown.evidence.model.training import gather_training
    from stepdown.evidence.model.verdict import judge_calibration
    from stepdown.evidence.reading import read_library

    if plot is not None:
        _check_plot(plot)
    training = gather_training(read_library().values())
    if not training.arms:
        raise UserError("the library holds no arm that the model can use.")
    found = judge_calibration(
        leave_out_each(training, lambda line: print(f"stepdown: {line}", file=sys.stderr))
    )
    if plot is not None:
        from stepdown.reports.calibration import draw_calibration

        _save(draw_calibration(found), plot)
    return found


def _check_plot(path: Path) -> None:
    """UserError or MissingExtra before the long run, not after it."""
    from stepdown.reports.figures import open_figure

    open_figure(1, 1)
    if path.suffix not in (".svg", ".png", ".pdf") or not path.parent.is_dir():
        raise UserError(
            f"{path}: a picture is written to a file ending in .svg, .png or .pdf in a folder that exists."
        )


def _save(figure: Any, path: Path) -> None:
    try:
        figure.savefig(path)
    except OSError as problem:
        raise UserError(f"{path}: cannot be written ({problem.strerror}).") from problem
    print(f"stepdown: wrote {path}", file=sys.stderr)


def _to_json(found: Calibration) -> dict[str, Any]:
    from stepdown.evidence.reading import library_hash

    targets = [{"target": name, "reached": reached} for name, reached in found.targets]
    whole = {**asdict(found), "targets": targets, "reached": found.is_reached}
    found_json: dict[str, Any] = _without_nan({"schema_version": "1", "library": library_hash(), **whole})
    return found_json


def _without_nan(value: Any) -> Any:
    """The same with null where a number does not exist: JSON has no NaN."""
    if isinstance(value, dict):
        return {key: _without_nan(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(part) for part in value]
    return None if isinstance(value, float) and value != value else value


def predict_file(arguments: argparse.Namespace) -> int:
    """Print the risk of the arm in a file."""
    from stepdown.evidence.model.answering import answer_described
    from stepdown.evidence.model.arm_file import read_arm

    try:
        described = read_arm(_read_json(arguments.file))
    except UserError as problem:
        raise UserError(f"{arguments.file.name}: {problem.sentence}") from problem
    print(json.dumps(_to_answer(answer_described(described)), indent=2, ensure_ascii=False))
    return 0


def _read_json(path: Path) -> Any:
    """What a JSON file holds; UserError where there is none, or it is none."""
    try:
        return json.loads(path.read_text("utf-8"))
    except OSError as problem:
        raise UserError(f"cannot be read ({problem.strerror}); give the path of a JSON file.") from problem
    except json.JSONDecodeError as problem:
        raise UserError(f"not valid JSON (line {problem.lineno}, column {problem.colno}).") from problem
    except (UnicodeDecodeError, RecursionError, ValueError) as problem:
        raise UserError("not a JSON text file in UTF-8.") from problem


def _to_answer(answer: ModelRisk) -> dict[str, Any]:
    """Status, reason, the risk with its 95 % and 80 % intervals, the count; null where there is none."""
    from stepdown.evidence.reading import library_hash

    risk = None
    if answer.mean is not None:
        names = ("mean", "low", "high", "low80", "high80")
        risk = {"level": 0.95, **{name: round(getattr(answer, name), 4) for name in names}}
    return {
        "schema_version": "1",
        "library": library_hash(),
        "status": answer.status,
        "reason": answer.reason,
        "risk": risk,
        "count": asdict(answer.count) if answer.count else None,
    }
