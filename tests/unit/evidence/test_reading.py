"""A study file becomes a study, a wrong file one sentence, and the whole library is sound."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from importlib.resources import files

import pytest

from stepdown.evidence.check import check_library
from stepdown.evidence.reading import library_hash, read_library, read_study
from stepdown.evidence.study import Arm, Effect
from stepdown.ms.errors import UserError

TEXT = """
id = "invented2024"
title = "An invented trial of stopping"
design = "rct"
disease = "MS"
read = "abstract"
published = "2024"
added = "2026-11-21"
topic = "stopping"
urls = ["https://example.org/invented"]

[population]
n = 90
age_mean = 55.5

[[arms]]
id = "stop"
strategy = "stop"
n = 45

[[findings]]
id = "relapse"
outcome = "relapse"
strategy = "stop"
report = "ratio"
definition = "any relapse"
locator = "abstract"
effect = { measure = "HR", value = 2.0, versus = "continue" }
"""


def file_names() -> list[str]:
    folder = files("stepdown.evidence") / "library"
    return sorted(item.name for item in folder.iterdir() if item.name.endswith(".toml"))


def test_a_study_file_becomes_a_study_with_its_parts() -> None:
    study = read_study(TEXT, "invented2024.toml")
    assert study.population.age_mean == 55.5
    assert study.arms == (Arm("stop", "stop", 45),)
    assert study.finding("relapse").effect == Effect("HR", 2.0, "continue")
    assert study.urls == ("https://example.org/invented",)


def test_what_a_file_does_not_say_is_unknown() -> None:
    study = read_study(TEXT, "invented2024.toml")
    assert study.pmid is None and study.excluded_early_relapsers is None
    assert study.population.female_percent is None and study.finding("relapse").events is None


def test_a_study_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        read_study(TEXT, "invented2024.toml").title = "another"  # type: ignore[misc]


def test_a_finding_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        read_study(TEXT, "invented2024.toml").finding("restart")


@pytest.mark.parametrize(("old", "new", "parts"), [
    ('design = "rct"', 'desing = "rct"', ("invented2024.toml", "'desing'")),
    ('design = "rct"', "", ("invented2024.toml", "'design'", "missing")),
    ("age_mean = 55.5", "age = 55.5", ("invented2024.toml.population", "'age'")),
    ('locator = "abstract"', "", ("invented2024.toml.findings[0]", "'locator'", "missing")),
    ('versus = "continue" }', 'against = "continue" }', ("findings[0].effect", "'against'")),
    ('id = "invented2024"', "id = invented2024", ("invented2024.toml", "not valid TOML")),
])
def test_a_wrong_key_is_named_with_its_place(old: str, new: str, parts: tuple[str, ...]) -> None:
    with pytest.raises(UserError) as caught:
        read_study(TEXT.replace(old, new, 1), "invented2024.toml")
    assert all(part in caught.value.sentence for part in parts)


def test_every_file_of_the_library_is_read_and_named_after_its_study() -> None:
    assert [f"{study_id}.toml" for study_id in read_library()] == file_names()
    assert file_names()


def test_the_whole_library_has_no_fault() -> None:
    assert [str(fault) for fault in check_library(read_library().values())] == []


def test_every_study_of_the_library_says_what_it_cannot_tell() -> None:
    assert [study.id for study in read_library().values() if not study.appraisal or not study.limits] == []


def test_no_file_of_the_library_keeps_a_mark_of_its_draft() -> None:
    folder = files("stepdown.evidence") / "library"
    marks = ("FIXME", "(memory", "unverified", "INFERRED", "EXCERPT", "#")
    found = [(name, mark) for name in file_names() for mark in marks
             if mark in (folder / name).read_text("utf-8")]
    assert found == []


def test_the_hash_of_the_library_is_16_hex_digits_and_stays_the_same() -> None:
    first = library_hash()
    library_hash.cache_clear()
    assert library_hash() == first
    assert len(first) == 16 and int(first, 16) >= 0
