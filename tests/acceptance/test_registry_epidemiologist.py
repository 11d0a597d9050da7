"""Cohorts of a registry's epidemiologist who had not seen the program, and what has to come out.

The people are invented, and few enough to be counted on paper. Numbers follow the formula beside each test.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from scipy.stats import beta, chi2

from stepdown.interfaces.cli import main

KINDS = {
    "DATE": "birth_date first_day last_day start stop onset date",
    "BIGINT": "new_t2",
    "DOUBLE": "edss",
    "BOOLEAN": "still_taking lasted_24h fever_or_infection serious",
}
TYPES = {name: kind for kind, names in KINDS.items() for name in names.split()}
COLUMNS = {
    "patients": "person_id birth_date sex diagnosis course centre",
    "observation_periods": "period_id person_id first_day last_day",
    "treatments": "treatment_id person_id therapy start stop still_taking",
    "relapses": "relapse_id person_id onset lasted_24h fever_or_infection",
    "visits": "visit_id person_id date edss",
    "events": "event_id person_id event date serious",
}
Person = Mapping[str, Any]
Shown = tuple[int, str, str]
Ask = Callable[..., Shown]

BASE: dict[str, Any] = {
    "name": "mine",
    "title": "A cohort of ours",
    "question": "How many relapse?",
    "source": "our own question",
    "definitions": {
        "relapse": {"source": "own"},
        "worsening": {"rules": "stepdown", "source": "own"},
        "treatment": {"source": "own"},
    },
    "population": [{"name": "treated", "fact": "therapy", "none_of": ["none"]}],
    "index": {"event": "visit", "trials": "first"},
    "strategies": [{"name": "stop", "action": "stop"}, {"name": "continue", "action": "continue"}],
    "comparator": "continue",
    "follow_up": {"years": 2},
    "outcomes": [{"name": "relapse", "kind": "relapse"}],
    "weights": {"censoring": False},
    "bootstrap": {"replicates": 20, "seed": 1},
}
ONE_GROUP = {
    "index": {"event": "stop"},
    "strategies": [{"name": "stop", "action": "everybody"}],
    "comparator": None,
}
OPEN = {"disclosure": {"threshold": 0, "round_to": 1}}


def write_registry(folder: Path, people: Sequence[Person]) -> Path:
    """The tables of these people as Parquet; there is no table of MRI, nor of laboratory values."""
    folder.mkdir(parents=True)
    for table, columns in COLUMNS.items():
        names = columns.split()
        rows = [
            {names[0]: at} | row | {"person_id": at if table == "patients" else row["person_id"]}
            for at, row in enumerate(
                (
                    [dict(p["patients"]) for p in people]
                    if table == "patients"
                    else [{"person_id": n} | row for n, p in enumerate(people, 1) for row in p.get(table, [])]
                ),
                1,
            )
        ]
        typed = ", ".join(
            f"{n}: '{TYPES.get(n, 'BIGINT' if n.endswith('_id') else 'VARCHAR')}'" for n in names
        )
        lines = folder / "lines"
        lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
        duckdb.sql(
            f"COPY (SELECT * FROM read_json('{lines}', format='newline_delimited', columns={{{typed}}}))"
            f" TO '{folder / table}.parquet' (FORMAT parquet)"
        )
        lines.unlink()
    return folder


def person(
    stop: str | None = None,
    relapses: Sequence[str] = (),
    died: str | None = None,
    seen: Sequence[Sequence[str]] = (("2010-01-01", "2020-12-31"),),
    **patient: str,
) -> dict[str, Any]:
    """Somebody on teriflunomide since 2012, with one visit on 1 June 2015."""
    told = {"birth_date": "1965-02-01", "sex": "female", "diagnosis": "MS", "course": "RRMS", "centre": "one"}
    drug = {"therapy": "teriflunomide", "start": "2012-01-01"}
    return {
        "patients": told | patient,
        "observation_periods": [{"first_day": first, "last_day": last} for first, last in seen],
        "treatments": [drug | ({"stop": stop} if stop else {"still_taking": True})],
        "relapses": [{"onset": day, "lasted_24h": True, "fever_or_infection": False} for day in relapses],
        "visits": [{"date": "2015-06-01"}],
        "events": [{"event": "death", "date": died}] if died else [],
    }


def arm(of: int, with_relapse: int, stop: bool, **patient: str) -> list[dict[str, Any]]:
    """So many alike people, of whom the first so many relapse on the days after the 100th of follow-up."""
    days = duckdb.sql(
        f"SELECT (DATE '2015-09-01' + CAST(n * 10 AS INT))::VARCHAR FROM range({of}) t(n)"
    ).fetchall()
    return [
        person("2015-06-01" if stop else None, [day] if at < with_relapse else [], **patient)
        for at, (day,) in enumerate(days)
    ]


def write_protocol(path: Path, **changes: Any) -> Path:
    path.write_text(yaml.safe_dump(BASE | changes))
    return path


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run the command; its exit code, standard output and standard error."""

    def run(*arguments: object) -> Shown:
        capsys.readouterr()
        try:
            code = main([str(a) for a in arguments])
        except SystemExit as end:
            code = int(str(end.code))
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return code, told.out, told.err

    return run


