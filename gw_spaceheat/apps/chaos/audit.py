"""What was acknowledged, and what can be read back of it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from gw_spaceheat.messages.report import Report
from gw_spaceheat.messages.report_event import ReportEvent
from gw_spaceheat.stores import query
from gw_spaceheat.stores.message_journal import reading_journal

ALL_TIME_MS = 1 << 53
MOST_NAMED = 10
SLOT_S = 300
"""A report's slot [s]."""

Reading = tuple[str, int]
"""Channel, and when it was read, UTC [ms]."""


class Audit(NamedTuple):
    """What was found.

    Attributes:
        reports: How many reports the AtomicTNode has committed.
        slots_missing: Slots between the first report and the last, of which there is none.
        readings: How many readings these have.
        lost: Readings of committed reports that the Ear does not give back, and acknowledged messages that are not committed.
        doubled: Readings that the Ear gives back more than once.
        named: Some of what is lost, for a person.
    """

    reports: int
    slots_missing: int
    readings: int
    lost: int
    doubled: int
    named: tuple[str, ...]


def audit(archive: Path, ear_folder: Path, house: str, acknowledged: Iterable[str]) -> Audit:
    """Compare the AtomicTNode's archive, and the acknowledgements that others have heard, with what the Ear gives back.

    Raises:
        OSError: One of them cannot be read.
        StoreError: The Ear has nothing of that house.
    """
    committed: dict[str, Report] = {}
    others: set[str] = set()
    with reading_journal(archive) as rows:
        if rows is not None:
            for row in rows.of_types((ReportEvent.type_name(),), 0):
                message = row.message()
                if isinstance(message, ReportEvent):
                    committed[row.message_id] = message.report
            others = set(rows.identifiers(0))
    wanted = {reading for report in committed.values() for reading in readings_of(report)}
    found = Counter((row.channel, row.taken_ms) for row in query.export(ear_folder, house, 0, ALL_TIME_MS))
    missing = sorted(wanted - found.keys(), key=lambda reading: (reading[1], reading[0]))
    not_committed = sorted(set(acknowledged) - others)
    named = [f"{channel} at {taken_ms}" for channel, taken_ms in missing[:MOST_NAMED]]
    named += [f"message {identifier}" for identifier in not_committed[:MOST_NAMED]]
    doubled = sum(count - 1 for count in found.values())
    slots = {report.slot_start_unix_s // SLOT_S for report in committed.values()}
    slots_missing = max(slots) - min(slots) + 1 - len(slots) if slots else 0
    return Audit(len(committed), slots_missing, len(wanted), len(missing) + len(not_committed), doubled, tuple(named))


def readings_of(report: Report) -> Iterator[Reading]:
    """The readings that a report has."""
    for part in report.channel_reading_list:
        for taken_ms in part.scada_read_time_unix_ms_list:
            yield part.channel_name, taken_ms
