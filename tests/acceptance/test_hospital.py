"""A hospital brings its records in, and asks while a chart is open. All people are invented."""

import base64
import contextlib
import io
import json
import re
import socket
import subprocess
import sys
import time
import tomllib
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

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from functional.cds_hooks.hospital import hosted
from stepdown.interfaces.cds_hooks.app import HooksSettings
from stepdown.interfaces.cds_hooks.trust import read_trusted
from stepdown.interfaces.cli import main

HERE = Path(__file__).parent / "hospital"
CASES = tomllib.loads((HERE / "cases.toml").read_text(encoding="utf-8"))
OFFERED = {"reasonable", "possible"}
NAMES = ("Quillfeather", "Zebedee", "4857773456")


@dataclass
class Read:
    """What the command made of a bundle."""

    code: int
    person: dict[str, Any]
    report: dict[str, Any]
    said: str

    def has(self, key: str) -> list[dict[str, Any]]:
        """A list of the person file; unknown and empty are both no entry."""
        entries = self.person.get(key)
        return [e for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []

    def told(self) -> str:
        """The notes and the reasons, in small letters."""
        return " ".join(self.report["notes"] + [row["reason"] for row in self.report["left_out"]]).lower()

    def places_left_out(self) -> set[str]:
        return {row["place"] for row in self.report.get("left_out", [])}


def run(*words: str | Path) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(word) for word in words])
    return code, out.getvalue(), err.getvalue()


def read(bundle: Any, folder: Path, *more: str) -> Read:
    """Runs `patient from-fhir` on a file of this folder, or on JSON or text made here."""
    path = HERE / bundle if isinstance(bundle, str) and bundle.endswith(".json") else folder / "bundle.json"
    if path.parent == folder:
        path.write_text(bundle if isinstance(bundle, str) else json.dumps(bundle), encoding="utf-8")
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    code, out, err = run("patient", "from-fhir", path, "--format", "json", "--report", report, *more)
    assert "Traceback" not in err
    held = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    return Read(code, json.loads(out) if code == 0 else {}, held, err)


def assess(person: dict[str, Any], folder: Path, form: str = "json") -> dict[str, Any]:
    path = folder / "person.json"
    path.write_text(json.dumps(person), encoding="utf-8")
    code, out, err = run("assess", path, "--format", form)
    assert code == 0, err
    answer: dict[str, Any] = json.loads(out)
    return answer


def standings(answer: dict[str, Any]) -> dict[str, str]:
    return {option["id"]: option["standing"] for option in answer["options"]}


def without_a_drug(answer: dict[str, Any]) -> dict[str, str]:
    """How the options stand that leave a person without any drug."""
    ways = {"stop", "stay-off"}
    return {o["id"]: o["standing"] for o in answer["options"] if o["strategy"] == "stop" or o["id"] in ways}


