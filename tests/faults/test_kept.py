"""AtomicTNode and Ear are killed while readings flow: what was acknowledged is kept, and in the end everything is, once."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gw_spaceheat.apps.archive import ARCHIVE_FILE, ARCHIVE_FOLDER
from gw_spaceheat.core.events import Event, Received
from gw_spaceheat.links.broker import BrokerKind, RunningBroker, start_broker
from gw_spaceheat.messages.codec import encode
from gw_spaceheat.messages.gws_resent import GwsResent
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.stores import query
from gw_spaceheat.stores.message_journal import reading_journal
from gw_spaceheat.stores.readings import JOURNAL_FILE, MESSAGES, READINGS, read_day, reading_house
from tests.faults.numbered_scada import NumberedScada
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, power, uuid
from tests.links.conftest import require_mosquitto
from tests.scenarios.scene import OAK, ROOT, Listener, Program, version_of, wait_until_it_has_heard


def atn(folder: Path, broker: RunningBroker) -> Program:
    program = Program(folder / "atn", "atn", "--house", OAK, "--url", broker.url, **version_of(broker))
    program.log.wait_for("uplink: connected")
    return program


def ear(folder: Path, broker: RunningBroker, session_s: int = 0) -> Program:
    """Its clock runs so fast that a hole is old after half a second."""
    words = ["ear", "run", "--folder", "kept", "--url", broker.url, "--speed", "60", "--start", "2018-01-08T00:00"]
    program = Program(folder / "ear", *words, GWS_EAR_SESSION_S=str(session_s), **version_of(broker))
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
        with ear(tmp_path, first) as listening, Listener(first) as uplink:
            scada.send(20)
            scada.wait_until_all_are_acknowledged()
            wait_until_it_has_heard(listening, uplink)
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


@pytest.mark.parametrize("session_s", [0, 600])
def test_of_what_nobody_numbers_an_ear_keeps_what_passes_while_it_is_away_if_the_broker_keeps_it(
    tmp_path: Path, session_s: int
) -> None:
    """A snapshot, an answer, a command: nobody can ask for them later."""
    require_mosquitto()
    with (
        start_broker(tmp_path / "broker", BrokerKind.MOSQUITTO) as broker,
        Listener(broker) as uplink,
        Listener(broker, "talker") as talker,
    ):

        def say(first: int, count: int) -> None:
            for number in range(first, first + count):
                talker.say(*encode(power(number), src=SCADA, dst="a", message_id=uuid(number)))

        with ear(tmp_path, broker, session_s) as first:
            say(1, 30)
            first.kill()
        say(31, 30)
        uplink.heard(PowerWatts, count=60)
        with ear(tmp_path, broker, session_s) as second:
            say(61, 30)
            wait_until_it_has_heard(second, talker)
            assert second.stop() == 0
        assert second.log.having("Traceback") == []
    kept = [json.loads(row.payload)["Watts"] for row in query.tail(tmp_path / "ear" / "kept", HOUSE, 1_000)]
    assert len(kept) == len(set(kept))
    assert set(range(61, 91)) <= set(kept)
    assert (set(range(1, 91)) <= set(kept)) is (session_s > 0)


KEEPS_AND_SEALS = """
import sys
from pathlib import Path
from gw_spaceheat.core.events import Keep, Persist
from gw_spaceheat.core.numbers import HeardNumbers
from gw_spaceheat.stores.readings import ReadingsStore
from tests.heard import HOUSE, MIDNIGHT_MS, SCADA, report_event, uuid
store = ReadingsStore(Path(sys.argv[1]))
store.open()
heard = store.heard()
number = heard[0].ranges[-1][1] if heard else 0
while True:
    for number in range(number + 1, number + 4):
        arrived_ms = MIDNIGHT_MS + number * 8 * 3_600_000  # a day has three messages
        report = report_event(number, {"a": [(MIDNIGHT_MS + number * 1000, number)]})
        store.keep(Persist(HOUSE, arrived_ms, SCADA, "a", uuid(number), report, "abc", number))
    store.keep_numbers(Keep("heard x", HeardNumbers(HOUSE, "abc", ((1, number),))))
    store.commit()
    print(number, flush=True)
    store.seal_next(arrived_ms)
"""
"""Keeps, commits and seals, and says up to which number all is committed. Begins after what was committed last."""


def test_a_store_that_is_killed_at_any_moment_holds_what_was_committed_once(tmp_path: Path) -> None:
    told = 0
    for lines in (1, 2, 3, 5, 8, 13, 21, 34):  # so that it ends at many points of its round
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(
            [sys.executable, "-c", KEEPS_AND_SEALS, str(tmp_path)], stdout=subprocess.PIPE, env=environment, cwd=ROOT
        ) as child:
            assert child.stdout is not None
            for _ in range(lines):
                told = int(child.stdout.readline())
            child.kill()
            rest = child.stdout.read().split()
        told = max([told, *(int(number) for number in rest)])
        found = [round(row.value) for row in query.export(tmp_path, HOUSE, MIDNIGHT_MS, MIDNIGHT_MS + 10**9)]
        assert found[:told] == list(range(1, told + 1))
        assert len(found) - told in {0, 3}  # a commit of which it could not tell any more
        assert len(query.tail(tmp_path, HOUSE, 10_000)) == len(found)
        assert sum(read_day(day, table).num_rows for day in days(tmp_path) for table in (MESSAGES, READINGS)) == 2 * len(found)
    assert len([day for day in days(tmp_path) if (day / "readings.parquet").is_file()]) > 10


def days(folder: Path) -> list[Path]:
    """Folders of all days, also of those that are in the journal only."""
    with reading_house(folder, HOUSE) as reader:
        return [folder / HOUSE / name for name in reader.days]
