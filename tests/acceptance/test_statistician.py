"""Files of a statistician who had not seen the program: metafor's number, or one sentence and exit 2."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stepdown.interfaces.cli import main

FOLDER = Path(__file__).parent / "statistician"
CASES = tomllib.loads((FOLDER / "expected.toml").read_text("utf-8"))["case"]

#: Where what was expected is not what comes out, field by field ("exit" for the whole case), with the reason.
OTHERWISE: Mapping[tuple[str, str], str] = {
    ("03a", "exit"): "nobody had the event in any study: a mixed model has no finite answer, and says so",
    ("04g", "exit"): "one study: z is used and said, as metafor does with a warning",
    ("07a", "exit"): "an interval that is not symmetric is pooled with a note that names the study",
    ("08a", "exit"): "its note takes a refusal that names row and column as well",
    ("13e", "exit"): "its note takes a refusal that names the columns as well",
    ("12c", "exit"): "what is wanted takes a warning by name as well, and a note gives it",
    ("14", "exit"): "what is wanted takes a warning by name as well, and a note gives it",
    ("15a", "exit"): "what is wanted takes a study that is listed as left out as well",
    ("15b", "exit"): "as 15a",
    ("04f", "tau2"): "its note asks that no spread be printed as a finding: it is null",
    ("04f", "Q"): "one study has no heterogeneity to test: it is null",
    ("04c", "*"): "bayesmeta's mean has a flat prior, ours a normal one with deviation 4; a note says it",
    ("04e", "*"): "bayesmeta's mean has a flat prior, ours a normal one with deviation 4; a note says it",
    ("04b", "*"): "on the logit scale no events lie at minus infinity; the bound has a test of its own",
    ("09REML", "tau2_high"): "R stops at tau2 = 100; with control=list(tau2.max=1000) it prints 285.6558",
    ("09PM", "tau2_high"): "R stops at tau2 = 100; with control=list(tau2.max=1000) it prints 285.6558",
    ("09DL", "tau2_high"): "R stops at tau2 = 100; with control=list(tau2.max=1000) it prints 285.6558",
    ("09PM", "*"): "R's PM stops at uniroot's tolerance; with control=list(tol=1e-15) it prints our value",
}
#: Cases whose sentence names the place in another way: the row for the study, another field of the same slip.
UNNAMED = ("07b", "07c", "07d", "15c", "16a")


def find_numbers(answer: Mapping[str, Any]) -> dict[str, list[float | None]]:
    """The numbers of an answer by the names of the expectations."""
    names = ("coef", "se", "ci_low", "ci_high", "pval")
    spread, predicted = (answer[key] or [None, None] for key in ("tau2_interval", "prediction_interval"))
    return {
        **{name: answer[name] for name in names}, "tau2": [answer["tau2"]], "Q": [answer["q"]],
        "k": [answer["k"]], "tau2_low": [spread[0]], "tau2_high": [spread[1]],
        "pi_low": [predicted[0]], "pi_high": [predicted[1]],
    }


def find_faults(case: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    """The fields that are not what R printed; spreads to four digits, the rest to the case's tolerance."""
    found = find_numbers(answer)
    named = [name for name in found if name in case]
    excused = {field for place, field in OTHERWISE if place == case["id"]}
    asked = [name for name in named if not {name, "*"} & excused]
    return [name for name in asked if not _agree(found[name], case[name], _tolerance(case, name))]


def _tolerance(case: Mapping[str, Any], name: str) -> float:
    return max(case["tol"], 1e-4) if name.startswith("tau2") else case["tol"]


def _agree(ours: list[Any], theirs: list[Any], tolerance: float) -> bool:
    both = list(zip(ours, theirs, strict=False))
    return len(ours) == len(theirs) and all(a == pytest.approx(b, rel=tolerance, abs=1e-9) for a, b in both)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_file_gives_the_number_of_metafor_or_one_sentence(
    case: Mapping[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["evidence", "pool", "--csv", str(FOLDER / case["file"]), *case["args"].split()]
    code = main([*arguments, "--format", "json"])
    out, err = capsys.readouterr()
    if (case["id"], "exit") not in OTHERWISE:
        assert code == case["exit"], err
    assert code != 1
    if case["exit"] == 2 and case["id"] not in UNNAMED:
        assert case["must"] in out + err
    if code:
        assert err.startswith("stepdown: ") and err.count("\n") == 1
    elif "tol" in case:
        assert find_faults(case, json.loads(out)) == []


def test_nobody_of_35_gives_the_exact_upper_bound(capsys: pytest.CaptureFixture[str]) -> None:
    """R: binom.test(0, 35)$conf.int[2] is 0.100032435572105; its log odds are -2.196864."""
    main(["evidence", "pool", "--csv", str(FOLDER / "04b.csv"), "--measure", "PLO", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["ci_high"] == [pytest.approx(-2.1968642340331135, rel=1e-9)]
