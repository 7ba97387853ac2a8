"""The outbox on disk: it is an outbox like the one in memory, and what was put in is there when it is opened again."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gw_spaceheat.core.events import Send, Urgency
from gw_spaceheat.core.link.outbox import Entry, Filed, MemoryOutbox, Outbox, Tier
from gw_spaceheat.messages.codec import STREAM, encode_bare
from gw_spaceheat.stores.faults import StoreBusyError
from gw_spaceheat.stores.outbox import DATABASE, GONE_TOGETHER, RECENT, SqliteOutbox
from tests.stores.sends import NOW_MS, SLOT_S, problem, report, send, thinned, walked

Make = Callable[..., Outbox]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "outbox" / "x"


def opened(folder: Path, **limits: int) -> SqliteOutbox:
    outbox = SqliteOutbox(folder, **limits)
    outbox.open()
    assert outbox.troubles() == []
    return outbox


def again(outbox: SqliteOutbox) -> SqliteOutbox:
    outbox.close()
    return opened(outbox.folder)


@pytest.fixture(params=["memory", "disk"])
def make(request: pytest.FixtureRequest, folder: Path) -> Iterator[Make]:
    """Makes an outbox, of either kind, with so many entries at most."""
    made: list[SqliteOutbox] = []

    def making(most_entries: int = 600) -> Outbox:
        if request.param == "memory":
            return MemoryOutbox(most_entries)
        made.append(opened(folder, most_entries=most_entries))
        return made[-1]

    yield making
    for outbox in made:
        assert outbox.troubles() == []
        outbox.close()


# what any outbox does


def test_walks_from_the_oldest_to_the_newest(make: Make) -> None:
    outbox = make()
    for number in (3, 1, 2):
        assert list(outbox.put(send(number), NOW_MS)) == []
    assert walked(outbox) == ["id-3", "id-1", "id-2"]
    assert len(outbox) == 3


def test_keeps_one_message_once(make: Make) -> None:
    outbox = make()
    outbox.put(send(1), NOW_MS)
    outbox.put(send(1), NOW_MS)
    assert (walked(outbox), len(outbox)) == (["id-1"], 1)


def test_gives_back_what_was_put_in(make: Make) -> None:
    outbox = make()
    put = [send(1), send(2, report(7), Urgency.HELD), send(3, thinned(8)), send(4, thinned(9, bin_s=900))]
    for each in put:
        outbox.put(each, NOW_MS)
    slot_ms = NOW_MS // 1000 // SLOT_S * SLOT_S * 1000
    filed = [
        Filed(Tier.EVENT, NOW_MS),
        Filed(Tier.WHOLE, slot_ms + 7 * SLOT_S * 1000),
        Filed(Tier.MINUTE, slot_ms + 8 * SLOT_S * 1000),
        Filed(Tier.QUARTER, slot_ms + 9 * SLOT_S * 1000),
    ]
    assert [outbox.find(each.message_id) for each in put] == [
        Entry(number, each, of) for number, (each, of) in enumerate(zip(put, filed, strict=True), 1)
    ]
    assert outbox.size_bytes == sum(len(encode_bare(each.message)) for each in put)


def test_forgets_by_identifier(make: Make) -> None:
    outbox = make()
    for number in range(3):
        outbox.put(send(number), NOW_MS)
    assert outbox.forget("id-1")
    assert not outbox.forget("id-1")
    assert not outbox.forget("id-7")
    assert outbox.find("id-1") is None
    assert outbox.find("id-2") is not None
    assert walked(outbox) == ["id-0", "id-2"]


def test_gives_up_the_oldest_and_says_so(make: Make) -> None:
    outbox = make(2)
    for number in (1, 2):
        outbox.put(send(number), NOW_MS)
    assert list(outbox.put(send(3), NOW_MS)) == [send(1)]
    assert walked(outbox) == ["id-2", "id-3"]
    assert outbox.find("id-1") is None


def test_numbers_are_never_used_twice(make: Make) -> None:
    outbox = make()
    for number in range(1, 5):
        outbox.put(send(1), NOW_MS)
        entry = outbox.find("id-1")
        assert entry is not None
        assert entry.sequence == number
        outbox.forget("id-1")


def test_what_is_held_can_be_passed_over(make: Make) -> None:
    outbox = make()
    for number in range(9):
        outbox.put(send(number, urgency=Urgency.EVENT if number % 4 == 2 else Urgency.HELD), NOW_MS)
    assert walked(outbox, with_held=False) == ["id-2", "id-6"]
    outbox.forget("id-2")
    assert walked(outbox, with_held=False) == ["id-6"]
    assert len(walked(outbox)) == 8


def test_finds_what_is_about_a_time(make: Make) -> None:
    outbox = make()
    for number in (5, 2, 9, 4):
        outbox.put(send(number, report(number), Urgency.HELD), NOW_MS)
        outbox.put(send(100 + number, thinned(number), Urgency.HELD), NOW_MS)
    before_ms = NOW_MS // 1000 // SLOT_S * SLOT_S * 1000 + 9 * SLOT_S * 1000

    def found(tier: Tier, most: int) -> list[str]:
        return [entry.send.message_id for entry in outbox.filed_before(tier, before_ms, most)]

    assert found(Tier.WHOLE, 10) == ["id-2", "id-4", "id-5"]
    assert found(Tier.MINUTE, 2) == ["id-102", "id-104"]
    assert found(Tier.QUARTER, 2) == found(Tier.EVENT, 10) == []
    outbox.forget("id-4")
    assert found(Tier.WHOLE, 2) == ["id-2", "id-5"]


def test_finds_the_latest_and_what_follows(make: Make) -> None:
    outbox = make()
    for number in (3, 1, 2):
        outbox.put(send(number, report(number)), NOW_MS)
    outbox.put(send(9), NOW_MS - SLOT_S * 1000)
    slot_ms = NOW_MS // 1000 // SLOT_S * SLOT_S * 1000
    at = [slot_ms + number * SLOT_S * 1000 for number in range(4)]
    assert [outbox.latest_about(before_ms) for before_ms in (2**62, at[3], at[1], 1)] == [at[3], at[2], NOW_MS - 300_000, None]
    assert [entry.send.message_id for entry in by_time(outbox)] == ["id-9", "id-1", "id-2", "id-3"]
    assert outbox.next_about((at[1], 2), at[2]) is None
    outbox.forget("id-2")
    following = outbox.next_about((at[1], 2), 2**62)
    assert following is not None
    assert following.send.message_id == "id-3"


def test_puts_one_in_the_place_of_others(make: Make) -> None:
    outbox = make()
    for number in range(1, 5):
        outbox.put(send(number, report(number), Urgency.HELD), NOW_MS)
    outbox.replace([1, 3, 77], send(5, thinned(1), Urgency.HELD), NOW_MS)
    assert walked(outbox) == ["id-2", "id-4", "id-5"]
    entry = outbox.find("id-5")
    assert entry is not None
    assert entry.sequence == 5
    outbox.replace([2], None, NOW_MS)
    assert (walked(outbox), outbox.find("id-2"), len(outbox)) == (["id-4", "id-5"], None, 2)
    assert outbox.size_bytes == len(encode_bare(report(4))) + len(encode_bare(thinned(1)))


@pytest.mark.parametrize("kind", [MemoryOutbox, lambda most_entries: SqliteOutbox(Path("x"), most_entries=most_entries)])
def test_must_hold_something(kind: Make) -> None:
    with pytest.raises(ValueError, match="at least one"):
        kind(most_entries=0)


# the same as the one in memory, whatever is done

QUICK = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Where a sync costs nothing."""

