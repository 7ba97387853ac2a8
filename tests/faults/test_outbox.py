"""The outbox on disk while everything goes wrong that can: kill -9, power cuts, damaged files, a full disk, no permission."""

import errno
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from gw_spaceheat.core.events import Urgency
from gw_spaceheat.core.link.outbox import Entry
from gw_spaceheat.stores import outbox as module
from gw_spaceheat.stores import outbox_file
from gw_spaceheat.stores.faults import StoreBusyError
from gw_spaceheat.stores.outbox import DATABASE, RESERVE, SqliteOutbox
from gw_spaceheat.stores.outbox_file import LOG_ENDING
from gw_spaceheat.stores.reserve import Reserve
from tests.stores.sends import NOW_MS, report, send, thinned, walked
from tests.stores.watched_sqlite import FULL, IOERR, Op, WatchedSqlite, after_power_cut, watched_sqlite

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "outbox"
    path.mkdir()
    return path


def opened(folder: Path, **limits: int) -> SqliteOutbox:
    outbox = SqliteOutbox(folder, **limits)
    outbox.open()
    return outbox


def entries(outbox: SqliteOutbox) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    sequence = 0
    while (entry := outbox.after(sequence)) is not None:
        found[entry.send.message_id] = entry
        sequence = entry.sequence
    return found


# kill -9


def _is_killed_and_opened_again(folder: Path, seed: int, most_lines: int) -> int:
    """Let a writer say so many lines, kill it, and see; how many lines it said."""
    chance = random.Random(seed)
    with closing(opened(folder)) as outbox:
        before = {name: entry.sequence for name, entry in entries(outbox).items()}
    first = 1_000_000 * (seed + 1)
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.outbox_writer", str(folder), str(first)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    wanted = chance.randrange(1, most_lines)
    lines: list[str] = []
    for line in writer.stdout:
        lines.append(line)
        if len(lines) == wanted:
            writer.kill()
    writer.wait()
    kept, forgotten, highest = dict(before), set[str](), max(before.values(), default=0)
    for word, *said in (line.split() for line in lines):
        if word == "put":
            kept[f"id-{said[0]}"] = int(said[1])
            assert int(said[1]) > highest
            highest = int(said[1])
        else:
            forgotten.add(said[0])
    with closing(opened(folder)) as outbox:
        assert outbox.troubles() == []
        found = entries(outbox)
        assert {name: found[name].sequence for name in kept.keys() - forgotten} == {
            name: kept[name] for name in kept.keys() - forgotten
        }
        outbox.put(send(seed), NOW_MS)
        last = outbox.find(f"id-{seed}")
        assert last is not None
        assert last.sequence > highest
        for name in found:
            outbox.forget(name)
    return len(lines)


@pytest.mark.parametrize("seed", range(3))
def test_what_was_said_to_be_durable_is_there_after_a_kill(folder: Path, seed: int) -> None:
    assert _is_killed_and_opened_again(folder, seed, 100) > 0


@pytest.mark.slow
def test_what_was_said_to_be_durable_is_there_after_a_hundred_kills(folder: Path) -> None:
    assert sum(_is_killed_and_opened_again(folder, seed, 400) for seed in range(100)) > 1000


# power cut


class Workload(NamedTuple):
    """What was recorded, and what each word that the test said meant."""

    ops: list[Op]
    puts: dict[str, tuple[int, int]]
    """Word to the message's number in its identifier and in the stream."""
    replaced: dict[str, tuple[tuple[str, ...], str]]
    stream: str


def _workload(folder: Path, seed: int, steps: int) -> Workload:
    chance = random.Random(seed)
    puts: dict[str, tuple[int, int]] = {}
    replaced: dict[str, tuple[tuple[str, ...], str]] = {}
    numbers = count(1)
    with watched_sqlite(folder) as watch:
        outbox = opened(folder)
        watch.say("opened")
        for step in range(steps):
            what = chance.random()
            waiting = walked(outbox)
            if what < 0.25 and waiting:
                name = chance.choice(waiting)
                watch.say(f"forgets {name}")
                outbox.forget(name)
            elif what < 0.35 and len(waiting) > 3:
                start = chance.randrange(len(waiting) - 2)
                old = [outbox.find(name) for name in waiting[start : start + 2]]
                number = next(numbers)
                replaced[f"replaces {number}"] = (tuple(waiting[start : start + 2]), f"id-{number}")
                watch.say(f"replaces {number}")
                outbox.replace([entry.sequence for entry in old if entry], send(number, length=300), NOW_MS)
                _say_put(watch, outbox, number, puts)
            elif what < 0.45:
                some = [next(numbers) for _ in range(chance.randrange(1, 8))]
                with outbox.together():
                    for number in some:
                        outbox.put(send(number, length=chance.randrange(2000)), NOW_MS)
                for number in some:
                    _say_put(watch, outbox, number, puts)
            elif what < 0.48:
                stream = outbox.stream
                outbox.close()
                outbox = opened(folder)
                assert outbox.stream == stream
            else:
                number = next(numbers)
                outbox.put(send(number, length=chance.choice((10, 10, 400, 3000))), NOW_MS + step)
                _say_put(watch, outbox, number, puts)
        stream = outbox.stream
        assert outbox.troubles() == []
        outbox.close()
    return Workload(watch.ops, puts, replaced, stream)


