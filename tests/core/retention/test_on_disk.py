"""What waits on a disk grows old there: thinned and given up, with every number accounted for, also over restarts."""

from contextlib import closing
from pathlib import Path

from gw_spaceheat.core.link.outbox import Entry
from gw_spaceheat.core.retention.retention import Retention, RetentionOptions
from gw_spaceheat.messages.gws_given_up import GwsGivenUp
from gw_spaceheat.messages.gws_thinned_report import GwsThinnedReport
from gw_spaceheat.stores.outbox import SqliteOutbox
from gw_spaceheat.vocabulary.ids import IdSource
from gw_spaceheat.vocabulary.moment import HOUR_MS, Moment
from gw_spaceheat.vocabulary.tier import Tier
from tests.core.retention.samples import SCADA, START_S, held, report

OPTIONS = RetentionOptions(whole_ms=HOUR_MS, minute_ms=2 * HOUR_MS, most_ms=4 * HOUR_MS)
SLOT_MS = 300_000


def everything(outbox: SqliteOutbox) -> list[Entry]:
    found, entry = [], outbox.after(0)
    while entry is not None:
        found.append(entry)
        entry = outbox.after(entry.sequence)
    return found


def test_a_day_without_a_peer_and_three_restarts(tmp_path: Path) -> None:
    slot, now = 0, Moment(0, START_S * 1000)
    stream = ""
    for run in range(4):
        with closing(SqliteOutbox(tmp_path)) as outbox:
            outbox.open()
            assert stream in {"", outbox.stream}
            stream = outbox.stream
            retention = Retention(outbox, SCADA, IdSource(f"{run}".encode()), (), OPTIONS)
            for _ in range(72):
                end = now.later(SLOT_MS)
                while (due_ms := retention.deadline()) is not None and due_ms <= end.mono_ms:
                    now = now.later(max(due_ms - now.mono_ms, 0))
                    retention.wake(now)
                now = end
                outbox.put(held(report({"tank": [(0, 1), (1, 3)]}, slot)), now.wall_ms)
                slot += 1
            assert outbox.troubles() == []
        now = Moment(0, now.wall_ms)  # a new process begins its own monotonic clock
    with closing(SqliteOutbox(tmp_path)) as outbox:
        outbox.open()
        entries = everything(outbox)
    kept = {tier: sum(entry.filed.tier is tier for entry in entries) for tier in Tier}
    assert kept[Tier.WHOLE] == 12
    assert 12 <= kept[Tier.MINUTE] <= 15  # a quarter of an hour waits until all of it is old
    assert 8 <= kept[Tier.QUARTER] < 36
    there = {entry.sequence for entry in entries}
    told = {number for entry in entries for number in numbers(entry)}
    assert there | told == set(range(1, max(there) + 1))


def numbers(entry: Entry) -> set[int]:
    message = entry.send.message
    if isinstance(message, GwsThinnedReport):
        return set(message.replaces)
    return set(range(message.first_sequence, message.last_sequence + 1)) if isinstance(message, GwsGivenUp) else set()
