"""Which record systems may launch: their FHIR addresses, and who we are for each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from stepdown.interfaces.oauth.client import Client
from stepdown.interfaces.oauth.outside import Way
from stepdown.interfaces.oauth.settings import (
    ClientSettings,
    check_address,
    check_own_address,
    read_client,
    read_settings,
    read_way,
)
from stepdown.ms.errors import UserError


@dataclass(frozen=True)
class RecordSystem:
    """A record system: its FHIR address without a last slash, who we are there, how it is reached.

    ``issuer`` is how the issuer of its ID tokens must call itself, where that is known.
    """

    iss: str
    client: Client
    way: Way
    issuer: str | None = None


@dataclass(frozen=True)
class SmartSettings:
    """Our public address, and the record systems by their FHIR addresses; limits are bytes, pages, seconds.

    ``most_pages`` is for one kind of resource, ``most_launches`` how many records are read at once.
    """

    address: str
    systems: dict[str, RecordSystem]
    most_bytes: int = 20_000_000
    most_pages: int = 50
    seconds: float = 30.0
    most_launches: int = 8

    @property
    def launch_address(self) -> str:
        """What a record system opens; it is also what a card links to."""
        return f"{self.address}smart/launch"

    @property
    def back_address(self) -> str:
        """Where an authorization server sends the browser back to."""
        return f"{self.address}smart/callback"

    def list_keys(self) -> dict[str, Any]:
        """The public keys by which record systems know us, as a JWK set."""
        keys = [each.client.key for each in self.systems.values() if each.client.key is not None]
        return {"keys": [{**key.as_dict(private=False), "use": "sig"} for key in keys]}


class _System(ClientSettings):
    iss: str
    issuer: str | None = None

    @field_validator("issuer")
    @classmethod
    def _check_issuer(cls, issuer: str) -> str:
        return check_address(issuer)

    @field_validator("iss")
    @classmethod
    def _check_iss(cls, iss: str) -> str:
        return check_address(iss).rstrip("/")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    address: str
    record_system: list[_System] = Field(min_length=1)

    @field_validator("address")
    @classmethod
    def _check_address(cls, address: str) -> str:
        return check_own_address(address)


def read_smart(path: Path) -> SmartSettings:
    """The settings in a TOML file; UserError with the field to mend."""
    found = read_settings(path, _File)
    systems: dict[str, RecordSystem] = {}
    for number, row in enumerate(found.record_system, 1):
        place = f"record_system[{number}]."
        if row.iss in systems:
            raise UserError(f"{path}: {place}iss: {row.iss} is listed before.")
        way = read_way(row, path, place, row.iss)
        systems[row.iss] = RecordSystem(row.iss, read_client(row, path, place), way, row.issuer)
    return SmartSettings(found.address, systems)