def load(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


# ---- reading ---------------------------------------------------------------------------------------------


def test_infusions_give_the_last_dose_that_was_given_and_no_name(tmp_path: Path) -> None:
    """27 October was not given, 28 October is an error: the last dose is that of 29 September."""
    got = read("01-natalizumab-infusions.json", tmp_path)
    [drug] = got.has("treatments")
    assert drug["therapy"] == "natalizumab" and drug["start"] == "2023-07-04"
    assert (drug["last_dose"], drug["interval_days"], drug["dose_mg"]) == ("2026-09-29", 28, 300)
    assert drug["still_taking"] is True
    assert {"entry[6]", "entry[7]"} <= got.places_left_out()
    assert not any(name in json.dumps(got.person) + got.said for name in NAMES)


def test_a_high_jc_virus_index_holds_going_on_back_and_a_plain_stop_is_not_advised(tmp_path: Path) -> None:
    """Index 2.4 > 1.5 after 40 months > 24: going on is possible at best; stopping is never advised."""
    answer = assess(read("01-natalizumab-infusions.json", tmp_path).person, tmp_path)
    going_on = next(option for option in answer["options"] if option["id"] == "continue")
    assert going_on["standing"] == "possible" and "natalizumab-jcv-high" in going_on["decided_by"]
    assert set(without_a_drug(answer).values()) == {"not-advised"}


def test_an_order_that_is_used_up_is_no_proof_of_a_stop(tmp_path: Path) -> None:
    got = read("02-natalizumab-order-used-up.json", tmp_path)
    [drug] = got.has("treatments")
    assert drug["therapy"] == "natalizumab" and drug["start"] == "2022-01-10"
    assert drug.get("stop") in (None, "unknown") and drug.get("still_taking") in (None, "unknown")
    assert not OFFERED & set(without_a_drug(assess(got.person, tmp_path)).values())


def test_natalizumab_ended_six_weeks_ago_is_no_ground_to_stay_without_a_drug(tmp_path: Path) -> None:
    """Last day 15 September, record of 30 October: 45 days, under 183."""
    got = read("03-natalizumab-stopped.json", tmp_path)
    [drug] = got.has("treatments")
    assert (drug["start"], drug["stop"]) == ("2020-02-03", "2026-09-15")
    assert drug.get("still_taking") is not True
    ways = without_a_drug(assess(got.person, tmp_path))
    assert ways and not OFFERED & set(ways.values())


def test_an_open_order_beside_a_recorded_stop_is_told(tmp_path: Path) -> None:
    """The hospital never closed the order; the statement says that it ended. Somebody has to look."""
    bundle = load("03-natalizumab-stopped.json")
    order = {**bundle["entry"][2]["resource"], "resourceType": "MedicationRequest", "status": "active"}
    order |= {"intent": "order", "authoredOn": "2020-02-03"}
    bundle["entry"].append({"resource": order})
    got = read(bundle, tmp_path)
    assert got.code == 0
    assert "natalizumab" in got.told()
    assert not OFFERED & set(without_a_drug(assess(got.person, tmp_path)).values())


@pytest.mark.parametrize("case", CASES["diagnosis"], ids=lambda case: case["name"])
def test_a_diagnosis_is_read_as_it_is_meant(case: dict[str, Any], tmp_path: Path) -> None:
    bundle = load("01-natalizumab-infusions.json")
    condition = bundle["entry"][1]["resource"]
    condition["code"] = {"text": case["text"]} if "text" in case else {}
    if "code" in case:
        condition["code"]["coding"] = [{"system": case["system"], "code": case["code"]}]
    condition["verificationStatus"]["coding"][0]["code"] = case.get("verification", "confirmed")
    bundle["entry"] = bundle["entry"][:2]
    got = read(bundle, tmp_path)
    assert got.code == 0
    assert (got.person.get("diagnosis") == "MS") is case["is_ms"]
    assert got.report["has_ms"] is case["is_ms"]
    assert got.person.get("course") in ((case["course"],) if "course" in case else (None, "unknown"))


def test_two_people_in_one_bundle_are_never_mixed(tmp_path: Path) -> None:
    """Patient/ab is not Patient/a; the pregnancy and the score of 5 May are those of ab."""
    assert read("05-two-people.json", tmp_path).code == 2
    got = read("05-two-people.json", tmp_path, "--patient", "a")
    assert [drug["therapy"] for drug in got.has("treatments")] == ["natalizumab"]
    assert "2026-07-07" in {score["date"] for score in got.has("edss")}
    assert "2026-05-05" not in {score["date"] for score in got.has("edss")}
    assert got.person["course"] == "RRMS" and "pregnan" not in json.dumps(got.person)
    other = read("05-two-people.json", tmp_path, "--patient", "ab")
    assert [drug["therapy"] for drug in other.has("treatments")] == ["ocrelizumab"]
    assert read("05-two-people.json", tmp_path, "--patient", "abc").code == 2


def test_a_score_of_nobody_in_a_bundle_of_two_belongs_to_neither(tmp_path: Path) -> None:
    """The observation of 6 June has no subject."""
    scores = {}
    for who in ("a", "ab"):
        got = read("05-two-people.json", tmp_path, "--patient", who)
        scores[who] = [score["score"] for score in got.has("edss")]
    assert scores == {"a": [2.0], "ab": [7.0]}


def test_edss_is_read_from_number_and_text_and_nothing_else_is_taken_for_it(tmp_path: Path) -> None:
    """0 is a score; 25, 2.7 and "3-3.5" are none; one functional system and the PDDS are other scales."""
    got = read("06-edss-codings.json", tmp_path)
    scores = {score["date"]: score["score"] for score in got.has("edss")}
    assert scores.pop("2025-08-10", 6.5) == 6.5
    assert scores == {"2025-01-10": 3.5, "2025-02-10": 4.0, "2025-03-10": 6.0, "2026-03-10": 0.0}
    used = {f"entry[{place}]" for place in (0, 1, 2, 3, 4, 12)}
    assert {f"entry[{place}]" for place in range(14)} - used - {"entry[9]"} <= got.places_left_out()


def test_lymphocytes_keep_their_meaning_in_every_unit(tmp_path: Path) -> None:
    """640/uL is 0.64, 1200/mm3 is 1.2; a percentage, no unit and 640 x10^9/L are no result.

    "Below 0.5" is no number, and not nothing: the true value is less than 0.5 (FHIR R4, Quantity.comparator,
    https://hl7.org/fhir/R4/valueset-quantity-comparator.html). It is kept as that.
    """
    got = read("07-lymphocytes-on-fumarate.json", tmp_path)
    share: dict[str, float] = {"10*9/L": 1, "10^9/L": 1, "10*3/uL": 1, "10^3/uL": 1, "G/L": 1}
    share |= {"/uL": 1e-3, "cells/uL": 1e-3, "/mm3": 1e-3}
    limits = {lab["date"]: lab["value"] for lab in got.has("labs") if isinstance(lab["value"], str)}
    assert limits == {"2026-06-05": "<0.5"}
    values = {lab["date"]: lab["value"] * share[lab["unit"]] for lab in got.has("labs")
              if lab["date"] not in limits}  # fmt: skip
    assert values.pop("2026-03-05", 0.9) == pytest.approx(0.9)
    due = {"2026-01-05": 0.64, "2026-02-05": 1.1, "2026-05-05": 1.2, "2026-09-05": 0.55}
    assert values == pytest.approx(due)
    assert {f"entry[{place}]" for place in (6, 9, 10, 12)} <= got.places_left_out()


def test_low_lymphocytes_on_a_fumarate_hold_going_on_back(tmp_path: Path) -> None:
    """The latest count that stands is 0.55 < 0.8: going on unchanged is not reasonable."""
    answer = assess(read("07-lymphocytes-on-fumarate.json", tmp_path).person, tmp_path)
    facts = {fact["name"]: fact["value"] for fact in answer["facts"]}
    assert facts["lymphocytes"] == pytest.approx(0.55)
    going_on = next(option for option in answer["options"] if option["id"] == "continue")
    assert going_on["standing"] != "reasonable" and "fumarate-lymphocytes-low" in going_on["decided_by"]


def test_broken_entries_are_named_and_the_rest_is_used(tmp_path: Path) -> None:
    """Ten entries are no resource; four resources are broken; Patient, MS and one EDSS are good."""
    got = read("08-broken-entries.json", tmp_path)
    assert got.code == 0 and got.person["diagnosis"] == "MS"
    assert [(s["date"], s["score"]) for s in got.has("edss")] == [("2026-03-01", 3.0)]
    assert not got.has("treatments")
    told = got.places_left_out()
    assert {f"entry[{place}]" for place in (*range(10), 13, 14, 15, 16)} <= told
    counted = got.report["used"] + len(told) + sum(got.report["not_read"].values())
    assert counted == got.report["entries"] == 18


def test_a_transaction_resolves_its_own_references_and_no_others(tmp_path: Path) -> None:
    """The drug stands in a contained resource by its old code, and in another entry by its brand."""
    got = read("09-transaction-contained.json", tmp_path)
    [drug] = got.has("treatments")
    assert (drug["therapy"], drug["start"]) == ("ocrelizumab", "2022-05-02")
    assert (drug["last_dose"], drug["dose_mg"]) == ("2026-05-11", 600)
    assert got.person["course"] == "RRMS"
    assert {"entry[5]", "entry[6]"} <= got.places_left_out()


def test_pages_are_one_record(tmp_path: Path) -> None:
    """The same score and the same drug stand on both pages, and count once."""
    pages = load("10-pages.json")
    whole = read("10-pages.json", tmp_path)
    lines = [json.dumps(entry["resource"]) for page in pages for entry in page["entry"]]
    by_line = read("\n".join(lines), tmp_path)
    for got in (whole, by_line):
        scores = [(score["date"], score["score"]) for score in got.has("edss")]
        assert scores == [("2026-02-02", 4.5), ("2026-08-03", 5.0)]
        assert [drug["therapy"] for drug in got.has("treatments")] == ["fingolimod"]


def test_a_page_that_is_missing_is_told_and_what_it_may_hold_is_unknown(tmp_path: Path) -> None:
    pages = load("10-pages.json")
    first = read(pages[0], tmp_path)
    assert first.code == 0 and re.search("page", " ".join(first.report["notes"]) + first.said)
    assert first.person.get("treatments") in (None, "unknown")


@pytest.mark.parametrize("case", CASES["therapy"], ids=lambda case: case.get("text") or case["code"])
def test_old_codes_and_brands_are_the_drug_they_are(case: dict[str, Any], tmp_path: Path) -> None:
    bundle = load("03-natalizumab-stopped.json")
    medicine: dict[str, Any] = {"text": case["text"]} if "text" in case else {}
    if "code" in case:
        medicine["coding"] = [
            {"system": case.get("system", "http://www.whocc.no/atc"), "code": case["code"]}
        ]
    bundle["entry"][2]["resource"]["medicationCodeableConcept"] = medicine
    got = read(bundle, tmp_path)
    assert [drug["therapy"] for drug in got.has("treatments")] == ([case["is"]] if case["is"] else [])
    assert case["is"] or "entry[2]" in got.places_left_out()


def test_a_code_and_a_text_that_name_two_drugs_are_told(tmp_path: Path) -> None:
    """The code is fingolimod, the text is natalizumab: neither may be taken without a word."""
    got = read("12-code-against-text.json", tmp_path)
    told = got.told()
    assert "tysabri" in told or "natalizumab" in told


def test_a_record_of_somebody_who_died_says_so(tmp_path: Path) -> None:
    for died in ({"deceasedDateTime": "2026-09-01"}, {"deceasedBoolean": True}):
        bundle = load("13-deceased.json")
        person = bundle["entry"][0]["resource"]
        person.pop("deceasedDateTime")
        person.update(died)
        assert re.search("died|dead|death|deceased", read(bundle, tmp_path).said, re.IGNORECASE)


def test_ms_and_nmosd_in_one_record_get_no_answer_of_ms(tmp_path: Path) -> None:
    got = read("14-ms-and-nmosd.json", tmp_path)
    assert got.person.get("diagnosis") not in ("MS", "NMOSD")
    assert re.search("NMOSD|neuromyelitis", got.said, re.IGNORECASE)
    assert not OFFERED & set(standings(assess(got.person, tmp_path)).values())


def test_positive_aqp4_antibodies_of_the_laboratory_are_not_lost(tmp_path: Path) -> None:
    """Fingolimod harms in NMOSD: the result enters the file, or is left out by its name."""
    got = read("20-aqp4-positive.json", tmp_path)
    left = {row["place"]: row["reason"] for row in got.report["left_out"]}
    taken = (got.person.get("antibodies") or {}).get("aqp4") == "positive"
    assert taken or "aquaporin" in left.get("entry[3]", "").lower()


def test_a_pregnancy_on_fingolimod_speaks_first(tmp_path: Path) -> None:
    bundle = load("15-pregnant-on-fingolimod.json")
    bundle["entry"][3]["resource"]["onsetDateTime"] = days_ago(100)  # whoever reads it has a calendar
    got = read(bundle, tmp_path)
    answer = assess(got.person, tmp_path)
    assert ("pregnancy-now", "urgent") in {(alert["id"], alert["level"]) for alert in answer["alerts"]}
    assert standings(answer)["continue"] == "not-advised"
    assert not OFFERED & set(without_a_drug(answer).values())


def test_a_pregnancy_of_five_years_ago_that_nobody_closed_is_not_taken_as_now(tmp_path: Path) -> None:
    bundle = load("15-pregnant-on-fingolimod.json")
    bundle["entry"][3]["resource"]["onsetDateTime"] = "2021-02-01"
    got = read(bundle, tmp_path)
    told = got.told()
    assert "pregnan" in told
    assert "pregnancy-now" not in {alert["id"] for alert in assess(got.person, tmp_path)["alerts"]}


def test_what_was_never_given_is_no_treatment(tmp_path: Path) -> None:
    """Not to be given, planned, cancelled, draft, not taken, intended, not done, in error, an allergy."""
    got = read("16-never-given.json", tmp_path)
    assert not got.has("treatments") and got.person["diagnosis"] == "MS"
    assert {f"entry[{place}]" for place in range(2, 10)} <= got.places_left_out()
    assert got.report["not_read"] == {"AllergyIntolerance": 1, "FamilyMemberHistory": 1}
    assert got.person.get("treatments") in (None, "unknown")


NO_FHIR = ("", "MS, Tysabri since 2019", "[1, 2, 3]", "null", "<Bundle/>", '{"resourceType": ')


@pytest.mark.parametrize("text", NO_FHIR)
def test_a_file_that_is_no_fhir_is_refused_in_a_sentence(text: str, tmp_path: Path) -> None:
    got = read(text, tmp_path)
    assert got.code == 2 and got.said.strip()


def test_depth_without_end_is_an_error_in_the_input_and_some_depth_is_none(tmp_path: Path) -> None:
    bundle = (HERE / "01-natalizumab-infusions.json").read_text(encoding="utf-8")
    for depth, codes in ((60, {0}), (100_000, {0, 2})):
        deep = '{"url": "x", "extension": [' * depth + "]}" * depth
        got = read(bundle.replace('"id": "order"', f'"id": "order", "extension": [{deep}]'), tmp_path)
        assert got.code in codes and got.said.strip()
        assert got.code == 2 or "natalizumab" in json.dumps(got.person)


# ---- writing ---------------------------------------------------------------------------------------------


def test_the_answer_as_fhir_has_the_same_numbers_and_plans_only_what_is_offered(tmp_path: Path) -> None:
    person = read("01-natalizumab-infusions.json", tmp_path).person
    answer, bundle = assess(person, tmp_path), assess(person, tmp_path, "fhir")
    parts = [entry["resource"] for entry in bundle["entry"]]
    risks = {part["id"]: part for part in parts if part["resourceType"] == "RiskAssessment"}
    for option in answer["options"]:
        numbers = [risk["per_100"]["estimate"] for risk in option["risks"] if risk["per_100"]]
        found = risks["risk-" + option["id"]]["prediction"]
        written = [p["probabilityDecimal"] for p in found if "probabilityDecimal" in p]
        assert written == pytest.approx(numbers)
        assert len(found) == len(option["risks"])
        assert all("unknown" in json.dumps(p).lower() for p in found if "probabilityDecimal" not in p)
    plans = {part["id"] for part in parts if part["resourceType"] == "CarePlan"}
    assert plans == {"plan-" + name for name, standing in standings(answer).items() if standing in OFFERED}
    assert {part["intent"] for part in parts if part["resourceType"] == "CarePlan"} <= {"option"}


def test_a_refused_answer_as_fhir_has_no_number_and_no_plan(tmp_path: Path) -> None:
    person = read("14-ms-and-nmosd.json", tmp_path).person | {"diagnosis": "NMOSD"}
    bundle = assess(person, tmp_path, "fhir")
    kinds = {entry["resource"]["resourceType"] for entry in bundle["entry"]}
    assert "GuidanceResponse" in kinds and "CarePlan" not in kinds
    assert "probabilityDecimal" not in json.dumps(bundle)


# ---- over HTTP -------------------------------------------------------------------------------------------


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> dict[str, Any]:
        held: dict[str, Any] = json.loads(self.text)
        return held


@dataclass
class Server:
    url: str
    log: Path

    def ask(self, path: str, body: bytes | None = None, method: str | None = None, **headers: str) -> Reply:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, body, sent, method=method)
        try:
            reply = urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as refused:
            reply = refused
        with reply:
            kept = {name.lower(): value for name, value in reply.headers.items()}
            return Reply(reply.status, kept, reply.read().decode())

    def hook(self, name: str, call: dict[str, Any], **headers: str) -> Reply:
        sent = json.dumps(call).encode()
        return self.ask(f"/cds-services/stepdown-{name}", sent, Content_Type="application/json", **headers)

    def form(self, path: str, fields: dict[str, str], **headers: str) -> Reply:
        sent = {"Content_Type": "application/x-www-form-urlencoded", "Origin": self.url} | headers
        return self.ask(path, urllib.parse.urlencode(fields).encode(), **sent)


