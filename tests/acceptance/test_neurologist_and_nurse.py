"""Do the files of a neurologist and an MS nurse get the answers that they wrote down from the sources?

Each case of ``neurologist_and_nurse/expected.toml`` is one person file; each line of it is one expectation.
"""

from __future__ import annotations

import io
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from stepdown.interfaces.cli import main

HERE = Path(__file__).parent / "neurologist_and_nurse"
CASES: list[dict[str, Any]] = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))["case"]
OPEN = ("reasonable", "possible")
HUGE = "twelve-megabytes.json"
Expected = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """What the commands printed for one file: the check, the JSON answer, both texts, and the messages."""

    code: int
    answer: dict[str, Any]
    output: str
    text: str
    patient: str
    messages: str

    def options(self, wanted: Expected) -> list[dict[str, Any]]:
        return [option for option in self.answer["options"] if fits(option, wanted.get("sel", {}))]


def fits(option: dict[str, Any], selection: dict[str, str]) -> bool:
    strategy, therapy = selection.get("strategy", ".*"), selection.get("therapy")
    return (
        re.fullmatch(strategy, option["strategy"]) is not None
        and selection.get("direction", option["direction"]) == option["direction"]
        and (therapy is None or re.search(therapy, option["therapy"] or "") is not None)
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("huge")
    visits = [{"date": "2024-01-01", "score": 2.0}] * 250_000
    person = {"id": "c28", "birth_year": 1960, "diagnosis": "MS", "recorded_on": "2025-06-02", "edss": visits}
    (made / HUGE).write_text(json.dumps(person), encoding="utf-8")
    return made


def ask(*words: str) -> tuple[int, str, str]:
    output, messages = io.StringIO(), io.StringIO()
    with redirect_stdout(output), redirect_stderr(messages):
        code = main(list(words))
    return code, output.getvalue(), messages.getvalue()


@cache
def run(file: str, folder: Path, *arguments: str) -> Run:
    path = str(folder / file if file == HUGE else HERE / file)
    _, checked, _ = ask("patient", "check", path, *arguments)
    code, output, messages = ask("assess", path, "--format", "json", *arguments)
    if code:
        return Run(code, {}, output, "", "", messages + checked)
    text, patient = (ask("assess", path, *more, *arguments)[1] for more in ((), ("--for", "patient")))
    return Run(code, json.loads(output), output, flat(text), flat(patient), messages + checked)


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def lacking(patterns: list[str], text: str) -> list[str]:
    return [f"not said: {pattern}" for pattern in patterns if not re.search(pattern, text, re.IGNORECASE)]


def said(patterns: list[str], text: str) -> list[str]:
    found = (re.search(pattern, text, re.IGNORECASE) for pattern in patterns)
    return [f"said: {match[0]}" for match in found if match]


def is_outside(run: Run, wanted: Expected) -> list[str]:
    options = run.options(wanted)
    return [f"{one['id']} {one['standing']}" for one in options if one["standing"] not in wanted["in"]]


def is_among(run: Run, wanted: Expected) -> list[str]:
    options = run.options(wanted)
    return [f"{one['id']} {one['standing']}" for one in options if one["standing"] in wanted["not"]]


def has_no_alert(run: Run, wanted: Expected) -> list[str]:
    alerts = [a for a in run.answer["alerts"] if re.fullmatch(wanted.get("level", ".*"), a["level"])]
    return [] if any(not lacking([wanted["re"]], a["text"]) for a in alerts) else [f"alerts: {alerts}"]


def has_no_such_fact(run: Run, wanted: Expected) -> list[str]:
    facts = [fact for fact in run.answer["facts"] if re.search(wanted["re"], fact["name"], re.IGNORECASE)]
    return [] if any(fact["state"] in wanted["state"] for fact in facts) else [f"facts: {facts}"]


def has_another_value(run: Run, wanted: Expected) -> list[str]:
    values = [fact["value"] for fact in run.answer["facts"] if fact["name"] == wanted["name"]]
    return [] if values == [wanted["value"]] else [f"{wanted['name']}: {values}"]


def has_another_risk(run: Run, wanted: Expected) -> list[str]:
    risks = [
        (option["id"], risk["outcome"], risk["time_years"], risk["status"])
        for option in run.options(wanted)
        for risk in option["risks"]
        if re.search(wanted["outcome"], risk["outcome"])
        and risk["time_years"] == wanted.get("years", risk["time_years"])
    ]
    return [str(risk) for risk in risks if risk[3] not in wanted["status"]] if risks else ["no such risk"]


def has_personal_number(run: Run, _: Expected) -> list[str]:
    risks = [(o["id"], r) for o in run.answer["options"] for r in o["risks"] if r["per_100"]]
    return [f"{name} {r['outcome']}" for name, r in risks if r["speaks_for"] != "people_in_studies"]


def is_due_later(run: Run, wanted: Expected) -> list[str]:
    last = date.fromisoformat(run.answer["at"]) + timedelta(days=wanted["days"])
    weeks = {f"{number} week{'s' if number > 1 else ''} after the last dose" for number in range(1, 9)}
    late = []
    for option in run.options(wanted):
        due = {line["due"] for line in option["follow_up"]}
        soon = {day for day in due if re.match(r"\d{4}-", day) and day <= last.isoformat()}
        late += [] if soon or due & weeks else [f"{option['id']}: {sorted(due)}"]
    return late


def has_no_way_on(run: Run, _: Expected) -> list[str]:
    standings = {option["id"]: option["standing"] for option in run.answer["options"]}
    return [] if set(standings.values()) & set(OPEN) else [str(standings)]


def option_lacks(run: Run, wanted: Expected) -> list[str]:
    options = run.options(wanted)
    if not options and not wanted.get("absent_ok"):
        return ["no such option"]
    texts = [(option["id"], json.dumps(option, ensure_ascii=False)) for option in options]
    return [f"{name}: {lack}" for name, text in texts for lack in lacking(wanted["re"], text)]


def has_pml(run: Run, _: Expected) -> list[str]:
    return [str(cell) for cell in run.answer["pml"]]


def pml_stays_under(run: Run, wanted: Expected) -> list[str]:
    high = max((cell["per_1000_high"] for cell in run.answer["pml"]), default=0)
    return [] if high >= wanted["per_1000"] else [f"at most {high}"]


def bridges_to(run: Run, wanted: Expected) -> list[str]:
    bridges = [option["bridge"] for option in run.answer["options"] if option["bridge"]]
    named = {name for bridge in bridges for name in bridge["therapies"]}
    return [name for name in sorted(named) if re.search(wanted["therapy"], name)]


def leads_otherwise(run: Run, wanted: Expected) -> list[str]:
    first = run.answer["options"][0]
    fitting = fits(first, wanted["sel"]) and first["standing"] in wanted["in"]
    return [] if fitting else [f"first is {first['id']} {first['standing']}"]


def misses_something_else_first(run: Run, wanted: Expected) -> list[str]:
    first = [missing["fact"] for missing in run.answer["missing_ranked"]][:1]
    return [] if first and re.search(wanted["re"], first[0]) else [f"first missing: {first}"]


def stands_otherwise(found: Run, wanted: Expected) -> list[str]:
    other = run(wanted["file"], HERE)
    pair = [{o["id"]: o["standing"] for o in each.answer["options"]} for each in (found, other)]
    return [] if pair[0] == pair[1] else [str(pair)]


def stop_is_below_continue(run: Run, wanted: Expected) -> list[str]:
    known = {
        (option["id"], risk["outcome"], risk["time_years"]): risk["per_100"]["estimate"]
        for option in run.answer["options"]
        for risk in option["risks"]
        if risk["per_100"] and risk["outcome"] in wanted["outcomes"]
    }
    pairs = [(key, ("continue", *key[1:])) for key in known if key[0] == "stop"]
    assert pairs
    return [f"{key}" for key, other in pairs if other in known and known[key] < known[other]]


CHECKS: dict[str, Callable[[Run, Expected], list[str]]] = {
    "status": lambda run, e: [] if run.answer["status"] == e["value"] else [run.answer["status"]],
    "option_absent": lambda run, e: [option["id"] for option in run.options(e)],
    "standing_in": is_outside,
    "standing_not": is_among,
    "alert_has": has_no_alert,
    "text_has": lambda run, e: lacking(e["re"], run.text),
    "text_not": lambda run, e: said(e["re"], run.text),
    "ptext_has": lambda run, e: lacking(e["re"], run.patient),
    "ptext_not": lambda run, e: said(e["re"], run.patient),
    "fact": has_no_such_fact,
    "fact_value": has_another_value,
    "risk": has_another_risk,
    "no_personal_number": has_personal_number,
    "due_within": is_due_later,
    "way_on": has_no_way_on,
    "option_says": option_lacks,
    "no_pml": has_pml,
    "pml_reaches": pml_stays_under,
    "bridge_not": bridges_to,
    "leads_with": leads_otherwise,
    "first_missing": misses_something_else_first,
    "same_standings_as": stands_otherwise,
    "stop_not_below_continue": stop_is_below_continue,
}
#: Checks of what a command said, whether it gave an answer or not.
ALWAYS: dict[str, Callable[[Run, Expected], list[str]]] = {
    "exit": lambda run, e: [] if run.code in e["value"] else [f"exit {run.code}: {run.messages}"],
    "err_has": lambda run, e: lacking(e["re"], run.messages),
    "err_or_text_has": lambda run, e: lacking(e["re"], run.messages + run.text),
    "no_output": lambda run, _: [run.output] if run.output else [],
}


def list_expectations() -> Iterator[tuple[str, dict[str, Any], Expected]]:
    for case in CASES:
        for number, expected in enumerate(case["expect"]):
            yield f"{case['file']} {number} {expected['kind']}", case, expected


@pytest.mark.parametrize(
    ("case", "expected"),
    [row[1:] for row in list_expectations()],
    ids=[row[0] for row in list_expectations()],
)
def test_the_answer_is_what_they_wrote_down(case: dict[str, Any], expected: Expected, folder: Path) -> None:
    found = run(case["file"], folder, *case.get("arguments", ()))
    if expected["kind"] in ALWAYS:
        assert not ALWAYS[expected["kind"]](found, expected)
    elif found.code == 0:
        assert not CHECKS[expected["kind"]](found, expected), expected.get("source")
    else:
        assert found.code in case["expect"][0]["value"], "no answer, and none was allowed"


ANSWERED = [case for case in CASES if case["expect"][0].get("value", [0]) == [0]]


@pytest.fixture(params=ANSWERED, ids=lambda case: case["file"])
def answered(request: pytest.FixtureRequest, folder: Path) -> Run:
    found = run(request.param["file"], folder, *request.param.get("arguments", ()))
    assert found.code == 0, found.messages
    return found


def test_everybody_has_a_way_on_or_is_told_what_to_clear_up(answered: Run) -> None:
    standings = {option["standing"] for option in answered.answer["options"]}
    assert standings - {"not-advised"}


def test_every_open_step_has_its_follow_up_and_triggers(answered: Run) -> None:
    steps = [o for o in answered.answer["options"] if o["strategy"] != "continue" and o["standing"] in OPEN]
    assert not [o["id"] for o in steps if not (o["follow_up"] and o["restart_triggers"])]


def test_every_number_lies_in_its_interval_and_none_is_nil(answered: Run) -> None:
    numbers = [r["per_100"] for o in answered.answer["options"] for r in o["risks"] if r["per_100"]]
    assert all(n["low"] <= n["estimate"] <= n["high"] and n["high"] > 0 for n in numbers)


def test_patients_read_no_one_in_n_and_no_leave_to_stop(answered: Run) -> None:
    assert not said([r"\b1 in \d", "you can stop", "safe to stop"], answered.patient)
    assert not lacking(["do not stop"], answered.patient)


def test_no_day_to_come_lies_in_the_past_unmarked(answered: Run) -> None:
    at, passed = answered.answer["at"], "this day has passed"
    lines = [line for o in answered.answer["options"] for line in (*o["plan"], *o["follow_up"])]
    gone = [line for line in lines if re.fullmatch(r"\d{4}-\d{2}-\d{2}", line["due"]) and line["due"] < at]
    over = [line for line in gone if is_over(line, at)]
    assert all(f"{line['due']} ({passed}" in answered.text for line in over)


def is_over(line: dict[str, Any], at: str) -> bool:
    end = date.fromisoformat(line["due"]) + timedelta(days=line["window_days"] or 0)
    return line["id"] not in ("last-dose", "last-dose-on-file", "effect-left") and end.isoformat() < at


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_no_file_brings_a_traceback_or_half_an_answer(case: dict[str, Any], folder: Path) -> None:
    found = run(case["file"], folder, *case.get("arguments", ()))
    assert "Traceback" not in found.output + found.messages
    assert found.code == 0 or (found.messages.strip() and not found.output)


def test_every_file_of_the_folder_is_asked_for() -> None:
    named = {case["file"] for case in CASES} | {"22b_cut_by_hand.json", "expected.toml"}
    assert {path.name for path in HERE.iterdir()} == named - {HUGE}
