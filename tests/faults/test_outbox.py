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
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from gw_spaceheat.core.events import Urgency
from gw_spaceheat.core.link.outbox import Entry
from gw_spaceheat.messages.gws_thinned_report import GwsThinnedReport
from gw_spaceheat.stores import outbox as module
from gw_spaceheat.stores import outbox_file
from gw_spaceheat.stores.faults import StoreBusyError
from gw_spaceheat.stores.outbox import DATABASE, RESERVE, SqliteOutbox
from gw_spaceheat.stores.outbox_file import LOG_ENDING
from gw_spaceheat.stores.reserve import Reserve
from tests.stores.sends import NOW_MS, report, send, thinned, walked
from tests.stores.watched_sqlite import FULL, IOERR, IOERR_READ, Op, WatchedSqlite, after_power_cut, watched_sqlite

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
    words = [sys.executable, "-m", "tests.faults.outbox_writer", str(folder), str(first)]
    writer = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    wanted = chance.randrange(1, most_lines)
    lines: list[str] = []
    for line in writer.stdout:
        lines.append(line)
        if len(lines) == wanted:
            writer.kill()
    writer.wait()
    kept, forgotten, highest = dict(before), set[str](), max(before.values(), default=0)
    for word, *said in (line.split() for line in lines if line.endswith("\n")):
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
    """The test above can fail: with SQLite told not to sync each commit, messages or numbers are missing."""
    honest = SqliteOutbox._write
    monkeypatch.setattr(SqliteOutbox, "_write", lambda self, durable=True: honest(self, durable=False))
    with pytest.raises(AssertionError, match=r"missing are|\d+ > \d+"):
        _survive_power_cuts(quick_path, monkeypatch, seed=0, steps=80, cuts=60)


# damaged files


def _filled(folder: Path, number: int = 60) -> dict[str, Entry]:
    with closing(opened(folder)) as outbox:
        for each in range(1, number + 1):
            outbox.put(send(each, urgency=Urgency.HELD if each % 2 else Urgency.EVENT, length=each * 20), NOW_MS)
        return entries(outbox)


def _is_used_as_ever(outbox: SqliteOutbox, before: dict[str, Entry]) -> int:
    """It takes and gives messages, and gives none that was not put in; how many of the former ones it still has."""
    found = entries(outbox)
    assert len(found) <= len(outbox), "what is damaged may hide rows for a while"
    assert all(entry.send == before[name].send and entry.filed == before[name].filed for name, entry in found.items())
    outbox.put(send(10**6), NOW_MS)
    assert outbox.find(f"id-{10**6}") is not None
    for name in [*found][:3]:
        assert outbox.forget(name)
    walked(outbox, with_held=False)
    return len(found)


