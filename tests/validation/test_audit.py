"""Does an audit speak where predictions are wrong, and keep quiet where they hold?"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "validation" / "audit"
REGISTRIES = 100


@pytest.fixture(scope="module")
def audits() -> Any:
    sys.path.insert(0, str(FOLDER))
    sys.modules.pop("registries", None)
    return importlib.import_module("registries")


@pytest.fixture(scope="module")
def steps(audits: Any) -> Any:
    return audits.simulate(100_000, 11)


@pytest.mark.validate
def test_where_predictions_hold_it_speaks_as_rarely_as_is_said(audits: Any, steps: Any) -> None:
    found = [each for seed in (31, 32, 33) for each in audits.audit_drawn(steps, REGISTRIES, 1.0, seed)]
    spoke = np.mean([each.more_day is not None or each.fewer_day is not None for each in found])
    against = np.mean([each.word == "not trusted" for each in found])
    assert spoke <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / len(found))
    assert against <= 0.10


@pytest.mark.validate
def test_twice_the_hazard_is_noticed_and_never_called_agreement(audits: Any, steps: Any) -> None:
    found = audits.audit_drawn(steps, REGISTRIES, 2.0, 34)
    assert np.mean([each.direction == "more" for each in found]) >= 0.9
    assert np.mean([each.word == "agrees" for each in found]) <= 0.025


@pytest.mark.validate
def test_after_a_shift_in_mid_time_the_chart_speaks_after_it(audits: Any, steps: Any) -> None:
    found = audits.audit_drawn(steps, REGISTRIES, 2.5, 35, since=True)
    since = (audits.SINCE - type(audits.SINCE)(1970, 1, 1)).days
    spoke = [each.more_day for each in found if each.more_day is not None]
    assert len(spoke) >= 0.8 * REGISTRIES
    assert np.mean([day >= since for day in spoke]) >= 0.9
