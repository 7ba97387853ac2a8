"""The PV process: what it keeps, what it puts aside, and what it does when it cannot keep anything."""

import logging
import random
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gw_spaceheat.apps.pv.running import Keeper, run_pv, sort_out
from gw_spaceheat.links.deliveries import Delivery, Parcel
from gw_spaceheat.links.memory_queue import MemoryQueue
from gw_spaceheat.runtime.ending import Ending
from gw_spaceheat.stores.csv_daily import Added, CsvDaily, Row

LOG = logging.getLogger("test")
GOOD = b'{"house":"h","datetime":1782043200.5,"pv":500}'
LATER = b'{"house":"h","datetime":1782043210.5,"pv":510}'
POISON = (b"no json", b'{"house":"../x","datetime":1782043200,"pv":1}', b'{"house":"h","datetime":1782043200,"pv":NaN}')


def steady(_house: str, _taken_us: int) -> float:
    return 120


def test_good_and_bad_are_told_apart_in_order() -> None:
    found = sort_out(
        [Delivery(payload, tag, 1) for tag, payload in enumerate((POISON[0], GOOD, *POISON[1:], LATER))], steady, set()
    )
    assert [delivery.tag for delivery in found.good] == [1, 4]
    assert found.keys == ["h/1782043200500000", "h/1782043210500000"]
    assert found.rows == [Row("h", 1_782_043_200_500_000, 500, 120), Row("h", 1_782_043_210_500_000, 510, 120)]
    assert [kind for _, kind, _ in found.bad] == ["json", "house", "json"]


class Scripted(MemoryQueue):
    """Ends the run when all is taken and settled."""

    def __init__(self, payloads: Sequence[bytes], stop: Ending) -> None:
        super().__init__()
        self.send([Parcel("", "", payload) for payload in payloads])
        self.settled: list[str] = []
        self._stop = stop

    def take(self, most: int, wait_s: float) -> list[Delivery]:
        taken = super().take(most, wait_s)
        if not taken:
            self._stop.set()
        return taken

    def settle(self, deliveries: Sequence[Delivery], keys: Sequence[str]) -> None:
        super().settle(deliveries, keys)
        self.settled.extend(keys)


def test_poison_is_put_aside_with_its_reason_and_nothing_is_written_outside(tmp_path: Path) -> None:
    stop = Ending()
    source = Scripted([*POISON, GOOD, GOOD, LATER], stop)
    folder = tmp_path / "inner"
    counts = run_pv(source, CsvDaily(folder, ZoneInfo("UTC")), steady, stop, LOG)
    assert (counts["written"], counts["doubled"], counts["refused"], counts["refused_house"]) == (2, 1, 3, 1)
    assert {payload for payload, _, _ in source.dead_letters} == set(POISON)
    assert "house is '../x'" in source.dead_letters[1][2]
    assert [path.name for path in tmp_path.iterdir()] == ["inner"]
    assert sorted(path.name for path in folder.iterdir()) == ["h_20260621.csv", "rows.journal"]


class FullDisk(CsvDaily):
    """Fails a few times."""

    failures = 2

    def add(self, rows: Sequence[Row]) -> Added:
        if self.failures:
            self.failures -= 1
            raise OSError(28, "No space left on device")
        return super().add(rows)


def test_a_full_disk_is_waited_for_and_nothing_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("gw_spaceheat.apps.pv.running.FIRST_PAUSE_S", 0.001)
    stop = Ending()
    source = Scripted([GOOD, LATER], stop)
    with caplog.at_level(logging.INFO):
        counts = run_pv(source, FullDisk(tmp_path, ZoneInfo("UTC")), steady, stop, LOG)
    assert counts["written"] == 2
    assert len(source.settled) == 2
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"], "once when it is lost, once when it is back"


def test_what_cannot_be_kept_is_not_let_go(tmp_path: Path) -> None:
    source = MemoryQueue()
    store = FullDisk(tmp_path, ZoneInfo("UTC"))
    store.open()
    keeper = Keeper(source, store, steady, LOG)
    with pytest.raises(OSError, match="No space"):
        keeper.keep([Delivery(GOOD, 1, 1)])
    assert source.arrived() == []
    store.close()


def test_houses_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gw_spaceheat.apps.pv.running.MOST_HOUSES", 2)
    houses: set[str] = set()
    deliveries = [Delivery(GOOD.replace(b'"h"', f'"h{number % 4}"'.encode()), number, 1) for number in range(8)]
    found = sort_out(deliveries, steady, houses)
    assert [row.house for row in found.rows] == ["h0", "h1", "h0", "h1"]
    assert {kind for _, kind, _ in found.bad} == {"house"}


def test_ten_thousand_strange_payloads_are_told_from_readings() -> None:
    """Bytes, cut and spoiled readings, nested and huge values: each is a reading or is refused, and none raises."""
    chance = random.Random(10)
    values = (b"NaN", b"1e309", b"-1e400", b"null", b"[]", b'{"a":1}', b'"x"', b"9" * 400, b"true", b"[" * 50)
    deliveries, good = [], 0
    for number in range(10_000):
        kind = chance.randrange(4)
        payload = bytes(chance.randrange(256) for _ in range(chance.randrange(60)))
        if kind == 0:
            payload = GOOD[: chance.randrange(len(GOOD))]
        elif kind == 1:
            payload = GOOD.replace(chance.choice((b"500", b'"h"', b"1782043200.5")), chance.choice(values))
            good += payload == GOOD.replace(b'"h"', b'"x"')
        elif kind == 2:
            payload = GOOD
            good += 1
        deliveries.append(Delivery(payload, number, 1))
    found = sort_out(deliveries, steady, set())
    assert len(found.good) == good
    assert len(found.good) + len(found.bad) == 10_000
    assert {kind for _, kind, _ in found.bad} <= {"size", "json", "schema", "house", "time", "power"}
