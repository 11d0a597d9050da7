"""What an evidence editor gets: summaries, the site, the gate. All people are invented.

Written by somebody who had not seen the program; the expectations stand as they were written.
"""

import json
import re
import textwrap
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from acceptance.evidence_editor.desk import (
    DAY,
    HERE,
    ON,
    Desk,
    Ran,
    plain,
    record,
    run,
    text,
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)

# --- 17 to 19: summaries --------------------------------------------------------------------------


def summary(library: Path, study: str) -> tuple[dict[str, Any], str]:
    ran = run("literature", "summarise", study, "--library", library, "--format", "json")
    told = ran.json["summary"]
    return told, " ".join(c["text"] for chunk in told["chunks"] for c in chunk["claims"])


def test_none_of_17_people_with_another_illness_is_no_promise_and_not_about_ms() -> None:
    told, words = summary(HERE / "library", "halcyon2025")
    assert told["headline"].startswith("NMOSD") and any(
        "not about ms" in b.lower() for b in map(str, told["banners"])
    )
    assert re.search(r"none of (the )?17|0 of 17", words.lower())
    # Clopper-Pearson for 0 of 17: 1 - 0.025 ** (1 / 17) = 0.195, so 20 of 100 (19 or 20 when rounded)
    assert re.search(r"\b(19|20) of every 100", words)
    assert re.search(r"[Nn]o ?(body|-one|one) was compared", words)
    assert not re.search(r"\bsafe|no risk|never\b", words.lower())
    assert "vesper2024" not in json.dumps(told), "a study of MS is no relative of a study of NMOSD"


def test_4_of_41_is_told_as_10_of_100_with_its_range_beside_the_others_and_nobody_wins() -> None:
    _, words = summary(HERE / "library", "vesper2024")
    assert "10 of every 100" in words.replace("about ", "").replace(
        "Of every 100", "of every 100"
    ) or re.search(r"[Oo]f every 100 people who stopped ocrelizumab, about 10", words)
    assert "4 of 41" in words and "6 of 40" in words and re.search(r"\b15\b", words)  # 6 / 40 = 15 of 100
    assert re.search(r"as little as 3 .* 23 of every 100", words)  # exact: 2.7 to 23.1
    assert "16 months" in words and not re.search(r"\b(few|most|many|rare|rarely|low)\b", words.lower())
    assert not re.search(r"(more|less) often\.", words) and not re.search(r"1 in 10\b", words)
    assert 250 <= len(words.split()) <= 380  # body 250 to 350, and the boxes that every page has


DIRECTION: dict[
    str, tuple[bool, bool]
] = {  # may it say "more often", may it say "less often", of those who stopped
    "stopworse2024": (True, False),
    "stopbetter2024": (False, True),
    "otherway2024": (True, False),
    "unclear2024": (False, False),
    "upsidedown2024": (False, False),
}


@pytest.mark.parametrize("study", DIRECTION)
def test_which_group_did_worse_is_never_told_the_wrong_way_round(study: str) -> None:
    _, words = summary(HERE / "directions", study)
    more, less = re.search(r"more often", words), re.search(r"less often|not as often", words)
    assert (more is None or DIRECTION[study][0]) and (less is None or DIRECTION[study][1])
    if study in ("stopworse2024", "stopbetter2024"):
        assert more or less, "the study's own contrast shows a difference"


def test_count_and_ratio_that_point_in_opposite_directions_are_a_fault() -> None:
    ran = run(
        "evidence", "check", HERE / "directions" / "upsidedown2024.toml"
    )  # 30 v 10 of 100, "RR 0.333"
    assert ran.code == 2, ran.said


# --- 20: the site ---------------------------------------------------------------------------------


def test_study_with_a_date_in_the_future_is_on_no_page_and_in_no_pool_of_the_site(desk: Desk) -> None:
    desk.studies("library")
    site, ran = desk.site()
    assert "morrow2027" in ran.err
    assert [
        p.name for p in site.rglob("*.html") if "33 of 60" in p.read_text() or "morrow2027" in p.read_text()
    ] == []


def test_pooled_figure_beside_a_study_does_not_rest_on_one_that_is_left_out(desk: Desk) -> None:
    desk.studies("library")
    site, _ = desk.site()
    # without the paper of next year vesper2024 stands alone: nothing can be put together
    assert "studies that can be put together" not in plain(site / "summaries" / "vesper2024.html")