def run(registry: Path, out: Path, **changes: Any) -> dict[str, Any]:
    """The exact results of a protocol with these changes."""
    protocol = write_protocol(out.with_suffix(".yaml"), **changes)
    assert main(["cohort", "run", str(protocol), "--registry", str(registry), "-o", str(out)]) == 0
    exact: dict[str, Any] = json.loads((out / "NOT-FOR-RELEASE-exact-results.json").read_text())
    return exact


def outcome(results: Mapping[str, Any], name: str = "relapse") -> dict[str, Any]:
    (one,) = (o for o in results["outcomes"] if o["name"] == name)
    return dict(one)


def group(results: Mapping[str, Any], name: str = "stop", of: str = "relapse") -> dict[str, Any]:
    (one,) = (g for g in outcome(results, of)["groups"] if g["name"] == name)
    return dict(one)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("epidemiologist")


@pytest.fixture(scope="module")
def hundred(place: Path) -> Path:
    """40 % and 20 % of women and men who stop relapse, 20 % and 30 % of those who go on, for two years."""
    return write_registry(
        place / "hundred",
        [
            *arm(20, 8, True),
            *arm(40, 8, False),
            *arm(30, 6, True, sex="male"),
            *arm(10, 3, False, sex="male"),
        ],
    )


# ---- protocols that cannot be meant: refused before anybody is counted

