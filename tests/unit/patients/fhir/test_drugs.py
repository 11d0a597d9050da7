"""Drugs of a record: orders, statements and doses as periods on a therapy."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from stepdown.patients.fhir import read_bundle
from unit.patients.fhir.invented_records import (
    ATC,
    RXNORM,
    YESTERDAY,
    adds_up,
    coded,
    condition,
    drug,
    reasons,
    to_bundle,
)


@pytest.mark.parametrize(
    ("concept", "therapy"),
    [
        (coded(ATC, "L04AA23"), "natalizumab"),
        (coded(ATC, "L04AG03"), "natalizumab"),
        (coded(RXNORM, "1012896", "Gilenya"), "fingolimod"),
        ({"text": "1 ML glatiramer acetate 40 MG/ML Prefilled Syringe"}, "glatiramer-acetate"),
        ({"text": "Peginterferon beta-1a 125 microgram pen"}, "peginterferon-beta-1a"),
        ({"text": "natalizumab or ocrelizumab, to be decided"}, "other:natalizumab or ocrelizumab"),
        ({"text": "Tysabri", **coded(ATC, "L04AE01")}, "other:fingolimod or natalizumab"),
        ({"text": "Ocrevus, before it Tysabri", **coded(ATC, "L04AG08")}, "ocrelizumab"),
        ({"text": "Paracetamol 500 mg"}, None),
    ],
)
def test_a_drug_by_code_or_by_a_name_within_its_words(concept: dict[str, Any], therapy: str | None) -> None:
    taken = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "medicationCodeableConcept": concept,
    }
    treatments = read_bundle(to_bundle(taken)).person.get("treatments", [])
    assert [row["therapy"] for row in treatments] == ([therapy] if therapy else [])


@pytest.mark.parametrize(
    ("kind", "status", "known"),
    [
        ("MedicationRequest", "active", {"still_taking": True}),
        ("MedicationRequest", "completed", {}),
        ("MedicationRequest", "stopped", {"still_taking": False}),
        ("MedicationRequest", "on-hold", {}),
        ("MedicationStatement", "completed", {"still_taking": False}),
        ("MedicationStatement", "unknown", {}),
    ],
)
def test_an_order_that_is_used_up_is_no_proof_of_a_stop(
    kind: str, status: str, known: dict[str, bool]
) -> None:
    found = read_bundle(to_bundle(drug(kind, "Tysabri") | {"status": status}))
    assert found.person["treatments"] == [{"therapy": "natalizumab", **known}]


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error", "draft", "not-taken", "intended"])
def test_a_drug_that_was_never_taken_is_left_out(status: str) -> None:
    found = read_bundle(to_bundle(drug("MedicationRequest", "Tysabri") | {"status": status}))
    assert "treatments" not in found.person and status in reasons(found)


def test_repeat_orders_are_one_period_and_a_new_start_after_a_stop_is_another() -> None:
    orders = [drug("MedicationRequest", "Tysabri", authoredOn=on) | {"status": "completed"} for on in
              ("2019-01-07", "2019-04-01")]  # fmt: skip
    spans = [{"start": "2015-02-01", "end": "2016-03-01"}, {"start": "2017-01-01", "end": "2018-01-01"}]
    taken = [drug("MedicationStatement", "Aubagio", effectivePeriod=span) for span in spans]
    found = read_bundle(to_bundle(*orders, *taken))
    assert [(row["therapy"], row["start"]) for row in found.person["treatments"]] == [
        ("teriflunomide", "2015-02-01"), ("teriflunomide", "2017-01-01"), ("natalizumab", "2019-01-07"),
    ]  # fmt: skip
    assert any("2 entries are taken as one period" in note for note in found.notes)


@pytest.mark.parametrize("where", ["contained", "bundle"])
def test_a_drug_behind_a_reference_is_found(where: str) -> None:
    medication = {"resourceType": "Medication", "id": "m1", "code": {"text": "Ocrevus"}}
    order = {"resourceType": "MedicationRequest", "status": "active"}
    if where == "contained":
        order |= {"contained": [medication], "medicationReference": {"reference": "#m1"}}
        found = read_bundle(to_bundle(order))
    else:
        order |= {"medicationReference": {"reference": "https://example.org/fhir/Medication/m1"}}
        found = read_bundle(to_bundle(order, medication))
    assert found.person["treatments"][0]["therapy"] == "ocrelizumab" and adds_up(found)


def test_other_drugs_and_diseases_say_what_they_can() -> None:
    drugs = drug("MedicationStatement", "Azathioprine 50 mg"), drug("MedicationRequest", "Pembrolizumab")
    pregnancy = condition({"text": "Normal pregnancy (finding)"}, onsetDateTime=YESTERDAY)
    found = read_bundle(to_bundle(*drugs, pregnancy, condition({"text": "Psoriasis (disorder)"})))
    assert found.person["prior_immunosuppressant"] is True
    assert found.person["plans"] == {"cancer_immunotherapy": "now", "pregnancy": "now"}
    assert [row["name"] for row in found.person["comorbidities"][:-1]] == ["autoimmune-disease"]


def test_a_transplantation_of_stem_cells_is_a_therapy() -> None:
    done = {"resourceType": "Procedure", "status": "completed", "performedDateTime": "2021-05-06",
            "code": {"text": "Autologous hematopoietic stem cell transplantation"}}  # fmt: skip
    assert read_bundle(to_bundle(done)).person["treatments"] == [
        {"therapy": "ahsct", "start": "2021-05-06"}
    ]


def test_the_end_of_a_prescription_is_no_stop() -> None:
    dosage = [{"timing": {"repeat": {"boundsPeriod": {"start": "2024-01-01", "end": "2024-03-31"}}}}]
    order = drug("MedicationRequest", "Aubagio", dosageInstruction=dosage)
    assert read_bundle(to_bundle(order)).person["treatments"] == [
        {"therapy": "teriflunomide", "start": "2024-01-01", "still_taking": True}
    ]


def test_an_end_that_lies_ahead_is_a_plan_and_no_stop() -> None:
    ahead = (date.today() + timedelta(days=200)).isoformat()
    taken = drug("MedicationStatement", "Aubagio", effectivePeriod={"start": "2024-01-01", "end": ahead})
    (period,) = read_bundle(to_bundle(taken)).person["treatments"]
    assert "stop" not in period and period["still_taking"] is True


def test_each_period_keeps_its_own_doses() -> None:
    spans = [{"start": "2015-01-05", "end": "2015-06-01"}, {"start": "2020-02-03", "end": "2020-09-01"}]
    taken = [drug("MedicationStatement", "Tysabri", effectivePeriod=span) for span in spans]
    given = [drug("MedicationAdministration", "Tysabri", effectiveDateTime=on) | {"status": "completed"}
             for on in ("2015-05-20", "2020-08-20")]  # fmt: skip
    found = read_bundle(to_bundle(*taken, *given)).person["treatments"]
    assert [(row["start"], row["last_dose"]) for row in found] == [
        ("2015-01-05", "2015-05-20"), ("2020-02-03", "2020-08-20"),
    ]  # fmt: skip


def test_an_order_that_nobody_ended_is_named() -> None:
    order = drug("MedicationRequest", "Avonex", authoredOn="2004-05-06")
    notes = " ".join(read_bundle(to_bundle(order)).notes)
    assert "by an order or statement of 2004-05-06 alone" in notes


STATEMENT = {"start": "2020-02-03", "end": "2026-09-15"}


def ended(**more: Any) -> dict[str, Any]:
    return drug("MedicationStatement", "Tysabri", effectivePeriod=STATEMENT) | {"status": "stopped"} | more


def order(status: str, on: str, **more: Any) -> dict[str, Any]:
    return drug("MedicationRequest", "Tysabri", authoredOn=on) | {"status": status} | more


@pytest.mark.parametrize(
    ("others", "end"),
    [
        ([order("completed", "2019-02-03")], {"stop": "2026-09-15"}),
        ([order("on-hold", "2024-02-03"), order("completed", "2026-09-15")], {"stop": "2026-09-15"}),
        ([order("active", "2020-02-03")], {}),
        ([order("active", "2026-09-15")], {"still_taking": True}),
        ([order("active", "2026-09-15"), order("completed", "2019-02-03")], {"still_taking": True}),
    ],
)
def test_a_stop_on_file_stands_against_used_up_orders_and_an_open_one_puts_it_in_doubt(
    others: list[dict[str, Any]], end: dict[str, Any]
) -> None:
    found = read_bundle(to_bundle(ended(), *others))
    (period,) = found.person["treatments"]
    assert {key: period[key] for key in ("stop", "still_taking") if key in period} == end
    assert bool(found.doubts) is not end and all("2026-09-15" in doubt for doubt in found.doubts)


@pytest.mark.parametrize(("on", "end"), [("2022-01-01", {}), ("2023-01-01", {"still_taking": True})])
def test_an_order_that_was_stopped_puts_one_of_that_day_in_doubt_and_not_a_later_one(
    on: str, end: dict[str, Any]
) -> None:
    found = read_bundle(to_bundle(order("stopped", "2022-01-01"), order("active", on)))
    (period,) = found.person["treatments"]
    assert {key: period[key] for key in ("stop", "still_taking") if key in period} == end
    assert bool(found.doubts) is not bool(end)


def test_an_order_after_the_stop_begins_a_period_of_its_own() -> None:
    found = read_bundle(to_bundle(ended(), order("active", "2026-10-20"), order("active", "2019-02-03")))
    first, second = found.person["treatments"]
    assert second == {"therapy": "natalizumab", "start": "2026-10-20", "still_taking": True}
    assert "still_taking" not in first and found.doubts


def test_a_dose_after_the_stop_puts_it_in_doubt() -> None:
    dose = drug("MedicationAdministration", "Tysabri", effectiveDateTime="2026-10-02", status="completed")
    found = read_bundle(to_bundle(ended(), dose))
    (period,) = found.person["treatments"]
    assert "stop" not in period and period["last_dose"] == "2026-10-02" and "2026-09-15" in found.doubts[0]


@pytest.mark.parametrize(
    "against", [order("active", "2026-03-01", doNotPerform=True), ended(status="not-taken")]
)
def test_who_is_said_not_to_take_a_drug_is_not_said_to_take_it(against: dict[str, Any]) -> None:
    found = read_bundle(to_bundle(order("active", "2020-02-03"), against))
    assert found.person["treatments"] == [{"therapy": "natalizumab", "start": "2020-02-03"}]
    assert "not or must not be" in found.doubts[0] and adds_up(found)


def test_a_drug_that_was_not_sent_is_named_by_the_words_beside_it_or_is_a_doubt() -> None:
    order = {"resourceType": "MedicationRequest", "status": "active"}
    far = order | {"medicationReference": {"reference": "Medication/8"}}
    named = order | {"medicationReference": {"reference": "Medication/9", "display": "Ocrevus 300 mg"}}
    found = read_bundle(to_bundle(far, named))
    assert [row["therapy"] for row in found.person["treatments"]] == ["ocrelizumab"]
    assert "entry[1]" in found.doubts[0] and "not in the bundle" in reasons(found)
