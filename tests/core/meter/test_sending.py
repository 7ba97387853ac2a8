"""What meters send, and from where they go on."""

from gw_spaceheat.core.meter.sending import Sending, key_of
from gw_spaceheat.plant.meter.faults import FaultKind, MeterFault
from gw_spaceheat.plant.meter.fleet import Fleet, Street, Times, Values
from gw_spaceheat.plant.meter.reading import MeterReading

NOON_MS = 1_782_043_200_000
TICK = NOON_MS // 10_000
ROOM = 10


def steady(_house: str, moments: Times, _local_s: Times) -> Values:
    return moments * 0.0 + 360.0


def fleet(*faults: MeterFault) -> Fleet:
    return Fleet(Street(houses=("a", "b"), load=steady, faults=faults), lambda moments: moments // 1000)


def names(readings: list[MeterReading]) -> list[str]:
    return [f"{reading.house}{(reading.taken_us // 1000 - NOON_MS) // 1000}" for reading in readings]


def keys(readings: list[MeterReading]) -> list[str]:
    return [key_of(reading) for reading in readings]


def test_readings_go_when_their_time_has_come() -> None:
    sending = Sending(fleet(), TICK)
    assert names(sending.next(NOON_MS - 1, 1, ROOM)) == []
    assert names(sending.next(NOON_MS, 1, ROOM)) == ["a0", "b0"]
    assert names(sending.next(NOON_MS + 9_999, 1, ROOM)) == []
    assert sending.due_ms == NOON_MS + 10_000
    assert names(sending.next(NOON_MS + 25_000, 1, ROOM)) == ["a10", "b10", "a20", "b20"]


def test_without_a_connection_nothing_goes_and_nothing_is_heaped_up() -> None:
    sending = Sending(fleet(), TICK)
    for second in range(0, 3600, 10):
        assert sending.next(NOON_MS + second * 1000, 0, ROOM) == []
    assert sending.waiting == 0
    assert names(sending.next(NOON_MS + 3_600_000, 1, 4)) == ["a0", "b0", "a10", "b10"], "late, and none is missing"


def test_only_so_many_are_on_their_way() -> None:
    sending = Sending(fleet(), TICK)
    first = sending.next(NOON_MS + 60_000, 1, 3)
    assert names(first) == ["a0", "b0", "a10"]
    assert sending.next(NOON_MS + 60_000, 1, 3) == []
    sending.arrived(keys(first)[1:2])
    assert names(sending.next(NOON_MS + 60_000, 1, 3)) == ["b10"]


def test_another_connection_gets_again_what_has_not_arrived() -> None:
    sending = Sending(fleet(), TICK)
    first = sending.next(NOON_MS + 10_000, 1, 10)
    sending.arrived(keys(first)[:1])
    assert sending.next(NOON_MS + 10_000, 0, 10) == []
    assert names(sending.next(NOON_MS + 20_000, 2, 10)) == ["b0", "a10", "b10", "a20", "b20"]
    assert sending.next(NOON_MS + 20_000, 2, 10) == []


def test_what_arrives_twice_or_was_never_sent_does_no_harm() -> None:
    sending = Sending(fleet(), TICK)
    first = sending.next(NOON_MS, 1, 10)
    sending.arrived([*keys(first), *keys(first), "x/1"])
    assert (sending.waiting, sending.sent, sending.kept) == (0, 2, 2)


def test_who_goes_on_begins_where_not_all_has_arrived() -> None:
    sending = Sending(fleet(), TICK)
    sent = sending.next(NOON_MS + 40_000, 1, 7)
    sending.arrived(key for key in keys(sent) if key != keys(sent)[3])
    progress = sending.progress()
    assert progress.tick == TICK + 1
    other = fleet()
    other.energy = progress.energy
    again = Sending(other, progress.tick).next(NOON_MS + 40_000, 1, 100)
    assert names(again) == ["a10", "b10", "a20", "b20", "a30", "b30", "a40", "b40"]
    assert again[:5] == sent[2:7]


def test_the_end() -> None:
    sending = Sending(fleet(), TICK, TICK + 2)
    sent = sending.next(NOON_MS + 3_600_000, 1, 100)
    assert names(sent) == ["a0", "b0", "a10", "b10"]
    assert sending.due_ms is None
    assert not sending.is_over
    sending.arrived(keys(sent))
    assert sending.is_over


def test_ticks_at_which_nobody_is_heard() -> None:
    faults = [MeterFault(house, FaultKind.DROPOUT, NOON_MS, NOON_MS + 20_000) for house in ("a", "b")]
    sending = Sending(fleet(*faults), TICK)
    assert names(sending.next(NOON_MS + 15_000, 1, ROOM)) == []
    assert names(sending.next(NOON_MS + 20_000, 1, ROOM)) == ["a20", "b20"]


def test_registers_are_right_though_what_has_not_arrived_is_days_old() -> None:
    sending = Sending(fleet(), TICK)
    first = sending.next(NOON_MS, 1, 100_000)
    for hour in range(1, 60):
        sending.arrived(keys(sending.next(NOON_MS + hour * 3_600_000, 1, 100_000)))
    assert sending.waiting == len(first)
    progress = sending.progress()
    assert progress.tick == TICK
    assert progress.energy["a"].import_wh == 0.0
    sending.arrived(keys(first))
    assert sending.progress().energy["a"].import_wh == 59 * 360.0
