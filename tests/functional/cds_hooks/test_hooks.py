"""CDS Hooks over a real socket: cards, what is missing, who may call, and nothing of a person kept."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra 'web' is not installed")

from functional.cds_hooks.hospital import Hospital, hosted, make_call, make_keys, make_token
from functional.mutating import mutate
from stepdown.interfaces.cds_hooks.app import HooksSettings
from stepdown.interfaces.cds_hooks.calls import CallRefused, read_call
from stepdown.interfaces.cds_hooks.card import LONGEST_SUMMARY, App
from stepdown.interfaces.cds_hooks.cards import make_cards
from stepdown.interfaces.cds_hooks.feedback import FeedbackCounts
from stepdown.interfaces.cds_hooks.services import read_settings
from stepdown.interfaces.cds_hooks.trust import read_trusted
from stepdown.ms.errors import UserError
from stepdown.ms.sources import read_data

VIEW, SELECT, SIGN = "stepdown-patient-view", "stepdown-order-select", "stepdown-order-sign"


@pytest.fixture(scope="module")
def demo() -> Iterator[Hospital]:
    with hosted(HooksSettings(is_demo=True, app=App("https://stepdown.example/"))) as running:
        yield running


def drafted(name: str, status: str = "draft", mark: str = "rx-1") -> dict[str, Any]:
    order = {"resourceType": "MedicationRequest", "id": mark, "status": status, "intent": "order"}
    person = {"reference": "Patient/invented-fhir-1"}
    return {**order, "medicationCodeableConcept": {"text": name}, "subject": person}


def with_drafts(call: dict[str, Any], *drafts: dict[str, Any]) -> dict[str, Any]:
    entries = [{"resource": each} for each in drafts]
    call["context"]["draftOrders"] = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return call


def holds_invariants(card: dict[str, Any]) -> bool:
    """What the specification requires of every card, and that no member is empty."""
    return (
        0 < len(card["summary"]) <= LONGEST_SUMMARY
        and card["indicator"] in ("info", "warning", "critical")
        and bool(card["source"]["label"])
        and all(value not in ("", [], {}, None) for value in card.values())
        and all(link["type"] == "absolute" for link in card.get("links", []))
    )


def test_discovery_names_each_service_with_its_hook_and_prefetch(demo: Hospital) -> None:
    reply = demo.get("/cds-services")
    services = json.loads(reply.text)["services"]
    assert [each["hook"] for each in services] == ["patient-view", "order-select", "order-sign"]
    assert all({"id", "hook", "title", "description", "prefetch"} <= set(each) for each in services)
    assert all("{{context.patientId}}" in query for query in services[0]["prefetch"].values())


def test_a_person_with_ms_gets_one_card_that_leads_to_the_options(demo: Hospital) -> None:
    cards = demo.call(VIEW, make_call("patient-view"))
    assert [card["indicator"] for card in cards] == ["info"]
    assert cards[0]["summary"].startswith("MS: ") and all(map(holds_invariants, cards))
    assert cards[0]["links"][0]["url"] == "https://stepdown.example/"
    assert "Not a medical device" in cards[0]["detail"]
    options, missed = cards[0]["detail"].split("Not known, and could change this:\n\n- ")
    assert options.startswith("- **") and missed


def test_a_safety_fact_that_stands_is_a_warning_before_the_rest(demo: Hospital) -> None:
    call = make_call("patient-view")
    lymphocytes = {"resourceType": "Observation", "status": "final", "effectiveDateTime": "2026-09-20",
                   "code": {"coding": [{"system": "http://loinc.org", "code": "731-0"}]},
                   "subject": {"reference": "Patient/invented-fhir-1"},
                   "valueQuantity": {"value": 0.15, "code": "10*3/uL"}}  # fmt: skip
    call["prefetch"]["observations"]["entry"] = [{"resource": lymphocytes}]
    call["prefetch"]["requests"]["entry"] = [
        {"resource": drafted("Gilenya", "active") | {"authoredOn": "2024-02-01"}}
    ]
    cards = demo.call(VIEW, call)
    assert cards[0]["indicator"] == "warning" and cards[-1]["indicator"] == "info"
    assert all(map(holds_invariants, cards))


def test_a_record_of_ms_that_allows_no_answer_is_not_met_with_silence(demo: Hospital) -> None:
    call = make_call("patient-view")
    del call["prefetch"]["patient"]["birthDate"]
    (card,) = demo.call(VIEW, call)
    assert (
        card["summary"].startswith("MS: no answer") and "birth" in card["detail"] and holds_invariants(card)
    )


def test_for_a_child_the_card_says_that_the_evidence_is_of_adults(demo: Hospital) -> None:
    call = make_call("patient-view")
    call["prefetch"] = {"patient": call["prefetch"]["patient"], "conditions": call["prefetch"]["conditions"]}
    call["prefetch"]["patient"]["birthDate"] = f"{date.today().year - 15}-01-01"
    ms = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "G35"}]}
    call["prefetch"]["conditions"]["entry"] = [{"resource": {"resourceType": "Condition", "code": ms}}]
    (card,) = demo.call(VIEW, call)
    assert "under 18" in card["detail"] and card["summary"].startswith("MS: no answer")


def test_a_refusal_says_why() -> None:
    call = read_call(make_call("patient-view"), "patient-view")
    person = {**call.found.person, "antibodies": {"aqp4": "positive"}}
    cards = make_cards(replace(call, found=replace(call.found, person=person)))
    assert cards[-1]["summary"] == "MS: the model for MS does not answer for this person"
    assert all(map(holds_invariants, cards))


def test_it_is_silent_for_everybody_without_ms_and_for_other_orders(demo: Hospital) -> None:
    call = make_call("patient-view")
    call["prefetch"]["conditions"]["entry"] = []
    assert demo.call(VIEW, call) == []
    assert demo.call(SIGN, with_drafts(make_call("order-sign"), drafted("Amoxicillin 500 mg"))) == []


@pytest.mark.parametrize(("service", "hook"), [(SELECT, "order-select"), (SIGN, "order-sign")])
def test_an_order_that_is_not_advised_is_said_with_its_reasons(
    service: str, hook: str, demo: Hospital
) -> None:
    call = make_call(hook)
    call["prefetch"]["requests"]["entry"] = [
        {"resource": drafted("Tysabri", "active") | {"authoredOn": "2022-02-01"}}
    ]
    call["prefetch"]["administrations"]["entry"] = []
    cards = demo.call(service, with_drafts(call, drafted("Tysabri", "stopped")))
    assert len(cards) == 1 and cards[0]["summary"].startswith(
        "Ending natalizumab without a next drug: not advised"
    )
    assert cards[0]["indicator"] == "warning" and cards[0]["overrideReasons"] and holds_invariants(cards[0])


def test_of_order_select_only_what_was_selected_counts(demo: Hospital) -> None:
    call = with_drafts(
        make_call("order-select"), drafted("Ocrevus", "stopped", "a"), drafted("Aubagio", "draft", "b")
    )
    call["context"]["selections"] = ["MedicationRequest/b"]
    assert all("teriflunomide" in card["summary"] for card in demo.call(SELECT, call))


def test_a_further_dose_at_a_high_jc_virus_index_is_met_with_the_figure(demo: Hospital) -> None:
    call = of_natalizumab("order-sign")
    index = {"resourceType": "Observation", "status": "final", "effectiveDateTime": "2026-09-20",
             "code": {"coding": [{"system": "http://loinc.org", "code": "100977-8"}]},
             "valueQuantity": {"value": 2.4}}  # fmt: skip
    call["prefetch"]["observations"]["entry"] = [{"resource": index}]
    (card,) = demo.call(SIGN, with_drafts(call, drafted("Tysabri")))
    assert card["summary"].startswith("natalizumab, to be looked at first: JCV index above 1.5")
    assert card["indicator"] == "warning" and card["detail"].count("8.8 per 1,000") == 1


def of_natalizumab(hook: str) -> dict[str, Any]:
    """A call for somebody whose order of natalizumab is open, since 2022."""
    call = make_call(hook)
    taken = drafted("Tysabri", "active", "taken") | {"authoredOn": "2022-02-01"}
    call["prefetch"]["requests"]["entry"] = [{"resource": taken}]
    call["prefetch"]["administrations"]["entry"] = []
    return call


@pytest.mark.parametrize(
    ("change", "words"),
    [({"status": "on-hold"}, "Pausing natalizumab"), ({"doNotPerform": True}, "Ending natalizumab")],
)
def test_a_pause_and_a_ban_are_judged_as_an_end(change: dict[str, Any], words: str, demo: Hospital) -> None:
    (card,) = demo.call(SIGN, with_drafts(of_natalizumab("order-sign"), drafted("Tysabri") | change))
    assert card["summary"].startswith(words) and card["indicator"] == "warning" and holds_invariants(card)


def test_an_end_with_the_next_drug_is_no_end_without_one(demo: Hospital) -> None:
    both = drafted("Tysabri", "stopped", "a"), drafted("Ocrevus", "draft", "b")
    cards = demo.call(SIGN, with_drafts(of_natalizumab("order-sign"), *both))
    assert not [card for card in cards if "Ending" in card["summary"] or "at once" in card["summary"]]


def test_the_end_of_a_drug_that_is_not_taken_says_nothing_of_the_one_that_is(demo: Hospital) -> None:
    assert demo.call(SIGN, with_drafts(of_natalizumab("order-sign"), drafted("Avonex", "stopped"))) == []


def test_a_second_ms_drug_beside_one_that_is_taken_is_a_warning(demo: Hospital) -> None:
    (card,) = demo.call(SIGN, with_drafts(of_natalizumab("order-sign"), drafted("Ocrevus")))
    assert "at once" in card["summary"] + card["detail"] and "natalizumab" in card["summary"] + card["detail"]
    assert card["indicator"] == "warning" and holds_invariants(card)


def test_an_order_that_names_two_drugs_is_asked_about(demo: Hospital) -> None:
    call = with_drafts(of_natalizumab("order-sign"), drafted("Tysabri or Ocrevus"))
    (card,) = demo.call(SIGN, call)
    assert "natalizumab or ocrelizumab" in card["summary"] and card["indicator"] == "warning"


def test_an_order_for_somebody_else_is_refused(demo: Hospital) -> None:
    other = drafted("Tysabri") | {"subject": {"reference": "Patient/somebody-else"}}
    assert demo.post(SIGN, with_drafts(make_call("order-sign"), other)).status == 400


def test_conditions_of_somebody_else_are_refused_and_other_parts_are_named(demo: Hospital) -> None:
    call, other = make_call("patient-view"), {"subject": {"reference": "Patient/somebody-else"}}
    call["prefetch"]["observations"]["entry"][0]["resource"] |= other
    cards = demo.call(VIEW, call)
    assert "somebody else" in cards[0]["summary"] and cards[0]["indicator"] == "warning"
    call["prefetch"]["conditions"]["entry"][0]["resource"] |= other
    assert demo.post(VIEW, call).status == 412


def test_somebody_who_died_gets_no_options_and_an_order_a_warning(demo: Hospital) -> None:
    call = make_call("order-sign")
    call["prefetch"]["patient"]["deceasedBoolean"] = True
    (card,) = demo.call(SIGN, with_drafts(call, drafted("Ocrevus")))
    assert "deceased" in card["summary"] and card["indicator"] == "warning"
    (card,) = demo.call(VIEW, call | {"hook": "patient-view"})
    assert "no options" in card["summary"] and holds_invariants(card)


def test_what_contradicts_itself_in_the_record_comes_first(demo: Hospital) -> None:
    call = of_natalizumab("patient-view")
    ended = drafted("Tysabri", "stopped", "told") | {"resourceType": "MedicationStatement"}
    ended |= {"effectivePeriod": {"start": "2022-02-01", "end": "2026-09-15"}}
    call["prefetch"]["statements"]["entry"] = [{"resource": ended}]
    cards = demo.call(VIEW, call)
    assert "2026-09-15" in cards[0]["detail"].replace("\\", "") and cards[0]["indicator"] == "warning"
    assert any("may be taken now" in card["detail"] for card in cards) and all(map(holds_invariants, cards))
    order = with_drafts(call | {"hook": "order-sign"}, drafted("Tysabri"))
    (card,) = demo.call(SIGN, order)
    assert card["indicator"] == "warning" and "2026-09-15" in card["detail"].replace("\\", "")


def test_a_drug_that_harms_in_another_disease_is_a_warning_on_the_chart(demo: Hospital) -> None:
    call = of_natalizumab("patient-view")
    nmosd = {"coding": [{"system": "http://snomed.info/sct", "code": "25044007"}]}
    call["prefetch"]["conditions"]["entry"] = [{"resource": {"resourceType": "Condition", "code": nmosd}}]
    (card,) = demo.call(VIEW, call)
    assert card["summary"].startswith("NMOSD, before anything else") and card["indicator"] == "warning"
    call["prefetch"]["requests"]["entry"] = []
    assert demo.call(VIEW, call) == []


def test_an_edss_above_a_limit_and_a_drug_that_was_not_sent_come_first_by_the_key_of_their_part(
    demo: Hospital,
) -> None:
    call = of_natalizumab("patient-view")
    low = {"resourceType": "Observation", "status": "final", "effectiveDateTime": "2026-09-20",
           "code": {"coding": [{"system": "http://snomed.info/sct", "code": "273554001"}]},
           "valueQuantity": {"value": 4, "comparator": ">"}}  # fmt: skip
    far = {"resourceType": "MedicationRequest", "medicationReference": {"reference": "Medication/9"}}
    call["prefetch"]["observations"]["entry"] = [{"resource": low}]
    call["prefetch"]["requests"]["entry"].append({"resource": far})
    detail = demo.call(VIEW, call)[0]["detail"].replace("\\", "")
    assert "observations entry[0]: an EDSS given as below or above" in detail
    assert "requests entry[1]" in detail


def test_ms_that_is_not_certain_beside_a_drug_for_it_is_not_met_with_silence(demo: Hospital) -> None:
    call = of_natalizumab("patient-view")
    call["prefetch"]["conditions"]["entry"] = [
        {"resource": {"resourceType": "Condition", "code": {"text": "MS"}}}
    ]
    (card,) = demo.call(VIEW, call)
    assert "not certain" in card["summary"] and card["indicator"] == "info" and holds_invariants(card)


def test_every_code_of_a_result_that_is_read_is_asked_for_and_the_manual_lists_what_is_asked() -> None:
    asked = read_settings()["prefetch"]
    wanted = {code for row in read_data("codes.toml")["observation"] if row.get("test")
              for code in row.get("loinc", ()) if not code.startswith("LP")}  # fmt: skip
    assert {code for code in wanted if f"loinc.org|{code}" not in asked["observations"]} == set()
    manual = Path("docs/how-to/connect-a-record-system.md").read_text(encoding="utf-8")
    services = [row["id"] for row in read_settings()["service"]]
    assert [name for name in (*services, *asked) if name != "needed" and f"`{name}`" not in manual] == []


def test_an_ms_drug_for_another_disease_is_a_warning(demo: Hospital) -> None:
    call = with_drafts(make_call("order-sign"), drafted("Ocrevus"))
    nmosd = {"coding": [{"system": "http://snomed.info/sct", "code": "25044007"}]}
    call["prefetch"]["conditions"]["entry"] = [{"resource": {"resourceType": "Condition", "code": nmosd}}]
    (card,) = demo.call(SIGN, call)
    assert "NMOSD" in card["summary"] and card["indicator"] == "warning"


@pytest.mark.parametrize("sent", [None, {"resourceType": "OperationOutcome", "issue": []}, "absent"])
def test_what_was_not_sent_is_said_on_the_card(sent: Any, demo: Hospital) -> None:
    call = make_call("patient-view")
    call["prefetch"]["observations"] = sent
    if sent == "absent":
        del call["prefetch"]["observations"]
    assert "Not sent, and so not known: observations" in demo.call(VIEW, call)[-1]["detail"]


def test_more_pages_are_said_and_never_fetched(demo: Hospital) -> None:
    call = make_call("patient-view")
    call["prefetch"]["observations"]["link"] = [{"relation": "next", "url": "http://127.0.0.1:9/steal"}]
    assert "More pages follow that were not sent: observations" in demo.call(VIEW, call)[-1]["detail"]


@pytest.mark.parametrize("key", ["patient", "conditions"])
def test_without_what_is_needed_the_answer_is_412_and_says_what(key: str, demo: Hospital) -> None:
    call = make_call("patient-view")
    call["prefetch"][key] = None
    reply = demo.post(VIEW, call)
    outcome = json.loads(reply.text)
    assert reply.status == 412 and outcome["resourceType"] == "OperationOutcome"
    assert key in outcome["issue"][0]["diagnostics"]


def test_conditions_with_more_pages_and_no_ms_yet_are_not_called_no_ms(demo: Hospital) -> None:
    call = make_call("patient-view")
    call["prefetch"]["conditions"] |= {"entry": [], "link": [{"relation": "next", "url": "http://x"}]}
    assert demo.post(VIEW, call).status == 412


def test_the_patient_of_the_prefetch_must_be_the_one_of_the_context(demo: Hospital) -> None:
    call = make_call("patient-view")
    call["context"]["patientId"] = "somebody-else"
    assert demo.post(VIEW, call).status == 412


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"hook": "order-sign"}, 400),
        ({"hookInstance": None}, 400),
        ({"context": {}}, 400),
        ({"context": {"userId": "u"}}, 400),
        ({"prefetch": None}, 412),
        ({"prefetch": {"patient": []}}, 412),
    ],
)
def test_a_call_against_the_specification_is_refused(
    change: dict[str, Any], status: int, demo: Hospital
) -> None:
    assert demo.post(VIEW, make_call("patient-view") | change).status == status


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * 5000, b"null", b"\xff\xfe", b'"text"'])
def test_a_body_that_is_no_call_is_refused_in_one_sentence(body: bytes, demo: Hospital) -> None:
    reply = demo.ask("POST", f"/cds-services/{VIEW}", body, {"Content-Type": "application/json"})
    assert reply.status == 400 and json.loads(reply.text)["resourceType"] == "OperationOutcome"


def test_other_addresses_and_methods_are_refused(demo: Hospital) -> None:
    assert demo.post("no-such-service", make_call("patient-view")).status == 404
    assert demo.get(f"/cds-services/{VIEW}").status == 405


def test_feedback_is_counted_and_its_comment_is_not_kept(demo: Hospital) -> None:
    reason = {"reason": {"code": "recipient-disagrees-evidence"}, "userComment": "Frau Sorglos will nicht"}
    row = {
        "card": "c",
        "outcome": "overridden",
        "overrideReason": reason,
        "outcomeTimestamp": "2026-11-30T08:00:00Z",
    }
    assert demo.post(f"{VIEW}/feedback", {"feedback": [row]}).status == 200
    assert demo.post(f"{VIEW}/feedback", {"feedback": [{"outcome": "ignored"}]}).status == 400
    assert "Sorglos" not in demo.log.getvalue() and '"feedback": 1' in demo.log.getvalue()


def test_nothing_of_the_person_is_in_the_log(demo: Hospital) -> None:
    call = make_call("patient-view")
    demo.call(VIEW, call)
    demo.post(VIEW, call | {"hookInstance": ""})
    log = demo.log.getvalue()
    assert '"cards": 1' in log and '"status": 400' in log
    values = set(list_values([call["prefetch"], call["context"], call["hookInstance"]]))
    assert {"invented-fhir-1", "1.31", "G35.A", "2026-07-13"} & values and len(values) > 60
    assert [each for each in values if re.search(rf"(?<![\w.-]){re.escape(each)}(?![\w-])", log)] == []


def list_values(value: Any) -> Iterator[str]:
    """Every value of some JSON that could be told from another: of three signs or more."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from list_values(inner)
    elif len(str(value)) > 2 and not isinstance(value, bool):
        yield str(value)


