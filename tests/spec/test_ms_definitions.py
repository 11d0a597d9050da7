"""Every row of the tables that say what the words mean: people, dates, and the expected answer.

The expected values were worked out by hand from the sentence at the head of each table.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stepdown.ms import disability
from stepdown.ms.course import course_activity
from stepdown.ms.dates import PartialDate, age_on
from stepdown.ms.facts import Fact, bounded, known, unknown
from stepdown.ms.imaging import Scan, active_on_last_scan, active_on_mri
from stepdown.ms.relapse import Relapse, classify_relapses, count_relapses, had_relapse
from stepdown.ms.stability import years_clinically_stable, years_quiet_on_mri
from stepdown.ms.treatment import Period, years_on_treatment
from stepdown.ms.viaadisc import viaadisc_points

AT = date(2026, 6, 1)


def read_table(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))


def rows(name: str) -> Any:
    table = read_table(name)["row"]
    return pytest.mark.parametrize("row", table, ids=[row.get("name", str(row)) for row in table])


def day(text: str | None) -> PartialDate | None:
    return PartialDate.parse(text) if text else None


def date_of(row: dict[str, Any], key: str, default: date | None) -> date | None:
    return date.fromisoformat(row[key]) if key in row else default


def agrees(fact: Fact, expected: Any) -> None:
    """A fact is the expected yes, no, number, range or unknown; numbers to a hundredth."""
    if expected == "unknown":
        assert not fact.is_known and fact.low is None and fact.reason
    elif isinstance(expected, bool):
        assert fact.value is expected
    elif isinstance(expected, list):
        assert fact.low == pytest.approx(expected[0], abs=0.01)
        assert fact.high == (None if expected[1] == "at least" else pytest.approx(expected[1], abs=0.01))
    else:
        assert fact.value == pytest.approx(expected, abs=0.01)


def to_fact(name: str, value: Any) -> Fact:
    if value == "unknown":
        return unknown(name, "not on file")
    if isinstance(value, list):
        return bounded(name, value[0], None if value[1] == "at least" else value[1])
    return known(name, value)


def to_relapse(row: dict[str, Any]) -> Relapse:
    return Relapse(day(row.get("onset")), row.get("h24"), row.get("fever"), "here")


@rows("relapse")
def test_which_episodes_count_as_relapses(row: dict[str, Any]) -> None:
    words = {True: "yes", False: "no", None: "unclassified"}
    found = classify_relapses([to_relapse(each) for each in row["episodes"]])
    assert [words[each.counted] for each in found] == row["counted"]
    assert all(each.reason for each in found if each.counted is not True)


@rows("relapse")
def test_whether_and_how_often_there_was_a_relapse(row: dict[str, Any]) -> None:
    at = date.fromisoformat(row["at"])
    when: dict[str, Any] = {"at": at, "months": row["months"], "observed_since": date_of(row, "since", None),
                            "recorded_on": date_of(row, "recorded", at)}
    episodes = [to_relapse(each) for each in row["episodes"]]
    agrees(had_relapse(episodes, **when), row["had"])
    agrees(count_relapses(episodes, **when), row["count"])


def test_which_numbers_are_edss_scores() -> None:
    table = read_table("edss")
    assert all(disability.is_edss_score(score) for score in table["exists"])
    assert not any(disability.is_edss_score(score) for score in table["not"])
    assert len(disability.EDSS_SCORES) == len(table["exists"])


@pytest.mark.parametrize("row", read_table("edss")["step"])
def test_the_least_rise_that_is_worsening(row: dict[str, float]) -> None:
    assert disability.WHOLE_STEP_TO_5_5.step(row["baseline"]) == row["to_5_5"]
    assert disability.WHOLE_STEP_TO_5_0.step(row["baseline"]) == row["to_5_0"]


@rows("edss")
def test_when_worsening_is_confirmed(row: dict[str, Any]) -> None:
    scores = [disability.Score(PartialDate.parse(each[0]), each[1], len(each) == 3, "here")
              for each in row["scores"]]
    at = date_of(row, "at", AT) or AT
    agrees(disability.confirmed_worsening(scores, at=at), row["expected"])


def to_scan(row: dict[str, Any]) -> Scan:
    lesions = (row.get(key) for key in ("t2", "big", "gd"))
    return Scan(day(row.get("day")), row.get("region", "brain") or None, *lesions)


@rows("imaging")
def test_what_is_active_and_what_is_quiet_on_mri(row: dict[str, Any]) -> None:
    scans = [to_scan(each) for each in row["scans"]]
    recorded_on = date_of(row, "recorded", AT) or AT
    agrees(active_on_mri(scans, at=AT, months=12, recorded_on=recorded_on), row["active"])
    agrees(years_quiet_on_mri(scans, at=AT), row["quiet"])


@rows("last-scan")
def test_what_the_last_scan_showed(row: dict[str, Any]) -> None:
    agrees(active_on_last_scan([to_scan(each) for each in row["scans"]], at=AT, months=12), row["active"])


@rows("stability")
def test_years_clinically_stable(row: dict[str, Any]) -> None:
    relapses = [Relapse(day(each.get("onset")), True if each.get("sure", True) else None, False, "here")
                for each in row["relapses"]]
    fact = years_clinically_stable(relapses, at=AT, observed_since=date_of(row, "since", None),
                                   recorded_on=date_of(row, "recorded", AT) or AT)
    agrees(fact, row["years"])


@rows("treatment")
def test_years_on_treatment(row: dict[str, Any]) -> None:
    periods = [Period(each.get("therapy", "x"), day(each.get("start")), day(each.get("stop")), each.get("on"),
                      day(each.get("last")), "here") for each in row["periods"]]
    recorded_on = date_of(row, "recorded", AT) or AT
    agrees(years_on_treatment(periods, "x", at=AT, recorded_on=recorded_on), row["years"])


@rows("anniversaries")
def test_when_a_number_of_years_is_full(row: dict[str, Any]) -> None:
    since, at = PartialDate.parse(row["since"]), date.fromisoformat(row["at"])
    seen: dict[str, Any] = {"at": at, "recorded_on": at}
    active, quiet = Scan(since, "brain", gd_enhancing=True), Scan(PartialDate.of(at), "brain", False, False)
    facts = [
        years_clinically_stable([Relapse(since, True, False)], observed_since=date(1900, 1, 1), **seen),
        years_on_treatment([Period("x", since, still_taking=True)], "x", **seen),
        years_quiet_on_mri([active, quiet], at=at),
        bounded("age", age_on(since.latest, at), age_on(since.earliest, at)),
    ]
    whole = float(row["years"]).is_integer()  # an age is told in whole years
    expected = None if row["full"] == "unknown" else row["full"]
    assert [fact.at_least(row["years"]) for fact in facts[:3 + whole]] == [expected] * (3 + whole)


@rows("course")
def test_activity_of_the_course(row: dict[str, Any]) -> None:
    fact = course_activity(to_fact("relapse", row["relapse"]), to_fact("mri", row["mri"]))
    assert fact.value == row["activity"]
    assert fact.reason


@rows("viaadisc")
def test_viaadisc_points(row: dict[str, Any]) -> None:
    fact = viaadisc_points(age=to_fact("age", row["age"]), mri_active=to_fact("mri", row["mri"]),
                           years_stable=to_fact("years", row["years"]), group="injectable")
    agrees(fact, row["points"])
