"""The evidence one click away: forest plots, and the pages of the digest beside."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from functional.web.people import CARRIED
from functional.web.served import Served, serving


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The pages beside a digest that has a page for one study and for one question only."""
    folder = tmp_path_factory.mktemp("digest")
    for name in ("index.html", "summaries/corboy2023.html", "evidence/stop-relapse.html"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"<title>{name}</title>", encoding="utf-8")
    with serving(digest=str(folder)) as running:
        yield running


def list_links(page: str, start: str) -> set[str]:
    return set(re.findall(rf'href="({start}[^"]*)"', page))


def test_a_citation_leads_to_the_summary_in_the_digest_where_there_is_one(beside: Served) -> None:
    page = beside.post("/answer", CARRIED).text
    assert list_links(page, "/digest/summaries/") == {"/digest/summaries/corboy2023.html"}
    assert list_links(page, "https://pubmed"), "the papers stay one click away"
    assert '<a href="/digest/summaries/corboy2023.html">corboy2023</a>' in page
    assert "corboy2023.html" in beside.get("/digest/summaries/corboy2023.html").text


def test_each_outcome_leads_to_all_its_studies_where_the_explorer_has_a_page(beside: Served) -> None:
    for path in ("/answer", "/findings"):
        found = list_links(beside.post(path, CARRIED).text, "/digest/evidence/")
        assert found == {"/digest/evidence/index.html", "/digest/evidence/stop-relapse.html"}


def test_the_patients_page_leads_to_the_summary_too(beside: Served) -> None:
    assert "/digest/summaries/corboy2023.html" in beside.post("/patient", CARRIED).text


def test_without_a_digest_nothing_leads_there(served: Served) -> None:
    assert "/digest/" not in served.post("/answer", CARRIED).text


def test_the_forest_plots_are_one_click_from_the_answer_with_their_findings_in_words(served: Served) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    assert 'formaction="/findings"' in served.post("/answer", CARRIED).text
    page = served.post("/findings", CARRIED).text
    drawn, told = page.count("data:image/svg+xml;base64,"), page.count("Forest plot of ")
    assert drawn == told >= 1
    assert "People like this one" in page or "Pooled" in page


def test_a_page_says_why_it_has_no_forest_plots(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stepdown.interfaces.web.pages.draw_forests", lambda *_: ([], "Not drawn here."))
    assert "Not drawn here." in served.post("/findings", CARRIED).text
