"""Messages to be kept: reports, thinned ones, problems, of any length and urgency."""

from gw_spaceheat.core.events import Send, Urgency
from gw_spaceheat.core.link.outbox import Outbox
from gw_spaceheat.messages.base import Message
from gw_spaceheat.messages.gridworks_event_problem import GridworksEventProblem
from gw_spaceheat.messages.gws_thinned_report import GwsThinnedReport
from gw_spaceheat.messages.report import Report
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.vocabulary.ids import IdSource

NOW_MS = 1_700_000_000_000
SLOT_S = 300


def problem(number: int, length: int = 20) -> Message:
    """A message that says its number, about so long [characters]."""
    return GridworksEventProblem(
        message_id=f"id-{number}",
        time_created_ms=NOW_MS,
        src="a.s",
        problem_type="error",
        summary=str(number),
        details="x" * length,
    )


def report(number: int) -> Message:
    """The report of a slot, by number."""
    new_id = IdSource(number.to_bytes(4, "big"))
    report_id = new_id()
    start_s = NOW_MS // 1000 // SLOT_S * SLOT_S + number * SLOT_S
    said = Report(
        from_g_node_alias="x.ta.scada",
        from_g_node_instance_id=new_id(),
        about_g_node_alias="x.ta",
        slot_start_unix_s=start_s,
        slot_duration_s=SLOT_S,
        channel_reading_list=[],
        state_list=[],
        fsm_report_list=[],
        message_created_ms=NOW_MS,
        id=report_id,
    )
    return ReportEvent(message_id=report_id, time_created_ms=NOW_MS, src="x.ta.scada", report=said)


def thinned(number: int, bin_s: int = 60, replaces: tuple[int, ...] = ()) -> Message:
    """What is left of the report of a slot, by number."""
    return GwsThinnedReport(
        message_id=IdSource(b"thinned" + number.to_bytes(4, "big"))(),
        src="x.ta.scada",
        about_g_node_alias="x.ta",
        slot_start_unix_s=NOW_MS // 1000 // SLOT_S * SLOT_S + number * SLOT_S,
        slot_duration_s=3600,
        bin_s=bin_s,
        channel_list=[],
        reading_list=[],
        state_list=[],
        fsm_report_list=[],
        replaces=list(replaces),
        message_created_ms=NOW_MS,
    )


def send(number: int, message: Message | None = None, urgency: Urgency = Urgency.EVENT, length: int = 20) -> Send:
    """A message for the uplink under the identifier `id-NUMBER`."""
    return Send("uplink", "a", problem(number, length) if message is None else message, urgency, f"id-{number}", "x.ta.scada")


def walked(outbox: Outbox, *, with_held: bool = True) -> list[str]:
    """Identifiers of all kept messages, from the oldest on."""
    found, sequence = [], 0
    while (entry := outbox.after(sequence, with_held=with_held)) is not None:
        found.append(entry.send.message_id)
        sequence = entry.sequence
    return found
