"""The engines of the parity tests: each opened once a worker, for Spark takes seconds to start."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from stepdown.cohorts.engines import Engine, open_engine

#: A few rows a table: compiling each query to Java takes longer than running it as it stands.
INTERPRETED = (
    "--driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' "
    "--conf spark.sql.codegen.wholeStage=false --conf spark.sql.codegen.factoryMode=NO_CODEGEN "
    "--conf spark.sql.adaptive.enabled=false pyspark-shell"
)


@pytest.fixture(scope="session")
def duckdb() -> Iterator[Engine]:
    """DuckDB in this process."""
    with open_engine() as opened:
        yield opened


@pytest.fixture(scope="session")
def spark() -> Iterator[Engine]:
    """One session of Spark on two cores of this machine, with two partitions where rows are shuffled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_SUBMIT_ARGS", os.environ.get("PYSPARK_SUBMIT_ARGS", INTERPRETED))
        with open_engine("spark") as opened:
            yield opened