MESSAGES = {0: problem, 1: report, 2: thinned, 3: lambda number: thinned(number, bin_s=900)}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 11), st.sampled_from([Urgency.EVENT, Urgency.HELD])),
        st.tuples(st.just("forget"), st.integers(0, 11)),
        st.tuples(st.just("replace"), st.lists(st.integers(1, 25), max_size=4), st.integers(-3, 11)),
        st.tuples(st.just("together"), st.lists(st.integers(0, 11), max_size=5)),
        st.tuples(st.just("reopen")),
    ),
    max_size=30,
)


def looked_at(outbox: Outbox) -> tuple[object, ...]:
    entries, sequence = [], 0
    while (entry := outbox.after(sequence)) is not None:
        entries.append(entry)
        sequence = entry.sequence
    found = [outbox.find(f"id-{number}") for number in range(12)]
    filed = [list(outbox.filed_before(tier, NOW_MS + 5 * SLOT_S * 1000, most)) for tier in Tier for most in (2, 50)]
    return entries, walked(outbox, with_held=False), found, filed, by_time(outbox), len(outbox), outbox.size_bytes


def by_time(outbox: Outbox) -> list[Entry]:
    """All, by the time that they are about."""
    entries: list[Entry] = []
    beyond = (0, 0)
    while (entry := outbox.next_about(beyond, 2**62)) is not None:
        entries.append(entry)
        beyond = (entry.filed.about_ms, entry.sequence)
    return entries


def message(number: int, urgency: Urgency = Urgency.EVENT) -> Send:
    return send(number, MESSAGES[number % 4](number), urgency)


def is_there(model: MemoryOutbox, sequence: int) -> bool:
    entry = model.after(sequence - 1)
    return entry is not None and entry.sequence == sequence


