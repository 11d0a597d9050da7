from __future__ import annotations

from datetime import date
from typing import Any

import jsonschema
import pytest

from stepdown.patients.checking import check_value
from stepdown.patients.reading import group_type, json_schema, known_keys
from stepdown.patients.syntax import parse_text
from stepdown.patients.template import WRITERS, write_template

TODAY = date(2026, 11, 20)


def template(form: str) -> Any:
    return parse_text(write_template(form), f"template.{form}")


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_the_template_passes_the_check_and_says_that_it_is_the_template(form: str) -> None:
    faults = check_value(template(form), None, TODAY).faults
    assert [(fault.grade.value, fault.path) for fault in faults] == [("note", "id")]


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_the_template_keeps_to_the_schema(form: str) -> None:
    jsonschema.validate(template(form), json_schema())


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_the_template_has_every_key(form: str) -> None:
    from stepdown.patients.patient import Patient

    value = template(form)
    assert known_keys(()) == [key for key in known_keys(()) if key in value]
    for key in known_keys(()):
        if group_type(Patient, key):
            entry = value[key][0] if isinstance(value[key], list) else value[key]
            assert set(known_keys((key,))) == set(entry) - {"$comment"}


def test_the_three_templates_are_the_same_person() -> None:
    patients = [check_value(template(form), None, TODAY).patient for form in sorted(WRITERS)]
    assert patients[0] == patients[1] == patients[2]
