"""Every number that a rule, an alert or a refusal says stands in the finding or catalogue field it names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from stepdown.decisions.alerts import read_alerts
from stepdown.decisions.immunotherapy import read_immunotherapy
from stepdown.decisions.options import read_option_table
from stepdown.decisions.pml import read_pml_table
from stepdown.decisions.refusing import read_refusals
from stepdown.decisions.rules.judging import read_rules
from stepdown.evidence.reading import read_library
from unit.decisions.rules.cited_numbers import (
    COUNT,
    DAYS,
    INTERVAL,
    NAMES,
    RATIO,
    find_unsupported,
    read_cited,
    read_own_numbers,
)

EXCEPTIONS = tomllib.loads(Path(__file__).with_name("number_exceptions.toml").read_text("utf-8"))
DIGITS = re.compile(r"\d+\.\d+|\d+")


@dataclass(frozen=True)
class Sentence:
    """One text of the data files, what it names as its sources, and the limits of its own rule."""

    row: str
    text: str
    sources: tuple[str, ...]
    drugs: tuple[str, ...] = ()
    own: frozenset[float] = frozenset()

    def find_faults(self, text: str | None = None) -> list[str]:
        """The claims of this text, or of a changed one, that the sources do not hold."""
        cited = read_cited(self.sources, self.drugs)
        return find_unsupported(self.text if text is None else text, cited, self.own)


def _rules() -> Iterator[Sentence]:
    for row in (*read_rules(), *read_alerts()):
        drugs, own = tuple(row.get("drugs", ())), frozenset(read_own_numbers(row))
        for key in ("text", "text_unknown", "would_change"):
            if key in row:
                yield Sentence(row["id"], row[key], tuple(row["sources"]), drugs, own)


def _others() -> Iterator[Sentence]:
    table = read_immunotherapy()
    for row in table["finding"]:
        text = f"{row['what']}. {row['who']}"
        yield Sentence(row["source"], text, (row["source"], *row.get("more", ())))
    for row in (*table["sentence"], *read_pml_table()["note"]):
        yield Sentence(row["id"], row["text"], tuple(row["sources"]))
    for disease, rows in read_refusals()["known"].items():
        for number, row in enumerate(rows, 1):
            yield Sentence(f"{disease}-{number}", row["text"], tuple(row["sources"]))
    for row in read_refusals()["refusal"]:
        yield Sentence(row["id"], row["reason"], ())


SENTENCES = (*_rules(), *_others())
TABLES = [*read_option_table()["bridge"].values(), read_option_table()["rank"]]
EXCUSED = {(row["row"], row["claim"]) for row in EXCEPTIONS["number"]}
BARE = {(row["row"], row["study"]) for row in EXCEPTIONS["bare_study"]}


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda each: each.row)
def test_every_number_stands_in_a_source_of_its_sentence(sentence: Sentence) -> None:
    faults = [claim for claim in sentence.find_faults() if (sentence.row, claim) not in EXCUSED]
    assert faults == [], sentence.text


def test_every_exception_is_still_needed_and_has_a_reason() -> None:
    needed = {(each.row, claim) for each in SENTENCES for claim in each.find_faults()}
    assert needed == EXCUSED
    assert all(row["reason"].strip() for rows in EXCEPTIONS.values() for row in rows)


def test_every_finding_that_is_named_exists() -> None:
    keys = {key for sources in (*(each.sources for each in SENTENCES), *(row["sources"] for row in TABLES))
            for key in sources if "#" in key and not key.startswith("therapies:")}
    held = {f"{study.id}#{finding.id}" for study in read_library().values() for finding in study.findings}
    assert keys <= held


def test_a_study_is_named_with_its_finding() -> None:
    bare = {(each.row, key) for each in SENTENCES for key in each.sources if key in read_library()}
    assert bare == BARE
    assert not [key for row in TABLES for key in row["sources"] if key in read_library()]


@pytest.mark.parametrize("group", ["natalizumab", "s1p"])
@pytest.mark.parametrize("limit", ["aim_days", "max_gap_days"])
def test_the_gap_of_a_bridge_stands_in_its_sources(group: str, limit: str) -> None:
    row = read_option_table()["bridge"][group]
    cited = read_cited(row["sources"])
    assert row[limit] in cited.days and (row[limit] / DAYS["week"], "week") in cited.times


# By hand, of corboy2023: 16 of 131 who stopped and 6 of 128 who went on had activity, difference 7.5 points.
# Of dmsr_deescalation: HR 2.05 (1.45 to 2.91). Of foley2022: 72 weeks, 4.3 and 4.1 of 100.
CORBOY = ("corboy2023#any-activity-stop-2y", "corboy2023#any-activity-continue-2y")
DANES = ("dmsr_deescalation#any-activity-by-prior-activity",)
NOVA = ("foley2022#mri-activity-q6w",)


@pytest.mark.parametrize(
    ("sources", "right", "wrong"),
    [
        (CORBOY, "16 of 131", ["15 of 131", "16 of 130", "16 of 128", "6 of 131"]),
        (CORBOY, "a mean age of 63", ["a mean age of 36", "a mean age of 62"]),
        (CORBOY, "within 2 years", ["within 2 months", "within 12 years"]),
        (DANES, "(HR 2.05, 1.45 to 2.91)", ["(HR 2.50, 1.45 to 2.91)", "(HR 2.05, 1.45 to 2.19)"]),
        (DANES, "HR 2.05", ["HR 2.04", "HR 1.45", "HR 2"]),
        (NOVA, "over 72 weeks", ["over 71 weeks", "over 72 months"]),
        (NOVA, "4.3 of 100", ["4.1 of 100", "43 of 100", "4 of 100", "4.3 of 1000"]),
    ],
)
def test_a_changed_number_is_found(sources: tuple[str, ...], right: str, wrong: list[str]) -> None:
    cited = read_cited(sources)
    assert find_unsupported(right, cited) == []
    assert all(find_unsupported(text, cited) for text in wrong)


def _change_digits(text: str) -> Iterator[tuple[int, str]]:
    """The text with one number changed in its last digit, for each number that is no part of a name."""
    names = [range(match.start(), match.end()) for match in NAMES.finditer(text)]
    for match in DIGITS.finditer(text):
        if not any(match.start() in name for name in names):
            changed = match[0][:-1] + str((int(match[0][-1]) + 1) % 10)
            yield match.start(), text[: match.start()] + changed + text[match.end() :]


def _is_bound(text: str, place: int) -> bool:
    """Whether the number there is part of a count, an interval or a ratio."""
    found = (match for kind in (COUNT, INTERVAL, RATIO) for match in kind.finditer(NAMES.sub(_blank, text)))
    return any(match.start() <= place < match.end() for match in found)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def test_counts_intervals_and_ratios_cannot_change_a_digit_unseen() -> None:
    changed = [
        (each, text)
        for each in SENTENCES
        for place, text in _change_digits(each.text)
        if _is_bound(each.text, place)
    ]
    assert len(changed) > 100
    assert [text for each, text in changed if not each.find_faults(text)] == []


def test_nine_in_ten_changes_of_any_digit_are_seen() -> None:
    changed = [(each, text) for each in SENTENCES for _, text in _change_digits(each.text)]
    seen = [len(each.find_faults(text)) > len(each.find_faults()) for each, text in changed]
    assert sum(seen) / len(seen) > 0.9


@pytest.mark.parametrize("cell", read_pml_table()["cell"], ids=lambda cell: "/".join(map(str, cell.values())))
def test_a_pml_cell_points_to_the_finding_of_its_row_and_column(cell: dict[str, str]) -> None:
    who = read_library()[read_pml_table()["study"]].finding(cell["finding"]).subgroup or ""
    start, end = cell["period"].split("-")
    columns = {f"months {start} to {end}"} | ({"after month 24"} if cell["jcv"] == "negative" else set())
    rows = {"negative": "antibody negative", "index-low": "1.5 or less", "index-high": "above 1.5"}
    row = "antibody positive, earlier" if cell["immunosuppressant"] else f"{rows[cell['jcv']]}, no earlier"
    assert f"{row} immunosuppressant" in who and any(column in who for column in columns)
