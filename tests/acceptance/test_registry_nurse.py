"""Every Monday: who stepped down, is overdue, shows a sign, was never seen again. Every year: the audit.

The people are invented. `cases.toml` holds one clinic: what the list must say of each person.
"""

import csv
import json
import math
import re
import stat
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from stepdown.interfaces.cli import main

HERE = Path(__file__).parent / "registry_nurse"
CASES: list[dict[str, Any]] = tomllib.loads((HERE / "cases.toml").read_text())["person"]
LAST_DAY = "2025-06-30"
ORDER = [
    "sign",
    "never-seen",
    "unclear-sign",
    "overdue",
    "due",
    "up-to-date",
    "observation-ended",
    "not-judged",
]
COLUMNS = {
    "patients": "person_id source_id centre birth_date sex diagnosis course aqp4 relapses_set_apart",
    "observation_periods": "period_id person_id first_day last_day",
    "treatments": "treatment_id person_id therapy start stop still_taking interval_days last_dose",
    "relapses": "relapse_id person_id onset onset_precision lasted_24h fever_or_infection",
    "visits": "visit_id person_id date date_precision edss during_relapse",
    "mri": "mri_id person_id date region new_t2 any_new_t2 enlarging_t2 gd_enhancing",
    "labs": "lab_id person_id date test value",
    "events": "event_id person_id event date",
}
KINDS = dict.fromkeys(
    ["person_id", "period_id", "treatment_id", "relapse_id", "visit_id", "mri_id", "lab_id", "event_id"],
    "BIGINT",
)
KINDS |= dict.fromkeys(
    ["relapses_set_apart", "interval_days", "new_t2", "enlarging_t2", "gd_enhancing"], "INTEGER"
)
KINDS |= dict.fromkeys(
    ["birth_date", "first_day", "last_day", "start", "stop", "last_dose", "onset", "date"], "DATE"
)
KINDS |= dict.fromkeys(
    ["still_taking", "lasted_24h", "fever_or_infection", "during_relapse", "any_new_t2"], "BOOLEAN"
)
KINDS |= {"edss": "DOUBLE", "value": "DOUBLE"}

Person = Mapping[str, Any]
Shown = tuple[int, str, str]


def write_registry(
    folder: Path,
    people: Sequence[Person],
    leave_out: Sequence[str] = (),
    kinds: Mapping[str, str] | None = None,
) -> Path:
    """The tables of these people as Parquet files; people are numbered from 9001."""
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in COLUMNS}
    for number, person in enumerate(people, 9001):
        born = {"birth_date": "1965-02-01", "sex": "female", "diagnosis": "MS", "course": "RRMS"}
        told = (
            born
            | {"source_id": f"MARK-{number}-ANNA", "centre": "Haus Abendrot"}
            | person.get("patient", {})
        )
        rows["patients"].append({"person_id": number} | {k: v for k, v in told.items() if v != ""})
        if period := person.get("period", ["2010-01-01", LAST_DAY]):
            rows["observation_periods"].append(
                {"person_id": number, "first_day": period[0], "last_day": period[1]}
            )
        for table in COLUMNS:
            rows[table] += [{"person_id": number} | row for row in person.get(table, [])]
    folder.mkdir(parents=True)
    for table, columns in COLUMNS.items():
        if table in leave_out:
            continue
        names = columns.split()
        for at, row in enumerate(rows[table], 1):
            row.setdefault(names[0], at)
        lines = folder / f"{table}.lines"
        lines.write_text("".join(json.dumps({n: row.get(n) for n in names}) + "\n" for row in rows[table]))
        typed = ", ".join(f"{n}: '{(KINDS | dict(kinds or {})).get(n, 'VARCHAR')}'" for n in names)
        empty = "SELECT " + ", ".join(
            f"CAST(NULL AS {(KINDS | dict(kinds or {})).get(n, 'VARCHAR')}) AS {n}" for n in names
        )
        source = f"SELECT * FROM read_json('{lines}', format='newline_delimited', columns={{{typed}}})"
        source = source if rows[table] else f"{empty} LIMIT 0"
        duckdb.sql(f"COPY ({source}) TO '{folder / table}.parquet' (FORMAT parquet)")
        lines.unlink()
    return folder


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Callable[..., Shown]:
    """Run the command; its exit code, standard output and standard error."""

    def run(*arguments: object) -> Shown:
        capsys.readouterr()
        code = main([str(a) for a in arguments])
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return code, told.out, told.err

    return run


