"""A date is as exact as it is printed, and no day or month is invented."""

from __future__ import annotations

import pytest

etree = pytest.importorskip("lxml.etree")

from stepdown.literature.record_dates import read_date, read_issue_date  # noqa: E402


@pytest.mark.parametrize(
    ("inside", "date", "printed"),
    [
        ("<Year>2021</Year>", "2021", ""),
        ("<Year>2021</Year><Month>Jun</Month>", "2021-06", ""),
        ("<Year>2021</Year><Month>6</Month><Day>9</Day>", "2021-06-09", ""),
        ("<Year>2021</Year><Month>September</Month><Day>30</Day>", "2021-09-30", ""),
        ("<Year>2021</Year><Month>Feb</Month><Day>30</Day>", "2021-02", ""),
        ("<Year>2021</Year><Month>13</Month><Day>3</Day>", "2021", ""),
        ("<Year>2021</Year><Season>Spring</Season>", "2021", "2021 Spring"),
        ("<MedlineDate>2021 May-Jun</MedlineDate>", "2021", "2021 May-Jun"),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", "1998", "1998 Dec-1999 Jan"),
        ("<MedlineDate>Spring</MedlineDate>", "None", "Spring"),
        ("<Year>n.d.</Year>", "None", ""),
    ],
)
def test_an_issue_is_dated_as_far_as_it_says(inside: str, date: str, printed: str) -> None:
    found = read_issue_date(etree.fromstring(f"<PubDate>{inside}</PubDate>"))
    assert (found.kind, str(found.date), found.printed) == ("issue", date, printed)


def test_a_stamp_keeps_its_kind_and_leaves_out_the_hour() -> None:
    parts = "<Year>2021</Year><Month>6</Month><Day>7</Day><Hour>6</Hour><Minute>0</Minute>"
    found = read_date(etree.fromstring(f"<PubMedPubDate>{parts}</PubMedPubDate>"), "received")
    assert (found.kind, str(found.date)) == ("received", "2021-06-07")
