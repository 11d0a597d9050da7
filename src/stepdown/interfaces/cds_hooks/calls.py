"""A call of a hook: what was sent of the person, what was not, and which orders it is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stepdown.interfaces.cds_hooks.services import read_settings
from stepdown.patients.fhir import FhirPerson, read_bundle
from stepdown.patients.fhir.bundle import Entry, addresses_of, is_cut_off, refers_to
from stepdown.patients.fhir.drugs import find_drug_concept, find_therapies
from stepdown.patients.fhir.values import Json, part, parts, text

#: The status of a drafted order by which a drug is ended or paused; a ban is an end too.
_ENDED, _PAUSED, _VOID = ("stopped", "cancelled"), ("on-hold",), ("entered-in-error",)


class CallRefused(Exception):
    """A call that cannot be answered: its status, and a sentence for an OperationOutcome.

    ``retry_after`` is in how many seconds it may be sent again, where that is known.
    """

    def __init__(
        self, status: int, sentence: str, code: str = "invalid", retry_after: int | None = None
    ) -> None:
        """Keep status, sentence and the kind of the issue."""
        super().__init__(sentence)
        self.status, self.sentence, self.code, self.retry_after = status, sentence, code, retry_after

    def __reduce__(self) -> tuple[type[CallRefused], tuple[int, str, str, int | None]]:
        """The same when it comes from a worker."""
        return type(self), (self.status, self.sentence, self.code, self.retry_after)


@dataclass(frozen=True)
class Order:
    """One drafted order that names MS therapies, one unless it is not clear: ``order``, ``end`` or ``pause``.

    Of order-select only what was selected is to be judged; the others are what is drafted beside it.
    """

    therapies: tuple[str, ...]
    kind: str
    is_judged: bool = True

    @property
    def therapy(self) -> str:
        """The drug, or the drugs that it may be."""
        return " or ".join(self.therapies)

    @property
    def is_end(self) -> bool:
        """Whether a drug is ended or paused by it."""
        return self.kind != "order"


@dataclass(frozen=True)
class Call:
    """What a hook call holds: the person, the parts that were not sent or not whole, doubts, and the orders.

    ``drafts`` are all orders of MS therapies that are drafted, ``unnamed`` those whose drug was not sent.
    """

    hook: str
    found: FhirPerson
    not_sent: tuple[str, ...]
    not_whole: tuple[str, ...]
    drafts: tuple[Order, ...]
    doubts: tuple[str, ...] = ()
    unnamed: int = 0

    @property
    def orders(self) -> tuple[Order, ...]:
        """The orders to be judged."""
        return tuple(order for order in self.drafts if order.is_judged)


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
    not_whole = tuple(key for key, value in usable.items() if _has_more(value))
    needed = [key for key in read_settings()["prefetch"]["needed"] if key not in usable]
    if needed:
        raise CallRefused(412, f"prefetch without {' and '.join(needed)}: nothing can be said", "required")
    keys = tuple(key for key in usable if key != "patient")
    found = _read_person(usable, keys, text(context, "patientId"))
    if "conditions" in not_whole and not found.has_ms:
        raise CallRefused(412, "the conditions have more pages: send them all", "incomplete")
    orders, unnamed = _list_orders(context, usable)
    return Call(hook, found, not_sent, not_whole, orders, tuple(_list_doubts(found, keys)), unnamed)


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


def _has_more(value: Json) -> bool:
    """Whether a search has more than was sent: a next page, or a total of more matches."""
    return any(text(link, "relation") == "next" for link in parts(value, "link")) or is_cut_off(value)


def _read_person(usable: dict[str, Json], keys: tuple[str, ...], patient: str) -> FhirPerson:
    """The person of the context; whoever else is in the prefetch is left out, but never as a diagnosis."""
    who = usable["patient"]
    if text(who, "resourceType") == "Bundle":
        entries = [part(entry, "resource") for entry in parts(who, "entry")]
        who = next((each for each in entries if text(each, "id") == patient), {})
    if text(who, "resourceType") != "Patient" or text(who, "id") != patient:
        raise CallRefused(412, "the Patient of the prefetch is not the one of the context", "conflict")
    found = read_bundle([who, *(usable[key] for key in keys)], "prefetch", patient)
    if any(row.resource == "Condition" for row in found.of_others):
        raise CallRefused(412, "conditions of the prefetch are about somebody else", "conflict")
    return found


def _list_doubts(found: FhirPerson, keys: tuple[str, ...]) -> Iterator[str]:
    """What of the record must be looked at first, with its places by the keys of the prefetch."""
    names = {f"[{number}].": f"{key} " for number, key in enumerate(("patient", *keys))}
    for doubt in found.doubts:
        yield re.sub(r"\[\d+\]\.", lambda match: names.get(match[0], match[0]), doubt)
    if others := found.of_others:
        kinds = ", ".join(sorted({row.resource for row in others}))
        yield f"{len(others)} entries of the prefetch are about somebody else and were left out: {kinds}"


def _list_orders(context: Json, usable: Mapping[str, Json]) -> tuple[tuple[Order, ...], int]:
    """The orders of MS therapies among the drafts, and of how many to be judged the drug was not sent.

    CallRefused where one is for somebody else.
    """
    drafts = parts(part(context, "draftOrders"), "entry")
    is_chosen = _choose(context.get("selections"), drafts)
    mine = frozenset({f"Patient/{text(context, 'patientId')}"})
    drugs = _find_medications((*usable.values(), part(context, "draftOrders")))
    orders, unnamed = [], 0
    for draft in (part(entry, "resource") for entry in drafts):
        if text(draft, "resourceType") != "MedicationRequest" or _is_void(draft):
            continue
        concept = find_drug_concept(draft, drugs)
        therapies = find_therapies(concept)
        unnamed += not concept and _refers_to_a_drug(draft) and is_chosen(draft)
        if not therapies:
            continue
        subject = text(part(draft, "subject"), "reference")
        if subject and not refers_to(subject, mine):
            raise CallRefused(400, "context.draftOrders holds an order for somebody else", "conflict")
        orders.append(Order(therapies, _find_kind(draft), is_chosen(draft)))
    return tuple(dict.fromkeys(orders)), unnamed


def _refers_to_a_drug(draft: Json) -> bool:
    """Whether a draft names its drug by a reference; one that is only begun names none."""
    return bool(part(draft, "medicationReference") or part(part(draft, "medication"), "reference"))


def _find_medications(bundles: Iterable[Json]) -> dict[str, Json]:
    """The Medications that were sent, by every address under which a draft may refer to one."""
    rows = [row for bundle in bundles for row in parts(bundle, "entry")]
    entries = (Entry("", text(row, "fullUrl"), "Medication", part(row, "resource")) for row in rows)
    return {
        address: entry.resource
        for entry in entries
        if text(entry.resource, "resourceType") == "Medication"
        for address in addresses_of(entry)
    }


def _choose(selections: Any, drafts: list[Json]) -> Callable[[Json], bool]:
    """Whether a draft was selected; each is, where nothing is said or what is said names no draft at all."""
    rows = [part(entry, "resource") for entry in drafts]
    listed = selections if isinstance(selections, list) else []
    chosen = [
        row
        for row in rows
        if text(row, "id") in listed or f"{text(row, 'resourceType')}/{text(row, 'id')}" in listed
    ]
    is_silent = isinstance(selections, list) and not listed
    return lambda draft: not is_silent and (not chosen or any(draft is row for row in chosen))


def _is_void(draft: Json) -> bool:
    return text(draft, "status") in _VOID


def _find_kind(draft: Json) -> str:
    """Whether a draft orders a drug, ends it or pauses it."""
    if text(draft, "status") in _ENDED or draft.get("doNotPerform") is True:
        return "end"
    return "pause" if text(draft, "status") in _PAUSED else "order"