def test_notice_that_gives_only_a_year_does_not_become_the_day_of_the_build(desk: Desk) -> None:
    desk.studies("withdrawn")
    desk.take(
        record(900, "Retraction: notice.", notices=(("RetractionOf", 90000005),), date="<Year>2024</Year>")
    )
    site, _ = desk.site("--store", desk.store)
    told = plain(site / "summaries" / "ashby2023.html").lower()
    assert "withdrawn" in told and f"withdrawn on {ON}" not in told


def test_withdrawn_paper_is_not_said_to_agree_with_another(desk: Desk) -> None:
    desk.studies("withdrawn")
    desk.take(record(900, "Retraction: notice.", notices=(("RetractionOf", 90000005),), electronic=DAY))
    for study in ("ashby2023", "birch2024"):
        ran = run("literature", "summarise", study, "--library", desk.library, "--store", desk.store)
        assert ran.code == 0 and not re.search(r"Agrees|Contradicts", ran.out), study


def test_number_that_its_abstract_denies_is_on_no_page_of_evidence_either(desk: Desk) -> None:
    desk.studies("withdrawn")
    denied = text("Of 50 patients who stopped, 31 relapsed.", "RESULTS")
    desk.take(record(90000005, "Stopping fingolimod in multiple sclerosis.", denied))
    site, ran = desk.site("--store", desk.store)
    assert "ashby2023" in ran.err and [p.name for p in site.rglob("*.html") if "5 of 50" in plain(p)] == []


def test_site_has_no_future_day_no_script_of_a_title_no_mixed_illnesses_and_ids_that_stay(
    desk: Desk,
) -> None:
    desk.studies("library")
    site, ran = desk.site()
    assert ran.code == 0 and "morrow2027" in ran.err
    everything = {
        p: p.read_text() for p in site.rglob("*") if p.suffix in (".html", ".xml", ".json", ".txt")
    }
    assert not any("<script>alert(1)" in body for body in everything.values())
    assert all(
        day <= ON for body in everything.values() for day in re.findall(r"\b20\d\d-\d\d-\d\d\b", body)
    )
    nmosd = site / "summaries" / "halcyon2025.html"
    assert "not about ms" in plain(nmosd).lower() and "vesper2024" not in nmosd.read_text()
    ids = [i["id"] for i in json.loads((site / "feed.json").read_text())["items"]]
    moved, _ = desk.site("--url", "https://digest.example.org/")
    feed = json.loads((moved / "feed.json").read_text())["items"]
    assert len(ids) == 2 and [i["id"] for i in feed] == ids
    assert (
        all(i["url"].startswith("https://digest.example.org/") for i in feed)
        and (moved / "sitemap.xml").exists()
    )


def test_publishers_own_lay_summary_comes_first_and_a_number_the_abstract_denies_gets_no_page(
    desk: Desk,
) -> None:
    desk.studies("library")
    lay = text("We looked at people &amp; drugs.")
    lay = f'<OtherAbstract Type="plain-language-summary" Language="eng">{lay}</OtherAbstract>'
    good = text("Of 41 patients who stopped, 4 (9.8%) relapsed; 6 of 40 who stayed did.", "RESULTS")
    denied = text("Of 17 patients who stopped rituximab, 9 relapsed.", "RESULTS")
    desk.take(
        record(90000041, "Stopping ocrelizumab in multiple sclerosis.", good, other=lay),
        record(90000017, "Stopping rituximab in NMOSD.", denied),
    )
    site, ran = desk.site("--store", desk.store)
    page = plain(site / "summaries" / "vesper2024.html")
    assert 0 <= page.find("We looked at people & drugs.") < page.find("Of every 100 people who stopped")
    assert "halcyon2025" in ran.err and not (site / "summaries" / "halcyon2025.html").exists()


# --- 21 and 22: the gate --------------------------------------------------------------------------


def gate(desk: Desk, words: str, study: str = "vesper2024") -> Ran:
    path = desk.file(words, "text.txt")
    return run(
        "literature", "gate", path, "--study", study, "--library", HERE / "library", "--format", "json"
    )


@cache
def ours(study: str = "vesper2024") -> str:
    return run("literature", "summarise", study, "--library", HERE / "library").out


def test_gate_lets_our_own_summaries_through_also_from_another_editor_program(desk: Desk) -> None:
    for study in ("vesper2024", "halcyon2025"):
        for form in (ours(study), ours(study).replace("\n", "\r\n"), ours(study) + "\n\n"):
            ran = gate(desk, form, study)
            assert ran.code == 0, ran.said


def test_gate_lets_our_own_summary_through_when_it_was_saved_with_a_byte_order_mark(desk: Desk) -> None:
    assert gate(desk, "\ufeff" + ours()).code == 0


