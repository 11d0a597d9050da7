"""The settings of a client, from a TOML file: each error names its field, in one sentence, and no secret."""

from __future__ import annotations

import json
import ssl
import tomllib
from functools import cache
from pathlib import Path
from typing import TypeVar

import httpx2
from joserfc.jwk import ECKey, RSAKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from stepdown.interfaces.oauth.client import Client, name_algorithm
from stepdown.interfaces.oauth.keys import import_key
from stepdown.interfaces.oauth.outside import Way, find_origin
from stepdown.ms.errors import UserError

File = TypeVar("File", bound=BaseModel)
_NO_ADDRESS = "needs an https address without a user name, or http of this machine"
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is no setting of this file",
    "string_type": "is to be a text in quotes",
    "list_type": "is to be a list in square brackets",
    "string_too_short": "is empty",
    "too_short": "is empty",
    "int_type": "is to be a whole number",
    "bool_type": "is to be true or false",
    "model_type": "is to be a table",
}


class ClientSettings(BaseModel):
    """What every issuer needs: our name there, its proof, which other origins it uses, whom TLS trusts."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    client_id: str = Field(min_length=1)
    key: str | None = Field(default=None, min_length=1)
    key_id: str | None = Field(default=None, min_length=1)
    secret: str | None = Field(default=None, min_length=1)
    origins: list[str] = []
    certificates: str | None = Field(default=None, min_length=1)
    proxy: str | None = None

    @field_validator("origins")
    @classmethod
    def _check_origins(cls, origins: list[str]) -> list[str]:
        for each in origins:
            if check_address(each).rstrip("/").count("/") != 2 or "*" in each:
                raise ValueError("needs origins like https://login.hospital.example, without a path or a *")
        return origins

    @field_validator("proxy")
    @classmethod
    def _check_proxy(cls, proxy: str) -> str:
        # A proxy within the clinic speaks plain HTTP; what goes through it to an https address is sealed.
        if find_origin(proxy.replace("http://", "https://", 1)) is None:
            raise ValueError("is to be an address like http://proxy.example:3128, without a user name")
        return proxy


def check_address(address: str) -> str:
    """The same address where it may be asked; ValueError with what it must be else."""
    if find_origin(address) is None or "?" in address:
        raise ValueError(_NO_ADDRESS)
    return address


def check_own_address(address: str) -> str:
    """Our own public address, with a slash at its end; ValueError where it has a path."""
    whole = check_address(address).rstrip("/") + "/"
    if whole.count("/") != 3:
        raise ValueError("is to be the address of the start page, without a path")
    return whole


def read_settings(path: Path, kind: type[File]) -> File:
    """The settings in a file; UserError with the first field to mend."""
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as problem:
        raise UserError(f"{path}: cannot be read ({problem.strerror}).") from None
    except ValidationError as problem:
        raise UserError(f"{path}: {_say_error(problem)}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise UserError(f"{path}: is no TOML file ({problem}).") from None


def _say_error(problem: ValidationError) -> str:
    """The first error with its field; what was written is not repeated, since it may be a secret."""
    error = problem.errors(include_url=False, include_input=False)[0]
    places = [f"[{each + 1}]" if isinstance(each, int) else f".{each}" for each in error["loc"]]
    plain = error["msg"].removeprefix("Value error, ").replace("Input should", "is to")
    said = _WORDS.get(error["type"], plain)
    return f"{''.join(places).lstrip('.')}: {said}".lstrip(": ")


def read_client(settings: ClientSettings, path: Path, place: str) -> Client:
    """Who we are for an issuer; UserError where the file of a key or of a secret is not one."""
    if settings.key and settings.secret:
        raise UserError(f"{path}: {place}secret: a client has a key or a secret, and not both.")
    if settings.secret:
        text = _read_beside(path, settings.secret, f"{place}secret").strip()
        if not text or "\n" in text:
            raise UserError(f"{path}: {place}secret: {settings.secret} is to hold one line, the secret.")
        return Client(settings.client_id, secret=text)
    if settings.key:
        return Client(settings.client_id, _read_key(settings, path, f"{place}key"))
    return Client(settings.client_id)


def _read_key(settings: ClientSettings, path: Path, place: str) -> ECKey | RSAKey:
    """The private key in a file (PEM or JWK), with the name by which the issuer knows it."""
    text = _read_beside(path, settings.key or "", place)
    kinds: tuple[type[ECKey | RSAKey], ...] = (ECKey, RSAKey)
    for kind in kinds:
        key = _import(kind, text, settings.key_id)
        if key is not None:
            return key
    raise UserError(
        f"{path}: {place}: {settings.key} is to hold a private key, EC (P-384, P-256) or RSA of 2048 bits."
    )


def _import(kind: type[ECKey | RSAKey], text: str, key_id: str | None) -> ECKey | RSAKey | None:
    """A private key that can sign for us; None where the text is none of this kind."""
    try:
        data = json.loads(text) if text.lstrip().startswith("{") else text
    except ValueError:
        return None
    key = import_key(kind, data, {"kid": key_id} if key_id else None)
    if key is None or not key.is_private or name_algorithm(key) is None:
        return None
    key.ensure_kid()
    return key


def _read_beside(path: Path, name: str, place: str) -> str:
    """The text of a file that a settings file names, beside it unless its name is whole."""
    try:
        return (path.parent / name).read_text(encoding="utf-8")
    except OSError as problem:
        raise UserError(f"{path}: {place}: {name} cannot be read ({problem.strerror}).") from None
    except UnicodeDecodeError:
        raise UserError(f"{path}: {place}: {name} is no text.") from None


def read_way(settings: ClientSettings, path: Path, place: str, *addresses: str) -> Way:
    """How the servers of an issuer are reached; UserError where the file of certificates is not one."""
    found = {find_origin(each) for each in (*addresses, *settings.origins)}
    trusted = _read_trust(settings, path, f"{place}certificates")
    return Way(frozenset(each for each in found if each), trusted, settings.proxy)


def _read_trust(settings: ClientSettings, path: Path, place: str) -> ssl.SSLContext:
    if settings.certificates is None:
        return make_trust(None)
    try:
        return make_trust(_read_beside(path, settings.certificates, place))
    except (ssl.SSLError, ValueError):
        said = f"{settings.certificates} is to hold certificates (PEM)"
        raise UserError(f"{path}: {place}: {said}.") from None


@cache
def make_trust(certificates: str | None) -> ssl.SSLContext:
    """Whom TLS trusts: the certificates in a text (PEM) alone, else those of this machine."""
    if certificates is None:
        return httpx2.create_ssl_context(trust_env=False)
    if not certificates.strip():
        # Of an empty text the library would make a context that trusts whom this machine trusts.
        raise ValueError("no certificates")
    return ssl.create_default_context(cadata=certificates)