def is_like_the_one_in_memory(steps: list[tuple[object, ...]], most_entries: int) -> None:
    with tempfile.TemporaryDirectory(dir=QUICK) as place:
        model = MemoryOutbox(most_entries)
        outbox = SqliteOutbox(Path(place), most_entries=most_entries)
        outbox.open()
        try:
            stream = outbox.stream
            for step in steps:
                match step:
                    case "put", int(number), Urgency() as urgency:
                        put = message(number, urgency)
                        assert list(outbox.put(put, NOW_MS)) == list(model.put(put, NOW_MS))
                    case "forget", int(number):
                        assert outbox.forget(f"id-{number}") == model.forget(f"id-{number}")
                    case "replace", list(numbers), int(number):
                        if number >= 0 and not any(is_there(model, each) for each in numbers):
                            continue  # nothing would leave, and which is given up then is told only with the next `put`
                        put_instead = None if number < 0 else message(number, Urgency.HELD)
                        for each in (outbox, model):
                            each.replace(numbers, put_instead, NOW_MS)
                    case "together", list(numbers):
                        expected = [gone for number in numbers for gone in model.put(message(number), NOW_MS)]
                        with outbox.together():
                            assert [gone for number in numbers for gone in outbox.put(message(number), NOW_MS)] == expected
                    case _:
                        outbox.close()
                        outbox = SqliteOutbox(Path(place), most_entries=most_entries)
                        outbox.open()
                assert looked_at(outbox) == looked_at(model)
            assert outbox.stream == stream
            assert outbox.troubles() == []
        finally:
            outbox.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.sampled_from([4, 600]))
def test_is_like_the_one_in_memory(steps: list[tuple[object, ...]], most_entries: int) -> None:
    is_like_the_one_in_memory(steps, most_entries)


@pytest.mark.slow
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.sampled_from([4, 600]))
def test_is_like_the_one_in_memory_at_length(steps: list[tuple[object, ...]], most_entries: int) -> None:
    is_like_the_one_in_memory(steps, most_entries)


# what only the one on disk does


def test_everything_is_there_when_it_is_opened_again(folder: Path) -> None:
    outbox = opened(folder)
    stream = outbox.stream
    assert STREAM.fullmatch(stream)
    for number in range(1, 40):
        outbox.put(message(number, Urgency.HELD if number % 3 else Urgency.EVENT), NOW_MS + number)
    outbox.forget("id-2")
    outbox.replace([3, 4], send(50), NOW_MS)
    expected = looked_at(outbox)
    outbox = again(outbox)
    assert looked_at(outbox) == expected
    assert outbox.stream == stream
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / DATABASE).stat().st_mode & 0o077 == 0


def test_numbers_go_on_after_everything_was_forgotten(folder: Path) -> None:
    outbox = opened(folder)
    last = 0
    for life in range(4):
        for number in range(life + 1):
            outbox.put(send(number), NOW_MS)
            entry = outbox.find(f"id-{number}")
            assert entry is not None
            assert entry.sequence == last + 1
            last += 1
        for number in range(life + 1):
            outbox.forget(f"id-{number}")
        assert len(outbox) == 0
        assert outbox.size_bytes == 0
        outbox = again(outbox)


def test_two_files_have_two_streams(tmp_path: Path) -> None:
    with closing(opened(tmp_path / "a")) as one, closing(opened(tmp_path / "b")) as other:
        assert one.stream != other.stream


def test_what_is_put_in_together_is_one_commit(folder: Path) -> None:
    with closing(opened(folder)) as outbox:
        with outbox.together():
            for number in range(30):
                outbox.put(send(number), NOW_MS)
            assert rows_on_disk(folder) == 0
            assert walked(outbox) == [f"id-{number}" for number in range(30)]
        assert walked(outbox) == [f"id-{number}" for number in range(30)]
        assert rows_after_kill(folder) == 30


def test_forgotten_messages_are_removed_now_and_then(folder: Path) -> None:
    outbox = opened(folder)
    with outbox.together():
        for number in range(2 * GONE_TOGETHER):
            outbox.put(send(number), NOW_MS)
    for number in range(GONE_TOGETHER - 1):
        outbox.forget(f"id-{number}")
    assert rows_after_kill(folder) == 2 * GONE_TOGETHER
    outbox.forget("id-100")
    assert rows_after_kill(folder) == GONE_TOGETHER
    outbox.forget("id-101")
    assert rows_after_kill(folder) == GONE_TOGETHER
    outbox.put(send(1000), NOW_MS)
    assert rows_after_kill(folder) == GONE_TOGETHER
    outbox.close()


def image(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name.startswith(DATABASE)}


def rows_on_disk(folder: Path) -> int:
    return rows_after_kill(folder)


def rows_after_kill(folder: Path) -> int:
    """How many rows a process would find that came after this one had been killed."""
    with tempfile.TemporaryDirectory() as place:
        for name, data in image(folder).items():
            (Path(place) / name).write_bytes(data)
        with closing(sqlite3.connect(Path(place) / DATABASE)) as database:
            return int(database.execute("SELECT count(*) FROM message").fetchone()[0])


