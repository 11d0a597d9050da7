"""The HTML pages as text: whole, escaped, self-contained, and light to import."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepdown.decisions.answer import Alert, Answer, FactLine
from stepdown.decisions.source import Source
from stepdown.reports import Clinic, to_html, to_json, to_text
from stepdown.reports.html.page import find_citations
from stepdown.reports.wording import name_word
from unit.reports.invented_answers import INVENTED, injectable, natalizumab, option, refused

AUDIENCES = ("clinician", "patient")
ATTACKS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "'\"><svg onload=alert(1)>", "{{ 7 * 7 }}",
    "[x](javascript:alert(1))", "</style><b>", "</title><b>", "&lt;b&gt;", "{person}", "**bold**",
)  # fmt: skip
TAG = re.compile(r"<\s*/?\s*(script|img|svg|b|a)\b[^>]*>", re.IGNORECASE)


def attacked(text: str) -> Answer:
    """An invented answer with hostile text in each place that an input file or a library can fill."""
    hostile = option(
        "switch", "possible", injectable().options[0].risks, therapy=f"other:{text}", meaning=text
    )
    return replace(
        injectable(), person=text, options=(hostile, *injectable().options),
        alerts=(Alert("x", "urgent", text, (text,)),),
        facts=(FactLine(text, text, text, "known", text, (text,)),),
        sources={text: Source(text, 2020, text, text, "abstract", (text,), text)}, preferences=(text,),
    )  # fmt: skip


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("text", ATTACKS)
def test_hostile_text_adds_no_tag(audience: str, text: str) -> None:
    """As many tags of each kind as with harmless text in the same places."""
    clinic = Clinic(text, text, text, text)
    hostile, harmless = (to_html(attacked(each), audience, clinic) for each in (text, "harmless"))
    assert count_tags(hostile) == count_tags(harmless)


@cache
def count_harmless(audience: str) -> dict[str, int]:
    return count_tags(to_html(attacked("harmless"), audience))


def count_tags(page: str) -> dict[str, int]:
    found = [match.group(1).lower() for match in TAG.finditer(page)]
    return {kind: found.count(kind) for kind in set(found)}


@settings(max_examples=15)
@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
)
def test_any_text_is_escaped(text: str) -> None:
    for audience in AUDIENCES:
        assert count_tags(to_html(attacked(text), audience)) == count_harmless(audience)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_page_fetches_nothing_and_runs_nothing(invented: Answer, audience: str) -> None:
    page = to_html(invented, audience)
    assert "<script" not in page
    assert not re.search(r"<link\b|@import|url\(", page)
    assert all(address.startswith("data:") for address in re.findall(r'src="([^"]*)"', page))


def test_addresses_from_a_source_are_web_pages_only() -> None:
    hostile = Source("Invented", 2020, None, None, "abstract", (), "javascript:alert(1)")
    answer = replace(injectable(), sources={"invented-trial#stop-2y": hostile})
    assert find_citations(answer, ("invented-trial#stop-2y",)) == [("invented-trial", "#source-1")]
    assert "javascript:" not in to_html(answer)


def test_a_citation_leads_to_the_paper_in_one_step() -> None:
    page = to_html(injectable())
    assert '<a href="https://pubmed.ncbi.nlm.nih.gov/00000001/">invented-trial</a>' in page


def test_a_citation_of_a_study_finds_it_under_its_own_key() -> None:
    answer = replace(injectable(), sources={"invented-trial": injectable().sources["invented-trial#stop-2y"]})
    (citation,) = find_citations(answer, ("invented-trial#stop-2y",))
    assert citation[1].startswith("https://pubmed")


def test_every_option_and_standing_stands_in_the_first_table(invented: Answer) -> None:
    table = to_html(invented).split("</table>")[0]
    for each in invented.options:
        assert f'class="badge {each.standing}"' in table
        assert name_word("standing", each.standing) in table


def test_the_clinicians_page_shows_all_there_is() -> None:
    page = to_html(natalizumab())
    for told in (
        "within 84 days",
        "fewer than 0.1 to 10",
        "stated in a source",
        "proposed here",
        "Start again if",
        "not known",
        "Did not fire: relapse-recent",
        "MS activity in 2 of 30",
    ):
        assert told in page


def test_a_refusal_leads_with_its_reason() -> None:
    page = to_html(refused())
    assert page.index("The diagnosis is NMOSD") < page.index("Options side by side")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_page_says_that_it_is_no_medical_device(invented: Answer, audience: str) -> None:
    assert "medical device" in to_html(invented, audience)


@pytest.mark.parametrize("name", sorted(INVENTED))
def test_each_id_on_a_page_is_unique(name: str) -> None:
    for audience in AUDIENCES:
        ids = re.findall(r'\bid="([^"]+)"', to_html(INVENTED[name](), audience))
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", sorted(INVENTED))
def test_each_link_inside_a_page_has_its_place(name: str) -> None:
    for audience in AUDIENCES:
        page = to_html(INVENTED[name](), audience)
        assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r'\bid="([^"]+)"', page))


def test_text_and_json_load_no_templates_and_pages_load_no_drawing_library_for_curves() -> None:
    code = (
        "import sys; from unit.reports.invented_answers import injectable as one;"
        "from stepdown.reports import to_text, to_json;"
        "to_text(one()); to_text(one(), 'patient'); to_json(one());"
        "print(sorted({'jinja2', 'matplotlib', 'weasyprint', 'scipy.stats'} & set(sys.modules)));"
        "from stepdown.reports import to_html; from stepdown.reports.number_pictures import draw_pictures;"
        "assert 'curve-picture' in to_html(one(), 'patient'); assert draw_pictures(one().options);"
        "print(sorted({'matplotlib', 'weasyprint', 'scipy.stats'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
    )
    assert done.stdout.split() == ["[]", "[]"]


def test_json_keeps_hostile_text_as_it_is() -> None:
    assert to_json(attacked(ATTACKS[0]))["person"] == ATTACKS[0]


def test_braces_in_a_name_are_not_filled() -> None:
    assert "{person}" in to_text(attacked("{person}"), "patient")
