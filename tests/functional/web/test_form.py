"""The form and the three other ways in: what is posted becomes the same answer as the command gives."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from functional.web.people import CARRIED, PERSON, to_fields
from functional.web.served import Served
from stepdown.decisions.assess import assess
from stepdown.patients.checking import check_value
from stepdown.patients.history import History
from stepdown.reports import to_json

BOUNDARY = "----invented"


def upload(served: Served, name: str, text: str, path: str = "/answer") -> tuple[int, str]:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = f"{head}{text}\r\n--{BOUNDARY}--\r\n".encode()
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    reply = served.ask("POST", path, body, {"Origin": served.origin, "Content-Type": kind})
    return reply.status, reply.text


def test_fields_of_the_form_say_what_the_person_file_says(served: Served) -> None:
    reply = served.post("/download/json", to_fields(PERSON))
    checked = check_value(PERSON)
    assert checked.patient is not None
    expected = to_json(assess(History(checked.patient, checked.at), checked.faults))
    assert json.loads(reply.text) == json.loads(json.dumps(expected))


def test_the_form_gives_back_the_person_file(served: Served) -> None:
    assert json.loads(served.post("/download/person", to_fields(PERSON)).text) == PERSON


def test_every_example_opens_in_the_form_and_is_answered(served: Served, checkout: Path) -> None:
    start = served.get("/").text
    names = sorted(path.name for path in (checkout / "examples").glob("[01]*"))
    assert len(names) == 12
    for name in names:
        assert f'<option value="{name}">' in start
        assert served.post("/form", {"example": name}).status == 200
        assert json.loads(served.post("/download/json", {"example": name}).text)["options"]


@pytest.mark.parametrize("name", ["a.json", "a.JSON", "without-ending"])
def test_an_uploaded_file_is_answered(served: Served, name: str) -> None:
    status, text = upload(served, name, json.dumps(PERSON))
    assert (status, "<h1>Options for invented-mark-7731" in text) == (200, True)


@pytest.mark.parametrize(
    "text", ["age: 61\ndiagnosis: MS\n", 'age = 61\ndiagnosis = "MS"\n', '{"age": 61, "diagnosis": "MS"}']
)
def test_pasted_text_is_read_whatever_its_form(served: Served, text: str) -> None:
    assert "<h1>Options for" in served.post("/answer", {"open": "yes", "text": text}).text


def test_a_text_that_cannot_be_read_says_in_which_line(served: Served) -> None:
    reply = served.post("/answer", {"open": "yes", "text": '{\n"age": 61,,\n}'})
    assert reply.status == 422
    assert "line 2" in reply.text


def test_nothing_pasted_and_no_file_is_said(served: Served) -> None:
    assert "nothing was sent" in served.post("/answer", {"open": "yes", "text": ""}).text


def test_an_error_stands_beside_its_field_and_at_the_top(served: Served) -> None:
    reply = served.post("/answer", {"age": "61", "diagnosis": "MS", "edss[0].score": "2.7"})
    assert reply.status == 422
    assert '<a href="#f-edss-0-score">EDSS 1, score</a>: the EDSS is 0, 1, 1.5' in reply.text
    assert 'id="f-edss-0-score-error">The EDSS is 0' in reply.text
    assert 'aria-describedby="f-edss-0-score-error" aria-invalid="true"' in reply.text


def test_an_error_that_no_field_holds_is_said_with_what_becomes_of_it(served: Served) -> None:
    reply = served.post("/answer", {"text": '{"age": 61, "diagnosis": "MS", "colour": "red"}'})
    assert "<strong>colour</strong> (not in the form" in reply.text


def test_a_list_ticked_as_none_with_an_entry_is_an_error(served: Served) -> None:
    fields = {"age": "61", "diagnosis": "MS", "relapses.none": "yes", "relapses[0].onset": "2012"}
    assert "ticked as none, and an entry is written" in served.post("/answer", fields).text


def test_an_entry_can_be_added_and_removed_without_javascript(served: Served) -> None:
    fields = to_fields(PERSON)
    more = served.post("/form", {**fields, "add": "mri"}).text
    assert 'name="mri[6].date"' in more
    fewer = served.post("/form", {**fields, "remove": "mri[1]"}).text
    assert 'value="2018-06-16"' not in fewer
    assert re.search(r'name="mri\[4\]\.date"[^>]*value="2026-06-16"', fewer)
    goals = served.post("/form", {**fields, "remove": "goals[0]"}).text
    assert 'value="to walk with the dog"' not in goals
    assert re.search(r'name="goals\[0\]"[^>]*value="to sleep"', goals)


def test_the_answer_carries_the_person_back_to_the_form(served: Served) -> None:
    form = served.post("/form", CARRIED).text
    assert 'value="glatiramer-acetate"' in form
    assert '<option value="2.5" selected>' in form


@pytest.mark.validate
def test_files_to_keep_have_a_name_without_the_person(served: Served) -> None:
    replies = {kind: served.post(f"/download/{kind}", CARRIED) for kind in ("pdf", "json", "fhir", "person")}
    for reply in replies.values():
        assert reply.status == 200
        assert "7731" not in reply.headers["content-disposition"]
    assert replies["pdf"].content.startswith(b"%PDF-")


@pytest.mark.parametrize("kind", ["pdf", "json"])
def test_no_answer_is_kept_for_a_person_with_errors(served: Served, kind: str) -> None:
    reply = served.post(f"/download/{kind}", {"age": "61", "diagnosis": "MS", "edss[0].score": "2.7"})
    assert (reply.status, "something to mend" in reply.text) == (422, True)


def test_a_result_that_is_a_limit_stands_in_its_field_and_in_the_person_file(served: Served) -> None:
    lab = {"labs[0].date": "2026-10-01", "labs[0].test": "igg", "labs[0].value": "<5", "labs[0].unit": "g/L"}
    fields = {"diagnosis": "MS", "age": "61", **lab}
    assert 'value="&lt;5"' in served.post("/form", fields).text
    kept = json.loads(served.post("/download/person", fields).text)["labs"]
    assert kept == [{"date": "2026-10-01", "test": "igg", "value": "<5", "unit": "g/L"}]
