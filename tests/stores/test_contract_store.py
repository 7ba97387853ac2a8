"""What one side of a contract keeps: durable when `commit` returns, whatever happens to process, power and disk."""

import errno
import os
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import count, islice
from pathlib import Path

import msgspec
import pytest

from gw_spaceheat.core.contract.log import LOG, NO_ENTRIES, verify
from gw_spaceheat.core.contract.state import SCADA_STATE, ScadaMemory
from gw_spaceheat.core.events import Append, Keep
from gw_spaceheat.stores import contract_store as module
from gw_spaceheat.stores.contract_store import JOURNAL_FILE, STATE_FILE, ContractStore, log_path, read_kept
from gw_spaceheat.stores.faults import StoreBusyError, StoreError
from gw_spaceheat.stores.journal import Journal
from tests.stores.disk import Disk, Image, put
from tests.stores.entries import commits, lines_after

SMALL = 4096
"""A journal that is soon full, so that all is written down often."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "contracts" / "scada"


def opened(folder: Path, journal_bytes: int = SMALL) -> ContractStore:
    store = ContractStore(folder, journal_bytes)
    store.open()
    return store


def word(store: ContractStore) -> str:
    memory = store.state(SCADA_STATE, ScadaMemory)
    return "" if memory is None else memory.mode_cause


def filled(folder: Path, number: int = 20, text: str = "x") -> tuple[str, int]:
    """A folder in which so many commits were made; the word in the last state, and how long the log is."""
    store = opened(folder)
    said, head = "", NO_ENTRIES
    for effects, head, said in islice(commits(text=text), number):  # noqa: B007 - the last of each is wanted
        store.commit(effects)
    store.close()
    return said, head.length


def is_sound(folder: Path, length: int) -> None:
    with log_path(folder).open("rb") as lines:
        verified = verify(lines)
    assert verified.faults == ()
    assert verified.head.length == length


def test_it_begins_with_nothing(folder: Path) -> None:
    store = opened(folder)
    assert store.state(SCADA_STATE, ScadaMemory) is None
    assert store.head() == NO_ENTRIES
    assert store.troubles() == []
    assert folder.stat().st_mode & 0o077 == 0


def test_what_was_committed_is_there_when_it_is_opened_again(folder: Path) -> None:
    head = NO_ENTRIES
    for said in (f"life {number}" for number in range(5)):
        store = opened(folder)
        assert store.head() == head
        for number in range(7):
            head, lines = lines_after(head, 2)
            store.commit(
                [*(Append(LOG, line) for line in lines), Keep(SCADA_STATE, ScadaMemory(mode_cause=f"{said} {number}"))]
            )
        assert word(store) == f"{said} 6"
        store.close()
    store = opened(folder)
    assert (store.head(), word(store), store.troubles()) == (head, "life 4 6", [])
    store.commit(())
    is_sound(folder, 70)


def test_of_several_states_in_one_commit_the_last_counts(folder: Path) -> None:
    store = opened(folder)
    store.commit([Keep(SCADA_STATE, ScadaMemory(mode_cause="one")), Keep(SCADA_STATE, ScadaMemory(mode_cause="two"))])
    assert word(store) == "two"


def test_lines_are_in_the_log_at_once(folder: Path) -> None:
    """`gws contract` reads it while the daemon runs."""
    store = opened(folder)
    for number, (effects, head, said) in enumerate(islice(commits(), 30)):
        store.commit(effects)
        assert log_path(folder).read_bytes().count(b"\n") == head.length
        kept = read_kept(folder)
        assert (kept.head(), kept.generation > 0) == (head, True)
        memory = kept.state(SCADA_STATE, ScadaMemory)
        assert memory is not None
        assert memory.mode_cause == said == f"state {number}"


def test_a_commit_longer_than_the_journal(folder: Path) -> None:
    store = opened(folder)
    _, lines = lines_after(NO_ENTRIES, 100)
    store.commit(())
    store.commit([Append(LOG, line) for line in lines])
    store.close()
    is_sound(folder, 100)
    assert opened(folder).head().length == 100


def test_it_rests_when_the_journal_is_nearly_full(folder: Path) -> None:
    store = opened(folder, 5 * SMALL)
    made = commits()
    rests = 0
    while rests < 3:
        effects, head, _ = next(made)
        store.commit(effects)
        assert read_kept(folder).troubles == ()
        if store.wants_rest:
            store.rest()
            assert not store.wants_rest
            rests += 1
    assert opened_after(store, folder).head() == head


def test_nothing_that_was_acknowledged_is_lost_at_any_moment(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After every change of the disk the process is killed, or the power cut: the folder opens clean, and goes on."""
    folder.mkdir(parents=True)
    acknowledged = (NO_ENTRIES, "")
    under_way = (NO_ENTRIES, "")
    numbers = count()

    def look(image: Image) -> None:
        copy = put(image, tmp_path / "images" / str(next(numbers)))
        with monkeypatch.context() as unwatched:
            for name, call in plain.items():
                unwatched.setattr(os, name, call)
            store = opened(copy)
            assert (store.head(), word(store)) in (acknowledged, under_way)
            more, head, said = next(commits(store.head()))
            length = store.head().length
            store.commit(more)
            store.close()
            is_sound(copy, length + 1)
            again = opened(copy)
            assert (again.head(), word(again)) == (head, said)
            again.close()

    plain = {name: getattr(os, name) for name in ("pwrite", "fdatasync", "fsync", "ftruncate", "replace", "rename")}
    disk = Disk(folder, look)
    disk.watch(monkeypatch)
    store = opened(folder, 2048)
    for effects, head, said in islice(commits(), 12):
        under_way = (head, said)
        store.commit(effects)
        acknowledged = under_way
        if store.wants_rest:
            store.rest()
    assert disk.images > 100


