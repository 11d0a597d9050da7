"""The shape of the code: short functions and files, docstrings, types, and nothing of a machine in it."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SOURCE = CHECKOUT / "src" / "stepdown"
FILES = sorted(SOURCE.rglob("*.py"))
LONGEST_SOURCE_FILE = 400
LONGEST_OTHER_FILE = 800

Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Function:
    """A function of ours, where it stands, and how many lines its body has without the docstring."""

    place: str
    node: Definition
    lines: int


def measure_function(place: str, node: Definition) -> Function:
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
    return Function(f"{place}:{node.lineno} {node.name}", node, lines)


def find_functions(path: Path) -> Iterator[Function]:
    place = path.relative_to(CHECKOUT).as_posix()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Definition):
            yield measure_function(place, node)


@cache
def read_functions() -> tuple[Function, ...]:
    return tuple(function for path in FILES for function in find_functions(path))


def share_of_functions_over(lines: int) -> float:
    return sum(function.lines > lines for function in read_functions()) / len(read_functions())


def longest_functions(lines: int) -> str:
    long = sorted((f for f in read_functions() if f.lines > lines), key=lambda f: -f.lines)
    return "\n".join(f"{function.lines:4d} lines  {function.place}" for function in long[:30])


@pytest.mark.parametrize(
    ("lines", "largest_share"), [(6, 0.5), (24, 0.1), (50, 0.01)], ids=["half", "nine in ten", "almost all"]
)
def test_functions_are_short(lines: int, largest_share: float) -> None:
    """Half of all functions have under 7 lines, nine in ten under 25, and one in a hundred over 50."""
    assert share_of_functions_over(lines) <= largest_share, longest_functions(lines)


def test_a_docstring_does_not_count_as_a_line_of_its_function() -> None:
    code = 'def add(a, b):\n    """Add.\n\n    Both.\n    """\n    total = a + b\n    return total\n'
    node = ast.parse(code).body[0]
    assert isinstance(node, ast.FunctionDef)
    assert measure_function("here", node).lines == 2


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    others = [path for path in find_tracked_files() if path.suffix == ".py" and SOURCE not in path.parents]
    limits = [(path, LONGEST_SOURCE_FILE) for path in FILES] + [(path, LONGEST_OTHER_FILE) for path in others]
    lengths = [(path, len(path.read_text(encoding="utf-8").splitlines()), most) for path, most in limits]
    assert not [f"{path}: {length} lines of {most}" for path, length, most in lengths if length > most]


def find_public_without_docstring(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    place = path.relative_to(CHECKOUT).as_posix()
    if ast.get_docstring(tree) is None:
        yield f"{place} (the module)"
    for owner in [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))]:
        for node in owner.body:
            named = isinstance(node, (*Definition.__args__, ast.ClassDef)) and not node.name.startswith("_")
            if named and ast.get_docstring(node) is None:
                yield f"{place}:{node.lineno} {node.name}"


def test_everything_public_says_what_it_answers() -> None:
    assert not [place for path in FILES for place in find_public_without_docstring(path)]


def find_parameters(node: Definition) -> list[ast.arg]:
    every = node.args
    named = [*every.posonlyargs, *every.args, *every.kwonlyargs]
    spread = [parameter for parameter in (every.vararg, every.kwarg) if parameter is not None]
    return [parameter for parameter in named if parameter.arg not in {"self", "cls"}] + spread


def test_every_function_has_all_its_types() -> None:
    untyped = [
        function.place
        for function in read_functions()
        if function.node.returns is None
        or any(parameter.annotation is None for parameter in find_parameters(function.node))
    ]
    assert not untyped


def test_no_module_is_named_for_what_it_is_not() -> None:
    """A name such as these says nothing about medicine, and gathers whatever has no other place."""
    vague = {"utils", "helpers", "manager", "core", "common", "misc"}
    assert not [path for path in FILES if path.stem in vague or path.parent.name in vague]


def find_tracked_files() -> list[Path]:
    """The files that are in git and still on disk; a copy without git has none, and says so."""
    if shutil.which("git") is None or not (CHECKOUT / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True)
    paths = (CHECKOUT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def find_in_tracked_text(pattern: str, suffix: str = "") -> list[str]:
    found = []
    for path in find_tracked_files():
        content = path.read_bytes()
        if b"\0" in content or not path.name.endswith(suffix):
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
            if re.search(pattern, line):
                found.append(f"{path.relative_to(CHECKOUT)}:{number}")
    return found


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    folders = "|".join(("work", "tmp", "root", "home", "Users"))
    assert not find_in_tracked_text(rf"(?<![\w.~)}}\]/])/(?:{folders})/\w")


def test_no_file_holds_an_unfinished_merge() -> None:
    assert not find_in_tracked_text(r"^(?:<{7}|>{7}) ")


def test_no_database_is_tracked() -> None:
    assert not [path for path in find_tracked_files() if path.suffix in (".sqlite", ".duckdb", ".db")]


def test_no_file_names_the_host_of_a_package_registry() -> None:
    hosts = [r"py" r"pi\.", r"python" r"hosted\.", r"npm" r"js\.", r"conda\." r"anaconda", r"deb\." r"debian"]
    assert not find_in_tracked_text("|".join(hosts))


def test_no_except_clause_catches_everything_unnamed() -> None:
    assert not find_in_tracked_text(r"^\s*except\s*:", suffix=".py")


def test_constraints_are_names_and_versions_only() -> None:
    lines = (CHECKOUT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert lines
    assert not [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][0-9A-Za-z.]*", line)]