@contextlib.contextmanager
def serving(folder: Path, *more: str | Path) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "log"
    command = [Path(sys.executable).with_name("stepdown"), "serve", "--port", str(port), *more]
    with log.open("w") as written:
        program = subprocess.Popen(command, stdout=written, stderr=subprocess.STDOUT)
    try:
        server = Server(f"http://127.0.0.1:{port}", log)
        for _ in range(200):
            with contextlib.suppress(OSError):
                assert server.ask("/healthz").status == 200
                break
            time.sleep(0.1)
        yield server
    finally:
        program.terminate()
        program.wait(20)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("demo"), "--hooks-demo", "--posts-per-minute", "0") as server:
        yield server


def days_ago(days: int) -> str:
    return (date.today() - timedelta(days=days)).isoformat()


def empty(kind: str = "searchset") -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": []}


def prefetch_of(name: str) -> dict[str, Any]:
    """A bundle of this folder as a prefetch, with the days of what is recent counted back from today."""
    keys = {"Condition": "conditions", "MedicationRequest": "requests", "MedicationStatement": "statements"}
    keys |= {"MedicationAdministration": "administrations", "Observation": "observations"}
    keys |= {"Procedure": "procedures", "ImagingStudy": "imaging"}
    recent = {"2026-08-04": 80, "2026-09-01": 52, "2026-09-29T10:00:00+02:00": 24, "2026-10-27": 10}
    recent |= {"2026-10-28": 9, "2026-08-11": 60, "2026-08-20": 70}
    text = (HERE / name).read_text(encoding="utf-8")
    for written, days in recent.items():
        text = text.replace(written, days_ago(days))
    parts: dict[str, Any] = {key: empty() for key in keys.values()}
    for entry in json.loads(text)["entry"]:
        kind = entry["resource"]["resourceType"]
        if kind == "Patient":
            parts["patient"] = entry["resource"]
        else:
            parts[keys[kind]]["entry"].append(entry)
    return parts


