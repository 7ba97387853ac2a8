"""What a SCADA's record shows, for comparing with what its peers got."""

from collections import Counter
from collections.abc import Iterator, Set
from pathlib import Path

import msgspec

from gw_spaceheat.core.events import Readings, Send
from gw_spaceheat.messages.codec import decode_bare
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.runtime.record_lines import Call, decode_event, decode_line
from gw_spaceheat.stores import query
from gw_spaceheat.vocabulary.slots import REPORT_SLOT_MS


def calls(record: Path) -> Iterator[Call]:
    for text in record.read_bytes().splitlines():
        line = decode_line(text)
        if isinstance(line, Call):
            yield line


def reports_sent(record: Path) -> list[ReportEvent]:
    """Every report that the SCADA put out, in order."""
    reports = []
    for call in calls(record):
        for raw in msgspec.json.decode(bytes(call.effects)):
            if raw["type"] == "Send" and raw["link"] == "uplink" and raw["message"]["TypeName"] == "report.event":
                effect = decode_event(msgspec.json.encode(raw), decode_bare)
                assert isinstance(effect, Send)
                assert isinstance(effect.message, ReportEvent)
                reports.append(effect.message)
    return reports


def readings_captured(record: Path, before_ms: int) -> Counter[tuple[str, int]]:
    """Every reading that a device gave the SCADA before a time, by channel and time."""
    causes = [decode_event(bytes(call.cause), decode_bare) for call in calls(record) if isinstance(call.cause, msgspec.Raw)]
    return Counter(
        (name, cause.taken_ms)
        for cause in causes
        if isinstance(cause, Readings) and cause.taken_ms < before_ms
        for name, value in zip(cause.channels, cause.values, strict=True)
        if value is not None
    )


def assert_kept_once(sent: list[ReportEvent], folder: Path, alias: str, waiting: Set[str] = frozenset()) -> None:
    """Every report lies in an Ear's folder as it was sent, and none other; their slots follow each other without a gap.

    One that still waits in the outbox, by its message's id, may have come to the Ear or not.
    """
    starts_ms = [event.report.slot_start_unix_s * 1000 for event in sent]
    assert starts_ms == [starts_ms[0] + number * REPORT_SLOT_MS for number in range(len(sent))]
    assert starts_ms[0] % REPORT_SLOT_MS == 0
    assert len({event.message_id for event in sent}) == len(sent)
    kept = [row for row in query.tail(folder, alias, 1_000_000) if row.type_name == "report.event"]
    there = {row.message_id for row in kept}
    expected = {event.message_id: event for event in sent if event.message_id in there or event.message_id not in waiting}
    assert sorted(row.message_id for row in kept) == sorted(expected), starts_ms
    assert {row.message_id: decode_bare("report.event", row.payload.encode()) for row in kept} == expected