def lines_of(path: Path) -> dict[str, dict[str, str]]:
    with path.open(newline="") as file:
        return {line["person_id"]: line for line in csv.DictReader(file)}


def stopped(day: str, drug: str = "teriflunomide", **more: Any) -> dict[str, Any]:
    return {"treatments": [{"therapy": drug, "start": "2005-01-01", "stop": day}], **more}


def relapse(day: str, fever: bool = False) -> dict[str, Any]:
    return {"onset": day, "lasted_24h": True, "fever_or_infection": fever}


ON_DRUG = {"treatments": [{"therapy": "teriflunomide", "start": "2015-01-01", "still_taking": True}]}


# ---- the watch, person by person
@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_registry(tmp_path_factory.mktemp("clinic") / "mine", CASES)


@pytest.fixture(scope="module")
def monday(clinic: Path) -> Iterator[Path]:
    path = clinic.parent / "monday.csv"
    assert main(["registry", "watch", "--registry", str(clinic), "-o", str(path)]) == 0
    yield path


@pytest.mark.parametrize(
    "number", range(len(CASES)), ids=[case["story"].replace(" ", "-") for case in CASES]
)
def test_the_list_says_of_a_person(number: int, monday: Path) -> None:
    case, line = CASES[number], lines_of(monday).get(str(9001 + number))
    if case.get("listed") is False:
        assert line is None or line["stands"] == "not-judged", line
        return
    assert line is not None or "expect" not in case, "is missing from the list"
    told = {**(line or {}), "listed": "yes"}
    for column, wanted in case.get("expect", {}).items():
        assert told[column] in (wanted if isinstance(wanted, list) else [wanted]), (
            column,
            told[column],
            line,
        )
    for column, unwanted in case.get("never", {}).items():
        assert told.get(column) not in unwanted, (column, line)


def test_the_most_urgent_stand_first(monday: Path) -> None:
    lines = list(lines_of(monday).values())
    places = [ORDER.index(line["stands"]) for line in lines]
    assert places == sorted(places)
    seen = [line["sign_seen_on"] for line in lines if line["stands"] == "sign"]
    assert len(seen) > 3 and seen == sorted(seen, reverse=True)
    late = [int(line["days_overdue"]) for line in lines if line["stands"] == "overdue"]
    assert late == sorted(late, reverse=True)


@pytest.mark.validate
def test_everybody_is_counted_once(clinic: Path, ask: Callable[..., Shown]) -> None:
    path = clinic.parent / "exact.json"
    assert ask("registry", "watch", "--registry", clinic, "-o", path)[0] == 0
    counts = json.loads(path.read_text())["counts"]
    assert sum(counts["everybody"].values()) == len(CASES)
    assert counts["everybody"]["died"] == 3
    assert counts["everybody"]["other-disease"] == 2
    assert counts["by_strategy"]["extend"] == 3
    assert counts["by_strategy"]["switch"] == 1


@pytest.mark.validate
def test_a_look_from_a_day_in_the_past_knows_nothing_later(clinic: Path, ask: Callable[..., Shown]) -> None:
    day, path = "2023-05-01", clinic.parent / "past.csv"
    assert ask("registry", "watch", "--registry", clinic, "--at", day, "-o", path)[0] == 0
    lines, story = lines_of(path), {case["story"]: str(9001 + n) for n, case in enumerate(CASES)}
    for line in lines.values():
        assert line["sign_seen_on"] <= day and line["changed_on"] <= day and line["last_dose"] <= day, line
    assert lines[story["stopped and restarted the same drug eight months later"]]["strategy"] == "stop"
    assert lines[story["switched down and up again"]]["strategy"] == "switch"
    assert lines[story["died a year after the stop"]]["strategy"] == "stop"
    assert story["back from 270 to 180 days"] in lines
    assert story["a lesion that takes up contrast"] not in lines


