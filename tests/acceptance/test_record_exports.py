"""Records as exports of several kinds of hospital systems hold them. All people are invented."""

import contextlib
import io
import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from stepdown.interfaces.cli import main

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
ATC = "http://www.whocc.no/atc"
DAY = "2026-10-05"


@dataclass
class Read:
    """What `patient from-fhir` made of a file."""

    code: int
    person: dict[str, Any]
    report: dict[str, Any]
    said: str

    def has(self, key: str) -> list[dict[str, Any]]:
        entries = self.person.get(key)
        return [e for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []

    def told(self) -> str:
        """Notes, reasons and names of what was left out, in small letters."""
        return (" ".join(self.report["notes"]) + json.dumps(self.report["left_out"]) + self.said).lower()

    def left_out(self) -> set[str]:
        return {row["place"] for row in self.report["left_out"]}

    def therapies(self) -> list[str]:
        return [drug["therapy"] for drug in self.has("treatments")]


def read(content: Any, folder: Path, *more: str) -> Read:
    path, report = folder / "export.json", folder / "report.json"
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(raw)
    report.unlink(missing_ok=True)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["patient", "from-fhir", str(path), "--format", "json", "--report", str(report), *more])
    assert "Traceback" not in err.getvalue()
    held = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    return Read(code, json.loads(out.getvalue()) if code == 0 else {}, held, err.getvalue())


def coded(system: str, code: str, text: str = "") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]} | ({"text": text} if text else {})


