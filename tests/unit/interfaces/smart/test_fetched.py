"""A record that was read in a launch, on its way to a worker and into the account of the form."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qsl

import pytest

pytest.importorskip("httpx2", reason="the extra 'web' is not installed")

from stepdown.interfaces.oauth.failing import NotGranted
from stepdown.interfaces.smart.fetched import FetchedRecord, Page
from stepdown.interfaces.smart.record import list_queries, write_search
from stepdown.interfaces.web.pages import show_record
from stepdown.interfaces.web.settings import Settings

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
