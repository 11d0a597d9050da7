"""``stepdown serve`` says what is missing before it listens."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from stepdown.interfaces.cli import main


def test_without_the_extra_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "stepdown.interfaces.web.serving", raising=False)
    assert main(["serve"]) == 3
    assert "pip install 'stepdown[web]'" in capsys.readouterr().err


def test_a_folder_without_a_digest_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("fastapi", reason="the extra 'web' is not installed")
    assert main(["serve", "--digest", str(tmp_path)]) == 2
    assert "no digest is built there" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["serve", "--port", port])
    assert stopped.value.code == 2
