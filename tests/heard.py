"""What a house says, for tests of those who listen."""

from collections.abc import Sequence

from gw_spaceheat.core.events import Received
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.gws_thinned_readings import GwsThinnedReadings
from gw_spaceheat.messages.gws_thinned_report import GwsThinnedReport
from gw_spaceheat.messages.layout_lite import LayoutLite
from gw_spaceheat.messages.layout_lite_builder import LayoutChannel, LayoutNode, layout_lite_for
from gw_spaceheat.messages.machine_states import MachineStates
from gw_spaceheat.messages.power_watts import PowerWatts
from gw_spaceheat.messages.report import Report
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.messages.single_machine_state import SingleMachineState
from gw_spaceheat.messages.single_reading import SingleReading
from gw_spaceheat.messages.snapshot_spaceheat import SnapshotSpaceheat
from gw_spaceheat.vocabulary.roles import ActorClass
from gw_spaceheat.vocabulary.telemetry_name import TelemetryName

HOUSE = "d1.test.house"
SCADA = "d1.test.house.ta.scada"
INSTANCE = "0384ef21-648b-4455-b917-58a1172d7fc1"
MIDNIGHT_MS = 1_515_369_600_000
"""2018-01-08T00:00Z."""


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def received(message: Message, at_ms: int = MIDNIGHT_MS, src: str = SCADA, message_id: str = "", ack: bool = False) -> Received:
    return Received("uplink", src, message_id, ack, message, at_ms, "a")


def report_event(
    number: int, readings: dict[str, list[tuple[int, int]]], states: dict[str, list[tuple[int, str]]] | None = None
) -> ReportEvent:
    """A report under uuid(number); readings as (taken_ms, wire integer) by channel, states as (since_ms, state) by machine."""
    report = Report(
        from_g_node_alias=SCADA,
        from_g_node_instance_id=INSTANCE,
        about_g_node_alias=f"{HOUSE}.ta",
        slot_start_unix_s=MIDNIGHT_MS // 1000,
        slot_duration_s=300,
        channel_reading_list=[
            ChannelReadings(
                channel_name=name,
                value_list=[value for _, value in pairs],
                scada_read_time_unix_ms_list=[taken_ms for taken_ms, _ in pairs],
            )
            for name, pairs in readings.items()
        ],
        state_list=[
            MachineStates(
                machine_handle=name,
                state_enum="heating.state",
                state_list=[state for _, state in pairs],
                unix_ms_list=[since_ms for since_ms, _ in pairs],
            )
            for name, pairs in (states or {}).items()
        ],
        fsm_report_list=[],
        message_created_ms=MIDNIGHT_MS,
        id=uuid(number),
    )
    return ReportEvent(message_id=report.id, time_created_ms=MIDNIGHT_MS, src=SCADA, report=report)


def snapshot(readings: dict[str, tuple[int, int]], states: dict[str, tuple[int, str]] | None = None) -> SnapshotSpaceheat:
    return SnapshotSpaceheat(
        from_g_node_alias=SCADA,
        from_g_node_instance_id=INSTANCE,
        snapshot_time_unix_ms=MIDNIGHT_MS,
        latest_reading_list=[
            SingleReading(channel_name=name, value=value, scada_read_time_unix_ms=taken_ms)
            for name, (taken_ms, value) in readings.items()
        ],
        latest_state_list=[
            SingleMachineState(machine_handle=name, state_enum="heating.state", state=state, unix_ms=since_ms)
            for name, (since_ms, state) in (states or {}).items()
        ],
    )


def thinned_report(
    number: int, bin_s: int, channels: dict[str, list[tuple[int, int, int, int, int]]], *, replaces: Sequence[int] = (1, 2)
) -> GwsThinnedReport:
    """What is left of an hour from midnight on: bins as (place, mean, min, max, count) by channel."""
    return GwsThinnedReport(
        message_id=uuid(number),
        src=SCADA,
        about_g_node_alias=f"{HOUSE}.ta",
        slot_start_unix_s=MIDNIGHT_MS // 1000,
        slot_duration_s=3600,
        bin_s=bin_s,
        channel_list=[
            GwsThinnedReadings(
                channel_name=name,
                bin_list=[bin_[0] for bin_ in bins],
                mean_list=[bin_[1] for bin_ in bins],
                min_list=[bin_[2] for bin_ in bins],
                max_list=[bin_[3] for bin_ in bins],
                count_list=[bin_[4] for bin_ in bins],
            )
            for name, bins in channels.items()
        ],
        state_list=[],
        fsm_report_list=[],
        replaces=replaces,
        message_created_ms=MIDNIGHT_MS,
    )


def layout(telemetry: dict[str, TelemetryName]) -> LayoutLite:
    """A layout with these channels, all read by one node."""
    return layout_lite_for(
        scada_alias=SCADA,
        terminal_asset_alias=f"{HOUSE}.ta",
        message_id=uuid(999),
        created_ms=MIDNIGHT_MS,
        strategy="hysteresis",
        nodes=[LayoutNode(alias="a", actor=ActorClass.AtomicTNode), LayoutNode(alias="a.m", actor=ActorClass.MultiSensor)],
        channels=[LayoutChannel(name=name, about="a.m", captured_by="a.m", telemetry=kind) for name, kind in telemetry.items()],
    )


def power(watts: int) -> PowerWatts:
    return PowerWatts(watts=watts)