@pytest.mark.validate
@pytest.mark.parametrize("day", ["2026-06-30", "2031-01-01"])
def test_after_the_last_day_nobody_becomes_late(day: str, clinic: Path, ask: Callable[..., Shown]) -> None:
    path = clinic.parent / f"{day}.csv"
    code, out, err = ask("registry", "watch", "--registry", clinic, "--at", day, "-o", path)
    if code == 2:
        assert day in err
        return
    number = next(n for n, case in enumerate(CASES, 9001) if "last day of the registry" in case["story"])
    line = lines_of(path)[str(number)]
    assert line["stands"] not in ("never-seen", "overdue") and line["never_seen"] != "yes"
    assert LAST_DAY in out + err


@pytest.mark.parametrize("day", ["2025", "30.06.2025", "2025-06-31", "monday", ""])
def test_a_day_that_is_none_is_refused(day: str, clinic: Path, ask: Callable[..., Shown]) -> None:
    with pytest.raises(SystemExit) as stopped_by:
        raise SystemExit(ask("registry", "watch", "--registry", clinic, "--at", day)[0])
    assert stopped_by.value.code == 2


# ---- who may read what
@pytest.mark.validate
@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_no_person_on_the_terminal_or_the_page(form: str, clinic: Path, ask: Callable[..., Shown]) -> None:
    code, out, err = ask("registry", "watch", "--registry", clinic, "--format", form)
    assert code == 0
    for mark in ("MARK-", "ANNA", "Haus Abendrot", "Wundermittel"):
        assert mark not in out + err
    assert not re.search(r"\b90\d\d\b", re.sub(r"#[0-9a-f]+", "", out + err))


@pytest.mark.validate
def test_the_list_is_readable_by_its_owner_alone_even_over_an_older_file(
    clinic: Path, ask: Callable[..., Shown], tmp_path: Path
) -> None:
    path = tmp_path / "monday.csv"
    path.write_text("old")
    path.chmod(0o644)
    assert ask("registry", "watch", "--registry", clinic, "-o", path)[0] == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not [p for p in tmp_path.iterdir() if p != path]


@pytest.mark.parametrize("name", ["not-there/monday.csv", "monday.txt", "monday", "."])
def test_a_list_that_cannot_be_written_is_said_and_nothing_is_left(
    name: str, clinic: Path, ask: Callable[..., Shown], tmp_path: Path
) -> None:
    code, _, err = ask("registry", "watch", "--registry", clinic, "-o", tmp_path / name)
    assert code == 2 and err.strip()
    assert not list(tmp_path.iterdir())


def quiet_clinic(with_relapse: int, odd_drug: str = "teriflunomide") -> list[Person]:
    """Thirteen who stopped, so many of whom had a relapse, and forty-seven on treatment."""
    seen = {"visits": [{"date": "2024-12-10", "edss": 2}, {"date": "2025-06-10", "edss": 2}]}
    people: list[Person] = [
        stopped("2024-06-30", odd_drug if n == 12 else "teriflunomide", **seen)
        | ({"relapses": [relapse("2025-03-28")]} if n < with_relapse else {})
        for n in range(13)
    ]
    return people + [ON_DRUG] * 47


@pytest.mark.validate
@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_whether_one_or_four_had_a_relapse_cannot_be_told(
    form: str, ask: Callable[..., Shown], tmp_path: Path
) -> None:
    told = set()
    for few in (1, 4):
        folder = write_registry(tmp_path / str(few) / "mine", quiet_clinic(few))
        code, out, err = ask("registry", "watch", "--registry", folder, "--format", form)
        assert code == 0
        told.add((out + err).replace(str(folder), "mine"))
    assert len(told) == 1


