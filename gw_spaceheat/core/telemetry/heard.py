"""The newest reading of each channel, as heard from a house; for whoever listens to one.

Most messages are newer than all before. Their readings are newer too, so the message's own parts are remembered as they came,
and taken apart once, when somebody asks. A message that comes late, such as a report that was sent again, is looked at reading
by reading.
"""

from collections.abc import Iterable

from gw_spaceheat.messages.channel_readings import ChannelReadings
from gw_spaceheat.messages.report import Report
from gw_spaceheat.messages.single_reading import SingleReading
from gw_spaceheat.messages.snapshot_spaceheat import SnapshotSpaceheat
from gw_spaceheat.messages.synced_readings import SyncedReadings
from gw_spaceheat.vocabulary.moment import MINUTE_MS, Moment

NONSENSE_MS = MINUTE_MS
"""A reading from so far in the future comes from a wrong clock; it makes way for any other, or it would stand for ever [ms]."""


class Heard:
    """What was heard of a house's channels.

    Attributes:
        names: The channels of which anything was heard.
    """

    def __init__(self) -> None:
        """Nothing was heard."""
        self._parts: dict[str, ChannelReadings | SingleReading | tuple[int, int]] = {}
        self._newest_ms = 0
        self.names = self._parts.keys()

    def take_report(self, report: Report, now: Moment) -> bool:
        """Take in a report; whether it has a channel of which nothing was heard before."""
        last_ms = (report.slot_start_unix_s + report.slot_duration_s) * 1000 - 1  # what is read at its end is the next one's
        known = len(self._parts)
        if self._is_newest(last_ms, now):
            parts = self._parts
            for part in report.channel_reading_list:
                if part.value_list:
                    parts[part.channel_name] = part
        else:
            self._compare((part for part in report.channel_reading_list if part.value_list), now)
        return len(self._parts) > known

    def take_snapshot(self, snapshot: SnapshotSpaceheat, now: Moment) -> bool:
        """Take in a snapshot; whether it has a channel of which nothing was heard before."""
        known = len(self._parts)
        if self._is_newest(snapshot.snapshot_time_unix_ms, now):
            parts = self._parts
            for part in snapshot.latest_reading_list:
                parts[part.channel_name] = part
        else:
            self._compare(snapshot.latest_reading_list, now)
        return len(self._parts) > known

    def take_scan(self, scan: SyncedReadings, now: Moment) -> None:
        """Take in one scan of some channels, as it is shown while it is new; the others may be older than that."""
        if self._newest_ms < scan.scada_read_time_unix_ms <= now.wall_ms + NONSENSE_MS:
            self._newest_ms = scan.scada_read_time_unix_ms
        for name, number in zip(scan.channel_name_list, scan.value_list, strict=True):
            known = self.newest(name)
            if known is None or known[1] < scan.scada_read_time_unix_ms:
                self._parts[name] = (number, scan.scada_read_time_unix_ms)

    def newest(self, name: str) -> tuple[int, int] | None:
        """The wire's integer of a channel and when it was read, UTC [ms]; None if nothing was heard of it."""
        part = self._parts.get(name)
        if part is None or isinstance(part, tuple):
            return part
        newest = self._parts[name] = _newest_of(part)
        return newest

    def _is_newest(self, message_ms: int, now: Moment) -> bool:
        """Whether a message of this time is as new as any before it, and none of those was from a wrong clock."""
        if not self._newest_ms <= message_ms <= now.wall_ms + NONSENSE_MS:
            return False
        self._newest_ms = message_ms
        return True

    def _compare(self, parts: Iterable[ChannelReadings | SingleReading], now: Moment) -> None:
        for part in parts:
            known = self.newest(part.channel_name)
            if known is None or known[1] < _newest_of(part)[1] or known[1] > now.wall_ms + NONSENSE_MS:
                self._parts[part.channel_name] = part


def _newest_of(part: ChannelReadings | SingleReading) -> tuple[int, int]:
    if isinstance(part, SingleReading):
        return part.value, part.scada_read_time_unix_ms
    taken_ms = max(part.scada_read_time_unix_ms_list)
    return part.value_list[part.scada_read_time_unix_ms_list.index(taken_ms)], taken_ms