@pytest.mark.parametrize("torn", [b"torn", b'{"prev":"', b"\0" * 700, b"whole but none\n"])
def test_a_torn_end_of_the_log_is_set_aside_and_told(folder: Path, torn: bytes) -> None:
    said, length = filled(folder)
    with log_path(folder).open("ab") as file:
        file.write(torn)
    store = opened(folder)
    (text,) = store.troubles()
    assert "power cut" in text
    assert (folder / "contract.log.aside-1").read_bytes() == torn
    assert (store.head().length, word(store)) == (length, said)
    store.commit(())
    is_sound(folder, length)


def test_a_log_that_was_not_written_when_the_power_went_comes_back_from_the_journal(folder: Path) -> None:
    said, length = filled(folder, 5)
    log_path(folder).write_bytes(b"")
    store = opened(folder, SMALL)
    assert (store.head().length, word(store)) == (length, said)
    store.commit(())


def _spoil(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def test_a_damaged_state_file_is_set_aside_and_the_journal_used(folder: Path) -> None:
    said, length = filled(folder, 2)
    _spoil(folder / STATE_FILE)
    store = opened(folder)
    assert any("aside" in text for text in store.troubles())
    assert (folder / f"{STATE_FILE}.aside-1").exists()
    assert (store.head().length, word(store)) == (length, said)
    store.commit(())
    is_sound(folder, length)


def test_without_state_and_journal_the_log_remains(folder: Path) -> None:
    _, length = filled(folder)
    _spoil(folder / STATE_FILE)
    (folder / JOURNAL_FILE).unlink()
    store = opened(folder)
    assert store.state(SCADA_STATE, ScadaMemory) is None
    assert store.head().length == length


@pytest.mark.parametrize("body", [b"no json", b'{"format":2,"generation":1,"states":{},"logs":{}}'])
def test_a_state_file_of_another_kind_is_set_aside(folder: Path, body: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / STATE_FILE).write_bytes(body + b"\n" + sha256(body).hexdigest().encode() + b"\n")
    store = opened(folder)
    assert len(store.troubles()) == 2
    store.commit(())
    assert opened_after(store, folder).troubles() == []


def opened_after(store: ContractStore, folder: Path) -> ContractStore:
    store.close()
    return opened(folder)


class Newer(msgspec.Struct, frozen=True):
    mode_cause: str = "from newer software"
    field_of_tomorrow: int = 1


class Other(msgspec.Struct, frozen=True):
    mode_cause: int = 1


def test_a_state_of_newer_software_is_read_as_far_as_it_is_known(folder: Path) -> None:
    store = opened(folder)
    store.commit([Keep(SCADA_STATE, Newer())])
    assert word(opened_after(store, folder)) == "from newer software"


def test_a_state_that_cannot_be_understood_is_set_aside(folder: Path) -> None:
    store = opened(folder)
    store.commit([Keep(SCADA_STATE, Other())])
    with pytest.raises(StoreError, match="mode_cause"):
        read_kept(folder).state(SCADA_STATE, ScadaMemory)
    store = opened_after(store, folder)
    assert store.state(SCADA_STATE, ScadaMemory) is None
    (text,) = store.troubles()
    assert "begins anew" in text
    assert (folder / "contract.scada.json.aside-1").exists()


def test_a_commit_of_another_kind_is_told(folder: Path) -> None:
    said, length = filled(folder, 1)
    journal = Journal(folder / JOURNAL_FILE, SMALL)
    journal.open()
    journal.begin(read_kept(folder).generation)
    journal.write(b'{"words":"of tomorrow"}')
    journal.close()
    kept = read_kept(folder)
    assert any("cannot be understood" in text for text in kept.troubles)
    assert kept.head().length <= length
    assert said == "state 0"


def test_one_process_at_a_time(folder: Path) -> None:
    store = opened(folder)
    with pytest.raises(StoreBusyError, match="another process"):
        opened(folder)
    store.close()
    opened(folder).close()


@pytest.mark.parametrize("name", ["../contract", "", "a/b", "contract.", "Contract"])
def test_a_name_leads_nowhere_else(folder: Path, name: str) -> None:
    store = opened(folder)
    with pytest.raises(ValueError, match="no name"):
        store.commit([Append(name, "x")])
    with pytest.raises(ValueError, match="no name"):
        store.commit([Keep(name, ScadaMemory())])


# a disk that fails


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], pytest.MonkeyPatch]]:
    """Lets one call of the system fail, as on a full disk, until it is undone."""
    with monkeypatch.context() as patched:

        def fail(name: str) -> pytest.MonkeyPatch:
            def full(*_arguments: object) -> None:
                raise OSError(errno.ENOSPC, "No space left on device")

            patched.setattr(os, name, full)
            return patched

        yield fail


