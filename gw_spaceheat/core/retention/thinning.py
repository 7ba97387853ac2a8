"""Reports to what is left of them: mean, least, greatest and count of each bin in place of the readings.

What is thinned and what is not:

- The readings of a channel become bins, where at least one bin has more than one reading. A mean is rounded to the wire's whole
  numbers once for each thinning, so that after two of them it is at most one unit away from the mean of the readings.
- Where no bin of a channel would have more than one reading, the readings themselves stay, each with its time: that tells more
  in fewer bytes.
- Readings of states (is the relay closed, what does the output say) stay as they are: a state changes at a moment, and a mean
  of it is the state of nothing. They are captured when they change, and few.
- A reading that lies outside of the slot, because it came when its own slot had been reported, stays as it is.
- Every change of a state machine, and every command, stays.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.fsm_full_report import FsmFullReport
from gw_spaceheat.messages.gws_thinned_readings import GwsThinnedReadings
from gw_spaceheat.messages.gws_thinned_report import GwsThinnedReport
from gw_spaceheat.messages.machine_states import MachineStates
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.vocabulary.moment import SECOND_MS

AnyReport = ReportEvent | GwsThinnedReport


class Numbered(NamedTuple):
    """A report, and its number in the stream of its sender."""

    sequence: int
    report: AnyReport


class Frame(NamedTuple):
    """The slot that a thinned report is about: when it begins, how long it is and how long its bins are [s]."""

    start_s: int
    duration_s: int
    bin_s: int


class _Bin:
    """What is known of the readings of a bin: how many, their sum, the least and the greatest."""

    __slots__ = ("count", "least", "most", "total")

    def __init__(self) -> None:
        self.count = 0
        self.total = 0
        self.least = 0
        self.most = 0

    def add(self, count: int, total: int, least: int, most: int) -> None:
        self.least = min(self.least, least) if self.count else least
        self.most = max(self.most, most) if self.count else most
        self.count += count
        self.total += total


class _Channel:
    """What is known of a channel: its readings one by one, and bins of those that were thinned before."""

    __slots__ = ("bins", "readings")

    def __init__(self) -> None:
        self.readings: list[tuple[int, int]] = []
        self.bins: dict[int, _Bin] = {}

    def bin(self, place: int) -> _Bin:
        return self.bins.setdefault(place, _Bin())


def slot_of(report: AnyReport) -> tuple[int, int]:
    """When the slot of a report begins, and how long it is [s]."""
    told = report.report if isinstance(report, ReportEvent) else report
    return told.slot_start_unix_s, told.slot_duration_s


def thinned(parts: Sequence[Numbered], frame: Frame, states: Collection[str], message_id: str, now_ms: int) -> GwsThinnedReport:
    """One thinned report in the place of reports of one house, whole or thinned before.

    Args:
        parts: The reports, at least one; thinned ones lie within the frame, with bins that divide the frame's.
        frame: The slot that it is to be about; its bins divide it.
        states: Names of the channels that are states.
        message_id: Its identifier [uuid4].
        now_ms: When it is made, UTC [ms].

    Returns:
        The report. It replaces the numbers of the parts, and what those had replaced.
    """
    channels: dict[str, _Channel] = {}
    for part in parts:
        _take(part.report, frame, channels)
    first = parts[0].report
    about = first.report.about_g_node_alias if isinstance(first, ReportEvent) else first.about_g_node_alias
    channel_list: list[GwsThinnedReadings] = []
    reading_list: list[ChannelReadings] = []
    for name in sorted(channels):
        binned, kept = _settled(channels[name], frame, name in states)
        if binned:
            channel_list.append(_thinned_readings(name, binned))
        if kept:
            reading_list.append(_readings(name, kept))
    return GwsThinnedReport(
        message_id=message_id,
        src=first.src,
        about_g_node_alias=about,
        slot_start_unix_s=frame.start_s,
        slot_duration_s=frame.duration_s,
        bin_s=frame.bin_s,
        channel_list=channel_list,
        reading_list=reading_list,
        state_list=_states(parts),
        fsm_report_list=[command for part in parts for command in _commands(part.report)],
        replaces=sorted({number for part in parts for number in numbers_of(part)}),
        message_created_ms=now_ms,
    )


def numbers_of(part: Numbered) -> tuple[int, ...]:
    """The numbers that a report accounts for: its own, and those that it has replaced."""
    replaced = part.report.replaces if isinstance(part.report, GwsThinnedReport) else ()
    return (part.sequence, *replaced)


def _take(report: AnyReport, frame: Frame, channels: dict[str, _Channel]) -> None:
    if isinstance(report, ReportEvent):
        _take_readings(report.report.channel_reading_list, channels)
        return
    _take_readings(report.reading_list, channels)
    shift_s = report.slot_start_unix_s - frame.start_s
    for part in report.channel_list:
        channel = channels.setdefault(part.channel_name, _Channel())
        for place, mean, least, most, count in zip(
            part.bin_list, part.mean_list, part.min_list, part.max_list, part.count_list, strict=True
        ):
            at = (shift_s + place * report.bin_s) // frame.bin_s
            channel.bin(at).add(count, mean * count, least, most)


def _take_readings(parts: Iterable[ChannelReadings], channels: dict[str, _Channel]) -> None:
    for part in parts:
        channel = channels.setdefault(part.channel_name, _Channel())
        channel.readings += zip(part.scada_read_time_unix_ms_list, part.value_list, strict=True)


def _settled(channel: _Channel, frame: Frame, is_state: bool) -> tuple[dict[int, _Bin], list[tuple[int, int]]]:
    """The bins of a channel, and the readings that stay as they are."""
    if is_state:
        return channel.bins, channel.readings
    bins = frame.duration_s // frame.bin_s
    start_ms, bin_ms = frame.start_s * SECOND_MS, frame.bin_s * SECOND_MS
    placed = [((taken_ms - start_ms) // bin_ms, taken_ms, value) for taken_ms, value in channel.readings]
    inside = [(place, value) for place, _, value in placed if 0 <= place < bins]
    if not channel.bins and len({place for place, _ in inside}) == len(inside):
        return {}, channel.readings
    for place, value in inside:
        channel.bin(place).add(1, value, value, value)
    return channel.bins, [(taken_ms, value) for place, taken_ms, value in placed if not 0 <= place < bins]


def _thinned_readings(name: str, bins: dict[int, _Bin]) -> GwsThinnedReadings:
    places = sorted(bins)
    found = [bins[place] for place in places]
    return GwsThinnedReadings(
        channel_name=name,
        bin_list=places,
        mean_list=[(2 * one.total + one.count) // (2 * one.count) for one in found],
        min_list=[one.least for one in found],
        max_list=[one.most for one in found],
        count_list=[one.count for one in found],
    )


def _readings(name: str, readings: list[tuple[int, int]]) -> ChannelReadings:
    readings.sort()
    return ChannelReadings(
        channel_name=name,
        value_list=[value for _, value in readings],
        scada_read_time_unix_ms_list=[taken_ms for taken_ms, _ in readings],
    )


def _states(parts: Sequence[Numbered]) -> list[MachineStates]:
    """Every change of each machine, in order of time."""
    changes: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for part in parts:
        told = part.report.report if isinstance(part.report, ReportEvent) else part.report
        for machine in told.state_list:
            known = changes.setdefault((machine.machine_handle, machine.state_enum), [])
            known += zip(machine.unix_ms_list, machine.state_list, strict=True)
    for known in changes.values():
        known.sort(key=lambda change: change[0])  # of one moment they stay in their order
    return [
        MachineStates(
            machine_handle=handle,
            state_enum=state_enum,
            state_list=[state for _, state in known],
            unix_ms_list=[at_ms for at_ms, _ in known],
        )
        for (handle, state_enum), known in changes.items()
    ]


def _commands(report: AnyReport) -> Sequence[FsmFullReport]:
    return report.report.fsm_report_list if isinstance(report, ReportEvent) else report.fsm_report_list