def test_only_so_many_bytes_are_kept(folder: Path) -> None:
    size = len(encode_bare(problem(10, 1000)))
    with closing(opened(folder, most_bytes=3 * size)) as outbox:
        for number in range(10, 13):
            assert list(outbox.put(send(number, length=1000), NOW_MS)) == []
        assert [gone.message_id for gone in outbox.put(send(13, length=1000), NOW_MS)] == ["id-10"]
        assert [gone.message_id for gone in outbox.put(send(14, length=2000), NOW_MS)] == ["id-11", "id-12"]
        assert [gone.message_id for gone in outbox.put(send(15, length=9000), NOW_MS)] == ["id-13", "id-14"]
        assert walked(outbox) == ["id-15"], "the last is kept however long it is"
        assert [gone.message_id for gone in outbox.put(send(16), NOW_MS)] == ["id-15"]


def test_a_setting_that_has_become_smaller(folder: Path) -> None:
    outbox = opened(folder)
    for number in range(10):
        outbox.put(send(number), NOW_MS)
    outbox.close()
    outbox = SqliteOutbox(folder, most_entries=3)
    outbox.open()
    assert [gone.message_id for gone in outbox.put(send(10), NOW_MS)] == [f"id-{number}" for number in range(8)]
    outbox.close()


def test_one_process_at_a_time(folder: Path) -> None:
    with closing(opened(folder)), pytest.raises(StoreBusyError, match="another process keeps its outbox"):
        SqliteOutbox(folder).open()
    opened(folder).close()


def test_a_constructor_only_remembers(folder: Path) -> None:
    SqliteOutbox(folder)
    assert not folder.exists()


def test_closing_twice_changes_nothing(folder: Path) -> None:
    outbox = opened(folder)
    outbox.close()
    outbox.close()


def _change_row(folder: Path, change: str) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as database, database:
        database.execute(change)


def _type_of_tomorrow(folder: Path, where: str) -> None:
    """As software of another version would have written it."""
    from gw_spaceheat.stores.outbox_file import Contents

    with closing(sqlite3.connect(folder / DATABASE)) as database, database:
        names = ", ".join(Contents._fields)
        for sequence, *row in database.execute(f"SELECT sequence, {names} FROM message WHERE {where}").fetchall():
            made = Contents(*row)._replace(type_name="gws.of.tomorrow").checked()
            database.execute(
                "UPDATE message SET type_name = ?, check_sum = ? WHERE sequence = ?", (made.type_name, made.check_sum, sequence)
            )


def test_a_message_of_another_version_is_set_aside_and_the_rest_goes_on(folder: Path) -> None:
    outbox = opened(folder)
    for number in range(1, 7):
        outbox.put(message(number), NOW_MS)
    outbox.close()
    _type_of_tomorrow(folder, "sequence IN (2, 5)")
    outbox = opened(folder)
    assert walked(outbox) == ["id-1", "id-3", "id-4", "id-6"]
    (text,) = outbox.troubles()
    assert "gws.of.tomorrow" in text
    assert len(outbox) == 4
    outbox.put(send(7), NOW_MS)
    outbox = again(outbox)
    assert (len(outbox), outbox.troubles()) == (5, [])
    outbox.close()
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        assert database.execute("SELECT sequence, type_name FROM aside").fetchall() == [
            (2, "gws.of.tomorrow"),
            (5, "gws.of.tomorrow"),
        ]


@pytest.mark.parametrize(
    "change",
    [
        "payload = x'00'",
        "payload = 'text'",
        "type_name = 'report'",
        "about_ms = about_ms + 1",
        "size = 'many'",
        "tier = 2.5",
        "dst = x'ff'",
        "urgency = 'held'",
        "message_id = 'id-77'",
        "check_sum = 0",
    ],
)
def test_a_row_that_is_not_what_was_written_is_not_sent(folder: Path, change: str) -> None:
    outbox = opened(folder)
    for number in range(1, 4):
        outbox.put(send(number), NOW_MS)
    outbox.close()
    _change_row(folder, f"UPDATE message SET {change} WHERE sequence = 2")
    outbox = opened(folder)
    assert walked(outbox) == ["id-1", "id-3"]
    assert any("damaged" in text for text in outbox.troubles())
    assert (outbox.find("id-77"), outbox.find("id-2")) == (None, None)
    outbox.close()


def test_what_was_found_lately_is_not_found_after_it_is_gone(folder: Path) -> None:
    with closing(opened(folder, most_entries=3)) as outbox:
        for number in range(RECENT * 2):
            outbox.put(send(number), NOW_MS)
        kept = [number for number in range(RECENT * 2) if outbox.find(f"id-{number}")]
        assert kept == list(range(RECENT * 2 - 3, RECENT * 2))
