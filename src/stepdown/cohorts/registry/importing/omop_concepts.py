"""Which concepts of an OMOP database mean what: the mapping as data, and the concept numbers it leads to."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stepdown.cohorts.registry.importing.mapping import Words, read_template
from stepdown.ms.errors import UserError
from stepdown.ms.therapies import read_therapies
from stepdown.patients.patient import LAB_TESTS
from stepdown.patients.yaml_text import load_text

BY_NUMBER = "concept_id"
#: Codes by vocabulary; ``concept_id`` stands for concept numbers.
Codes = dict[str, Words]


class OmopMapping(BaseModel):
    """The concepts of each thing that is looked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    version: Literal["1"]
    diagnosis: dict[Literal["MS", "NMOSD", "MOGAD"], Codes]
    course: dict[Literal["CIS", "RRMS", "SPMS", "PPMS"], Codes] = Field(default_factory=dict)
    sex: dict[Literal["male", "female", "other"], Codes] = Field(default_factory=dict)
    events: dict[Literal["infection", "cancer", "cancer-immunotherapy", "pregnancy", "comorbidity",
                         "adverse-event"], Codes] = Field(default_factory=dict)
    relapses: Codes = Field(default_factory=dict)
    hospital: Codes = Field(default_factory=dict)
    edss: Codes = Field(default_factory=dict)
    labs: dict[str, Codes] = Field(default_factory=dict)
    drugs: dict[str, Codes] = Field(default_factory=dict)
    gap_days: int = Field(90, ge=0, le=1000)


@dataclass(frozen=True)
class Meaning:
    """A concept of the database, and what it means: ``sort`` diagnosis, course, labs ..., ``word`` which."""

    sort: str
    word: str
    concept: int


def read_omop_mapping(path: Path | None) -> OmopMapping:
    """The mapping of a file, or the one that ships; UserError says what is wrong with it."""
    if path is None:
        return parse_omop_mapping(read_template("omop"), "the mapping that ships")
    try:
        return parse_omop_mapping(path.read_text(encoding="utf-8-sig"), str(path))
    except (OSError, UnicodeDecodeError) as problem:
        raise UserError(f"{path}: cannot be read as a text in UTF-8.") from problem


def parse_omop_mapping(text: str, name: str) -> OmopMapping:
    """The mapping in the text of a file called ``name``."""
    try:
        mapping = OmopMapping.model_validate(load_text(text))
    except (yaml.YAMLError, ValueError) as problem:
        raise UserError(f"{name}: {_say(problem)}") from problem
    for sort, words, known in (("labs", mapping.labs, LAB_TESTS), ("drugs", mapping.drugs, read_therapies())):
        for word in words:
            if word not in known:
                near = difflib.get_close_matches(word, list(known), 1)
                hint = f"; did you mean {near[0]}?" if near else "."
                raise UserError(f"{name}: {sort}.{word}: stepdown knows none of this name{hint}")
    return mapping


def _say(problem: Exception) -> str:
    if not isinstance(problem, ValidationError):
        return "not valid YAML."
    fault = problem.errors()[0]
    return f"{'.'.join(map(str, fault['loc'])) or 'the whole'}: {fault['msg']}."


def list_codes(mapping: OmopMapping) -> Iterator[tuple[str, str, str, str]]:
    """Every code of a mapping as (sort, word, vocabulary, code)."""
    for sort in ("diagnosis", "course", "sex", "events", "labs", "drugs"):
        for word, codes in getattr(mapping, sort).items():
            yield from ((sort, word, vocabulary, code) for vocabulary, each in codes.items() for code in each)
    for sort in ("relapses", "hospital", "edss"):
        for vocabulary, each in getattr(mapping, sort).items():
            yield from ((sort, sort, vocabulary, code) for code in each)


def ask_codes(mapping: OmopMapping, vocabulary: str, code: str) -> str:
    """The condition that a concept is one of those the mapping names by code; columns are given as SQL."""
    asked: dict[str, set[str]] = {}
    for _, _, name, wanted in list_codes(mapping):
        if name != BY_NUMBER:
            asked.setdefault(name, set()).add(wanted)
    either = [f"({vocabulary} = {_text(name)} AND ({_match_codes(sorted(codes), code)}))"
              for name, codes in sorted(asked.items())]
    return f"({' OR '.join(either)})" if either else "FALSE"


def _match_codes(codes: list[str], column: str) -> str:
    whole = ", ".join(_text(code) for code in codes if not code.endswith("*"))
    begun = [f"starts_with({column}, {_text(code.rstrip('*'))})" for code in codes if code.endswith("*")]
    return " OR ".join([*([f"{column} IN ({whole})"] if whole else []), *begun])


def _text(words: str) -> str:
    doubled = words.replace("'", "''")
    return f"'{doubled}'"


def create_meanings(work: Any, mapping: OmopMapping) -> int:
    """Make the table ``meanings`` (sort, word, concept): all concepts the codes lead to; how many there are.

    They are those named, and all below them in the copied concept_ancestor.
    """
    work.execute("CREATE OR REPLACE TABLE codes (sort VARCHAR, word VARCHAR, vocabulary VARCHAR, "
                 "code VARCHAR)")
    rows = list(list_codes(mapping))
    if rows:
        work.executemany("INSERT INTO codes VALUES (?, ?, ?, ?)", rows)
    work.execute(
        "CREATE OR REPLACE TABLE meanings AS WITH named AS ("
        "SELECT sort, word, concept_id AS concept FROM codes JOIN cdm.concept ON "
        "vocabulary_id = vocabulary AND (concept_code = code OR "
        "(ends_with(code, '*') AND starts_with(concept_code, rtrim(code, '*')))) "
        f"UNION SELECT sort, word, TRY_CAST(code AS BIGINT) FROM codes WHERE vocabulary = '{BY_NUMBER}') "
        "SELECT * FROM named WHERE concept IS NOT NULL AND concept <> 0 "
        "UNION SELECT sort, word, descendant_concept_id FROM named JOIN cdm.concept_ancestor "
        "ON ancestor_concept_id = named.concept")
    return int(work.execute("SELECT count(*) FROM meanings").fetchone()[0])
