"""The engine is quick to import: it loads no part of scipy until a number is asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def run_python(code: str, checkout: Path) -> str:
    """What a fresh interpreter prints."""
    here = os.environ | {"PYTHONPATH": str(checkout / "src")}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=here)
    return run.stdout.strip()


def test_importing_the_engine_loads_neither_scipy_nor_pydantic(checkout: Path) -> None:
    code = "import sys, stepdown.evidence.meta; print([m for m in ('scipy', 'pydantic') if m in sys.modules])"
    assert run_python(code, checkout) == "[]"


def test_pooling_never_loads_the_slow_statistics_package(checkout: Path) -> None:
    code = (
        "import sys; from stepdown.evidence.meta import Counts, pool_hazard; "
        "pool_hazard([Counts('a', '1', 3, 40, 1), Counts('b', '1', 5, 60, 2)]).predict(); "
        "print('scipy.stats' in sys.modules)"
    )
    assert run_python(code, checkout) == "False"
