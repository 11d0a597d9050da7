"""A mapping file: read as written, and each slip answered with its place and the way to mend it."""

from __future__ import annotations

import pytest

from stepdown.cohorts.registry.importing.mapping import parse_mapping, read_template
from stepdown.ms.errors import UserError

SOUND = """
version: "1"
tables:
  patients: {file: p.csv, columns: {person_id: id, sex: {column: s, words: {no: female}}}}
  visits: {file: v.csv, columns: {person_id: id, date: day}}
derive: {observation_periods: first-to-last-contact}
"""


def test_the_template_is_a_mapping() -> None:
    mapping = parse_mapping(read_template("files"), "template")
    assert set(mapping.tables) == {"patients", "treatments", "visits", "labs"}


def test_words_stay_what_was_written() -> None:
    mapping = parse_mapping(SOUND, "m.yaml")
    (people,) = mapping.tables["patients"]
    assert people.columns["sex"].words == {"no": "female"}
    assert people.columns["person_id"].column == ("id",)


@pytest.mark.parametrize(("wrong", "right", "sentence"), [
    ("[", "version: ", "not valid YAML"),
    ("- 1", SOUND, "has no keys"),
    ("", 'version: "1"\n', "version: this key is missing"),
    ("tabels:", "tables:", "did you mean tables"),
    ("visit:", "visits:", "tables.visit: no such table; did you mean visits"),
    ("dat: day", "date: day", "tables.visits.0.columns.dat: no such column; did you mean date"),
    ("columns: {date: day}", "columns: {person_id: id, date: day}", "person_id is missing"),
    ("columns: {person_id: id}", "columns: {person_id: id, date: day}", "date is missing"),
    ("person_id: {value: A}, date", "person_id: id, date", "comes from a column"),
    ("sex: {words: {a: male}}", "sex: {column: s, words: {no: female}}", "either column or value"),
    ("derive: {}", "derive: {observation_periods: first-to-last-contact}", "who the observation_periods are"),
])
def test_a_slip_is_answered_with_its_place(wrong: str, right: str, sentence: str) -> None:
    assert right in SOUND
    with pytest.raises(UserError) as problem:
        parse_mapping(SOUND.replace(right, wrong), "m.yaml")
    assert problem.value.sentence.startswith("m.yaml: ") and sentence in problem.value.sentence
