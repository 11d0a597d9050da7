"""Each number of the library stands in an excerpt of the paper it is credited to.

The excerpts lie in the reference folder and are no part of this checkout. A finding passes when one
excerpt of its study holds all its numbers; sizes of groups may come from the description of the study.
Numbers that a finding calls computed, findings called misprinted, and the rows of
``excerpt_exceptions.toml``, each with its reason, are excused.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stepdown.evidence.reading import read_library
from stepdown.evidence.study import Finding

TABLE = Path(__file__).with_name("excerpt_exceptions.toml")
EXCEPTIONS = tomllib.loads(TABLE.read_text("utf-8"))["exceptions"]
NUMBER = re.compile(r"(?<![\d.])\d{1,3}(?:[,\u2009 ]\d{3})+(?![\d.])|\d*\.?\d+(?:e-\d+)?")
WORDS = {word: float(value) for value, word in enumerate((
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve"))}
WORDS["no"] = 0.0
# A share may be printed as a fraction, per cent or per thousand; a rate here is per 100 person-years and
# may be printed per 1, 100, 1,000, 10,000 or 100,000.
SHARE, RATE = (1, 100, 1000), (0.01, 1, 10, 100, 1000)
SCALES = {
    "proportion": SHARE, "proportion_low": SHARE, "proportion_high": SHARE,
    "rate": RATE, "rate_low": RATE, "rate_high": RATE,
}
FIELDS = ("events", "n", *SCALES, "effect.value", "effect.low", "effect.high")


def read_numbers(text: str) -> set[float]:
    text = text.replace("\u00b7", ".").replace("\u2212", "-")
    found = {float(re.sub(r"[,\u2009 ]", "", match)) for match in NUMBER.findall(text)}
    return found | {WORDS[word] for word in re.findall(r"[a-z]+", text.lower()) if word in WORDS}


def read_value(finding: Finding, field: str) -> float | None:
    whole, _, part = field.partition(".")
    value: Any = getattr(finding, whole)
    return getattr(value, part) if part and value is not None else value


def is_printed(value: float, field: str, numbers: set[float]) -> bool:
    """Whether the number stands there in one of its scales; signs are not compared."""
    wanted = [abs(value) * scale for scale in SCALES.get(field, (1,))]
    return any(abs(number - target) < 1e-6 * max(1, target) for number in numbers for target in wanted)


def find_missing(finding: Finding, excerpts: list[str], sizes: set[float], excused: set[str]) -> list[str]:
    """The fields that the excerpt which fits best does not hold; all of them when there is no excerpt."""
    excused = excused | set(finding.computed)
    fields = [field for field in FIELDS if not {field, field.partition(".")[0]} & excused]
    values = {field: value for field in fields if (value := read_value(finding, field)) is not None}
    misses = [[field for field, value in values.items() if not is_printed(value, field, numbers | sizes)]
              for numbers in (read_numbers(excerpt) for excerpt in excerpts or [""])]
    return min(misses, key=len)


def read_sizes(record: dict[str, Any]) -> set[float]:
    """The sizes of the groups that the description of a study gives."""
    sizes = [record["population"]["n"], *(arm["n"] for arm in record["arms"])]
    return {float(size) for size in sizes + [row.get("n") for row in record["results"]] if size is not None}


@pytest.fixture(scope="module")
def records(reference: Path) -> dict[str, Any]:
    text = (reference / "evidence" / "studies.json").read_text("utf-8")
    return {record["id"]: record for record in json.loads(text)}


def read_excerpts(record: dict[str, Any]) -> list[str]:
    return [row["quote"] for row in record["results"] + record.get("predictors", []) if row.get("quote")]


def find_all_missing(records: dict[str, Any], exceptions: dict[str, set[str]]) -> dict[str, list[str]]:
    """The fields without an excerpt by study/finding; a study without a record has nothing to compare."""
    missing = {}
    for study in read_library().values():
        record = records.get(study.id)
        for finding in study.findings if record else ():
            name = f"{study.id}/{finding.id}"
            excused = exceptions.get(name, set())
            fields = find_missing(finding, read_excerpts(record), read_sizes(record), excused)
            if fields and not finding.misprinted:
                missing[name] = fields
    return missing


def excused_fields() -> dict[str, set[str]]:
    return {f"{row['study']}/{row['finding']}": set(row["fields"]) for row in EXCEPTIONS}


def test_every_number_of_the_library_stands_in_an_excerpt(records: dict[str, Any]) -> None:
    assert find_all_missing(records, excused_fields()) == {}


def test_every_exception_is_still_needed_and_has_a_reason(records: dict[str, Any]) -> None:
    missing = find_all_missing(records, {})
    for row in EXCEPTIONS:
        assert row["reason"].strip()
        assert set(row["fields"]) == set(missing.get(f"{row['study']}/{row['finding']}", ())), row


def test_a_number_that_stands_in_no_excerpt_is_found() -> None:
    finding = Finding(id="f", outcome="relapse", strategy="stop", report="counts", definition="d",
                      locator="l", events=12, n=45, proportion=0.267)
    excerpts = ["Twelve of 45 people (26.7%) relapsed", "3 of 12 in the other arm"]
    assert find_missing(finding, excerpts, set(), set()) == []
    assert find_missing(replace(finding, events=13), excerpts, set(), set()) == ["events"]


@pytest.mark.parametrize(("text", "numbers"), [
    ("1,988 and 13,132 people", {1988, 13132}),
    ("0.06 (0.01-0.22, p<0.001)", {0.06, 0.01, 0.22, 0.001}),
    ("No relapses in 59", {0, 59}),
    ("HR 2\u00b736 (\u22120\u00b701)", {2.36, 0.01}),
    ("2 of 25, 8 %", {2, 25, 8}),
])
def test_numbers_are_read_as_papers_write_them(text: str, numbers: set[float]) -> None:
    assert read_numbers(text) == numbers
