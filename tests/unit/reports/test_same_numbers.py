"""Text, HTML, PDF and JSON show the same rounded numbers."""

from __future__ import annotations

import re
import subprocess
from html.parser import HTMLParser

import pytest

from stepdown.decisions.answer import Answer
from stepdown.reports import to_html, to_json, to_pdf, to_text
from unit.reports.invented_answers import INVENTED

NUMBER = re.compile(
    r"(?:(?:fewer than |more than )?\d+ \((?:fewer than |more than )?\d+ to (?:fewer than |more than )?\d+\)"
    r"|0, but up to \d+)"
)
ANSWERED = sorted(name for name in INVENTED if "shown" in str(to_json(INVENTED[name]())))


class _Words(HTMLParser):
    """The words of a page without its style sheet and pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.skipped = 0

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self.skipped += tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self.skipped -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.words.append(data)


def read_page(page: str) -> str:
    reader = _Words()
    reader.feed(page)
    return " ".join(" ".join(reader.words).split())


def read_pdf(pdf: bytes, pdftotext: str) -> str:
    done = subprocess.run([pdftotext, "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode("utf-8").split())


def numbers_of(answer: Answer) -> set[str]:
    """The numbers of the JSON answer, as shown."""
    risks = [risk for option in to_json(answer)["options"] for risk in option["risks"]]
    return {risk["per_100"]["shown"] for risk in risks if risk["per_100"] is not None}


@pytest.mark.parametrize("name", ANSWERED)
def test_the_clinicians_text_has_the_numbers_of_the_json_and_no_other(name: str) -> None:
    text = " ".join(to_text(INVENTED[name]()).split())
    assert set(NUMBER.findall(text)) == numbers_of(INVENTED[name]())


@pytest.mark.parametrize("name", ANSWERED)
def test_the_clinicians_page_has_them(name: str) -> None:
    assert set(NUMBER.findall(read_page(to_html(INVENTED[name]())))) == numbers_of(INVENTED[name]())


@pytest.mark.parametrize("name", ANSWERED)
def test_the_clinicians_pdf_has_them(name: str, pdftotext: str) -> None:
    read = read_pdf(to_pdf(INVENTED[name]()), pdftotext)
    assert set(NUMBER.findall(read)) == numbers_of(INVENTED[name]())


@pytest.mark.parametrize("name", ANSWERED)
def test_the_patients_words_have_the_estimate_the_rest_and_the_range_of_the_json(name: str) -> None:
    text = " ".join(to_text(INVENTED[name](), "patient").split())
    page = read_page(to_html(INVENTED[name](), "patient"))
    for estimate, low, high in tell_apart(INVENTED[name]()):
        told = (
            f"anywhere from {low} to {high} of every 100" if estimate != "0" else f"Up to {high} of every 100"
        )
        assert told in text
        assert told in page


def tell_apart(answer: Answer) -> list[tuple[str, str, str]]:
    """Estimate, low and high of what the pictures show, from the shown words of the JSON."""
    from stepdown.reports.comparison import choose_columns, find_cell

    columns = choose_columns(answer.options)
    cells = [find_cell(option, column).shown for option in answer.options for column in columns]
    return [(shown.estimate, shown.low, shown.high) for shown in cells if shown is not None]
