"""The outbox's figures, from a short run."""

from pathlib import Path

from gw_spaceheat.apps.bench.outbox import measure


def test_what_is_measured(tmp_path: Path) -> None:
    figures = measure(events=60, waiting=100, rounds=1, days=0.02, folder=tmp_path)
    for way in ("outbox_1", "outbox_50", "plain_sqlite_1", "file_each_1"):
        rate, flushes = figures[f"{way}_per_s"], figures[f"{way}_flushes"]
        assert isinstance(rate, float)
        assert rate > 0
        assert flushes is None or isinstance(flushes, float)
        assert (flushes is None) == (figures[f"{way}_device_bytes"] is None)
    assert figures["waiting"] == 100
    report, wear = figures["report_bytes"], figures["wear_bytes_per_day"]
    assert isinstance(report, int)
    assert isinstance(wear, float)
    assert report > 10_000
    assert list(tmp_path.iterdir()) == []
