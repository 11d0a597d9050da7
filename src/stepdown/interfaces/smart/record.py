"""The record of one person from a FHIR server: the queries of the hooks, page by page, within limits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode, urljoin

from stepdown.interfaces.cds_hooks.services import read_settings
from stepdown.interfaces.oauth.failing import NotGranted
from stepdown.interfaces.oauth.outside import Outside, find_origin, read_object
from stepdown.interfaces.smart.fetched import FetchedRecord, Page
from stepdown.patients.fhir.values import Json, parts, text

Answer = tuple[Json, str]
Ask = Callable[[str], Awaitable[Answer | None]]

_PER_PAGE = 200
_MOST_AT_ONCE = 4


def list_queries() -> dict[str, str]:
    """The searches by their names, each with a slot for the patient: those that the hooks ask for."""
    prefetch = read_settings()["prefetch"]
    return {name: query for name, query in prefetch.items() if name not in ("needed", "patient")}


def name_scopes(can: Sequence[str]) -> str:
    """What is asked for: one patient's resources, to read and to search, as the server writes scopes."""
    is_old = "permission-v1" in can and "permission-v2" not in can
    kinds = ["Patient", *(query.partition("?")[0] for query in list_queries().values()), "Medication"]
    rights = "read" if is_old else "rs"
    return " ".join(["launch", "openid", "fhirUser", *(f"patient/{kind}.{rights}" for kind in kinds)])


async def read_record(
    outside: Outside, base: str, token: str, patient: str, most_pages: int
) -> FetchedRecord:
    """The record of a patient; NotGranted where it is somebody else's, beyond the limits, or not readable.

    A search that the server refuses is named; without the Patient and the Conditions there is no record.
    """
    ask = partial(_ask, outside, {"authorization": f"Bearer {token}", "accept": "application/fhir+json"})
    answer = await ask(f"{base}/Patient/{patient}")
    if answer is None:
        raise NotGranted("no-access")
    who = answer[0]
    if who.get("resourceType") != "Patient" or who.get("id") != patient:
        raise NotGranted("another-patient")
    found = await _search_all(ask, base, patient, most_pages)
    if not found["conditions"]:
        raise NotGranted("no-access")
    pages = [Page("patient", 1, 1, _frame(who)), *(page for each in found.values() for page in each)]
    return FetchedRecord(patient, tuple(pages), tuple(name for name, each in found.items() if not each))


def write_search(query: str, patient: str) -> str:
    """A search for one patient as an address: what is not letter or digit is written as %, but the comma.

    Codes hold addresses of their own ("http://loinc.org|731-0"), and a proxy took their slashes for its path.
    """
    kind, _, asked = query.replace("{{context.patientId}}", patient).partition("?")
    pairs = [each.partition("=") for each in asked.split("&")]
    told = {**{name: value for name, _, value in pairs}, "_count": str(_PER_PAGE)}
    return f"{kind}?{urlencode(told, safe=',')}"


async def _search_all(ask: Ask, base: str, patient: str, most_pages: int) -> dict[str, list[Page]]:
    """The pages of every search, some at once; the first that cannot be read ends the others."""
    gate = asyncio.Semaphore(_MOST_AT_ONCE)

    async def search(name: str, query: str) -> list[Page]:
        async with gate:
            return await _search(ask, name, f"{base}/{write_search(query, patient)}", most_pages)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = {name: group.create_task(search(name, query)) for name, query in list_queries().items()}
    except ExceptionGroup as problems:
        raise _find_first(problems) from None
    return {name: task.result() for name, task in tasks.items()}


def _find_first(problems: ExceptionGroup[Exception]) -> Exception:
    """What ended the reading: of what failed at once, the first."""
    first = problems.exceptions[0]
    return _find_first(first) if isinstance(first, ExceptionGroup) else first


def _frame(who: Json) -> str:
    """The Patient in a bundle of this moment: until now the record is known to hold."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return json.dumps(
        {"resourceType": "Bundle", "type": "collection", "timestamp": now, "entry": [{"resource": who}]}
    )


async def _ask(outside: Outside, headers: dict[str, str], address: str) -> Answer | None:
    """The resource at an address, and its text; None where the server refuses it."""
    status, body = await outside.ask(address, headers=headers)
    if 400 <= status < 500 and status not in (401, 429):
        return None
    if status != 200:
        raise NotGranted("unreadable")
    return read_object(body), body.decode("utf-8", "replace")


async def _search(ask: Ask, name: str, address: str, most_pages: int) -> list[Page]:
    """The pages of a search; none where the server refuses it. Next pages lie where the first does."""
    pages: list[Page] = []
    following: str | None = address
    while following is not None:
        if len(pages) >= most_pages:
            raise NotGranted("large")
        if find_origin(following) != find_origin(address):
            raise NotGranted("foreign-address:next")
        answer = await ask(following)
        kind = answer[0].get("resourceType") if answer else "OperationOutcome"
        if kind == "OperationOutcome" and not pages:
            return []
        if answer is None or kind != "Bundle":
            raise NotGranted("unreadable")
        pages.append(Page(name, len(pages) + 1, len(parts(answer[0], "entry")), answer[1]))
        following = _find_next(answer[0], following)
    return pages


def _find_next(page: Json, address: str) -> str | None:
    """The address of the next page, where there is one."""
    links = [text(link, "url") for link in parts(page, "link") if text(link, "relation") == "next"]
    try:
        return urljoin(address, links[0]) if links and links[0] else None
    except ValueError:
        raise NotGranted("foreign-address:next") from None