STOP, GO_ON = BASE["strategies"]
AGE = {"name": "age", "fact": "age"}
FAULTS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "misspelt outcome": ({"outcomes": [{"name": "relapse", "kind": "relaps"}]}, ("relaps", "relapse")),
    "misspelt fact of a covariate": ({"covariates": [{"name": "sex", "fact": "gender"}]}, ("gender", "sex")),
    "two strategies that are the same": (
        {"strategies": [STOP, STOP | {"name": "halt"}], "comparator": "halt"},
        ("stop", "halt"),
    ),
    "one name for two strategies": (
        {"strategies": [STOP, GO_ON | {"name": "stop"}], "comparator": "stop"},
        ("stop",),
    ),
    "nothing to compare with": ({"comparator": None}, ("comparator",)),
    "no follow-up": ({"follow_up": {"years": 0}}, ("follow_up", "years")),
    "follow-up of 40 years": ({"follow_up": {"years": 40}}, ("follow_up", "years", "30")),
    "follow-up of no number": ({"follow_up": {"years": math.nan}}, ("follow_up", "years")),
    "a report after the end": ({"follow_up": {"years": 2, "report_years": [5]}}, ("report_years",)),
    "grace longer than follow-up": (
        {
            "strategies": [STOP | {"grace_days": 730}, GO_ON | {"grace_days": 730}],
            "follow_up": {"years": 1},
            "weights": {"censoring": True},
        },
        ("grace",),
    ),
    "extend to nothing": (
        {"strategies": [{"name": "extend", "action": "extend"}, GO_ON]},
        ("interval_days_at_least",),
    ),
    "an interval for a stop": (
        {"strategies": [STOP | {"interval_days_at_least": 42}, GO_ON]},
        ("interval_days_at_least",),
    ),
    "a group of nobody": ({"strategies": [{"name": "stop", "action": "group"}, GO_ON]}, ("in_group",)),
    "two groups from a stop": ({"index": {"event": "stop"}}, ("stop",)),
    "a landmark without months": ({"index": {"event": "landmark"}}, ("months_after_start",)),
    "an event that is not said": ({"index": {"event": "event"}}, ("index", "of")),
    "followed after death": (ONE_GROUP | {"index": {"event": "event", "of": "death"}}, ("death",)),
    "an age in months": ({"covariates": [AGE | {"months": 12}]}, ("age", "months")),
    "a name twice": ({"covariates": [AGE, AGE]}, ("age",)),
    "a name twice in the flow": ({"population": [AGE | {"at_least": 18}, AGE | {"at_most": 90}]}, ("age",)),
    "cuts of a word": ({"subgroups": [{"name": "sex", "fact": "sex", "cuts": [1]}]}, ("sex", "cuts")),
    "cuts of no number": ({"subgroups": [AGE | {"cuts": [math.nan]}]}, ("cuts",)),
    "a bound of no number": ({"population": [AGE | {"at_least": math.nan}]}, ("at_least",)),
    "nobody is below and above": ({"population": [AGE | {"at_least": 50, "less_than": 50}]}, ("age",)),
    "a criterion both ways": (
        {"population": [{"name": "ms", "fact": "diagnosis", "any_of": ["MS"], "none_of": ["MS"]}]},
        ("ms",),
    ),
    "quantiles upside down": ({"weights": {"truncate": [0.99, 0.01]}}, ("truncate",)),
    "trimmed in per cent": ({"weights": {"trim": [5, 95]}}, ("trim",)),
    "hidden below minus one": ({"disclosure": {"threshold": -1}}, ("threshold",)),
    "nothing asked": ({"outcomes": []}, ("outcomes",)),
    "no strategy": ({"strategies": []}, ("strategies",)),
    "a permission by nobody": (
        {"disclosure": {"small_counts_permitted_by": "  "}},
        ("small_counts_permitted_by",),
    ),
    "a word that YAML takes for a truth": (
        {"population": [{"name": True, "fact": "age", "at_least": 18}]},
        ("population", "name", "quotes"),
    ),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_protocol_that_cannot_be_meant_is_refused_with_its_field(
    what: str, ask: Ask, tmp_path: Path, hundred: Path
) -> None:
    changes, words = FAULTS[what]
    code, out, err = ask(
        "cohort", "check", write_protocol(tmp_path / "p.yaml", **changes), "--registry", hundred
    )
    assert (code, out) == (2, "")
    assert err.startswith("stepdown: ") and err.strip()
    assert [word for word in words if word not in err.replace("p.yaml", "")] == []


FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "list": (b"- a\n- b\n", ""),
    "tab": (b"name:\n\t- x\n", ""),
    "bytes": (b"\x00\xff\x01", ""),
    "twice": (yaml.safe_dump(BASE).encode() + b"outcomes: [{name: death, kind: death}]\n", "outcomes"),
    "latin-1": (yaml.safe_dump(BASE).replace("A cohort of ours", "Schübe").encode("latin-1"), "UTF-8"),
}


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_is_no_protocol_is_refused_in_a_sentence(
    what: str, ask: Ask, tmp_path: Path, hundred: Path
) -> None:
    content, word = FILES[what]
    (tmp_path / "p.yaml").write_bytes(content)
    code, _, err = ask("cohort", "check", tmp_path / "p.yaml", "--registry", hundred)
    assert code == 2 and err.count("\n") == 1 and "p.yaml" in err and word in err


def test_a_protocol_in_json_and_one_with_a_mark_of_windows_are_read(
    ask: Ask, tmp_path: Path, hundred: Path
) -> None:
    (tmp_path / "p.json").write_text(json.dumps(BASE))
    (tmp_path / "bom.yaml").write_text(yaml.safe_dump(BASE).replace("\n", "\r\n"), "utf-8-sig")
    seen = {
        ask("cohort", "check", tmp_path / name, "--registry", hundred)[:2] for name in ("p.json", "bom.yaml")
    }
    assert len(seen) == 1 and seen.pop()[0] == 0


def test_a_slip_in_the_name_of_a_shipped_protocol_names_the_right_one(ask: Ask, hundred: Path) -> None:
    for call in (("protocols", "stopping-at-5O"), ("check", "stopping-at-5O", "--registry", hundred)):
        code, _, err = ask("cohort", *call)
        assert code == 2 and "stopping-at-50" in err


# ---- numbers worked out on paper


