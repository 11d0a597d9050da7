"""Odd calls of a record system, and odd things that people do with the pages. All people are invented."""

import contextlib
import gzip
import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra 'web' is not installed")

ATC, RXNORM = "http://www.whocc.no/atc", "http://www.nlm.nih.gov/research/umls/rxnorm"
NAMES = ("Quillfeather", "Zebedee", "4857773456")


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def cards(self) -> list[dict[str, Any]]:
        assert self.status == 200, self.text
        found: list[dict[str, Any]] = json.loads(self.text)["cards"]
        for card in found:
            assert 0 < len(card["summary"]) < 140 and card["source"]["label"]
            assert all(value not in ("", [], {}, None) for value in card.values())
        return found


@dataclass
class Server:
    url: str

    def ask(self, path: str, body: bytes | None = None, method: str | None = None, **headers: str) -> Reply:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, body, sent, method=method)
        try:
            reply = urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as refused:
            reply = refused
        with reply:
            kept = {name.lower(): value for name, value in reply.headers.items()}
            return Reply(reply.status, kept, reply.read().decode())

    def hook(self, call: dict[str, Any]) -> Reply:
        name = call["hook"]
        body = json.dumps(call).encode()
        return self.ask(f"/cds-services/stepdown-{name}", body, Content_Type="application/json")

    def form(self, path: str, fields: dict[str, str] | bytes, **headers: str) -> Reply:
        body = fields if isinstance(fields, bytes) else urllib.parse.urlencode(fields).encode()
        sent = {"Content_Type": "application/x-www-form-urlencoded", "Origin": self.url} | headers
        return self.ask(path, body, **sent)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("stepdown")), "serve", "--port", str(port)]
    command += ["--hooks-demo", "--posts-per-minute", "0"]
    with (tmp_path_factory.mktemp("clinic") / "log").open("w") as log:
        program = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        server = Server(f"http://127.0.0.1:{port}")
        for _ in range(600):
            with contextlib.suppress(OSError):
                assert server.ask("/healthz").status == 200
                break
            time.sleep(0.1)
        yield server
    finally:
        program.terminate()
        program.wait(20)


def days_ago(days: int) -> str:
    return (date.today() - timedelta(days=days)).isoformat()


def listed(*resources: Any, **more: Any) -> dict[str, Any]:
    entries = [r if "resourceType" not in r else {"resource": r} for r in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries, **more}


def statement(drug: str, days: int, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "status": "active",
        "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": {"text": drug},
        "effectivePeriod": {"start": days_ago(days)},
        **more,
    }


def chart(*conditions: Any, taken: str = "natalizumab", **more: Any) -> dict[str, Any]:
    """A woman with relapsing MS on a drug for three years, with a JC virus index of 2.4, and nothing else."""
    person = {
        "resourceType": "Patient",
        "id": "p1",
        "gender": "female",
        "birthDate": "1988-03-02",
        "name": [{"family": "Quillfeather", "given": ["Zebedee"]}],
    }
    ms = {
        "resourceType": "Condition",
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "G35.A"}]},
        "subject": {"reference": "Patient/p1"},
    }
    index = {
        "resourceType": "Observation",
        "status": "final",
        "subject": {"reference": "Patient/p1"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "100977-8"}]},
        "effectiveDateTime": days_ago(50),
        "valueQuantity": {"value": 2.4},
    }
    empty = {key: listed() for key in ("requests", "administrations", "procedures", "imaging", "reports")}
    return {
        "patient": person,
        "conditions": listed(ms, *conditions),
        "observations": listed(index),
        "statements": listed(statement(taken, 1100)),
        **empty,
        **more,
    }


PREGNANT = {
    "resourceType": "Condition",
    "code": {"text": "Pregnancy"},
    "subject": {"reference": "Patient/p1"},
    "onsetDateTime": days_ago(60),
}


def view(prefetch: Any, **more: Any) -> dict[str, Any]:
    context = {"userId": "PractitionerRole/7", "patientId": "p1", "encounterId": "e1"}
    return {
        "hook": "patient-view",
        "hookInstance": str(uuid.uuid4()),
        "prefetch": prefetch,
        "context": context,
        **more,
    }


def draft(drug: Any, name: str = "d1", **more: Any) -> dict[str, Any]:
    held = {"medicationCodeableConcept": {"text": drug}} if isinstance(drug, str) else drug
    return {
        "resourceType": "MedicationRequest",
        "id": name,
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        **held,
        **more,
    }