def view(prefetch: Any, patient: str = "p1") -> dict[str, Any]:
    call = {"hook": "patient-view", "hookInstance": str(uuid.uuid4()), "prefetch": prefetch}
    return call | {"context": {"userId": "Practitioner/1", "patientId": patient}}


def order(drug: str, prefetch: Any, hook: str = "order-sign", **more: Any) -> dict[str, Any]:
    draft = {"resourceType": "MedicationRequest", "id": "new", "status": "draft", "intent": "order"}
    draft |= {"medicationCodeableConcept": {"text": drug}, "subject": {"reference": "Patient/p1"}} | more
    call = view(prefetch) | {"hook": hook}
    call["context"]["draftOrders"] = empty("collection") | {"entry": [{"resource": draft}]}
    if hook == "order-select":
        call["context"]["selections"] = ["MedicationRequest/new"]
    return call


def check_cards(reply: Reply) -> list[dict[str, Any]]:
    """The limits of the specification: they hold for every card."""
    assert reply.status == 200, reply.text
    cards: list[dict[str, Any]] = reply.json["cards"]
    for card in cards:
        assert 0 < len(card["summary"]) < 140 and card["indicator"] in {"info", "warning", "critical"}
        assert card["source"]["label"] and all(value not in ("", [], {}, None) for value in card.values())
        assert not any(name in json.dumps(card) for name in NAMES)
        for link in card.get("links", []):
            assert "p1" not in link["url"] and "?" not in link["url"]
    return cards


