"""Words of a record on a card are words: no mark, link or picture to a reader of markdown, and no HTML."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.interfaces.cds_hooks.card import LONGEST_SUMMARY, App, escape, make_card

markdown_it = pytest.importorskip("markdown_it", reason="markdown-it-py is not installed")
READER = markdown_it.MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
NASTY = st.sampled_from([
    "<script>alert(1)</script>", "[a](javascript:alert(1))", "![x](http://evil.example/x.png)", "**x**",
    "~~x~~", "`x`", "# x", "1. x", "12) x", "- x", "+ x", "> x", "\n\n# x", "\n---\n", "=== ", "&lt;b&gt;",
    "| a | b |\n|---|---|", "\\*", "<http://evil.example>", "http://evil.example", "HTTPS://evil.example",
    "www.evil.example", "a@evil.example", "&#35;", "    code", "[x]: http://evil.example", "\u2028", "_x_",
    "***", "<!--", "=cmd|' /C calc'!A1",
])  # fmt: skip
WORDS = st.lists(NASTY | st.text(max_size=12), min_size=1, max_size=4).map(" ".join)


@given(WORDS)
def test_words_are_shown_as_they_are_in_a_line_of_a_list(words: str) -> None:
    told = " ".join(words.split())
    shown = READER.render(f"- x {escape(words)}\n- next")
    assert re.findall(r"<(/?\w+)", shown) == ["ul", "li", "/li", "li", "/li", "/ul"]
    if "\x00" not in told:
        assert html.unescape(shown.split("<li>")[1].split("</li>")[0]) == f"x {told}".strip()


@given(WORDS)
def test_words_that_begin_a_line_stay_words(words: str) -> None:
    assert set(re.findall(r"<(/?\w+)", READER.render(escape(words)))) <= {"p", "/p"}


@given(WORDS)
def test_no_bare_address_is_left_of_which_a_reader_makes_a_link(words: str) -> None:
    assert not re.search(r"://|www\.|@", escape(words), re.IGNORECASE)


@given(WORDS)
def test_a_summary_stays_within_its_length_whatever_it_tells(words: str) -> None:
    assert len(make_card(words, "info", "", None)["summary"] if words else "") <= LONGEST_SUMMARY


def test_a_card_leads_to_a_launch_where_there_is_one_and_tells_it_its_own_mark() -> None:
    app = App("https://stepdown.example/", "https://stepdown.example/smart/launch")
    first, second = (make_card("x", "info", "x", app) for _ in range(2))
    (link,) = first["links"]
    assert {name: link[name] for name in ("type", "url")} == {"type": "smart", "url": app.launch}
    assert link["appContext"] == first["uuid"] != second["uuid"]
    assert first["source"]["url"] == "https://stepdown.example/"


def test_a_card_without_a_launch_leads_to_the_pages() -> None:
    (link,) = make_card("x", "info", "x", App("https://stepdown.example/"))["links"]
    assert (link["type"], "appContext" in link) == ("absolute", False)