def counts_in(told: object) -> Iterator[int]:
    if isinstance(told, Mapping):
        for key, value in told.items():
            if key not in ("disclosure", "schema_version"):
                yield from counts_in(value)
    elif isinstance(told, list):
        for value in told:
            yield from counts_in(value)
    elif isinstance(told, int) and not isinstance(told, bool):
        yield told


@pytest.mark.validate
def test_every_count_shown_is_nought_or_a_multiple_of_five(clinic: Path, ask: Callable[..., Shown]) -> None:
    code, out, _ = ask("registry", "watch", "--registry", clinic, "--format", "json")
    told = json.loads(out)
    counts = list(counts_in(told.get("counts", told)))
    assert code == 0 and counts
    assert [n for n in counts if n % 5] == []


@pytest.mark.validate
def test_one_person_alone_is_hidden_behind_the_others(ask: Callable[..., Shown], tmp_path: Path) -> None:
    """One of sixty stopped: neither 1 nor 59 may stand anywhere, nor the drug."""
    folder = write_registry(tmp_path / "mine", [stopped("2023-01-10", "natalizumab")] + [ON_DRUG] * 59)
    for form in ("text", "json", "html"):
        code, out, err = ask("registry", "watch", "--registry", folder, "--format", form)
        shown = re.sub(r"(?s)<style.*?</style>|<[^>]*>", " ", out) + err
        assert code == 0
        assert not re.search(r"\b59\b", shown)
        assert "natalizumab" not in shown.lower() and "PML" not in shown


@pytest.mark.validate
def test_the_schedule_on_the_page_does_not_give_away_the_drug_of_one_person(
    ask: Callable[..., Shown], tmp_path: Path
) -> None:
    """Twelve left teriflunomide and one natalizumab, which is too few to be named."""
    folder = write_registry(tmp_path / "mine", quiet_clinic(0, odd_drug="natalizumab"))
    for form in ("text", "json", "html"):
        code, out, _ = ask("registry", "watch", "--registry", folder, "--format", form)
        # Addresses of sources stand on every page, whoever left what.
        shown = re.sub(r"(?s)<style.*?</style>|href=\"[^\"]*\"", " ", out)
        assert code == 0
        assert "natalizumab" not in shown.lower() and "PML" not in shown, form


# ---- odd registries
@pytest.mark.parametrize("table", ["patients", "observation_periods"])
def test_a_registry_without_a_needed_table_is_refused_by_name(
    table: str, ask: Callable[..., Shown], tmp_path: Path
) -> None:
    folder = write_registry(tmp_path / "mine", [stopped("2023-01-10")], leave_out=[table])
    code, _, err = ask("registry", "watch", "--registry", folder)
    assert code == 2 and table in err


def test_without_the_table_of_treatments_nobody_is_untreated(
    ask: Callable[..., Shown], tmp_path: Path
) -> None:
    folder = write_registry(tmp_path / "mine", [stopped("2023-01-10")] * 7, leave_out=["treatments"])
    # Refused, as docs/reference/registry-tables.md says of commands that are about treatments.
    code, out, err = ask("registry", "watch", "--registry", folder)
    assert code == 2 and not out and "treatments" in err


@pytest.mark.validate
def test_without_tables_of_events_no_sign_is_a_no(ask: Callable[..., Shown], tmp_path: Path) -> None:
    absent = ["relapses", "visits", "mri", "labs", "events"]
    folder = write_registry(tmp_path / "mine", [stopped("2023-01-10")] * 2, leave_out=absent)
    path = tmp_path / "list.csv"
    code, _, _ = ask("registry", "watch", "--registry", folder, "-o", path)
    assert code == 0
    for line in lines_of(path).values():
        signs = {line[f"sign_{s}"] for s in ("relapse", "lesions", "worsening", "lymphocytes", "igg")}
        assert signs <= {"unknown", "no-data"}, line
        assert line["never_seen"] != "yes", "without a table of visits nobody knows that there was none"


