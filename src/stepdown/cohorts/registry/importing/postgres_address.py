"""The address of a PostgreSQL database: what it says, what it must not say, and what a refusal means.

No sentence here repeats the address or a message of the client library: both may hold a password.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from stepdown.ms.errors import MissingExtra, UserError

_FORM = "postgresql://USER@HOST:PORT/DATABASE or postgresql:///?service=NAME"
_SECRETS = ("password", "sslpassword", "oauth_client_secret")
_SECONDS_TO_CONNECT = 10
#: What a message of the server or of the client library says, in its English, and what we say of it.
_REASONS = (
    (r"no password supplied", "a password is asked for, and none was found: give it in PGPASSWORD, in "
                              "~/.pgpass or in a service file"),
    (r"password authentication failed|authentication failed", "the password of {user} was refused"),
    (r"pg_hba\.conf", "the server admits neither this user nor this machine (its pg_hba.conf)"),
    (r'database ".*" does not exist', "there is no database {database}"),
    (r'role ".*" does not exist', "there is no user {user}"),
    (r"permission denied for database", "{user} may not connect to {database}"),
    (r"definition of service|service file", "the service is not in the service file"),
    (r"invalid response to SSL negotiation|expected authentication request",
     "what answers there is no PostgreSQL server"),
    (r"certificate|SSL", "no safe connection was made; look at sslmode and the certificates"),
    (r"too many clients|remaining connection slots", "the server has no free connection"),
    (r"starting up|shutting down|recovery mode", "the server is starting or stopping"),
)


def is_address(source: str) -> bool:
    """Whether a source names a server and not a file; UserError for an address of another kind."""
    if source.startswith(("postgresql://", "postgres://")):
        return True
    if re.match(r"[A-Za-z][\w+.-]+:/", source) or re.search(r"\b(host|dbname|service|password)\s*=", source):
        raise UserError(f"an address of a database has the form {_FORM}.")
    return False


def read_address(address: str) -> dict[str, Any]:
    """The parts of an address as psycopg takes them; UserError for a password in it, MissingExtra."""
    try:
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict
    except ModuleNotFoundError as problem:
        raise MissingExtra("reading PostgreSQL", "postgres") from problem
    try:
        parts: dict[str, Any] = dict(conninfo_to_dict(address))
    except ProgrammingError:
        raise UserError(f"the address of the database cannot be read; it has the form {_FORM}, and a sign "
                        "such as @ or % in a name is written as %40 or %25.") from None
    is_odd = any("@" in str(parts.get(name, "")) for name in ("host", "dbname")) or \
        not re.fullmatch(r"[\d,]*", str(parts.get("port", "")))
    if is_odd or any(parts.get(name) for name in _SECRETS):
        raise UserError("the address holds a password, which lists of processes and histories of commands "
                        "would show: leave it out, and give it in PGPASSWORD, in ~/.pgpass or in a service "
                        "file.")
    return complete_address(parts)


def complete_address(parts: Mapping[str, Any]) -> dict[str, Any]:
    """The parts with how long to wait, the name the server sees, and the encoding."""
    added: dict[str, Any] = {"application_name": "stepdown registry import"}
    if "PGCONNECT_TIMEOUT" not in os.environ:
        added["connect_timeout"] = _SECONDS_TO_CONNECT
    return {**added, **parts, "client_encoding": "utf8"}


def name_place(parts: Mapping[str, Any]) -> str:
    """How a sentence names the database."""
    database, service, host = (parts.get(name) for name in ("dbname", "service", "host"))
    where = f" on {host}" if host and "," not in str(host) else ""
    return f"the database {database}{where}" if database else \
        f"the database of the service {service}" if service else f"the database{where}"


def explain_refusal(parts: Mapping[str, Any], problem: Any) -> UserError:
    """Why no connection was made, in a sentence that repeats nothing that could hold a secret."""
    words = {"user": f"the user {parts['user']}" if parts.get("user") else "this user",
             "database": str(parts.get("dbname") or "of that name")}
    for pattern, sentence in _REASONS:
        if re.search(pattern, str(problem)):
            return UserError(f"{name_place(parts)}: {sentence.format(**words)}.")
    if problem.pgconn is not None and problem.pgconn.used_password:
        return UserError(f"{name_place(parts)}: the server was reached and refused {words['user']}: look at "
                         "the password and at the name of the database.")
    return UserError(f"{name_place(parts)}: no server answers there: look at host, port and network.")