def order(prefetch: Any, *drafts: Any, hook: str = "order-sign", **context: Any) -> dict[str, Any]:
    call = view(prefetch) | {"hook": hook}
    call["context"] |= {"draftOrders": listed(*drafts, type="collection")} | context
    return call


# ---- orders ----------------------------------------------------------------------------------------------


def test_of_several_drafts_each_therapy_is_judged_and_the_rest_is_left_alone(clinic: Server) -> None:
    drafts = (
        draft("amoxicillin 500 mg", "a"),
        draft("fingolimod", "b"),
        draft("ocrelizumab", "c"),
        {
            "resourceType": "ServiceRequest",
            "id": "s",
            "status": "draft",
            "intent": "order",
            "code": {"text": "MRI brain"},
            "subject": {"reference": "Patient/p1"},
        },
    )
    said = json.dumps(clinic.hook(order(chart(PREGNANT), *drafts)).cards).lower()
    assert "fingolimod" in said and "ocrelizumab" in said
    assert "amoxicillin" not in said and "mri brain" not in said


CODED = {
    "several systems, ours last": {
        "medicationCodeableConcept": {
            "coding": [
                {"system": "urn:oid:1.2.3.4", "code": "991"},
                {"system": "http://hl7.org/fhir/sid/ndc", "code": "0078-0607-15"},
                {"system": ATC, "code": "L04AE01"},
            ]
        }
    },
    "known only by what the code shows": {
        "medicationCodeableConcept": {
            "coding": [
                {"system": RXNORM, "code": "1012904", "display": "fingolimod 0.5 MG Oral Capsule [Gilenya]"}
            ]
        }
    },
    "contained": {
        "medicationReference": {"reference": "#m"},
        "contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "Gilenya"}}],
    },
    "the concept of R5": {"medication": {"concept": {"text": "fingolimod"}}},
    "the reference of R5": {"medication": {"reference": {"reference": "Medication/m1"}}},
    "a reference with its name": {
        "medicationReference": {"reference": "Medication/404", "display": "Gilenya"}
    },
}


@pytest.mark.parametrize("held", CODED.values(), ids=CODED)
def test_a_drug_is_known_however_a_draft_names_it(held: dict[str, Any], clinic: Server) -> None:
    """Fingolimod for somebody who is pregnant: silence would harm."""
    beside = {"resourceType": "Medication", "id": "m1", "code": {"text": "fingolimod"}}
    cards = clinic.hook(order(chart(PREGNANT, taken="x"), draft(held), beside)).cards
    assert cards and cards[0]["indicator"] != "info" and "fingolimod" in json.dumps(cards).lower()


@pytest.mark.parametrize("reference", ["urn:uuid:9b1", "https://fhir.h.example/r4/Medication/m9"])
def test_a_draft_that_refers_to_a_medication_by_its_address_in_the_bundle_is_judged(
    reference: str, clinic: Server
) -> None:
    medicine = {
        "fullUrl": reference,
        "resource": {"resourceType": "Medication", "code": {"text": "fingolimod"}},
    }
    wanted = draft({"medicationReference": {"reference": reference}})
    assert clinic.hook(order(chart(PREGNANT, taken="x"), wanted, medicine)).cards


def test_a_selection_that_names_no_draft_silences_nothing(clinic: Server) -> None:
    """Written without the kind, or leading nowhere: the order is there all the same."""
    for chosen in (["d1"], ["MedicationRequest/gone"], None, "MedicationRequest/d1"):
        call = order(chart(PREGNANT, taken="x"), draft("fingolimod"), hook="order-select", selections=chosen)
        reply = clinic.hook(call)
        assert reply.status == 400 or reply.cards, chosen
    call = order(chart(PREGNANT, taken="x"), draft("fingolimod"), hook="order-select")
    reply = clinic.hook(call)
    assert reply.status == 400 or reply.cards


def test_an_order_whose_drug_was_not_sent_is_said_not_to_be_judged_and_one_that_is_empty_is_left(
    clinic: Server,
) -> None:
    lost, begun = draft({"medicationReference": {"reference": "Medication/404"}}), draft({})
    [card] = clinic.hook(order(chart(), lost)).cards
    assert card["indicator"] == "info" and "not sent" in card["summary"]
    assert clinic.hook(order(chart(), begun)).cards == []
    without = chart() | {"conditions": listed()}
    assert clinic.hook(order(without, lost)).cards == []


def test_a_biosimilar_of_the_drug_that_is_taken_is_that_drug(clinic: Server) -> None:
    cards = clinic.hook(order(chart(), draft("natalizumab-sztn (TYRUKO) 300 mg/15 mL IV"))).cards
    assert cards and "natalizumab" in cards[0]["summary"].lower()
    assert "another" not in " ".join(card["summary"] for card in cards).lower()


