"""What is known of a house's channels is the newest reading of each, whatever the order in which messages come."""

from random import Random

import pytest
from msgspec.structs import replace

from gw_spaceheat.core.telemetry.heard import NONSENSE_MS, Heard
from gw_spaceheat.messages.synced_readings import SyncedReadings
from gw_spaceheat.vocabulary.moment import Moment
from tests.heard import MIDNIGHT_MS, report_event, snapshot

SLOT_MS = 300_000
END_MS = MIDNIGHT_MS + SLOT_MS


def at(ms: int) -> Moment:
    return Moment(0, ms)


def test_nothing_is_known_at_first() -> None:
    heard = Heard()
    assert heard.newest("a") is None
    assert not heard.names


def test_it_tells_when_a_channel_is_new() -> None:
    heard = Heard()
    one = report_event(1, {"a": [(MIDNIGHT_MS, 1)], "empty": []}).report
    assert heard.take_report(one, at(END_MS))
    assert not heard.take_report(one, at(END_MS))
    assert heard.take_snapshot(snapshot({"b": (MIDNIGHT_MS, 2)}), at(END_MS))
    assert heard.names == {"a", "b"}


@pytest.mark.parametrize("snapshot_first", [False, True])
def test_a_report_and_a_snapshot_in_either_order(snapshot_first: bool) -> None:
    heard = Heard()
    report = report_event(1, {"a": [(END_MS - 9, 3), (END_MS - 5, 4), (END_MS - 7, 5)]}).report
    shown = snapshot({"a": (END_MS - 9, 3)})
    takes = [lambda: heard.take_report(report, at(END_MS)), lambda: heard.take_snapshot(shown, at(END_MS))]
    for take in takes[::-1] if snapshot_first else takes:
        take()
    assert heard.newest("a") == (4, END_MS - 5)


def test_a_report_that_comes_after_a_newer_scan_does_not_bring_back_the_old() -> None:
    heard = Heard()
    heard.take_scan(SyncedReadings(channel_name_list=["a"], value_list=[9], scada_read_time_unix_ms=END_MS), at(END_MS))
    heard.take_report(report_event(1, {"a": [(END_MS - 5, 4)], "b": [(END_MS - 5, 5)]}).report, at(END_MS + 1_000))
    assert (heard.newest("a"), heard.newest("b")) == ((9, END_MS), (5, END_MS - 5))
    heard.take_scan(SyncedReadings(channel_name_list=["a"], value_list=[1], scada_read_time_unix_ms=END_MS - 1), at(END_MS))
    assert heard.newest("a") == (9, END_MS)


def test_a_wrong_clock_does_not_stand_for_ever() -> None:
    heard = Heard()
    far_ms = MIDNIGHT_MS + 86_400_000
    heard.take_snapshot(snapshot({"a": (far_ms, 1)}), at(MIDNIGHT_MS))
    heard.take_report(report_event(1, {"a": [(MIDNIGHT_MS, 2)]}).report, at(END_MS))
    assert heard.newest("a") == (2, MIDNIGHT_MS)
    late = report_event(2, {"a": [(MIDNIGHT_MS + NONSENSE_MS, 3)]}).report
    heard.take_report(late, at(MIDNIGHT_MS - 86_400_000))  # now ours is wrong: what came before is from the future
    assert heard.newest("a") == (3, MIDNIGHT_MS + NONSENSE_MS)


@pytest.mark.parametrize("seed", range(50))
def test_reports_that_come_late_or_twice_change_nothing_that_is_newer(seed: int) -> None:
    chance = Random(seed)
    slots = range(6)
    readings = {
        slot: {
            name: [(MIDNIGHT_MS + slot * SLOT_MS + ms, slot) for ms in sorted(chance.sample(range(SLOT_MS), 2))]
            for name in chance.sample("abcd", 3)
        }
        for slot in slots
    }
    reports = [
        replace(report_event(slot, readings[slot]).report, slot_start_unix_s=(MIDNIGHT_MS + slot * SLOT_MS) // 1000)
        for slot in slots
    ]
    order = [chance.choice(slots) for _ in slots] + list(slots)
    chance.shuffle(order)
    heard = Heard()
    for slot in order:
        heard.take_report(reports[slot], at(MIDNIGHT_MS + len(slots) * SLOT_MS))
    for name in "abcd":
        all_of_it = [(number, taken_ms) for slot in slots for taken_ms, number in readings[slot].get(name, [])]
        assert heard.newest(name) == max(all_of_it, key=lambda pair: pair[1], default=None)
