"""A new study begins from a file that names every key; a change is described by what became different."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields, replace
from datetime import date

from stepdown.evidence.check import check_study
from stepdown.evidence.editing import describe_changes, write_skeleton
from stepdown.evidence.reading import read_study
from stepdown.evidence.study import Study
from unit.evidence.invented_studies import finding, study

TEXT = write_skeleton("smith2027", date(2027, 1, 2))


def test_a_skeleton_is_read_and_lacks_only_what_a_person_must_fill_in() -> None:
    read = read_study(TEXT, "smith2027.toml")
    assert (read.id, read.added) == ("smith2027", "2027-01-02")
    faults = {fault.field for fault in check_study(read, {"smith2027"})}
    assert faults == {"title", "limits", "design", "published", "urls"}


def test_every_key_of_a_study_but_those_of_later_is_explained() -> None:
    named = set(re.findall(r"^(?:# )?(?:\[\[|\[)?([a-z_]+)\b(?=\s*=|\])", TEXT, re.MULTILINE))
    of_programs = {"simulated"}  # written by cohort to-study for an invented registry, by nobody by hand
    later = {"corrected", "retracted", "changes"}
    assert {item.name for item in fields(Study)} - named == later | of_programs


def test_with_its_marks_taken_away_a_skeleton_is_valid_toml() -> None:
    keys = re.sub(r"^# (?=\[|[a-z_]+ = )", "", TEXT, flags=re.MULTILINE)
    assert len(tomllib.loads(keys)["findings"]) == 1


def test_changed_fields_and_findings_are_named() -> None:
    before = study("one", finding("kept"), finding("gone"), limits="small")
    after = replace(before, limits="large", findings=(finding("kept", n=41, events=5), finding("new")))
    words = "changed limits; added finding new; removed finding gone; finding kept: changed events, n"
    assert describe_changes(before, after) == words


def test_nothing_different_has_no_words() -> None:
    assert describe_changes(study("one", finding()), study("one", finding())) == ""