def test_a_second_therapy_beside_the_one_that_is_taken_is_told(clinic: Server) -> None:
    later = {"dosageInstruction": [{"timing": {"repeat": {"boundsPeriod": {"start": days_ago(-60)}}}}]}
    cards = clinic.hook(order(chart(), draft("Ocrevus", **later))).cards
    said = json.dumps(cards).lower()
    assert cards and "ocrelizumab" in said and "natalizumab" in said


# ---- the frame of a call ---------------------------------------------------------------------------------


def test_keys_that_nobody_here_knows_change_nothing(clinic: Server) -> None:
    plain = clinic.hook(view(chart())).cards
    more = view(
        chart(), extension={"com.h.example": {"a": 1}}, fhirVersion="DSTU2", fhirServer="https://x.example"
    )
    more["context"] |= {"departmentId": "d", "extra": [1, {"a": None}]}
    odd = clinic.hook(more).cards
    assert [card["summary"] for card in odd] == [card["summary"] for card in plain] and plain


@pytest.mark.parametrize(
    "wrong",
    [
        {"hookInstance": 7},
        {"context": []},
        {"context": {"userId": "u", "patientId": ["p1"]}},
        {"prefetch": "x"},
        {"hook": "order-dispatch"},
        {"context": {"userId": "u", "patientId": "p1' OR 1=1"}},
        {"context": {"userId": "u", "patientId": "Patient/p1"}},
        {"prefetch": {"patient": {"resourceType": "Patient"}}},
    ],
)
def test_a_frame_that_is_wrong_gets_an_outcome_that_says_so(wrong: dict[str, Any], clinic: Server) -> None:
    body = json.dumps(view(chart()) | wrong).encode()
    reply = clinic.ask("/cds-services/stepdown-patient-view", body, Content_Type="application/json")
    assert reply.status in {400, 412, 422}
    assert json.loads(reply.text)["resourceType"] == "OperationOutcome"
    assert "OR 1=1" not in reply.text


@pytest.mark.parametrize("entries", [[None], ["x"], [{}], [{"resource": None}], {"0": 1}, None])
def test_drafts_that_are_none_break_nothing(entries: Any, clinic: Server) -> None:
    call = order(chart(), draft("x"))
    call["context"]["draftOrders"]["entry"] = entries
    assert clinic.hook(call).status in {200, 400}


def test_a_search_that_was_cut_off_without_a_next_page_is_named(clinic: Server) -> None:
    """40 statements are said to match and one was sent: which drugs are taken is not known.

    `Bundle.total` is the number of matches across all pages: https://hl7.org/fhir/R4/bundle.html#Bundle
    """
    cut = listed(statement("natalizumab", 1100), total=40)
    assert "statements" in json.dumps(clinic.hook(view(chart(statements=cut))).cards)
    whole = listed(statement("natalizumab", 1100), total=1)
    assert "statements" not in json.dumps(clinic.hook(view(chart(statements=whole))).cards)


def test_one_resource_where_a_bundle_is_due_is_read(clinic: Server) -> None:
    sent = chart()
    sent["conditions"] = sent["conditions"]["entry"][0]["resource"]
    assert clinic.hook(view(sent)).cards


def test_a_condition_with_a_mark_is_not_passed_over_in_silence(clinic: Server) -> None:
    sent = chart()
    marked = sent["conditions"]["entry"][0]["resource"]
    marked["modifierExtension"] = [{"url": "https://h.example/x", "valueBoolean": True}]
    assert clinic.hook(view(sent)).cards


def test_a_body_that_is_packed_or_of_another_kind_is_refused_in_words(clinic: Server) -> None:
    body = json.dumps(view(chart())).encode()
    path = "/cds-services/stepdown-patient-view"
    packed = clinic.ask(path, gzip.compress(body), Content_Type="application/json", Content_Encoding="gzip")
    assert packed.status in {200, 400, 415}
    as_form = clinic.ask(path, body, Content_Type="application/x-www-form-urlencoded")
    assert as_form.status in {200, 400, 415}
    assert clinic.ask(path).status in {404, 405}
    assert clinic.ask(path, body, Content_Type="application/json; charset=utf-8").status == 200


