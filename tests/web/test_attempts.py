"""How long one must wait after wrong passwords."""

import pytest

from gw_spaceheat.web.attempts import Attempts


@pytest.mark.parametrize(
    ("failed", "address", "at_s", "wait_s"),
    [
        ([], "a", 0, 0),
        ([("a", 0)], "a", 1, 0),
        ([("a", 0), ("a", 10)], "a", 20, 80),
        ([("a", 0), ("a", 10)], "a", 101, 0),
        ([("a", 0), ("a", 10)], "b", 20, 0),
        ([("a", 0), ("b", 10), ("c", 20)], "d", 30, 70),  # all together
    ],
)
def test_how_long(failed: list[tuple[str, float]], address: str, at_s: float, wait_s: float) -> None:
    attempts = Attempts(from_one=2, from_all=3, within_s=100)
    for who, when_s in failed:
        attempts.failed(who, when_s)
    assert attempts.wait_s(address, at_s) == wait_s


def test_the_right_password_clears_it() -> None:
    attempts = Attempts(from_one=1, within_s=100)
    attempts.failed("a", 0)
    attempts.succeeded("a")
    assert attempts.wait_s("a", 1) == 0