def _flipped(data: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(data)
    for _ in range(chance.choice((1, 3, 30))):
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def _zeroed(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) // 512) * 512
    length = 512 * chance.choice((1, 8, 40))
    return (data[:start] + bytes(length) + data[start + length :])[: len(data)]


def _cut_short(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _shuffled(data: bytes, chance: random.Random) -> bytes:
    pages = [data[start : start + 512] for start in range(0, len(data), 512)]
    one, other = chance.randrange(len(pages)), chance.randrange(len(pages))
    pages[one], pages[other] = pages[other], pages[one]
    return b"".join(pages)


def _something_else(data: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(len(data))


WAYS = [_flipped, _zeroed, _cut_short, _shuffled, _something_else]


def _damage(folder: Path, way: Callable[[bytes, random.Random], bytes], name: str, seeds: range, tmp_path: Path) -> int:
    """Spoil a file in so many ways; how many messages were still there, over all of them."""
    left = 0
    for seed in seeds:
        place = tmp_path / "damaged"
        shutil.copytree(folder, place)
        (place / name).write_bytes(way((folder / name).read_bytes(), random.Random(seed)))
        with closing(opened(place)) as outbox:
            left += _is_used_as_ever(outbox, BEFORE)
        with closing(opened(place)) as outbox:
            outbox.put(send(10**6 + 1), NOW_MS)
            names = entries(outbox)
            assert {f"id-{10**6}", f"id-{10**6 + 1}"} <= names.keys()
            while names:
                for each in names:
                    assert outbox.forget(each)
                names = entries(outbox)
            assert len(outbox) == 0, "nothing remains that would be counted for ever"
        shutil.rmtree(place)
    return left


BEFORE: dict[str, Entry] = {}


@pytest.fixture
def filled(quick_path: Path) -> Path:
    """A folder with messages, as an orderly end leaves it."""
    path = quick_path / "filled"
    path.mkdir()
    BEFORE.clear()
    BEFORE.update(_filled(path))
    return path


@pytest.fixture
def killed(quick_path: Path) -> Path:
    """A folder with messages, as a kill leaves it: most of them in the log."""
    path, lived = quick_path / "killed", quick_path / "lived"
    lived.mkdir()
    BEFORE.clear()
    with closing(opened(lived)) as outbox:
        for each in range(1, 61):
            outbox.put(send(each, length=each * 20), NOW_MS)
        BEFORE.update(entries(outbox))
        shutil.copytree(lived, path)
    return path


@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_database_does_not_stop_it(filled: Path, way: Callable[..., bytes], quick_path: Path) -> None:
    _damage(filled, way, DATABASE, range(8), quick_path)


@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_log_does_not_stop_it(killed: Path, way: Callable[..., bytes], quick_path: Path) -> None:
    _damage(killed, way, DATABASE + LOG_ENDING, range(8), quick_path)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_database_damaged_in_many_ways_does_not_stop_it(filled: Path, way: Callable[..., bytes], quick_path: Path) -> None:
    _damage(filled, way, DATABASE, range(8, 200), quick_path)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_log_damaged_in_many_ways_does_not_stop_it(killed: Path, way: Callable[..., bytes], quick_path: Path) -> None:
    _damage(killed, way, DATABASE + LOG_ENDING, range(8, 200), quick_path)


def test_what_can_be_read_of_a_damaged_file_is_carried_over_and_all_is_told_once(filled: Path) -> None:
    data = bytearray((filled / DATABASE).read_bytes())
    for page in (3, 20, 21):
        data[512 * page : 512 * (page + 1)] = b"\xff" * 512
    (filled / DATABASE).write_bytes(data)
    with closing(opened(filled)) as outbox:
        _is_used_as_ever(outbox, BEFORE)
        outbox.filed_before(BEFORE["id-1"].filed.tier, NOW_MS + 1, 100)
        left = len(entries(outbox))
        assert left > 40
        troubles = outbox.troubles()
        assert sum("set aside as" in text for text in troubles) == 1
        assert outbox.troubles() == []
    assert (filled / f"{DATABASE}.aside-1").exists()
    with closing(opened(filled)) as outbox:
        assert (len(entries(outbox)), outbox.troubles()) == (left, [])


@pytest.mark.parametrize("place", [0, 16, 19, 22])
def test_a_new_file_has_a_new_stream_and_says_nothing_of_numbers_of_the_old(folder: Path, place: int) -> None:
    with closing(opened(folder)) as outbox:
        stream = outbox.stream
        for number in range(1, 30):
            outbox.put(send(number, report(number), Urgency.HELD), NOW_MS)
        outbox.replace([1, 2], send(50, thinned(1, replaces=(1, 2)), Urgency.HELD), NOW_MS)
    data = bytearray((folder / DATABASE).read_bytes())
    data[place] = 7  # in what SQLite wants to see at the start of a database
    (folder / DATABASE).write_bytes(data)
    with closing(opened(folder)) as outbox:
        assert outbox.stream not in {"", stream}
        found = list(entries(outbox).values())
        assert [entry.sequence for entry in found] == list(range(1, len(found) + 1))
        assert [entry.send.message.replaces for entry in found if isinstance(entry.send.message, GwsThinnedReport)] == [[]]
        assert len(found) == 28
        assert len(outbox.troubles()) == 1


def test_numbers_of_an_older_stream_lead_to_the_oldest(filled: Path) -> None:
    """Whoever had walked to 5000 before the numbers began anew must not pass over what is there."""
    with closing(opened(filled)) as outbox:
        first = outbox.after(0)
        assert outbox.after(5000) == first is not None


def test_a_database_of_newer_software_is_set_aside_and_what_can_be_read_is_used(filled: Path) -> None:
    import sqlite3

    with closing(sqlite3.connect(filled / DATABASE)) as database, database:
        database.execute("PRAGMA user_version = 99")
    with closing(opened(filled)) as outbox:
        (text,) = outbox.troubles()
        assert "version 99" in text
        assert _is_used_as_ever(outbox, BEFORE) == len(BEFORE)


def test_a_kill_while_a_new_file_takes_the_place_of_a_damaged_one(filled: Path) -> None:
    (filled / DATABASE).rename(filled / module.UNFINISHED)
    (filled / f"{DATABASE}.aside-1").write_bytes(b"damaged")
    with closing(opened(filled)) as outbox:
        assert outbox.troubles() == []
        assert _is_used_as_ever(outbox, BEFORE) == len(BEFORE)
    (filled / module.UNFINISHED).write_bytes(b"half")
    with closing(opened(filled)) as outbox:
        assert outbox.troubles() == []
    assert not (filled / module.UNFINISHED).exists()


# a disk that fails, below SQLite


@pytest.fixture
def watch(folder: Path) -> Iterator[WatchedSqlite]:
    with watched_sqlite(folder) as watched:
        yield watched


@pytest.mark.parametrize("what", ["write", "sync", "open"])
def test_while_nothing_can_be_written_messages_wait_in_memory(watch: WatchedSqlite, what: str) -> None:
    outbox = opened(watch.folder)
    if what != "open":
        outbox.put(send(1), NOW_MS)
    else:
        outbox.close()
        watch.fault = lambda _what, _name: outbox_file.sqlite3.SQLITE_CANTOPEN
        outbox = opened(watch.folder)
    watch.fault = lambda asked, _name: IOERR if asked == what else 0
    for number in range(2, 5):
        assert list(outbox.put(send(number), NOW_MS)) == []
        assert outbox.stream == "", "nobody would remember the number after a kill"
    outbox.forget("id-3")
    (text,) = outbox.troubles()
    assert "wait in memory" in text
    assert outbox.wants_rest
    outbox.rest()
    outbox.put(send(5), NOW_MS)
    assert outbox.troubles() == [], "told once"
    expected = [f"id-{number}" for number in ((2, 4, 5) if what == "open" else (1, 2, 4, 5))]
    assert walked(outbox) == expected
    watch.fault = lambda _what, _name: 0
    outbox.rest()
    (text,) = outbox.troubles()
    assert "nothing was lost" in text
    assert walked(outbox) == expected
    numbers = [entry.sequence for entry in entries(outbox).values()]
    assert numbers == list(range(1, len(numbers) + 1)), "no holes that a peer would ask for"
    assert outbox.stream
    outbox.close()
    with closing(opened(watch.folder)) as outbox:
        assert walked(outbox) == expected


def test_what_a_disk_already_holds_is_found_when_it_can_be_read_again(filled: Path) -> None:
    with watched_sqlite(filled) as watch:
        watch.fault = lambda _what, _name: outbox_file.sqlite3.SQLITE_CANTOPEN
        with closing(opened(filled)) as outbox:
            outbox.put(send(1000), NOW_MS)
            assert (walked(outbox), len(outbox)) == (["id-1000"], 1)
            watch.fault = lambda _what, _name: 0
            outbox.put(send(1001), NOW_MS)
            assert walked(outbox) == [*BEFORE, "id-1000", "id-1001"]
            assert len(outbox) == len(BEFORE) + 2
            assert len(outbox.troubles()) == 2


def test_only_so_much_waits_in_memory(watch: WatchedSqlite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_IN_MEMORY", 10)
    with closing(opened(watch.folder)) as outbox:
        watch.fault = lambda asked, _name: IOERR if asked == "write" else 0
        given_up = [gone.message_id for number in range(15) for gone in outbox.put(send(number), NOW_MS)]
        assert given_up == [f"id-{number}" for number in range(5)]
        assert walked(outbox) == [f"id-{number}" for number in range(5, 15)]
        monkeypatch.setattr(module, "MOST_MEMORY_BYTES", 3000)
        assert len(outbox.put(send(15, length=2500), NOW_MS)) == 9
        watch.fault = lambda _what, _name: 0
        outbox.rest()
        assert "14 messages were given up" in outbox.troubles()[-1]


@pytest.mark.parametrize("count_to", range(1, 60, 3))
def test_a_disk_that_fails_at_any_call_costs_nothing(quick_path: Path, count_to: int) -> None:
    """The n-th call below SQLite fails once; all messages are there in the end, and after a kill."""
    folder = quick_path / "failing"
    folder.mkdir()
    with watched_sqlite(folder) as watch:
        calls = count(1)
        kinds = (IOERR, FULL)
        watch.fault = lambda _what, _name: kinds[count_to % 2] if next(calls) == count_to else 0
        outbox = opened(folder)
        for number in range(5):
            outbox.put(send(number, length=500), NOW_MS)
        outbox.rest()
        outbox.forget("id-2")
        outbox.put(send(5), NOW_MS)
        assert not outbox._trouble
        names = set(walked(outbox))
        assert names == {f"id-{number}" for number in (0, 1, 3, 4, 5)}
        shutil.copytree(folder, quick_path / "copy")
        outbox.close()
    with closing(opened(quick_path / "copy")) as outbox:
        assert set(walked(outbox)) - {"id-2"} == names


def test_on_a_full_disk_the_reserve_is_used_and_then_the_oldest_give_way(watch: WatchedSqlite) -> None:
    with closing(opened(watch.folder)) as outbox:
        for number in range(100):
            outbox.put(send(number, length=2000), NOW_MS)
        assert (watch.folder / RESERVE).exists()
        size = [0]

        def full(asked: str, name: str) -> int:
            """There is room only for what the reserve has let go."""
            if (watch.folder / RESERVE).exists():
                size[0] = sum(path.stat().st_size for path in watch.folder.glob(f"{DATABASE}*"))
                return FULL if asked == "write" else 0
            now = sum(path.stat().st_size for path in watch.folder.glob(f"{DATABASE}*"))
            return FULL if asked == "write" and now > size[0] + 1024 * 1024 else 0

        watch.fault = full
        given_up: list[str] = []
        for number in range(100, 600):
            given_up += [gone.message_id for gone in outbox.put(send(number, length=2000), NOW_MS)]
            assert outbox.stream, "it is on the disk"
            if number < 250:
                assert given_up == [], "the reserve is used first"
        assert given_up == [f"id-{number}" for number in range(len(given_up))]
        assert walked(outbox) == [f"id-{number}" for number in range(len(given_up), 600)]
        assert 200 < len(given_up) < 400
        (text,) = outbox.troubles()
        assert "is full" in text
        assert not (watch.folder / RESERVE).exists()
        assert outbox.wants_rest
        watch.fault = lambda _what, _name: 0
        outbox.rest()
        assert (watch.folder / RESERVE).exists()
        assert "room on the disk" in outbox.troubles()[0]
        assert not outbox.wants_rest
        for number in range(600, 900):
            assert list(outbox.put(send(number, length=2000), NOW_MS)) == [], "it may grow again"


def test_a_file_with_a_place_that_cannot_be_read_is_damaged_in_the_end(watch: WatchedSqlite) -> None:
    """As a bad sector: it takes what is written, and never gives it back."""
    with closing(opened(watch.folder)) as outbox, outbox.together():
        for number in range(600):
            outbox.put(send(number, length=2000), NOW_MS)
    aside = watch.folder / f"{DATABASE}.aside-1"
    with closing(opened(watch.folder)) as outbox:
        watch.fault = lambda asked, name: IOERR_READ if (asked, name) == ("read", DATABASE) and not aside.exists() else 0
        for turn in range(3):
            assert not aside.exists()
            assert outbox.find(f"id-{100 * (turn + 1)}") is None
            outbox.put(send(1000 + turn), NOW_MS)
            outbox.rest()
        assert aside.exists()
        assert walked(outbox) == ["id-1000", "id-1001", "id-1002"]
        assert outbox.stream
        told = outbox.troubles()
        assert sum("again and again" in text for text in told) == 1
        assert len(told) == 3, "that it began, what it was, that it is over"


def test_only_the_newest_damaged_files_are_kept(filled: Path) -> None:
    for turn in range(6):
        (filled / DATABASE).write_bytes(b"no database" * 100)
        with closing(opened(filled)) as outbox:
            outbox.put(send(turn), NOW_MS)
    kept = sorted(path.name for path in filled.glob("*aside*"))
    assert kept == [f"{DATABASE}.aside-{number}" for number in (4, 5, 6)]


def test_on_a_disk_that_takes_nothing_only_so_much_gives_way(watch: WatchedSqlite) -> None:
    with closing(opened(watch.folder)) as outbox:
        for number in range(200):
            outbox.put(send(number, length=2000), NOW_MS)
        watch.fault = lambda asked, _name: FULL if asked == "write" else 0
        given_up = [gone for number in range(200, 220) for gone in outbox.put(send(number, length=2000), NOW_MS)]
        assert 30 < len(given_up) < 50, "twice as much as waits, not as much for each attempt"
        watch.fault = lambda _what, _name: 0
        outbox.rest()
        assert walked(outbox) == [f"id-{number}" for number in range(len(given_up), 220)]


def test_a_file_that_was_taken_away_is_noticed(folder: Path) -> None:
    with closing(opened(folder)) as outbox:
        outbox.put(send(1), NOW_MS)
        (folder / DATABASE).unlink()
        (folder / (DATABASE + LOG_ENDING)).unlink()
        outbox.put(send(2), NOW_MS)
        assert "taken away" in outbox.troubles()[0]
    with closing(opened(folder)) as outbox:
        assert walked(outbox) == ["id-2"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    folder = tmp_path / "outbox" / "x"
    folder.parent.write_text("a file in its place", encoding="ascii")
    with closing(opened(folder)) as outbox:
        outbox.put(send(1), NOW_MS)
        assert len(outbox.troubles()) == 1
        folder.parent.unlink()
        outbox.rest()
        assert "nothing was lost" in outbox.troubles()[0]
        assert walked(outbox) == ["id-1"]


def test_a_folder_that_another_process_took_meanwhile(tmp_path: Path) -> None:
    folder = tmp_path / "outbox" / "x"
    folder.parent.write_text("a file in its place", encoding="ascii")
    with closing(opened(folder)) as outbox:
        folder.parent.unlink()
        with closing(opened(folder)):
            outbox.put(send(1), NOW_MS)
            assert walked(outbox) == ["id-1"]
        outbox.rest()
        assert "nothing was lost" in outbox.troubles()[-1]
    with pytest.raises(StoreBusyError), closing(opened(folder)):
        opened(folder)


def test_a_reserve_is_truly_there(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path / "reserve", 64 * 1024)
    assert not reserve.is_there
    assert reserve.make()
    assert (tmp_path / "reserve").stat().st_blocks * 512 >= 64 * 1024
    assert reserve.let_go()
    assert not reserve.let_go()
    os.truncate(tmp_path / "reserve", 0) if (tmp_path / "reserve").exists() else None
    with (tmp_path / "reserve").open("wb") as sparse:
        sparse.truncate(64 * 1024)
    assert not reserve.is_there, "a file full of holes holds no room"
    assert reserve.make()


def test_a_reserve_does_not_take_the_last_of_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(os, "statvfs", lambda _path: SimpleNamespace(f_bavail=15, f_frsize=4096))
        assert not Reserve(tmp_path / "reserve", 32 * 1024).make()
        assert not (tmp_path / "reserve").exists()
        assert Reserve(tmp_path / "reserve", 28 * 1024).make()


def test_a_reserve_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    assert not Reserve(tmp_path / "reserve").make()
    assert not (tmp_path / "reserve").exists()


def test_a_disk_that_is_full_and_then_read_only(tmp_path: Path) -> None:
    """A real one, of a few megabytes; only where a process may have mounts of its own."""
    alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    mount = [*alone, "mount", "-t", "tmpfs", "x", str(tmp_path)]
    if shutil.which("unshare") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("no mount namespaces here")
    folder = tmp_path / "disk"
    folder.mkdir()
    words = [*alone, sys.executable, "-m", "tests.faults.outbox_on_small_disk", str(folder)]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
