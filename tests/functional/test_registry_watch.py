"""``stepdown registry watch`` as a nurse runs it every Monday, on the people of tests/spec/watch.toml."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from parity.watched_people import write_registry
from spec.test_watch import ROWS, tell, view_of
from stepdown.cohorts.protocol.model import Disclosure
from stepdown.cohorts.watch import watching
from stepdown.cohorts.watch.counting import WatchCounts, count_watch, publish_watch
from stepdown.cohorts.watch.listing import list_people, write_list
from stepdown.cohorts.watch.watching import Watch, list_warnings, watch_registry
from stepdown.interfaces.cli import main
from stepdown.patients.restart_signs import SIGN_STATES
from stepdown.patients.watching import NEVER_SEEN_STATES, URGENCIES, watch
from stepdown.reports.watch_page import read_words, write_watch_page
from unit.cohorts.registry.invented_registry import write_registry as write_small

Run = Callable[..., tuple[int, str, str]]
#: Rows whose people have every list: one registry holds them all.
PEOPLE = [row for row in ROWS if "absent" not in row["person"].values()]


@dataclass(frozen=True)
class Monday:
    """What one run of the command left: what it printed, its file, and what it worked out on the way."""

    printed: str
    path: Path
    watch: Watch
    counts: WatchCounts


@pytest.fixture(scope="module")
def monday(tmp_path_factory: pytest.TempPathFactory) -> Monday:
    """One run on the people of the table, for it costs seconds."""
    home = tmp_path_factory.mktemp("watch")
    folder = write_registry([view_of(row) for row in PEOPLE], home / "invented")
    (home / "out").mkdir()
    kept: list[Watch] = []

    def keep(*given: Any, **named: Any) -> Watch:
        kept.append(watch_registry(*given, **named))
        return kept[0]

    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as printed:
        patch.setattr(watching, "watch_registry", keep)
        path = home / "out" / "monday.csv"
        assert main(["registry", "watch", "--registry", str(folder), "-o", str(path)]) == 0
    return Monday(printed.getvalue(), path, kept[0], count_watch(kept[0]))


@pytest.fixture
def watched(monday: Monday) -> tuple[Watch, WatchCounts]:
    return monday.watch, monday.counts


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: object) -> tuple[int, str, str]:
        code = main(["registry", "watch", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err
    return command


def test_counts_on_the_terminal_and_people_in_a_file_of_their_owner(monday: Monday) -> None:
    assert "never seen again" in monday.printed and "Not a medical device" in monday.printed
    assert stat.S_IMODE(monday.path.stat().st_mode) == 0o600
    assert list(monday.path.parent.iterdir()) == [monday.path]
    rows = list(csv.DictReader(monday.path.open(encoding="utf-8")))
    assert rows[0]["stands"] == "sign" and rows[0]["next_step"] and rows[0]["next_step_sources"]
    assert not any(len(line) > 110 for line in monday.printed.splitlines())


def test_the_list_says_of_each_person_what_the_path_for_one_says(watched: tuple[Watch, WatchCounts]) -> None:
    rows = {row["person_id"]: row for row in list_people(watched[0])}
    for number, row in enumerate(PEOPLE):
        one = tell(watch(view_of(row)))
        if one["standing"] == "stepped-down" and rows[number]["stands"] != "observation-ended":
            assert rows[number]["stands"] == one["urgency"] and rows[number]["next_step"] == one["next"]
            assert rows[number]["sign_seen_on"] == one["seen_on"]
        elif one["standing"].startswith("not-judged"):
            assert rows[number]["stands"] == "not-judged"
        elif one["standing"] != "stepped-down":
            assert number not in rows


def test_the_list_goes_from_signs_by_their_day_to_days_overdue(watched: tuple[Watch, WatchCounts]) -> None:
    rows = list_people(watched[0])
    order = (*URGENCIES, "observation-ended", "not-judged")
    assert [row["stands"] for row in rows] == sorted((row["stands"] for row in rows), key=order.index)
    seen = [row["sign_seen_on"] for row in rows if row["stands"] == "sign"]
    late = [row["days_overdue"] for row in rows if row["stands"] == "overdue"]
    assert seen == sorted(seen, reverse=True) and late == sorted(late, reverse=True)


def test_everybody_is_counted_once(watched: tuple[Watch, WatchCounts]) -> None:
    counts = watched[1]
    assert sum(counts.everybody.values()) == len(PEOPLE)
    assert sum(counts.not_judged.values()) == counts.everybody["not-judged"]
    assert sum(counts.stepped_down.values()) == counts.everybody["stepped-down"]
    splits = (counts.by_urgency, counts.by_strategy, counts.never_seen, counts.overdue,
              *counts.signs.values())
    assert {sum(split.values()) for split in splits} == {counts.stepped_down["watched"]}
    assert sum(counts.sign_seen.values()) == counts.by_urgency["sign"]
    assert sum(sum(split.values()) for split in counts.by_drug.values()) == counts.stepped_down["watched"]


def test_json_holds_exact_counts_and_nulls_for_what_is_not_known(watched: tuple[Watch, WatchCounts],
                                                                  tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    written = write_list(*watched, path)
    told = json.loads(path.read_text(encoding="utf-8"))
    assert len(told["people"]) == written and "not for release" in told["note"]
    assert told["counts"]["everybody"]["stepped-down"] == sum(
        row["stands"] not in ("not-judged",) for row in told["people"])


def test_what_is_shown_names_nobody_and_no_small_count(watched: tuple[Watch, WatchCounts]) -> None:
    published = publish_watch(*watched, Disclosure())
    page = write_watch_page(published)
    told = json.dumps(published)
    assert "source_id" not in told + page and "person_id" not in told + page
    counts = [count for count in find_counts(published) if isinstance(count, int)]
    assert all(count % 5 == 0 for count in counts) and "<5" in told
    assert page.startswith("<!DOCTYPE html>") and "&lt;5" in page and "<script" not in page


def find_counts(value: Any) -> list[Any]:
    """Every count of what is published, without the rules and the days."""
    if isinstance(value, dict):
        inner = {key: part for key, part in value.items() if key not in ("disclosure", "warnings")}
        return [count for part in inner.values() for count in find_counts(part)]
    return [value]


def test_a_name_of_a_folder_or_a_drug_cannot_become_markup(watched: tuple[Watch, WatchCounts]) -> None:
    published = publish_watch(*watched, Disclosure()) | {"registry": "<b>mine</b>"}
    assert "<b>mine" not in write_watch_page(published) and "&lt;b&gt;mine" in write_watch_page(published)


def test_every_word_of_the_program_has_words_for_people() -> None:
    words = read_words()
    assert set(words["sign_states"]) == set(SIGN_STATES) and set(words["by_urgency"]) == set(URGENCIES)
    assert set(words["never_seen"]) == set(NEVER_SEEN_STATES) and set(words["short"]) == set(URGENCIES)


def test_a_text_that_a_spreadsheet_would_run_is_marked(watched: tuple[Watch, WatchCounts],
                                                       tmp_path: Path) -> None:
    found, counts = watched
    marked = found.people.set_column(found.people.column_names.index("centre"), "centre",
                                     [["=1+1"] * found.people.num_rows])
    path = tmp_path / "list.csv"
    write_list(Watch(**{**vars(found), "people": marked}), counts, path)
    assert {row["centre"] for row in csv.DictReader(path.open(encoding="utf-8"))} == {"'=1+1", ""}


@pytest.mark.parametrize(("more", "says"), [
    (["--at", "2099-01-01"], "in the future"),
    (["--at", "2001-01-01"], "speaks of no day before 2010-01-01"),
    (["--at", "June"], "YYYY-MM-DD"),
    (["-o", "people.xlsx"], ".csv or .json"),
    (["-o", "no-such-folder/people.csv"], "there is no folder"),
])
def test_what_cannot_be_asked_is_said_in_one_sentence(run: Run, tmp_path: Path, more: list[str],
                                                      says: str, capsys: Any) -> None:
    write_small(tmp_path, treatments={key: [] for key in ("treatment_id", "person_id", "therapy")})
    try:
        code, out, err = run("--registry", tmp_path, *more)
    except SystemExit as ended:  # argparse says it
        code, (out, err) = int(str(ended.code)), capsys.readouterr()
    assert code == 2 and says in err and not out


@pytest.mark.parametrize(("changed", "says"), [
    ({"treatments": None}, "no treatments.parquet"),
    ({"patients": {"person_id": [], "source_id": []}, "treatments": {
        "treatment_id": [], "person_id": [], "therapy": []}}, "nobody is in"),
    ({"observation_periods": {"period_id": [], "person_id": [], "first_day": [], "last_day": []}}, "no row"),
    ({"patients": {"person_id": [1, 1, 2], "source_id": ["A", "A", "B"]}}, "names somebody twice"),
])
def test_a_registry_that_could_only_mislead_is_refused(run: Run, tmp_path: Path, changed: dict[str, Any],
                                                       says: str) -> None:
    write_small(tmp_path, **changed)
    code, out, err = run("--registry", tmp_path)
    assert code == 2 and says in err and not out


def test_a_folder_that_is_not_there_is_said(run: Run, tmp_path: Path) -> None:
    code, _, err = run("--registry", tmp_path / "none")
    assert code == 2 and "there is no such folder" in err


def test_what_the_registry_cannot_show_is_noted(watched: tuple[Watch, WatchCounts]) -> None:
    at, cut = date(2026, 8, 1), date(2026, 6, 1)
    assert watched[0].at == cut and watched[0].warnings == ()
    assert [warning.split(":")[0] for warning in list_warnings(("mri", "labs"), at, cut)] == [
        "there is no mri.parquet", "there is no labs.parquet", "the registry speaks until 2026-06-01"]
