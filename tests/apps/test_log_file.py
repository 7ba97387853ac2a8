"""The log in a file: a line per event, and the last of it is kept."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from gw_spaceheat.apps.log_file import add_log_file

LOG = logging.getLogger("gw_spaceheat")


@pytest.fixture(autouse=True)
def _handlers_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    root.setLevel(logging.INFO)
    yield
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_an_event_is_one_line_even_if_the_file_is_named_twice(tmp_path: Path) -> None:
    path = tmp_path / "log" / "meter.log"
    assert add_log_file(path) is add_log_file(path)
    LOG.info("first")
    LOG.warning("a\nforged line\r\nand another")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line.split(" ", 2)[2] for line in lines] == ["INFO first", "WARNING a\\nforged line\\r\\nand another"]


def test_the_last_of_it_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "pv.log"
    add_log_file(path, most_bytes=2000, kept=3)
    for number in range(500):
        LOG.info("event %d", number)
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["pv.log", "pv.log.1", "pv.log.2", "pv.log.3"]
    kept = [line.rsplit(" ", 1)[1] for file in reversed(files) for line in file.read_text(encoding="utf-8").splitlines()]
    assert kept == [str(number) for number in range(500 - len(kept), 500)], "no gap, none twice"
    assert all(1800 < file.stat().st_size <= 2000 for file in files[1:])