def test_discovery_and_what_is_not_answered_have_their_line_too(demo: Hospital) -> None:
    demo.get("/cds-services")
    demo.get("/cds-services/no-such-service")
    *_, found, other = map(json.loads, demo.log.getvalue().splitlines())
    assert (found["service"], found["status"]) == ("discovery", 200)
    assert (other["service"], other["status"]) == ("other", 405)
    assert {"request", "milliseconds", "stepdown", "evidence"} <= found.keys()


def test_text_of_the_record_cannot_become_markdown_or_html(demo: Hospital) -> None:
    call = make_call("patient-view")
    evil = {"resourceType": "Condition", "clinicalStatus": {"coding": [{"code": "active"}]},
            "code": {"text": "<script>alert(1)</script> [click](http://evil.example) **x**"}}  # fmt: skip
    call["prefetch"]["conditions"]["entry"].append({"resource": evil})
    for card in demo.call(VIEW, call):
        assert "<script" not in card.get("detail", "") and "](http" not in card.get("detail", "")


KEYS = make_keys()


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    folder = tmp_path_factory.mktemp("trust")
    (folder / "keys.json").write_text(json.dumps(KEYS.as_dict(private=False)), encoding="utf-8")
    (folder / "issuers.toml").write_text(
        'audiences = ["https://stepdown.example/cds-services"]\n'
        '[[issuer]]\niss = "https://hospital.example"\njwks = "keys.json"\n', encoding="utf-8")  # fmt: skip
    with hosted(HooksSettings(trusted=read_trusted(folder / "issuers.toml"))) as running:
        yield running