@pytest.mark.parametrize(
    "body",
    [
        {"feedback": [{"card": "made-up", "outcome": "accepted"}]},
        {
            "feedback": [
                {
                    "card": "x",
                    "outcome": "overridden",
                    "outcomeTimestamp": "2026-01-01T00:00:00Z",
                    "overrideReason": {"userComment": "Quillfeather refused"},
                }
            ]
        },
        {"feedback": []},
        {"feedback": [{"outcome": "maybe"}]},
        {"card": "x"},
        [],
        "x",
    ],
)
def test_feedback_is_taken_or_refused_and_never_said_back(body: Any, clinic: Server) -> None:
    reply = clinic.ask(
        "/cds-services/stepdown-patient-view/feedback",
        json.dumps(body).encode(),
        Content_Type="application/json",
    )
    assert reply.status in {200, 400, 422} and "Quillfeather" not in reply.text


# ---- the pages -------------------------------------------------------------------------------------------

KNOWN = {
    "id": "invented",
    "recorded_on": "2026-10-30",
    "observed_since": "2012-01-01",
    "birth_year": "1962",
    "sex": "female",
    "diagnosis": "MS",
    "course": "RRMS",
    "treatments[0].therapy": "Copaxone",
    "treatments[0].start": "2012-05-01",
    "treatments[0].still_taking": "true",
}


def is_answer(reply: Reply) -> bool:
    return reply.status == 200 and "/download/pdf" in reply.text


def marked(page: str, field: str) -> bool:
    tag = re.search(rf'<(?:input|select)[^>]*name="{re.escape(field)}"[^>]*>', page)
    return bool(tag and 'aria-invalid="true"' in tag.group())


def carried(page: str) -> dict[str, str]:
    tags = re.findall(r'<input type="hidden"[^>]*>', page)
    pairs = ((re.search(r'name="([^"]*)"', t), re.search(r'value="([^"]*)"', t)) for t in tags)
    return {name[1]: unescape(value[1]) for name, value in pairs if name and value}


def kept_person(clinic: Server, fields: dict[str, str]) -> dict[str, Any]:
    page = clinic.form("/answer", fields)
    assert is_answer(page)
    found: dict[str, Any] = json.loads(clinic.form("/download/person", carried(page.text)).text)
    return found


def test_a_comma_in_a_score_and_in_a_result_is_a_point(clinic: Server) -> None:
    more = {
        "edss[0].date": "2026-10-01",
        "edss[0].score": "3,5",
        "labs[0].date": "2026-10-01",
        "labs[0].test": "lymphocytes",
        "labs[0].value": "0,9",
        "labs[0].unit": "10^9/L",
    }
    person = kept_person(clinic, KNOWN | more)
    assert person["edss"][0]["score"] == 3.5 and float(str(person["labs"][0]["value"])) == 0.9


@pytest.mark.parametrize(
    "wrong",
    [
        {"edss[0].date": "2036-01-01", "edss[0].score": "3"},
        {"treatments[0].start": "2036-01-01"},
        {"edss[0].date": "2026-10-01", "edss[0].score": "25"},
        {"edss[0].date": "2026-10-01", "edss[0].score": "3.5e0x"},
        {"birth_year": "1890"},
        {"birth_year": "2026"},
        {"quality_of_life": "-1"},
        {"treatments[0].interval_days": "1e9"},
        {"treatments[0].dose_mg": "NaN"},
        {"treatments[0].therapy": "💊"},
        {"recorded_on": "2036-01-01"},
        {"relapses[0].onset": "0000-00-00"},
        {"living.falls_last_12_months": "1.5"},
    ],
)
def test_what_cannot_be_is_marked_in_its_field(wrong: dict[str, str], clinic: Server) -> None:
    reply = clinic.form("/answer", KNOWN | wrong)
    assert not is_answer(reply) and reply.status < 500
    assert any(marked(reply.text, name) for name in wrong), list(wrong)


@pytest.mark.parametrize(
    "age, is_answered", [("0", False), ("17", False), ("18", True), ("120", False), ("61", True)]
)
def test_an_age_outside_of_adults_gets_no_numbers(age: str, is_answered: bool, clinic: Server) -> None:
    fields = KNOWN | {"age": age, "treatments[0].start": "2025-05-01", "observed_since": "2025-01-01"}
    fields.pop("birth_year")
    reply = clinic.form("/answer", fields)
    assert is_answer(reply) is is_answered and reply.status < 500
    assert is_answered or marked(reply.text, "age")


