"""The screen of `gws watch`, in a terminal of its own beside a house that runs: it comes, and goes when it is told to."""

from gw_spaceheat.apps.bench.watch import measure
from gw_spaceheat.apps.settings import houses_file


def test_it_comes_and_q_ends_it() -> None:
    told = measure(houses_file(), seconds=1.0)
    assert told["exit_code"] == 0
    assert set(told) == {"house", "cpu_percent", "rss_mb", "shown_s", "watched_s", "exit_code"}
