"""What a code or a name in a health record means: a disease, a test, an answer, a kind of drug.

SNOMED CT, LOINC, RxNorm, ATC and ICD belong to their owners; only the codes that are read are kept here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from stepdown.ms.sources import read_data

SYSTEMS = ("icd10", "icd11", "snomed", "loinc", "ctv3")


@dataclass(frozen=True)
class Meaning:
    """What a code means; ``not_this`` says why a code that is near to one of ours is not used."""

    diagnosis: str | None = None
    course: str | None = None
    is_relapse: bool = False
    test: str | None = None
    caution: str = ""
    not_this: str = ""


@dataclass(frozen=True)
class TestName:
    """Words that name a test, and words that make it another one."""

    test: str
    any: tuple[str, ...]
    without: tuple[str, ...]


@cache
def _systems() -> Mapping[str, str]:
    """Our short name of each address of a terminology."""
    return {address: name for name, rows in read_data("codes.toml")["systems"].items() for address in rows}


def find_system(address: str) -> str | None:
    """Our short name of a terminology: icd10, snomed, loinc, rxnorm, atc, ctv3, icd11; None if not ours."""
    return _systems().get(address)


@cache
def _meanings() -> Mapping[tuple[str, str], Meaning]:
    data = read_data("codes.toml")
    found: dict[tuple[str, str], Meaning] = {}
    for row in (*data["disease"], *data["observation"]):
        meaning = Meaning(
            row.get("diagnosis"),
            row.get("course"),
            row.get("relapse", False),
            row.get("test"),
            row.get("caution", ""),
            row.get("not_this", ""),
        )
        found |= {(system, code): meaning for system in SYSTEMS for code in row.get(system, ())}
    return found


def find_meaning(system: str, code: str) -> Meaning | None:
    """What a code of a terminology means; any ICD-10 code under G35 is MS, whatever its country adds."""
    found = _meanings().get((system, code))
    if found is None and system == "icd10" and code.startswith("G35"):
        return Meaning(diagnosis="MS")
    return found


@cache
def _test_names() -> tuple[TestName, ...]:
    return tuple(
        TestName(row["test"], tuple(row["any"]), tuple(row.get("without", ())))
        for row in read_data("codes.toml")["name"]
    )


@cache
def find_test_by_name(name: str) -> str | None:
    """The test that a written name means, or None where it may mean something else."""
    words = f" {name.casefold()} "
    for row in _test_names():
        if any(word in words for word in row.any) and not any(word in words for word in row.without):
            return row.test
    return None


@cache
def find_answer(text: str) -> str | None:
    """positive, negative or indeterminate, by a code or a word; None for anything else."""
    key = text.strip().casefold()
    answers = read_data("codes.toml")["answers"]
    return next((name for name, words in answers.items() if key in words), None)


@cache
def find_smoking(text: str) -> bool | None:
    """Whether a written answer says that the person smokes now; None where it does not say."""
    words, answers = text.casefold(), read_data("codes.toml")["smoking"]
    if any(word in words for word in answers["no"]):
        return False
    return True if any(word in words for word in answers["yes"]) else None


@cache
def find_drug_kind(name: str) -> str | None:
    """immunosuppressant, checkpoint_inhibitor or relapse_treatment by a word in the name of a drug."""
    words = name.casefold()
    kinds = read_data("codes.toml")["drugs"]
    return next((kind for kind, drugs in kinds.items() if any(drug in words for drug in drugs)), None)
