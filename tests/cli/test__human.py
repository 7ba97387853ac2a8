"""Durations as a person writes them."""

import pytest
import typer

from gw_spaceheat.cli._human import DAY_S, duration_s
from gw_spaceheat.core.contract.lease import LONGEST_HUMAN_MS


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1s", 1), ("90s", 90), ("30m", 1800), ("30M", 1800), (" 2h ", 7200), ("1.5h", 5400), ("24h", 86_400), ("86400s", 86_400)],
)
def test_durations(text: str, seconds: int) -> None:
    assert duration_s(text) == seconds


@pytest.mark.parametrize("text", ["", "30", "m", "-30m", "30 minutes", "1h30m", "1d", "1e3s", "nan", "٣m"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="90s, 30m or 2h"):
        duration_s(text)


@pytest.mark.parametrize("text", ["0s", "0.4s", "24.1h", "86401s", "999999999h"])
def test_too_short_and_too_long(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="1s to 24h"):
        duration_s(text)


def test_the_longest_is_the_lease_s_own() -> None:
    assert DAY_S * 1000 == LONGEST_HUMAN_MS
