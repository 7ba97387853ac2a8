"""Sessions end by time, by disuse, by wish, and when there are too many."""

import pytest

from gw_spaceheat.web.sessions import Role, Sessions


@pytest.mark.parametrize(
    ("asked_s", "is_use", "at_s", "lives"),
    [
        ([], True, 99, True),
        ([], True, 101, False),  # idle
        ([90], True, 180, True),
        ([90], False, 180, False),  # a page that renews itself keeps nothing alive
        ([90, 180, 270, 360], True, 399, True),
        ([90, 180, 270, 360], True, 401, False),  # too long
    ],
)
def test_how_long_one_lives(asked_s: list[float], is_use: bool, at_s: float, lives: bool) -> None:
    sessions = Sessions(longest_s=400, idle_s=100)
    token = sessions.begin(Role.VIEWER, 0.0)
    for moment_s in asked_s:
        sessions.find(token, moment_s, is_use=is_use)
    found = sessions.find(token, at_s)
    assert (found is not None and found.role is Role.VIEWER) == lives


def test_nobody_has_a_strange_token_and_the_end_is_the_end() -> None:
    sessions = Sessions()
    token = sessions.begin(Role.OPERATOR, 0.0)
    assert sessions.find("", 0.0) is None
    assert sessions.find(token + "x", 0.0) is None
    sessions.end(token)
    assert sessions.find(token, 0.0) is None


def test_the_oldest_makes_way() -> None:
    sessions = Sessions(most=2)
    tokens = [sessions.begin(Role.VIEWER, float(each)) for each in range(3)]
    assert [sessions.find(token, 3.0) is not None for token in tokens] == [False, True, True]
