"""An answer is read back from its JSON as it was shown, and what is no answer is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stepdown.decisions.answer import Answer
from stepdown.reports import to_json
from stepdown.reports.json_reading import from_json
from unit.reports.invented_answers import injectable


def write(answer: Answer) -> dict[str, Any]:
    """The JSON of an answer as a file holds it."""
    written: dict[str, Any] = json.loads(json.dumps(to_json(answer)))
    return written


def test_an_answer_that_was_read_back_is_written_as_before(invented: Answer) -> None:
    assert write(from_json(write(invented))) == write(invented)


def test_an_answer_from_before_studies_were_named_has_none() -> None:
    written = write(injectable())
    del written["evidence"]["studies"]
    assert from_json(written).studies == {}


@pytest.mark.parametrize("wrong", [[], {}, {"evidence": {}}, "answer", None])
def test_what_is_no_answer_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"expected|version|keys"):
        from_json(wrong)


def test_a_number_that_is_none_per_100_is_refused() -> None:
    written = write(injectable())
    written["options"][0]["risks"][0]["per_100"]["high"] = 101
    with pytest.raises(ValueError, match="per 100"):
        from_json(written)


@pytest.mark.parametrize(
    ("key", "value"),
    [("options", "none"), ("at", 7), ("schema_version", "2"), ("more", 1), ("sources", []), ("pml", [1])],
)
def test_a_key_that_does_not_fit_is_refused(key: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"expected|version|keys"):
        from_json(write(injectable()) | {key: value})
