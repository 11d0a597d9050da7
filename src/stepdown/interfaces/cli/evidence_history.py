"""``stepdown evidence history``: how a pooled estimate moved, study by study."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepdown.interfaces.cli._pictures import check_picture, draw_steps, save_figure
from stepdown.interfaces.cli._question import (
    add_library_arguments,
    add_question_arguments,
    find_cells,
    print_json,
    read_asked_library,
)

if TYPE_CHECKING:
    from stepdown.evidence.cells import Cell
    from stepdown.evidence.history import Step
    from stepdown.evidence.study import Study

_HISTORY_HELP = """examples:
  stepdown evidence history --outcome relapse --strategy stop --group injectable
  stepdown evidence history --outcome relapse --strategy stop --group s1p --by added --format json
  stepdown evidence history --outcome relapse --strategy switch --group natalizumab --to-group milder

A line for each study that came (+) or went (-): the day, the study, and the pool after it, in events per
100 person-years. A study that came and is not in the pool says why. Trials and observational studies have a
history each, and so has each way in which people were chosen.
"""


def add_history_command(actions: Any) -> None:
    """Add ``history`` to the commands of ``stepdown evidence``."""
    parser = actions.add_parser(
        "history",
        help="how the pooled estimate of a question moved, study by study",
        epilog=_HISTORY_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_question_arguments(parser)
    parser.add_argument("--by", choices=("published", "added"), default="published",
                        help="order of publication, or of entry into the library; default: published")
    add_library_arguments(parser)
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw it: a file .svg, .png or .pdf")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.set_defaults(run=show_history)


def show_history(arguments: argparse.Namespace) -> int:
    """Print how each pool of a question moved."""
    if arguments.plot is not None:
        check_picture(arguments.plot)
    cells = find_cells(arguments)
    studies, about = read_asked_library(arguments)
    found = _follow(cells, studies, arguments.by)
    if arguments.format == "json":
        print_json({**about, "by": arguments.by, "histories": [_to_data(*row) for row in found]})
    else:
        print("\n\n".join("\n".join(_write(*row, arguments.by)) for row in found) or "no study tells of this")
    if arguments.plot is not None:
        save_figure(draw_steps([(_say(cell, kind), steps) for cell, kind, steps in found]), arguments.plot)
    return 0


def _follow(
    cells: list[Cell], studies: dict[str, Study], by: str
) -> list[tuple[Cell, str, tuple[Step, ...]]]:
    """The history of each question and kind of evidence that has one."""
    from stepdown.evidence.history import follow_pool
    from stepdown.evidence.pool import OBSERVATIONAL, RANDOMISED

    rows = [
        (cell, kind, follow_pool(cell, studies, by, kind))
        for cell in cells
        for kind in (RANDOMISED, OBSERVATIONAL)
    ]
    return [row for row in rows if row[2]]


def _say(cell: Cell, kind: str) -> str:
    from stepdown.interfaces.cli._pool_data import say_question

    return f"{say_question(cell)}; {kind}"


def _to_data(cell: Cell, kind: str, steps: tuple[Step, ...]) -> dict[str, Any]:
    """A history as plain data: values in events per 100 person-years, null where nothing is pooled."""
    from stepdown.interfaces.cli._pool_data import say_question

    told = [{**asdict(step), "value": _to_value(step)} for step in steps]
    return {"question": say_question(cell), "selection": cell.selection, "evidence": kind, "steps": told}


def _to_value(step: Step) -> dict[str, float | None] | None:
    from stepdown.interfaces.cli._pool_data import to_finite

    return {name: to_finite(number) for name, number in asdict(step.value).items()} if step.value else None


def _write(cell: Cell, kind: str, steps: tuple[Step, ...], by: str) -> Iterator[str]:
    yield f"{_say(cell, kind)}; by day {by}, in events per 100 person-years"
    width = max(len(step.study) for step in steps)
    for step in steps:
        sign = "-" if step.what == "retracted" else "+"
        yield f"  {step.on:<10}  {sign} {step.study:<{width}}  {_say_step(step)}"


def _say_step(step: Step) -> str:
    if step.value is None:
        after = "nothing to pool"
    else:
        studies = "1 study" if step.value.studies == 1 else f"{step.value.studies} studies"
        after = f"{step.value.estimate:.3g} ({step.value.low:.3g} to {step.value.high:.3g}), {studies}"
    return f"{after}; not in the pool: {step.reason}" if step.reason else after