def test_weighting_by_sex_is_standardisation_whatever_else_is_constant_or_unknown(
    place: Path, hundred: Path
) -> None:
    """With one binary covariate the weighted risk is that of each sex, averaged over all 60 women and 40 men.

    0.6 x 0.4 + 0.4 x 0.2 = 0.32 and 0.6 x 0.2 + 0.4 x 0.3 = 0.24. The course is the same in all, EDSS and
    activity on MRI are known of nobody: no model can learn from them.
    """
    results = run(
        hundred,
        place / "ate",
        covariates=[
            {"name": "sex", "fact": "sex"},
            {"name": "course", "fact": "course"},
            {"name": "edss", "fact": "edss", "months": 24},
            {"name": "active_on_mri", "fact": "active_on_mri", "months": 24},
        ],
    )
    stop, go_on = group(results), group(results, "continue")
    assert (stop["risk"]["value"], go_on["risk"]["value"]) == pytest.approx((0.32, 0.24), abs=1e-6)
    assert (stop["crude_risk"]["value"], go_on["crude_risk"]["value"]) == pytest.approx(
        (0.28, 0.22), abs=1e-9
    )
    (contrast,) = outcome(results)["contrasts"]
    assert contrast["risk_difference"]["value"] == pytest.approx(0.08, abs=1e-6)
    assert contrast["risk_ratio"]["value"] == pytest.approx(4 / 3, abs=1e-5)
    assert results["missing"] == {"sex": 0, "course": 0, "edss": 100, "active_on_mri": 100}


@pytest.mark.parametrize(
    ("estimand", "stop", "go_on"),
    [
        ("att", 0.28, 0.4 * 0.2 + 0.6 * 0.3),
        ("overlap", (40 / 3 * 0.4 + 7.5 * 0.2) / (40 / 3 + 7.5), (40 / 3 * 0.2 + 7.5 * 0.3) / (40 / 3 + 7.5)),
    ],
)
def test_other_people_are_spoken_for_by_other_weights(
    estimand: str, stop: float, go_on: float, place: Path, hundred: Path
) -> None:
    """ATT: over those who stopped; overlap: n1 n0 / n of each sex (20 x 40 / 60, 30 x 10 / 40)."""
    results = run(
        hundred,
        place / estimand,
        covariates=[{"name": "sex", "fact": "sex"}],
        weights={"estimand": estimand, "censoring": False},
    )
    found = group(results)["risk"]["value"], group(results, "continue")["risk"]["value"]
    assert found == pytest.approx((stop, go_on), abs=1e-6)


@pytest.fixture(scope="module")
def stopped(place: Path) -> dict[str, Any]:
    """Thirteen who stopped on 1 January 2015; two of them cannot be followed."""
    day = "2015-01-01"
    people = [
        person(day, ["2014-12-31", "2015-04-11", "2015-08-09"]),  # the day before; days 100 and 220
        person(day, died="2015-07-20", seen=[("2010-01-01", "2015-07-20")]),  # day 200
        person(day, seen=[("2010-01-01", "2015-10-28")]),  # day 300
        person(day, ["2016-02-05"]),  # day 400
        person(day, died="2016-05-15", seen=[("2010-01-01", "2016-05-15")]),  # day 500
        person(day, ["2016-08-23"]),  # day 600
        *[person(day) for _ in range(3)],
        person(day, ["2017-01-02"]),  # the day after the second anniversary
        person(
            day, ["2015-10-01"], seen=[("2010-01-01", "2015-03-01"), ("2015-09-01", "2020-01-01")]
        ),  # a gap
        person(day, ["2015-02-01"], seen=[("2010-01-01", "2014-06-01")]),  # out of view before it stopped
        person(day, ["2015-02-01"], seen=[]),  # never in view
    ]
    registry = write_registry(place / "stopped", people)
    return run(
        registry,
        place / "paper",
        **ONE_GROUP,
        **OPEN,
        outcomes=[{"name": "relapse", "kind": "relapse"}, {"name": "death", "kind": "death"}],
    )


def test_the_risk_with_deaths_is_that_of_aalen_and_johansen(stopped: dict[str, Any]) -> None:
    """Eleven; day 59 one leaves; 100 relapse of 10; 200 death of 9; 300 one leaves; 400 relapse of 7;
    500 death of 6; 600 relapse of 5.  F = 1/10 + (9/10 x 8/9) x 1/7 + (8/10 x 6/7 x 5/6) x 1/5 = 0.1 + 1.6/7.
    """
    one = group(stopped)
    assert (one["trials"], one["events"]) == (11, 3)
    assert one["reasons"]["death"] == 2
    assert one["risk"]["value"] == pytest.approx(0.1 + 1.6 / 7, abs=1e-9)
    assert one["risk"]["value"] < 1 - 0.9 * 6 / 7 * 4 / 5  # deaths taken for people lost


