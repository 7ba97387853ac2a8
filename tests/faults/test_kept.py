"""AtomicTNode and Ear are killed while readings flow: what was acknowledged is kept, and in the end everything is, once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gw_spaceheat.apps.archive import ARCHIVE_FILE, ARCHIVE_FOLDER
from gw_spaceheat.core.events import Event, Received
from gw_spaceheat.links.broker import RunningBroker, start_broker
from gw_spaceheat.messages.gws_resent import GwsResent
from gw_spaceheat.stores import query
from gw_spaceheat.stores.message_journal import reading_journal
from gw_spaceheat.stores.readings import JOURNAL_FILE
from tests.faults.numbered_scada import NumberedScada
from tests.heard import MIDNIGHT_MS, uuid
from tests.scenarios.scene import OAK, Listener, Program, version_of, wait_until_it_has_heard


def atn(folder: Path, broker: RunningBroker) -> Program:
    program = Program(folder / "atn", "atn", "--house", OAK, "--url", broker.url, **version_of(broker))
    program.log.wait_for("uplink: connected")
    return program


def ear(folder: Path, broker: RunningBroker) -> Program:
    """Its clock runs so fast that a hole is old after half a second."""
    words = ["--speed", "60", "--start", "2018-01-08T00:00"]
    program = Program(folder / "ear", "ear", "run", "--folder", "kept", "--url", broker.url, *words, **version_of(broker))
    program.log.wait_for("uplink: connected")
    return program


def archived(folder: Path) -> list[int]:
    """Numbers of what an AtomicTNode has in its archive."""
    with reading_journal(folder / "atn" / "data" / ARCHIVE_FOLDER / OAK / ARCHIVE_FILE) as rows:
        return [] if rows is None else [row.sequence for row in rows.of_types(("report.event",), 0)]


def in_journal(folder: Path) -> list[int]:
    """Numbers of what an Ear has committed."""
    with reading_journal(folder / "ear" / "kept" / JOURNAL_FILE) as rows:
        return [] if rows is None else [row.sequence for row in rows.of_types(("report.event",), 0)]


def readings(folder: Path) -> list[int]:
    """Values of what an Ear gives back, of which each reading has its own."""
    return [round(row.value) for row in query.export(folder / "ear" / "kept", OAK, MIDNIGHT_MS, MIDNIGHT_MS + 10**9)]


def told_again(numbers: set[int]) -> Callable[[Event], bool]:
    """Fits once all of these were told again."""
    seen: set[int] = set()

    def fits(event: Event) -> bool:
        if isinstance(event, Received) and isinstance(event.message, GwsResent):
            seen.add(event.message.sequence)
        return seen >= numbers

    return fits


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RunningBroker]:
    with start_broker(tmp_path / "broker") as running:
        yield running


def test_an_atomic_t_node_that_is_killed_has_kept_what_it_acknowledged(tmp_path: Path, broker: RunningBroker) -> None:
    with NumberedScada(broker, OAK) as scada:
        for _ in range(3):
            with atn(tmp_path, broker) as killed:
                scada.send(100)
                scada.wait_for_acknowledgements(30)
                killed.kill()
            kept = archived(tmp_path)
            assert scada.acknowledged <= {uuid(number) for number in kept}
            assert len(kept) == len(set(kept))
        with atn(tmp_path, broker) as last:
            scada.wait_until_all_are_acknowledged()
            assert last.stop() == 0
    assert sorted(archived(tmp_path)) == list(range(1, 301))
    assert last.log.having("Traceback") == []


def test_an_ear_that_is_killed_asks_for_what_it_has_missed(tmp_path: Path, broker: RunningBroker) -> None:
    with (
        Listener(broker) as uplink,
        NumberedScada(broker, OAK) as scada,
        atn(tmp_path, broker),
        ear(tmp_path, broker) as first,
    ):
        scada.send(100)
        scada.wait_for_acknowledgements(50)
        first.kill()
        scada.wait_until_all_are_acknowledged()
        scada.send(150)
        scada.wait_until_all_are_acknowledged()
        before = in_journal(tmp_path)
        assert len(before) == len(set(before))
        with ear(tmp_path, broker) as second:
            if not before:  # it had not even heard the name of the stream
                scada.send(1)
            missing = set(range(1, 251)) - set(before)
            assert len(missing) >= 150
            uplink.wait(told_again(missing))
            wait_until_it_has_heard(second, uplink)
            found = readings(tmp_path)  # while it writes
            assert len(found) == len(set(found))
            assert second.stop() == 0
    assert readings(tmp_path)[:250] == list(range(1, 251))
    assert len(readings(tmp_path)) == scada.sent
    assert len(in_journal(tmp_path)) == scada.sent
    assert second.log.having("Traceback") == []


def test_a_broker_that_is_killed_while_an_ear_is_away_costs_nothing(tmp_path: Path) -> None:
    with start_broker(tmp_path / "broker") as first, NumberedScada(first, OAK) as scada, atn(tmp_path, first):
        with ear(tmp_path, first) as listening:
            scada.send(20)
            scada.wait_until_all_are_acknowledged()
            assert listening.stop() == 0
        before = in_journal(tmp_path)
        assert sorted(before) == list(range(1, 21))
        scada.send(20)
        scada.wait_until_all_are_acknowledged()
        first.stop()
        with (
            start_broker(tmp_path / "broker", first.kind, first.port) as second,
            Listener(second) as uplink,
            ear(tmp_path, second) as again,
        ):
            scada.send(20)
            scada.wait_until_all_are_acknowledged()
            uplink.wait(told_again(set(range(21, 41))))
            wait_until_it_has_heard(again, uplink)
            assert again.stop() == 0
    assert readings(tmp_path) == list(range(1, 61))
