"""A record system asks its FHIR server for the prefetch, then calls the hook; and nobody else is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

pytest.importorskip("fastapi", reason="the extra 'web' is not installed")

from functional.cds_hooks.hospital import RECORD, Hospital, hosted, make_call, make_keys, make_token
from functional.fhir_server import FhirServer, ask, ask_pages, find_next, serving_fhir
from functional.web.served import serving
from stepdown.interfaces.cds_hooks.app import HooksSettings
from stepdown.interfaces.cds_hooks.trust import TrustedCallers
from stepdown.interfaces.cli import main
from stepdown.patients.fhir import read_bundle

RESOURCES = [entry["resource"] for entry in RECORD["entry"]]
WHO = "invented-fhir-1"
VIEW = "stepdown-patient-view"


@pytest.fixture(scope="module")
def demo() -> Iterator[Hospital]:
    with hosted(HooksSettings(is_demo=True)) as running:
        yield running


def fill_prefetch(hospital: Hospital, server: FhirServer, most_pages: int = 100) -> dict[str, Any]:
    """What discovery asks for, asked of the server; the pages of one search joined to one bundle."""
    (service, *_) = json.loads(hospital.get("/cds-services").text)["services"]
    filled: dict[str, Any] = {}
    for key, query in service["prefetch"].items():
        pages = ask_pages(f"{server.base}/{query.replace('{{context.patientId}}', WHO)}", most_pages)
        filled[key] = pages[0]
        if len(pages) > 1:
            entries = [entry for page in pages for entry in page["entry"]]
            filled[key] = {**pages[0], "entry": entries, "link": pages[-1].get("link", [])}
    return filled


def make_view(prefetch: dict[str, Any], server: FhirServer) -> dict[str, Any]:
    context = {"userId": "Practitioner/invented", "patientId": WHO}
    return {"hook": "patient-view", "hookInstance": str(uuid4()), "context": context,
            "fhirServer": server.base, "prefetch": prefetch}  # fmt: skip


def view(hospital: Hospital, server: FhirServer, most_pages: int = 100) -> list[dict[str, Any]]:
    """The cards for what a record system sends; without their marks, which differ each time."""
    prefetch = fill_prefetch(hospital, server, most_pages)
    before = len(server.asked)
    cards = hospital.call(VIEW, make_view(prefetch, server))
    assert len(server.asked) == before, "the service asked the hospital's server itself"
    return [{name: value for name, value in card.items() if name != "uuid"} for card in cards]


def test_a_record_in_many_pages_gives_the_cards_of_the_same_record_in_one(demo: Hospital) -> None:
    with serving_fhir(RESOURCES) as whole, serving_fhir(RESOURCES, page_size=1) as paged:
        assert view(demo, paged) == view(demo, whole)
        assert len(paged.asked) > len(whole.asked)


def test_a_system_that_sends_first_pages_only_gets_a_card_that_says_so(demo: Hospital) -> None:
    with serving_fhir(RESOURCES, page_size=1) as paged:
        detail = view(demo, paged, most_pages=1)[-1]["detail"]
    assert "More pages follow that were not sent:" in detail
    assert "administrations" in detail and "observations" in detail


@pytest.mark.parametrize("how", ["forbidden", "null"])
def test_what_the_server_refuses_or_leaves_empty_is_named_on_the_card(how: str, demo: Hospital) -> None:
    with serving_fhir(RESOURCES, **{how: frozenset({"Observation", "ImagingStudy"})}) as partial:
        assert "Not sent, and so not known: observations, imaging" in view(demo, partial)[-1]["detail"]


@pytest.mark.parametrize("how", ["forbidden", "null"])
def test_without_the_conditions_the_call_is_refused_and_says_what_is_missing(
    how: str, demo: Hospital
) -> None:
    with serving_fhir(RESOURCES, **{how: frozenset({"Condition"})}) as partial:
        reply = demo.post(VIEW, make_view(fill_prefetch(demo, partial), partial))
    assert reply.status == 412 and "conditions" in reply.text


def test_the_pages_of_a_search_kept_in_one_file_give_the_person_of_the_whole_record() -> None:
    kinds = sorted({each["resourceType"] for each in RESOURCES} - {"Patient"})
    with serving_fhir(RESOURCES, page_size=2) as server:
        pages = [page for kind in kinds for page in ask_pages(f"{server.base}/{kind}?patient={WHO}")]
        found = read_bundle([ask(f"{server.base}/Patient/{WHO}"), *pages])
        first = read_bundle([ask(f"{server.base}/Patient/{WHO}"), pages[0]])
    whole = read_bundle(RECORD)
    assert find_next(pages[0]) and any("more pages follow" in note for note in first.notes)
    assert found.used == whole.used
    assert {key: sort_rows(value) for key, value in found.person.items()} == {
        key: sort_rows(value) for key, value in whole.person.items()
    }


def sort_rows(value: Any) -> Any:
    return sorted(value, key=str) if isinstance(value, list) else value


#: Where a FHIR resource, a call or a token may hold an address that somebody else wrote.
def plant_addresses(call: dict[str, Any], address: str) -> dict[str, Any]:
    """The same call with an address in each place where an address may stand."""
    call = json.loads(json.dumps(call))
    call["fhirServer"] = f"{address}/fhirServer"
    call["fhirAuthorization"] = {"access_token": "invented", "token_type": "Bearer", "expires_in": 300,
                                 "scope": "patient/*.read", "subject": f"{address}/subject"}  # fmt: skip
    for name, bundle in call["prefetch"].items():
        resources = [bundle, *(entry["resource"] for entry in bundle.get("entry", []))]
        for entry in bundle.get("entry", []):
            entry["fullUrl"] = f"{address}/{name}/fullUrl"
        if bundle["resourceType"] == "Bundle" and name != "conditions":
            bundle["link"] = [{"relation": "next", "url": f"{address}/{name}/next"}]
        for each in resources:
            each["meta"] = {"profile": [f"{address}/{name}/profile"], "source": f"{address}/{name}/source"}
            each["implicitRules"] = f"{address}/{name}/rules"
            each["extension"] = [{"url": f"{address}/{name}/extension", "valueUri": f"{address}/value"}]
            each["text"] = {"status": "generated", "div": f'<div><img src="{address}/{name}/img"/></div>'}
    extra = {"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "MRI brain"},
             "effectiveDateTime": "2026-08-20", "imagingStudy": [{"reference": f"{address}/ImagingStudy/1"}],
             "result": [{"reference": f"{address}/Observation/1"}],
             "presentedForm": [{"contentType": "application/pdf", "url": f"{address}/form"}]}  # fmt: skip
    drug = {"resourceType": "MedicationRequest", "id": "far", "status": "active", "intent": "order",
            "subject": {"reference": f"Patient/{WHO}"},
            "medicationReference": {"reference": f"{address}/Medication/1"}}  # fmt: skip
    call["prefetch"]["imaging"].setdefault("entry", []).append({"resource": extra})
    call["prefetch"]["requests"]["entry"].append({"resource": drug})
    return call


def test_no_address_of_a_call_or_a_record_is_ever_asked(
    tmp_path: Path, demo: Hospital, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving_fhir(RESOURCES) as server, serving_fhir([]) as trap, serving() as pages:
        call = plant_addresses(make_view(fill_prefetch(demo, server), server), trap.base)
        assert demo.post(VIEW, call).status == 200
        bundle = json.dumps(list(call["prefetch"].values()))
        assert pages.post("/answer", {"text": bundle}).status == 200
        (tmp_path / "bundle.json").write_text(bundle, encoding="utf-8")
        assert main(["patient", "from-fhir", str(tmp_path / "bundle.json")]) == 0
        assert "not fetched" in capsys.readouterr().err
        assert trap.asked == []
        ask(f"{trap.base}/control")
        assert trap.asked == ["GET /control"]


def test_the_address_of_keys_in_a_token_is_never_asked() -> None:
    ours, theirs = make_keys(), make_keys()
    callers = TrustedCallers(("https://stepdown.example/cds-services",), {"https://hospital.example": ours})
    with hosted(HooksSettings(trusted=callers)) as trusting, serving_fhir([]) as trap:
        for keys, status in ((ours, 200), (theirs, 401)):
            token = make_token(keys, "ES384", jku=f"{trap.base}/jwks.json")
            assert trusting.post(VIEW, make_call("patient-view"), token).status == status
        assert trap.asked == []
