"""Files that other programs ship as samples, brought in with a mapping a stranger could write.

Expected counts come from the files themselves (lines, marks, empty cells), counted without stepdown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from stepdown.cohorts.registry.checking import CheckedRegistry, check_registry
from stepdown.cohorts.registry.importing.account import Imported
from stepdown.cohorts.registry.importing.from_files import import_files
from stepdown.cohorts.registry.importing.mapping import parse_mapping

MSOUTCOMES = """
version: "1"
tables:
  visits:
    file: MSoutcomes_SampleData.csv
    columns:
      person_id: ID
      date: dateEDSS
      edss: EDSS
      fs_pyramidal: FSpyr
      fs_cerebellar: FScrbl
      fs_brainstem: FSbstem
      fs_sensory: FSsens
      fs_bowel_bladder: FSsph
      fs_visual: FSvis
      fs_cerebral: FScereb
      fs_ambulation: FSamb
derive: {patients: true, observation_periods: first-to-last-contact}
"""
MSPROG = """
version: "1"
tables:
  visits: {file: MSprog_toydata_visits.csv, columns: {person_id: id, date: date, edss: EDSS, sdmt: SDMT}}
  relapses: {file: MSprog_toydata_relapses.csv, columns: {person_id: id, onset: date}}
derive: {patients: true, observation_periods: first-to-last-contact}
"""
SYNTHEA = """
version: "1"
tables:
  treatments:
    file: medications_sample.csv
    columns: {person_id: PATIENT, therapy: [CODE, DESCRIPTION], start: START, stop: STOP}
  visits:
    file: observations_edss_sample.csv
    where: {CODE: "273554001"}
    columns: {person_id: PATIENT, date: DATE, edss: VALUE}
derive: {patients: true, observation_periods: first-to-last-contact}
"""


def bring_in(source: Path, mapping: str, folder: Path) -> tuple[Imported, CheckedRegistry]:
    imported = import_files(source, parse_mapping(mapping, "mapping"), folder / "registry")
    return imported, check_registry(imported.folder)


def read(imported: Imported, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(imported.folder / f"{table}.parquet").to_pylist()
    return rows


def test_all_visits_of_msoutcomes_come_in_and_what_was_not_scored_stays_unknown(
    reference: Path, tmp_path: Path
) -> None:
    imported, checked = bring_in(reference / "data" / "ms", MSOUTCOMES, tmp_path)
    (account,) = imported.accounts
    assert (account.rows, account.accepted) == (798, 798)
    assert len(read(imported, "patients")) == 40
    known = {one.column: one.known for one in checked.completeness if one.table == "visits"}
    assert (known["edss"], known["fs_pyramidal"], known["fs_ambulation"]) == (798 - 259, 798 - 266, 798 - 483)
    assert checked.errors == 0


def test_visits_and_relapses_of_msprog_come_in_as_they_are(reference: Path, tmp_path: Path) -> None:
    imported, checked = bring_in(reference / "data" / "ms", MSPROG, tmp_path)
    assert [(one.table, one.rows, one.accepted) for one in imported.accounts] == \
        [("relapses", 5, 5), ("visits", 57, 57)]
    assert len(read(imported, "patients")) == 7
    last = read(imported, "visits")[-1]
    assert (str(last["date"]), last["edss"], last["sdmt"]) == ("2023-04-28", 5.0, 70)
    assert checked.errors == 0


@pytest.fixture
def synthea(reference: Path, tmp_path: Path) -> tuple[Imported, CheckedRegistry]:
    return bring_in(reference / "data" / "synthea-ms", SYNTHEA, tmp_path)


def test_drugs_of_synthea_are_found_by_code_or_brand_or_kept(synthea: tuple[Imported, Any]) -> None:
    imported, _ = synthea
    therapies = [row["therapy"] for row in read(imported, "treatments")]
    assert len(therapies) == 11
    assert sorted(set(therapies)) == [
        "alemtuzumab", "fingolimod", "interferon-beta", "mitoxantrone", "other:Endoxan",
        "other:Methylprednisolone",
    ]
    assert dict(imported.other_therapies) == {"Methylprednisolone": 3, "Endoxan": 1}


def test_only_the_scores_of_synthea_are_taken_and_other_codes_left_aside(
    synthea: tuple[Imported, Any]
) -> None:
    imported, _ = synthea
    visits = next(one for one in imported.accounts if one.table == "visits")
    assert (visits.rows, visits.accepted, visits.left_aside, visits.quarantined) == (13, 11, 2, 0)


def test_the_known_faults_of_synthea_are_found(synthea: tuple[Any, CheckedRegistry]) -> None:
    _, checked = synthea
    found = {one.name: one.count for one in checked.violations}
    # Gilenya in 1992 and Novantrone in 1997 lie before their approval. Lemtrada in 2007 does too, but people
    # with MS were given it from 1991 on (history-alemtuzumab-cambridge), so the date alone is no fault.
    # No drug ever ends, so that each later start follows an open one.
    assert found["too-early"] == 2
    assert found["never-ended"] == 11 - 4
    assert found["end-unknown"] == 11
    assert checked.errors == 0