def _say_put(watch: WatchedSqlite, outbox: SqliteOutbox, number: int, puts: dict[str, tuple[int, int]]) -> None:
    entry = outbox.find(f"id-{number}")
    assert entry is not None
    puts[f"put {number}"] = (number, entry.sequence)
    watch.say(f"put {number}")


def _survives(work: Workload, cut: int, chance: random.Random, place: Path) -> None:
    """The power goes after so many calls: what is left opens clean, and nothing that was acknowledged is missing."""
    place.mkdir()
    for name, data in after_power_cut(work.ops[:cut], chance).items():
        (place / name).write_bytes(data)
    words = [op.name for op in work.ops[:cut] if op.what == "said"]
    kept = {f"id-{work.puts[word][0]}": work.puts[word][1] for word in words if word in work.puts}
    forgotten = {word.split()[1] for word in words if word.startswith("forgets")}
    pairs = [work.replaced[word] for word in words if word in work.replaced]
    leaving = forgotten | {name for old, _ in pairs for name in old}
    outbox = opened(place)
    try:
        assert outbox.troubles() == []
        if words:
            assert outbox.stream == work.stream
        found = entries(outbox)
        assert len(found) == len(outbox)
        missing = kept.keys() - leaving - found.keys()
        assert missing == set(), f"missing are {sorted(missing)}"
        for name, sequence in kept.items():
            if name in found:
                assert found[name].sequence == sequence
        for old, new in pairs:  # all at once or not at all
            still_there = [name for name in old if name in found]
            if new in kept or new in found:
                assert still_there == []
            else:
                assert set(still_there) | forgotten >= set(old)
        outbox.put(send(10**6, report(1), Urgency.HELD), NOW_MS)
        last = outbox.find(f"id-{10**6}")
        assert last is not None
        assert last.sequence > max(kept.values(), default=0)
        everything = entries(outbox)
    finally:
        outbox.close()
    with closing(opened(place)) as outbox:
        assert entries(outbox) == everything
    shutil.rmtree(place)


def _survive_power_cuts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, steps: int, cuts: int) -> None:
    monkeypatch.setattr(outbox_file, "CHECKPOINT_PAGES", 40)  # so that the log is written to the database often
    monkeypatch.setattr(outbox_file, "LOG_BYTES", 16 * 1024)  # and grows beyond its first length
    monkeypatch.setattr(module, "GONE_TOGETHER", 5)
    monkeypatch.setattr(module, "Reserve", lambda path: Reserve(path, 4096))
    folder = tmp_path / f"work-{seed}"
    folder.mkdir()
    work = _workload(folder, seed, steps)
    assert sum(op.what == "sync" and op.name == DATABASE for op in work.ops) > 2, "no checkpoint was tried"
    chance = random.Random(seed)
    for cut in sorted(chance.sample(range(len(work.ops) + 1), cuts)):
        _survives(work, cut, chance, tmp_path / "image")


@pytest.fixture
def quick_path(tmp_path: Path) -> Iterator[Path]:
    """A folder where a sync costs nothing, if there is one: what is durable is decided by the record here."""
    if not os.access("/dev/shm", os.W_OK):
        yield tmp_path
        return
    path = Path("/dev/shm") / f"outbox-{os.getpid()}"
    path.mkdir()
    try:
        yield path
    finally:
        shutil.rmtree(path)


def test_nothing_acknowledged_is_lost_in_a_power_cut(quick_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _survive_power_cuts(quick_path, monkeypatch, seed=0, steps=80, cuts=60)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 11))
def test_nothing_acknowledged_is_lost_in_a_thousand_power_cuts(
    quick_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    _survive_power_cuts(quick_path, monkeypatch, seed, steps=150, cuts=100)


def test_the_power_cut_finds_what_is_not_synced(quick_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: with SQLite told not to sync each commit, messages are missing."""
    honest = SqliteOutbox._write
    monkeypatch.setattr(SqliteOutbox, "_write", lambda self, durable=True: honest(self, durable=False))
    with pytest.raises(AssertionError, match="missing are"):
        _survive_power_cuts(quick_path, monkeypatch, seed=0, steps=80, cuts=60)
