"""Inputs of a second editor of the digest: odd files, subtly wrong texts, small libraries; what comes out."""

from __future__ import annotations

import gzip
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("lxml")
pytest.importorskip("isal")

from stepdown.interfaces.cli import main

TABLES: dict[str, Any] = tomllib.loads(
    (Path(__file__).parent / "digest_editor" / "cases.toml").read_text("utf-8")
)
CASES: list[dict[str, Any]] = TABLES["case"]
SET = '<?xml version="1.0" encoding="utf-8"?>\n<PubmedArticleSet>{}</PubmedArticleSet>'


def write_inputs(case: dict[str, Any]) -> None:
    """The files of a case, in the folder of the test."""
    texts = {name: text.encode() for name, text in case.get("files", {}).items()}
    texts |= {name: SET.format(text).encode() for name, text in case.get("records", {}).items()}
    texts |= {name: row["text"].encode(row["encoding"]) for name, row in case.get("encoded", {}).items()}
    texts |= {f"lib/{name}.toml": TABLES["studies"][name].encode() for name in case.get("lib", ())}
    for name, row in case.get("packed", {}).items():
        whole = gzip.compress(SET.format(row["text"]).encode())
        texts[name] = whole[: round(row["keep"] * len(whole))]
    for name, content in texts.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(content)


def squeeze(text: str) -> str:
    return " ".join(text.replace("! ", "").split())


def run(command: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """How a command ended, and what it said; what it printed is kept in the file behind ">"."""
    words, _, name = command.partition(" > ")
    ended = main(words.split())
    printed = capsys.readouterr()
    if name:
        Path(name).write_text(printed.out, "utf-8")
    return ended, squeeze(printed.out + printed.err)


def find_dead_links(site: Path) -> list[str]:
    """The links of a site that lead to no file of it."""
    found = []
    for page in site.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"#?:]+)(?:[#?][^"]*)?"', page.read_text("utf-8")):
            target = site / link.lstrip("/") if link.startswith("/") else page.parent / link
            if not target.exists():
                found.append(f"{page.relative_to(site)}: {link}")
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_what_a_second_editor_brings_comes_out_as_it_should(
    case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_inputs(case)
    results = [run(command, capsys) for command in case["run"]]
    assert [ended for ended, _ in results] == case.get("exits", [0] * len(results)), results[-1][1]
    told = results[-1][1]
    if "of" in case:
        told = squeeze(" ".join(path.read_text("utf-8") for path in sorted(tmp_path.glob(case["of"]))))
    assert [wanted for wanted in case.get("says", ()) if wanted not in told] == []
    assert [refused for refused in case.get("never", ()) if refused in told] == []
    kept = {name: squeeze(Path(name).read_text("utf-8")) for name in case.get("kept", {})}
    wanted = case.get("kept", {}).items()
    assert [part for name, parts in wanted for part in parts if part not in kept[name]] == []
    assert find_dead_links(tmp_path / case["links"]) == [] if "links" in case else True
