"""Files of studies: every shape of columns, every method, and errors that name file, row and field."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from stepdown.evidence.meta.csv_input import pool_csv
from stepdown.evidence.meta.mantel_haenszel import pool_mantel_haenszel
from stepdown.evidence.meta.refusals import NotPoolable, ReportError, UnknownChoice
from stepdown.evidence.meta.two_stage import fit_two_stage

TWO_ARMS = (
    "study,ai,n1i,ci,n2i,lat\nA,4,123,11,139,44\nB,6,306,29,303,55\nC,3,231,11,220,42\n"
    "D,62,13598,248,12867,52\nE,33,5069,47,5808,13\n"
)
SHAPES = {
    "OR": TWO_ARMS,
    "RD": "ai,bi,ci,di\n4,119,11,128\n6,300,29,274\n3,228,11,209\n",
    "PLO": "xi,ni\n4,20\n9,30\n2,18\n",
    "IRLN": "xi,ti\n4,20.5\n9,30\n2,18\n",
    "IRR": "x1i,t1i,x2i,t2i\n9,413,19,398\n8,263,11,245\n3,487,13,435\n",
    "MD": "m1i,sd1i,n1i,m2i,sd2i,n2i\n55,47,155,75,64,156\n27,7,31,29,4,32\n",
    "GEN": "yi,sei\n0.2,0.1\n0.4,0.2\n0.1,0.3\n",
    "HR": "study,value,low,high\nA,0.8,0.5,1.28\nB,1.4,0.9,2.1\n",
}


@pytest.fixture
def write(tmp_path: Path) -> object:
    def to_file(text: str) -> Path:
        path = tmp_path / "studies.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return to_file


@pytest.mark.parametrize("measure", SHAPES)
def test_every_shape_of_columns_is_pooled_and_prints_as_json(measure: str, write: object) -> None:
    pooled = pool_csv(write(SHAPES[measure]), measure, "REML")  # type: ignore[operator]
    printed = json.loads(json.dumps(pooled.to_json(), allow_nan=False))
    assert printed["method"] == "REML"
    assert printed["ci_low"][0] < printed["coef"][0] < printed["ci_high"][0]
    assert len(printed["studies"]) == printed["k"]


@pytest.mark.parametrize(
    "method", ["MH", "PETO", "GLMM", "UM.RS", "CM.EL", "CM.AL", "FE", "bayesian", "default"]
)
def test_every_method_runs_on_two_arms(method: str, write: object) -> None:
    pooled = pool_csv(write(TWO_ARMS), "OR", method)  # type: ignore[operator]
    assert pooled.asked == method
    assert -2 < pooled.fitted.coef[0] < 0


def test_a_file_gives_what_the_functions_give(write: object) -> None:
    pooled = pool_csv(write(TWO_ARMS), "RR", "MH")  # type: ignore[operator]
    direct = pool_mantel_haenszel(
        "RR",
        [4, 6, 3, 62, 33],
        [123, 306, 231, 13598, 5069],
        [11, 29, 11, 248, 47],
        [139, 303, 220, 12867, 5808],
    )
    assert pooled.fitted.coef[0] == direct.estimate


def test_published_ratios_are_pooled_on_the_log_scale(write: object) -> None:
    pooled = pool_csv(write("value,low,high,level\n0.8,0.5,1.28,95\n1.4,0.9,2.1,0.9\n"), "HR", "FE")  # type: ignore[operator]
    errors = [math.log(1.28 / 0.5) / 3.919928, math.log(2.1 / 0.9) / 3.289707]
    direct = fit_two_stage([math.log(0.8), math.log(1.4)], [e**2 for e in errors], method="FE")
    assert pooled.fitted.coef[0] == pytest.approx(direct.coef[0], abs=1e-6)


def test_moderators_and_renamed_columns(write: object) -> None:
    text = TWO_ARMS.replace("ai,n1i", "cases,people")
    pooled = pool_csv(
        write(text),
        "OR",
        "REML",
        "knha",
        moderators=["lat"],  # type: ignore[operator]
        columns={"ai": "cases", "n1i": "people"},
    )
    assert pooled.coef_names == ("intercept", "lat")
    assert len(pooled.fitted.coef) == 2
    assert pooled.fitted.df == 3


@pytest.mark.parametrize(
    "text",
    [
        "study;yi;vi\nA;0,4;0,12\nB;0,6;0,30\n",
        "study\tyi\tvi\nA\t0.4\t0.12\nB\t0.6\t0.30\n",
        "\ufeffstudy,yi,vi\r\nA,0.4,0.12\r\n\r\nB,0.6,0.30\r\n",
        '"","study","yi","vi"\n"1","A",0.4,0.12\n"2","B",0.6,0.30\n',
    ],
    ids=["semicolons and decimal commas", "tabs", "byte order mark", "row names of R"],
)
def test_files_as_spreadsheets_save_them_are_read(text: str, write: object) -> None:
    pooled = pool_csv(write(text), "GEN", "FE")  # type: ignore[operator]
    assert pooled.fitted.coef[0] == pytest.approx((0.4 / 0.12 + 0.6 / 0.3) / (1 / 0.12 + 1 / 0.3))
    assert [study.study for study in pooled.studies] == ["A", "B"]


def test_a_study_with_a_missing_number_is_left_out_by_name(write: object) -> None:
    pooled = pool_csv(write("study,xi,ni\nA,4,20\nB,NA,30\nC,5,20\nD,2,10\n"), "PLO", "DL")  # type: ignore[operator]
    assert pooled.fitted.k == 3
    assert pooled.left_out == ("B: xi is missing",)


@pytest.mark.parametrize(
    ("text", "measure", "message"),
    [
        ("xi,ni\n4,20\nx,30\n", "PLO", r"studies.csv, row 3, field xi: not a number"),
        ("xi,ni\n4,20\n31,30\n", "PLO", r"studies.csv, row 3, field xi: more events than people"),
        ("xi,ni\n4,20\n-1,30\n", "PLO", r"row 3, field xi: events cannot be negative"),
        ("xi,ni\n4,20\n1,0\n", "PLO", r"row 3, field ni: must be more than 0"),
        ("xi,ni\n4,20\n1,10,3\n", "PLO", r"row 3: 3 fields where the heading has 2"),
        ("xi,ni,xi\n4,20,1\n", "PLO", r"row 1: field xi stands twice"),
        ("xi,n\n4,20\n", "PLO", r"row 1: field ni is missing; needed are xi, ni, found are xi, n"),
        ("yi\n4\n", "GEN", r"row 1: GEN needs the fields yi with vi"),
        ("yi,vi\n4,0\n", "GEN", r"row 2, field vi: must be more than 0"),
        ("value,low,high\n1,2,3\n", "HR", r"row 2, field value: must lie in its interval"),
        ("m1i,sd1i,n1i,m2i,sd2i,n2i\n1,0,3,1,1,3\n", "MD", r"row 2, field sd1i: must be more than 0"),
        ("yi;vi\n0,4;0.3\n", "GEN", r"row 2, field yi: not a number; write 0.4 for 0,4, and"),
        ("xi;ni\n1;1,230\n", "PLO", r"row 2, field ni: not a number; write"),
        ("yi,vi\n1,-0.1\n", "GEN", r"row 2, field vi: must be more than 0"),
        ("yi,vi\n1,1e-200\n", "GEN", r"row 2, field vi: the estimate and its standard error must be"),
        ("yi,vi\n1,\n,2\n", "GEN", r"studies.csv: no study has all of yi, vi"),
        ("yi,vi\n1_0,1\n", "GEN", r"row 2, field yi: not a number"),
        ("yi,vi\n1," + "1" * 200_000 + "\n", "GEN", r"studies.csv: not a CSV file"),
        ("xi,ni\n", "PLO", r"needs a heading and at least one study"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, measure: str, message: str, write: object) -> None:
    with pytest.raises(ReportError, match=message):
        pool_csv(write(text), measure, "DL")  # type: ignore[operator]


def test_a_file_that_is_not_there_or_not_text_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"none\.csv: no such file"):
        pool_csv(tmp_path / "none.csv", "PLO")
    (tmp_path / "raw.csv").write_bytes(b"\xff\xfe\x00x")
    with pytest.raises(ReportError, match="save it as CSV UTF-8"):
        pool_csv(tmp_path / "raw.csv", "PLO")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"measure": "PFT"}, "choose one of: PR, PLN, PLO"),
        ({"method": "HE"}, "choose one of: default, FE, DL"),
        ({"test": "hksj"}, "choose one of: z, knha, adhoc, t"),
        ({"method": "MH", "test": "knha"}, "choose one of: z"),
        ({"method": "UM.FS", "test": "knha"}, "choose one of: z, t"),
        ({"columns": {"ai": "dead"}}, "no field dead"),
    ],
)
def test_unknown_options_are_refused_with_those_offered(
    options: dict[str, object], message: str, write: object
) -> None:
    arguments: dict[str, object] = {"measure": "OR", "method": "FE"} | options
    with pytest.raises((UnknownChoice, ReportError), match=message):
        pool_csv(write(TWO_ARMS), **arguments)  # type: ignore[operator,arg-type]


@pytest.mark.parametrize(
    ("shape", "method", "options"),
    [
        ("GEN", "MH", {}),
        ("GEN", "GLMM", {}),
        ("OR", "MH", {"moderators": ["lat"]}),
        ("OR", "UM.FS", {"moderators": ["lat"]}),
    ],
)
def test_methods_that_do_not_fit_the_data_say_what_does(
    shape: str, method: str, options: dict[str, object], write: object
) -> None:
    with pytest.raises(NotPoolable):
        pool_csv(write(SHAPES[shape]), shape, method, **options)  # type: ignore[operator,arg-type]


MORE_ROWS = {
    "PLO": "xi,ni\n4,20\n9,30\n2,18\n3,9\n5,40\n",
    "IRLN": "xi,ti\n4,20\n9,30\n2,18\n1,5\n",
    "GEN": "yi,sei\n0.2,0.1\n0.4,0.2\n0.1,0.3\n",
}


@pytest.mark.parametrize(
    ("measure", "rows", "method", "test"),
    [
        ("HR", 2, "bayesian", "posterior"),
        ("PLO", 1, "exact", "exact"),
        ("PLO", 3, "bayesian", "posterior"),
        ("PLO", 5, "GLMM", "z"),
        ("IRLN", 4, "bayesian", "posterior"),
        ("MD", 2, "REML", "adhoc"),
        ("GEN", 3, "REML", "adhoc"),
        ("RD", 1, "FE", "z"),
    ],
)
def test_the_default_follows_the_measure_and_the_number_of_studies(
    measure: str, rows: int, method: str, test: str, write: object
) -> None:
    header, *lines = (SHAPES | MORE_ROWS)[measure].splitlines()
    fitted = pool_csv(write("\n".join([header, *lines[:rows]])), measure).fitted  # type: ignore[operator]
    assert (fitted.method, fitted.test, fitted.k) == (method, test, rows)


def test_the_default_for_many_ratios_is_reml_with_the_floor(write: object) -> None:
    many = pool_csv(write(TWO_ARMS), "OR").fitted  # type: ignore[operator]
    assert (many.method, many.test) == ("REML", "adhoc")


def test_one_proportion_has_its_exact_interval_on_the_log_odds(write: object) -> None:
    """Clopper and Pearson for 3 of 10 (R: binom.test(3, 10)): 0.06673951 to 0.65245285."""
    fitted = pool_csv(write("xi,ni\n3,10\n"), "PLO").fitted  # type: ignore[operator]
    bounds = [1 / (1 + math.exp(-x)) for x in (fitted.coef[0], fitted.ci_low[0], fitted.ci_high[0])]
    assert bounds == pytest.approx([0.3, 0.06673951, 0.65245285], abs=1e-7)


@pytest.mark.parametrize("rows", ["0,30\n", "0,30\n0,12\n0,50\n0,9\n0,20\n"])
def test_no_events_give_an_upper_bound_and_say_why(rows: str, write: object) -> None:
    pooled = pool_csv(write("xi,ni\n" + rows), "PLO")  # type: ignore[operator]
    assert pooled.fitted.coef[0] == -math.inf
    assert -6 < pooled.fitted.ci_high[0] < -1
    assert pooled.to_json()["coef"] == [None]
    assert any("spread" in note for note in pooled.notes)


@pytest.mark.parametrize("measure", ["MD", "RD"])
def test_no_prior_is_lent_to_a_scale_it_was_not_made_for(measure: str, write: object) -> None:
    with pytest.raises(NotPoolable, match="bayesian has priors for OR, RR"):
        pool_csv(write(SHAPES[measure]), measure, "bayesian")  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "measure", "method", "why"),
    [
        ("xi,ni\n0,20\n0,30\n", "PLO", "GLMM", "would be infinite"),
        ("xi,ni\n3,20\n", "PLO", "GLMM", "needs two studies"),
        ("xi,ni\n3.5,20\n4,30\n", "PLO", "GLMM", "whole numbers"),
        ("ai,n1i,ci,n2i\n0,20,3,20\n0,30,1,30\n", "OR", "UM.FS", "would be infinite"),
        ("ai,n1i,ci,n2i\n0,20,3,20\n0,30,1,30\n", "OR", "MH", "is 0 or infinite"),
        ("ai,n1i,ci,n2i\n0,20,0,20\n0,30,0,30\n", "RD", "MH", "has no interval"),
        ("ai,n1i,ci,n2i\n0,20,0,20\n0,30,0,30\n", "OR", "PETO", "has no answer"),
    ],
)
def test_pools_without_an_answer_are_refused(
    text: str, measure: str, method: str, why: str, write: object
) -> None:
    with pytest.raises(NotPoolable, match=why):
        pool_csv(write(text), measure, method)  # type: ignore[operator]


@pytest.mark.parametrize(("text", "measure", "moderators", "message"), [
    ("study,yi,vi,x\nA,1,1,3\nB,2,1,3\nC,3,1,3\n", "GEN", ("x",), "field x: the same in all studies"),
    ("study,yi,vi,sei\nA,1,0.04,0.2\nB,2,0.09,0.9\n", "GEN", (), "row 3, field sei: does not fit vi"),
])
def test_what_would_be_a_silent_slip_is_refused(
    write: object, text: str, measure: str, moderators: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ReportError, match=message):
        pool_csv(write(text), measure, "REML", moderators=moderators)  # type: ignore[operator]


def test_an_interval_that_is_not_symmetric_on_the_log_scale_is_said(write: object) -> None:
    text = "study,value,low,high\nA,0.8,0.64,1.0\nB,0.6,0.2,0.95\n"
    assert pool_csv(write(text), "HR", "FE").notes[0].startswith("B: the interval is not symmetric")  # type: ignore[operator]


def test_capitals_in_the_heading_do_not_matter(write: object) -> None:
    assert pool_csv(write("Study,YI,VI\nA,0.2,0.1\nB,0.4,0.2\n"), "GEN", "FE").studies[0].study == "A"  # type: ignore[operator]


def test_a_comma_that_could_mean_thousands_carries_a_note(write: object) -> None:
    pooled = pool_csv(write("yi;sei\n0,2;1,234\n0,4;0,2\n"), "GEN", "FE")  # type: ignore[operator]
    assert pooled.notes[0].startswith("1,234 is read as 1.234")


@pytest.mark.parametrize(
    ("measure", "method", "words"),
    [("OR", "MH", "no weight in MH"), ("OR", "PETO", "no weight in PETO"), ("RD", "MH", "a difference of 0")])
def test_a_study_without_events_in_both_arms_is_named(measure: str, method: str, words: str,
                                                      write: object) -> None:
    pooled = pool_csv(write("study,ai,n1i,ci,n2i\na,3,40,5,40\nb,0,30,0,30\nc,2,50,6,50\n"), measure, method)  # type: ignore[operator]
    assert [note for note in pooled.notes if note.startswith("b:") and words in note]


def test_the_studies_of_peto_are_listed_by_peto(write: object) -> None:
    pooled = pool_csv(write("study,ai,n1i,ci,n2i\na,3,40,5,40\nc,2,50,6,50\n"), "OR", "PETO")  # type: ignore[operator]
    expected, variance = 4.0, 40 * 40 * 8 * 72 / (80**2 * 79)
    assert pooled.studies[0].estimate == pytest.approx((3 - expected) / variance)
