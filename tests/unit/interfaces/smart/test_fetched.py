"""A record that was read in a launch, on its way to a worker and into the account of the form."""

from __future__ import annotations

import json
import pickle
import random
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

pytest.importorskip("httpx2", reason="the extra 'web' is not installed")

from functional.mutating import mutate
from stepdown.interfaces.oauth.failing import NotGranted
from stepdown.interfaces.smart.fetched import FetchedRecord, Page, name_pages
from stepdown.interfaces.smart.record import list_queries, write_search
from stepdown.interfaces.web.asking import find_fetched
from stepdown.interfaces.web.pages import show_record
from stepdown.interfaces.web.refusing import Refused
from stepdown.interfaces.web.settings import Settings
from stepdown.ms.errors import UserError
from stepdown.patients.fhir import FhirPerson, LeftOut

WHO = {"resourceType": "Patient", "id": "invented-1", "birthDate": "1970-03-04"}


def make_page(name: str, *resources: object) -> Page:
    rows = [{"resource": each} for each in resources]
    text = json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": rows})
    return Page(name, 1, len(rows), text)


RECORD = FetchedRecord("invented-1", (make_page("patient", WHO), make_page("conditions", {})), ("imaging",))


def test_a_record_reaches_a_worker_as_it_was_read_and_is_told_of_by_its_names() -> None:
    work = pickle.loads(pickle.dumps(partial(show_record, RECORD, Settings())))
    text = bytes(work().body).decode()
    assert "not given by the record system, and so not known: imaging" in text
    assert "conditions 1 entry[0] unknown: it holds no resource with a resourceType" in text


def test_a_record_shows_nothing_of_the_person_when_it_is_printed() -> None:
    assert "invented-1" not in repr(RECORD) and "1970" not in repr(RECORD)


def test_why_a_launch_ended_comes_back_from_a_worker() -> None:
    other = {"resourceType": "Procedure", "id": "1", "subject": {"reference": "Patient/somebody-else"}}
    record = replace(RECORD, pages=(*RECORD.pages, make_page("procedures", other)))
    with pytest.raises(NotGranted) as told:
        show_record(record, Settings())
    assert pickle.loads(pickle.dumps(told.value)).kind == "another-patient"


def test_what_came_empty_is_named_since_nothing_tells_it_from_a_search_that_went_wrong() -> None:
    pages = (*RECORD.pages, make_page("observations"), replace(make_page("observations"), number=2))
    record = replace(RECORD, pages=pages)
    assert record.empty == ("observations",)
    page = bytes(show_record(record, Settings()).body).decode()
    assert "the record system sent nothing for: observations" in page


@pytest.mark.parametrize("query", list_queries().values(), ids=list(list_queries()))
def test_a_search_says_the_same_when_its_address_is_read(query: str) -> None:
    kind, _, asked = write_search(query, "invented-1").partition("?")
    meant = query.replace("{{context.patientId}}", "invented-1").partition("?")[2]
    assert kind == query.partition("?")[0]
    assert parse_qsl(asked) == [*parse_qsl(meant), ("_count", "200")]
    assert not set(":/|{}") & set(asked)


def list_pages() -> list[dict[str, Any]]:
    """The pages of the invented record, one for each kind of resource."""
    whole = json.loads(Path("examples/fhir/invented-ms-bundle.json").read_text(encoding="utf-8"))
    kinds = dict.fromkeys(row["resource"]["resourceType"] for row in whole["entry"])
    return [{"resourceType": "Bundle", "type": "searchset",
             "entry": [row for row in whole["entry"] if row["resource"]["resourceType"] == kind]}
            for kind in kinds]  # fmt: skip


def break_pages(seed: int) -> FetchedRecord:
    """The record with three things in it that are something else."""
    chance, pages = random.Random(seed), list_pages()
    for _ in range(3):
        mutate(chance.choice(pages), chance)
    made = (Page("patient" if number == 0 else f"query{number}", 1, 1, json.dumps(page))
            for number, page in enumerate(pages))  # fmt: skip
    return FetchedRecord("invented-fhir-1", tuple(made), ())


@pytest.mark.parametrize("many", [150, pytest.param(5_000, marks=pytest.mark.validate)])
def test_no_record_however_broken_is_a_fault_of_ours(many: int) -> None:
    for seed in range(many):
        try:
            assert find_fetched(break_pages(seed), Settings()).bundle is not None
        except (NotGranted, UserError, Refused):
            continue


def test_words_of_a_record_that_look_like_a_place_stay_as_they_are() -> None:
    left_out = (LeftOut("[1].entry[0]", "Condition", "x"), LeftOut("[1]", "Bundle", "x"))
    notes = ("[1].entry[2]: an invented disease [7]. or [99999999]. entry[1]: [x].",)
    told = name_pages(FhirPerson({}, 1, 0, left_out, {}, notes), replace(RECORD, not_given=()))
    assert [row.place for row in told.left_out] == ["conditions 1 entry[0]", "conditions 1"]
    assert told.notes == ("conditions 1 entry[2]: an invented disease [7]. or [99999999]. entry[1]: [x].",)