def test_the_risk_of_death_is_that_of_kaplan_and_meier(stopped: dict[str, Any]) -> None:
    """A relapse hinders nobody from dying: day 200 one of 10 (one left on day 59), day 500 one of 8 (one
    died, one left on day 300)."""
    assert group(stopped, of="death")["risk"]["value"] == pytest.approx(1 - 9 / 10 * 7 / 8, abs=1e-9)


def test_who_was_out_of_view_on_the_day_of_the_stop_is_counted_and_never_followed(
    stopped: dict[str, Any],
) -> None:
    assert stopped["attrition"][0]["people_left"] + stopped["attrition"][0]["people_unknown"] <= 13
    flow = sum(step["people_refused"] + step["people_unknown"] for step in stopped["attrition"])
    assert flow + sum(outcome(stopped)["left_out"].values()) == 2


def test_the_rate_of_relapses_goes_on_after_the_first_and_has_an_exact_interval(
    stopped: dict[str, Any],
) -> None:
    """Four relapses (two of one person) in the days in view; chi-square bounds of Garwood (1936)."""
    days = 59 + 200 + 300 + 500 + 7 * 731
    (rates,) = outcome(stopped)["relapse_rates"]["groups"]
    assert rates["relapses"] == 4
    assert rates["person_years"] == pytest.approx(days / 365.25, rel=0.005)
    first = group(stopped)
    years = (100 + 59 + 200 + 300 + 400 + 500 + 600 + 4 * 731) / 365.25
    assert first["person_years"] == pytest.approx(years, rel=0.005)
    rate = first["rate"]
    found = (rate["low"], rate["value"], rate["high"])
    assert found == pytest.approx(
        (chi2.ppf(0.025, 6) / 2 / years, 3 / years, chi2.ppf(0.975, 8) / 2 / years), rel=0.005
    )


def test_a_proportion_has_the_interval_of_clopper_and_pearson(stopped: dict[str, Any]) -> None:
    share = group(stopped)["proportion"]
    assert (share["low"], share["value"], share["high"]) == pytest.approx(
        (beta.ppf(0.025, 3, 9), 3 / 11, beta.ppf(0.975, 4, 8)), abs=1e-6
    )


def test_nobody_with_the_event_in_one_arm_is_an_exact_bound_and_never_no_risk(place: Path, ask: Ask) -> None:
    """Of 25 who go on nobody: up to 1 - 0.025 ^ (1/25) = 13.7 %; the ratio has no finite bound above."""
    registry = write_registry(place / "none", [*arm(20, 8, True), *arm(25, 0, False)])
    ms = {"name": "ms", "fact": "diagnosis", "any_of": ["MS"]}
    results = run(registry, place / "none-out", population=[*BASE["population"], ms])
    none = group(results, "continue")["risk"]
    assert none["value"] == 0 and none["high"] == pytest.approx(1 - 0.025 ** (1 / 25), abs=1e-9)
    (contrast,) = outcome(results)["contrasts"]
    assert contrast["risk_difference"]["value"] == pytest.approx(0.4)
    assert 0 < contrast["risk_difference"]["low"] < 0.4
    ratio = contrast["risk_ratio"]
    assert ratio["value"] is None and ratio["high"] is None
    assert ratio["low"] == pytest.approx(group(results)["risk"]["low"] / none["high"])
    page = (place / "none-out" / "report.html").read_text()
    assert not re.search(r"\bno risk\b|\bnan\b|\binf\b", page, re.I)
    _the_study_of_it_reads_back(place, ask)


def _the_study_of_it_reads_back(place: Path, ask: Ask) -> None:
    url = "https://registry.example/report"
    assert ask("cohort", "to-study", place / "none-out", "-o", place / "none.toml", "--url", url)[0] == 0
    code, out, err = ask("evidence", "check", place / "none.toml")
    assert code == 0, out + err


# ---- small numbers


