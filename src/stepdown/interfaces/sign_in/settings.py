"""Where people sign in, who of them may come in, and how long a session lasts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
from stepdown.interfaces.sign_in.allowed import Allowed
from stepdown.ms.errors import UserError


@dataclass(frozen=True)
class SignInSettings:
    """Our public address, the issuer, who we are there, who may come in; limits are bytes, seconds.

    ``most_sign_ins`` is how many ask the issuer at once. ``acr`` are the kinds of sign-in that are strong
    enough, by the issuer's own names; any where it is empty.
    """

    address: str
    issuer: str
    client: Client
    way: Way
    allowed: Allowed
    scope: str = "openid"
    acr: tuple[str, ...] = ()
    idle_seconds: float = 1_800.0
    longest_seconds: float = 28_800.0
    most_bytes: int = 1_000_000
    seconds: float = 15.0
    most_sign_ins: int = 8

    @property
    def back_address(self) -> str:
        """Where the issuer sends the browser back to."""
        return f"{self.address}sign-in/callback"

    @property
    def signed_out_address(self) -> str:
        """Where the issuer sends the browser after it signed out there too."""
        return f"{self.address}signed-out"


class _Allow(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    everybody: bool = False
    subjects: list[str] = []
    groups: list[str] = []
    groups_claim: str = Field(default="groups", min_length=1)
    email_domains: list[str] = []

    @field_validator("subjects", "groups")
    @classmethod
    def _check_names(cls, names: list[str]) -> list[str]:
        if not all(each.strip() for each in names):
            raise ValueError("holds an empty name, which would let in whoever has none")
        return names

    @field_validator("email_domains")
    @classmethod
    def _check_domains(cls, domains: list[str]) -> list[str]:
        if any("@" in each or "." not in each or each.strip(". ") != each for each in domains):
            raise ValueError("needs domains like hospital.example, without an @")
        return [each.lower() for each in domains]


class _File(ClientSettings):
    address: str
    issuer: str
    allow: _Allow
    scopes: list[str] = Field(default=[])
    acr: list[str] = Field(default=[])
    idle_minutes: int = Field(default=30, ge=1, le=240)
    longest_hours: int = Field(default=8, ge=1, le=24)

    @field_validator("address")
    @classmethod
    def _check_address(cls, address: str) -> str:
        return check_own_address(address)

    @field_validator("issuer")
    @classmethod
    def _check_issuer(cls, issuer: str) -> str:
        return check_address(issuer)


def read_sign_in(path: Path) -> SignInSettings:
    """The settings in a TOML file; UserError with the field to mend."""
    found = read_settings(path, _File)
    lists = found.allow
    allowed = Allowed(
        lists.everybody, frozenset(lists.subjects), frozenset(lists.groups), lists.groups_claim,
        frozenset(lists.email_domains),
    )  # fmt: skip
    if allowed.is_nobody:
        raise UserError(f"{path}: allow: names nobody; list subjects, groups or email_domains, or everybody.")
    scopes = dict.fromkeys(["openid", *(["email"] if allowed.email_domains else []), *found.scopes])
    return SignInSettings(
        found.address, found.issuer, read_client(found, path, ""), read_way(found, path, "", found.issuer),
        allowed, " ".join(scopes), tuple(found.acr), found.idle_minutes * 60.0, found.longest_hours * 3_600.0,
    )  # fmt: skip
