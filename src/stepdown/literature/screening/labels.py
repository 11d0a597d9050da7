"""A person's labels in a text file: PMID, relevant or irrelevant, and why; a line each, in order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stepdown.ms.errors import UserError

HEAD = "pmid\tlabel\treason\n"
_LABELS = {"relevant": True, "irrelevant": False}


@dataclass(frozen=True, slots=True)
class Label:
    """A label that a person gave."""

    pmid: str
    is_relevant: bool
    reason: str = ""


def read_labels(path: Path) -> list[Label]:
    """The last label of each PMID in a file; none when there is no file. UserError names a faulty line."""
    if not path.exists():
        return []
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: no text file is there; give the path of a file of labels.") from error
    rows = [_read_line(line, f"{path}, line {number}") for number, line in enumerate(lines, 1)
            if line.strip() and number > 1]
    return list({label.pmid: label for label in rows}.values())


def _read_line(line: str, where: str) -> Label:
    pmid, _, rest = line.partition("\t")
    label, _, reason = rest.partition("\t")
    if not (pmid.isascii() and pmid.isdigit()) or label not in _LABELS:
        raise UserError(f"{where}: write  PMID, relevant or irrelevant, and a reason, with tabs between.")
    return Label(pmid, _LABELS[label], reason)


def append_label(path: Path, label: Label) -> None:
    """Add a label at the end of the file; what was there stays."""
    head = "" if path.exists() else HEAD
    word = "relevant" if label.is_relevant else "irrelevant"
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{head}{label.pmid}\t{word}\t{label.reason}\n")
