"""How long a session lasts, how many there are, and what is held of one."""

from __future__ import annotations

from stepdown.interfaces.sign_in.sessions import Sessions


def test_a_session_lasts_while_it_is_used_and_no_longer_than_its_longest() -> None:
    sessions = Sessions(idle_seconds=10, longest_seconds=25)
    sessions.begin("a", now=100)
    found = [sessions.find("a", now=moment) is not None for moment in (109, 118, 124.9, 125)]
    assert found == [True, True, True, False]


def test_a_session_that_was_quiet_too_long_is_over_for_good() -> None:
    sessions = Sessions(idle_seconds=10, longest_seconds=1_000)
    sessions.begin("a", now=100)
    assert [sessions.find("a", now=moment) for moment in (110.5, 101)] == [None, None]


def test_beyond_the_most_the_one_that_was_quiet_longest_ends() -> None:
    sessions = Sessions(idle_seconds=10, longest_seconds=10, most=2)
    for value in ("a", "b"):
        sessions.begin(value, now=100)
    sessions.find("a", now=101)
    sessions.begin("c", now=102)
    assert [sessions.find(value, now=103) is not None for value in ("a", "b", "c")] == [True, False, True]


def test_no_cookie_can_be_read_out_of_what_is_held() -> None:
    sessions = Sessions(idle_seconds=10, longest_seconds=10)
    session = sessions.begin("the-cookie-of-somebody")
    assert "the-cookie" not in str(vars(sessions)) + str(session)
