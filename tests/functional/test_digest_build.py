"""``stepdown digest build``: what is in the folder, and what an editor is told."""

from __future__ import annotations

import json
import posixpath
import re
from datetime import date
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from functional.reports.digest_library import make_digest_library
from stepdown.evidence.reading import read_library
from stepdown.evidence.supposing import supposing
from stepdown.interfaces.cli import main
from stepdown.literature.citation import AbstractSection, Citation
from stepdown.literature.summaries.choosing import choose_results
from stepdown.literature.summaries.writing import sort_unsummarised
from stepdown.reports.digest.entries import Entry, sort_newest, split_pages
from stepdown.reports.digest.feeds import make_id, write_atom
from stepdown.reports.digest.site import Setup, Site, make_site

ON = date(2026, 11, 30)
URL = "https://digest.example.org/"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def site() -> Site:
    studies = make_digest_library()
    with supposing(studies):
        return make_site(studies, Setup(ON, URL))


def entry(study: str, added: str, published: str = "2024", updated: str = "") -> Entry:
    return Entry(study, "H", "T", (), (), (), "A title", published, added, updated or added, "v", False)


def test_the_newest_of_our_library_comes_first_then_the_newest_paper() -> None:
    rows = [entry("a", "2026-01-01"), entry("b", "2026-02-01", "2020"), entry("c", "2026-02-01", "2024-05")]
    assert [row.study for row in sort_newest(rows)] == ["c", "b", "a"]


def test_a_list_is_cut_into_pages_that_know_their_neighbours() -> None:
    pages = list(split_pages([entry(str(place), "2026-01-01") for place in range(101)], "x"))
    assert [(page.name, len(page.entries), page.previous, page.next) for page in pages] == [
        ("x.html", 50, "", "x-2.html"),
        ("x-2.html", 50, "x.html", "x-3.html"),
        ("x-3.html", 1, "x-2.html", ""),
    ]
    assert [page.of for page in split_pages([], "x")] == [1]


def test_nothing_dated_in_the_future_is_shown(site: Site) -> None:
    assert site.left_out == [
        ("invented-later", "its date 2027-01-01 lies after 2026-11-30"),
        ("invented-simulated", "its people are invented: it comes from a simulated registry"),
    ]
    assert not [path for path in site.files if "invented-later" in path]
    assert not [path for path, text in site.files.items() if "2027-" in text]


def test_a_study_without_a_number_is_listed_with_the_reason(site: Site) -> None:
    assert "summaries/aan2018.html" not in site.files
    assert "Practice guideline" in site.files["others.html"]
    assert "They give advice" in site.files["others.html"]


def test_every_study_has_a_page_or_a_reason() -> None:
    library = read_library()
    whole = make_site(library, Setup(ON))
    without = [study for study in library.values() if choose_results(study) is None]
    assert whole.summaries + len(without) == len(library)
    told = unescape(whole.files["others.html"])
    assert all(study.title in told for study in without)
    in_words = [study for study in without if sort_unsummarised(study) == "words"]
    pages = {path for path in whole.files if path.startswith("summaries/")}
    assert len(in_words) > 10 and len(pages) == whole.summaries + len(in_words)
    for study in in_words:
        page = unescape(whole.files[f"summaries/{study.id}.html"])
        assert study.title in page and "so we write no summary" in page


def test_a_list_and_a_feed_tell_the_time_frame_with_the_main_point(site: Site) -> None:
    told = "Of every 100 people who stopped their drug, about 12 had new disease activity. "
    frame = "This is the count within 2 years."
    for path in ("index.html", "feed.xml", "feed.json", "search-index.js"):
        assert told + frame in site.files[path], path
    assert told + frame in " ".join(site.files["newsletter/2026-11-30.txt"].split())


def test_a_summary_that_the_store_contradicts_is_left_out_and_named() -> None:
    library = {"corboy2023": read_library()["corboy2023"]}
    record = Citation("37353277", 1, abstract=(AbstractSection("An invented abstract with 16 of 999."),))
    built = make_site(library, Setup(ON, citations={record.pmid: record}))
    assert built.summaries == 0
    assert "the abstract in the store does not print" in dict(built.left_out)["corboy2023"]


def test_a_withdrawn_paper_is_marked_wherever_it_is_listed(site: Site) -> None:
    lists = ("index.html", "feed.xml", "feed.json", "newsletter/2026-11-30.txt")
    for path in ("summaries/invented-gone.html", *lists):
        told = " ".join(site.files[path].replace("! ", "").split())
        assert "This paper was withdrawn on 2026-11-25." in told, path
    assert "4 of 40" not in site.files["summaries/invented-gone.html"]


def test_the_feeds_have_stable_ids_and_move_when_a_summary_changes(site: Site) -> None:
    items = {item["id"]: item for item in json.loads(site.files["feed.json"])["items"]}
    changed = items[make_id("invented-changed")]
    assert (changed["date_published"][:10], changed["date_modified"][:10]) == ("2026-01-02", "2026-11-26")
    atom = Xml.fromstring(site.files["feed.xml"])
    ids = [found.findtext(f"{ATOM}id") for found in atom.iter(f"{ATOM}entry")]
    assert set(ids) == set(items)
    assert len(ids) == len(set(ids)) == site.summaries
    assert atom.findtext(f"{ATOM}updated") == "2026-11-26T00:00:00Z"
    assert make_id("corboy2023") == make_id("corboy2023") != make_id("corboy2024")


