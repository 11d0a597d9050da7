"""Relapses: reasons in words, places kept, and laws that hold for any list of episodes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.ms.dates import PartialDate
from stepdown.ms.facts import Fact
from stepdown.ms.relapse import Relapse, classify_relapses, count_relapses, had_relapse, is_relapse

AT = date(2026, 6, 1)
ONSET = PartialDate(2025, 10, 1)
truths = st.sampled_from([True, False, None])
days = st.dates(date(2019, 1, 1), date(2026, 6, 1)).map(PartialDate.of)
months = days.map(lambda day: PartialDate(day.year, day.month))
episodes = st.lists(st.builds(Relapse, st.none() | days | months, truths, truths), max_size=6)


def ask(found: list[Relapse]) -> tuple[Fact, Fact]:
    since = date(2015, 1, 1)
    return (had_relapse(found, at=AT, months=12, observed_since=since, recorded_on=AT),
            count_relapses(found, at=AT, months=12, observed_since=since, recorded_on=AT))


@pytest.mark.parametrize(("episode", "reason"), [
    (Relapse(ONSET, False, False), "shorter than 24 hours"),
    (Relapse(ONSET, True, True), "with fever or infection"),
    (Relapse(ONSET, None, False), "not known whether it lasted 24 hours"),
    (Relapse(ONSET, True, None), "not known whether there was fever or infection"),
])
def test_why_an_episode_does_not_count_is_said(episode: Relapse, reason: str) -> None:
    assert classify_relapses([episode])[0].reason == reason


def test_one_failed_condition_decides_whatever_else_is_unknown() -> None:
    assert is_relapse(Relapse(ONSET, False, None)) is False


def test_the_places_of_what_counted_are_kept() -> None:
    earlier = Relapse(PartialDate(2020), True, False, "relapses[1]")
    fact, _ = ask([Relapse(ONSET, True, False, "relapses[0]"), earlier])
    assert fact.sources == ("relapses[0]",)


def test_what_keeps_it_unknown_is_said() -> None:
    fact, _ = ask([Relapse(ONSET, None, False)])
    assert "24 hours" in fact.reason
    fact, _ = ask([Relapse(None, True, False)])
    assert "date" in fact.reason


@given(episodes)
def test_no_episode_is_lost(found: list[Relapse]) -> None:
    assert sorted(map(repr, found)) == sorted(repr(each.relapse) for each in classify_relapses(found))


@given(episodes)
def test_yes_and_the_number_agree(found: list[Relapse]) -> None:
    had, count = ask(found)
    assert had.is_true == (count.at_least(1) is True)
    assert had.is_false == (count.at_least(1) is False)


@given(episodes)
def test_an_unclassified_episode_more_never_turns_yes_or_unknown_into_no(found: list[Relapse]) -> None:
    before, _ = ask(found)
    after, _ = ask([*found, Relapse(PartialDate(2026, 3, 1))])
    assert not after.is_false
    assert after.is_true == before.is_true or not before.is_known
