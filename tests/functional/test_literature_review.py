"""``stepdown literature review``: from an abstract in the store to a study in the library, field by field."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("isal")
pytest.importorskip("lxml")

from stepdown.evidence.check import check_library
from stepdown.evidence.reading import read_folder
from stepdown.interfaces.cli import main
from unit.literature.drafting.invented_abstracts import STOPPING
from unit.literature.invented_pubmed import save, write_links, write_record, write_set

Run = Callable[..., tuple[int, str, str]]
AUTHORS = '<AuthorList><Author><LastName>Nemo</LastName></Author></AuthorList>'


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    folder.mkdir()
    return folder


@pytest.fixture
def run(
    tmp_path: Path, library: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Run the command on an invented record with PMID 7, with these lines typed."""
    parts = "".join(
        f'<AbstractText Label="{role}" NlmCategory="{role}">{text}</AbstractText>' for role, text in STOPPING
    )
    record = write_record(
        7, title="Stopping fingolimod in multiple sclerosis, invented.", abstract=parts, article=AUTHORS
    )
    main(["literature", "import", str(save(tmp_path / "a.xml", write_set(record, write_record(8)))),
          "--store", str(tmp_path / "s")])
    capsys.readouterr()

    def run_command(*arguments: str, typed: str = "", pmid: str = "7") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        folders = ["--store", str(tmp_path / "s"), "--library", str(library)]
        code = main(["literature", "review", pmid, *folders, *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run_command


def write_decisions(path: Path, decisions: dict[str, Any], others: str = "accept", pmid: str = "7") -> Path:
    path.write_text(json.dumps({"pmid": pmid, "others": others, "decisions": decisions}), "utf-8")
    return path


def accept(*names: str) -> dict[str, Any]:
    return {name: {"action": "accept"} for name in names}


def edit(value: Any) -> dict[str, Any]:
    return {"action": "edit", "value": value}


#: What the abstract leaves open: of how many the second finding is, and the contrast of the third.
NEEDED = {"findings.1.strategy": edit("stop"), "findings.2.n": {"action": "reject"},
          "findings.3": {"action": "reject"}, "findings.4": {"action": "reject"}}


def test_the_draft_is_printed_with_the_characters_each_value_was_read_from(run: Run, library: Path) -> None:
    code, out, _ = run("--format", "json")
    draft = json.loads(out)
    fields = {row["name"]: row for row in draft["fields"]}
    (span,) = fields["findings.1.events"]["spans"]
    assert code == 0 and draft["text"][slice(*span)] == "30" and fields["n"]["value"] == 120
    assert all(row["is_pending"] for row in draft["fields"]) and not list(library.iterdir())


def test_decisions_from_a_file_make_a_study_that_passes_the_checks(
    run: Run, library: Path, tmp_path: Path
) -> None:
    needed = {name: value for name, value in NEEDED.items() if not name.startswith("findings.4")}
    code, _, err = run("--decisions", str(write_decisions(tmp_path / "d.json", needed)))
    assert code == 0, err
    study = read_folder(library)["nemo2030"]
    assert [(one.outcome, one.events, one.n) for one in study.findings] == [
        ("relapse", 30, 120),
        ("mri_activity", 50, None),
    ]
    assert study.changes[0].what.startswith("read from the abstract")
    assert check_library([study]) == ()


def test_what_the_machine_never_reads_may_be_put_in(run: Run, library: Path, tmp_path: Path) -> None:
    more = {"age_mean": edit(53.4), "findings.1.selection": edit("elective-stable")}
    needed = {name: value for name, value in NEEDED.items() if not name.startswith("findings.4")}
    code, _, err = run("--decisions", str(write_decisions(tmp_path / "d.json", {**needed, **more})))
    assert code == 0, err
    study = read_folder(library)["nemo2030"]
    assert study.population.age_mean == 53.4 and study.findings[0].selection == "elective-stable"


def test_each_field_is_shown_in_its_sentence_and_each_answer_is_kept(run: Run, library: Path) -> None:
    code, out, err = run(typed="a\na\ne\nregistry-cohort\nb\nr\nq\n")
    assert code == 0 and "left; what was decided" in err
    assert "«retrospectively»" in out or "«" in out
    kept = json.loads((library / "7.review.json").read_text("utf-8"))["decisions"]
    assert [row["action"] for row in kept.values()] == ["accept", "accept", "reject"]


def test_a_review_goes_on_where_it_stopped(run: Run, library: Path) -> None:
    run(typed="a\nq\n")
    _, out, err = run(typed="a\n")
    assert "id:" not in out.split("fields left")[1] and "fields are not decided" in err
    assert len(json.loads((library / "7.review.json").read_text("utf-8"))["decisions"]) == 2


def test_a_finding_is_taken_field_by_field_or_whole_or_not_at_all(run: Run, library: Path) -> None:
    by_field, whole, not_at_all = "f" + "a" * 7, "ar", "r"
    code, out, err = run(typed="\n".join("a" * 9 + by_field + whole + not_at_all) + "\n")
    assert code == 0 and "nemo2030.toml recorded with 2 findings" in err and "[f]ield by field" in out
    assert [one.events for one in read_folder(library)["nemo2030"].findings] == [30, 50]


def test_without_all_decisions_nothing_is_recorded_and_the_rest_is_named(run: Run, library: Path) -> None:
    code, _, err = run()
    assert code == 2 and "fields are not decided: id" in err and not list(library.glob("*.toml"))


def test_a_study_with_faults_is_not_recorded(run: Run, library: Path, tmp_path: Path) -> None:
    wrong = {**NEEDED, "findings.1.strategy": edit("hope"), "design": edit("guess")}
    wrong.pop("findings.4")
    code, _, err = run("--decisions", str(write_decisions(tmp_path / "d.json", wrong)))
    assert (
        code == 2
        and "'hope' is none of" in err
        and "'guess' is none of" in err
        and "nothing was recorded" in err
    )
    assert not list(library.glob("*.toml"))


@pytest.mark.parametrize(
    ("pmid", "sentence"),
    [("x7", "is no PubMed number"), ("99", "no citation with PMID 99"), ("8", "has no abstract to read")],
)
def test_what_cannot_be_read_gets_one_sentence(run: Run, pmid: str, sentence: str) -> None:
    code, _, err = run(pmid=pmid)
    assert code == 2 and sentence in err


def test_a_study_that_is_in_the_library_is_not_read_again(run: Run, tmp_path: Path) -> None:
    needed = {name: value for name, value in NEEDED.items() if not name.startswith("findings.4")}
    run("--decisions", str(write_decisions(tmp_path / "d.json", needed)))
    code, _, err = run()
    assert code == 2 and "the library has PMID 7 as nemo2030" in err


def test_what_was_at_fault_is_asked_again(run: Run, tmp_path: Path) -> None:
    names = ("id", "design", "diseases.1", "topic", "limits", "findings.1")
    decisions = {**accept(*names), "findings.1.strategy": edit("hope")}
    path = write_decisions(tmp_path / "d.json", decisions, others="reject")
    code, _, err = run("--decisions", str(path))
    assert code == 2 and "findings.1: strategy: 'hope' is none of" in err and "--again" in err
    path.write_text(path.read_text("utf-8").replace('"others": "reject"', '"others": null'), "utf-8")
    again = ("--again", "findings.1", "--again", "findings.2", "--again", "findings.3")
    code, _, err = run("--decisions", str(path), *again, typed="r\n" * 9)
    assert code == 0 and "recorded with 0 findings" in err


def test_a_retracted_paper_does_not_enter_the_library(tmp_path: Path, library: Path) -> None:
    links = write_links(("RetractionIn", 99))
    assert review_with(links, tmp_path, library) == 2 and not list(library.glob("*.toml"))


def test_a_correction_is_told_and_stays_in_the_log(
    tmp_path: Path, library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert review_with(write_links(("ErratumIn", 98)), tmp_path, library) == 0
    assert "PubMed has a correction" in capsys.readouterr().err
    (study,) = read_folder(library).values()
    assert "correction" in study.changes[1].what


def review_with(links: str, tmp_path: Path, library: Path) -> int:
    """Review an invented record with these links, accepting all that can be accepted."""
    told = "We followed 20 patients; 5/20 relapsed."
    parts = f'<AbstractText Label="RESULTS" NlmCategory="RESULTS">{told}</AbstractText>'
    path = save(
        tmp_path / "b.xml", write_set(write_record(9, abstract=parts, article=AUTHORS, medline=links))
    )
    main(["literature", "import", str(path), "--store", str(tmp_path / "b")])
    decisions = write_decisions(
        tmp_path / "d.json", {"topic": edit("stopping"), "findings.1.strategy": edit("stop")}, pmid="9"
    )
    return main(["literature", "review", "9", "--store", str(tmp_path / "b"), "--library", str(library),
                 "--decisions", str(decisions)])


def test_leaving_by_the_keyboard_loses_nothing(
    run: Run, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["a"])
    monkeypatch.setattr("stepdown.interfaces.cli._review_dialogue._read_letter", lambda _: leave(answers))
    code, _, err = run()
    assert code == 0 and "left; what was decided" in err
    assert len(json.loads((library / "7.review.json").read_text("utf-8"))["decisions"]) == 1


def leave(answers: Iterator[str]) -> str:
    for answer in answers:
        return answer
    raise KeyboardInterrupt


#: What a reader of the three abstracts decides; what is not named is rejected. Figures are those printed
#: there.
REAL = {
    "33475825": {
        **accept("id", "design", "diseases.1", "topic", "n", "limits", "findings.1"),
        "findings.1.definition": edit("all relapses, per year off treatment"),
    },
    "34044238": {
        **accept("id", "design", "diseases.1", "courses.1", "topic", "n", "limits", "findings.2"),
        "findings.2.n": edit(56), "findings.2.therapy": edit("ocrelizumab"),
        "findings.2.definition": edit("relapse while the infusion was delayed"),
    },
    "33496861": {
        **accept("id", "design", "diseases.1", "n", "limits", "findings.1"),
        "topic": edit("stepping-down"), "findings.1.definition": edit("lymphopenia of any grade"),
    },
}


@pytest.mark.parametrize(
    ("pmid", "figures", "told"),
    [
        ("33475825", ("relapse", "stop", None, None, 2.0), ("225 people", "rituximab")),
        ("34044238", ("relapse", "extend", 0, 56, None), ("none of 56 people", "ocrelizumab")),
        (
            "33496861",
            ("other:lymphopenia", "continue", 198, 1034, None),
            ("198 of 1,034 people", "dimethyl fumarate"),
        ),
    ],
)
def test_three_real_abstracts_go_from_xml_to_a_summary_in_plain_words(
    pmid: str,
    figures: tuple[object, ...],
    told: tuple[str, ...],
    reference: Path,
    library: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    store, sample = str(tmp_path / "s"), reference / "data" / "pubmed" / "ms-sample.xml"
    decisions = write_decisions(tmp_path / "d.json", REAL[pmid], others="reject", pmid=pmid)
    assert main(["literature", "import", str(sample), "--store", store]) == 0
    assert main(["literature", "review", pmid, "--store", store, "--library", str(library),
                 "--decisions", str(decisions)]) == 0
    (study,) = read_folder(library).values()
    finding = study.findings[0]
    assert (finding.outcome, finding.strategy, finding.events, finding.n, finding.rate) == figures
    capsys.readouterr()
    assert main(["literature", "summarise", study.id, "--library", str(library)]) == 0
    summary = capsys.readouterr().out
    squeezed = " ".join(summary.split())
    assert all(words in squeezed for words in told) and "does not fit the others" not in squeezed, summary
    assert main(["literature", "verify", "--store", store, "--library", str(library)]) == 0
    assert "not found 0" in capsys.readouterr().out