@pytest.mark.parametrize("algorithm", ["ES384", "RS384"])
def test_a_token_of_an_issuer_on_the_list_is_good_once(algorithm: str, trusting: Hospital) -> None:
    token = make_token(KEYS, algorithm)
    assert trusting.post(VIEW, make_call("patient-view"), token).status == 200
    assert trusting.post(VIEW, make_call("patient-view"), token).status == 401


class AfterNow(int):
    """Seconds after the moment at which a test runs, which may be long after it was collected."""


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://other.example"},
        {"aud": "https://elsewhere.example"},
        {"aud": None},
        {"exp": AfterNow(-120)},
        {"exp": AfterNow(86_400)},
        {"iat": AfterNow(600)},
        {"exp": None},
        {"nbf": AfterNow(300)},
        {"nbf": "soon"},
        {"jti": None},
        {"jti": ""},
    ],
)
def test_a_token_that_is_not_quite_right_is_refused(change: dict[str, Any], trusting: Hospital) -> None:
    claims = {name: time.time() + value if isinstance(value, AfterNow) else value
              for name, value in change.items()}  # fmt: skip
    assert trusting.post(VIEW, make_call("patient-view"), make_token(KEYS, "ES384", **claims)).status == 401


def test_every_refusal_of_a_caller_looks_the_same(trusting: Hospital) -> None:
    tokens = ["", "x", "a.b.c", make_token(make_keys(), "ES384"), make_token(KEYS, "ES384", exp=0)]
    replies = {trusting.post(VIEW, make_call("patient-view"), token).text for token in tokens}
    assert len(replies) == 1 and "not trusted" in replies.pop()