def test_an_open_chart_of_natalizumab_gets_the_safety_fact_first(demo: Server) -> None:
    cards = check_cards(demo.hook("patient-view", view(prefetch_of("01-natalizumab-infusions.json"))))
    assert len(cards) >= 2 and cards[0]["indicator"] == "warning" and cards[-1]["indicator"] == "info"
    assert "JCV" in json.dumps(cards[0])


def test_what_was_not_sent_is_named_and_what_is_needed_is_asked_for(demo: Server) -> None:
    broken = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}
    full = prefetch_of("01-natalizumab-infusions.json")
    for part in ("patient", "conditions"):
        for sent in (None, broken):
            reply = demo.hook("patient-view", view(full | {part: sent}))
            assert reply.status == 412 and reply.json["resourceType"] == "OperationOutcome"
            assert part[:7] in reply.text.lower()
    assert demo.hook("patient-view", view(None)).status == 412
    paged = full["requests"] | {"link": [{"relation": "next", "url": "http://127.0.0.1:9/next"}]}
    for part, sent in (
        ("requests", None),
        ("requests", broken),
        ("requests", paged),
        ("observations", None),
    ):
        cards = check_cards(demo.hook("patient-view", view(full | {part: sent})))
        assert part in json.dumps(cards)


def test_nobody_is_judged_by_the_record_of_another(demo: Server) -> None:
    """The chart is that of p1, the prefetch that of p2."""
    sent = json.dumps(prefetch_of("15-pregnant-on-fingolimod.json")).replace("Patient/p1", "Patient/p2")
    full = json.loads(sent)
    full["patient"]["id"] = "p2"
    reply = demo.hook("patient-view", view(full, "p1"))
    assert reply.status in {400, 412, 422} or not check_cards(reply)


