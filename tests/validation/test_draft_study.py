"""How well drafts are read: the tables beside the split, measured again; sentence roles, learned again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("isal")
pytest.importorskip("lxml")
pytest.importorskip("sklearn")

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = CHECKOUT / "validation" / "draft-study"
PUBMED_FILE = CHECKOUT / "out" / "pubmed" / "pubmed21n1298.xml.gz"


def run(*command: str, folder: Path = CHECKOUT) -> str:
    done = subprocess.run([sys.executable, *command], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.mark.parametrize("texts", ["held-out", "abstracts", "development", "opened", "unseen"])
def test_the_printed_tables_are_those_that_are_measured(texts: str, reference: Path) -> None:
    """A changed rule moves them: the new table goes into results.md, with a word on what has been seen."""
    assert reference.is_dir()
    table = run("measure.py", texts, folder=FOLDER)
    assert table in (FOLDER / "results.md").read_text("utf-8"), table


def test_the_marks_are_of_the_forty_abstracts_that_the_seed_draws() -> None:
    lines = (FOLDER / "abstracts.tsv").read_text("utf-8").splitlines()[1:]
    assert len({line.split("\t")[0] for line in lines}) == 40
    assert all(len(line.split("\t")) == 6 for line in lines)


@pytest.mark.validate
def test_sentence_roles_reach_a_micro_f1_of_086_on_abstracts_held_out() -> None:
    if not PUBMED_FILE.exists():
        pytest.skip("no pubmed21n1298.xml.gz (tools/install_pubmed_file)")
    printed = run("-W", "ignore", "tools/train_sentence_roles.py", "--measure")
    whole = next(line for line in printed.splitlines() if "abstracts," in line)
    assert float(whole.rsplit(" ", 1)[1]) >= 0.86, printed
