"""Labels lie in a text file that only grows; the last one of a PMID counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepdown.literature.screening.labels import Label, append_label, read_labels
from stepdown.ms.errors import UserError


def test_labels_are_added_and_the_last_of_a_pmid_counts(tmp_path: Path) -> None:
    path = tmp_path / "labels.tsv"
    assert read_labels(path) == []
    for label in (Label("1", True, "why"), Label("2", False), Label("1", False, "changed")):
        append_label(path, label)
    assert read_labels(path) == [Label("1", False, "changed"), Label("2", False)]


@pytest.mark.parametrize("line", ["one\trelevant\t", "1\tyes\t", "1 relevant"])
def test_a_faulty_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "labels.tsv"
    path.write_text(f"pmid\tlabel\treason\n1\trelevant\t\n{line}\n")
    with pytest.raises(UserError, match="line 3: write"):
        read_labels(path)


def test_a_folder_in_place_of_the_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no text file"):
        read_labels(tmp_path)
