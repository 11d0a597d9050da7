"""The steps of invented people, found once for all tests of an audit."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepdown.cohorts.audit.steps import Found, Steps, find_steps
from stepdown.cohorts.study import Choice
from unit.cohorts.audit.invented_steps import write


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("steps") / "registry")


@pytest.fixture(scope="session")
def found(folder: Path) -> Found:
    return find_steps(folder, Choice(), None)


@pytest.fixture(scope="session")
def steps(found: Found) -> Steps:
    return found.steps