def test_an_unsigned_token_and_another_algorithm_are_refused(trusting: Hospital) -> None:
    signed = make_token(KEYS, "ES384")
    unsigned = ".".join(["eyJhbGciOiJub25lIn0", signed.split(".")[1], ""])
    assert trusting.post(VIEW, make_call("patient-view"), unsigned).status == 401


def test_clocks_may_differ_a_little(trusting: Hospital) -> None:
    early = make_token(KEYS, "ES384", iat=time.time() + 20, exp=time.time() + 200)
    assert trusting.post(VIEW, make_call("patient-view"), early).status == 200


def test_without_issuers_nobody_is_answered_unless_it_is_a_demonstration() -> None:
    with hosted(HooksSettings()) as running:
        assert running.post(VIEW, make_call("patient-view")).status == 401
        assert running.get("/cds-services").status == 200


@pytest.mark.parametrize("text", ["", "audiences = 3", '[[issuer]]\niss = "a"', "not toml ="])
def test_a_wrong_list_of_issuers_gets_one_sentence(text: str, tmp_path: Path) -> None:
    (tmp_path / "issuers.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"needs audiences|names no"):
        read_trusted(tmp_path / "issuers.toml")


def test_only_pages_on_the_list_may_call_from_a_browser() -> None:
    with hosted(HooksSettings(is_demo=True, origins=("https://sandbox.example",))) as running:
        good = running.get("/cds-services", Origin="https://sandbox.example").headers
        bad = running.get("/cds-services", Origin="https://evil.example").headers
    assert good["access-control-allow-origin"] == "https://sandbox.example"
    assert "access-control-allow-origin" not in bad


def test_the_examples_of_the_specification_parse(reference: Path) -> None:
    files = sorted((reference / "data" / "cds-hooks-examples").glob("*.json"))
    for path in files:
        example = json.loads(path.read_text(encoding="utf-8"))
        if path.name.endswith("-request.json"):
            with pytest.raises(CallRefused) as refused:
                read_call(example, example["hook"])
            assert refused.value.status in (400, 412)
        elif "-feedback" in path.name:
            assert FeedbackCounts().add(VIEW, example) == len(example["feedback"])
    assert len(files) == 21


def answer_mutated(seed: int, calls: int, cards_of_every: int) -> None:
    """Each call is answered with cards that hold the invariants, or refused as the specification says."""
    chance = random.Random(seed)
    for number in range(calls):
        call = make_call("patient-view")
        for _ in range(chance.randint(1, 3)):
            mutate(call, chance)
        try:
            read = read_call(call, "patient-view")
        except CallRefused as refused:
            assert refused.status in (400, 412)
            continue
        if number % cards_of_every == 0:
            assert all(map(holds_invariants, make_cards(read)))


def test_two_thousand_mutated_calls_are_answered_or_refused_and_never_a_fault() -> None:
    answer_mutated(20261130, 2_000, 20)


@pytest.mark.validate
@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_thousand_mutated_calls_are_answered_or_refused(seed: int) -> None:
    answer_mutated(seed, 10_000, 10)


def test_who_calls_too_often_is_told_when_to_call_again() -> None:
    with hosted(HooksSettings(is_demo=True, calls_per_minute=3)) as running:
        replies = [running.post(VIEW, make_call("patient-view")) for _ in range(4)]
    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert json.loads(replies[-1].text)["issue"][0]["code"] == "throttled"
    assert 1 <= int(replies[-1].headers["retry-after"]) <= 20
