"""From a launch to the record of one person: to the authorization server, back with a code, then read."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from stepdown.interfaces.oauth.answering import check_issuer, read_code, write_address
from stepdown.interfaces.oauth.begun import Journeys
from stepdown.interfaces.oauth.client import exchange_code
from stepdown.interfaces.oauth.endpoints import Endpoints, find_endpoints
from stepdown.interfaces.oauth.failing import NotGranted
from stepdown.interfaces.oauth.id_token import check_id_token
from stepdown.interfaces.oauth.outside import Outside, asking
from stepdown.interfaces.smart.fetched import FetchedRecord
from stepdown.interfaces.smart.record import name_scopes, read_record
from stepdown.interfaces.smart.settings import RecordSystem, SmartSettings

_LONGEST_MARK = 4_000
#: What an id may be in FHIR R4; anything else could lead to another address.
_FHIR_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")


class Launches:
    """Begins and ends launches from the listed record systems; so many records are read at once."""

    def __init__(self, settings: SmartSettings) -> None:
        """Begin with none on its way."""
        self.settings = settings
        self._journeys, self._gate = Journeys(), asyncio.Semaphore(settings.most_launches)

    def find_system(self, iss: str) -> RecordSystem:
        """The record system with this FHIR address; NotGranted where none is named, or not a listed one."""
        if not iss:
            raise NotGranted("no-iss")
        system = self.settings.systems.get(iss.rstrip("/"))
        if system is None:
            raise NotGranted("not-listed")
        return system

    async def begin(self, iss: str, mark: str, browser: str) -> str:
        """Where the browser is to go: the authorization endpoint of the record system."""
        system = self.find_system(iss)
        if not 0 < len(mark) <= _LONGEST_MARK:
            raise NotGranted("launch")
        async with self._asking(system) as outside:
            endpoints = await _find_endpoints(outside, system)
        begun, state = self._journeys.begin(system.iss, browser)
        return write_address(
            endpoints.authorization, begun, state, client_id=system.client.client_id,
            redirect_uri=self.settings.back_address, scope=name_scopes(endpoints.can), launch=mark,
            aud=system.iss,
        )  # fmt: skip

    async def end(self, answer: Mapping[str, str], browser: str) -> FetchedRecord:
        """The record of the person whose chart is open, read once with a token that is then forgotten."""
        begun = self._journeys.end(answer.get("state", ""), browser)
        system, code = self.find_system(begun.issuer), read_code(answer)
        async with self._asking(system) as outside:
            endpoints = await _find_endpoints(outside, system)
            check_issuer(answer, endpoints.issuer)
            found = await exchange_code(
                outside, endpoints, system.client, begun, code, self.settings.back_address
            )
            keys = await outside.ask_json(endpoints.keys)
            client_id = system.client.client_id
            check_id_token(found["id_token"], keys, endpoints.issuer, client_id, begun.nonce)
            token, patient = found["access_token"], _find_patient(found)
            record = await read_record(outside, system.iss, token, patient, self.settings.most_pages)
        return replace(record, iss=system.iss, card=_find_card(found))

    @asynccontextmanager
    async def _asking(self, system: RecordSystem) -> AsyncIterator[Outside]:
        """What may be asked for one launch, when it is its turn."""
        limits = (self.settings.most_bytes, self.settings.seconds)
        async with asking(system.way, self._gate, *limits) as outside:
            yield outside


async def _find_endpoints(outside: Outside, system: RecordSystem) -> Endpoints:
    address = f"{system.iss}/.well-known/smart-configuration"
    return await find_endpoints(outside, address, system.issuer)


def _find_patient(found: Mapping[str, Any]) -> str:
    """The person in the context of the launch."""
    patient = found.get("patient")
    if not isinstance(patient, str) or not patient:
        raise NotGranted("no-patient")
    if not _FHIR_ID.fullmatch(patient) or not patient.strip("."):
        raise NotGranted("unreadable")
    return patient


def _find_card(found: Mapping[str, Any]) -> str | None:
    """The mark of the card that was clicked, a random number, where the context of the launch holds one."""
    context = found.get("appContext")
    try:
        return str(UUID(context)) if isinstance(context, str) and len(context) == 36 else None
    except ValueError:
        return None
