"""One fenced block of a page is run, and held against what the page shows."""

from __future__ import annotations

import doctest
import io
import shlex
from pathlib import Path
from typing import Any

from docs.served_once import serve_once
from page_examples import Fence, is_output_as_shown, run_stepdown, split_commands


def check_console(fence: Fence) -> None:
    for command, shown in split_commands(fence):
        program, *arguments = shlex.split(command, comments=True)
        assert program == "stepdown", f"{fence.place}: this fence cannot run `{program}`"
        printed = serve_once(arguments) if arguments[0] == "serve" else run_stepdown(arguments)
        assert is_output_as_shown(shown, printed), f"{fence.place}: `{command}` printed:\n{printed}"


def check_python(fence: Fence, names: dict[str, Any]) -> None:
    if ">>>" not in fence.text:
        exec(compile(fence.text, fence.place, "exec"), names)
        return
    example = doctest.DocTestParser().get_doctest(fence.text, names, fence.place, fence.place, 0)
    report = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(example, out=report.write, clear_globs=False)
    names.update(example.globs)
    assert not runner.failures, report.getvalue()


def run_fence(fence: Fence, names: dict[str, Any]) -> None:
    assert not fence.indent, f"{fence.place}: an example that is run starts at the left margin"
    if fence.file is not None:
        Path(fence.file).write_text(fence.text, encoding="utf-8")
    elif fence.language == "python":
        check_python(fence, names)
    else:
        check_console(fence)
