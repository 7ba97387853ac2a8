"""The log that is measured is a log: signed, whole, as long as wanted."""

from pathlib import Path

from gw_spaceheat.apps.bench.contract_log import measure


def test_what_is_measured(tmp_path: Path) -> None:
    figures = measure(entries=120, commits=200, folder=tmp_path)
    assert (figures["entries"], figures["faults"], figures["commits"]) == (120, 0, 200)
    assert isinstance(figures["rests"], int)
    assert figures["rests"] > 0
    assert list(tmp_path.iterdir()) == []
