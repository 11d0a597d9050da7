"""A store that cannot be opened says why in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

duckdb = pytest.importorskip("duckdb")

from stepdown.literature.store import FILE_NAME, open_store, say_when_full  # noqa: E402
from stepdown.ms.errors import MissingExtra, UserError  # noqa: E402


def open_and_close(folder: Path, will_write: bool = False) -> None:
    with open_store(folder, will_write):
        pass


def test_a_folder_without_a_store_is_said_with_the_way_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="stepdown literature import FILE --store"):
        open_and_close(tmp_path)


def test_a_file_in_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(UserError, match="is a file; --store names a folder"):
        open_and_close(tmp_path / "x", will_write=True)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(UserError, match="cannot be made"):
        open_and_close(tmp_path / "x" / "y", will_write=True)


def test_a_file_that_is_no_store_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("no database at all, and long enough to be read as one" * 100)
    with pytest.raises(UserError, match="is not a store of stepdown"):
        open_and_close(tmp_path)


def test_a_database_of_another_program_is_said(tmp_path: Path) -> None:
    duckdb.connect(str(tmp_path / FILE_NAME)).close()
    with pytest.raises(UserError, match="not a store of this version"):
        open_and_close(tmp_path)


def test_a_store_in_use_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise duckdb.IOException("Could not set lock on file")

    monkeypatch.setattr(duckdb, "connect", refuse)
    with pytest.raises(UserError, match="another program is using the store"):
        open_and_close(tmp_path, will_write=True)


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="disk is full"), say_when_full(tmp_path):
        raise duckdb.IOException("no space left")


def test_without_duckdb_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    with pytest.raises(MissingExtra, match=r"stepdown\[literature\]"):
        open_and_close(tmp_path, will_write=True)


def test_no_extension_is_fetched_or_loaded_at_run_time(tmp_path: Path) -> None:
    with open_store(tmp_path, will_write=True) as store:
        settings = dict(
            store.ask("SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%_known_extensions'")
        )
    assert settings == {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


@pytest.mark.parametrize("twentieths", range(0, 20, 3))
def test_a_store_that_was_cut_off_is_refused_and_left_as_it_is(tmp_path: Path, twentieths: int) -> None:
    with open_store(tmp_path, will_write=True) as store:
        rows = [(number, f"{number}" * 900) for number in range(3000)]
        store.append("texts", {"pmid": "BIGINT", "citation": "VARCHAR"}, rows)
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes()[: path.stat().st_size * twentieths // 20])
    left = path.read_bytes()
    for will_write in (False, True):
        with pytest.raises(UserError, match=r"is cut off|is not a store of stepdown"):
            open_and_close(tmp_path, will_write)
    assert path.read_bytes() == left


def test_a_store_whose_last_blocks_nothing_uses_is_whole(tmp_path: Path) -> None:
    for number in range(3):
        with open_store(tmp_path, will_write=True) as store:
            store.ask("INSERT INTO deletions VALUES (?, 1, 1, 1)", [number])
            store.ask("DELETE FROM deletions WHERE pmid < ?", [number])
    with open_store(tmp_path) as store:
        assert store.ask("SELECT pmid FROM deletions") == [(2,)]
