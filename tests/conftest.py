"""What every test may ask for, and the rule about tests that are left out.

Outside CI a test whose part is missing (a browser, the reference folder, an extra) is left out, and the
run ends by saying what was left out. On CI nothing may be left out: there a skipped test is a failure.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

pytest_plugins = ["pytester"]

CHECKOUT = Path(__file__).resolve().parents[1]
REFERENCE = Path(os.environ.get("STEPDOWN_REFERENCE") or CHECKOUT.parent / "shared")
ON_CI = os.environ.get("CI", "").lower() == "true"

# The same examples on each run, so that a red build means a changed program and never bad luck.
settings.register_profile("same each time", derandomize=True, deadline=None, database=None)
settings.load_profile("same each time")


#: What takes longest alone: begun first, so that at the end no core waits for another. In this order, so that
#: what runs on Spark comes one after another to one worker, which starts it once.
LONGEST = ("on_spark", "[spark]", "test_cohort_truth.py", "test_loop.py", "killed_in_the_middle",
           "no_generated_person", "mutated")


#: Many examples of what other tests run line by line: watching each line of them doubles the time of a run
#: and adds no line to those that ran.
UNWATCHED = ("tests/spec/test_no_generated_person.py", "tests/spec/test_never.py", "tests/parity/",
             "tests/validation/", "tests/acceptance/", "tests/docs/", "in_browser", "test_cohort_",
             "against_", "mutated", "test_loop.py", "test_pictures.py", "test_style.py", "killed")
#: Where every line must run, each case is watched; elsewhere the first cases of a test tell which lines it
#: runs.
WATCHED = ("tests/spec/", "tests/unit/ms/", "tests/unit/decisions/", "tests/unit/patients/")
FIRST_CASES = 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first, the others in their order; coverage looks away where it learns nothing."""
    items.sort(key=lambda item: next((place for place, name in enumerate(LONGEST) if name in item.nodeid),
                                     len(LONGEST)))
    cases: Counter[str] = Counter()
    for item in items:
        test = item.nodeid.partition("[")[0]
        cases[test] += 1
        is_late = cases[test] > FIRST_CASES and not test.startswith(WATCHED)
        if is_late or any(name in item.nodeid for name in UNWATCHED):
            item.add_marker("no_cover")


def pytest_collection_finish() -> None:
    """Ten thousand collected tests are no garbage: to look them over again and again takes minutes."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """At the end they are garbage after all, and libraries complain of what is left."""
    gc.unfreeze()


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder with pyproject.toml in it."""
    return CHECKOUT


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of other people's data and results; it lies beside the checkout and is no part of it."""
    if not REFERENCE.is_dir():
        pytest.skip("no reference folder (set STEPDOWN_REFERENCE)")
    return REFERENCE


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's browser, driven by playwright."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium (apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=quiet)
        yield browser
        browser.close()


@pytest.fixture
def browser_page(chromium: Any) -> Iterator[Any]:
    """A new page in a browser that reaches no network."""
    context = chromium.new_context(offline=True)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A PostgreSQL server of our own."""
    from postgres_server import find_programs, run_server  # here, as this file is tried alone elsewhere

    pytest.importorskip("psycopg", reason="psycopg is not installed")
    programs = find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL (apt-get install postgresql)")
    with run_server(programs) as server:
        yield server


@pytest.fixture(scope="session")
def pdftotext() -> str:
    """The program of poppler-utils that reads the words of a PDF."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("no pdftotext (apt-get install poppler-utils)")
    return program


def _fail_if_left_out(report: Any) -> None:
    if ON_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"left out, and on CI nothing may be: {_reason(report)}"


def _reason(report: Any) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[Any]:
    """On CI, turn a test that was left out into a failure."""
    report = yield
    _fail_if_left_out(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[Any]:
    """On CI, turn a whole module that was left out into a failure."""
    report = yield
    _fail_if_left_out(report)
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say at the end which groups of tests were left out, and why."""
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    if reasons:
        terminalreporter.section("left out")
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count} left out: {reason}")


@pytest.fixture(scope="module")
def tables_read_anew() -> None:
    """Tables of the disease and of the rules, kept once read, are read again where every line must run.

    Whoever asked for them first may have been a test that coverage does not watch.
    """
    for name, module in tuple(sys.modules.items()):
        if name.startswith(("stepdown.ms.", "stepdown.decisions.rules.")):
            for each in vars(module).values():
                if callable(clear := getattr(each, "cache_clear", None)):
                    clear()
