"""Trials are numbered alike on every engine, however many people there are."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import ibis

from stepdown.cohorts.population.index import _number_people


def test_the_number_of_a_person_is_long_enough_on_spark_to_be_told_apart_by_day() -> None:
    """A rank of Spark is a short number: times days it runs over from 16,384 people on."""
    periods = ibis.table({"person_id": "int64", "first_day": "int32", "last_day": "int32"}, name="periods")
    tables: Any = SimpleNamespace(periods=periods)
    assert "AS BIGINT" in str(ibis.to_sql(_number_people(tables), dialect="pyspark"))