GOOD = """MS: what happened when people stopped ocrelizumab?

81 people with MS took part. Of the 41 people who stopped ocrelizumab, 4 had a relapse. That is
about 10 of every 100 people who stopped ocrelizumab. The true figure could be as little as 3 or as
much as 23 of every 100. Half of the people were watched for 16 months or more. Of the 40 people who
stayed on ocrelizumab, 6 had a relapse. {sure} It cannot tell you your own risk. Do not stop or
change your drug on your own. Ask your MS team. Write your questions down before the visit. PubMed
90000041.
"""


@cache
def sure() -> str:
    told, _ = summary(HERE / "library", "vesper2024")
    return str(next(c["text"] for k in told["chunks"] for c in k["claims"] if c["role"] == "sure"))


@pytest.mark.parametrize("width", [0, 120, 72])
def test_gate_lets_a_true_text_of_an_editor_through_however_its_lines_are_broken(
    desk: Desk, width: int
) -> None:
    head, body = GOOD.format(sure=sure()).split("\n\n", 1)
    body = " ".join(body.split())
    ran = gate(desk, f"{head}\n\n{textwrap.fill(body, width) if width else body}\n")
    assert ran.code == 0, ran.json["objections"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Of 41 people who stopped ocrelizumab, 4 had a relapse.",
        "Four of 41 people who stopped ocrelizumab had a relapse.",
        "Of every 100 people who stayed on ocrelizumab, about 15 had a relapse.",
        "Bring somebody you trust to the visit.",
    ],
)
def test_gate_lets_a_true_sentence_beside_ours_through(desk: Desk, sentence: str) -> None:
    ran = gate(desk, f"{ours()}\n{sentence}\n")
    assert ran.code == 0, ran.json["objections"]


FALSE = [
    "Of 41 people who stopped ritonavir, 4 had a relapse.",
    "Of 41 people who stopped rituximab, 4 had a relapse.",
    "Of 41 people who stopped rituxіmab, 4 had a relapse.",  # with a Cyrillic letter
    "Of 41 people who stopped Tysabri, 4 had a relapse.",
    "Of 41 people who stopped zolimumab, 4 had a relapse.",
    "The FDA gave stopping the green light.",
    "Europe has licensed pauses of ocrelizumab.",
    "There is no risk in stopping ocrelizumab.",
    "Stopping ocrelizumab carries zero danger.",
    "Nothing bad can happen when you stop.",
    "Stopping is harmless.",
    "Of 40 people who stopped ocrelizumab, 4 had a relapse.",
    "Of 81 people who stopped ocrelizumab, 4 had a relapse.",
    "Of 41 people who stopped ocrelizumab, 6 had a relapse.",
    "Of 41 people who stopped ocrelizumab, 37 had a relapse.",
    "Of 41 people who stopped ocrelizumab, ４０ had a relapse.",
    "Only 4 % of the people who stopped ocrelizumab had a relapse.",
    "Of every 1,000 people who stopped ocrelizumab, about 10 had a relapse.",
    "Of 41 people who stopped ocrelizumab, 4 died.",
    "Of 41 people who stopped ocrelizumab, 4 had cancer.",
    "They were watched for 16 years.",
    "The same holds for people with NMOSD.",
    "The same holds for children and pregnant women.",
    "People who stopped ocrelizumab had a relapse less often than those who stayed.",
    "Half as many people had a relapse when they stopped.",
    "It is like taking a break from a vitamin.",
    "You should stop now.",
    "You need not ask your MS team before you stop.",
    "None of the people who stopped ocrelizumab had a relapse.",
    "Everybody who stopped ocrelizumab stayed well.",
    "The true figure is surely below 10 of every 100.",
    # written on a second look
    "Of 41 people who stopped rituximap, 4 had a relapse.",
    "Of 41 people who stopped rituxi\u200bmab, 4 had a relapse.",
    "All people who stopped ocrelizumab stayed free of relapses.",
    "Not a single person had a relapse.",
    "Hardly anyone had a relapse.",
    "No harm can come of it.",
    "Stopping cannot hurt you.",
    "Skip your next dose.",
    "Stop now.",
    "There is no\nrisk in stopping.",
]


@pytest.mark.parametrize("sentence", FALSE)
def test_gate_stops_a_false_sentence_within_a_text_that_is_ours(desk: Desk, sentence: str) -> None:
    ran = gate(desk, f"{ours()}\n{sentence}\n")
    assert ran.code == 2 and any(o["sentence"] for o in ran.json["objections"]), sentence