def test_an_order_for_somebody_else_is_not_judged_by_this_chart(demo: Server) -> None:
    chart = prefetch_of("15-pregnant-on-fingolimod.json")
    reply = demo.hook("order-sign", order("fingolimod", chart, subject={"reference": "Patient/p2"}))
    assert reply.status in {400, 412, 422} or not check_cards(reply)


def test_an_order_is_answered_only_when_something_speaks_against_it(demo: Server) -> None:
    pregnant = prefetch_of("15-pregnant-on-fingolimod.json")
    cards = check_cards(demo.hook("order-sign", order("Gilenya 0.5 mg", pregnant)))
    assert cards and cards[0]["indicator"] != "info" and "pregnan" in json.dumps(cards).lower()
    assert check_cards(demo.hook("order-sign", order("amoxicillin 500 mg", pregnant))) == []
    ended = order("natalizumab", prefetch_of("01-natalizumab-infusions.json"), status="stopped")
    cards = check_cards(demo.hook("order-sign", ended))
    assert cards and cards[0]["indicator"] != "info" and "natalizumab" in json.dumps(cards).lower()
    lost = order("x", pregnant)
    draft = lost["context"]["draftOrders"]["entry"][0]["resource"]
    del draft["medicationCodeableConcept"]
    draft["medicationReference"] = {"reference": "Medication/999"}
    assert demo.hook("order-sign", lost).status == 200


def test_an_ms_drug_for_somebody_without_ms_or_with_nmosd_gets_a_warning(demo: Server) -> None:
    without = prefetch_of("14-ms-and-nmosd.json")
    without["statements"]["entry"] = []
    with_nmosd = json.loads(json.dumps(without))
    with_nmosd["conditions"]["entry"] = with_nmosd["conditions"]["entry"][1:]
    without["conditions"]["entry"] = []
    for record in (without, with_nmosd):
        cards = check_cards(demo.hook("order-sign", order("fingolimod", record)))
        assert cards and cards[0]["indicator"] in {"warning", "critical"}
    assert check_cards(demo.hook("patient-view", view(without))) == []


def test_an_order_that_was_not_selected_is_left_alone(demo: Server) -> None:
    call = order("amoxicillin 500 mg", prefetch_of("15-pregnant-on-fingolimod.json"), "order-select")
    earlier = order("fingolimod", None)["context"]["draftOrders"]["entry"][0]
    earlier["resource"]["id"] = "earlier"
    call["context"]["draftOrders"]["entry"].append(earlier)
    assert check_cards(demo.hook("order-select", call)) == []
    call["context"]["selections"] = ["MedicationRequest/earlier"]
    assert check_cards(demo.hook("order-select", call))


NO_CALL = (b"", b"null", b"[]", b"{", b'{"hook": "patient-view"}', b'"' + b"\xff" * 20 + b'"')
DEEP = b'{"prefetch": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001


@pytest.mark.parametrize("body", (*NO_CALL, DEEP), ids=lambda body: str(body[:12]))
def test_a_call_that_is_no_call_is_refused_without_a_fault(demo: Server, body: bytes) -> None:
    reply = demo.ask("/cds-services/stepdown-patient-view", body, Content_Type="application/json")
    assert 400 <= reply.status < 500


