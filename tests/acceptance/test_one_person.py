"""Do odd, wrong, extreme and incomplete person files get the answer that the sources ask for?

Each row of ``one_person/expected.toml`` is one question; its ``why`` says where the expectation is from.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from stepdown.interfaces.cli import main

HERE = Path(__file__).parent / "one_person"
ROWS: list[dict[str, Any]] = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))["row"]
NAMES = [" ".join([row["file"], *row.get("command", []), *row.get("arguments", [])]) for row in ROWS]


def write_five_megabytes(folder: Path) -> Path:
    lab = {"date": "2020-01-01", "test": "lymphocytes", "value": 1.6, "unit": "10^9/L", "$comment": "x" * 10}
    person = {"id": "invented-a24", "recorded_on": "2026-11-01", "birth_year": 1964, "diagnosis": "MS"}
    path = folder / "five-megabytes.json"
    path.write_text(json.dumps({**person, "labs": [lab] * 60_000}), encoding="utf-8")
    return path


def ask(row: dict[str, Any], folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    path = write_five_megabytes(folder) if row["file"] == "five-megabytes.json" else HERE / row["file"]
    command = row.get("command", ["assess"])
    asked = ["--at", row.get("at", "2026-11-01"), "--format", "json"] if command == ["assess"] else []
    code = main([*command, str(path), *asked, *row.get("arguments", [])])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def find_missing_words(row: dict[str, Any], out: str, err: str) -> list[str]:
    said = {"says": out, "err_says": err, "either_says": out + err}
    lacks = [f"{key}: {w}" for key, text in said.items() for w in row.get(key, []) if not holds(w, text)]
    unsaid = {"says_not": out, "err_says_not": err}
    return lacks + [f"{key}: {w}" for key, text in unsaid.items() for w in row.get(key, []) if holds(w, text)]


def holds(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None


def find_wrong_option(wanted: dict[str, Any], options: list[dict[str, Any]]) -> list[str]:
    fits = [o for o in options if all(o[key] == value for key, value in wanted["pick"].items())]
    if wanted.get("forbidden") or not fits:
        return [f"{wanted['pick']}: {len(fits)} of them"] if fits or not may_lack(wanted) else []
    faults = [fault for option in fits for fault in find_option_faults(wanted, option)]
    return [f"{wanted['pick']}: {fault}" for fault in faults]


def may_lack(wanted: dict[str, Any]) -> bool:
    return bool(wanted.get("absent_ok") or wanted.get("forbidden"))


def find_option_faults(wanted: dict[str, Any], option: dict[str, Any]) -> list[str]:
    standing, interval = option["standing"], option["interval_days"]
    gap = (option["bridge"] or {}).get("max_gap_days", 10_000)
    statuses = {risk["status"] for risk in option["risks"]}
    checks = {
        f"{standing} by {option['decided_by']}": standing in wanted.get("standing", [standing]),
        f"risks {statuses}": wanted.get("risks_not") not in statuses,
        f"gap {gap}": gap <= wanted.get("max_gap_days", 10_000),
        f"interval {interval}": interval == wanted.get("interval", interval),
        f"longer interval {interval}": (interval or 0) <= wanted.get("interval_at_most", 10_000),
        f"not due by {wanted.get('due')}": is_due(wanted.get("due"), option["follow_up"]),
        **check_words(wanted, json.dumps(option, ensure_ascii=False)),
    }
    return [f"{option['id']}: {fault}" for fault, kept in checks.items() if not kept]


def check_words(wanted: dict[str, Any], text: str) -> dict[str, bool]:
    unsaid = wanted.get("says_not")
    return {
        f"lacks {wanted.get('says')}": holds(wanted.get("says", ""), text),
        f"says {unsaid}": unsaid is None or not holds(unsaid, text),
    }


def is_due(wanted: dict[str, str] | None, follow_up: list[dict[str, Any]]) -> bool:
    lines = [line for line in follow_up if wanted and holds(wanted["says"], line["what"])]
    return wanted is None or any(line["due"] <= wanted["by"] for line in lines)


def find_wrong_facts(row: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    facts = {fact["name"]: fact for fact in answer["facts"]}
    found = [(wanted, facts.get(wanted["name"], {"state": "not shown"})) for wanted in row.get("fact", [])]
    wrong = [f"{wanted}: {fact}" for wanted, fact in found if fact["state"] not in wanted["state"]]
    valued = [(wanted, fact) for wanted, fact in found if "value" in wanted]
    return wrong + [f"{wanted}: {fact}" for wanted, fact in valued if fact.get("value") != wanted["value"]]


def find_missing_alerts(row: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    def rings(wanted: dict[str, str], alert: dict[str, Any]) -> bool:
        return alert["level"] == wanted.get("level", alert["level"]) and holds(wanted["says"], alert["text"])

    return [f"no alert {w}" for w in row.get("alert", []) if not any(rings(w, a) for a in answer["alerts"])]


def find_wrong_pml(row: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    if "pml" not in row:
        return []
    wanted = row["pml"]
    cells = [c for c in answer["pml"] if re.match(rf"{wanted['from_month']}\b", c["period_months"])]
    low = min((c["per_1000_low"] for c in cells), default=1000)
    high = max((c["per_1000_high"] for c in cells), default=0)
    kept = low <= wanted["low_at_most"] and high >= wanted["high_at_least"]
    return [] if kept else [f"PML {low} to {high} in {[c['period_months'] for c in answer['pml']]}"]


def find_wrong_numbers(row: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    risks = [(o["id"], risk) for o in answer["options"] for risk in o["risks"] if risk["per_100"] is not None]
    silent = row.get("no_numbers") or answer["status"] == "refused"
    return [f"number for {i}: {r['outcome']}" for i, r in risks if silent or r["status"] == "unknown"]


def find_wrong_answer(row: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    found = {option["standing"] for option in answer["options"]}
    faults = [f"status {answer['status']}"] if answer["status"] != row.get("status", answer["status"]) else []
    faults += [f"standings {found}"] if not found <= set(row.get("standings", found)) else []
    faults += ["no way on"] if found <= {"not-advised"} else []
    for wanted in row.get("option", []):
        faults += find_wrong_option(wanted, answer["options"])
    checks = (find_wrong_facts, find_missing_alerts, find_wrong_pml, find_wrong_numbers)
    return faults + [fault for check in checks for fault in check(row, answer)]


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_the_answer_is_what_the_sources_ask_for(
    row: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = ask(row, tmp_path, capsys)
    faults = find_missing_words(row, out, err) + ([f"exit {code}"] if code not in row["exit"] else [])
    if code == 0 and "text" not in row.get("arguments", []):
        faults += find_wrong_answer(row, json.loads(out))
    assert not faults, "\n".join([*faults, "why:", *row["why"]])


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_no_file_brings_a_traceback_or_half_an_answer(
    row: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = ask(row, tmp_path, capsys)
    assert "Traceback" not in out + err
    assert code == 0 or (err.strip() and (not out or "command" in row))


def read_answer(row: dict[str, Any], folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    code, out, err = ask(row, folder, capsys)
    assert code == 0, err
    return dict(json.loads(out))


ANSWERED = [row for row in ROWS if row.get("status") and "text" not in row.get("arguments", [])]
ANSWERED_NAMES = [row["file"] for row in ANSWERED]


@pytest.mark.parametrize("row", ANSWERED, ids=ANSWERED_NAMES)
def test_no_known_fact_is_called_missing(
    row: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = read_answer(row, tmp_path, capsys)
    known = {f["name"] for f in answer["facts"] if f["state"] == "known" and f["value"] is not None}
    assert known & {missing["fact"] for missing in answer["missing_ranked"]} == set()


@pytest.mark.parametrize("row", ANSWERED, ids=ANSWERED_NAMES)
def test_no_bridge_names_a_drug_that_is_not_advised_for_this_person(
    row: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = read_answer(row, tmp_path, capsys)["options"]
    bridges = {drug for option in options if option["bridge"] for drug in option["bridge"]["therapies"]}
    refused = {option["therapy"] for option in options if option["standing"] == "not-advised"}
    assert bridges & refused == set()


@pytest.mark.parametrize("row", ANSWERED, ids=ANSWERED_NAMES)
def test_what_is_to_be_done_lies_ahead(
    row: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = read_answer(row, tmp_path, capsys)
    lines = [(option["id"], line) for option in answer["options"] for line in option["follow_up"]]
    dated = [(name, line["id"], line["due"]) for name, line in lines if re.match(r"\d{4}-", line["due"])]
    assert [late for late in dated if late[2] < answer["at"]] == []


def test_every_file_of_the_folder_has_a_row() -> None:
    files = {path.name for path in HERE.iterdir()} - {"expected.toml"}
    assert files == {row["file"] for row in ROWS} - {"five-megabytes.json"}
