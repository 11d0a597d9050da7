"""The unit for systemd and the container file start the command as it is, from files that are there."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from stepdown.interfaces.cli import build_parser

CHECKOUT = Path(__file__).resolve().parents[2]
UNIT = CHECKOUT / "deployment" / "stepdown.service"
CONTAINER = (CHECKOUT / "deployment" / "Containerfile").read_text(encoding="utf-8")


def read_service() -> dict[str, str]:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT, encoding="utf-8")
    return dict(parser["Service"])


def read_words(instruction: str) -> list[str]:
    """The words of the last instruction of this name that are written as a list."""
    return list(json.loads(re.findall(rf"^{instruction} (\[.*\])$", CONTAINER, re.MULTILINE)[-1]))


def test_the_unit_starts_the_command_for_a_proxy_on_this_machine() -> None:
    program, *arguments = shlex.split(read_service()["ExecStart"])
    asked = build_parser().parse_args(arguments)
    assert program == "/opt/stepdown/bin/stepdown" and asked.host == "127.0.0.1" and asked.workers == 2


def test_the_unit_waits_longer_than_an_answer_may_take_and_stops_the_first_process_alone() -> None:
    service = read_service()
    assert int(service["TimeoutStopSec"]) > 40 and service["KillMode"] == "mixed"


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this machine")
    here = tmp_path / UNIT.name
    command = str(Path(sys.executable).with_name("stepdown"))
    here.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/stepdown/bin/stepdown", command), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(here)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_container_starts_the_command_for_a_proxy_before_it() -> None:
    program, *arguments = read_words("ENTRYPOINT")
    asked = build_parser().parse_args([*arguments, *read_words("CMD")])
    assert program == "stepdown" and asked.host == "0.0.0.0" and asked.port == 8000
    assert "EXPOSE 8000" in CONTAINER and "127.0.0.1:8000/healthz" in CONTAINER


def test_the_container_copies_what_is_there_and_all_that_the_package_is_built_of() -> None:
    copied = [word for line in re.findall(r"^COPY (?!--from)(.*)$", CONTAINER, re.MULTILINE)
              for word in line.split()[:-1]]  # fmt: skip
    assert all((CHECKOUT / name).exists() for name in copied)
    links = {path.resolve() for path in (CHECKOUT / "src").rglob("*") if path.is_symlink()}
    assert {path.relative_to(CHECKOUT).parts[0] for path in links} <= {name.rstrip("/") for name in copied}


def test_the_container_runs_as_nobody_in_particular() -> None:
    assert re.search(r"^USER 10001:10001$", CONTAINER, re.MULTILINE)