AUDIENCE = "https://stepdown.clinic.example/cds-services"
KEY = ECKey.generate_key("P-384", parameters={"kid": "k1", "use": "sig", "alg": "ES384"})
STRANGER = ECKey.generate_key("P-384", parameters={"kid": "k1", "use": "sig", "alg": "ES384"})


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("guarded")
    keys = {"keys": [KEY.as_dict(private=False)]}
    (folder / "hospital-keys.json").write_text(json.dumps(keys), encoding="utf-8")
    issuers = f'audiences = ["{AUDIENCE}"]\n[[issuer]]\n'
    issuers += 'iss = "https://hospital.example"\njwks = "hospital-keys.json"\n'
    (folder / "issuers.toml").write_text(issuers, encoding="utf-8")
    # In this process: starting a second one costs more than all that is asked of it.
    with hosted(HooksSettings(trusted=read_trusted(folder / "issuers.toml"))) as running:
        yield Server(f"http://127.0.0.1:{running.port}", folder / "log")


def token(key: Any = KEY, lifetime: int = 300, header: dict[str, Any] | None = None, **claims: Any) -> str:
    now = int(time.time())
    held = {"iss": "https://hospital.example", "aud": AUDIENCE, "iat": now, "exp": now + lifetime}
    held |= {"jti": str(uuid.uuid4())} | claims
    held = {name: value for name, value in held.items() if value is not None}
    top = {"alg": "ES384", "typ": "JWT", "kid": "k1"} | (header or {})
    return jwt.encode(top, held, key, algorithms=["ES384", "HS256"])


def unsigned() -> str:
    parts = token().split(".")
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT","kid":"k1"}').rstrip(b"=").decode()
    return f"{head}.{parts[1]}."


def test_only_a_good_token_of_a_listed_issuer_is_answered_and_only_once(guarded: Server) -> None:
    call = view(prefetch_of("01-natalizumab-infusions.json"))
    good, now = token(), int(time.time())
    assert check_cards(guarded.hook("patient-view", call, Authorization=f"Bearer {good}"))
    shared = OctKey.import_key(json.dumps(KEY.as_dict(private=False)))
    bad = [
        good,
        unsigned(),
        "",
        "rubbish",
        token(STRANGER),
        token(iss="https://other.example"),
        token(aud="x"),
    ]
    bad += [token(iat=now - 900, exp=now - 600), token(lifetime=3600), token(jti=None), token(exp=None)]
    bad += [token(shared, header={"alg": "HS256"}), token(iss=None), token(aud=None), token() + "A"]
    bad += [
        token(STRANGER, header={"jku": "https://evil.example/keys"}),
        token(iat=now + 3600, exp=now + 3900),
    ]
    replies = [guarded.hook("patient-view", call, Authorization=f"Bearer {text}") for text in bad]
    replies.append(guarded.hook("patient-view", call))
    assert [reply.status for reply in replies] == [401] * len(replies)
    assert len({reply.text for reply in replies}) == 1
    endless = guarded.hook("patient-view", call, Authorization="Bearer " + "a" * 100_000)
    assert endless.status in {400, 401, 431}
    assert check_cards(guarded.hook("patient-view", call, Authorization=f"Bearer {token()}"))


def test_a_token_is_not_good_before_its_time(guarded: Server) -> None:
    """RFC 7519, 4.1.5: it must not be accepted before `nbf`."""
    early = token(nbf=int(time.time()) + 300)
    call = view(prefetch_of("01-natalizumab-infusions.json"))
    assert guarded.hook("patient-view", call, Authorization=f"Bearer {early}").status == 401


def test_the_log_and_the_replies_hold_nothing_of_the_person(demo: Server) -> None:
    demo.hook("patient-view", view(prefetch_of("01-natalizumab-infusions.json")))
    demo.hook("patient-view", view({"patient": {"resourceType": "Patient", "id": ["p1", "Quillfeather"]}}))
    typed = {
        "id": "Quillfeather",
        "birth_date": "1988-03-02",
        "diagnosis": "MS",
        "edss[0].score": "Zebedee",
    }
    demo.form("/answer", typed)
    demo.ask("/answer?name=Quillfeather")
    demo.ask("/Quillfeather/4857773456")
    log = demo.log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert len(lines) >= 6 and {"request", "status"} <= set(lines[-1])
    words = (*NAMES, "1988-03-02", "natalizumab", "G35", "2.4,", "natalizumab-jcv-high", "Practitioner/1")
    assert [word for word in words if word in log] == []


# ---- the pages -------------------------------------------------------------------------------------------


def marked(page: str, field: str) -> bool:
    tag = re.search(rf'<(?:input|select)[^>]*name="{re.escape(field)}"[^>]*>', page)
    return bool(tag and 'aria-invalid="true"' in tag.group())


