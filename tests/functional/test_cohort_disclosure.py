"""An attack on the folder of a cohort as it is written: no file tells which small count it was."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from parity.invented_registry import FIRST, Person, write_registry
from stepdown.cohorts.protocol.reading import read_shipped_text
from stepdown.cohorts.writing import EXACT
from stepdown.interfaces.cli import main

STOP = FIRST + timedelta(1000)
PEOPLE = 40


def invent(relapses_at: int | None, number: int) -> Person:
    person = Person({"birth_date": date(1960 + number % 20, 1, 1), "sex": "female", "diagnosis": "MS",
                     "course": "RRMS"}, FIRST, date(2022, 12, 31))
    person.treatments = [{"therapy": "ocrelizumab", "start": FIRST, "stop": STOP, "still_taking": None}]
    person.visits = [{"date": STOP, "date_precision": "day", "edss": 2.0, "during_relapse": False}]
    quiet = {"any_new_t2": False, "any_enlarging_t2": False, "any_gd_enhancing": False}
    person.mri = [{"date": STOP + timedelta(days), "date_precision": "day", "region": "brain", **quiet}
                  for days in (-300, 300)]
    if relapses_at is not None:
        person.relapses = [{"onset": STOP + timedelta(relapses_at), "onset_precision": "day",
                            "lasted_24h": True, "fever_or_infection": False}]
    return person


def publish(folder: Path, events: int) -> dict[str, str]:
    """Every published file of a cohort in which so many people had a relapse, without marks of the data."""
    protocol = yaml.safe_load(read_shipped_text("stopping-ocrelizumab")) | {"bootstrap": {"replicates": 20}}
    protocol["outcomes"] = [{"name": name, "kind": name} for name in ("relapse", "mri_activity", "restart")]
    folder.mkdir()
    path = folder / "protocol.yaml"
    path.write_text(yaml.safe_dump(protocol), encoding="utf-8")
    people = [invent(100 + number if number < events else None, number) for number in range(PEOPLE)]
    registry = write_registry(people, folder / "registry")
    assert main(["cohort", "run", str(path), "--registry", str(registry), "-o", str(folder / "out")]) == 0
    files = [each for each in sorted((folder / "out").iterdir()) if each.is_file() and each.name != EXACT]
    texts = {each.name: each.read_text(encoding="utf-8") for each in files}
    mark = texts["results.json"].split('"data_fingerprint": "')[1].split('"')[0]
    return {name: re.sub(r"parquet_\w+", "", text.replace(mark, "").replace(str(folder), ""))
            for name, text in texts.items()}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, str]]:
    home = tmp_path_factory.mktemp("folders")
    return {events: publish(home / str(events), events) for events in (1, 4, 8)}


def test_no_file_tells_one_small_count_from_another(folders: dict[int, dict[str, str]]) -> None:
    assert len(folders[1]) > 8
    for name, text in folders[1].items():
        assert text == folders[4][name], name


def test_the_attack_sees_a_count_that_may_be_shown(folders: dict[int, dict[str, str]]) -> None:
    """Else it would not see anything: with eight events the same files differ."""
    differ = {name for name in folders[1] if folders[1][name] != folders[8][name]}
    assert {"results.json", "groups.csv", "curves.csv", "report.html"} <= differ


def test_the_sql_holds_questions_and_no_rows(folders: dict[int, dict[str, str]]) -> None:
    assert folders[1]["stages.sql"] == folders[8]["stages.sql"]