def test_a_feed_escapes_what_it_is_given() -> None:
    told = write_atom([entry("<&>", "2026-01-01")], URL, "2026-01-01")
    assert Xml.fromstring(told).find(f"{ATOM}entry/{ATOM}link").get("href") == f"{URL}summaries/<&>.html"  # type: ignore[union-attr]


def test_each_summary_says_in_json_ld_what_paper_it_is_about(site: Site) -> None:
    page = site.files["summaries/corboy2023.html"]
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found
    told = json.loads(found[1])
    assert (told["@type"], told["url"]) == ("MedicalWebPage", f"{URL}summaries/corboy2023.html")
    assert told["citation"]["sameAs"][0] == "https://doi.org/10.1016/S1474-4422(23)00154-0"
    gone = site.files["summaries/invented-gone.html"]
    assert '"creativeWorkStatus":"Retracted"' in gone


def test_the_sitemap_names_every_page(site: Site) -> None:
    nodes = Xml.fromstring(site.files["sitemap.xml"]).iter()
    found = {node.text for node in nodes if node.tag.endswith("loc")}
    pages = {path for path in site.files if path.endswith(".html") and not path.startswith("newsletter/")}
    assert found == {URL + path for path in pages}


def test_every_link_inside_the_site_leads_somewhere(site: Site) -> None:
    missing = set()
    for path, text in site.files.items():
        if path.endswith(".html") and not path.startswith("newsletter/"):
            for address in re.findall(r'(?:href|src)="([^"#:]+)(?:#[^"]*)?"', text):
                target = posixpath.normpath(posixpath.join(posixpath.dirname(path), address))
                missing |= {(path, address)} if target not in site.files else set()
    assert missing == set()


def test_the_newsletter_tells_what_is_new_and_what_changed(site: Site) -> None:
    told = site.files["newsletter/2026-11-30.txt"]
    assert "studies new in our library." in told
    new, _, changed = told.partition("Changed since the last issue")
    assert "invented-changed" not in new
    assert f"{URL}summaries/invented-changed.html" in changed
    assert max(map(len, told.splitlines())) <= 80
    assert f"{URL}summaries/invented-changed.html" in site.files["newsletter/2026-11-30.html"]


def test_an_evidence_page_tells_trials_and_cohorts_apart(site: Site) -> None:
    page = site.files["evidence/stop-relapse.html"]
    assert "Trials: put together, 2 studies say" in page
    assert "Clinics and registers: one study says" in page
    assert 'href="../summaries/corboy2023.html"' in page


def test_the_command_writes_a_page_for_every_study_that_reports_a_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["digest", "build", "-o", str(tmp_path / "site"), "--on", "2026-11-30"]) == 0
    told = capsys.readouterr()
    assert told.out.strip() == str(tmp_path / "site" / "index.html")
    written = {path.stem for path in (tmp_path / "site" / "summaries").iterdir()}
    assert written == {name for name, study in read_library().items()
                       if choose_results(study) or sort_unsummarised(study) == "words"}
    assert not (tmp_path / "site" / "sitemap.xml").exists()


LIBRARY_STUDY = """
id = "invented2024"
title = "An invented trial"
design = "rct"
disease = "MS"
read = "abstract"
published = "2024"
added = "2026-11-21"
topic = "stopping"
[[findings]]
id = "relapse-stop"
outcome = "relapse"
strategy = "stop"
report = "counts"
definition = "any relapse"
locator = "abstract"
events = 3
n = 45
"""


def test_a_new_build_takes_away_what_is_gone_and_keeps_old_newsletters(tmp_path: Path) -> None:
    library, folder = tmp_path / "library", tmp_path / "site"
    library.mkdir()
    given = ["digest", "build", "-o", str(folder), "--library", str(library), "--on"]
    for name in ("invented2024", "invented2025"):
        text = LIBRARY_STUDY.replace("invented2024", name)
        (library / f"{name}.toml").write_text(text, encoding="utf-8")
    assert main([*given, "2026-11-29"]) == 0
    (library / "invented2025.toml").unlink()
    assert main([*given, "2026-11-30"]) == 0
    assert [path.stem for path in (folder / "summaries").iterdir()] == ["invented2024"]
    assert {path.stem for path in (folder / "newsletter").iterdir()} == {"2026-11-29", "2026-11-30"}


def test_a_folder_that_holds_something_else_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    assert main(["digest", "build", "-o", str(tmp_path)]) == 2
    assert "holds something that is no digest" in capsys.readouterr().err


def test_an_address_that_cannot_be_one_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["digest", "build", "-o", str(tmp_path / "x"), "--url", "digest.example.org"]) == 2
    assert "--url must begin with https://" in capsys.readouterr().err
