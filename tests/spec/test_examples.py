"""The twelve invented people get what the sources say of them: see examples.toml, and examples/README.md."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spec.answering import Asked, alert_text, lacking, plan_text, select_options
from stepdown.decisions.answer import Option
from stepdown.evidence.reading import read_library
from stepdown.ms.therapies import read_therapies
from stepdown.patients.checking import check_file

FOLDER = Path(__file__).resolve().parents[2] / "examples"
TEXT = Path(__file__).with_name("examples.toml").read_text(encoding="utf-8")
PEOPLE = tomllib.loads(TEXT)["person"]
SELECTS = ("strategy", "direction", "therapy", "group", "interval_days", "interval_over")
FILES = sorted(path for path in FOLDER.iterdir() if path.suffix in {".json", ".toml", ".yaml"})


def answer_of(person: dict[str, Any]) -> Asked:
    return Asked({}, check_file(FOLDER / person["file"]))


def find_options(asked: Asked, wanted: dict[str, Any]) -> list[Option]:
    return select_options(asked.answer, [{key: wanted[key] for key in SELECTS if key in wanted}])


def each_option() -> Iterator[Any]:
    for person in PEOPLE:
        for wanted in person.get("option", ()):
            named = " ".join(str(wanted[key]) for key in SELECTS if key in wanted)
            yield pytest.param(person, wanted, id=f"{person['file']} {named}")


@pytest.mark.parametrize(("person", "wanted"), list(each_option()))
def test_an_option_stands_as_the_sources_say(person: dict[str, Any], wanted: dict[str, Any]) -> None:
    found = {option.id: option.standing for option in find_options(answer_of(person), wanted)}
    if wanted.get("absent"):
        assert not found, wanted["reason"]
    else:
        assert found or wanted.get("may_be_absent"), wanted["reason"]
        assert set(found.values()) <= set(wanted["standing"]), (found, wanted["reason"])


@pytest.mark.parametrize(("person", "wanted"), list(each_option()))
def test_an_option_has_its_gap_and_its_plan(person: dict[str, Any], wanted: dict[str, Any]) -> None:
    for option in find_options(answer_of(person), wanted) if "gap_days" in wanted or "plan" in wanted else ():
        assert not lacking(wanted.get("plan", ()), plan_text(option)), option.id
        if "gap_days" in wanted:
            assert option.bridge is not None and option.bridge.max_gap_days <= wanted["gap_days"], option.id


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person["file"])
def test_the_whole_answer_says_what_it_must(person: dict[str, Any]) -> None:
    asked = answer_of(person)
    assert (asked.answer.status == "refused") is person["refused"]
    assert not lacking(person.get("alerts", ()), alert_text(asked.answer))
    assert not lacking(person.get("says", ()), asked.clinician)
    missing = " ".join(each.fact for each in asked.answer.missing_ranked)
    assert not lacking(person.get("unknown", ()), missing)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person["file"])
def test_pml_numbers_are_those_of_the_table(person: dict[str, Any]) -> None:
    cells = [(cell.per_1000_low, cell.per_1000_high) for cell in answer_of(person).answer.pml]
    wanted = [(number, number) for number in person.get("pml", ())]
    assert cells[: len(wanted)] == wanted


@pytest.mark.parametrize(
    "person", [each for each in PEOPLE if "every_standing" in each], ids=lambda person: person["file"]
)
def test_no_option_is_judged_where_none_can_be(person: dict[str, Any]) -> None:
    options = [option for option in answer_of(person).answer.options if option.id != "referral"]
    assert options and {option.standing for option in options} <= set(person["every_standing"])
    assert not any(risk.per_100 for option in options for risk in option.risks)


@pytest.mark.parametrize(
    ("person", "wanted"),
    [(person, risk) for person in PEOPLE for risk in person.get("risk", ())],
    ids=lambda each: each.get("file") or each["outcome"],
)
def test_what_the_studies_answer_is_answered(person: dict[str, Any], wanted: dict[str, Any]) -> None:
    options = select_options(answer_of(person).answer, [{"strategy": wanted["strategy"]}])
    risks = [risk for option in options for risk in option.risks
             if (risk.outcome, risk.time_years) == (wanted["outcome"], wanted["time_years"])]
    assert risks and {risk.status for risk in risks} == {wanted["status"]}
    assert set(wanted["from"]) <= {source.split("#")[0] for risk in risks for source in risk.sources}


def test_every_example_has_its_expectations_and_is_called_invented() -> None:
    assert [path.name for path in FILES] == [person["file"] for person in PEOPLE]
    for path in FILES:
        patient = check_file(path).patient
        assert patient is not None and (patient.id or "").startswith("invented-")


def test_every_expectation_names_sources_that_exist() -> None:
    known = {*read_library(), *read_therapies()}
    for person in PEOPLE:
        for wanted in person.get("option", ()):
            assert wanted["reason"] and set(wanted["sources"]) <= known, wanted["sources"]
