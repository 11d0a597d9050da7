"""The standing version of each PMID is the same whatever the order, the repetitions and the breaks."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("isal")
pytest.importorskip("lxml")

from stepdown.literature.intake import Tally, import_file, sort_files
from stepdown.literature.notices import read_notices
from stepdown.literature.store import open_store
from stepdown.ms.errors import UserError
from unit.literature.invented_pubmed import save, write_links, write_record, write_set

FILES = {
    "pubmed30n0001.xml.gz": write_set(
        write_record(1, title="one"), write_record(2, title="two"), write_record(3, title="three")
    ),
    "pubmed30n0002.xml.gz": write_set(
        write_record(1, title="one, revised"), write_record(2, 2, "two, version 2"), deleted=(3,)
    ),
    "pubmed30n0003.xml.gz": write_set(
        write_record(2, 1, "two, version 1, revised"),
        write_record(4, title="four"),
        write_record(4, title="four, again"),
    ),
}
STANDING = {"1": "one, revised", "2": "two, version 2", "4": "four, again"}


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    return [save(tmp_path / name, text) for name, text in FILES.items()]


def import_all(folder: Path, paths: list[Path], topic: str = "all") -> tuple[Tally, dict[str, str]]:
    """Take the files in, in the order given; the sum, and what stands."""
    total = Tally()
    for path in paths:
        with open_store(folder, will_write=True) as store:
            total += import_file(store, path, topic)
    with open_store(folder) as store:
        return total, {citation.pmid: citation.title for citation in store.read_citations()}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_arrival_changes_nothing(
    tmp_path: Path, paths: list[Path], order: tuple[int, ...]
) -> None:
    total, standing = import_all(tmp_path / "store", [paths[i] for i in order])
    assert standing == STANDING
    assert total.records == 8 == total.stored + total.older + sum(total.skipped.values())


def test_in_order_each_record_is_counted_once(tmp_path: Path, paths: list[Path]) -> None:
    total, _ = import_all(tmp_path / "store", paths)
    assert str(total) == "records 8, stored 6, deleted 1, older versions 2, skipped 0"


def test_importing_again_stores_nothing_and_says_so(tmp_path: Path, paths: list[Path]) -> None:
    import_all(tmp_path / "store", paths)
    again, standing = import_all(tmp_path / "store", paths)
    assert str(again) == "records 8, stored 0, deleted 0, older versions 0, skipped 8"
    assert standing == STANDING and again.skipped == {"file imported before": 8}


def test_a_file_that_is_refused_leaves_nothing(tmp_path: Path, paths: list[Path]) -> None:
    cut = save(
        tmp_path / "pubmed30n0009.xml.gz", write_set(*(write_record(i) for i in range(10, 30)))[:-200]
    )
    with pytest.raises(UserError, match="cut off"):
        import_all(tmp_path / "store", [paths[0], cut])
    _, standing = import_all(tmp_path / "store", paths[1:])
    assert standing == STANDING


def test_a_record_that_is_not_xml_refuses_its_file_and_names_its_place(tmp_path: Path) -> None:
    bad = save(tmp_path / "a.xml", write_set(write_record(1), write_record(2, title="&nbsp;")))
    with pytest.raises(UserError, match="record 2 is not well-formed XML"):
        import_all(tmp_path / "store", [bad])


def test_a_file_without_a_number_comes_after_what_is_there_and_before_later_updates(
    tmp_path: Path, paths: list[Path]
) -> None:
    saved = save(
        tmp_path / "search.xml",
        write_set(write_record(1, title="one, fetched"), write_record(3, title="new")),
    )
    folder = tmp_path / "store"
    assert import_all(folder, [*paths, saved])[1] == {**STANDING, "1": "one, fetched", "3": "new"}
    later = save(tmp_path / "pubmed30n0004.xml.gz", write_set(write_record(1, title="one, later")))
    assert import_all(folder, [later])[1]["1"] == "one, later"


def test_books_and_records_without_a_pmid_are_counted_as_skipped(tmp_path: Path) -> None:
    book = '<PubmedBookArticle><BookDocument><PMID Version="1">5</PMID></BookDocument></PubmedBookArticle>'
    nameless = write_record(6).replace('<PMID Version="1">6</PMID>', "")
    total, standing = import_all(
        tmp_path / "s", [save(tmp_path / "a.xml", write_set(book, nameless, write_record(7)))]
    )
    assert total == Tally(3, 1, 0, 0, {"book": 1, "no PMID": 1}) and list(standing) == ["7"]


def test_with_the_topic_ms_others_are_counted_and_only_their_notices_kept(tmp_path: Path) -> None:
    notice = write_record(8, title="Retraction, invented", medline=write_links(("RetractionOf", 7)))
    other = write_record(9, title="Asthma, invented")
    path = save(tmp_path / "a.xml", write_set(write_record(7), notice, other))
    total, standing = import_all(tmp_path / "s", [path], "ms")
    assert list(standing) == ["7"] and total.skipped == {"other topic": 2}
    with open_store(tmp_path / "s") as store:
        assert [(found.pmid, found.kind, found.notice) for found in read_notices(store, ["7"])] == [
            ("7", "retracted", "8")
        ]


def test_a_file_taken_for_ms_alone_can_be_taken_whole_later(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xml", write_set(write_record(7), write_record(9, title="Asthma")))
    import_all(tmp_path / "s", [path], "ms")
    total, standing = import_all(tmp_path / "s", [path])
    assert set(standing) == {"7", "9"} and total.records == total.stored == 2


def test_numbered_files_are_sorted_by_year_and_number_and_others_come_last() -> None:
    names = ["search.xml", "pubmed30n0010.xml.gz", "pubmed29n1300.xml.gz", "pubmed30n0002.xml"]
    assert [path.name for path in sort_files(map(Path, names))] == [
        "pubmed29n1300.xml.gz",
        "pubmed30n0002.xml",
        "pubmed30n0010.xml.gz",
        "search.xml",
    ]


def test_the_store_remembers_each_file_with_its_checksum(tmp_path: Path, paths: list[Path]) -> None:
    import_all(tmp_path / "s", [paths[2], paths[0]])
    with open_store(tmp_path / "s") as store:
        files = store.read_files()
    assert [(file.name, file.records, len(file.sha256)) for file in files] == [
        ("pubmed30n0001.xml.gz", 3, 64),
        ("pubmed30n0003.xml.gz", 3, 64),
    ]
