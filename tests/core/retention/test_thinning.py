"""What is left of reports: sums, extremes and counts stay; states, commands and late readings stay as they are."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gw_spaceheat.core.retention.thinning import Frame, Numbered, thinned
from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.codec import decode, encode
from gw_spaceheat.messages.fsm_full_report import FsmFullReport
from gw_spaceheat.messages.gws_thinned_report import GwsThinnedReport
from gw_spaceheat.messages.machine_states import MachineStates
from tests.core.retention.samples import ASSET, ID, SCADA, START_S, Readings, numbered, report

NOW_MS = 1_700_100_000_000
TEMP, RELAY = "tank1-depth1", "hp-relay"
QUARTER = Frame(START_S, 900, 900)


def minutes(part: Numbered, states: Sequence[str] = (RELAY,)) -> GwsThinnedReport:
    start_s = part.report.report.slot_start_unix_s
    return thinned([part], Frame(start_s, 300, 60), states, ID, NOW_MS)


def bins(message: GwsThinnedReport, name: str = TEMP) -> list[tuple[int, int, int, int, int]]:
    found = [each for each in message.channel_list if each.channel_name == name]
    return [
        row
        for each in found
        for row in zip(each.bin_list, each.mean_list, each.min_list, each.max_list, each.count_list, strict=True)
    ]


def kept(message: GwsThinnedReport, name: str = TEMP) -> list[tuple[int, int]]:
    """Seconds after the start of all, and values, of what was not thinned."""
    return [
        (taken_ms // 1000 - START_S, value)
        for each in message.reading_list
        if each.channel_name == name
        for taken_ms, value in zip(each.scada_read_time_unix_ms_list, each.value_list, strict=True)
    ]


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        pytest.param([(0, 10), (59, 20)], [(0, 15, 10, 20, 2)], id="a bin"),
        pytest.param([(0, 10), (59, 20), (60, 7)], [(0, 15, 10, 20, 2), (1, 7, 7, 7, 1)], id="its end is the next one's"),
        pytest.param([(0, 1), (1, 2)], [(0, 2, 1, 2, 2)], id="half is rounded up"),
        pytest.param([(0, -1), (1, -2)], [(0, -1, -2, -1, 2)], id="below zero too"),
        pytest.param([(240, 5), (299, 5)], [(4, 5, 5, 5, 2)], id="the last bin"),
        pytest.param([(10, 1), (70, 2), (130, 3)], [], id="one a minute: nothing is gained"),
    ],
)
def test_minutes(series: list[tuple[int, int]], expected: list[tuple[int, int, int, int, int]]) -> None:
    message = minutes(numbered(report({TEMP: series}))[0])
    assert bins(message) == expected
    assert kept(message) == ([] if expected else series)


def test_names_what_it_is_about_and_replaces() -> None:
    message = minutes(Numbered(17, report({TEMP: [(0, 1)]}, slot=2)))
    assert (message.src, message.about_g_node_alias, message.message_id) == (SCADA, ASSET, ID)
    assert (message.slot_start_unix_s, message.slot_duration_s, message.bin_s) == (START_S + 600, 300, 60)
    assert (message.replaces, message.message_created_ms) == ([17], NOW_MS)


def test_a_quarter_of_minutes_is_weighted_by_their_counts() -> None:
    slots = [
        report({TEMP: [(0, 100), (1, 100), (2, 100), (60, 0)]}, slot=0),
        report({TEMP: [(0, 40), (1, 40)]}, slot=1),
        report({}, slot=2),
    ]
    parts = [Numbered(10 + part.sequence, minutes(part)) for part in numbered(*slots)]
    message = thinned(parts, QUARTER, (RELAY,), ID, NOW_MS)
    assert bins(message) == [(0, 63, 0, 100, 6)]  # 380 / 6
    assert message.replaces == [1, 2, 3, 11, 12, 13]
    assert (message.slot_start_unix_s, message.slot_duration_s, message.bin_s) == (START_S, 900, 900)


def test_a_quarter_takes_whole_reports_and_minutes_and_what_there_is_of_them() -> None:
    first, third = numbered(report({TEMP: [(0, 1), (1, 5)]}, slot=0), report({TEMP: [(299, 30)]}, slot=2))
    message = thinned([Numbered(9, minutes(first)), third], QUARTER, (), ID, NOW_MS)
    assert bins(message) == [(0, 12, 1, 30, 3)]
    assert message.replaces == [1, 2, 9]


def test_three_readings_of_three_slots_become_one_bin() -> None:
    parts = [Numbered(9 + slot, minutes(Numbered(slot + 1, report({TEMP: [(0, 10 * slot)]}, slot=slot)))) for slot in range(3)]
    message = thinned(parts, QUARTER, (), ID, NOW_MS)
    assert bins(message) == [(0, 10, 0, 20, 3)]
    assert kept(message) == []


def test_states_are_never_averaged() -> None:
    changes = [(0, 0), (30, 1), (31, 0), (200, 1)]
    parts = numbered(report({RELAY: changes}), report({RELAY: [(10, 0)]}, slot=1))
    first, second = (Numbered(9 + part.sequence, minutes(part)) for part in parts)
    assert kept(first.report, RELAY) == changes
    message = thinned([first, second], QUARTER, (RELAY,), ID, NOW_MS)
    assert kept(message, RELAY) == [*changes, (310, 0)]
    assert message.channel_list == []


def test_a_late_reading_keeps_its_time() -> None:
    first = Numbered(1, report({TEMP: [(-400, 3), (0, 10), (1, 20)]}))
    message = minutes(first)
    assert kept(message) == [(-400, 3)]
    assert bins(message) == [(0, 15, 10, 20, 2)]
    again = thinned([Numbered(2, message)], QUARTER, (), ID, NOW_MS)
    assert (kept(again), bins(again)) == ([(-400, 3)], [(0, 15, 10, 20, 2)])


def test_a_late_reading_counts_in_the_quarter_in_which_it_was_read() -> None:
    late = minutes(Numbered(1, report({TEMP: [(-100, 3), (0, 10), (1, 20)]}, slot=1)))
    assert kept(late) == [(200, 3)]
    message = thinned([Numbered(2, late)], QUARTER, (), ID, NOW_MS)
    assert (kept(message), bins(message)) == ([], [(0, 11, 3, 20, 3)])


def test_every_state_and_command_stays() -> None:
    def moved(*states: tuple[str, int]) -> MachineStates:
        return MachineStates(
            machine_handle="auto.h",
            state_enum="gws.heating.state",
            state_list=[state for state, _ in states],
            unix_ms_list=[START_S * 1000 + at_ms for _, at_ms in states],
        )

    def commanded(name: str) -> FsmFullReport:
        return FsmFullReport(from_name=name, trigger_id=ID, atomic_list=[])

    slots = [
        report({}, 0, [moved(("on", 5), ("off", 5))], [commanded("hp")]),
        report({}, 1, [moved(("on", 300_001))], [commanded("elt")]),
    ]
    parts = [Numbered(9 + part.sequence, minutes(part)) for part in numbered(*slots)]
    message = thinned(list(reversed(parts)), QUARTER, (), ID, NOW_MS)
    assert message.state_list == [moved(("on", 5), ("off", 5), ("on", 300_001))]
    assert sorted(each.from_name for each in message.fsm_report_list) == ["elt", "hp"]


readings = st.dictionaries(
    st.sampled_from([TEMP, "buffer-depth1", RELAY]),
    st.lists(st.tuples(st.integers(-400, 700), st.integers(-(2**31), 2**31)), max_size=40).map(sorted),
)


@given(st.lists(readings, min_size=1, max_size=3))
def test_nothing_is_made_up_or_forgotten(slots: list[Readings]) -> None:
    wholes = numbered(*(report(each, slot) for slot, each in enumerate(slots)))
    in_minutes = [Numbered(10 + part.sequence, minutes(part)) for part in wholes]
    quarter = thinned(in_minutes, QUARTER, (RELAY,), ID, NOW_MS)
    straight = thinned(wholes, QUARTER, (RELAY,), ID, NOW_MS)
    for message in (*(part.report for part in in_minutes), quarter, straight):
        topic, payload = encode(message, src=SCADA, dst="a", message_id=ID)
        assert decode(topic, payload).message == message  # well formed: bins within the slot, means between their extremes
    for made, reports, off in [
        *((part.report, [whole], Fraction(1, 2)) for part, whole in zip(in_minutes, wholes, strict=True)),
        (quarter, wholes, Fraction(1)),
        (straight, wholes, Fraction(1, 2)),
    ]:
        same_readings(made, reports, off)


def same_readings(message: GwsThinnedReport, reports: Sequence[Numbered], off: Fraction) -> None:
    """What a thinned report tells agrees with the readings, bin by bin; each mean is at most so far off."""
    start_ms, bin_ms = message.slot_start_unix_s * 1000, message.bin_s * 1000
    for name in (TEMP, "buffer-depth1", RELAY):
        wanted = [
            (taken_ms, value)
            for part in reports
            for each in part.report.report.channel_reading_list
            if each.channel_name == name
            for taken_ms, value in zip(each.scada_read_time_unix_ms_list, each.value_list, strict=True)
        ]
        for each in message.reading_list:
            if each.channel_name == name:
                remove_all(wanted, each)
        by_bin: dict[int, list[int]] = {}
        for taken_ms, value in wanted:
            by_bin.setdefault((taken_ms - start_ms) // bin_ms, []).append(value)
        told = {place: rest for place, *rest in bins(message, name)}
        assert told.keys() == by_bin.keys()
        for place, values in by_bin.items():
            mean, least, most, count = told[place]
            assert (least, most, count) == (min(values), max(values), len(values))
            assert abs(Fraction(sum(values), len(values)) - mean) <= off


def remove_all(wanted: list[tuple[int, int]], each: ChannelReadings) -> None:
    for pair in zip(each.scada_read_time_unix_ms_list, each.value_list, strict=True):
        wanted.remove(pair)
