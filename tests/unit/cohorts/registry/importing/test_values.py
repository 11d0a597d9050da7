"""Cells of text as clinics write them: what each is taken for, and what is refused with a reason."""

from __future__ import annotations

import pytest

from stepdown.cohorts.registry.importing.values import (
    make_style,
    parse_number,
    read_cell,
    read_date,
    read_lab,
    read_therapy,
    read_yes_no,
)
from stepdown.patients.tables import TABLES

ISO = make_style(None, None, (), (), ())
GERMAN = make_style(",", "day-first", ("-9",), ("Ja",), ("Nein", "NA"))
EDSS = TABLES["visits"].column("edss")


@pytest.mark.parametrize(("text", "style", "date"), [
    ("2015-03-01", ISO, "2015-03-01"),
    ("2015-3-1", ISO, "2015-03-01"),
    ("20150301", ISO, "2015-03-01"),
    ("2015-03-01 14:30:00", ISO, "2015-03-01"),
    ("2015-03-01T14:30:00Z", ISO, "2015-03-01"),
    ("2015-03", ISO, "2015-03"),
    ("2015", ISO, "2015"),
    ("03/2015", ISO, "2015-03"),
    ("01.03.2015", GERMAN, "2015-03-01"),
    ("1/3/2015", GERMAN, "2015-03-01"),
    ("01/03/2015", make_style(None, "month-first", (), (), ()), "2015-01-03"),
])
def test_a_date_is_read_in_the_order_of_its_file(text: str, style: object, date: str) -> None:
    assert str(read_date(text, style)) == date  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "style", "reason"), [
    ("01.03.2015", ISO, "day or month first"),
    ("31.02.2015", GERMAN, "no such day"),
    ("2015-13-01", ISO, "no such day"),
    ("1.3.15", GERMAN, "four figures"),
    ("spring 2015", ISO, "must be a date"),
])
def test_a_date_that_could_mean_anything_is_refused(text: str, style: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_date(text, style)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "style", "number"), [
    ("2.5", ISO, 2.5), ("2,5", ISO, 2.5), ("2,5", GERMAN, 2.5), ("1.600", GERMAN, 1600.0), ("-3", ISO, -3.0),
    ("1 600", ISO, 1600.0), ("1,600.5", ISO, 1600.5), ("1e3", ISO, 1000.0), (".5", ISO, 0.5),
    ("1,600", make_style(".", None, (), (), ()), 1600.0), ("1.600,5", GERMAN, 1600.5),
])
def test_a_number_is_read_with_the_comma_of_its_file(text: str, style: object, number: float) -> None:
    assert parse_number(text, style) == number  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "style"), [
    ("1,600", ISO), ("2.5 points", ISO), ("< 0.2", ISO), ("two", ISO), ("1,2,3", ISO), ("2.5", GERMAN),
    ("", ISO), ("1e9999", ISO),
])
def test_a_number_that_could_mean_two_is_refused(text: str, style: object) -> None:
    with pytest.raises(ValueError, match=r"decimal|number"):
        parse_number(text, style)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "hint"), [("25", "decimal point missing"), ("0.5", "by halves"),
                                            ("11", "by halves"), ("2.25", "by halves")])
def test_a_score_that_the_edss_does_not_have_is_refused(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        read_cell(EDSS, ISO)(text)


def test_yes_and_no_are_the_words_of_the_file_and_those_everybody_writes() -> None:
    assert [read_yes_no(text, GERMAN) for text in ("Ja", "nein", "TRUE", "0", "NA")] == \
        [True, False, True, False, False]
    with pytest.raises(ValueError, match="neither yes nor no"):
        read_yes_no("Ja", ISO)


def test_a_cell_that_says_nothing_is_unknown_and_never_no() -> None:
    assert all(ISO.is_unknown(text) for text in (None, "", " ", "NA", "NaN", "unknown"))
    assert GERMAN.is_unknown("-9") and not GERMAN.is_unknown("NA")


@pytest.mark.parametrize(("text", "name"), [
    ("Tysabri", "natalizumab"), ("L04AA23", "natalizumab"), ("Interferon beta", "interferon-beta"),
    ("Wunder  mittel", "other:Wunder mittel"), ("other:Azathioprine", "other:Azathioprine"),
])
def test_a_therapy_is_found_by_inn_brand_or_code_and_else_kept_by_its_name(text: str, name: str) -> None:
    assert read_therapy(text) == name


def test_a_laboratory_value_comes_out_in_the_unit_of_its_test() -> None:
    assert read_lab("lymphocytes", "1600", "/µl", ISO) == (1.6, None)
    assert read_lab("igg", "950", "mg/dL", ISO) == (9.5, None)
    assert read_lab("jcv-index", "0.9", None, ISO) == (0.9, None)
    assert read_lab("hbsag", "Negative", None, ISO) == (None, "negative")


@pytest.mark.parametrize(("test", "value", "unit", "reason"), [
    ("lymphocytes", "1.6", None, "no unit"),
    ("lymphocytes", "1600", "10^9/L", "another unit"),
    ("hbsag", "1.2", None, "one of positive"),
    ("vitamin-d", "30", "ng/mL", "none of lymphocytes"),
])
def test_a_laboratory_value_is_never_guessed_at(test: str, value: str, unit: str | None, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_lab(test, value, unit, ISO)


@pytest.mark.parametrize(("column", "text", "reason"), [
    ("sex", "w", "say in the mapping"), ("course", "benign", "say in the mapping"),
    ("centre", "x" * 201, "at most 200"),
])
def test_a_word_that_is_not_known_says_where_to_explain_it(column: str, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as problem:
        read_cell(TABLES["patients"].column(column), ISO)(text)
    assert text not in str(problem.value) or len(text) == 1