def test_pictures_and_scripts_of_writing_are_kept_as_they_are(clinic: Server) -> None:
    """Emoji, right-to-left words, combining marks and a very long word, on page, file and PDF."""
    for written in ("🧠👩🏽‍🦽", "مرحبا עברית", "e\u0301\u0323" * 9, "x" * 60):
        fields = KNOWN | {"id": written, "goals[0]": f"gehen {written}"}
        page = clinic.form("/answer", fields)
        assert is_answer(page)
        person = json.loads(clinic.form("/download/person", carried(page.text)).text)
        assert person["id"] == written and person["goals"] == [f"gehen {written}"]


@pytest.mark.validate
def test_a_pdf_holds_pictures_of_writing_and_its_headers_nothing(clinic: Server) -> None:
    page = clinic.form("/answer", KNOWN | {"id": "🧠👩🏽‍🦽", "goals[0]": "مرحبا"})
    body = urllib.parse.urlencode(carried(page.text)).encode()
    asked = urllib.request.Request(clinic.url + "/download/pdf", body, {"Origin": clinic.url})
    with urllib.request.urlopen(asked, timeout=60) as reply:
        assert reply.read(5) == b"%PDF-" and "🧠" not in str(reply.headers)


def test_a_bundle_in_the_field_for_a_person_fills_the_form_or_says_how(clinic: Server) -> None:
    sent = chart(PREGNANT)
    entries = [e for key in ("conditions", "statements", "observations") for e in sent[key]["entry"]]
    bundle = listed({"resource": sent["patient"]}, *entries, timestamp=f"{days_ago(1)}T10:00:00Z")
    for path in ("/form", "/answer"):
        page = clinic.form(path, {"text": json.dumps(bundle)})
        assert page.status == 200 and "natalizumab" in page.text and "Quillfeather" not in page.text


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + '{"diagnosis": "MS", "age": 61}',
        "Frau Muster, 61 J., MS seit 2012, Copaxone",
        "=1+1",
        "%PDF-1.7 ...",
        "{'diagnosis': 'MS'}",
        '{"diagnosis": "MS", "diagnosis": "NMOSD"}',
        "diagnosis: MS\n\tage: 61",
        "😀",
        "\r\n\r\n",
        '{"resourceType": "Patient", "id": "p1"}',
        '[{"diagnosis": "MS"}, {"diagnosis": "MS"}]',
        "<ClinicalDocument xmlns='urn:hl7-org:v3'/>",
        "MSH|^~\\&|LAB|H|||20260101||ORU^R01|1|P|2.5",
    ],
)
def test_whatever_is_pasted_gets_a_sentence_or_a_form(text: str, clinic: Server) -> None:
    for path in ("/form", "/answer"):
        reply = clinic.form(path, {"text": text})
        assert reply.status in {200, 400, 413, 422} and "<h1" in reply.text
        assert "Traceback" not in reply.text and "Internal" not in reply.text


def test_ten_megabytes_get_a_page_that_says_the_limit(clinic: Server) -> None:
    """The table of limits in docs/how-to/serve-the-pages.md: 413, or a sentence."""
    reply = clinic.form("/form", {"text": "a" * 9_900_000})
    assert reply.status in {413, 422} and re.search(r"\d MB\b", reply.text) and "<h1" in reply.text


@pytest.mark.parametrize(
    "body",
    [
        b"text=%FF%FE%80",
        b"id=a&id=b&diagnosis=MS",
        b"&&&===",
        b"a[b][c]=1&treatments[99999].therapy=x",
        b"treatments[-1].therapy=x&edss[1e3].score=1",
        b"id=%00%0d%0aSet-Cookie:x",
        b"example=../../etc/passwd",
    ],
)
def test_a_form_that_no_page_of_ours_sent_breaks_nothing(body: bytes, clinic: Server) -> None:
    for path in ("/form", "/answer"):
        reply = clinic.form(path, body)
        assert reply.status in {200, 400, 404, 413, 422} and "set-cookie" not in reply.headers
        assert "root:" not in reply.text


def test_sent_twice_is_the_same_answer_and_another_language_changes_nothing(clinic: Server) -> None:
    first = clinic.form("/answer", KNOWN)
    again = clinic.form("/answer", KNOWN, Accept_Language="fr-CA, ar;q=0.9")
    assert is_answer(first) and first.text == again.text and 'lang="en"' in first.text


@pytest.mark.parametrize(
    "path", ["/nothing", "/answer/", "/static/../pages.py", "/static/nothing.css", "//x.example"]
)
def test_an_address_that_is_none_gets_a_page_with_a_way_back(path: str, clinic: Server) -> None:
    reply = clinic.ask(path)
    if reply.status == 200:
        assert "<form" in reply.text
    else:
        assert reply.status in {404, 405} and 'href="/"' in reply.text and "x.example" not in reply.text
