from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stepdown.interfaces.cli import main
from stepdown.patients import checking

CLEAN = {"diagnosis": "MS", "birth_year": 1966, "recorded_on": "2024-05-01", "observed_since": "2014"}


def write(folder: Path, **changes: object) -> str:
    path = folder / "person.json"
    path.write_text(json.dumps({**CLEAN, **changes}), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("form", ["json", "toml", "yaml"])
def test_the_printed_template_passes_the_check(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["patient", "template", "--format", form]) == 0
    path = tmp_path / f"person.{form}"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["patient", "check", str(path)]) == 0


def test_a_clean_file_prints_nothing_and_says_so_beside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["patient", "check", write(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert (out, err.endswith("no error\n")) == ("", True)


def test_errors_go_to_standard_output_with_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["patient", "check", write(tmp_path, sx=1, sex="femal")]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[1] for line in lines] == ["sex", "sx"]


def test_the_faults_are_printed_as_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["patient", "check", write(tmp_path, sx=1), "--format", "json", "--at", "2024-04-30"]) == 2
    printed = json.loads(capsys.readouterr().out)
    assert (printed["ok"], printed["at"], printed["faults"][0]["path"]) == (False, "2024-04-30", "sx")


def test_the_printed_schema_is_the_published_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["patient", "schema"]) == 0
    published = Path(__file__).parents[4] / "docs/reference/person.schema.json"
    assert capsys.readouterr().out == published.read_text(encoding="utf-8")


def test_a_missing_file_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["patient", "check", "nobody.json"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), "no such file" in err) == ("", 1, True)


@pytest.mark.parametrize("day", ["20240430", "30.04.2024", "2024-04", "2024-04-31"])
def test_an_index_date_must_be_a_full_iso_day(day: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["patient", "check", "person.json", "--at", day])
    assert (stopped.value.code, "YYYY-MM-DD" in capsys.readouterr().err) == (2, True)


def test_a_fault_of_ours_shows_its_place_and_never_a_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("EDSS 6.5 of somebody")

    monkeypatch.setattr(checking, "check_file", fail)
    assert main(["patient", "check", write(tmp_path)]) == 1
    err = capsys.readouterr().err
    assert ("KeyError" in err, "6.5" in err, err.count("\n")) == (True, False, 1)
    monkeypatch.setenv("STEPDOWN_DEBUG", "1")
    main(["patient", "check", write(tmp_path)])
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["patient"], ["patient", "check"]])
def test_help_teaches_with_an_example(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*words, "--help"])
    out = capsys.readouterr().out
    assert (stopped.value.code, "exit codes:" in out or "examples:" in out) == (0, True)


def test_help_imports_neither_numbers_nor_validation() -> None:
    program = (
        "import sys\nfrom stepdown.interfaces.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'pydantic', 'numpy', 'scipy', 'yaml'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"