def published(out: Path) -> dict[str, str]:
    """Every file that may be released, without the marks of protocol and data."""
    # Names that Ibis draws for the files it reads are no data.
    texts = {
        path.name: path.read_text()
        for path in sorted(out.iterdir())
        if path.is_file() and not path.name.startswith("NOT-FOR")
    }
    return {
        name: re.sub(r"[0-9a-f]{10,}|ibis_read_parquet_\w+|image/png;base64,[^\"']+", "#", text)
        for name, text in texts.items()
    }


def test_one_person_of_a_kind_cannot_be_told_from_three(place: Path) -> None:
    """Of sixty who stopped one or three are men of another centre: with 60 people 1 and 3 are a standardised
    difference of 0.18 and 0.32, from which anybody finds the count. Nor does a subgroup tell, or a flow.
    """
    shown = []
    for number in (1, 3):
        odd = {"sex": "male", "centre": "two"}
        people = [*arm(number, 0, True, **odd), *reversed(arm(60 - number, 8, True)), *arm(60, 10, False)]
        registry = write_registry(place / f"odd-{number}", people)
        run(
            registry,
            place / f"odd-out-{number}",
            covariates=[{"name": "sex", "fact": "sex"}],
            subgroups=[{"name": "centre", "fact": "centre"}],
        )
        results = json.loads((place / f"odd-out-{number}" / "results.json").read_text())
        rows = [row for row in outcome(results)["subgroups"] if row["label"] == "two"]
        shown.append((results["balance"], results["attrition"], results["missing"], rows))
    assert shown[0] == shown[1] and shown[0][0]


@pytest.mark.parametrize(
    ("threshold", "round_to", "shown"),
    [pytest.param(0, 1, (33, 3), marks=pytest.mark.validate), (1, 1, (33, 3)), (11, 1, (33, "<11"))],
)
def test_the_threshold_decides_what_is_shown(
    threshold: int, round_to: int, shown: tuple[int, Any], place: Path
) -> None:
    """33 people and three relapses: at 0 and 1 nothing is hidden, at 11 the three; 33 is 3 times 11."""
    registry = place / "thirty-three"
    if not registry.exists():
        write_registry(registry, arm(33, 3, True))
    out = place / f"threshold-{threshold}"
    run(registry, out, **ONE_GROUP, disclosure={"threshold": threshold, "round_to": round_to})
    one = group(json.loads((out / "results.json").read_text()))
    assert (one["people"], one["events"]) == shown
    if threshold < 2:  # nothing is hidden, and nothing has to be rounded
        assert one["risk"]["value"] == pytest.approx(3 / 33, abs=1e-4)
    else:
        assert not re.search(r"\b0?[.]09|\b9[.]\d", json.dumps(one["risk"]) + json.dumps(one["proportion"]))


def test_three_people_in_all_give_an_answer_that_says_how_little_it_knows(place: Path) -> None:
    """Two stop, one of whom relapses, and one goes on; age tells them apart, so nobody can be weighed."""
    people = [
        person("2015-06-01", ["2015-09-01"], birth_date="1950-01-01"),
        person("2015-06-01", birth_date="1951-01-01"),
        person(birth_date="1980-01-01"),
    ]
    results = run(write_registry(place / "three", people), place / "three-out", covariates=[AGE])
    stop = group(results)
    assert (stop["people"], stop["events"]) == (2, 1)
    assert stop["crude_risk"]["value"] == pytest.approx(
        0.5
    )  # weights by age make another share of two people
    assert stop["risk"]["high"] - stop["risk"]["low"] > 0.8
    assert results["warnings"] or outcome(results)["warnings"]
    text = published(place / "three-out")["results.json"]
    assert '"<5"' in text and '"events": 1' not in text and "0.5," not in text


# ---- another disease, another folder, another form


@pytest.fixture(scope="module")
def nmosd(place: Path) -> Path:
    return write_registry(
        place / "nmosd", [*arm(20, 8, True, diagnosis="NMOSD"), *arm(20, 6, False, diagnosis="NMOSD")]
    )


def test_nmosd_is_nobody_of_a_protocol_for_ms(ask: Ask, nmosd: Path) -> None:
    ms = {"name": "multiple-sclerosis", "fact": "diagnosis", "any_of": ["MS"]}
    protocol = write_protocol(nmosd.parent / "ms.yaml", population=[ms])
    code, out, err = ask("cohort", "check", protocol, "--registry", nmosd)
    assert (code, out) == (2, "") and re.search(r"multiple-sclerosis: 0 people left \(40 ", err)


