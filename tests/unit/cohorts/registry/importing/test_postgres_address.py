"""Addresses of PostgreSQL: what they may say, and that no sentence of ours repeats a secret of theirs."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from stepdown.cohorts.registry.importing.postgres_address import is_address, name_place, read_address
from stepdown.interfaces.cli import main
from stepdown.ms.errors import UserError

pytest.importorskip("psycopg", reason="psycopg is not installed")
SECRET = "s3cret"


@pytest.mark.parametrize(("source", "is_server"), [
    ("postgresql://reader@db.example/omop", True), ("postgres:///?service=cdm", True),
    ("cdm.duckdb", False), ("exports/2024", False), ("C:\\exports", False), ("/data/cdm.db", False),
])
def test_an_address_is_told_from_a_file(source: str, is_server: bool) -> None:
    assert is_address(source) is is_server


@pytest.mark.parametrize("address", [
    f"postgresql://reader:{SECRET}@db.example/omop",
    f"postgresql://reader@db.example/omop?password={SECRET}",
    f"postgresql://reader:x@{SECRET}@db.example/omop",
    f"postgresql://reader:{SECRET}/x@db.example/omop",
    f"postgresql://reader@{SECRET}@db.example/omop",
    f"postgresql://reader:%zz{SECRET}@db.example/omop",
    f"postgresql://reader@db.example/omop?pasword={SECRET}",
    f"mysql://reader:{SECRET}@db.example/omop",
    f"POSTGRESQL://reader:{SECRET}@db.example/omop",
    f"postgresql:/reader:{SECRET}@db.example/omop",
    f"host=db.example password={SECRET}",
])
def test_a_password_in_an_address_is_refused_and_never_repeated(
    address: str, tmp_path: Path, capsys: Any
) -> None:
    assert main(["registry", "import", address, "-o", str(tmp_path / "made")]) == 2
    said = capsys.readouterr().err
    assert "address" in said
    assert SECRET not in said


def test_the_server_learns_who_asks_and_a_silent_one_is_not_awaited_for_ever(monkeypatch: Any) -> None:
    parts = read_address("postgresql://reader@db.example:5433/omop?sslmode=verify-full")
    assert parts == {"user": "reader", "host": "db.example", "port": "5433", "dbname": "omop",
                     "sslmode": "verify-full", "client_encoding": "utf8", "connect_timeout": 10,
                     "application_name": "stepdown registry import"}
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "60")
    assert "connect_timeout" not in read_address("postgresql:///omop")


@pytest.mark.parametrize(("address", "place"), [
    ("postgresql://reader@db.example/omop", "the database omop on db.example"),
    ("postgresql:///?service=cdm", "the database of the service cdm"),
    ("postgresql://a.example,b.example/omop", "the database omop"),
    ("postgresql://", "the database"),
])
def test_a_sentence_names_the_database(address: str, place: str) -> None:
    assert name_place(read_address(address)) == place


def test_nobody_there_is_one_sentence(tmp_path: Path, capsys: Any) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # taken, and nobody listens
        address = f"postgresql://reader@127.0.0.1:{bound.getsockname()[1]}/omop"
        assert main(["registry", "import", address, "-o", str(tmp_path / "made")]) == 2
    assert "the database omop on 127.0.0.1: no server answers there" in capsys.readouterr().err


def test_a_service_that_is_not_in_its_file_is_said(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "none"))
    assert main(["registry", "import", "postgresql:///?service=cdm", "-o", str(tmp_path / "made")]) == 2
    assert "the service cdm: the service is not in the service file" in capsys.readouterr().err


def test_without_the_driver_the_install_line_is_given(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert main(["registry", "import", "postgresql://db.example/omop", "-o", str(tmp_path / "made")]) == 3
    assert "pip install 'stepdown[postgres]'" in capsys.readouterr().err


def test_schemas_are_asked_of_a_database_only(tmp_path: Path) -> None:
    from stepdown.interfaces.cli.registry import import_registry

    class Arguments:
        source, schema, vocabulary_schema, mapping, output = str(tmp_path), "cdm", None, None, tmp_path

    with pytest.raises(UserError, match="files have no schema"):
        import_registry(Arguments())  # type: ignore[arg-type]