def test_a_registry_of_nobody(ask: Callable[..., Shown], tmp_path: Path) -> None:
    folder = write_registry(tmp_path / "mine", [])
    path = tmp_path / "list.csv"
    code, _, err = ask("registry", "watch", "--registry", folder, "-o", path)
    assert code == 0 or (code == 2 and err.strip())
    assert not path.exists() or lines_of(path) == {}


@pytest.mark.validate
@pytest.mark.parametrize("kind", ["VARCHAR", "TIMESTAMP"])
def test_dates_of_another_column_type_give_the_same_list_or_are_refused(
    kind: str, ask: Callable[..., Shown], tmp_path: Path
) -> None:
    person = stopped("2024-06-30", relapses=[relapse("2025-03-28")])
    odd = dict.fromkeys(["birth_date", "first_day", "last_day", "start", "stop", "onset", "date"], kind)
    folder, path = write_registry(tmp_path / "mine", [person], kinds=odd), tmp_path / "list.csv"
    code, _, err = ask("registry", "watch", "--registry", folder, "-o", path)
    if code == 2:
        assert any(name in err for name in odd) or "date" in err
    else:
        assert lines_of(path)["9001"]["sign_relapse"] == "yes"
        assert lines_of(path)["9001"]["changed_on"] == "2024-06-30"


@pytest.mark.parametrize("kind", ["VARCHAR", "INTEGER"])
def test_a_bare_year_in_a_date_column_is_refused(
    kind: str, ask: Callable[..., Shown], tmp_path: Path
) -> None:
    person = {"treatments": [{"therapy": "teriflunomide", "start": "2015", "stop": "2024"}]}
    folder = write_registry(tmp_path / "mine", [person], kinds={"start": kind, "stop": kind})
    code, _, err = ask("registry", "watch", "--registry", folder)
    assert code == 2 and ("start" in err or "stop" in err)


def test_a_person_who_stands_twice_is_not_called_twice(ask: Callable[..., Shown], tmp_path: Path) -> None:
    """The same number for somebody with MS and somebody with NMOSD: nobody knows whose stop it was."""
    folder = write_registry(tmp_path / "mine", [stopped("2023-01-10")])
    file = folder / "patients.parquet"
    duckdb.sql(
        f"COPY (SELECT * FROM '{file}' UNION ALL SELECT * REPLACE ('NMOSD' AS diagnosis) FROM '{file}')"
        f" TO '{folder / 'two.parquet'}' (FORMAT parquet)"
    )
    (folder / "two.parquet").replace(file)
    path = tmp_path / "list.csv"
    code, _, err = ask("registry", "watch", "--registry", folder, "-o", path)
    if code == 2:
        assert "person_id" in err or "twice" in err
    else:
        with path.open(newline="") as lines:
            told = list(csv.DictReader(lines))
        assert len(told) <= 1 and all(line["stands"] == "not-judged" for line in told), told


@pytest.mark.validate
def test_results_in_other_units_come_in_converted_and_without_unit_never_as_a_no(
    ask: Callable[..., Shown], tmp_path: Path
) -> None:
    """400 per microlitre are 0.4 x10^9/L, and 490 mg/dL are 4.9 g/L: both under the limit."""
    mine, path = tmp_path / "mine", tmp_path / "list.csv"
    lab = HERE / "laboratory"
    assert ask("registry", "import", lab, "--mapping", lab / "mapping.yaml", "-o", mine)[0] == 0
    assert ask("registry", "watch", "--registry", mine, "-o", path)[0] == 0
    told = {line["source_id"]: line for line in lines_of(path).values()}
    assert told["LYM-UL"]["sign_lymphocytes"] == "yes"
    assert told["IGG-DL"]["sign_igg"] == "yes"
    assert told["NO-UNIT"]["sign_lymphocytes"] != "no"
    assert "YEAR-STOP" in told


# ---- the audit
AUDIT_DAY = "2016-01-01"


