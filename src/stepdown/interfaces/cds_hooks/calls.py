"""A call of a hook: what was sent of the person, what was not, and which orders it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stepdown.interfaces.cds_hooks.services import read_settings
from stepdown.patients.fhir import FhirPerson, read_bundle
from stepdown.patients.fhir.drugs import find_catalogue_therapy
from stepdown.patients.fhir.values import Json, part, parts, text

#: The status of a drafted order by which a drug is ended.
_ENDED = ("stopped", "cancelled")


class CallRefused(Exception):
    """A call that cannot be answered: its status, and a sentence for an OperationOutcome."""

    def __init__(self, status: int, sentence: str, code: str = "invalid") -> None:
        """Keep status, sentence and the kind of the issue."""
        super().__init__(sentence)
        self.status, self.sentence, self.code = status, sentence, code


@dataclass(frozen=True)
class Order:
    """One drafted order of an MS therapy, or the end of one."""

    therapy: str
    is_end: bool


@dataclass(frozen=True)
class Call:
    """What a hook call holds: the person, the parts that were not sent or not whole, and the orders."""

    hook: str
    found: FhirPerson
    not_sent: tuple[str, ...]
    not_whole: tuple[str, ...]
    orders: tuple[Order, ...]


def read_call(body: Any, hook: str) -> Call:
    """The call in a request; CallRefused: 400 where it breaks the specification, 412 without the needed."""
    if not isinstance(body, dict):
        raise CallRefused(400, "the body is no JSON object")
    _check_frame(body, hook)
    context, prefetch = part(body, "context"), part(body, "prefetch")
    sent: dict[str, Any] = {
        key: prefetch.get(key) for key in read_settings()["prefetch"] if key != "needed"
    }
    usable: dict[str, Json] = {key: value for key, value in sent.items() if _is_usable(value)}
    not_sent = tuple(key for key in sent if key not in usable)
    not_whole = tuple(key for key, value in usable.items() if _has_next(value))
    needed = [key for key in read_settings()["prefetch"]["needed"] if key not in usable]
    if needed:
        raise CallRefused(412, f"prefetch without {' and '.join(needed)}: nothing can be said", "required")
    found = _read_person(usable, text(context, "patientId"))
    if "conditions" in not_whole and not found.has_ms:
        raise CallRefused(412, "the conditions have more pages: send them all", "incomplete")
    return Call(hook, found, not_sent, not_whole, _list_orders(context))


def _check_frame(body: Json, hook: str) -> None:
    """The fields that the specification requires of every call."""
    if text(body, "hook") != hook:
        raise CallRefused(400, f"this service answers the hook {hook}")
    if not text(body, "hookInstance"):
        raise CallRefused(400, "hookInstance is missing")
    context = part(body, "context")
    for field in ("userId", "patientId"):
        if not text(context, field):
            raise CallRefused(400, f"context.{field} is missing")
    if hook != "patient-view" and not part(context, "draftOrders"):
        raise CallRefused(400, "context.draftOrders is missing")


def _is_usable(value: Any) -> bool:
    """Whether a prefetch holds something: null and an OperationOutcome hold nothing."""
    return isinstance(value, dict) and text(value, "resourceType") not in ("", "OperationOutcome")


def _has_next(value: Json) -> bool:
    return any(text(link, "relation") == "next" for link in parts(value, "link"))


def _read_person(usable: dict[str, Json], patient: str) -> FhirPerson:
    """The person of the context; whoever else is in the prefetch is left out."""
    who = usable["patient"]
    if text(who, "resourceType") == "Bundle":
        entries = [part(entry, "resource") for entry in parts(who, "entry")]
        who = next((each for each in entries if text(each, "id") == patient), {})
    if text(who, "resourceType") != "Patient" or text(who, "id") != patient:
        raise CallRefused(412, "the Patient of the prefetch is not the one of the context", "conflict")
    return read_bundle(
        [who, *(value for key, value in usable.items() if key != "patient")], "prefetch", patient
    )


def _list_orders(context: Json) -> tuple[Order, ...]:
    """The orders of MS therapies among the drafts; of order-select those that were selected."""
    chosen = context.get("selections")
    drafts = [part(entry, "resource") for entry in parts(part(context, "draftOrders"), "entry")]
    orders = []
    for draft in drafts:
        name = f"{text(draft, 'resourceType')}/{text(draft, 'id')}"
        if isinstance(chosen, list) and name not in chosen:
            continue
        therapy = _find_therapy(draft, drafts)
        if therapy and text(draft, "resourceType") == "MedicationRequest":
            orders.append(Order(therapy, text(draft, "status") in _ENDED))
    return tuple(dict.fromkeys(orders))


def _find_therapy(draft: Json, drafts: list[Json]) -> str | None:
    """The therapy that an order names itself, in a contained Medication or in another draft."""
    concept = part(draft, "medicationCodeableConcept")
    reference = text(part(draft, "medicationReference"), "reference")
    if not concept and reference:
        held = {f"#{text(each, 'id')}": each for each in parts(draft, "contained")}
        held |= {f"Medication/{text(each, 'id')}": each for each in drafts}
        concept = part(held.get(reference, {}), "code")
    return find_catalogue_therapy(concept) if concept else None