def test_wrong_input_is_told_beside_its_field_and_nothing_runs(demo: Server) -> None:
    """A stop before the start, a birth in the future, a date that is none; what was typed stays as text."""
    fields = {"id": "<script>alert(1)</script>", "recorded_on": "2026-06-01", "diagnosis": "MS"}
    fields["birth_date"] = "2031-01-01"
    fields |= {"treatments[0].therapy": "natalizumab", "treatments[0].start": "2020-05-01"}
    fields |= {
        "treatments[0].stop": "2018-05-01",
        "relapses[0].onset": "31/02/2024",
        "quality_of_life": "eleven",
    }
    reply = demo.form("/answer", fields)
    assert reply.status < 500 and reply.headers["cache-control"] == "no-store"
    wrong = ("treatments[0].stop", "relapses[0].onset", "birth_date", "quality_of_life")
    assert [name for name in wrong if not marked(reply.text, name)] == []
    assert not marked(reply.text, "treatments[0].start") or marked(reply.text, "treatments[0].stop")
    assert "<script>alert" not in reply.text and "31/02/2024" in reply.text
    assert "/download/pdf" not in reply.text


def test_nearly_nothing_known_is_no_ground_to_stop_natalizumab(demo: Server, tmp_path: Path) -> None:
    """The page and the command give the same answer for the same person."""
    fields = {
        "recorded_on": "2026-10-30",
        "diagnosis": "MS",
        "age": "40",
        "treatments[0].therapy": "Tysabri",
    }
    fields |= {"treatments[0].still_taking": "true"}
    page = demo.form("/answer", fields)
    assert (page.status == 200 and "not known" in page.text.lower()) or "unknown" in page.text.lower()
    tags = re.findall(r'<input type="hidden"[^>]*>', page.text)
    hidden = {}
    for tag in tags:
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        hidden[name.group(1) if name else ""] = unescape(value.group(1)) if value else ""
    web = demo.form("/download/json", hidden).json
    own = {"recorded_on": "2026-10-30", "diagnosis": "MS", "age": 40}
    own["treatments"] = [{"therapy": "natalizumab", "still_taking": True}]
    command = assess(own, tmp_path)
    assert standings(web) == standings(command)
    assert without_a_drug(web) == {"stop": "not-advised"}


def test_a_pasted_bundle_of_two_people_or_of_rubbish_is_no_person(demo: Server) -> None:
    two = (HERE / "05-two-people.json").read_text(encoding="utf-8")
    for text in (two, "[" * 50_000, "\x00\x01", "a: &a [*a]"):
        reply = demo.form("/answer", {"text": text})
        assert reply.status < 500 and "/download/pdf" not in reply.text


def test_other_sites_and_addresses_get_nothing(demo: Server) -> None:
    fields = {"diagnosis": "MS", "age": "40"}
    for origin in ("https://evil.example", "null"):
        assert demo.form("/answer", fields, Origin=origin).status in {400, 403}
    sent = urllib.parse.urlencode(fields).encode()
    assert demo.ask("/answer", sent, Content_Type="application/x-www-form-urlencoded").status in {400, 403}
    assert demo.ask("/", Host="evil.example").status in {400, 403, 421}
    assert demo.ask("/", method="HEAD").status == 200
    assert "MS" not in demo.ask("/answer?diagnosis=MS&age=40").headers.get("location", "")


# ---- a closer look ---------------------------------------------------------------------------------------


def test_a_recorded_stop_is_not_lost_beside_an_order(tmp_path: Path) -> None:
    """An order of 2020 that is still open, or one that was used up: the statement says 15 September."""
    for name in ("03-natalizumab-stopped-order-open.json", "03-natalizumab-stopped-order-used-up.json"):
        got = read(name, tmp_path)
        stops = {drug.get("stop") for drug in got.has("treatments")}
        assert "2026-09-15" in stops or "2026-09-15" in got.told(), name


def test_a_list_of_all_pages_is_not_said_to_lack_any(tmp_path: Path) -> None:
    """Page 1 names page 2, and page 2 is there."""
    assert "more pages" not in read("10-pages.json", tmp_path).told()


def test_ms_and_nmosd_in_one_record_is_not_called_no_ms(tmp_path: Path) -> None:
    assert "no MS found" not in read("14-ms-and-nmosd.json", tmp_path).said


def test_an_open_chart_of_ms_and_nmosd_on_fingolimod_is_not_passed_over(demo: Server) -> None:
    """The record says MS and allows no answer: a card has to say so."""
    assert check_cards(demo.hook("patient-view", view(prefetch_of("14-ms-and-nmosd.json"))))


def test_a_further_order_of_natalizumab_at_a_high_jc_virus_index_is_answered(demo: Server) -> None:
    """Index 2.4 after more than 24 months: the published PML figure speaks against going on unchanged."""
    cards = check_cards(
        demo.hook("order-sign", order("Tysabri", prefetch_of("01-natalizumab-infusions.json")))
    )
    assert "JCV" in json.dumps(cards)


def test_the_chart_of_somebody_who_died_offers_no_therapy(demo: Server) -> None:
    cards = check_cards(demo.hook("patient-view", view(prefetch_of("13-deceased.json"))))
    assert not [card for card in cards if "stand as reasonable or possible" in card["summary"]]
