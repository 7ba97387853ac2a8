"""Reports as a house makes them."""

from collections.abc import Mapping, Sequence

from gw_spaceheat.core.events import Send, Urgency
from gw_spaceheat.core.retention.thinning import Numbered
from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.fsm_full_report import FsmFullReport
from gw_spaceheat.messages.machine_states import MachineStates
from gw_spaceheat.messages.report import Report
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.vocabulary.ids import IdSource

SCADA, ASSET = "hw1.demo.ta.scada", "hw1.demo.ta"
START_S = 1_700_000_100  # aligned to a quarter of an hour
SLOT_S = 300
ID = "11111111-1111-4111-8111-111111111111"
_ids = IdSource(b"samples")

Readings = Mapping[str, Sequence[tuple[int, int]]]
"""Of each channel: seconds after the report's beginning, and values."""


def report(
    readings: Readings,
    slot: int = 0,
    states: Sequence[MachineStates] = (),
    commands: Sequence[FsmFullReport] = (),
) -> ReportEvent:
    start_s = START_S + slot * SLOT_S
    identifier = _ids()
    made_ms = (start_s + SLOT_S) * 1000 + 1000
    parts = [
        ChannelReadings(
            channel_name=name,
            value_list=[value for _, value in series],
            scada_read_time_unix_ms_list=[(start_s + at_s) * 1000 for at_s, _ in series],
        )
        for name, series in readings.items()
    ]
    told = Report(
        from_g_node_alias=SCADA,
        from_g_node_instance_id=ID,
        about_g_node_alias=ASSET,
        slot_start_unix_s=start_s,
        slot_duration_s=SLOT_S,
        channel_reading_list=parts,
        state_list=list(states),
        fsm_report_list=list(commands),
        message_created_ms=made_ms,
        id=identifier,
    )
    return ReportEvent(message_id=identifier, time_created_ms=made_ms, src=SCADA, report=told)


def numbered(*reports: ReportEvent) -> list[Numbered]:
    return [Numbered(number, each) for number, each in enumerate(reports, start=1)]


def held(message: ReportEvent) -> Send:
    return Send("uplink", "a", message, Urgency.HELD, message.message_id)