def audited(people: Sequence[Person], folder: Path, *more: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is published, and what is not for release."""
    registry, out = write_registry(folder / "mine", people), folder / "audit"
    asked = [
        "registry",
        "audit",
        "--registry",
        str(registry),
        "--outcome",
        "relapse",
        *more,
        "-o",
        str(out),
    ]
    assert main(asked) == 0
    exact = json.loads((out / "NOT-FOR-RELEASE-exact-audit.json").read_text())
    return json.loads((out / "audit.json").read_text()), exact


def first_year(exact: Mapping[str, Any]) -> dict[str, Any]:
    parts = [p for p in exact["parts"] if p["strategy"] == "stop" and p["outcome"] == "relapse"]
    found: dict[str, Any] = next(h for h in parts[0]["horizons"] if h["years"] == 1)
    return found


FIVE: list[Person] = [
    stopped(AUDIT_DAY, relapses=[relapse("2016-04-01")]),  # day 91
    stopped(AUDIT_DAY, relapses=[relapse("2016-10-01")]),  # day 274
    stopped(AUDIT_DAY, relapses=[relapse("2017-06-01")]),  # in the second year
    stopped(AUDIT_DAY, relapses=[relapse("2016-05-01", fever=True)]),  # no relapse
    {
        "treatments": [
            {"therapy": "teriflunomide", "start": "2005-01-01", "stop": AUDIT_DAY},
            {"therapy": "teriflunomide", "start": "2016-03-01", "still_taking": True},
        ],
        "relapses": [relapse("2016-06-01")],  # after the restart on day 60
    },
]


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any], Path]:
    folder = tmp_path_factory.mktemp("five")
    return (*audited(FIVE, folder), folder / "audit")


@pytest.fixture(scope="module")
def nobody_relapses(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    return audited([stopped(AUDIT_DAY)] * 60, tmp_path_factory.mktemp("calm"))


def test_events_of_the_first_year_are_those_counted_by_hand(five: tuple[Any, dict[str, Any], Path]) -> None:
    """Two relapses at their time at risk; the one after the restart counts only if followed on."""
    year = first_year(five[1])
    assert year["ratio"]["observed"] + year["beyond"]["observed"] == 2
    if year["account"]["extrapolated"] == 0:
        assert year["through"]["observed"] == 3
        assert year["person_years"] == pytest.approx((91 + 274 + 365.25 + 365.25 + 60) / 365.25, abs=0.03)


def test_five_people_prove_nothing_and_no_small_count_is_published(
    five: tuple[dict[str, Any], Any, Path],
) -> None:
    published, _, folder = five
    assert {h["verdict"]["word"] for part in published["parts"] for h in part["horizons"]} == {
        "cannot tell"
    }
    names = {
        "asked",
        "estimated",
        "extrapolated",
        "no_number",
        "followed",
        "people",
        "observed",
        "by_the_risk_model",
    }

    def walk(told: object) -> Iterator[tuple[str, int]]:
        for key, value in told.items() if isinstance(told, Mapping) else []:
            if key in names and isinstance(value, int):
                yield key, value
            yield from walk(value)
        for value in told if isinstance(told, list) else []:
            yield from walk(value)

    assert [found for found in walk(published) if 0 < found[1] < 5 or found[1] % 5] == []
    assert not any(
        f.name.startswith("NOT-FOR-RELEASE") for f in (folder / "report.html", folder / "audit.json")
    )


def test_exact_files_of_an_audit_are_readable_by_their_owner_alone(five: tuple[Any, Any, Path]) -> None:
    modes = {
        f.name: stat.S_IMODE(f.stat().st_mode) for f in five[2].iterdir() if f.name.startswith("NOT-FOR")
    }
    assert modes and set(modes.values()) == {0o600}, {name: oct(mode) for name, mode in modes.items()}


@pytest.mark.validate
def test_an_audit_from_the_past_knows_nothing_later(tmp_path: Path) -> None:
    """By 1 July 2016 one relapse had happened before the step was undone: that of 1 April."""
    _, exact = audited(FIVE, tmp_path, "--at", "2016-07-01")
    year = first_year(exact)
    assert year["ratio"]["observed"] + year["beyond"]["observed"] == 1


def test_no_event_is_never_called_agreement_and_its_limit_is_that_of_poisson(
    nobody_relapses: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    """With nought observed the mid-P upper limit of the count is ln 20 = 2.996."""
    published, exact = nobody_relapses
    year = first_year(exact)
    assert year["ratio"]["observed"] == 0 and year["account"]["asked"] == 60
    assert year["ratio"]["high"] * year["ratio"]["expected"] == pytest.approx(math.log(20), rel=1e-3)
    assert "agrees" not in {h["verdict"]["word"] for part in published["parts"] for h in part["horizons"]}


def test_expected_events_of_five_lie_between_those_of_the_full_and_the_part_years(
    five: tuple[Any, dict[str, Any], Path], nobody_relapses: tuple[Any, dict[str, Any]]
) -> None:
    """Alike people: two full years and three parts are more than 2 H and less than 5 H."""
    calm, few = first_year(nobody_relapses[1]), first_year(five[1])
    hazard = calm["ratio"]["expected"] / calm["account"]["people"]
    assert 2 * hazard < few["ratio"]["expected"] < 5 * hazard


@pytest.mark.validate
def test_a_registry_in_which_everybody_relapses_is_not_to_be_trusted(tmp_path: Path) -> None:
    published, exact = audited([stopped(AUDIT_DAY, relapses=[relapse("2016-04-10")])] * 40, tmp_path)
    year = first_year(exact)
    assert year["ratio"]["observed"] == 40 and year["ratio"]["low"] > 1.25
    told = next(h for h in published["parts"][0]["horizons"] if h["years"] == 1)["verdict"]
    assert told["direction"] == "more"
    assert "should not be trusted" in (tmp_path / "audit" / "report.html").read_text()


def test_all_censored_on_the_day_of_the_stop_tell_nothing(tmp_path: Path) -> None:
    published, exact = audited([stopped(AUDIT_DAY, period=["2005-01-01", AUDIT_DAY])] * 30, tmp_path)
    for part in exact["parts"]:
        assert all(
            h["ratio"]["observed"] == 0 and not h["ratio"]["expected"] > 0.5 for h in part["horizons"]
        )
    words = Counter(h["verdict"]["word"] for part in published["parts"] for h in part["horizons"])
    assert set(words) <= {"cannot tell"}


@pytest.mark.validate
def test_who_cannot_be_compared_is_counted_apart_and_nobody_is_lost(tmp_path: Path) -> None:
    people: list[Person] = [stopped(AUDIT_DAY)] * 10
    people += [stopped(AUDIT_DAY, patient={"diagnosis": "NMOSD"})] * 10
    people += [stopped(AUDIT_DAY, patient={"aqp4": "positive"})] * 10
    people += [stopped(AUDIT_DAY, patient={"diagnosis": ""})] * 10
    people += [stopped(AUDIT_DAY, patient={"birth_date": "2001-02-01"})] * 10  # fourteen
    people += [stopped(AUDIT_DAY, patient={"birth_date": ""})] * 10  # age not known: not under 18
    people += [stopped(AUDIT_DAY, drug="other:Wundermittel")] * 10
    _, exact = audited(people, tmp_path)
    year = first_year(exact)
    assert year["account"]["asked"] == 20, exact["refused"]
    assert sum(exact["refused"].values()) == 50


def test_nobody_stopped_and_a_misspelt_outcome(ask: Callable[..., Shown], tmp_path: Path) -> None:
    folder = write_registry(tmp_path / "mine", [ON_DRUG] * 10)
    code, out, _ = ask(
        "registry", "audit", "--registry", folder, "--outcome", "relapse", "--format", "json"
    )
    assert code == 0 and json.loads(out)["people"] == 0
    words = {h["verdict"]["word"] for part in json.loads(out)["parts"] for h in part["horizons"]}
    assert words <= {"cannot tell"}
    try:
        code, _, err = ask("registry", "audit", "--registry", folder, "--outcome", "relapses")
    except SystemExit as left:
        code, err = int(left.code or 0), "relapse"
    assert code == 2 and "relapse" in err