@pytest.mark.parametrize("name", ["pwrite", "fdatasync"])
@pytest.mark.parametrize("before", [0, 3])
def test_what_cannot_be_written_is_written_later(
    folder: Path, failing: Callable[[str], pytest.MonkeyPatch], name: str, before: int
) -> None:
    store = opened(folder)
    made = commits()
    for _ in range(before):
        store.commit(next(made)[0])
    patched = failing(name)
    for _ in range(3):
        effects, head, said = next(made)
        with pytest.raises(OSError, match="No space"):
            store.commit(effects)
        assert (store.head(), word(store)) == (head, said), "a machine made meanwhile goes on from here"
    patched.undo()
    store.commit(())
    again = opened_after(store, folder)
    assert (again.head(), word(again)) == (head, said)
    is_sound(folder, head.length)


@pytest.mark.parametrize("name", ["pwrite", "fsync", "replace"])
def test_a_rest_that_fails_costs_nothing(folder: Path, failing: Callable[[str], pytest.MonkeyPatch], name: str) -> None:
    store = opened(folder)
    effects, head, said = next(commits())
    store.commit(effects)
    patched = failing(name)
    with pytest.raises(OSError, match="No space"):
        store.rest()
    patched.undo()
    store.commit(())
    again = opened_after(store, folder)
    assert (again.head(), word(again)) == (head, said)


def test_a_log_that_cannot_grow_lives_on_in_the_journal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened(folder, 16 * 1024)
    made = commits()
    store.commit(next(made)[0])
    with monkeypatch.context() as patched:
        patched.setattr("gw_spaceheat.stores.log_file.write_at", _no_room)
        for _ in range(3):
            effects, head, _ = next(made)
            store.commit(effects)
        (text,) = store.troubles()
        assert "make room" in text
        with pytest.raises(OSError, match="No space"):
            for effects, head, _ in made:  # noqa: B007 - the last head is wanted
                store.commit(effects)
    store.commit(())
    is_sound(folder, head.length)


def _no_room(*_arguments: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_only_so_much_waits_in_memory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING_BYTES", 2000)
    store = opened(folder)
    made = commits()
    with monkeypatch.context() as patched:
        patched.setattr("gw_spaceheat.stores.journal.write_at", _no_room)
        patched.setattr("gw_spaceheat.stores.log_file.write_at", _no_room)
        for effects, head, _ in islice(made, 20):  # noqa: B007 - the last head is wanted
            with pytest.raises(OSError, match="No space"):
                store.commit(effects)
    assert any("are lost" in text for text in store.troubles())
    store.commit(())
    assert store.head() == head
    with log_path(folder).open("rb") as lines:
        assert "missing" in verify(lines).faults[0].what


def test_a_folder_that_cannot_be_made_is_told_and_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "contracts" / "scada"
    folder.parent.write_text("a file in its place", encoding="ascii")
    store = opened(folder)
    assert "cannot be read" in store.troubles()[0]
    effects, head, said = next(commits())
    with pytest.raises(OSError, match="contracts"):
        store.commit(effects)
    folder.parent.unlink()
    store.commit(())
    assert (store.head(), word(store)) == (head, said)
    assert store.troubles() == []


def test_a_log_that_was_found_too_late_is_not_mixed_with_the_new_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, length = filled(folder)

    def unreadable(_folder: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    store = ContractStore(folder, SMALL)
    with monkeypatch.context() as patched:
        patched.setattr(module, "read_kept", unreadable)
        store.open()
        assert len(store.troubles()) == 1
        assert store.head() == NO_ENTRIES
        effects, head, said = next(commits(text="new"))
        with pytest.raises(OSError, match="Input/output"):
            store.commit(effects)
    store.commit(())
    assert "a new log begins" in store.troubles()[0]
    assert (folder / "contract.log.aside-1").read_bytes().count(b"\n") == length
    again = opened_after(store, folder)
    assert (again.head(), word(again)) == (head, said)
    is_sound(folder, head.length)


def test_what_cannot_even_be_set_aside_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(folder)
    _spoil(folder / STATE_FILE)
    with log_path(folder).open("ab") as file:
        file.write(b"torn")
    monkeypatch.setattr(os, "rename", _no_room)
    monkeypatch.setattr(module, "write_whole", _no_room)
    texts = opened(folder).troubles()
    assert sum("could not be set aside" in text for text in texts) == 2