def patient(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1978-05-02", **more}


def condition(code: Any, clinical: str = "active", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "clinicalStatus": coded(CLINICAL, clinical),
        "verificationStatus": coded(VERIFICATION, "confirmed"),
        "code": code,
        "subject": {"reference": "Patient/p1"},
        **more,
    }


def ms(**more: Any) -> dict[str, Any]:
    return condition(coded("http://hl7.org/fhir/sid/icd-10-cm", "G35.A"), **more)


def order(drug: Any, status: str = "active", **more: Any) -> dict[str, Any]:
    held = {"medicationCodeableConcept": {"text": drug}} if isinstance(drug, str) else drug
    return {
        "resourceType": "MedicationRequest",
        "status": status,
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2024-03-04",
        **held,
        **more,
    }


def statement(drug: str, status: str = "active", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "status": status,
        "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": {"text": drug},
        **more,
    }


def result(code: Any, value: Any, day: str = "2026-09-01", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": code,
        "effectiveDateTime": day,
        "subject": {"reference": "Patient/p1"},
        **value,
        **more,
    }


EDSS = coded("http://snomed.info/sct", "273554001", "EDSS")
LYMPHOCYTES = coded("http://loinc.org", "731-0", "Lymphocytes")


def edss(score: float, day: str = "2026-09-01", **more: Any) -> dict[str, Any]:
    return result(EDSS, {"valueQuantity": {"value": score}}, day, **more)


def bundle(*resources: Any, kind: str = "collection", **more: Any) -> dict[str, Any]:
    entries = [r if isinstance(r, dict) and "resourceType" not in r else {"resource": r} for r in resources]
    return {"resourceType": "Bundle", "type": kind, "timestamp": f"{DAY}T08:00:00Z", "entry": entries, **more}


# ---- the shapes of exports -------------------------------------------------------------------------------


def test_an_export_with_absolute_references_an_included_medication_and_an_outcome(tmp_path: Path) -> None:
    """Search results with long opaque ids, private code systems, and an OperationOutcome at the end."""
    base = "https://records.hospital.example/api/FHIR/R4"
    drug = {
        "resourceType": "Medication",
        "id": "eMed.1",
        "code": {
            "coding": [{"system": "urn:oid:1.2.840.114350.1.13.0.1.7.2.698288", "code": "8881"}],
            "text": "natalizumab (TYSABRI) 300 mg/15 mL injection",
        },
    }
    who = {"reference": f"{base}/Patient/eQ-x.Y3", "display": "Quillfeather, Zebedee"}
    got = read(
        bundle(
            {
                "fullUrl": f"{base}/Patient/eQ-x.Y3",
                "resource": patient(id="eQ-x.Y3"),
                "search": {"mode": "match"},
            },
            {"fullUrl": f"{base}/Condition/c", "resource": ms(subject=who)},
            {
                "fullUrl": f"{base}/MedicationRequest/m",
                "resource": order(
                    {
                        "medicationReference": {
                            "reference": f"{base}/Medication/eMed.1",
                            "display": "natalizumab",
                        }
                    },
                    subject=who,
                ),
            },
            {"fullUrl": f"{base}/Medication/eMed.1", "resource": drug, "search": {"mode": "include"}},
            {
                "fullUrl": "urn:uuid:0c1",
                "search": {"mode": "outcome"},
                "resource": {
                    "resourceType": "OperationOutcome",
                    "issue": [
                        {
                            "severity": "warning",
                            "code": "suppressed",
                            "diagnostics": "Some results were withheld.",
                        }
                    ],
                },
            },
            kind="searchset",
        ),
        tmp_path,
    )
    assert got.person["diagnosis"] == "MS" and got.therapies() == ["natalizumab"]
    assert "operationoutcome" in got.told(), "a search that says something was withheld is not passed over"
    assert "Quillfeather" not in json.dumps(got.person) + got.said


def test_an_export_with_contained_medications_and_words_for_a_dose(tmp_path: Path) -> None:
    """The strength of a vial is no dose, and "every 6 months" is half a year or is not read."""
    got = read(
        bundle(
            patient(),
            ms(),
            order(
                {"medicationReference": {"reference": "#m"}},
                contained=[
                    {
                        "resourceType": "Medication",
                        "id": "m",
                        "code": {"text": "ocrelizumab 300 mg/10 mL intravenous solution"},
                    }
                ],
                dosageInstruction=[{"text": "600 mg, IV Piggyback, every 6 months"}],
            ),
        ),
        tmp_path,
    )
    [drug] = got.has("treatments")
    assert drug["therapy"] == "ocrelizumab" and drug["start"] == "2024-03-04"
    assert drug.get("dose_mg") in (None, "unknown", 600)
    assert drug.get("interval_days") in (None, "unknown", 180, 182, 183)


def test_references_to_a_version_are_references_to_the_person(tmp_path: Path) -> None:
    who = {"reference": "Patient/p1/_history/4"}
    got = read(bundle(patient(), ms(subject=who), edss(3.5, subject=who)), tmp_path)
    assert got.person["diagnosis"] == "MS" and [s["score"] for s in got.has("edss")] == [3.5]


def test_a_medication_that_is_not_in_the_bundle_is_known_by_its_name_or_left_out(tmp_path: Path) -> None:
    named = {"medicationReference": {"reference": "Medication/404", "display": "Tysabri 300 mg concentrate"}}
    bare = {"medicationReference": {"reference": "Medication/405"}}
    got = read(bundle(patient(), ms(), order(named), order(bare)), tmp_path)
    assert got.therapies() == ["natalizumab"] and "entry[3]" in got.left_out()


def test_a_medication_with_an_ingredient_and_no_code_is_that_drug_or_is_named(tmp_path: Path) -> None:
    drug = {
        "resourceType": "Medication",
        "id": "m",
        "ingredient": [{"itemCodeableConcept": coded(ATC, "L04AG03", "natalizumab")}],
    }
    given = {"medicationReference": {"reference": "Medication/m"}}
    got = read(bundle(patient(), ms(), drug, order(given)), tmp_path)
    assert got.therapies() == ["natalizumab"] or "entry[3]" in got.left_out()


def test_without_ids_references_and_identifiers_one_person_is_still_read(tmp_path: Path) -> None:
    resources = [patient(), ms(), edss(2.0)]
    for resource in resources:
        resource.pop("id", None), resource.pop("subject", None)
    got = read(bundle(*resources), tmp_path)
    assert got.code == 0 and got.person["diagnosis"] == "MS" and got.has("edss")


def test_a_record_without_its_patient_says_so(tmp_path: Path) -> None:
    got = read(bundle(ms(), edss(2.0)), tmp_path)
    assert "patient" in got.said.lower() and got.code in (0, 2)
    assert got.code == 2 or got.person.get("birth_date") in (None, "unknown")


def test_two_patients_that_are_linked_as_one_are_asked_about(tmp_path: Path) -> None:
    old = patient(id="p0", active=False, link=[{"other": {"reference": "Patient/p1"}, "type": "replaced-by"}])
    got = read(bundle(old, patient(), ms(), edss(2.0, subject={"reference": "Patient/p0"})), tmp_path)
    assert got.code == 2 and "--patient" in got.said
    one = read(
        bundle(old, patient(), ms(), edss(2.0, subject={"reference": "Patient/p0"})),
        tmp_path,
        "--patient",
        "p1",
    )
    assert one.code == 0 and not one.has("edss") and "entry[3]" in one.left_out()


def test_a_history_counts_the_last_version_only(tmp_path: Path) -> None:
    """EDSS 6.5 was a slip: version 2 withdraws it. EDSS 3 was deleted. Both are no score."""
    slip = edss(6.5, id="e1", meta={"versionId": "1", "lastUpdated": "2026-09-01T10:00:00Z"})
    taken_back = {
        **slip,
        "status": "entered-in-error",
        "meta": {"versionId": "2", "lastUpdated": "2026-09-02T10:00:00Z"},
    }
    gone = {
        "fullUrl": "https://h.example/fhir/Observation/e2",
        "request": {"method": "DELETE", "url": "Observation/e2"},
    }
    for entries in ([taken_back, slip, gone, edss(3, "2026-08-01", id="e2")], [slip, taken_back]):
        got = read(bundle(patient(), ms(), *entries, kind="history"), tmp_path)
        assert not got.has("edss") and got.code == 0


def test_another_version_of_fhir_is_read_or_named_and_never_dropped(tmp_path: Path) -> None:
    """R5 holds a drug in `medication.concept`; STU3 holds a status as one word."""
    r5 = order({"medication": {"concept": {"text": "ocrelizumab"}}})
    r5_statement = {
        "resourceType": "MedicationStatement",
        "status": "recorded",
        "effectiveDateTime": "2024-05-01",
        "subject": {"reference": "Patient/p1"},
        "medication": {"concept": {"text": "ocrelizumab"}},
    }
    stu3 = ms(clinicalStatus="active", verificationStatus="confirmed")
    got = read(bundle(patient(), stu3, r5, r5_statement), tmp_path)
    assert got.person["diagnosis"] == "MS" or "entry[1]" in got.left_out()
    assert "ocrelizumab" in got.therapies() or {"entry[2]", "entry[3]"} <= got.left_out()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_a_file_of_another_encoding_is_read_or_refused_in_a_sentence(encoding: str, tmp_path: Path) -> None:
    text = json.dumps(
        bundle(patient(), condition({"text": "sclérose en plaques récurrente-rémittente"})),
        ensure_ascii=False,
    )
    got = read(text.encode(encoding), tmp_path)
    if encoding == "utf-8-sig":
        assert got.code == 0 and got.person["diagnosis"] == "MS"
    assert got.code in (0, 2) and got.said.strip()
    assert got.code == 2 or got.person["diagnosis"] == "MS"


def test_fhir_as_xml_is_named_as_such(tmp_path: Path) -> None:
    got = read(
        b'<?xml version="1.0"?><Bundle xmlns="http://hl7.org/fhir"><type value="searchset"/></Bundle>',
        tmp_path,
    )
    assert got.code == 2 and "JSON" in got.said


def test_a_bundle_in_a_bundle_and_a_list_are_read_or_named(tmp_path: Path) -> None:
    """A batch answer holds a bundle for each search."""
    inner = bundle(ms(), edss(3.0), kind="searchset")
    got = read(
        bundle(patient(), {"resource": inner, "response": {"status": "200"}}, kind="batch-response"), tmp_path
    )
    assert got.person["diagnosis"] == "MS" or "entry[1]" in " ".join(got.left_out()) + str(
        got.report["not_read"]
    )
    assert got.person["diagnosis"] == "MS" or "Bundle" in json.dumps(got.report)


# ---- what may not be understood without its marks --------------------------------------------------------


def test_a_modifier_extension_that_nobody_here_knows_keeps_an_entry_out(tmp_path: Path) -> None:
    """A reader must not process a resource with a modifier extension it does not understand.

    https://hl7.org/fhir/R4/extensibility.html#modifierExtension
    """
    mark = {"modifierExtension": [{"url": "https://h.example/not-done", "valueBoolean": True}]}
    got = read(
        bundle(
            patient(),
            ms(),
            edss(6.0, **mark),
            edss(2.0, "2026-08-01"),
            order("natalizumab", **mark),
            statement("ocrelizumab", **mark),
        ),
        tmp_path,
    )
    assert [s["score"] for s in got.has("edss")] == [2.0] and not got.has("treatments")
    assert {"entry[2]", "entry[4]", "entry[5]"} <= got.left_out()
    alone = read(bundle(patient(), ms(**mark)), tmp_path)
    assert alone.person.get("diagnosis") != "MS" and "entry[1]" in alone.left_out()


def test_rules_that_a_resource_was_written_under_keep_it_out(tmp_path: Path) -> None:
    """implicitRules is a modifier too: https://hl7.org/fhir/R4/resource.html#implicitRules"""
    got = read(
        bundle(patient(), ms(), edss(6.0, implicitRules="https://h.example/scores-times-two")), tmp_path
    )
    assert not got.has("edss") and "entry[2]" in got.left_out()


def test_statuses_of_results_that_do_not_stand(tmp_path: Path) -> None:
    """registered and cancelled are no results; amended and corrected are."""
    days = {
        "registered": "2026-01-01",
        "cancelled": "2026-02-01",
        "amended": "2026-03-01",
        "corrected": "2026-04-01",
    }
    got = read(bundle(patient(), ms(), *(edss(3.0, day, status=s) for s, day in days.items())), tmp_path)
    assert [s["date"] for s in got.has("edss")] == ["2026-03-01", "2026-04-01"]


# ---- days ------------------------------------------------------------------------------------------------


def test_partial_days_stay_partial(tmp_path: Path) -> None:
    got = read(
        bundle(
            patient(birthDate="1978"),
            ms(onsetDateTime="2019"),
            order("ocrelizumab", authoredOn="2019-03"),
            edss(2.0, "2019-03"),
            edss(2.5, "2026"),
        ),
        tmp_path,
    )
    assert got.person["onset_date"] == "2019"
    assert got.has("treatments")[0]["start"] == "2019-03"
    assert [s["date"] for s in got.has("edss")] == ["2019-03", "2026"]
    assert str(got.person.get("birth_date", got.person.get("birth_year"))) == "1978"


def test_a_day_is_the_day_where_the_person_was(tmp_path: Path) -> None:
    """23:30 five hours west of Greenwich is that day, not the next."""
    got = read(bundle(patient(), ms(), edss(2.0, "2026-09-01T23:30:00-05:00")), tmp_path)
    assert got.has("edss")[0]["date"] == "2026-09-01"


def test_days_that_are_none_or_come_after_the_record_are_named(tmp_path: Path) -> None:
    got = read(
        bundle(
            patient(birthDate="02/05/1978"),
            ms(),
            edss(2.0, "2026-02-30"),
            edss(9.0, "2036-09-01"),
            edss(3.0, "01.09.2026"),
        ),
        tmp_path,
    )
    assert got.code == 0 and not got.has("edss")
    assert {"entry[2]", "entry[3]", "entry[4]"} <= got.left_out()
    assert got.person.get("birth_date") in (None, "unknown") and "birth" in got.told()


# ---- drugs -----------------------------------------------------------------------------------------------


def test_a_drug_that_was_stopped_and_begun_again_is_two_periods(tmp_path: Path) -> None:
    got = read(
        bundle(
            patient(),
            ms(),
            statement("Tysabri", "completed", effectivePeriod={"start": "2015-02-01", "end": "2017-06-30"}),
            statement("Tysabri", effectivePeriod={"start": "2020-01-15"}),
        ),
        tmp_path,
    )
    periods = [(d["therapy"], d["start"], d.get("stop")) for d in got.has("treatments")]
    assert periods[0] == ("natalizumab", "2015-02-01", "2017-06-30")
    assert periods[1][:2] == ("natalizumab", "2020-01-15") and periods[1][2] in (None, "unknown")
    assert got.has("treatments")[1]["still_taking"] is True


@pytest.mark.parametrize(
    "text, drug",
    [
        ("natalizumab-sztn (Tyruko) 300 mg/15 mL", "natalizumab"),
        ("Ocrevus Zunovo 920 mg-23,000 unit/23 mL subcutaneous", "ocrelizumab"),
        ("ocrelizumab and hyaluronidase-ocsq", "ocrelizumab"),
        ("Briumvi 150 mg/6 mL", "ublituximab"),
        ("rituximab-abbs (TRUXIMA) 10 mg/mL", "rituximab"),
        ("Riximyo 500 mg", "rituximab"),
        ("Bafiertam 95 mg capsule", "monomethyl-fumarate"),
        ("diroximel fumarate (Vumerity) 231 mg", "diroximel-fumarate"),
        ("Tascenso ODT 0.5 mg", "fingolimod"),
        ("glatiramer acetate (GLATOPA) 40 mg/mL subcutaneous syringe", "glatiramer-acetate"),
        ("Brabio 40 mg/ml", "glatiramer-acetate"),
        ("peginterferon beta-1a (Plegridy)", "peginterferon-beta-1a"),
        ("dimethyl fumarate 240 mg capsule,delayed release", "dimethyl-fumarate"),
        ("Alemtuzumab (LEMTRADA)", "alemtuzumab"),
        ("ponesimod 20 mg tablet (Ponvory)", "ponesimod"),
        ("Zeposia starter kit", "ozanimod"),
    ],
)
def test_biosimilars_new_forms_and_brands_are_the_drug_they_are(text: str, drug: str, tmp_path: Path) -> None:
    got = read(bundle(patient(), ms(), order(text)), tmp_path)
    family = {
        "peginterferon-beta-1a": {"interferon-beta", "peginterferon-beta-1a"},
        "monomethyl-fumarate": {"monomethyl-fumarate", "dimethyl-fumarate", "fumarate"},
        "diroximel-fumarate": {"diroximel-fumarate", "dimethyl-fumarate", "fumarate"},
    }
    [found] = got.therapies()
    assert found in family.get(drug, {drug})


@pytest.mark.parametrize(
    "text",
    [
        "hyaluronidase 1500 units",
        "cladribine 1 mg/mL for hairy cell leukaemia",
        "dimethyl sulfoxide 50 %",
        "interferon gamma-1b",
        "natalizumab antibody test kit",
        "fumaric acid esters for psoriasis (Fumaderm)",
    ],
)
def test_what_only_sounds_like_a_therapy_is_no_plain_therapy(text: str, tmp_path: Path) -> None:
    """Left out, or in doubt and said so; never taken for a drug for MS without a word."""
    got = read(bundle(patient(), ms(), order(text)), tmp_path)
    plain = [name for name in got.therapies() if not name.startswith("other:")]
    assert not plain or text.split()[0].lower() in " ".join(got.report["notes"]).lower()


def test_an_order_that_begins_later_is_not_taken_yet(tmp_path: Path) -> None:
    ahead = (date.today() + timedelta(days=60)).isoformat()
    later = {
        "dosageInstruction": [
            {
                "timing": {
                    "repeat": {
                        "boundsPeriod": {"start": ahead},
                        "frequency": 1,
                        "period": 6,
                        "periodUnit": "mo",
                    }
                }
            }
        ]
    }
    for entry in (
        order("ocrelizumab", authoredOn="2026-10-01", **later),
        order("ocrelizumab", authoredOn=ahead),
        statement("ocrelizumab", "intended", effectivePeriod={"start": ahead}),
    ):
        got = read(bundle(patient(), ms(), entry), tmp_path)
        assert all(drug.get("still_taking") is not True for drug in got.has("treatments"))
        assert "entry[2]" in got.left_out() or "entry[2]" in " ".join(got.report["notes"])


def test_an_interval_in_weeks_is_in_days_and_text_never_makes_a_wrong_one(tmp_path: Path) -> None:
    weeks = {"timing": {"repeat": {"frequency": 1, "period": 6, "periodUnit": "wk"}}}
    got = read(bundle(patient(), ms(), order("natalizumab", dosageInstruction=[weeks])), tmp_path)
    assert got.has("treatments")[0]["interval_days"] == 42
    for text in ("300 mg every 6 weeks", "q6w", "alle 6 Wochen"):
        words = {"text": text, "timing": {"code": {"text": text}}}
        got = read(bundle(patient(), ms(), order("natalizumab", dosageInstruction=[words])), tmp_path)
        assert got.has("treatments")[0].get("interval_days") in (None, "unknown", 42)


def test_a_drug_on_hold_is_not_said_to_be_taken(tmp_path: Path) -> None:
    for entry in (
        order("natalizumab", "on-hold"),
        statement("natalizumab", "on-hold", effectivePeriod={"start": "2022"}),
    ):
        got = read(bundle(patient(), ms(), entry), tmp_path)
        assert all(drug.get("still_taking") is not True for drug in got.has("treatments"))
        assert "hold" in got.told()


def test_drugs_that_never_end_and_one_before_its_approval_are_named(tmp_path: Path) -> None:
    """The rows of a public synthetic set: Gilenya in 1992, Novantrone since 1997, none of them ended."""
    rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm"
    rows = [("1012896", "Gilenya", "1992-05-10"), ("82050", "Novantrone", "1997-03-30")]
    drugs = [
        order({"medicationCodeableConcept": coded(rxnorm, code, name)}, authoredOn=day)
        for code, name, day in rows
    ]
    got = read(bundle(patient(), ms(), *drugs), tmp_path)
    assert "fingolimod: still taken by an order" in got.told()
    path = tmp_path / "person.json"
    path.write_text(json.dumps(got.person), encoding="utf-8")
    err = io.StringIO()
    with contextlib.redirect_stdout(err), contextlib.redirect_stderr(err):
        main(["patient", "check", str(path)])
    assert "before fingolimod was first approved (2010)" in err.getvalue()
    assert "two therapies at once" in err.getvalue()


# ---- results ---------------------------------------------------------------------------------------------


def test_an_edss_in_a_component_or_a_panel_is_the_score_or_is_named(tmp_path: Path) -> None:
    panel = result(
        {"text": "Neurological status"},
        {
            "component": [
                {"code": EDSS, "valueQuantity": {"value": 4.5}},
                {"code": {"text": "Pyramidal functions"}, "valueInteger": 3},
            ]
        },
    )
    got = read(bundle(patient(), ms(), panel), tmp_path)
    assert [s["score"] for s in got.has("edss")] == [4.5] or "entry[2]" in got.left_out()


@pytest.mark.parametrize(
    "value, score",
    [
        ({"valueString": "EDSS 3,5"}, 3.5),
        ({"valueString": " 3.5 "}, 3.5),
        ({"valueInteger": 4}, 4.0),
        ({"valueString": "EDSS: 3.5 (stable)"}, 3.5),
        ({"valueQuantity": {"value": 3.5, "unit": "{score}"}}, 3.5),
        ({"valueQuantity": {"value": "3.5"}}, 3.5),
        ({"valueCodeableConcept": {"text": "EDSS 6.0 - cane"}}, 6.0),
        ({"valueQuantity": {"value": 35}}, None),
        ({"valueQuantity": {"value": -1}}, None),
        ({"valueRange": {"low": {"value": 3}, "high": {"value": 4}}}, None),
        ({"valueString": "ten"}, None),
        ({"valueRatio": {"numerator": {"value": 3}, "denominator": {"value": 10}}}, None),
        ({"valueBoolean": True}, None),
        ({"valueString": "3.5 -> 4.0"}, None),
    ],
)
def test_an_edss_is_that_score_or_is_left_out_and_named(
    value: Any, score: float | None, tmp_path: Path
) -> None:
    got = read(bundle(patient(), ms(), result(EDSS, value)), tmp_path)
    scores = [s["score"] for s in got.has("edss")]
    assert scores in ([], [score])
    assert scores or "entry[2]" in got.left_out()


@pytest.mark.parametrize(
    "value, unit, per_nl",
    [
        (1.2, "10*9/L", 1.2),
        (1.2, "K/uL", 1.2),
        (1.2, "x10E9/L", 1.2),
        (1.2, "Giga/L", 1.2),
        (1.2, "10E3/µL", 1.2),
        (1200, "/µL", 1.2),
        (1200, "cells/mcL", 1.2),
        (1200, "10*6/L", 1.2),
        (1.2, "thou/mcL", 1.2),
        (0.9, "/uL", None),
        (1200, "10*9/L", None),
        (-1, "10*9/L", None),
        (12, "mg/L", None),
    ],
)
def test_lymphocytes_are_that_count_or_are_left_out_and_named(
    value: float, unit: str, per_nl: float | None, tmp_path: Path
) -> None:
    """Nought point nine cells in a microlitre is a slip of the unit more surely than a count."""
    got = read(
        bundle(patient(), ms(), result(LYMPHOCYTES, {"valueQuantity": {"value": value, "unit": unit}})),
        tmp_path,
    )
    labs = got.has("labs")
    if not labs:
        assert "entry[2]" in got.left_out()
    elif per_nl is None:
        assert "lymphocytes" in " ".join(got.report["notes"]).lower()
    else:
        assert 1.1 < labs[0]["value"] / 1000 < 1.3 or 1.1 < labs[0]["value"] < 1.3


@pytest.mark.parametrize(
    "value",
    [
        {"valueString": "positive"},
        {"valueString": "POSITIVE (index 2.71)"},
        {"valueCodeableConcept": {"text": "Positive"}},
        {"valueCodeableConcept": coded("http://snomed.info/sct", "10828004")},
    ],
)
def test_a_jc_virus_index_in_words_is_a_positive_antibody_or_is_named(value: Any, tmp_path: Path) -> None:
    got = read(
        bundle(patient(), ms(), result(coded("http://loinc.org", "100977-8", "JCV index"), value)), tmp_path
    )
    labs = [(lab["test"], lab["value"]) for lab in got.has("labs")]
    assert labs in (
        [],
        [("jcv-antibody", "positive")],
        [("jcv-index", 2.71)],
        [("jcv-antibody", "positive"), ("jcv-index", 2.71)],
    )
    assert labs or "entry[2]" in got.left_out()


def test_two_scores_on_one_day_are_not_silently_one(tmp_path: Path) -> None:
    got = read(bundle(patient(), ms(), edss(2.0), edss(4.0)), tmp_path)
    scores = sorted(s["score"] for s in got.has("edss"))
    assert scores == [2.0, 4.0] or "edss" in got.told()


# ---- who they are ----------------------------------------------------------------------------------------


def test_an_ended_pregnancy_is_none_now(tmp_path: Path) -> None:
    past = condition(
        coded("http://snomed.info/sct", "77386006", "Pregnancy"),
        "resolved",
        onsetDateTime="2024-01-01",
        abatementDateTime="2024-10-01",
    )
    got = read(bundle(patient(), ms(), past), tmp_path)
    assert "pregnant" not in json.dumps(got.person.get("plans", {}))


def test_two_courses_at_once_are_told(tmp_path: Path) -> None:
    """Relapsing of 2010 and secondary progressive of 2022 both stand: the later, or unknown."""
    later = condition(coded("http://hl7.org/fhir/sid/icd-10-cm", "G35.C1"), recordedDate="2022-01-01")
    got = read(bundle(patient(), ms(recordedDate="2010-01-01"), later), tmp_path)
    assert got.person.get("course") in (None, "unknown", "SPMS") and got.person["diagnosis"] == "MS"


def test_a_language_that_is_not_read_is_named(tmp_path: Path) -> None:
    got = read(bundle(patient(), condition({"text": "stwardnienie rozsiane"})), tmp_path)
    assert got.person["diagnosis"] == "MS" or "stwardnienie" in got.told()


def test_a_sex_that_is_not_known_stays_unknown(tmp_path: Path) -> None:
    for gender in ("unknown", None, "F"):
        got = read(bundle(patient(gender=gender), ms()), tmp_path)
        assert got.code == 0 and got.person.get("sex") in (
            None,
            "unknown",
            "female" if gender == "F" else "unknown",
        )
