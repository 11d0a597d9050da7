"""A test that cannot run is named outside CI, and fails on CI: what nobody ran is not what passed."""

from __future__ import annotations

from pathlib import Path

import pytest

SKIPPED_TEST = 'import pytest\ndef test_page():\n    pytest.skip("no browser here")\n'
SKIPPED_MODULE = 'import pytest\npytest.importorskip("a_part_that_is_not_there", reason="no such part")\n'


@pytest.fixture
def run_one(pytester: pytest.Pytester, checkout: Path, monkeypatch: pytest.MonkeyPatch):
    """Run one module of tests under our conftest, on CI or not."""

    def run(module: str, on_ci: bool) -> pytest.RunResult:
        monkeypatch.setenv("CI", "true" if on_ci else "")
        pytester.makeconftest((checkout / "tests" / "conftest.py").read_text(encoding="utf-8"))
        pytester.makepyfile(module)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider")

    return run


@pytest.mark.parametrize(
    ("module", "reason"), [(SKIPPED_TEST, "no browser here"), (SKIPPED_MODULE, "no such part")]
)
def test_outside_ci_the_run_ends_by_naming_what_was_left_out(run_one, module: str, reason: str) -> None:
    result = run_one(module, on_ci=False)
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*left out*", f"1 left out: {reason}"])


def test_on_ci_a_test_left_out_fails(run_one) -> None:
    run_one(SKIPPED_TEST, on_ci=True).assert_outcomes(failed=1)


def test_on_ci_a_module_left_out_is_an_error(run_one) -> None:
    run_one(SKIPPED_MODULE, on_ci=True).assert_outcomes(errors=1)
