"""What registries and hospitals send, as it is: `registry_import/cases.toml` says what must come out."""

from __future__ import annotations

import csv
import gzip
import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stepdown.cohorts.registry.importing.from_files import import_files
from stepdown.cohorts.registry.importing.mapping import parse_mapping
from stepdown.interfaces.cli import main

CASES = tomllib.loads((Path(__file__).parent / "registry_import" / "cases.toml").read_text("utf-8"))["case"]


def write_files(folder: Path, case: dict[str, Any]) -> None:
    folder.mkdir()
    for name, text in case["files"].items():
        content = text.encode(case.get("encoding", "utf-8"))
        (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)


def bring_in(folder: Path, mapping: str, encoding: str = "utf-8") -> int:
    (folder.parent / "mapping.yaml").write_text(mapping, encoding=encoding)
    words = ["registry", "import", str(folder), "--mapping", str(folder.parent / "mapping.yaml")]
    return main([*words, "-o", str(folder.parent / "made")])


def bring_in_silently(folder: Path, mapping: str) -> int:
    """Without the report, where no word of the terminal is asked for: three times as fast."""
    import_files(folder, parse_mapping(mapping, "mapping.yaml"), folder.parent / "made")
    return 0


def read_rows(made: Path, table: str, columns: list[str]) -> list[list[Any]]:
    people = pq.read_table(made / "patients.parquet").to_pylist()
    marks = {one["person_id"]: one["source_id"] for one in people}
    found = pq.read_table(made / f"{table}.parquet").to_pylist()
    rows = [[marks[one["person_id"]], *(show(one[name]) for name in columns)] for one in found]
    return sorted(rows, key=str)


def show(value: Any) -> Any:
    return "" if value is None else value.isoformat() if isinstance(value, date) else value


def read_reasons(made: Path) -> list[str]:
    return [row["reason"] for path in sorted((made / "quarantine").glob("*.csv"))
            for row in csv.DictReader(path.open(encoding="utf-8", newline=""))]


def are_matched(words: list[str], reasons: list[str]) -> bool:
    """Each reason has its words: the longest words choose first."""
    left = list(reasons)
    for word in sorted(words, key=len, reverse=True):
        fit = next((reason for reason in left if word in reason), None)
        if fit is None:
            return False
        left.remove(fit)
    return not left


@pytest.mark.parametrize("case", CASES, ids=[case["story"] for case in CASES])
def test_what_is_sent_comes_out_as_a_reader_would_read_it(
    case: dict[str, Any], tmp_path: Path, capsys: Any
) -> None:
    write_files(tmp_path / "sent", case)
    if case.keys() & {"exit", "said", "check"}:
        code = bring_in(tmp_path / "sent", case["mapping"], case.get("mapping_encoding", "utf-8"))
    else:
        code = bring_in_silently(tmp_path / "sent", case["mapping"])
    assert code == case.get("exit", 0)
    printed = capsys.readouterr()
    for words in case.get("said", []):
        assert words in printed.out + printed.err
    made = tmp_path / "made"
    assert made.exists() is case.get("made", True)
    for table, (columns, *rows) in case.get("rows", {}).items():
        assert read_rows(made, table, columns) == rows
    if case.get("made", True):
        assert are_matched(case.get("apart", []), read_reasons(made)), read_reasons(made)
        for one in json.loads((made / "import.json").read_text("utf-8"))["accounts"]:
            assert one["rows"] == one["accepted"] + one["quarantined"] + one["left_aside"]
    if "check" in case:
        main(["registry", "check", str(made)])
        assert all(words in capsys.readouterr().out for words in case["check"])


def test_a_parquet_file_of_pandas_joins_with_a_csv(tmp_path: Path) -> None:
    """Marks that became floats as one was missing, lists that nobody asked for, a time zone."""
    (tmp_path / "sent").mkdir()
    table = pa.table({
        "id": pa.array([1.0, 2.0, None]),
        # Midnight in Berlin, which is 23:00 of the day before in UTC.
        "date": pa.array([1577746800000, 1577746800000, 0], pa.timestamp("ms", "Europe/Berlin")),
        "edss": pa.array([3.5, float("nan"), 2.0]),
        "lists": pa.array([[1], [], None]),
    })
    pq.write_table(table, tmp_path / "sent" / "v.parquet")
    (tmp_path / "sent" / "p.csv").write_text("id,born\n1,1970\n2,1980\n", encoding="utf-8")
    assert bring_in(tmp_path / "sent", """
version: "1"
tables:
  patients: {file: p.csv, columns: {person_id: id, birth_date: born}}
  visits: {file: v.parquet, columns: {person_id: id, date: date, edss: edss}}
derive: {observation_periods: first-to-last-contact}
""") == 0
    assert read_rows(tmp_path / "made", "visits", ["date", "edss"]) == [
        ["1", "2019-12-31", 3.5], ["2", "2019-12-31", ""]]
    assert read_reasons(tmp_path / "made") == ["person_id: nobody is named"]