def test_no_study_of_ms_is_made_from_people_with_nmosd(ask: Ask, nmosd: Path, place: Path) -> None:
    """A protocol that forgot to ask for the disease: its study must not speak for MS."""
    assert any("NMOSD" in text for text in run(nmosd, place / "nmosd-out")["warnings"])
    code, out, err = ask("cohort", "to-study", place / "nmosd-out", "-o", place / "nmosd.toml")
    assert code == 2 and "NMOSD" in out + err
    assert not (place / "nmosd.toml").exists()
    assert "NMOSD" in (place / "nmosd-out" / "report.html").read_text()


def test_the_same_run_twice_gives_the_same_results_and_leaves_other_files_alone(
    place: Path, hundred: Path
) -> None:
    first = run(hundred, place / "twice")
    (place / "twice" / "our-notes.txt").write_text("keep me")
    assert run(hundred, place / "twice") == first
    assert (place / "twice" / "our-notes.txt").read_text() == "keep me"


def test_results_do_not_go_where_they_cannot_or_into_the_registry(
    ask: Ask, tmp_path: Path, hundred: Path
) -> None:
    protocol = write_protocol(tmp_path / "p.yaml")
    before = sorted(hundred.iterdir())
    for out in (protocol, protocol / "below", hundred, "/dev/null/out"):
        code, _, err = ask("cohort", "run", protocol, "--registry", hundred, "-o", out)
        assert code == 2 and err.count("\n") == 1, (out, err)
    assert sorted(hundred.iterdir()) == before


def test_registries_that_are_none_are_refused_in_a_sentence(ask: Ask, tmp_path: Path, hundred: Path) -> None:
    protocol = write_protocol(tmp_path / "p.yaml")
    (tmp_path / "nothing").mkdir()
    broken = tmp_path / "broken"
    broken.mkdir()
    for path in hundred.iterdir():
        content = path.read_bytes()
        (broken / path.name).write_bytes(content[:60] if path.name == "relapses.parquet" else content)
    for registry, word in (
        (tmp_path / "absent", "absent"),
        (tmp_path / "nothing", "patients"),
        (protocol, "p.yaml"),
        (broken, "relapses"),
    ):
        code, _, err = ask("cohort", "check", protocol, "--registry", registry)
        code_run, _, err_run = ask("cohort", "run", protocol, "--registry", registry, "-o", tmp_path / "out")
        assert (code_run, code) == (2, 2) and word in err and word in err_run
        assert err_run.count("\n") == 1


def test_a_cluster_is_only_for_spark(ask: Ask, tmp_path: Path, hundred: Path) -> None:
    protocol = write_protocol(tmp_path / "p.yaml")
    code, _, err = ask("cohort", "check", protocol, "--registry", hundred, "--master", "spark://nowhere:7077")
    assert code == 2 and "--engine spark" in err
    assert ask("cohort", "check", protocol, "--registry", hundred, "--engine", "duckdbb")[0] == 2


def test_a_cluster_that_does_not_answer_is_not_blamed_on_java() -> None:
    """The error of a master that nobody answers comes out of Java, and names its classes."""
    from stepdown.cohorts.engines import _say_why_not

    error = type("Py4JJavaError", (Exception,), {})(
        "java.lang.IllegalStateException: All masters are unresponsive"
    )
    assert "--master" in _say_why_not(error) and "Java" not in _say_why_not(error)


def test_counts_and_results_pipe_as_json(ask: Ask, tmp_path: Path, hundred: Path) -> None:
    protocol = write_protocol(tmp_path / "p.yaml")
    code, out, _ = ask("cohort", "check", protocol, "--registry", hundred, "--format", "json")
    told = json.loads(out)
    assert code == 0 and told["attrition"][-1]["people_left"] == 100
    code, out, _ = ask(
        "cohort", "run", protocol, "--registry", hundred, "-o", tmp_path / "out", "--format", "json"
    )
    assert code == 0 and json.loads(out) == json.loads((tmp_path / "out" / "results.json").read_text())


def test_no_study_is_made_of_a_folder_without_results(ask: Ask, tmp_path: Path, hundred: Path) -> None:
    for folder in (hundred, tmp_path / "absent", Path(__file__)):
        code, _, err = ask("cohort", "to-study", folder, "-o", tmp_path / "study.toml")
        assert code == 2 and err.count("\n") == 1 and "cohort run" in err
    assert not (tmp_path / "study.toml").exists()
