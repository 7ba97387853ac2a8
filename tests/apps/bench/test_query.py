"""A few days of readings."""

from pathlib import Path

from gw_spaceheat.apps.bench.query import measure


def test_means_of_a_few_days(tmp_path: Path) -> None:
    figures = measure(days=33, channels=4, every_s=600, rounds=1, folder=tmp_path)
    assert figures["readings"] == 33 * 4 * 144
    assert figures["steps"] == 30 * 288 * 3
    assert list(tmp_path.iterdir()) == []
