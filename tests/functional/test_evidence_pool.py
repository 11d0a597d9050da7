"""``stepdown evidence pool``: what an editor of the library sees."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stepdown.interfaces.cli import main

Run = Callable[..., tuple[int, str, str]]
STOP = ("pool", "--outcome", "relapse", "--strategy", "stop", "--group", "injectable")
OFF_NATALIZUMAB = (*STOP[:-1], "natalizumab", "--selection", "any-reason")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: str) -> tuple[int, str, str]:
        code = main(["evidence", *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run_command


def questions_of(run: Run, *arguments: str) -> list[dict[str, Any]]:
    code, out, _ = run(*arguments, "--format", "json")
    assert code == 0
    return list(json.loads(out)["questions"])


def members_of(question: dict[str, Any]) -> dict[str, list[str]]:
    """The studies of each pool of a question, by their kind of evidence."""
    return {pool["evidence"]: [row["study"] for row in pool["members"]] for pool in question["pools"]}


def test_a_question_has_a_pool_for_each_way_people_were_chosen_and_kind_of_evidence(run: Run) -> None:
    stable, any_reason = questions_of(run, *STOP)
    assert (stable["selection"], any_reason["selection"]) == ("elective-stable", "any-reason")
    assert members_of(stable) == {"randomised": ["corboy2023", "coerver2025"], "observational": ["bose2023"]}
    assert members_of(any_reason) == {"observational": ["coerver2023"]}


def test_people_and_events_are_those_the_studies_print(run: Run) -> None:
    """3 of 131 and 2 of 45 in trials, 19 of 78 in a cohort."""
    trials, cohorts = questions_of(run, *STOP, "--selection", "elective-stable")[0]["pools"]
    assert (trials["k"], trials["n"], trials["events"]) == (2, 176, 5)
    assert (cohorts["k"], cohorts["n"], cohorts["events"], cohorts["watched_years"]) == (1, 78, 19, 6.3)
    assert sum(member["weight"] for member in trials["members"]) == pytest.approx(1)


def test_both_kinds_together_are_an_alternative_with_the_power_and_weight_of_each_study(run: Run) -> None:
    """The appraisals: corboy2023 some concerns, the others one domain of high concern."""
    question = questions_of(run, *STOP, "--selection", "elective-stable")[0]
    rows = {row["study"]: (row["concern"], row["power"]) for row in question["alternative"]["studies"]}
    high = ("high", 0.5)
    assert rows == {"corboy2023": ("some", 0.75), "coerver2025": high, "bose2023": high}
    assert sum(row["weight"] for row in question["alternative"]["studies"]) == pytest.approx(1)
    out = run(*STOP)[1]
    assert "both together, an alternative only" in out
    assert "corboy2023 (rct): worst concern some, power 0.75, weight" in out
    assert "at full weight: " in out


def test_one_kind_of_evidence_has_no_alternative(run: Run) -> None:
    assert questions_of(run, *STOP, "--selection", "any-reason")[0]["alternative"] is None


def test_a_time_gives_the_risk_within_it_per_100_people(run: Run) -> None:
    """tysedmus2016: 45 % with a relapse within a year of the last natalizumab."""
    risk = questions_of(run, *OFF_NATALIZUMAB, "--years", "1")[0]["pools"][0]["risk"]
    assert risk["status"] == "estimated"
    assert risk["per_100"]["estimate"] == pytest.approx(45, abs=0.5)


def test_a_time_beyond_what_may_be_carried_is_unknown_with_the_reason(run: Run) -> None:
    risk = questions_of(run, *OFF_NATALIZUMAB, "--years", "2")[0]["pools"][0]["risk"]
    assert risk["status"] == "unknown" and risk["per_100"] is None
    out = run(*OFF_NATALIZUMAB, "--years", "2")[1]
    assert "within 2 years: unknown; people were watched for 12 months" in out


def test_the_text_names_members_what_was_left_out_method_and_sentence(run: Run) -> None:
    code, out, _ = run(*STOP, "--years", "2")
    assert code == 0
    head = "relapse, stop injectable; people chosen: elective-stable\n  randomised evidence\n    2 studies, "
    assert out.startswith(head)
    assert "in the pool: corboy2023#relapse-stop-2y (rct), 3 of 131, weight" in out
    assert "left out: kaminsky2020#relapse-hazard-ratio: the interval is narrower than" in out
    assert "method: bayesian. 2 studies were pooled in a one-stage Bayesian model" in out
    assert "per 100 people within 2 years, estimated: " in out


def test_one_study_is_given_no_prediction_in_text(run: Run) -> None:
    out = run(*STOP, "--selection", "any-reason", "--years", "2")[1]
    assert "1 study, 130 people, 40 events" in out and "another study like these" not in out


def test_what_cannot_be_pooled_is_an_answer_with_its_reasons(run: Run) -> None:
    where = ("--outcome", "reactivation", "--strategy", "stop", "--group", "injectable")
    code, out, _ = run("pool", *where)
    assert code == 0
    assert "not poolable: no finding is usable" in out
    assert "left out: bsteh2021#reactivation-low: the number of people in the group is not printed" in out


def test_what_nobody_reports_says_so(run: Run) -> None:
    where = ("--outcome", "death", "--strategy", "stop", "--group", "ahsct")
    (question,) = questions_of(run, "pool", *where)
    assert question["poolable"] is False and question["reason"] == "no study in the library reports this"


def test_a_switch_leads_to_a_group_or_to_any_milder_drug(run: Run) -> None:
    where = ("pool", "--outcome", "relapse", "--strategy", "switch", "--group", "natalizumab")
    to_fumarate = questions_of(run, *where, "--to-group", "fumarate")
    assert members_of(to_fumarate[0]) == {"observational": ["zhu2023"]}
    assert "to any milder drug" in run(*where, "--to-group", "milder")[1]


def test_a_drug_by_its_brand_narrows_the_pool(run: Run) -> None:
    where = ("pool", "--outcome", "serious_infection", "--strategy", "continue", "--group", "anti-cd20")
    (question,) = questions_of(run, *where, "--therapy", "Ocrevus")
    assert [study for studies in members_of(question).values() for study in studies] == ["hauser2021"]


@pytest.mark.parametrize(("arguments", "words"), [
    (("pool", "--outcome", "relapse"), "name the question: --outcome, --strategy and --group"),
    ((*STOP, "--to-group", "fumarate"), "--to-group belongs to --strategy switch"),
    ((*STOP, "--interval-days", "42"), "--interval-days belongs to --strategy extend"),
    ((*STOP, "--method", "REML"), "--measure, --method, --test, --columns and --moderators belong to --csv"),
    ((*STOP, "--therapy", "ocrelizumb"), "did you mean ocrelizumab?"),
    ((*STOP, "--therapy", "zzzzzz"), "use its INN"),
    ((*STOP, "--therapy", "ocrelizumab"), "ocrelizumab is of the group anti-cd20, not injectable"),
    (("pool", "--outcome", "relapse", "--strategy", "switch", "--group", "s1p"), "say where the switch"),
    ((*STOP, "--findings", "corboy2023#relapse-stop-2y"), "--findings names what is pooled"),
    (("pool", "--findings", "corboy2023#nothing"), "no finding is called 'corboy2023#nothing'"),
    ((*STOP, "--plot", "a.gif"), "a file ending in .svg, .png or .pdf"),
    ((*STOP, "--plot", "nowhere/a.png"), "in a folder that exists"),
    (("pool", "--csv", "a.csv"), "say what the file measures"),
    ((*STOP, "--columns", "xi=events"), "belong to --csv"),
    (("pool", "--csv", "a.csv", "--measure", "RR"), "a.csv: no such file"),
    (("pool", "--csv", "a.csv", "--measure", "RR", "--years", "2"), "--csv pools a file alone"),
])  # fmt: skip
def test_a_question_that_is_not_whole_is_one_sentence(
    run: Run, arguments: tuple[str, ...], words: str
) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "") and words in err and err.count("\n") == 1


@pytest.mark.parametrize("years", ["0", "-1", "soon", "51", "nan"])
def test_a_time_that_is_none_is_refused(run: Run, years: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        run(*STOP, "--years", years)
    assert stop.value.code == 2
    assert "write a number of years above 0, at most 50" in capsys.readouterr().err


@pytest.fixture
def trials(tmp_path: Path) -> Path:
    """Two invented trials with the same ratio of risks, 3/30 to 6/30 and 30/300 to 60/300."""
    path = tmp_path / "trials.csv"
    path.write_text("study,ai,n1i,ci,n2i\na,3,30,6,30\nb,30,300,60,300\n", "utf-8")
    return path


def test_a_csv_file_is_pooled_by_measure_and_method(run: Run, trials: Path) -> None:
    """Both trials have a risk ratio of 0.5, so the common one is its logarithm, -0.6931."""
    code, out, _ = run("pool", "--csv", str(trials), "--measure", "RR", "--method", "FE")
    assert code == 0
    head, pooled, *_ = out.splitlines()
    assert head == "trials.csv: RR of 2 studies by FE, normal interval, log scale"
    assert pooled.startswith("  intercept: -0.6931 (")


def test_a_csv_file_says_what_another_study_would_find_and_whom_it_left_out(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "trials.csv"
    path.write_text("study,ai,n1i,ci,n2i\na,3,30,6,30\nb,30,300,60,300\nc,9,90,NA,90\n", "utf-8")
    out = run("pool", "--csv", str(path), "--measure", "RR")[1]
    assert "RR of 2 studies by bayesian" in out
    assert "another study like these: " in out and "left out: c" in out


def test_the_pool_of_a_csv_file_as_json_names_its_studies(run: Run, trials: Path) -> None:
    pool = json.loads(run("pool", "--csv", str(trials), "--measure", "RR", "--format", "json")[1])
    assert [study["study"] for study in pool["studies"]] == ["a", "b"]
    assert (pool["method"], pool["k"]) == ("bayesian", 2)


def test_the_test_and_method_of_a_csv_file_are_those_asked_for(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "trials.csv"
    path.write_text("study,ai,n1i,ci,n2i\na,3,30,6,30\nb,30,300,60,300\nc,9,90,9,90\n", "utf-8")
    out = run("pool", "--csv", str(path), "--measure", "RR", "--method", "DL", "--test", "knha",
              "--format", "json")[1]  # fmt: skip
    assert (json.loads(out)["method"], json.loads(out)["test"]) == ("DL", "knha")


def test_fields_of_other_names_and_moderators_are_named_in_the_command(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "arms.csv"
    path.write_text("who,ill,people,year\na,3,30,1\nb,30,300,2\nc,9,60,4\nd,8,90,7\n", "utf-8")
    out = run("pool", "--csv", str(path), "--measure", "PLO", "--method", "REML", "--moderators", "year",
              "--columns", "study=who", "xi=ill", "ni=people", "--format", "json")[1]  # fmt: skip
    pool = json.loads(out)
    assert (pool["coef_names"], pool["studies"][0]["study"]) == (["intercept", "year"], "a")


def test_a_study_in_two_rows_and_a_lone_study_carry_a_note(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "arms.csv"
    path.write_text("study,xi,ni\na,3,30\na,30,300\nb,9,60\n", "utf-8")
    assert "note: a in more than one row" in run("pool", "--csv", str(path), "--measure", "PLO")[1]
    path.write_text("study,xi,ni\na,3,30\n", "utf-8")
    assert "note: one study: the spread" in run("pool", "--csv", str(path), "--measure", "PLO")[1]


@pytest.mark.parametrize(("findings", "words"), [
    (("corboy2023#relapse-stop-2y", "mogad_korea2025#relapse-stop"), "another disease (MOGAD)"),
    (("corboy2023#relapse-stop-2y", "corboy2023#any-activity-stop-2y"), "different outcomes"),
    (("tysedmus2016#relapse-stop-1y", "jouvenot2024#relapse-hazard-ratio-natalizumab"), "a contrast"),
    (("tysedmus2016#relapse-stop-1y", "ntz_meta2025#relapse-pooled-1y"), "a meta-analysis, not people"),
    (("corboy2023#relapse-stop-2y", "corboy2023#relapse-continue-2y"), "different strategies: continue,"),
    (("corboy2023#relapse-stop-2y", "coerver2023#relapse-stop"), "not pooled with people who had any reason"),
    (("coerver2024ocr#any-activity-stop", "coerver2024ocr#any-activity-stop-rrms"), "people inside it; keep"),
    (("corboy2023#any-activity-stop-2y", "coerver2025#any-activity-stop"), "defined otherwise"),
    (("msbase_fty#relapse-rate-stop", "roos2022#relapse-rate-natalizumab-months-2-4"), "drug groups:"),
])  # fmt: skip
def test_findings_that_must_not_be_mixed_are_refused_with_the_reason(
    run: Run, findings: tuple[str, str], words: str
) -> None:
    code, out, err = run("pool", "--findings", *findings)
    assert (code, out) == (2, "") and err.startswith("stepdown: not poolable: ") and words in err


def test_findings_named_one_by_one_are_pooled_where_they_may_be(run: Run) -> None:
    (question,) = questions_of(run, "pool", "--findings", "corboy2023#relapse-stop-2y",
                               "coerver2025#relapse-stop")  # fmt: skip
    assert members_of(question) == {"randomised": ["corboy2023", "coerver2025"]}


def test_another_disease_and_pooled_estimates_are_named_as_left_out(run: Run) -> None:
    where = ("pool", "--outcome", "relapse", "--strategy", "stop", "--group")
    assert "left out: demuth2023#relapse-stop: another disease (NMOSD)" in run(*where, "anti-cd20")[1]
    assert "ntz_meta2025#relapse-pooled-1y: a meta-analysis, not people of" in run(*where, "natalizumab")[1]


def test_every_group_can_be_asked_at_once_and_stays_apart(run: Run) -> None:
    questions = questions_of(run, *STOP[:-1], "each")
    pooled = {question["question"].partition(";")[0] for question in questions if question["poolable"]}
    assert pooled >= {f"relapse, stop {group}" for group in ("injectable", "s1p", "natalizumab", "anti-cd20")}


def test_a_day_before_the_library_began_knows_nothing_and_says_so(run: Run) -> None:
    code, out, err = run(*STOP, "--as-of", "2020-01-01")
    assert code == 0 and "no study in the library reports this" in out
    assert err == "stepdown: the library held no study on 2020-01-01\n"


@pytest.mark.parametrize("form", ["svg", "png", "pdf"])
def test_a_pool_is_drawn_into_a_file(run: Run, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"pool.{form}"
    code, _, err = run(*STOP, "--plot", str(path))
    assert code == 0 and err == f"stepdown: wrote {path}\n"
    assert path.read_bytes()[:4] in (b"<?xm", b"\x89PNG", b"%PDF")


@pytest.mark.parametrize("picture", ["forest", "funnel", "cumulative"])
def test_a_csv_file_is_drawn_as_asked(run: Run, tmp_path: Path, picture: str) -> None:
    data = tmp_path / "trials.csv"
    data.write_text("study,ai,n1i,ci,n2i\na,3,30,6,30\nb,30,300,60,300\nc,9,90,9,90\n", "utf-8")
    path = tmp_path / "a.svg"
    code = run("pool", "--csv", str(data), "--measure", "RR", "--plot", str(path), "--picture", picture)[0]
    assert code == 0 and path.read_text("utf-8").startswith("<?xml")


def test_a_picture_that_cannot_be_written_is_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.svg").mkdir()
    code, _, err = run(*STOP, "--plot", str(tmp_path / "a.svg"))
    assert code == 2 and "a.svg: cannot be written (Is a directory)" in err


def test_what_cannot_be_drawn_is_one_sentence(run: Run, tmp_path: Path) -> None:
    path = str(tmp_path / "a.svg")
    assert "a funnel needs 3 studies" in run(*STOP, "--plot", path, "--picture", "funnel")[2]
    assert "evidence history --plot" in run(*STOP, "--plot", path, "--picture", "cumulative")[2]
    nothing = ("pool", "--outcome", "death", "--strategy", "stop", "--group", "ahsct")
    assert "nothing is pooled here" in run(*nothing, "--plot", path)[2]
