"""The parser of the commands: one group alone where it is named, all of them otherwise."""

from __future__ import annotations

import subprocess
import sys

import pytest

from stepdown.interfaces.cli import build_parser, main

GROUPS = [
    "assess", "care-plan", "cohort", "digest", "evidence", "follow-up", "literature", "patient", "registry",
]


def _commands(usage: str) -> set[str]:
    return {line.split()[0] for line in usage.splitlines() if line.startswith("    ") and line[4] != " "}


def test_the_help_of_all_names_every_group() -> None:
    assert {*GROUPS, "serve"} <= _commands(build_parser().format_help())


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_alone_is_the_group_among_all(group: str, capsys: pytest.CaptureFixture[str]) -> None:
    helps = []
    for parser in (build_parser(), build_parser(group)):
        with pytest.raises(SystemExit):
            parser.parse_args([group, "--help"])
        helps.append(capsys.readouterr().out)
    assert helps[0] == helps[1]


@pytest.mark.parametrize("word", ["asess", "_pictures", "evidence_pool", "", "--format"])
def test_a_word_that_is_no_command_is_one_sentence_with_the_commands(
    word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([word])
    message = capsys.readouterr().err
    assert ended.value.code == 2
    assert message.count("\n") == 1
    assert "care-plan" in message or "required" in message


def test_one_answer_loads_neither_other_commands_nor_other_forms() -> None:
    code = (
        "import sys; from stepdown.interfaces.cli import main; main(['patient', 'template']);"
        "print(sorted(name for name in sys.modules if name.startswith('stepdown.literature')));"
        "import stepdown.reports; stepdown.reports.to_text;"
        "print(sorted(name for name in sys.modules if name.startswith('stepdown.reports.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-2:] == ["[]", "[]"]
