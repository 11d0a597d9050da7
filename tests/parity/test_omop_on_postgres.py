"""The same OMOP tables in DuckDB and in PostgreSQL make the very same registry: a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from postgres_server import OWNER, SECRET, Server, load_cdm
from stepdown.cohorts.registry.importing.account import Imported
from stepdown.cohorts.registry.importing.from_omop import import_omop
from stepdown.cohorts.registry.importing.omop_concepts import read_omop_mapping
from stepdown.cohorts.registry.importing.omop_layout import Schemas
from stepdown.cohorts.registry.importing.omop_postgres import open_postgres
from stepdown.interfaces.cli import main
from stepdown.ms.errors import UserError
from unit.cohorts.registry.importing.invented_cdm import write_cdm

TYPES_OF_HOSPITALS = """
ALTER TABLE cdm.measurement ALTER measurement_date TYPE timestamp, ALTER value_as_number TYPE numeric,
  ALTER measurement_id TYPE bigint;
ALTER TABLE cdm.drug_exposure ALTER drug_exposure_start_date TYPE timestamp,
  ALTER days_supply TYPE varchar(9), ALTER drug_concept_id TYPE numeric;
ALTER TABLE cdm.person RENAME TO "PERSON";
ALTER TABLE cdm."PERSON" RENAME year_of_birth TO "YEAR_OF_BIRTH";
UPDATE cdm.drug_exposure SET drug_exposure_end_date = 'infinity' WHERE drug_exposure_end_date IS NULL;
"""
SLOW = """
CREATE VIEW cdm.slow AS SELECT person_id, death_date FROM cdm.death, pg_sleep(9);
ALTER TABLE cdm.death RENAME TO kept;
ALTER VIEW cdm.slow RENAME TO death;
GRANT SELECT ON cdm.death TO reader;
ALTER ROLE reader IN DATABASE broken SET statement_timeout = 400
"""


@pytest.fixture(scope="module")
def cdm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cdm(tmp_path_factory.mktemp("cdm") / "cdm.duckdb")


@pytest.fixture(scope="module")
def from_duckdb(cdm: Path) -> Imported:
    return import_omop(cdm, read_omop_mapping(None), cdm.parent / "from-duckdb")


@pytest.fixture(scope="module")
def server(postgres: Server, cdm: Path) -> Iterator[Server]:
    postgres.create("omop")
    load_cdm(postgres, "omop", cdm, vocabulary="words")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSWORD", SECRET)
        yield postgres


def read_all(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*") if path.is_file() and path.name != "import.json"}


def test_both_give_the_same_bytes_and_the_same_account(
    server: Server, from_duckdb: Imported, tmp_path: Path
) -> None:
    told: list[str] = []
    made = import_omop(server.address("omop"), read_omop_mapping(None), tmp_path / "made", report=told.append)
    assert read_all(made.folder) == read_all(from_duckdb.folder)
    assert made.accounts == from_duckdb.accounts
    assert made.notes[1:] == from_duckdb.notes
    # Of 8 exposures and 6 measurements those of people with MS that are looked for, and no other, left it.
    assert {"reading drug_exposure, 6 rows", "reading measurement, 5 rows"} <= set(told)


def test_other_types_and_the_case_of_names_change_nothing(
    server: Server, cdm: Path, from_duckdb: Imported, tmp_path: Path
) -> None:
    server.create("hospital")
    load_cdm(server, "hospital", cdm)
    server.run("hospital", TYPES_OF_HOSPITALS)
    made = import_omop(server.address("hospital"), read_omop_mapping(None), tmp_path / "made")
    assert read_all(made.folder) == read_all(from_duckdb.folder)


def test_the_transaction_writes_nothing_and_sees_one_moment(server: Server) -> None:
    from psycopg.errors import ReadOnlySqlTransaction

    with open_postgres(None, server.address("omop", OWNER)) as opened:
        before = opened.count_rows("cdm.death")
        server.run("omop", "INSERT INTO cdm.death SELECT 10, '2020-01-01'")
        assert opened.count_rows("cdm.death") == before
        server.run("omop", "DELETE FROM cdm.death WHERE person_id = 10")
        with pytest.raises(ReadOnlySqlTransaction):
            opened.connection.execute("DELETE FROM cdm.death")


def test_no_output_holds_the_password(server: Server, tmp_path: Path, capsys: Any) -> None:
    words = ["registry", "import", server.address("omop"), "--schema", "CDM", "-o", str(tmp_path / "made")]
    assert main(words) == 0
    said = capsys.readouterr()
    assert "Read from PostgreSQL in one transaction: every table is as it was at" in said.out
    assert SECRET not in said.out + said.err
    assert not any(SECRET.encode() in content for content in read_all(tmp_path / "made").values())
    assert SECRET not in (tmp_path / "made" / "import.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(("address", "password", "sentence"), [
    ("reader@127.0.0.1:{port}/omop", "wrong", "the password of the user reader was refused"),
    ("reader@127.0.0.1:{port}/omop", None, "a password is asked for, and none was found"),
    ("reader@127.0.0.1:{port}/nowhere", SECRET, "there is no database nowhere"),
    ("nobody@127.0.0.1:{port}/omop", SECRET, "the password of the user nobody was refused"),
])
def test_a_refusal_is_one_sentence(
    server: Server, tmp_path: Path, monkeypatch: Any, address: str, password: str | None, sentence: str
) -> None:
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    monkeypatch.setenv("PGPASSWORD", password) if password else monkeypatch.delenv("PGPASSWORD")
    asked = f"postgresql://{address.format(port=server.port)}"
    with pytest.raises(UserError, match=sentence) as refused:
        import_omop(asked, read_omop_mapping(None), tmp_path / "made")
    assert (password or SECRET) not in str(refused.value)


@pytest.mark.parametrize(("change", "schema", "sentence"), [
    ("", "results", "there is no schema results with tables of OMOP in it; the table person is in cdm"),
    ("CREATE SCHEMA old; CREATE TABLE old.person (person_id int)", None,
     "the table person is in cdm, old; name one of these schemas with --schema"),
    ("ALTER TABLE cdm.observation_period RENAME TO gone", None, "the table observation_period is missing"),
    ("ALTER TABLE cdm.person DROP year_of_birth", None,
     "the table person in the schema cdm lacks year_of_birth"),
    ("ALTER TABLE cdm.death ALTER death_date TYPE text", None,
     "cdm.death.death_date holds text, and CDM 5.4 has dates there"),
    ("REVOKE SELECT ON cdm.measurement FROM reader", None, "this user may not read cdm.measurement"),
    ("ALTER TABLE cdm.measurement ALTER measurement_id TYPE numeric USING 1e30", None,
     "measurement holds a value that its column cannot hold"),
    (SLOW, None, "the server ended the reading of death .a limit of time"),
])
def test_what_cannot_be_read_is_named_and_nothing_is_written(
    server: Server, tmp_path: Path, change: str, schema: str | None, sentence: str
) -> None:
    server.create("broken", template="omop")
    server.run("broken", change)
    with pytest.raises(UserError, match=sentence):
        import_omop(server.address("broken"), read_omop_mapping(None), tmp_path / "made", Schemas(schema))
    assert not (tmp_path / "made").exists()


def test_rows_that_a_policy_may_hide_are_said(server: Server, tmp_path: Path) -> None:
    server.create("broken", template="omop")
    server.run("broken", "ALTER TABLE cdm.death ENABLE ROW LEVEL SECURITY")
    made = import_omop(server.address("broken"), read_omop_mapping(None), tmp_path / "made")
    assert sum("hide rows from this user" in note for note in made.notes) == 1
    assert not [one for one in made.accounts if one.source == "death" and one.rows]


def test_a_connection_lost_in_the_middle_leaves_nothing_behind(server: Server, tmp_path: Path) -> None:
    def cut(stage: str) -> None:
        if stage == "reading measurement":
            server.run("omop", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                               "WHERE application_name = 'stepdown registry import'")

    sentence = "the connection was lost while measurement was read; nothing was written"
    with pytest.raises(UserError, match=sentence):
        import_omop(server.address("omop"), read_omop_mapping(None), tmp_path / "made", report=cut)
    assert not (tmp_path / "made").exists()
